package config

import (
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
)

// Options says what a configuration is read from.
type Options struct {
	// Path is the file.
	Path string
	// Env looks up an environment variable, as os.LookupEnv.
	Env func(string) (string, bool)
	// Flags are the flags that were given, by name without dashes: listen,
	// log-level, state-dir.
	Flags map[string]string
	// Areas are the levels that a group may grant, by area.
	Areas map[string][]string
}

// Load reads the file and looks at everything in it but the bodies of the
// connections, of which it evaluates the expressions: an environment variable
// that is not set is told before any connector starts. With errors among the
// diagnostics, the configuration holds what is sound and is for looking further,
// not for serving; it is never nil.
func Load(opts Options) (*Config, *Diagnostics) {
	diags := &Diagnostics{}
	c := &Config{source: open(opts.Path, diags)}
	layered := newLayers(filepath.Dir(opts.Path), diags)
	if c.source != nil {
		c.eval = functions(c.source.dir, opts.Env)
		c.blocks(opts.Areas, layered, diags)
	}
	layered.environment(opts.Env)
	layered.flags(opts.Flags)
	c.Gateway, c.State = layered.result()
	return c, diags
}

// At returns one error at a place that the configuration gave out, for what
// only its user can find: a program that is missing, a connector of another
// protocol. The texts must hold no secret.
func (c *Config) At(place hcl.Range, summary, detail string) *Diagnostics {
	diags := &Diagnostics{}
	x := Diagnostic{Severity: Error, Summary: summary, Detail: detail, Range: place}
	if c.source != nil {
		for _, b := range c.source.body.Blocks {
			if !b.Range().ContainsPos(place.Start) {
				continue
			}
			x.Block = title(b)
			if clean[b.Type] {
				x.snippet = c.source.quote(place)
			} else {
				x.snippet = c.source.quoteHeader(b)
			}
		}
	}
	diags.add(x)
	return diags
}
