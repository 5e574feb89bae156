package connector

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/deskgate/deskgate/gateway/internal/connector/private"
	"github.com/deskgate/deskgate/gateway/internal/connector/runner"
	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"github.com/hashicorp/go-hclog"
	"google.golang.org/protobuf/proto"
)

// Manager runs the connectors and knows their connections.
type Manager struct {
	opts        Options
	ctx         context.Context // ends with Close
	cancel      context.CancelFunc
	spawner     *runner.Spawner
	supervisors map[string]*supervisor

	closing sync.Once

	mu          sync.RWMutex
	sockets     *private.Folder // nil before the first start
	connections map[string]*connection
}

// New returns a Manager that has started nothing yet. It has to be closed.
func New(opts Options) *Manager {
	if opts.Logger == nil {
		opts.Logger = hclog.NewNullLogger()
	}
	opts.Timing = opts.Timing.orDefault()
	m := &Manager{
		opts: opts, spawner: runner.NewSpawner(),
		supervisors: map[string]*supervisor{}, connections: map[string]*connection{},
	}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	for _, spec := range opts.Connectors {
		m.supervisors[spec.Name] = newSupervisor(m.ctx, spec, opts, m.spawner)
	}
	return m
}

// Describe starts every connector's process and returns what each says of
// itself, by name. A connector that cannot be started, is none, or is not what
// its block says is an error: one sentence that says what to do, in the order
// of the names. The processes keep running until Close.
func (m *Manager) Describe(ctx context.Context) (map[string]*Description, []error) {
	sockets, err := m.socketFolder()
	if err != nil {
		return nil, []error{err}
	}
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		all    = map[string]*Description{}
		faults = map[string]error{}
	)
	for name, s := range m.supervisors {
		wg.Go(func() {
			desc, err := s.describe(ctx, sockets)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				faults[name] = err
			} else {
				all[name] = desc
			}
		})
	}
	wg.Wait()
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		errs = append(errs, &DescribeError{Connector: name, err: faults[name]})
	}
	return all, errs
}

// DescribeError says why a connector cannot be used; its block is where that is
// mended.
type DescribeError struct {
	// Connector is the block's name.
	Connector string

	err error
}

// Error implements error.
func (e *DescribeError) Error() string { return e.err.Error() }

// Unwrap returns the error behind it.
func (e *DescribeError) Unwrap() error { return e.err }

// socketFolder returns the folder of the sockets. It is not in the state
// directory, because a socket's path may have 107 bytes and no more.
func (m *Manager) socketFolder() (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sockets != nil {
		return m.sockets.Path, nil
	}
	const (
		prefix  = "deskgate-"
		longest = 107
		inside  = len("/"+prefix) + 4*10 + len("//plugin-dir/plugin") // random numbers have at most ten digits
	)
	parent := os.TempDir()
	if len(parent)+inside > longest {
		parent = "/tmp"
	}
	private.Sweep(parent, prefix)
	folder, err := private.ClaimTemp(parent, prefix)
	if err != nil {
		return "", fmt.Errorf("no folder for the connectors' sockets can be made in %s: set TMPDIR to one that is writable: %w", parent, err)
	}
	m.sockets = folder
	return folder.Path, nil
}

// Connect begins to connect the connections of described connectors, all at
// once and in the background. What goes wrong shows in their Status. A
// connection that is there already stays as it is.
func (m *Manager) Connect(specs []ConnectionSpec) {
	known := m.hide(specs)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, spec := range specs {
		if m.connections[spec.Name] != nil {
			continue
		}
		log, s := m.opts.Logger, m.supervisors[spec.Connector]
		if s != nil {
			log = s.log
		}
		c := newConnection(spec, log, m.opts.Timing, m.hiding(spec.Connector, known).Replace)
		m.connections[spec.Name] = c
		if s == nil {
			c.processState(Failed, fmt.Sprintf("there is no connector %q", spec.Connector))
			continue
		}
		s.add(c)
	}
}

// hide keeps the secrets of these connections, and of those that are there, out
// of the log. It returns them all.
func (m *Manager) hide(specs []ConnectionSpec) []ConnectionSpec {
	known := slices.Clone(specs)
	for _, c := range m.all() {
		known = append(known, c.spec)
	}
	for name, s := range m.supervisors {
		s.sink.Hide(m.hiding(name, known))
	}
	return known
}

// hiding takes the secrets of all connections of a connector out of texts: they
// share its process.
func (m *Manager) hiding(connector string, specs []ConnectionSpec) *strings.Replacer {
	var schema *connectorv1.Schema
	if s := m.supervisors[connector]; s != nil {
		if desc := s.description(); desc != nil {
			schema = desc.Schema
		}
	}
	var configs []json.RawMessage
	for _, spec := range specs {
		if spec.Connector == connector {
			configs = append(configs, spec.Config)
		}
	}
	return hiding(schema, configs...)
}

// Invoke carries a call to the connection's connector; ctx carries its
// deadline. fullMethod is gRPC's, `/package.Service/Method`. The error, if any,
// is a *problem.Problem.
func (m *Manager) Invoke(ctx context.Context, connection, fullMethod string, in, out proto.Message, meta Metadata) (Cost, error) {
	k, fault := m.call(connection, fullMethod, meta)
	if fault != nil {
		return Cost{}, fault
	}
	cost, fault := k.do(ctx, in, out)
	if fault != nil {
		return cost, fault
	}
	return cost, nil
}

// call prepares a call of a connection that can be called.
func (m *Manager) call(connection, fullMethod string, meta Metadata) (call, *problem.Problem) {
	c, fault := m.find(connection)
	if fault != nil {
		return call{}, fault
	}
	k := call{connection: c, method: fullMethod, meta: meta}
	if k.process, fault = c.route(); fault != nil {
		return call{}, k.notSent(fault)
	}
	return k, nil
}

// Check looks whether a connection works. One that is not connected is tried to
// be connected, and what that said is a finding. A check that passes lifts
// NeedsAttention. The error, if any, is a *problem.Problem.
func (m *Manager) Check(ctx context.Context, connection string, meta Metadata) (*connectorv1.CheckResponse, Cost, error) {
	c, fault := m.find(connection)
	if fault != nil {
		return nil, Cost{}, fault
	}
	var p *process
	if s := m.supervisors[c.spec.Connector]; s != nil {
		p = s.process()
	}
	answer, cost, fault := c.check(ctx, p, meta)
	if fault != nil {
		return nil, cost, fault
	}
	return answer, cost, nil
}

func (m *Manager) find(connection string) (*connection, *problem.Problem) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if c := m.connections[connection]; c != nil {
		return c, nil
	}
	return nil, problem.New(problem.NotFound, "there is no connection %q", connection)
}

func (m *Manager) all() []*connection {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.SortedFunc(maps.Values(m.connections), func(a, b *connection) int {
		return cmp.Compare(a.spec.Name, b.spec.Name)
	})
}

// Connections returns how every connection is, by name.
func (m *Manager) Connections() []Status {
	var all []Status
	for _, c := range m.all() {
		all = append(all, m.statusOf(c))
	}
	return all
}

// Status returns how a connection is.
func (m *Manager) Status(connection string) (Status, bool) {
	c, fault := m.find(connection)
	if fault != nil {
		return Status{}, false
	}
	return m.statusOf(c), true
}

func (m *Manager) statusOf(c *connection) Status {
	var desc *Description
	if s := m.supervisors[c.spec.Connector]; s != nil {
		desc = s.description()
	}
	return c.status(desc)
}

// Processes returns how every connector's process is, by name.
func (m *Manager) Processes() []ProcessStatus {
	var all []ProcessStatus
	for _, name := range slices.Sorted(maps.Keys(m.supervisors)) {
		all = append(all, m.supervisors[name].processStatus())
	}
	return all
}

// Ready waits until every connection has been ready or has reported a fault.
// The error is the context's.
func (m *Manager) Ready(ctx context.Context) error {
	for _, c := range m.all() {
		select {
		case <-c.settled:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Close stops everything: no restarts and no new calls, a wait for the calls in
// flight until ctx ends, then Shutdown, then SIGKILL. It returns when no process
// is left. A second call does nothing.
func (m *Manager) Close(ctx context.Context) {
	m.closing.Do(func() {
		m.cancel()
		var wg sync.WaitGroup
		for _, s := range m.supervisors {
			wg.Go(func() { s.close(ctx) })
		}
		wg.Wait()
		m.spawner.Close()
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.sockets != nil {
			m.sockets.Remove()
		}
	})
}
