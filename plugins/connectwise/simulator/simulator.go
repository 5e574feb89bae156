// Package simulator simulates the ConnectWise PSA REST API for one tenant: a
// stateful HTTP server that answers and refuses as the vendor's documents say
// (the vendor facts, connectwise.md; cited by section where they are
// followed). It is built from those, never from what a connector sends.
package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// Simulator is the ConnectWise PSA of one tenant.
type Simulator struct {
	tenant atomic.Pointer[tenant]
}

var _ simulator.Vendor = (*Simulator)(nil)

// New returns a simulator that has to be reset before it serves, as
// pluginsdk/simulator does.
func New() *Simulator { return new(Simulator) }

// tenant is everything that a reset builds anew.
type tenant struct {
	setup   simulator.Setup
	world   *store.World
	limiter *limiter
	outbox  outbox
}

// Describe implements simulator.Vendor.
func (s *Simulator) Describe() simulator.Description {
	return simulator.Description{Name: "ConnectWise PSA", Port: 9102, SecretHeaders: []string{"clientId"}}
}

// Reset implements simulator.Vendor.
func (s *Simulator) Reset(setup simulator.Setup) error {
	s.tenant.Store(&tenant{
		setup:   setup,
		world:   seed.World(setup.Seed, setup.Clock.Start()),
		limiter: newLimiter(setup),
	})
	return nil
}

// ErrorAnswer implements simulator.Vendor.
func (s *Simulator) ErrorAnswer(status int) (simulator.Answer, bool) {
	e, ok := statusErrors[status]
	if !ok {
		return simulator.Answer{}, false
	}
	header := http.Header{"Content-Type": {contentType(currentVersion)}}
	maps.Copy(header, e.header)
	return simulator.Answer{Status: status, Header: header, Body: e.text()}, true
}

// CheckRight implements simulator.Vendor. A right is a module function and a
// level (see parseRight).
func (s *Simulator) CheckRight(right string) error {
	_, err := parseRight(right)
	return err
}

// Act implements simulator.Vendor: as is a member's identifier.
func (s *Simulator) Act(as string, r *http.Request) (*http.Request, error) {
	t := s.tenant.Load()
	t.world.RLock()
	m, ok := t.member(as)
	t.world.RUnlock()
	if !ok {
		return nil, fmt.Errorf("there is no member %q; GET /_sim/state/members lists them", as)
	}
	if !strings.Contains(strings.ToLower(r.URL.Path), "/apis/3.0/") {
		r.URL.Path = "/" + anyCodebase + "apis/3.0" + r.URL.Path
	}
	return r.WithContext(withActor(r.Context(), m)), nil
}

// Outbox implements simulator.Vendor.
func (s *Simulator) Outbox() []simulator.Mail { return s.tenant.Load().outbox.list() }

// Collections implements simulator.Vendor.
func (s *Simulator) Collections() []string { return s.tenant.Load().world.TableNames() }

// State implements simulator.Vendor: the full records of a table as the API
// writes them, all of them.
func (s *Simulator) State(collection string) (any, bool) {
	t := s.tenant.Load()
	t.world.RLock()
	defer t.world.RUnlock()
	if !t.world.HasTable(collection) {
		return nil, false
	}
	rd := render.Renderer{World: t.world, Base: "/" + anyCodebase + "apis/3.0/"}
	table := t.world.Table(collection)
	out := make([]rawJSON, 0, table.Len())
	for _, r := range table.All() {
		typ := table.Type
		if collection == store.Tickets && r.Text("recordType") != serviceTicket {
			typ = schema.Lookup("ProjectTicket")
		}
		out = append(out, rd.Record(nil, typ, r, nil))
	}
	return out, true
}

// rawJSON is a record that is written already.
type rawJSON []byte

// MarshalJSON implements json.Marshaler.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// member finds a member by identifier.
func (t *tenant) member(identifier string) (*store.Record, bool) {
	return t.world.Table(store.Members).Find(func(m *store.Record) bool {
		return strings.EqualFold(m.Text("identifier"), identifier)
	})
}
