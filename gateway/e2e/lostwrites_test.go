package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// lostWrite is a write whose answer is lost.
type lostWrite struct {
	name string
	// vendor is the method and the path of the PSA's request.
	vendor [2]string
	// method, path and body are the caller's request.
	method, path, body string
	// left is how many of what the write makes, or leaves, the PSA has.
	left func() int
	// undone and done are what left says before the write and after it.
	undone, done int
	// created is the member of the answer that has a new record.
	created string
}

// looking builds a world that has time to look for lost writes, at a PSA whose
// clock is months off.
func looking(t *testing.T, limits string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.sim, w.simURL = launch(t, regexp.MustCompile(`(http://127\.0\.0\.1:\d+)`), nil,
		"deskgate-simulator-connectwise", "--listen", "127.0.0.1:0", "--limits", "off", "--exit-with-stdin", "--start", theDay)
	w.serveWith(w.simURL, "gateway {\n  limits {\n"+limits+"\n  }\n}")
	return w
}

// lostWrites are one of each kind, each on a record of its own.
func (w *world) lostWrites() []lostWrite {
	w.t.Helper()
	page := w.get("/tickets?queue=Service%20Desk&status_category=NEW,IN_PROGRESS&order_by=id&page_size=20").want(w.t, 200)
	if len(page.list("tickets")) < 5 {
		w.t.Fatalf("the seed has too few tickets: %s", page.body)
	}
	next := 0
	ticket := func() string {
		next++
		return page.text("tickets", next-1, "id")
	}
	company := page.text("tickets", 0, "company", "id")
	count := func(collection string, is func(map[string]any) bool) func() int {
		return func() int {
			n := 0
			for _, row := range w.state(collection) {
				if is(row) {
					n++
				}
			}
			return n
		}
	}
	holds := func(collection, member, value string) func() int {
		return count(collection, func(row map[string]any) bool { return text(row, member) == value })
	}
	create := func(title, external string) lostWrite {
		c := lostWrite{
			name: "a ticket", vendor: [2]string{"POST", "service/tickets"}, method: "POST", path: "/tickets", created: "ticket", done: 1,
			body: fmt.Sprintf(`{"title":%q,"company":{"id":%q},"priority":{"level":2}}`, title, company), left: holds("tickets", "summary", title),
		}
		if external != "" {
			c.name, c.body = "a ticket of an external id", strings.Replace(c.body, "{", fmt.Sprintf(`{"external_id":%q,`, external), 1)
		}
		return c
	}
	note := func(name, path, body string) lostWrite {
		id := ticket()
		return lostWrite{
			name: name, vendor: [2]string{"POST", "service/tickets/" + id + "/notes"}, method: "POST", path: "/tickets/" + id + path,
			body: encode(w.t, map[string]any{"body": body}), created: "note", done: 1, left: holds("notes", "text", body),
		}
	}
	changed, moved, replied, timed := ticket(), ticket(), ticket(), w.takesTime()
	w.switchMail(replied, true)
	doomed := w.do("full", "POST", "/tickets", fmt.Sprintf(`{"title":"A test","company":{"id":%q}}`, company)).want(w.t, 201).text("ticket", "id")
	entry := func(summary string) string {
		return encode(w.t, map[string]any{"ticket": map[string]any{"id": timed}, "started_at": "2026-03-02T08:00:00Z", "duration_seconds": 900, "summary": summary})
	}
	booked := func(summary string) string {
		return w.do("full", "POST", "/time-entries", entry(summary)).want(w.t, 201).text("time_entry", "id")
	}
	longer, dropped := booked("Too short"), booked("A mistake")
	reply := note("a reply", "/replies", "It works again.")
	reply.vendor[1], reply.path, reply.created = "service/tickets/"+replied+"/notes", "/tickets/"+replied+"/replies", "reply"
	list := []lostWrite{
		create("The scanner jams", ""), create("The scanner jams again", "rmm-7"),
		{
			name: "a change", vendor: [2]string{"PATCH", "service/tickets/" + changed}, method: "PATCH", path: "/tickets/" + changed,
			body: `{"title":"Changed once","owner":null}`, done: 1, left: holds("tickets", "summary", "Changed once"),
		},
		{
			name: "a transition", vendor: [2]string{"PATCH", "service/tickets/" + moved}, method: "POST", path: "/tickets/" + moved + "/transitions",
			body: `{"to":{"category":"CLOSED"}}`, done: 1, left: count("tickets", func(row map[string]any) bool { return text(row, "id") == moved && row["closedFlag"] == true }),
		},
		note("an internal note", "/internal-notes", "Watching it."), note("a customer note", "/customer-notes", "We watch it."), reply,
		{
			name: "time", vendor: [2]string{"POST", "time/entries"}, method: "POST", path: "/time-entries", body: entry("Cleaned the rollers"),
			created: "time_entry", done: 1, left: holds("timeEntries", "notes", "Cleaned the rollers"),
		},
		{
			name: "a change of time", vendor: [2]string{"PATCH", "time/entries/" + longer}, method: "PATCH", path: "/time-entries/" + longer,
			body: `{"summary":"Longer","duration_seconds":1800}`, done: 1, left: holds("timeEntries", "notes", "Longer"),
		},
		{
			name: "a deletion of time", vendor: [2]string{"DELETE", "time/entries/" + dropped}, method: "DELETE", path: "/time-entries/" + dropped,
			undone: 1, left: holds("timeEntries", "id", dropped),
		},
		{
			name: "a deletion", vendor: [2]string{"DELETE", "service/tickets/" + doomed}, method: "DELETE", path: "/tickets/" + doomed,
			undone: 1, left: holds("tickets", "id", doomed),
		},
	}
	// What was made just now is old for the writes: a record that was changed in the
	// same second tells nothing.
	w.admin(http.MethodPost, "clock", map[string]string{"advance": "10m"})
	w.get("/tickets?page_size=1").want(w.t, 200)
	return list
}

// sendLost makes a write's call.
func (w *world) sendLost(c lostWrite) <-chan reply {
	var body any
	if c.body != "" {
		body = c.body
	}
	return w.later("full", c.method, c.path, body)
}

// happened checks the answer to a write that was done and whose answer was lost.
func (c lostWrite) happened(t *testing.T, r reply) {
	t.Helper()
	status := 200
	if c.created != "" {
		status = 201
	}
	r.want(t, status)
	warnings := fmt.Sprint(r.list("receipt", "warnings"))
	if r.text("receipt", "outcome") != "APPLIED" || !strings.Contains(warnings, "the answer of this write was lost") {
		t.Errorf("the receipt is %v", r.at("receipt"))
	}
	if c.created != "" && (r.text(c.created, "id") == "" || !strings.HasSuffix(r.header.Get("Location"), "/"+r.text(c.created, "id"))) {
		t.Errorf("the record is at %q: %s", r.header.Get("Location"), r.body)
	}
	if got := c.left(); got != c.done {
		t.Errorf("the PSA has %d, want %d", got, c.done)
	}
}

// didNot checks the answer to a write that was not done, and that it can be sent
// again: then it is done once.
func (c lostWrite) didNot(t *testing.T, w *world, r reply, status int, code string) {
	t.Helper()
	r.problem(t, status, code).says(t, "did not happen and can be sent again")
	if r.text("outcome") != "NOT_SENT" || r.at("retryable") != true {
		t.Errorf("the outcome is %q, retryable %v: %s", r.text("outcome"), r.at("retryable"), r.body)
	}
	if got := c.left(); got != c.undone {
		t.Errorf("the PSA has %d, want %d", got, c.undone)
	}
	again := soon(t, w.sendLost(c))
	if again.status >= 300 {
		t.Errorf("sent again it answers %d: %s", again.status, again.body)
	}
	if got := c.left(); got != c.done {
		t.Errorf("sent again, the PSA has %d, want %d", got, c.done)
	}
}
