// Package simulated drives the simulator behind a connection that is tested, by
// its admin paths: the documented part of pluginsdk/simulator, which a simulator
// of another make may have too.
package simulated

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// timeout bounds an admin call.
const timeout = 30 * time.Second

// Simulator is a simulator's admin paths.
type Simulator struct {
	resetURL string
	// Has tells which of the paths beside the reset there are.
	Has map[string]bool

	base   string
	client *http.Client
}

// The admin paths that a simulator may have.
const (
	Requests = "requests" // GET: the log of vendor requests; DELETE empties it
	Faults   = "faults"   // POST: a fault to put on matching requests; DELETE takes it away
	Outbox   = "outbox"   // GET: the mails that the PSA's rules would have sent
	State    = "state"    // GET state/<collection>: what the PSA holds
)

// New looks what a simulator can do. resetURL is its reset path.
func New(ctx context.Context, resetURL string) (*Simulator, error) {
	s := &Simulator{
		resetURL: resetURL, base: strings.TrimSuffix(resetURL, "reset"),
		client: &http.Client{Timeout: timeout}, Has: map[string]bool{},
	}
	if err := s.Reset(ctx); err != nil {
		return nil, err
	}
	if s.base == resetURL { // not beside the paths that we know
		return s, nil
	}
	for _, path := range []string{Requests, Faults, Outbox, State} {
		s.Has[path] = s.call(ctx, http.MethodGet, path, nil, nil) == nil
	}
	return s, nil
}

// Reset brings the simulator back to its seed.
func (s *Simulator) Reset(ctx context.Context) error {
	return s.send(ctx, http.MethodPost, s.resetURL, map[string]any{}, nil)
}

// Request is one vendor request in the log.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query"`
	Body   string `json:"body"`
	// Status is 0 when the connection ended before an answer.
	Status int `json:"status"`
	// Fault is what was put on it.
	Fault        string   `json:"fault"`
	Undocumented []string `json:"undocumented"`
}

// Reads tells whether a request cannot change anything by its method alone.
func (r Request) Reads() bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
}

// Log is the vendor requests since the last Forget.
func (s *Simulator) Log(ctx context.Context) ([]Request, error) {
	var list []Request
	err := s.call(ctx, http.MethodGet, Requests, nil, &list)
	return list, err
}

// Forget empties the request log.
func (s *Simulator) Forget(ctx context.Context) error {
	return s.call(ctx, http.MethodDelete, Requests, nil, nil)
}

// Mail is a mail in the outbox.
type Mail map[string]any

// Mails is the outbox.
func (s *Simulator) Mails(ctx context.Context) ([]Mail, error) {
	var list []Mail
	err := s.call(ctx, http.MethodGet, Outbox, nil, &list)
	return list, err
}

// Records is a collection as the simulator holds it.
func (s *Simulator) Records(ctx context.Context, collection string) ([]json.RawMessage, error) {
	var list []json.RawMessage
	err := s.call(ctx, http.MethodGet, State+"/"+collection, nil, &list)
	return list, err
}

// Everything is all that the simulator holds, by collection: two of them are
// equal when nothing was changed in between.
func (s *Simulator) Everything(ctx context.Context) (map[string]string, error) {
	var names []string
	if err := s.call(ctx, http.MethodGet, State, nil, &names); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, name := range names {
		var held json.RawMessage
		if err := s.call(ctx, http.MethodGet, State+"/"+name, nil, &held); err != nil {
			return nil, err
		}
		all[name] = string(held)
	}
	return all, nil
}

// Record is the record of a collection that has an id; nil where there is none.
// idOf says what a record's id is; nil is its own.
func (s *Simulator) Record(ctx context.Context, collection, id string, idOf func(json.RawMessage) (string, error)) (json.RawMessage, error) {
	if idOf == nil {
		// One that finds records by their ids need not send all.
		idOf, collection = ownID, collection+"?"+url.Values{"id": {id}}.Encode()
	}
	list, err := s.Records(ctx, collection)
	if err != nil {
		return nil, err
	}
	for _, raw := range slices.Backward(list) { // those that a check has made are the last
		switch has, err := idOf(raw); {
		case err != nil:
			return nil, err
		case has == id:
			return raw, nil
		}
	}
	return nil, nil
}

// ownID is the id that a record has itself.
func ownID(raw json.RawMessage) (string, error) {
	var record struct {
		ID json.RawMessage `json:"id"`
	}
	err := json.Unmarshal(raw, &record)
	return strings.Trim(string(record.ID), `"`), err
}

func (s *Simulator) call(ctx context.Context, method, path string, body, into any) error {
	return s.send(ctx, method, s.base+path, body, into)
}

func (s *Simulator) send(ctx context.Context, method, address string, body, into any) error {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, reader)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("the simulator: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // nothing was written
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("the simulator: %w", err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the simulator answers %s %s with %d: %s", method, address, response.StatusCode, bytes.TrimSpace(text))
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}
