// Package report shows what a conformance run found: as a table for people, as
// JSON, and as the JUnit XML that build servers read.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// Report is a finished run.
type Report struct {
	Connector  string      `json:"connector"`
	Version    string      `json:"version"`
	Passed     int         `json:"passed"`
	Failed     int         `json:"failed"`
	NotServed  int         `json:"not_served"`
	NotRun     int         `json:"not_run"`
	Checks     []Check     `json:"checks"`
	Operations []Operation `json:"operations"`
}

// Check is one check's verdict.
type Check struct {
	Name     string        `json:"name"`
	About    string        `json:"about"`
	Verdict  suite.Verdict `json:"verdict"`
	Messages []string      `json:"messages,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	Seconds  float64       `json:"seconds"`
	// VendorRequests is what it cost at the PSA, where the simulator tells.
	VendorRequests int `json:"vendor_requests"`

	requests []simulated.Request
}

// Operation is what the run has shown of an operation.
type Operation struct {
	Name string `json:"name"`
	// Support is NATIVE, EMULATED or NOT_SERVED, as the connector says.
	Support string `json:"support"`
	// Proven are the checks about it that passed, Failed those that failed.
	Proven []string `json:"proven"`
	Failed []string `json:"failed"`
	// Reason and the lists are what the connector says of it.
	Reason             string   `json:"reason,omitempty"`
	UnsupportedFilters []string `json:"unsupported_filters,omitempty"`
	UnsupportedFields  []string `json:"unsupported_fields,omitempty"`
}

// New makes the report of a run.
func New(name, version string, results []suite.Result, operations []suite.Operation) *Report {
	r := &Report{Connector: name, Version: version, Checks: []Check{}, Operations: []Operation{}}
	for _, o := range operations {
		row := Operation{Name: o.Name, Proven: []string{}, Failed: []string{}, Support: "NOT_SERVED", Reason: o.Reason, UnsupportedFilters: o.UnsupportedFilters, UnsupportedFields: o.UnsupportedFields}
		if o.Served {
			row.Support = "NATIVE"
			if o.Emulated {
				row.Support = "EMULATED"
			}
		}
		r.Operations = append(r.Operations, row)
	}
	for _, result := range results {
		r.add(result)
	}
	return r
}

func (r *Report) add(result suite.Result) {
	r.Checks = append(r.Checks, CheckOf(result))
	switch result.Verdict {
	case suite.Passed:
		r.Passed++
	case suite.Failed:
		r.Failed++
	case suite.NotServed:
		r.NotServed++
	case suite.NotRun:
		r.NotRun++
	}
	for i := range r.Operations {
		if !slices.Contains(result.Check.Operations, r.Operations[i].Name) {
			continue
		}
		switch result.Verdict {
		case suite.Passed:
			r.Operations[i].Proven = append(r.Operations[i].Proven, result.Check.Name)
		case suite.Failed:
			r.Operations[i].Failed = append(r.Operations[i].Failed, result.Check.Name)
		}
	}
}

// Summary writes what the run has shown, after the lines of its checks.
func (r *Report) Summary(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nOPERATION\tSUPPORT\tCHECKS PASSED\tFAILED")
	for _, o := range r.Operations {
		if o.Support != "NOT_SERVED" {
			fmt.Fprintf(table, "%s\t%s\t%d\t%d\n", o.Name, o.Support, len(o.Proven), len(o.Failed))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var unproven []string
	for _, o := range r.Operations {
		if o.Support != "NOT_SERVED" && len(o.Proven)+len(o.Failed) == 0 {
			unproven = append(unproven, o.Name)
		}
	}
	if len(unproven) > 0 {
		fmt.Fprintf(w, "\nNo check has shown anything of: %s\n", strings.Join(unproven, ", "))
	}
	_, err := fmt.Fprintf(w, "\n%s %s: %d passed, %d failed, %d not served, %d not run\n",
		r.Connector, r.Version, r.Passed, r.Failed, r.NotServed, r.NotRun)
	return err
}

// JSON writes the report for programs.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
