package connector

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"

	"github.com/deskgate/deskgate/gateway/internal/connector/private"
	"github.com/deskgate/deskgate/pluginsdk/runner"
	"github.com/hashicorp/go-hclog"
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

// Processes returns how every connector's process is, by name.
func (m *Manager) Processes() []ProcessStatus {
	var all []ProcessStatus
	for _, name := range slices.Sorted(maps.Keys(m.supervisors)) {
		all = append(all, m.supervisors[name].processStatus())
	}
	return all
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
