package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The simulated tenant's own API, as an integrator of that vendor would call it:
// what it says is the truth that the gateway's answers are held against.
const (
	vendorUser     = "mspdemo+Dg7PublicDemoKey"
	vendorPassword = "Dg7PrivateDemoKey"
	vendorClientID = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"
	vendorRoot     = "/v4_6_release/apis/3.0"
)

// theDay is when tests begin that name records of the simulated tenant: its data
// follow from the seed and the start.
const theDay = "2026-03-02T09:00:00Z"

// startAt builds a world whose PSA begins at a given time.
func startAt(t *testing.T, begin string, lines ...string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate("--start", begin)
	w.serve(w.simURL, lines...)
	return w
}

// vendor reads a path of the PSA itself; a list is under "items".
func (w *world) vendor(path string) reply {
	w.t.Helper()
	return w.send(w.vendorCall(http.MethodGet, path, nil)).want(w.t, http.StatusOK).items()
}

// vendorCall makes a request to the PSA itself, with its login.
func (w *world) vendorCall(method, path string, body io.Reader) *http.Request {
	w.t.Helper()
	request, err := http.NewRequest(method, w.simURL+vendorRoot+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	request.SetBasicAuth(vendorUser, vendorPassword)
	request.Header.Set("clientId", vendorClientID)
	return request
}

// items puts a list that is the whole answer under "items".
func (r reply) items() reply {
	if r.json == nil {
		var list []any
		if json.Unmarshal([]byte(r.body), &list) == nil {
			r.json = map[string]any{"items": list}
		}
	}
	return r
}

// psaTicket is a ticket as the PSA holds it.
func (w *world) psaTicket(id string) reply { w.t.Helper(); return w.vendor("/service/tickets/" + id) }

// psaNotes are a ticket's notes as the PSA holds them.
func (w *world) psaNotes(id string) []map[string]any {
	w.t.Helper()
	return objects(w.vendor("/service/tickets/" + id + "/notes?pageSize=1000").list("items"))
}

// admin calls an admin path of the simulator.
func (w *world) admin(method, path string, body any) reply {
	w.t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			w.t.Fatal(err)
		}
	}
	request, err := http.NewRequest(method, w.simURL+"/_sim/"+path, bytes.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	r := w.send(request)
	if r.status >= 300 {
		w.t.Fatalf("%s /_sim/%s answered %d: %s", method, path, r.status, r.body)
	}
	return r.items()
}

// adminInto is admin with its answer decoded.
func (w *world) adminInto(into any, method, path string, body any) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.admin(method, path, body).body), into); err != nil {
		w.t.Fatal(err)
	}
}

// state is a collection as the simulator stores it.
func (w *world) state(collection string) []map[string]any {
	w.t.Helper()
	return objects(w.admin(http.MethodGet, "state/"+collection, nil).list("items"))
}

// tickets are all tickets that there are, those of projects among them.
func (w *world) tickets() []map[string]any {
	w.t.Helper()
	return w.state("tickets")
}

// isProject tells a project's ticket by what the PSA does not hold of it.
func isProject(t map[string]any) bool { return t["recordType"] != "ServiceTicket" }

// act makes a change as a member of the PSA would.
func (w *world) act(as, method, path string, body any) reply {
	w.t.Helper()
	return w.admin(http.MethodPost, "act", map[string]any{"as": as, "method": method, "path": path, "body": body})
}

// outbox is every mail that the tenant's rules would have sent.
func (w *world) outbox() []map[string]any {
	w.t.Helper()
	return objects(w.admin(http.MethodGet, "outbox", nil).list("items"))
}

// vendorWrite is a request that changes something at the PSA.
type vendorWrite struct {
	method, path string
	body         any
}

// watch forgets the vendor's requests so far and returns a function that gives
// the writes among those since.
func (w *world) watch() func() []vendorWrite {
	w.t.Helper()
	w.admin(http.MethodDelete, "requests", nil)
	return func() []vendorWrite {
		w.t.Helper()
		var writes []vendorWrite
		for _, q := range objects(w.admin(http.MethodGet, "requests", nil).list("items")) {
			if q["method"] == http.MethodGet {
				continue
			}
			_, path, _ := strings.Cut(text(q, "path"), "/apis/3.0")
			v := vendorWrite{method: text(q, "method"), path: path}
			if err := json.Unmarshal([]byte(text(q, "body")), &v.body); err != nil {
				w.t.Fatalf("the body of %s %s is no JSON: %v", v.method, v.path, err)
			}
			writes = append(writes, v)
		}
		return writes
	}
}

func objects(list []any) []map[string]any {
	out := make([]map[string]any, 0, len(list))
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// text is a string in a decoded object; numbers are written as the vendor's ids.
func text(m map[string]any, path ...any) string {
	switch v := (reply{json: m}).at(path...).(type) {
	case string:
		return v
	case float64:
		b, _ := json.Marshal(v)
		return string(b)
	}
	return ""
}

// idText is a number in an answer of the PSA, as the neutral API writes ids.
func (r reply) idText(path ...any) string { return text(r.json, path...) }

// encode writes a request's body.
func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sameLines is a text without what a PSA may do to its line ends.
func sameLines(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}
