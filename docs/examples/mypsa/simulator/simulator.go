// Package simulator stands in for My PSA: a stateful server that answers, and
// refuses, as the vendor's documents say. Build yours from the documents of your
// PSA, never from what your connector happens to send.
package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

// token is the one that the simulated tenant has given out.
const token = "my-demo-token"

// port is where the simulator listens unless it is told otherwise.
const port = 9190

// Simulator is the My PSA of one tenant.
type Simulator struct {
	mu    sync.Mutex
	world *world
	mux   *http.ServeMux
}

var _ sdk.Vendor = (*Simulator)(nil)

// New returns a simulator; it is reset before it serves.
func New() *Simulator {
	s := &Simulator{mux: http.NewServeMux()}
	for pattern, answer := range map[string]func(*world, *http.Request) (any, error){
		"GET /api/me": func(*world, *http.Request) (any, error) {
			return map[string]string{"tenant": "Demo", "name": "Robin"}, nil
		},
		"GET /api/customers":                 func(w *world, _ *http.Request) (any, error) { return map[string]any{"customers": w.customers}, nil },
		"GET /api/tickets":                   (*world).listTickets,
		"POST /api/tickets":                  (*world).createTicket,
		"GET /api/tickets/{id}":              (*world).getTicket,
		"PATCH /api/tickets/{id}":            (*world).changeTicket,
		"GET /api/tickets/{id}/notes":        (*world).listNotes,
		"POST /api/tickets/{id}/notes":       (*world).createNote,
		"GET /api/tickets/{id}/notes/{note}": (*world).getNote,
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, answer) })
	}
	return s
}

// Describe implements Vendor.
func (s *Simulator) Describe() sdk.Description { return sdk.Description{Name: "My PSA", Port: port} }

// Reset implements Vendor.
func (s *Simulator) Reset(setup sdk.Setup) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world = seed(setup)
	return nil
}

// refusal is an answer of My PSA that is an error.
type refusal struct {
	status               int
	code, field, message string
}

// Error implements error.
func (r *refusal) Error() string { return r.message }

func invalid(field, message string) error {
	return &refusal{http.StatusBadRequest, "invalid", field, message}
}

func missing() error {
	return &refusal{http.StatusNotFound, "not_found", "", "There is no such record."}
}

// ServeHTTP serves the API.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token || sdk.AuthExpired(r.Context()) {
		refuse(w, &refusal{http.StatusUnauthorized, "unauthorized", "", "The token is not valid."})
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		refuse(w, &refusal{http.StatusNotFound, "no_route", "", "There is no such path."})
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Simulator) answer(w http.ResponseWriter, r *http.Request, answer func(*world, *http.Request) (any, error)) {
	for _, right := range sdk.Revoked(r.Context()) {
		if (right == readRight) == (r.Method == http.MethodGet) {
			refuse(w, &refusal{http.StatusForbidden, "forbidden", "", "The token lacks the right: " + right})
			return
		}
	}
	s.mu.Lock()
	body, err := answer(s.world, r)
	encoded, broken := json.Marshal(body) // while nobody writes
	s.mu.Unlock()
	if broken != nil {
		panic(broken) // what the simulator answers can be encoded
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		refuse(w, refused)
		return
	}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		status = http.StatusCreated
	}
	write(w, status, json.RawMessage(encoded))
}

func refuse(w http.ResponseWriter, r *refusal) {
	write(w, r.status, map[string]any{"error": map[string]string{"code": r.code, "field": r.field, "message": r.message}})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller went away
}

// ErrorAnswer implements Vendor.
func (s *Simulator) ErrorAnswer(status int) (sdk.Answer, bool) {
	return sdk.Answer{
		Status: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Appendf(nil, `{"error":{"code":"error","message":%q}}`, http.StatusText(status)),
	}, true
}

// The rights of a token.
const (
	readRight  = "read tickets"
	writeRight = "write tickets"
)

// CheckRight implements Vendor.
func (s *Simulator) CheckRight(right string) error {
	if right != readRight && right != writeRight {
		return fmt.Errorf("there is no right %q; there are %q and %q", right, readRight, writeRight)
	}
	return nil
}

// Act implements Vendor: everybody may do all.
func (s *Simulator) Act(_ string, r *http.Request) (*http.Request, error) {
	r.Header.Set("Authorization", "Bearer "+token)
	return r, nil
}

// Outbox implements Vendor: My PSA mails nobody.
func (s *Simulator) Outbox() []sdk.Mail { return nil }

// Collections implements Vendor.
func (s *Simulator) Collections() []string { return []string{"customers", "notes", "tickets"} }

// State implements Vendor.
func (s *Simulator) State(collection string) (any, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var state any
	switch collection {
	case "customers":
		state = s.world.customers
	case "tickets":
		state = s.world.tickets
	case "notes":
		state = s.world.notes
	default:
		return nil, false
	}
	copied, err := json.Marshal(state) // while nobody writes
	return json.RawMessage(copied), err == nil
}

func pathID(r *http.Request, name string) int {
	n, err := strconv.Atoi(r.PathValue(name))
	if err != nil {
		return 0
	}
	return n
}
