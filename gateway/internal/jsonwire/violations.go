package jsonwire

import (
	"strings"
	"unicode/utf8"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	"github.com/deskgate/deskgate/gateway/internal/suggest"
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
	v.put(problem.Violation{Field: field, Message: message, Allowed: allowed, DidYouMean: suggest.Nearest(got, allowed)})
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
