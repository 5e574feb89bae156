package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Severity says whether a diagnostic stops the gateway.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one thing that is wrong with the configuration. None of its
// texts holds a secret.
type Diagnostic struct {
	Severity Severity
	// Summary is what is wrong, in a few words.
	Summary string
	// Detail says what to do about it.
	Detail string
	// Allowed is what is allowed, where that is a list.
	Allowed []string
	// DidYouMean is what was probably meant, or empty.
	DidYouMean string
	// Range is where it is in the file; an empty file name means: not in a file.
	Range hcl.Range
	// Origin names the environment variable or the flag that is wrong, where it
	// is not the file.
	Origin string
	// Block is the block around it, as `connection "acme"`.
	Block string

	snippet snippet
}

// Diagnostics is what was found in a configuration. Its zero value and nil are
// ready to use, and mean that nothing was found.
type Diagnostics struct {
	list []Diagnostic
	seen map[identity]bool
}

// identity is what makes two diagnostics the same.
type identity struct {
	at                      hcl.Range
	origin, summary, detail string
}

// HasErrors reports whether the configuration cannot be used.
func (d *Diagnostics) HasErrors() bool {
	return d != nil && slices.ContainsFunc(d.list, func(x Diagnostic) bool { return x.Severity == Error })
}

// errorWithin reports whether there is an error in a part of the file.
func (d *Diagnostics) errorWithin(part hcl.Range) bool {
	return slices.ContainsFunc(d.list, func(x Diagnostic) bool {
		return x.Severity == Error && part.Overlaps(x.Range)
	})
}

// All returns the diagnostics by their place in the file; those that are not in
// a file come first.
func (d *Diagnostics) All() []Diagnostic {
	if d == nil {
		return nil
	}
	sorted := slices.Clone(d.list)
	slices.SortStableFunc(sorted, func(a, b Diagnostic) int {
		if byFile := strings.Compare(a.Range.Filename, b.Range.Filename); byFile != 0 {
			return byFile
		}
		return a.Range.Start.Byte - b.Range.Start.Byte
	})
	return sorted
}

// Append adds the diagnostics of more that are not there yet.
func (d *Diagnostics) Append(more *Diagnostics) {
	if more == nil {
		return
	}
	for _, x := range more.list {
		d.add(x)
	}
}

// add leaves out what was said already: a connection's references to the
// environment are looked at when the file is read and again with the schema.
func (d *Diagnostics) add(x Diagnostic) {
	id := identity{x.Range, x.Origin, x.Summary, x.Detail}
	if d.seen[id] {
		return
	}
	if d.seen == nil {
		d.seen = map[identity]bool{}
	}
	d.seen[id] = true
	d.list = append(d.list, x)
}
