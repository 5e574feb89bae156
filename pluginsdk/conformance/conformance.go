// Package conformance runs one suite of behaviours against a connector process,
// in whatever language it is written, over the protocol that the gateway speaks,
// and says for each what became of it. A file in HCL holds the connection and
// what the suite may rely on there; see docs/conformance.md.
//
// What a connector does not serve is reported as not served and what could not be
// tried as not run: neither passes.
package conformance

import (
	"context"
	"regexp"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/report"
)

// Options are what a run is made with.
type Options struct {
	// Program is the connector's executable.
	Program string
	// File is the conformance file.
	File string
	// Run picks checks by their names; nil runs all.
	Run *regexp.Regexp
	// Variables are what env("NAME") in the file finds before the environment.
	Variables map[string]string
	// Environment is added to what the file adds to the connector's environment.
	Environment map[string]string
	// Tell is called with each check as it ends; nil tells nobody.
	Tell func(Check)
}

// Check is a check's verdict.
type Check = report.Check

// Report is what a run found. Its methods write it for people and for programs.
type Report = report.Report

// Run starts the connector, runs the suite against it and ends it. The error says
// why no run could be made; a connector that fails checks is no error, see
// Report.Failed.
func Run(ctx context.Context, o Options) (*Report, error) {
	s, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.Run(ctx, o.Run)
}
