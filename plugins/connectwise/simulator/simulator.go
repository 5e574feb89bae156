// Package simulator simulates the ConnectWise PSA REST API for one tenant: a
// stateful HTTP server that answers and refuses as the vendor's documents say
// (the vendor facts, connectwise.md; cited by section where they are
// followed). It is built from those, never from what a connector sends.
package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/bundle"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/callback"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/company"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/document"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/project"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schedule"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/setup"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/system"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/ticket"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/worktime"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// routes are the whole API.
var routes = sync.OnceValue(func() *rest.Routes {
	return rest.NewRoutes(ticket.Area(), project.Area(), worktime.Area(), schedule.Area(), document.Area(), setup.Area(), company.Area(), system.Area(), callback.Area(), bundle.Area())
})

// Simulator is the ConnectWise PSA of one tenant.
type Simulator struct {
	tenant atomic.Pointer[rest.Tenant]
}

var (
	_ simulator.Administered = (*Simulator)(nil)
	_ simulator.Documented   = (*Simulator)(nil)
)

// New returns a simulator that has to be reset before it serves, as
// pluginsdk/simulator does.
func New() *Simulator { return new(Simulator) }

// Describe implements simulator.Vendor.
func (s *Simulator) Describe() simulator.Description {
	return simulator.Description{Name: "ConnectWise PSA", Port: 9102, SecretHeaders: []string{"clientId"}}
}

// Reset implements simulator.Vendor.
func (s *Simulator) Reset(setup simulator.Setup) error {
	s.tenant.Store(rest.NewTenant(setup, seed.World(setup.Seed, setup.Clock.Start()), routes()))
	return nil
}

// Administer implements simulator.Administered. POST /_sim/upgrade installs
// the vendor's next release, which renames the code base. The old name answers
// 404 from then on (connectwise.md §1). PUT and DELETE of /_sim/clients/{id}
// register the client id of an integration, as the vendor's developer site does,
// and withdraw it (connectwise.md §2).
func (s *Simulator) Administer(mux *http.ServeMux) {
	mux.HandleFunc("POST /_sim/upgrade", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"codebase": s.tenant.Load().Upgrade()})
	})
	for method, registered := range map[string]bool{http.MethodPut: true, http.MethodDelete: false} {
		mux.HandleFunc(method+" /_sim/clients/{id}", func(w http.ResponseWriter, r *http.Request) {
			if err := s.tenant.Load().RegisterClient(r.PathValue("id"), registered); err != nil {
				answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
}

func answer(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller went away; nothing to tell it
}

// ServeHTTP serves the vendor's API.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.tenant.Load().ServeHTTP(w, r)
}

// ErrorAnswer implements simulator.Vendor.
func (s *Simulator) ErrorAnswer(status int) (simulator.Answer, bool) {
	a, ok := rest.ErrorAnswer(status)
	return simulator.Answer(a), ok
}

// CheckRight implements simulator.Vendor. A right is a module function and a
// level, such as "Service Tickets:edit" or "Service Tickets:edit=My".
func (s *Simulator) CheckRight(right string) error { return rest.CheckRight(right) }

// Act implements simulator.Vendor: as is a member's identifier.
func (s *Simulator) Act(as string, r *http.Request) (*http.Request, error) {
	t := s.tenant.Load()
	t.World.RLock()
	m, ok := t.FindMember(as)
	t.World.RUnlock()
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no member %q; GET /_sim/state/members lists them", as)
	case m.Flag("inactiveFlag"):
		return nil, fmt.Errorf("member %q is inactive and cannot sign in", as)
	}
	return t.As(m, r), nil
}

// Outbox implements simulator.Vendor.
func (s *Simulator) Outbox() []simulator.Mail { return s.tenant.Load().Outbox.List() }

// Collections implements simulator.Vendor.
func (s *Simulator) Collections() []string { return s.tenant.Load().World.TableNames() }

// State implements simulator.Vendor: the full records of a table as the API
// writes them, all of them.
func (s *Simulator) State(collection string) (any, bool) {
	return s.stored(collection, func(t *store.Table) []*store.Record { return t.All() })
}

// StateOf implements simulator.Keyed.
func (s *Simulator) StateOf(collection, id string) (any, bool) {
	return s.stored(collection, func(t *store.Table) []*store.Record {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil
		}
		if r, ok := t.Get(n); ok {
			return []*store.Record{r}
		}
		return nil
	})
}

// stored renders records of a collection; false where there is no such collection.
func (s *Simulator) stored(collection string, pick func(*store.Table) []*store.Record) (any, bool) {
	t := s.tenant.Load()
	t.World.RLock()
	defer t.World.RUnlock()
	if !t.World.HasTable(collection) {
		return nil, false
	}
	rd := t.Renderer()
	table := t.World.Table(collection)
	out := []rawJSON{}
	for _, r := range pick(table) {
		typ := table.Type
		if collection == store.Tickets && !ticket.IsService(r) {
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
