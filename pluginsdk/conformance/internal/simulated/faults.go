package simulated

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// The faults that a simulator can put on vendor requests; see
// pluginsdk/simulator, which says what each does.
const (
	Answers           = "status"       // answer Status without doing anything
	AnswersAfter      = "status_after" // do it, then answer Status
	Slow              = "slow"         // wait DelayMS, then do it
	SlowAfter         = "slow_after"   // do it, then wait DelayMS
	DropBefore        = "drop_before"  // close the connection, nothing done
	DropAfter         = "drop_after"   // do it, then close the connection
	Truncate          = "truncate"     // do it, then answer half the body
	HTML              = "html"         // answer a web page
	RedirectElsewhere = "redirect_elsewhere"
	ForeignNextLink   = "foreign_next_link"
	ExpireAuth        = "expire_auth"
	RevokeRight       = "revoke_right"
)

// Fault is what to do to vendor requests.
type Fault struct {
	Fault   string `json:"fault"`
	Status  int    `json:"status,omitempty"`
	DelayMS int    `json:"delay_ms,omitempty"`
	// Body is a JSON value; a string is answered as its text.
	Body    json.RawMessage   `json:"body,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	// Origin is where redirects and foreign links point to.
	Origin string `json:"origin,omitempty"`
	// Right is the one that revoke_right takes away, in the PSA's form.
	Right string `json:"right,omitempty"`
	// Times is how many requests it is put on; 0 is all.
	Times int   `json:"times,omitempty"`
	Match Match `json:"match"`
}

// Match says which requests; empty is all.
type Match struct {
	Method string `json:"method,omitempty"`
	// Path is a pattern of the whole path in which * stands for any characters.
	Path string `json:"path,omitempty"`
}

// Placed is a fault that is put on requests.
type Placed struct {
	simulator *Simulator
	id        int
}

// Place puts a fault on requests.
func (s *Simulator) Place(ctx context.Context, f Fault) (*Placed, error) {
	var set struct {
		ID int `json:"id"`
	}
	if err := s.call(ctx, http.MethodPost, Faults, f, &set); err != nil {
		return nil, err
	}
	return &Placed{simulator: s, id: set.ID}, nil
}

// Put sets a fault and returns what lifts it.
func (s *Simulator) Put(ctx context.Context, f Fault) (lift func() error, err error) {
	p, err := s.Place(ctx, f)
	if err != nil {
		return nil, err
	}
	return func() error { return p.Lift(ctx) }, nil
}

// Lift takes the fault away, whether or not ctx has ended.
func (p *Placed) Lift(ctx context.Context) error {
	return p.simulator.call(context.WithoutCancel(ctx), http.MethodDelete, Faults+"?id="+strconv.Itoa(p.id), nil, nil)
}

// Hit counts the requests that the fault was put on.
func (p *Placed) Hit(ctx context.Context) (int, error) {
	var list []struct {
		ID, Hit int
	}
	if err := p.simulator.call(ctx, http.MethodGet, Faults, nil, &list); err != nil {
		return 0, err
	}
	for _, f := range list {
		if f.ID == p.id {
			return f.Hit, nil
		}
	}
	return 0, fmt.Errorf("the simulator: there is no fault %d", p.id)
}
