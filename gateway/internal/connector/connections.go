package connector

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"google.golang.org/protobuf/proto"
)

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
	return cost, fault.Err()
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
	return answer, cost, fault.Err()
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

// Has tells whether there is a connection of this name.
func (m *Manager) Has(connection string) bool {
	_, fault := m.find(connection)
	return fault == nil
}

// Serves tells whether a connection's connector serves a gRPC service, by its full
// name. While that is not known, it may.
func (m *Manager) Serves(connection, service string) bool {
	c, fault := m.find(connection)
	if fault != nil {
		return true
	}
	s := m.supervisors[c.spec.Connector]
	if s == nil {
		return true
	}
	desc := s.description()
	return desc == nil || len(desc.Services) == 0 || slices.Contains(desc.Services, service)
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
