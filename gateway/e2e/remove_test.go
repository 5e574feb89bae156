package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// byKeyholder holds that a receipt names whom the PSA lists a write under that
// names no writer.
func (r reply) byKeyholder(t *testing.T) reply {
	t.Helper()
	if by, _ := r.at("receipt", "attributed_to").(map[string]any); by["kind"] != "SYSTEM" || by["name"] == "" {
		t.Errorf("it is attributed to %v: %s", by, r.body)
	}
	return r
}

// TestNotesAreChanged changes notes, and holds who is mailed and what the PSA then
// has.
func TestNotesAreChanged(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	const id = "10300"
	w.switchMail(id, true)
	made := w.do("full", "POST", "/tickets/"+id+"/customer-notes", `{"body":"We are on it."}`).want(t, http.StatusCreated)
	path := "/tickets/" + id + "/notes/" + made.text("note", "id")
	mails := len(w.outbox())
	r := w.do("full", "PATCH", path, `{"body":"We are on it, and bring toner."}`, "If-Match", made.text("note", "etag")).want(t, 200)
	if r.text("receipt", "outcome") != "APPLIED" || r.at("receipt", "applied", 0) != "body" || r.text("note", "visibility") != "CUSTOMER" || r.text("receipt", "notification", "observed") != "NOT_SENT" {
		t.Errorf("answered %s", r.body)
	}
	if got := r.header.Get("X-Vendor-Requests"); got != "3" {
		t.Errorf("it cost %s requests", got)
	}
	if psa := w.vendor("/service" + path); psa.text("text") != "We are on it, and bring toner." || psa.at("detailDescriptionFlag") != true || psa.at("internalAnalysisFlag") == true {
		t.Errorf("the PSA has %s", psa.body)
	}
	if got := len(w.outbox()); got != mails {
		t.Errorf("a changed text mailed %d", got-mails)
	}
	if one := w.get(path).want(t, 200); one.text("note", "etag") != r.text("note", "etag") || one.text("note", "body") != r.text("note", "body") {
		t.Errorf("it reads %s", one.body)
	}
	w.do("full", "PATCH", path, `{"body":"x"}`, "If-Match", made.text("note", "etag")).want(t, http.StatusPreconditionFailed)
	if r := w.do("full", "PATCH", path, `{"body":"Toner is there.","notify":{"contact":"SEND"}}`).want(t, 200); len(w.outbox()) == mails || r.text("receipt", "notification", "expected") != "SENT" {
		t.Errorf("an ordered mail: %v", r.at("receipt", "notification"))
	}
	for body, field := range map[string]string{
		`{"title":"x"}`: "title", `{"body":null}`: "body", `{"visibility":"INTERNAL","body":"x"}`: "visibility", `{"notify":{"cc":"SEND"},"body":"x"}`: "notify.cc",
	} {
		if r := w.do("full", "PATCH", path, body); r.status < 400 || r.text("violations", 0, "field") != field {
			t.Errorf("%s answers %d %s", body, r.status, r.body)
		}
	}
	w.do("readonly", "PATCH", path, `{"body":"x"}`).want(t, http.StatusForbidden)
	w.do("readonly", "DELETE", path, nil).want(t, http.StatusForbidden)

	written := w.watch()
	dry := w.do("full", "DELETE", path+"?dry_run=true", nil).want(t, 200).byKeyholder(t)
	if dry.text("receipt", "outcome") != "DRY_RUN" || dry.text("receipt", "planned", 0, "method") != "DELETE" || len(written()) > 0 {
		t.Errorf("dry run %s", dry.body)
	}
	gone := w.do("full", "DELETE", path, nil).want(t, 200).byKeyholder(t)
	if gone.text("receipt", "outcome") != "APPLIED" || gone.header.Get("X-Vendor-Requests") != "4" {
		t.Errorf("answered %s", gone.body)
	}
	w.get(path).want(t, http.StatusNotFound)
	w.do("full", "DELETE", path, nil).want(t, http.StatusNotFound)
}

// TestTicketsAreDeleted deletes a ticket, and one that the PSA keeps.
func TestTicketsAreDeleted(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	company := w.psaTicket("10300").idText("company", "id")
	made := w.do("full", "POST", "/tickets", `{"title":"Toner","company":{"id":"`+company+`"}}`).want(t, http.StatusCreated)
	path := "/tickets/" + made.text("ticket", "id")
	w.do("readonly", "DELETE", path, nil).want(t, http.StatusForbidden)
	w.do("full", "DELETE", path, nil, "If-Match", `"another"`).want(t, http.StatusPreconditionFailed)
	r := w.do("full", "DELETE", path+"?reason=opened%20twice", nil, "If-Match", made.text("ticket", "etag")).want(t, 200).byKeyholder(t)
	if r.text("receipt", "outcome") != "PARTLY_APPLIED" || r.text("receipt", "dropped", 0, "field") != "reason" || r.text("receipt", "dropped", 0, "asked") != "opened twice" || r.header.Get("X-Vendor-Requests") != "3" {
		t.Errorf("answered %s", r.body)
	}
	w.get(path).want(t, http.StatusNotFound)
	for _, ticket := range w.tickets() {
		if text(ticket, "id") == made.text("ticket", "id") {
			t.Error("the PSA has it still")
		}
	}
	var booked string
	for _, entry := range w.state("timeEntries") {
		if entry["chargeToType"] == "ServiceTicket" {
			booked = text(entry, "chargeToId")
		}
	}
	if r := w.do("full", "DELETE", "/tickets/"+booked, nil).want(t, http.StatusUnprocessableEntity); !strings.Contains(r.text("vendor", "message"), "in use") {
		t.Errorf("a booked ticket: %s", r.body)
	}
}
