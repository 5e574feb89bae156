package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// codes are the fields of one list of a receipt, each with its code.
func codes(r reply, list string) []string {
	out := []string{}
	for _, f := range objects(r.list("receipt", list)) {
		out = append(out, text(f, "field")+" "+text(f, "code"))
	}
	return out
}

// TestTransitionWhereTheTicketIs moves a ticket to where it is: the resolution is
// a state and is written, the comment belongs to a move and is not, and nothing
// is silent.
func TestTransitionWhereTheTicketIs(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	const path = "/tickets/10300/transitions" // the ticket is closed
	writes := w.watch()
	r := w.do("full", "POST", path, `{"to":{"category":"CLOSED"},"resolution":{"text":"Found it."},"comment":"Bye.","comment_to_customer":true,"notify":{"contact":"SEND","best_effort":true}}`).want(t, 200)
	if sent := writes(); len(sent) != 1 || !strings.HasSuffix(sent[0].path, "/notes") {
		t.Errorf("sent %v", sent)
	}
	if r.text("receipt", "outcome") != "PARTLY_APPLIED" || !slices.Equal(r.list("receipt", "applied"), []any{"status", "resolution"}) || !slices.Equal(codes(r, "dropped"), []string{"comment LEFT_OUT"}) {
		t.Errorf("the receipt is %v", r.at("receipt"))
	}
	if !strings.Contains(r.text("receipt", "dropped", 0, "reason"), "note") || r.text("receipt", "dropped", 0, "asked") != "Bye." {
		t.Errorf("the comment is dropped with %v", r.at("receipt", "dropped"))
	}
	one := w.get("/tickets/10300").want(t, 200)
	if one.text("ticket", "resolution", "text") != "Found it." || one.text("ticket", "etag") != r.text("ticket", "etag") || len(w.outbox()) > 0 {
		t.Errorf("the ticket is %s, mails %v", one.body, w.outbox())
	}
	writes = w.watch()
	w.do("full", "POST", path, `{"to":{"category":"CLOSED"},"resolution":{"text":"Found it."}}`).want(t, 200)
	if sent := writes(); len(sent) > 0 {
		t.Errorf("the same again sent %v", sent)
	}
}

// TestReceiptOfATransition names the parts of the request, and tells of both
// mails.
func TestReceiptOfATransition(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	w.switchMail("10300", false)
	r := w.do("full", "POST", "/tickets/10300/transitions", `{"to":{"category":"NEW"},"resolution":{"text":"Not yet."},"comment":"Again.","comment_to_customer":true}`).want(t, 200)
	w.applied(r, "comment", "resolution", "status")
	if n := r.at("receipt", "notification"); r.text("receipt", "notification", "expected") != "UNKNOWN" || r.text("receipt", "notification", "observed") != "UNKNOWN" ||
		!strings.Contains(r.text("receipt", "notification", "evidence"), "automaticEmailContactFlag") {
		t.Errorf("the mail of the status may go out, and the receipt says %v", n)
	}
	if one := w.get("/tickets/10300").want(t, 200); one.text("ticket", "etag") != r.text("ticket", "etag") {
		t.Errorf("answered the etag %s, it is %s", r.text("ticket", "etag"), one.text("ticket", "etag"))
	}
}

// TestWriteIsAnsweredWhateverFailsThen has every read fail once the write is done.
func TestWriteIsAnsweredWhateverFailsThen(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	for name, c := range map[string]struct {
		method, path, body string
		reads              int // that go before the write, tables warm
		status             int
	}{
		"create":        {"POST", "/tickets", `{"title":"x","description":"y","company":{"id":"285"}}`, 0, 201},
		"update":        {"PATCH", "/tickets/10300", `{"title":"x","description":"y"}`, 2, 200},
		"transition":    {"POST", "/tickets/10301/transitions", `{"to":{"category":"NEW"},"comment":"c"}`, 1, 200},
		"internal note": {"POST", "/tickets/10300/internal-notes", `{"body":"y"}`, 0, 201},
		"customer note": {"POST", "/tickets/10300/customer-notes", `{"body":"y","notify":{"contact":"SUPPRESS"}}`, 1, 201},
	} {
		w.do("full", c.method, c.path+"?dry_run=true", c.body).want(t, 200) // warms the tables
		f := answering(500).on("GET", "*")
		f["after"] = c.reads
		w.put(f)
		r := w.do("full", c.method, c.path, c.body)
		w.admin(http.MethodDelete, "faults", nil)
		outcome := "APPLIED" // by the write's own answer
		if name == "create" {
			outcome = "UNVERIFIED" // the description is a note, which nobody could read
		}
		if r.status != c.status || r.text("receipt", "outcome") != outcome {
			t.Errorf("%s: answered %d %s", name, r.status, r.body)
			continue
		}
		if c.status == 201 {
			w.get(strings.TrimPrefix(r.header.Get("Location"), w.url)).want(t, 200)
		}
		if name == "create" && (!slices.Equal(r.list("receipt", "unverifiable"), []any{"description"}) || len(r.list("receipt", "warnings")) != 1) {
			t.Errorf("%s: the receipt is %v", name, r.at("receipt"))
		}
	}
}

// TestOtherCompany keeps a ticket's mail at its own company.
func TestOtherCompany(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	ticket := w.get("/tickets/10300").want(t, 200)
	if ticket.text("ticket", "contact", "id") == "" || ticket.text("ticket", "company", "id") == "258" {
		t.Fatalf("the test needs another ticket than %s", ticket.body)
	}
	for _, body := range []string{`{"contact":{"id":"729"}}`, `{"company":{"id":"258"},"contact":{"id":` + encode(t, ticket.text("ticket", "contact", "id")) + `}}`} {
		r := w.do("full", "PATCH", "/tickets/10300", body).want(t, 400)
		if r.text("violations", 0, "field") != "contact.id" || !strings.Contains(r.body, "258") {
			t.Errorf("%s answers %s", body, r.body)
		}
	}
	r := w.do("full", "PATCH", "/tickets/10300", `{"company":{"id":"258"}}`).want(t, 200)
	if len(r.list("receipt", "defaulted")) > 0 || r.text("receipt", "outcome") != "APPLIED" ||
		r.text("receipt", "changed", 0, "field") != "site" || r.text("receipt", "changed", 0, "reason") != "the site belongs to the company that the ticket leaves" ||
		r.text("receipt", "changed", 1, "field") != "contact" || r.at("receipt", "changed", 1, "holds") != nil {
		t.Errorf("the receipt is %v", r.at("receipt"))
	}
	psa := w.psaTicket("10300")
	if psa.at("contact") != nil || psa.text("contactName")+psa.text("contactPhoneNumber")+psa.text("contactEmailAddress") != "" {
		t.Errorf("the PSA holds %s", psa.body)
	}
}

// TestWhatIsWrittenOtherwise tells what the PSA rounds and what it does not keep.
func TestWhatIsWrittenOtherwise(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	r := w.do("full", "PATCH", "/tickets/10300", `{"estimated_seconds":1000}`).want(t, 200)
	if r.text("receipt", "outcome") != "APPLIED" || !slices.Equal(codes(r, "changed"), []string{"estimated_seconds ROUNDED"}) || w.psaTicket("10300").at("budgetHours") != 0.28 {
		t.Errorf("the receipt is %v", r.at("receipt"))
	}
	note := w.do("full", "POST", "/tickets/10300/internal-notes", `{"body":"**x**","format":"MARKDOWN"}`).want(t, 201)
	if !slices.Equal(codes(note, "changed"), []string{"format FORMAT"}) || note.text("note", "format") != "PLAIN" {
		t.Errorf("the receipt is %v", note.at("receipt"))
	}
	for body, field := range map[string]string{
		`{"queue":{"id":"1","name":"Alerts"}}`:                       "queue",
		`{"status":{"name":"New","category":"CLOSED"}}`:              "status",
		`{"priority":{"name":"Priority 2 - High","level":5}}`:        "priority",
		`{"owner":{"id":"154","name":"Priya Sharma"}}`:               "owner",
		`{"company":{"id":"285","name":"Nobody Ltd"}}`:               "company",
		`{"watchers":[{"email":"a@b.example"},{"name":"Somebody"}]}`: "watchers[1].email",
		`{"type":{"id":"99999","name":"Printing"}}`:                  "type.id",
	} {
		if r := w.do("full", "PATCH", "/tickets/10300", body).want(t, 400); r.text("violations", 0, "field") != field {
			t.Errorf("%s answers %s", body, r.body)
		}
	}
}
