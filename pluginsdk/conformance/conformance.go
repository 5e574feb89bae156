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
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/behaviour"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/file"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/process"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/report"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// Options are what a run is made with.
type Options struct {
	// Program is the connector's executable.
	Program string
	// File is the conformance file.
	File string
	// Run picks checks by their names; nil runs all.
	Run *regexp.Regexp
	// Environment is added to what the file adds to the connector's environment.
	Environment map[string]string
	// Progress receives a line for each check as it ends; nil for none.
	Progress io.Writer
}

// Report is what a run found. Its methods write it for people and for programs.
type Report = report.Report

// Run starts the connector, runs the suite against it and ends it. The error says
// why no run could be made; a connector that fails checks is no error, see
// Report.Failed.
func Run(ctx context.Context, o Options) (*Report, error) {
	f, err := file.Load(o.File)
	if err != nil {
		return nil, err
	}
	environment := map[string]string{}
	for _, from := range []map[string]string{f.Environment, o.Environment} {
		for name, value := range from {
			environment[name] = value
		}
	}
	w := &suite.World{File: f, Start: func(ctx context.Context) (*process.Process, error) {
		return process.Start(ctx, o.Program, environment)
	}}
	defer w.Close()
	for _, p := range []**process.Process{&w.Subject, &w.Reader} {
		if *p, err = w.Start(ctx); err != nil {
			return nil, err
		}
		defer (*p).Stop()
	}
	if err := configure(ctx, w); err != nil {
		return nil, err
	}
	var results []suite.Result
	var lost error
	err = w.Run(ctx, behaviour.All(), o.Run, func(r suite.Result) {
		results = append(results, r)
		if o.Progress != nil {
			_, err := fmt.Fprintln(o.Progress, report.Line(r))
			lost = errors.Join(lost, err)
		}
	})
	if err = errors.Join(err, lost); err != nil {
		return nil, err
	}
	operations, err := w.Operations()
	if err != nil {
		return nil, err
	}
	d := w.Subject.Description
	return report.New(d.GetName(), d.GetVersion(), results, operations), nil
}

// configure decodes the connections by the connector's schema, looks what the
// simulator can do and whether a connection can be made at all.
func configure(ctx context.Context, w *suite.World) (err error) {
	schema := w.Subject.Description.GetSchema()
	if w.Config, err = w.File.Decode(w.File.Connection, schema); err != nil {
		return err
	}
	if w.File.Other != nil {
		if w.Other, err = w.File.Decode(*w.File.Other, schema); err != nil {
			return err
		}
	}
	if w.File.ResetURL != "" {
		if w.Simulator, err = simulated.New(ctx, w.File.ResetURL); err != nil {
			return fmt.Errorf("%s: reset_url: %w", w.File.Path, err)
		}
	}
	if err := suite.Connect(ctx, w.Subject, "conformance", w.Config); err != nil {
		return fmt.Errorf("the connection of %s cannot be made: %s", w.File.Path, suite.Words(err))
	}
	return nil
}
