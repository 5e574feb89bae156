package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// forever is how long a slow vendor is: whoever gets an answer before has not
// waited for it.
const forever = 10 * time.Minute

// fault is a body of the simulator's POST /_sim/faults.
type fault map[string]any

// on returns the fault put on a method and a path below the vendor's API root.
func (f fault) on(method, path string) fault {
	f["match"] = map[string]string{"method": method, "path": "*/apis/3.0/" + path}
	return f
}

// times returns the fault put on so many requests.
func (f fault) times(n int) fault { f["times"] = n; return f }

func slow(d time.Duration) fault { return fault{"fault": "slow", "delay_ms": d.Milliseconds()} }
func answering(status int) fault { return fault{"fault": "status", "status": status} }

// startWith builds a world whose configuration has further blocks.
func startWith(t *testing.T, blocks string, lines ...string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	w.serveWith(w.simURL, blocks, lines...)
	return w
}

// simulate starts the world's simulator.
func (w *world) simulate(args ...string) {
	w.t.Helper()
	w.sim, w.simURL = launch(w.t, regexp.MustCompile(`(http://127\.0\.0\.1:\d+)`), nil, "deskgate-simulator-connectwise",
		append([]string{"--listen", "127.0.0.1:0", "--limits", "off", "--exit-with-stdin"}, args...)...)
}

var readyLine = regexp.MustCompile(`^ready (http://\S+)`)

// serveWith starts the world's gateway with further blocks.
func (w *world) serveWith(site, blocks string, lines ...string) {
	w.t.Helper()
	config := w.configure(filepath.Join(bin, "connectors/deskgate-connector-connectwise"), site, blocks, lines...)
	w.launch(config)
}

// configure writes the world's gateway.hcl.
func (w *world) configure(source, site, blocks string, lines ...string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, "gateway.hcl")
	text := fmt.Sprintf(configTemplate, filepath.Join(w.dir, "state"), source, site, strings.Join(lines, "\n")) + blocks
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// launch starts a gateway on a configuration.
func (w *world) launch(config string, args ...string) {
	w.t.Helper()
	w.gateway, w.url = launch(w.t, readyLine, environ(), "deskgate", append([]string{"serve",
		"--config", config, "--listen", "127.0.0.1:0", "--log-level", "debug", "--exit-with-stdin"}, args...)...)
}

// put puts a fault on the simulator and returns its id.
func (w *world) put(f fault) int {
	w.t.Helper()
	var set struct {
		ID int `json:"id"`
	}
	w.adminInto(&set, http.MethodPost, "faults", f)
	return set.ID
}

// lift takes a fault away.
func (w *world) lift(id int) {
	w.t.Helper()
	w.admin(http.MethodDelete, "faults?id="+strconv.Itoa(id), nil)
}

// hit waits until a fault was put on a request.
func (w *world) hit(id int) {
	w.t.Helper()
	until(w.t, fmt.Sprintf("fault %d hits a request", id), func() bool {
		var faults []struct{ ID, Hit int }
		w.adminInto(&faults, http.MethodGet, "faults", nil)
		for _, f := range faults {
			if f.ID == id {
				return f.Hit > 0
			}
		}
		return false
	})
}

// vendorRequest is a request that the simulator has seen.
type vendorRequest struct {
	Method, Path, Query, Body string
	Header                    http.Header
	Status                    int
}

// asked returns the vendor's requests of a method ("" any) whose path ends so.
func (w *world) asked(method, suffix string) []vendorRequest {
	w.t.Helper()
	var all, found []vendorRequest
	w.adminInto(&all, http.MethodGet, "requests", nil)
	for _, r := range all {
		if (method == "" || r.Method == method) && strings.HasSuffix(r.Path, suffix) {
			found = append(found, r)
		}
	}
	return found
}

// written returns the vendor's requests that can have changed something. A
// search is a POST that changes nothing.
func (w *world) written() []vendorRequest {
	w.t.Helper()
	var found []vendorRequest
	for _, r := range w.asked("", "") {
		if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/search") {
			found = append(found, r)
		}
	}
	return found
}

// later makes a call in the background.
func (w *world) later(agent, method, path string, body any) <-chan reply {
	answer := make(chan reply, 1)
	go func() { answer <- w.do(agent, method, path, body) }()
	return answer
}

// soon waits for an answer that has to come.
func soon[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// until polls for something that has to come about.
func until(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !yes(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never comes about that %s", what)
		}
	}
}

// problem checks that an answer is a complete problem document of that code.
func (r reply) problem(t *testing.T, status int, code string) reply {
	t.Helper()
	r.want(t, status)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("the content type is %q", got)
	}
	for _, member := range []string{"type", "title", "detail", "source", "request_id"} {
		if r.text(member) == "" {
			t.Errorf("the problem has no %s: %s", member, r.body)
		}
	}
	if r.text("code") != code || r.text("type") != "/docs/errors#"+code {
		t.Errorf("the problem is %s of type %s, want %s: %s", r.text("code"), r.text("type"), code, r.body)
	}
	if r.text("request_id") != r.header.Get("X-Request-Id") {
		t.Errorf("the request is %s in the document and %s in the header", r.text("request_id"), r.header.Get("X-Request-Id"))
	}
	return r
}

// says checks that the problem's detail has all of these words.
func (r reply) says(t *testing.T, words ...string) reply {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(r.text("detail"), word) {
			t.Errorf("the detail does not say %q: %s", word, r.body)
		}
	}
	return r
}

// logged returns the gateway's log lines whose message is this.
func (w *world) logged(message string) []map[string]any {
	var found []map[string]any
	for line := range strings.Lines(w.gateway.stderr()) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) == nil && fields["@message"] == message {
			found = append(found, fields)
		}
	}
	return found
}

// health is how the gateway says that a connection is, and why.
func (w *world) health(connection string) (state, reason string) {
	w.t.Helper()
	r := w.do("full", http.MethodGet, "/v1/connections/"+connection, nil).want(w.t, 200)
	return r.text("connection", "state"), r.text("connection", "reason")
}

// becomes waits for a state of a connection and returns the reason.
func (w *world) becomes(connection, want string) string {
	w.t.Helper()
	var state, reason string
	until(w.t, "connection "+connection+" is "+want, func() bool {
		state, reason = w.health(connection)
		return state == want
	})
	return reason
}

// ids returns the ids of n tickets, for faults of their own.
func (w *world) ids(n int) []string {
	w.t.Helper()
	page := w.get("/tickets?kind=SERVICE&order_by=id&page_size="+strconv.Itoa(n)).want(w.t, 200)
	var ids []string
	for i := range page.list("tickets") {
		ids = append(ids, page.text("tickets", i, "id"))
	}
	return ids
}

// decoded makes a reply of an answer.
func decoded(response *http.Response, body []byte) reply {
	r := reply{status: response.StatusCode, header: response.Header, body: string(body)}
	_ = json.Unmarshal(body, &r.json) // the test looks at what it needs
	return r
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
