package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/deskgate/deskgate/gateway/internal/suggest"
)

// setting is a scalar of the gateway or state block, which the environment and
// the flags can override where it has a name there.
type setting struct {
	// key is the path: block, block in it, attribute.
	key string
	attribute
	fallback  string
	env, flag string
}

const (
	keyListen   = "gateway.listen"
	keyURL      = "gateway.public_url"
	keyShutdown = "gateway.shutdown_timeout"
	keyLevel    = "gateway.log.level"
	keyBody     = "gateway.limits.body"
	keyRead     = "gateway.limits.read_deadline"
	keyWrite    = "gateway.limits.write_deadline"
	keyOutcome  = "gateway.limits.outcome_deadline"
	keyUpload   = "gateway.limits.attachment"
	keyTransfer = "gateway.limits.transfer_deadline"
	keyDir      = "state.dir"
)

// settings is the whole list; other variables that begin with DESKGATE_ are no
// settings.
var settings = []setting{
	{key: keyListen, fallback: "127.0.0.1:8080", env: "DESKGATE_LISTEN", flag: "listen",
		attribute: attribute{kind: text, check: checkListen}},
	{key: keyURL, env: "DESKGATE_PUBLIC_URL",
		attribute: attribute{kind: address, check: checkPublicURL}},
	{key: keyShutdown, fallback: "8s",
		attribute: attribute{kind: duration, check: between(time.Second, 10*time.Minute)}},
	{key: keyLevel, fallback: "info", env: "DESKGATE_LOG_LEVEL", flag: "log-level",
		attribute: attribute{kind: text, allowed: []string{"trace", "debug", "info", "warn", "error"}}},
	{key: keyBody, fallback: "1MiB",
		attribute: attribute{kind: text, check: sized(minBody, maxBody, `must be from "1KiB" to "64MiB"`)}},
	{key: keyRead, fallback: "30s",
		attribute: attribute{kind: duration, check: between(time.Second, 10*time.Minute)}},
	{key: keyWrite, fallback: "60s",
		attribute: attribute{kind: duration, check: between(time.Second, 10*time.Minute)}},
	{key: keyOutcome, fallback: "45s",
		attribute: attribute{kind: duration, check: between(time.Second, 10*time.Minute)}},
	{key: keyUpload, fallback: "50MiB",
		attribute: attribute{kind: text, check: sized(minBody, maxUpload, `must be from "1KiB" to "1GiB"`)}},
	{key: keyTransfer, fallback: "10m",
		attribute: attribute{kind: duration, check: between(time.Second, time.Hour)}},
	{key: keyDir, fallback: ".run/state", env: "DESKGATE_STATE_DIR", flag: "state-dir",
		attribute: attribute{kind: text, check: checkDir}},
}

// settingsSchema is what a block may hold, out of the settings under prefix.
func settingsSchema(prefix string, later ...string) schema {
	s := schema{later: later}
	for _, set := range settings {
		rest, ok := strings.CutPrefix(set.key, prefix+".")
		if !ok {
			continue
		}
		name, _, deeper := strings.Cut(rest, ".")
		if !deeper {
			a := set.attribute
			a.name = name
			s.attributes = append(s.attributes, a)
		} else if _, there := s.block(name); !there {
			s.blocks = append(s.blocks, block{name: name, schema: settingsSchema(prefix + "." + name)})
		}
	}
	return s
}

// layers are the settings: defaults under the file under the environment under
// the flags. Only sound values get in, so that the result is sound.
type layers struct {
	dir   string
	koanf *koanf.Koanf
	diags *Diagnostics
}

// newLayers starts with the defaults; dir is where the file's relative paths
// start.
func newLayers(dir string, diags *Diagnostics) *layers {
	l := &layers{dir: dir, koanf: koanf.New("."), diags: diags}
	defaults := map[string]any{}
	for _, s := range settings {
		defaults[s.key] = s.fallback
	}
	l.file(defaults)
	return l
}

// file lays what the file says over the rest, by key.
func (l *layers) file(given map[string]any) {
	given = maps.Clone(given)
	if dir, ok := given[keyDir].(string); ok {
		given[keyDir] = within(l.dir, dir)
	}
	l.over(given)
}

func (l *layers) over(given map[string]any) {
	if err := l.koanf.Load(confmap.Provider(given, "."), nil); err != nil {
		l.diags.add(Diagnostic{Severity: Error, Summary: "Settings cannot be merged", Detail: err.Error() + "."})
	}
}

// environment lays the variables that are set over the rest; an empty one
// counts as not set.
func (l *layers) environment(lookup func(string) (string, bool)) {
	given := map[string]any{}
	for _, s := range settings {
		if s.env == "" {
			continue
		}
		if value, ok := lookup(s.env); ok && value != "" && l.sound(s, value, "the environment variable "+s.env) {
			given[s.key] = value
		}
	}
	l.over(given)
}

// flags lays the flags over the rest.
func (l *layers) flags(flags map[string]string) {
	given := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		i := slices.IndexFunc(settings, func(s setting) bool { return s.flag == name })
		if i < 0 {
			l.diags.add(Diagnostic{Severity: Error, Summary: "Unknown flag", Origin: "the flag --" + name, Detail: "This flag is no setting."})
			continue
		}
		if s := settings[i]; l.sound(s, flags[name], "the flag --"+name) {
			given[s.key] = flags[name]
		}
	}
	l.over(given)
}

// sound reports a bad value by the name of where it came from.
func (l *layers) sound(s setting, given, origin string) bool {
	x := Diagnostic{Severity: Error, Summary: "Invalid value", Origin: origin}
	value, err := goValue(s.kind, cty.StringVal(given))
	if err == nil {
		err = s.verify(value)
	}
	word, bad := disallowed(value, s.allowed)
	switch {
	case bad:
		x.Summary, x.Allowed, x.DidYouMean = "Value not allowed", s.allowed, suggest.Nearest(word, s.allowed)
		x.Detail = fmt.Sprintf("%.100q is no value of %s.", word, s.key)
	case errors.Is(err, errCredentials):
		x.Detail = fmt.Sprintf("%s %s.", s.key, err)
	case err != nil:
		x.Detail = fmt.Sprintf("%s is %.100q: it %s.", s.key, given, err)
	default:
		return true
	}
	l.diags.add(x)
	return false
}

func (l *layers) result() (Gateway, State) {
	size := func(key string) int {
		n, err := parseSize(l.koanf.String(key))
		if err != nil {
			panic("an unsound size passed the checks: " + err.Error())
		}
		return n
	}
	return Gateway{
		Listen:    l.koanf.String(keyListen),
		PublicURL: strings.TrimRight(l.koanf.String(keyURL), "/"),
		LogLevel:  l.koanf.String(keyLevel),
		Limits: Limits{
			Body:             size(keyBody),
			ReadDeadline:     l.koanf.Duration(keyRead),
			WriteDeadline:    l.koanf.Duration(keyWrite),
			OutcomeDeadline:  l.koanf.Duration(keyOutcome),
			Attachment:       size(keyUpload),
			TransferDeadline: l.koanf.Duration(keyTransfer),
		},
		ShutdownTimeout: l.koanf.Duration(keyShutdown),
	}, State{Dir: filepath.Clean(l.koanf.String(keyDir))}
}

func checkListen(value any) error {
	s, _ := value.(string)
	host, port, err := net.SplitHostPort(s)
	if err != nil || !validPort(port) || strings.ContainsAny(host, " /?#@") {
		return errors.New(`must be an address and a port, such as "127.0.0.1:8080" or ":8080"`)
	}
	return nil
}

func checkPublicURL(value any) error {
	s, _ := value.(string)
	if u, err := url.Parse(s); err != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("must end with its path: it has a query or a fragment")
	}
	return nil
}

const minBody, maxBody, maxUpload = 1 << 10, 64 << 20, 1 << 30

func sized(low, high int, otherwise string) func(any) error {
	return func(value any) error {
		s, _ := value.(string)
		n, err := parseSize(s)
		if err == nil && (n < low || n > high) {
			err = errors.New(otherwise)
		}
		return err
	}
}

func checkDir(value any) error {
	if value == "" {
		return errors.New("must name a directory")
	}
	return nil
}

func between(low, high time.Duration) func(any) error {
	return func(value any) error {
		s, _ := value.(string)
		if d, err := time.ParseDuration(s); err != nil || d < low || d > high {
			return fmt.Errorf("must be from %s to %s", low, strings.TrimSuffix(high.String(), "0s"))
		}
		return nil
	}
}
