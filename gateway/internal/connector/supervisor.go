package connector

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/connector/logline"
	"github.com/deskgate/deskgate/gateway/internal/connector/private"
	"github.com/deskgate/deskgate/pluginsdk/runner"
	"github.com/hashicorp/go-hclog"
)

// supervisor keeps the process of one connector alive.
type supervisor struct {
	spec   Spec
	log    hclog.Logger
	timing Timing
	sink   *logline.Sink
	launch launch
	copies string // the folder of all private copies

	ctx    context.Context // ends with the Manager
	ended  chan struct{}   // run has returned; nil before the first start
	policy *restarts

	suspects bool // used by run alone: the last process died under several connections

	describing sync.Mutex
	copy       *private.Executable

	mu          sync.Mutex
	desc        *Description
	proc        *process // nil between two lives
	status      ProcessStatus
	connections map[string]*connection
	adopt       func(*connection) // begins to connect one; nil between two lives
}

func newSupervisor(ctx context.Context, spec Spec, opts Options, spawner *runner.Spawner) *supervisor {
	log := opts.Logger.With("connector", spec.Name)
	sink := logline.NewSink(log)
	return &supervisor{
		spec: spec, log: log, timing: opts.Timing, sink: sink, ctx: ctx,
		copies: filepath.Join(opts.StateDir, "connectors"),
		launch: launch{
			name: spec.Name, sink: sink, spawner: spawner, timing: opts.Timing,
			env: append(runner.HostEnv(), logLevelEnv(opts)),
		},
		policy:      newRestarts(opts.Timing),
		status:      ProcessStatus{Connector: spec.Name, Version: spec.Version, State: Starting, Since: time.Now()},
		connections: map[string]*connection{},
	}
}

// describe starts the process, if that has not happened, and returns what it
// says of itself. The error is a sentence for the admin.
func (s *supervisor) describe(ctx context.Context, sockets string) (*Description, error) {
	s.describing.Lock()
	defer s.describing.Unlock()
	if desc := s.description(); desc != nil {
		return desc, nil
	}
	if s.ctx.Err() != nil {
		return nil, fmt.Errorf("connector %q is not started: the gateway is stopping", s.spec.Name)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	p, desc, err := s.first(ctx, sockets)
	if err != nil {
		s.report(Failed, err.Error())
		return nil, fmt.Errorf("connector %q %w", s.spec.Name, err)
	}
	s.mu.Lock()
	s.desc, s.proc = desc, p
	s.status.Version = desc.Version
	s.mu.Unlock()
	s.ended = make(chan struct{})
	go s.run(p)
	return desc, nil
}

// first is the first start, which tells the faults that no restart mends.
func (s *supervisor) first(ctx context.Context, sockets string) (*process, *Description, error) {
	if s.copy == nil {
		executable, err := private.Copy(s.copies, s.spec.Name, s.spec.Source)
		if err != nil {
			return nil, nil, fmt.Errorf("cannot be used: %w", err)
		}
		s.copy = executable
		s.launch.path, s.launch.source, s.launch.sockets = executable.Path, executable.Original, sockets
	}
	return s.start(ctx)
}

// start starts the process once and checks that it is what the block says.
func (s *supervisor) start(ctx context.Context) (*process, *Description, error) {
	s.mu.Lock()
	s.status.Starts++
	s.mu.Unlock()
	s.policy.started(time.Now())
	s.sink.Reset()
	if err := s.copy.Verify(); err != nil {
		return nil, nil, fmt.Errorf("cannot be used: %w", err)
	}
	p, said, err := start(ctx, s.launch)
	if err != nil {
		return nil, nil, err
	}
	desc, err := describe(s.spec, said, s.copy.SHA256)
	if err != nil {
		p.end(context.Background())
		return nil, nil, err
	}
	return p, desc, nil
}

// add takes on a connection.
func (s *supervisor) add(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections[c.spec.Name] = c
	if s.adopt != nil {
		s.adopt(c)
		return
	}
	if s.status.State != Ready && s.status.State != Starting { // otherwise a life is about to begin
		c.processState(s.status.State, s.status.Reason)
	}
}

// close ends the process, once the Manager's context has ended: what is in
// flight may end first, while ctx lasts.
func (s *supervisor) close(ctx context.Context) {
	s.describing.Lock() // no first start is under way, and none comes
	defer s.describing.Unlock()
	if s.ended != nil {
		<-s.ended
		if p := s.process(); p != nil {
			p.drain(ctx)
			p.end(ctx)
			s.log.Info("the connector has been stopped", "exit", p.runner.Exit())
		}
	}
	if s.copy != nil {
		s.copy.Close()
	}
}

// report sets how the process is and tells its connections.
func (s *supervisor) report(state State, reason string) {
	s.mu.Lock()
	if s.status.State != state {
		s.status.State, s.status.Since = state, time.Now()
	}
	s.status.Reason = reason
	s.mu.Unlock()
	if state == Ready {
		return // they are not, yet
	}
	for _, c := range s.served() {
		c.processState(state, reason)
	}
}

func (s *supervisor) served() []*connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.connections))
}

func (s *supervisor) process() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.proc
}

func (s *supervisor) description() *Description {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.desc
}

func (s *supervisor) processStatus() ProcessStatus {
	s.mu.Lock()
	status := s.status
	if s.proc != nil {
		status.PID = s.proc.runner.PID()
	}
	s.mu.Unlock()
	status.LastLines = s.sink.Last()
	return status
}
