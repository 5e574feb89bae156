package connector

import (
	"context"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"google.golang.org/protobuf/proto"
)

// Manager runs the connectors and knows their connections.
type Manager struct {
	opts Options
}

// New returns a Manager that has started nothing yet.
func New(opts Options) *Manager { return &Manager{opts: opts} }

// Describe starts every connector's process and returns what each says of
// itself, by name. A connector that cannot be started, is none, or is not what
// its block says is an error: one sentence that says what to do. The processes
// keep running until Close.
func (m *Manager) Describe(context.Context) (map[string]*Description, []error) {
	return nil, nil
}

// Connect begins to connect the connections of described connectors, all at
// once and in the background. What goes wrong shows in their Status.
func (m *Manager) Connect([]ConnectionSpec) {}

// Invoke carries a call to the connection's connector. The error, if any, is a
// *problem.Problem.
func (m *Manager) Invoke(ctx context.Context, connection, fullMethod string, in, out proto.Message, meta Metadata) (Cost, error) {
	return Cost{}, problem.New(problem.ConnectionDown, "not connected")
}

// Check looks whether a connection works. One that is not connected is tried to
// be connected, and what that said is a finding. A check that passes lifts
// NeedsAttention. The error, if any, is a *problem.Problem.
func (m *Manager) Check(ctx context.Context, connection string) (*connectorv1.CheckResponse, error) {
	return nil, problem.New(problem.ConnectionDown, "not connected")
}

// Connections returns how every connection is, by name.
func (m *Manager) Connections() []Status { return nil }

// Status returns how a connection is.
func (m *Manager) Status(connection string) (Status, bool) { return Status{}, false }

// Processes returns how every connector's process is, by name.
func (m *Manager) Processes() []ProcessStatus { return nil }

// Ready waits until every connection has been ready or has reported a fault.
// The error is the context's.
func (m *Manager) Ready(ctx context.Context) error { return nil }

// Close stops everything: no new calls, a wait for those in flight until the
// context ends, then Shutdown, then SIGKILL. It returns when no process is left.
func (m *Manager) Close(ctx context.Context) {}
