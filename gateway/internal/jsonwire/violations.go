package jsonwire

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Bounds of a report: a hostile request must not make a long answer.
const (
	maxViolations = 20
	maxQuoted     = 64
)

// violations collects what is wrong with a request.
type violations struct {
	list []problem.Violation
	// muted takes nothing: what is wrong has been said already.
	muted bool
}

func (v *violations) add(field, message string) {
	v.put(problem.Violation{Field: field, Message: message})
}

// unknown reports a value that is none of those allowed.
func (v *violations) unknown(field, message, got string, allowed []string) {
	if v.muted || v.full() { // looking for the nearest is dear
		return
	}
	v.put(problem.Violation{Field: field, Message: message, Allowed: allowed, DidYouMean: nearest(got, allowed)})
}

func (v *violations) put(one problem.Violation) {
	if !v.muted && !v.full() {
		v.list = append(v.list, one)
	}
}

// full says that more would not be reported.
func (v *violations) full() bool { return len(v.list) >= maxViolations }

func (v *violations) none() bool { return len(v.list) == 0 }

func (v *violations) problem() *problem.Problem {
	if v.none() {
		return nil
	}
	return problem.Fields(v.list...)
}

// clip shortens what a caller wrote for a message.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) <= maxQuoted {
		return s
	}
	return string([]rune(s)[:maxQuoted]) + "..."
}

// nearest is the name that got was probably meant to be; empty when none is
// near. Case, hyphens and underscores count for nothing, so that `recordType`
// finds `record_type`.
func nearest(got string, names []string) string {
	if len(got) > maxQuoted {
		return ""
	}
	best, least := "", 3
	folded := fold(got)
	for _, name := range names {
		to := fold(name)
		d := levenshtein.ComputeDistance(folded, to)
		if d < least && d*2 < max(len(to), len(folded)) {
			best, least = name, d
		}
	}
	return best
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

func fold(s string) string { return separators.Replace(strings.ToLower(s)) }

// join appends a key to a path.
func join(path, key string) string {
	if key == "" {
		key = `""`
	}
	if path == "" {
		return clip(key)
	}
	return path + "." + clip(key)
}
