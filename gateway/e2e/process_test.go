package e2e

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestConnectorKilledDuringACall kills the connector under a read and a write
// that the vendor would answer much later: the callers are told at once, and
// what is known.
func TestConnectorKilledDuringACall(t *testing.T) {
	t.Parallel()
	w := startWith(t, briefly)
	id := w.ids(1)[0]
	cases := []struct {
		name, method string
		body         any
		status       int
		code         string
		retryable    bool
	}{
		{"a read", http.MethodGet, nil, 503, "connection_down", true},
		{"a write", http.MethodPatch, `{"title":"Does anybody know?"}`, 409, "outcome_unknown", false},
	}
	for n, c := range cases { // one after the other: they share the process
		f := w.put(slow(forever).on(c.method, "service/tickets/"+id).times(1))
		answer := w.later("full", c.method, "/tickets/"+id, c.body)
		w.hit(f)
		victim := w.connector()
		kill9(t, victim)
		r := soon(t, answer).problem(t, c.status, c.code).says(t, `"cw"`, "ended during the call")
		if r.at("retryable") != c.retryable {
			t.Errorf("%s: retryable is %v", c.name, r.at("retryable"))
		}
		until(t, "the connector is started again", func() bool { return len(w.connectors()) == n+2 })
		if w.connector() == victim {
			t.Fatalf("%s: process %d runs again", c.name, victim)
		}
		w.becomes("cw", "READY")
		w.get("/tickets/"+id).want(t, 200)
	}
	if sent := w.asked(http.MethodPatch, "/service/tickets/"+id); len(sent) != 1 {
		t.Errorf("the write was sent %d times: %v", len(sent), sent)
	}
	if title := w.get("/tickets/"+id).text("ticket", "title"); title == "Does anybody know?" {
		t.Errorf("the vendor carried out what the test expects it to hold: %s", title)
	}
}

// TestTwoConnectionsShareAProcess kills the process of two connections: both
// come back by themselves, and neither is blamed for the other's calls.
func TestTwoConnectionsShareAProcess(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	w.serveWith(w.simURL, `
connection "second" {
  connector      = "connectwise"
  site           = "`+w.simURL+`"
  company        = "mspdemo"
  public_key     = "Dg7PublicDemoKey"
  private_key    = env("CW_PRIVATE_KEY")
  client_id      = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"
  agent_resource = "deskgate"
  rate_limit     = "off"
}`)
	if pids := w.connectors(); len(pids) != 1 {
		t.Fatalf("two connections of one connector have the processes %v", pids)
	}
	ids := w.ids(2)
	one := w.put(slow(forever).on("GET", "service/tickets/"+ids[0]).times(1))
	two := w.put(slow(forever).on("GET", "service/tickets/"+ids[1]).times(1))
	first := w.later("full", "GET", "/v1/connections/cw/tickets/"+ids[0], nil)
	second := w.later("full", "GET", "/v1/connections/second/tickets/"+ids[1], nil)
	w.hit(one)
	w.hit(two)
	kill9(t, w.connector())
	soon(t, first).problem(t, 503, "connection_down").says(t, `"cw"`)
	soon(t, second).problem(t, 503, "connection_down").says(t, `"second"`)
	until(t, "the connector is started again", func() bool { return len(w.connectors()) == 2 })
	w.becomes("cw", "READY")
	w.becomes("second", "READY")
	w.get("/tickets/"+ids[0]).want(t, 200)
	w.do("full", "GET", "/v1/connections/second/tickets/"+ids[1], nil).want(t, 200)
	// The second connection is not in the read-only group's grants.
	w.do("readonly", "GET", "/v1/connections/second/tickets", nil).problem(t, 403, "permission_denied")
}

// TestGatewayKilled kills the gateway: nothing of it stays behind, and the next
// one starts on the same state directory at once.
func TestGatewayKilled(t *testing.T) {
	t.Parallel()
	w := start(t)
	state := filepath.Join(w.dir, "state")
	token := w.get("/tickets?page_size=5").want(t, 200).text("next_page_token")
	if running := within(state); len(running) != 1 {
		t.Fatalf("below the state directory run %v, want the one connector", running)
	}
	// With a call in flight, the connector has something to hold on to.
	id := w.ids(1)[0]
	f := w.put(slow(forever).on("GET", "service/tickets/"+id).times(1))
	cut := make(chan error, 1)
	request := w.request("full", http.MethodGet, "/tickets/"+id, nil)
	go func() {
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		cut <- err
	}()
	w.hit(f)
	kill9(t, w.gateway.cmd.Process.Pid)
	if soon(t, cut) == nil {
		t.Error("a killed gateway has answered")
	}
	w.serve(w.simURL) // at once: the old connector may still be there
	w.get("/tickets/"+id).want(t, 200)
	until(t, "only the new connector is left", func() bool { return len(within(state)) == 1 })
	// The key of the page tokens is the state directory's, not the process's.
	w.get("/tickets?page_size=5&page_token="+token).want(t, 200)
	if info, err := os.Stat(filepath.Join(state, "page-token.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key of the page tokens: %v, %v", info, err)
	}

	// Killed once more, with nobody after it, nothing is left.
	kill9(t, w.gateway.cmd.Process.Pid)
	gone(t, state)
}

// TestStopWithACallInFlight asks the gateway to end while the vendor takes its
// time: the caller gets its answer, then all ends.
func TestStopWithACallInFlight(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	g := newGate(t, w.simURL)
	g.up()
	g.open()
	w.serveWith(g.url(), "")
	id := w.ids(1)[0]
	f := w.put(slow(2*time.Second).on("GET", "service/tickets/"+id).times(1))
	answer := w.later("full", "GET", "/tickets/"+id, nil)
	w.hit(f)
	if err := w.gateway.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if r := soon(t, answer).want(t, 200); r.text("ticket", "id") != id {
		t.Errorf("the answer is %s", r.body)
	}
	if code := w.gateway.wait(t); code != 0 {
		t.Errorf("the gateway ended with %d: %s", code, w.gateway.stderr())
	}
	gone(t, filepath.Join(w.dir, "state"))
	if len(w.logged("the connector has been stopped")) != 1 || len(w.logged("the connector's process is gone")) != 0 {
		t.Errorf("the connector was not stopped in peace: %s", w.gateway.stderr())
	}
}

// TestStopWithSilentConnections asks the gateway to end while connections are
// open on which nothing comes, or half a header: nobody waits for them.
func TestStopWithSilentConnections(t *testing.T) {
	t.Parallel()
	w := startWith(t, "\ngateway {\n  shutdown_timeout = \"10m\"\n}\n")
	for _, text := range []string{"", "GET /v1/agent HTTP/1.1\r\nHost: x\r\n"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
	}
	w.get("/tickets?page_size=1").want(t, 200) // by now, both are accepted
	if err := w.gateway.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := w.gateway.wait(t); code != 0 {
		t.Errorf("the gateway ended with %d: %s", code, w.gateway.stderr())
	}
	gone(t, filepath.Join(w.dir, "state"))
}

// TestReadiness looks at a gateway from its first breath: it lives at once and
// is ready when its connections are.
func TestReadiness(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	g := newGate(t, w.simURL)
	g.up()
	config := w.configure(filepath.Join(bin, "connectors/deskgate-connector-connectwise"), g.url(), "")
	address := freeAddress(t)
	early := "http://" + address
	before := make(chan [2]int, 1)
	go func() {
		for status(early+"/healthz") != 200 {
			time.Sleep(20 * time.Millisecond)
		}
		before <- [2]int{status(early + "/readyz"), status(early + "/v1/agent")}
		g.open()
	}()
	w.launch(config, "--listen", address)
	if got := soon(t, before); got != [2]int{503, 401} {
		t.Errorf("while its connection waits, /readyz answers %d and a call without a token %d", got[0], got[1])
	}
	if got := status(w.url + "/readyz"); got != 200 {
		t.Errorf("after `ready`, /readyz answers %d", got)
	}
	w.get("/tickets?page_size=1").want(t, 200)
}

// status gets a URL; 0 is no answer.
func status(url string) int {
	response, err := http.Get(url)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// TestReplacedInPlace writes over the connector's file while it runs: what runs
// and what is started again is the copy that the gateway took.
func TestReplacedInPlace(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	source := filepath.Join(w.dir, "deskgate-connector-connectwise")
	program, err := os.ReadFile(filepath.Join(bin, "connectors/deskgate-connector-connectwise"))
	if err == nil {
		err = os.WriteFile(source, program, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.launch(w.configure(source, w.simURL, ""))
	if err := os.WriteFile(source, []byte("half an upgra"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.get("/tickets?page_size=1").want(t, 200)
	kill9(t, w.connector())
	until(t, "the connector is started again", func() bool { return len(w.connectors()) == 2 })
	w.becomes("cw", "READY")
	w.get("/tickets?page_size=1").want(t, 200)
	if len(w.logged("the connector was not started")) > 0 {
		t.Error("a start has failed")
	}
}
