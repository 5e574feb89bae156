package connector_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/problem"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"github.com/hashicorp/go-hclog"
)

// fast are the periods of the tests: short where something is waited for, long
// where it must not happen.
func fast() connector.Timing {
	return connector.Timing{
		Start: time.Minute, Connect: time.Minute, HealthEvery: time.Minute, HealthLimit: time.Minute,
		BackoffMin: time.Millisecond, BackoffMax: 10 * time.Millisecond, Starts: 100, StartsWindow: time.Hour, FailedEvery: time.Hour,
		Stop: time.Minute,
	}
}

// script writes an executable shell script and returns its path.
func script(t *testing.T, name, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	// Forked in between, another test's process would hold the file open.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// helperAt writes a script that becomes the helper.
func helperAt(t *testing.T, mode string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return script(t, "helper", fmt.Sprintf("exec '%s' -connector %s", self, mode))
}

// gateway is a Manager under test and its log.
type gateway struct {
	*connector.Manager
	t     *testing.T
	log   *buffer
	state string
}

// newGateway returns a Manager of one connector that ends with the test.
func newGateway(t *testing.T, source string, timing connector.Timing) *gateway {
	t.Helper()
	g := &gateway{t: t, log: &buffer{}, state: t.TempDir()}
	g.Manager = connector.New(connector.Options{
		Logger:     hclog.New(&hclog.LoggerOptions{Output: g.log, JSONFormat: true, Level: hclog.Debug}),
		Connectors: []connector.Spec{{Name: helperName, Source: source}},
		StateDir:   g.state, Timing: timing,
	})
	t.Cleanup(func() { g.Close(t.Context()) }) // ended by then: nothing is waited for
	return g
}

// running returns a gateway whose connections have settled.
func running(t *testing.T, timing connector.Timing, configs map[string]helperConfig) *gateway {
	t.Helper()
	g := newGateway(t, helperAt(t, "plain"), timing)
	g.describe()
	g.connect(configs)
	return g
}

func (g *gateway) describe() *connector.Description {
	g.t.Helper()
	all, errs := g.Describe(g.t.Context())
	if len(errs) > 0 {
		g.t.Fatal(errs)
	}
	return all[helperName]
}

func (g *gateway) connect(configs map[string]helperConfig) {
	g.t.Helper()
	var specs []connector.ConnectionSpec
	for name, config := range configs {
		raw, err := json.Marshal(config)
		if err != nil {
			g.t.Fatal(err)
		}
		specs = append(specs, connector.ConnectionSpec{Name: name, Connector: helperName, Config: raw})
	}
	g.Connect(specs)
	if err := g.Ready(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
}

// order has the helper do something on the connection, as a read.
func (g *gateway) order(connection, order string) (string, error) {
	return g.send(g.t.Context(), connection, order, false)
}

func (g *gateway) send(ctx context.Context, connection, order string, write bool) (string, error) {
	var out psav1.GetTicketResponse
	_, err := g.Invoke(ctx, connection, psav1.TicketReader_GetTicket_FullMethodName,
		psav1.GetTicketRequest_builder{Ticket: &order}.Build(), &out, connector.Metadata{Write: write})
	return out.GetTicket().GetTitle(), err
}

// must is order that has to go well.
func (g *gateway) must(connection, order string) string {
	g.t.Helper()
	answer, err := g.order(connection, order)
	if err != nil {
		g.t.Fatalf("%s: %v", order, err)
	}
	return answer
}

func (g *gateway) pid() int { return g.Processes()[0].PID }

// restarted waits for another process than the one with the id.
func (g *gateway) restarted(pid int) {
	g.t.Helper()
	g.eventually(func() bool { now := g.pid(); return now != 0 && now != pid }, func() string { return "it was not started again" })
}

// until waits for a connection's state and returns its status.
func (g *gateway) until(connection string, state connector.State) connector.Status {
	g.t.Helper()
	var last connector.Status
	g.eventually(func() bool {
		last, _ = g.Status(connection)
		return last.State == state
	}, func() string { return fmt.Sprintf("%s is %s (%s), not %s", connection, last.State, last.Reason, state) })
	return last
}

// eventually waits for something that is bound to happen.
func (g *gateway) eventually(happened func() bool, otherwise func() string) {
	g.t.Helper()
	for limit := time.Now().Add(time.Minute); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			g.t.Fatalf("%s\n%s", otherwise(), g.log)
		}
	}
}

// problemOf asserts the code of an error.
func problemOf(t *testing.T, err error, code problem.Code) *problem.Problem {
	t.Helper()
	p, ok := err.(*problem.Problem) //nolint:errorlint // that it is one, and wraps none, is what is tested
	if !ok {
		t.Fatalf("the error is %v, not a problem", err)
	}
	if p.Code != code {
		t.Fatalf("the code is %s (%v), not %s", p.Code, p, code)
	}
	return p
}

// vendor is a file that tells the helper how its vendor is.
type vendor struct {
	t    *testing.T
	path string
}

func newVendor(t *testing.T, state string) vendor {
	v := vendor{t, filepath.Join(t.TempDir(), "vendor")}
	v.set(state)
	return v
}

func (v vendor) set(state string) {
	v.t.Helper()
	if err := os.WriteFile(v.path+".new", []byte(state), 0o600); err != nil {
		v.t.Fatal(err)
	}
	if err := os.Rename(v.path+".new", v.path); err != nil {
		v.t.Fatal(err)
	}
}

func (v vendor) tries() int {
	all, _ := os.ReadFile(v.path + ".tries")
	return bytes.Count(all, []byte("\n"))
}

// tie is a socket by which a test sees that a process has come, and gone.
type tie struct {
	t    *testing.T
	path string
	l    net.Listener
}

func newTie(t *testing.T) *tie {
	t.Helper()
	dir, err := os.MkdirTemp("", "tie") //nolint:usetesting // a test's own folder has too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); os.RemoveAll(dir) })
	return &tie{t, l.Addr().String(), l}
}

// come waits for a process to come.
func (s *tie) come() net.Conn {
	s.t.Helper()
	_ = s.l.(*net.UnixListener).SetDeadline(time.Now().Add(time.Minute))
	conn, err := s.l.Accept()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return conn
}

// gone waits for the process on the connection to end.
func gone(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatalf("the process still lives: %v", err)
	}
}

// buffer is a log that can be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// lines returns the logged lines whose message contains part.
func (b *buffer) lines(part string) []map[string]any {
	var found []map[string]any
	for line := range strings.Lines(b.String()) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) == nil && strings.Contains(fmt.Sprint(fields["@message"]), part) {
			found = append(found, fields)
		}
	}
	return found
}
