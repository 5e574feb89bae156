// Package setup reads the setup page that a connector brings, and tells which of
// its steps a check of a connection has found done.
package setup

import (
	"regexp"
	"slices"
	"strings"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
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

// worsening orders the states from good to bad. What failed counts most, then what
// is not known: a step of which a part cannot be seen is not proven.
var worsening = []gatewayv1.SetupStep_State_V{
	gatewayv1.SetupStep_State_DONE, gatewayv1.SetupStep_State_REVIEW,
	gatewayv1.SetupStep_State_NOT_PROVABLE, gatewayv1.SetupStep_State_MISSING,
}

// Judge tells the state of a step by the worst that a check found for the names
// that it is proven by.
func (s Step) Judge(findings []*connectorv1.Finding) gatewayv1.SetupStep_State_V {
	worst := -1
	for _, f := range findings {
		if slices.Contains(s.ProvenBy, f.GetStep()) {
			worst = max(worst, slices.Index(worsening, state(f.GetLevel())))
		}
	}
	if worst < 0 {
		return gatewayv1.SetupStep_State_NOT_PROVABLE
	}
	return worsening[worst]
}

func state(found connectorv1.Finding_Level_V) gatewayv1.SetupStep_State_V {
	switch found {
	case connectorv1.Finding_Level_OK:
		return gatewayv1.SetupStep_State_DONE
	case connectorv1.Finding_Level_WARNING:
		return gatewayv1.SetupStep_State_REVIEW
	case connectorv1.Finding_Level_FAILED:
		return gatewayv1.SetupStep_State_MISSING
	default:
		return gatewayv1.SetupStep_State_NOT_PROVABLE
	}
}
