package vendorhttp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
	"github.com/hashicorp/go-hclog"
)

const (
	baseURL   = "http://127.0.0.1:9999/v1/apis/"
	basicAuth = "Basic YWNtZStwdWI6cHJpdmF0ZQ=="
)

// psa is a vendor: a real HTTP server, reached by net/http's own transport
// over pipes, so that time is that of the test's bubble.
type psa struct {
	t       *testing.T
	handler http.HandlerFunc
	conns   chan net.Conn
	closed  chan struct{}
	dialErr func(n int) error   // what the n-th dial ends with
	body    func(*http.Request) // reads the body in place of the psa
	logs    bytes.Buffer
	client  *vendorhttp.Client
	call    *call.Call
	start   time.Time

	mu    sync.Mutex
	dials int
	hits  []hit
}

type hit struct {
	method, uri, body string
	header            http.Header
	at                time.Duration // since the start
}

// withPSA runs a test in a bubble against a vendor that answers as handler does.
func withPSA(t *testing.T, handler http.HandlerFunc, change func(*vendorhttp.Options), test func(context.Context, *psa)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		v := &psa{t: t, handler: handler, conns: make(chan net.Conn), closed: make(chan struct{}), start: time.Now()}
		server := &http.Server{Handler: v, ErrorLog: nil}
		var all sync.WaitGroup
		all.Go(func() { _ = server.Serve(v) })
		transport := &http.Transport{DialContext: v.dial, MaxIdleConnsPerHost: 8}
		opts := vendorhttp.Options{
			Name: "acme", BaseURL: baseURL, Transport: transport, Secrets: []string{"hunter2-secret"},
			Auth: func(r *http.Request) error { r.Header.Set("Authorization", basicAuth); return nil },
			Logger: hclog.New(&hclog.LoggerOptions{
				Level: hclog.Debug, Output: &v.logs, JSONFormat: true, Mutex: new(sync.Mutex),
			}),
		}
		if change != nil {
			change(&opts)
		}
		client, err := vendorhttp.New(opts)
		if err != nil {
			t.Fatal(err)
		}
		v.client = client
		v.call = &call.Call{Connection: "acme-prod", RequestID: "req-1", Agent: "triage"}
		test(call.With(context.Background(), v.call), v)
		client.Close()
		_ = server.Close()
		all.Wait()
	})
}

func (v *psa) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	v.mu.Lock()
	v.dials++
	n := v.dials
	v.mu.Unlock()
	if v.dialErr != nil {
		if err := v.dialErr(n); err != nil {
			return nil, err
		}
	}
	ours, theirs := net.Pipe()
	select {
	case v.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-v.closed:
		return nil, net.ErrClosed
	}
}

func (v *psa) Accept() (net.Conn, error) {
	select {
	case c := <-v.conns:
		return c, nil
	case <-v.closed:
		return nil, net.ErrClosed
	}
}

func (v *psa) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case <-v.closed:
	default:
		close(v.closed)
	}
	return nil
}

func (v *psa) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9999} }

func (v *psa) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body []byte
	if v.body != nil {
		v.body(r)
	} else {
		body, _ = io.ReadAll(r.Body)
	}
	v.mu.Lock()
	v.hits = append(v.hits, hit{r.Method, r.RequestURI, string(body), r.Header.Clone(), time.Since(v.start)})
	v.mu.Unlock()
	v.handler(w, r)
}

func (v *psa) seen() []hit {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]hit(nil), v.hits...)
}

func (v *psa) wantHits(n int) {
	v.t.Helper()
	if got := v.seen(); len(got) != n {
		v.t.Errorf("the PSA saw %d requests, want %d: %+v", len(got), n, got)
	}
}

// wantFault checks code and outcome of an error and returns it.
func wantFault(t *testing.T, err error, code fault.Code, outcome fault.Outcome) *fault.Error {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("error is %v, want a fault %s", err, code)
	}
	if e.Code != code || e.Outcome != outcome {
		t.Errorf("fault is %s with outcome %q (%s), want %s with %q", e.Code, e.Outcome, e.Message, code, outcome)
	}
	return e
}

var (
	get   = vendorhttp.Request{Name: "read ticket", Path: "tickets/7"}
	post  = vendorhttp.Request{Name: "create ticket", Method: http.MethodPost, Path: "tickets", JSON: map[string]any{"summary": "x"}}
	query = vendorhttp.Request{Name: "search", Method: http.MethodPost, Path: "tickets/search", JSON: map[string]any{"q": "x"}, Safe: true}
)

func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// sequence answers the n-th request by the n-th handler, and all later ones by
// the last.
func sequence(handlers ...http.HandlerFunc) http.HandlerFunc {
	var (
		mu sync.Mutex
		n  int
	)
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handlers[min(n, len(handlers)-1)]
		n++
		mu.Unlock()
		h(w, r)
	}
}

// drop takes the request and closes the connection without an answer.
func drop(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// cut announces more than it sends.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"id":7,"summary":"Payroll of the board"`)
}

func slow(d time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
		}
		reply(200, `{"id":7}`)(w, r)
	}
}

func redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

func limited(retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		reply(429, `{"error":"Gateway","message":"Too many requests."}`)(w, r)
	}
}
