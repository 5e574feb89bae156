package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestTriage is an app's whole work on a ticket; after each step the PSA's own
// API shows the same.
func TestTriage(t *testing.T) {
	t.Parallel()
	w := start(t)

	// Find: the new tickets of a queue, and the notes and fields of one.
	found := w.get("/tickets?queue=Service%20Desk&status_category=NEW,IN_PROGRESS&order_by=updated_at%20desc").want(t, 200)
	if len(found.list("tickets")) == 0 {
		t.Fatalf("nothing to triage: %s", found.body)
	}
	read := w.get("/tickets/"+found.text("tickets", 0, "id")).want(t, 200)
	if psa := w.psaTicket(read.text("ticket", "id")); psa.text("summary") != read.text("ticket", "title") || psa.text("status", "name") != read.text("ticket", "status", "name") {
		t.Errorf("the PSA has %s, the gateway %s", psa.body, read.body)
	}
	notes := w.get("/tickets/"+read.text("ticket", "id")+"/notes").want(t, 200)
	if want := len(w.psaNotes(read.text("ticket", "id"))); len(notes.list("notes")) < want || want == 0 {
		t.Errorf("%d notes, the PSA has %d of its own", len(notes.list("notes")), want)
	}
	if fields, _ := read.at("ticket", "custom_fields").(map[string]any); len(fields) == 0 {
		t.Errorf("the ticket has no custom fields: %s", read.body)
	}

	// Create.
	company := read.text("ticket", "company", "name")
	made := w.do("full", "POST", "/tickets", encode(t, map[string]any{
		"title": "Scanner sends blank pages", "description": "Since this morning.\nOnly by mail.",
		"company": map[string]any{"name": company}, "queue": map[string]any{"name": "Service Desk"},
		"priority": map[string]any{"level": 3}, "type": map[string]any{"name": "Printing"},
	})).want(t, http.StatusCreated)
	id := made.text("ticket", "id")
	location := made.header.Get("Location")
	if !strings.HasSuffix(location, "/v1/connections/cw/tickets/"+id) {
		t.Fatalf("Location is %q", location)
	}
	if again := w.get(strings.TrimPrefix(location, w.url)).want(t, 200); again.text("ticket", "etag") != made.text("ticket", "etag") {
		t.Errorf("the etag is %s after the create and %s read again", made.text("ticket", "etag"), again.text("ticket", "etag"))
	}
	psa := w.psaTicket(id)
	w.same(psa, "Scanner sends blank pages", "summary")
	w.same(psa, company, "company", "name")
	w.same(psa, "Printing", "type", "name")
	w.same(psa, "New", "status", "name")
	if n := w.psaNotes(id); len(n) != 1 || !strings.Contains(text(n[0], "text"), "Only by mail.") || n[0]["detailDescriptionFlag"] != true {
		t.Errorf("the description's notes are %v", n)
	}

	// Change status, priority, owner, type and a custom field.
	changed := w.do("full", "PATCH", "/tickets/"+id, `{"status":{"name":"In Progress"},"priority":{"level":1},
		"owner":{"name":"Joy Okafor"},"type":{"name":"Network"},"custom_fields":{"2":17}}`).want(t, 200)
	w.applied(changed, `custom_fields["2"]`, "owner", "priority", "status", "type")
	psa = w.psaTicket(id)
	w.same(psa, "In Progress", "status", "name")
	w.same(psa, "jokafor", "owner", "identifier")
	w.same(psa, "Network", "type", "name")
	w.same(psa, changed.text("ticket", "priority", "name"), "priority", "name")
	if got := psaField(psa, 2); got != 17.0 {
		t.Errorf("custom field 2 is %v at the PSA", got)
	}

	// Another queue takes status and type of that queue along, in one PATCH.
	writes := w.watch()
	moved := w.do("full", "PATCH", "/tickets/"+id, `{"queue":{"name":"Managed Services"},"status":{"name":"Scheduled"},"type":{"name":"Security"}}`).want(t, 200)
	w.applied(moved, "queue", "status", "type")
	if sent := writes(); len(sent) != 1 || sent[0].method != "PATCH" {
		t.Errorf("a move takes %v", sent)
	}
	psa = w.psaTicket(id)
	w.same(psa, "Managed Services", "board", "name")
	w.same(psa, "Scheduled", "status", "name")
	w.same(psa, "Security", "type", "name")

	// Tell the technicians, tell the customer.
	internal := w.do("full", "POST", "/tickets/"+id+"/internal-notes", `{"body":"Toner replaced; watching."}`).want(t, http.StatusCreated)
	customer := w.do("full", "POST", "/tickets/"+id+"/customer-notes", `{"body":"We replaced the toner.","notify":{"contact":"SUPPRESS"}}`).want(t, http.StatusCreated)
	for _, c := range []struct {
		r          reply
		flag, body string
	}{{internal, "internalAnalysisFlag", "Toner replaced; watching."}, {customer, "detailDescriptionFlag", "We replaced the toner."}} {
		note := w.vendor("/service/tickets/" + id + "/notes/" + c.r.text("note", "id"))
		w.same(note, c.body, "text")
		for _, flag := range []string{"internalAnalysisFlag", "detailDescriptionFlag", "resolutionFlag"} {
			if note.at(flag) != (flag == c.flag) {
				t.Errorf("%s of %q is %v", flag, c.body, note.at(flag))
			}
		}
	}

	// Close.
	closed := w.do("full", "POST", "/tickets/"+id+"/transitions", `{"to":{"category":"CLOSED"},"resolution":{"text":"Toner replaced."}}`).want(t, 200)
	if closed.text("ticket", "status", "category") != "CLOSED" || closed.text("receipt", "outcome") != "APPLIED" {
		t.Errorf("closing answered %s", closed.body)
	}
	psa = w.psaTicket(id)
	w.same(psa, ">Closed", "status", "name")
	if psa.at("closedFlag") != true {
		t.Errorf("closedFlag is %v at the PSA", psa.at("closedFlag"))
	}
	if n := w.psaNotes(id); !slices.ContainsFunc(n, func(n map[string]any) bool {
		return n["resolutionFlag"] == true && n["text"] == "Toner replaced."
	}) {
		t.Errorf("the PSA has no resolution: %v", n)
	}
	if after := w.get("/tickets/"+id).want(t, 200); after.text("ticket", "resolution", "text") != "Toner replaced." || after.text("ticket", "closed_at") == "" {
		t.Errorf("the closed ticket reads %s", after.body)
	}
}

// same compares a text of the PSA's own record.
func (w *world) same(psa reply, want string, path ...any) {
	w.t.Helper()
	if got := psa.text(path...); got != want {
		w.t.Errorf("the PSA's %v is %q, want %q", path, got, want)
	}
}

// applied holds a receipt to have applied just these fields, in any order.
func (w *world) applied(r reply, fields ...string) {
	w.t.Helper()
	var got []string
	for _, f := range r.list("receipt", "applied") {
		s, _ := f.(string)
		got = append(got, s)
	}
	slices.Sort(got)
	if !slices.Equal(got, fields) || r.text("receipt", "outcome") != "APPLIED" {
		w.t.Errorf("the receipt of %v is %v", fields, r.at("receipt"))
	}
}

// psaField is a custom field's value at the PSA.
func psaField(psa reply, id float64) any {
	for _, f := range objects(psa.list("customFields")) {
		if f["id"] == id {
			return f["value"]
		}
	}
	return nil
}
