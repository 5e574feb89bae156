// Package setup reads the setup page that a connector brings, and tells which of
// its steps a check of a connection has found done.
package setup

import (
	"regexp"
	"slices"
	"strings"
)

// Step is one step of a setup page: a section whose heading begins with a number.
type Step struct {
	// Title is the heading, with its number.
	Title string
	// ProvenBy are the steps of the check that the section names in brackets, such
	// as [`login`].
	ProvenBy []string
}

var (
	heading = regexp.MustCompile(`^## +(\d+\. .*\S)\s*$`)
	// bracket is a list of names in brackets; bare names stand in code blocks.
	bracket = regexp.MustCompile("\\[(`?[a-z][a-z_]*`?(?:, `?[a-z][a-z_]*`?)*)\\]")
)

// Steps reads the steps out of a setup page, in Markdown.
func Steps(page string) []Step {
	var steps []Step
	for line := range strings.Lines(page) {
		if match := heading.FindStringSubmatch(line); match != nil {
			steps = append(steps, Step{Title: match[1]})
			continue
		}
		if len(steps) == 0 {
			continue
		}
		step := &steps[len(steps)-1]
		for _, match := range bracket.FindAllStringSubmatch(line, -1) {
			for name := range strings.SplitSeq(match[1], ", ") {
				if name = strings.Trim(name, "`"); !slices.Contains(step.ProvenBy, name) {
					step.ProvenBy = append(step.ProvenBy, name)
				}
			}
		}
	}
	return steps
}

// Level is how a check found a thing, from good to bad.
type Level int

// The levels.
const (
	OK Level = iota
	Warning
	Failed
	Unknown
)

// State is whether a step is done.
type State int

// The states.
const (
	Done        State = iota
	Review            // it works, and somebody should look
	Missing           // it is not done, or not right
	NotProvable       // the PSA does not tell
)

// Judge tells the state of a step by what the check found for the names that it
// is proven by. What failed counts most, then what is not known: a step of which
// a part cannot be seen is not proven.
func (s Step) Judge(found map[string][]Level) State {
	worst, any := Done, false
	rank := map[Level]State{OK: Done, Warning: Review, Failed: Missing, Unknown: NotProvable}
	for _, name := range s.ProvenBy {
		for _, level := range found[name] {
			any = true
			switch state := rank[level]; {
			case state == Missing:
				return Missing
			case state == NotProvable, state == Review && worst == Done:
				worst = state
			}
		}
	}
	if !any {
		return NotProvable
	}
	return worst
}
