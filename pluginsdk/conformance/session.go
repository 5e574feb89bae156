package conformance

import (
	"context"
	"fmt"
	"maps"
	"regexp"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/behaviour"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/file"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/process"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/report"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// Session is a connector that runs, for the suite to be run against it more than
// once.
type Session struct {
	options Options
	world   *suite.World
}

// Open starts the connector of the options and makes a connection, to see that
// one can be made.
func Open(ctx context.Context, o Options) (_ *Session, err error) {
	s := &Session{options: o, world: &suite.World{}}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.world.File, err = file.Load(o.File, o.Variables); err != nil {
		return nil, err
	}
	environment := map[string]string{}
	maps.Copy(environment, s.world.File.Environment)
	maps.Copy(environment, o.Environment)
	s.world.Start = func(ctx context.Context) (*process.Process, error) {
		return process.Start(ctx, o.Program, environment)
	}
	for _, p := range []**process.Process{&s.world.Subject, &s.world.Reader} {
		if *p, err = s.world.Start(ctx); err != nil {
			return nil, err
		}
	}
	return s, s.configure(ctx)
}

// configure decodes the connections by the connector's schema, looks what the
// simulator can do and whether a connection can be made at all.
func (s *Session) configure(ctx context.Context) (err error) {
	w := s.world
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

// PID is the process that is tested.
func (s *Session) PID() int { return s.world.Subject.PID() }

// Untimed lets the checks of the next runs take as long as they like: somebody
// holds the process with a debugger.
func (s *Session) Untimed(untimed bool) { s.world.Untimed = untimed }

// Run runs the checks whose names match; nil runs all. A connector that fails
// checks is no error, see Report.Failed.
func (s *Session) Run(ctx context.Context, pattern *regexp.Regexp) (*Report, error) {
	var results []suite.Result
	err := s.world.Run(ctx, behaviour.All(), pattern, func(r suite.Result) {
		results = append(results, r)
		if s.options.Tell != nil {
			s.options.Tell(report.CheckOf(r))
		}
	})
	if err != nil {
		return nil, err
	}
	operations, err := s.world.Operations()
	if err != nil {
		return nil, err
	}
	d := s.world.Subject.Description
	return report.New(d.GetName(), d.GetVersion(), results, operations), nil
}

// Close ends the connector.
func (s *Session) Close() {
	s.world.Close()
	for _, p := range []*process.Process{s.world.Subject, s.world.Reader} {
		if p != nil {
			p.Stop()
		}
	}
}
