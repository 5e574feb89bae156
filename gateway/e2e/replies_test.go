package e2e

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestReplies answers a customer by every way that a connection can name.
func TestReplies(t *testing.T) {
	t.Parallel()
	for way, c := range map[string]struct {
		prefix string
		off    int // the status where the ticket does not mail its contact
	}{
		"note":       {"note-", 422},
		"time_entry": {"time-", 201},
		"none":       {"", 501},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			w := start(t, `customer_notification = "`+way+`"`)
			id := w.takesTime()
			address := w.psaTicket(id).text("contactEmailAddress")
			mailed := func() []any {
				var to []any
				for _, m := range w.outbox() {
					if text(m, "ticket") == id && text(m, "reason") == "contact" {
						list, _ := m["to"].([]any)
						to = append(to, list...)
					}
				}
				return to
			}
			w.switchMail(id, false)
			off := w.do("full", "POST", "/tickets/"+id+"/replies", `{"body":"Works again."}`).want(t, c.off)
			if c.off == 422 && (off.text("code") != "failed_precondition" || !strings.Contains(off.text("detail"), "automaticEmailContactFlag")) || c.off == 501 && off.text("code") != "not_supported" {
				t.Errorf("with the flag off it answers %s", off.body)
			}
			if got := len(mailed()); (got == 1) != (c.off == 201) {
				t.Errorf("with the flag off there are %d mails", got)
			}
			if way == "none" {
				return
			}
			w.switchMail(id, true)
			before := len(mailed())
			r := w.do("full", "POST", "/tickets/"+id+"/replies", encode(t, map[string]any{
				"to": []string{address}, "subject": "Printer", "body": "Works again.\nüñ€ 😀", "status_after": map[string]any{"category": "WAITING_CUSTOMER"},
			})).want(t, http.StatusCreated)
			reply := r.text("reply", "id")
			if !strings.HasPrefix(reply, c.prefix) || r.header.Get("Location") != "/v1/connections/cw/tickets/"+id+"/replies/"+reply || r.text("reply", "state") != "UNKNOWN" || !slices.Contains(r.list("reply", "recipients"), any(address)) {
				t.Errorf("the reply is %s, at %q", r.body, r.header.Get("Location"))
			}
			// The tenant's rules mail the change of status besides.
			if to := mailed(); len(to) <= before || to[before] != any(address) {
				t.Errorf("mail went to %v", to)
			}
			if r.text("receipt", "outcome") != "PARTLY_APPLIED" || len(r.list("receipt", "dropped")) != 1 || r.text("receipt", "dropped", 0, "field") != "subject" ||
				r.text("receipt", "notification", "expected") != "SENT" || r.text("receipt", "notification", "observed") != "UNKNOWN" || len(r.list("receipt", "steps")) != 2 {
				t.Errorf("the receipt is %v", r.at("receipt"))
			}
			if got := w.get("/tickets/"+id).text("ticket", "status", "category"); got != "WAITING_CUSTOMER" {
				t.Errorf("the ticket has the category %s", got)
			}
			back := w.get("/tickets/"+id+"/replies/"+reply).want(t, 200)
			want, _ := r.at("reply").(map[string]any)
			got, _ := back.at("reply").(map[string]any)
			delete(want, "recipients")
			delete(got, "recipients")
			if !reflect.DeepEqual(got, want) {
				t.Errorf("read back %v\nsent %v", got, want)
			}
			found := false
			for _, note := range objects(w.get("/tickets/" + id + "/notes?page_size=200").list("notes")) {
				found = found || text(note, "id") == r.text("reply", "note", "id") && text(note, "visibility") == "CUSTOMER" && sameLines(text(note, "body")) == "Works again.\nüñ€ 😀"
			}
			if !found {
				t.Error("the reply is no note of the ticket")
			}
			w.do("full", "POST", "/tickets/"+id+"/replies", `{"body":"x","to":["rival@y.example"]}`).problem(t, 400, "invalid_argument")
			w.do("full", "POST", "/tickets/"+id+"/replies", `{"body":"x","attachments":["1"]}`).problem(t, 501, "field_not_supported")
			w.do("readonly", "POST", "/tickets/"+id+"/replies", `{"body":"x"}`).problem(t, 403, "permission_denied")
			w.get("/tickets/"+id+"/replies/note-1").problem(t, 404, "not_found")
		})
	}
}

// TestRepliesThatBreak fails each step of a reply in turn.
func TestRepliesThatBreak(t *testing.T) {
	t.Parallel()
	w := start(t, `customer_notification = "note"`)
	id := w.takesTime()
	w.switchMail(id, true)
	const body = `{"body":"Works again.","time_entry":{"duration_seconds":900},"status_after":{"category":"WAITING_CUSTOMER"}}`
	count := func() int { return len(w.get("/time-entries?ticket=" + id + "&page_size=200").list("time_entries")) }
	for name, c := range map[string]struct {
		fault  fault
		status int
		says   string
		more   int
	}{
		"the time is refused":    {answering(403).on("POST", "time/entries"), 403, "", 0},
		"the note is refused":    {answering(403).on("POST", "service/tickets/*/notes"), 403, "taken back", 0},
		"the note may be there":  {fault{"fault": "drop_after"}.on("POST", "service/tickets/*/notes"), 409, "booked already", 1},
		"the status is refused":  {answering(403).on("PATCH", "service/tickets/*"), 201, "", 1},
		"the status may be done": {fault{"fault": "drop_after"}.on("PATCH", "service/tickets/*"), 201, "", 1},
	} {
		before := count()
		w.put(c.fault.times(1))
		r := w.do("full", "POST", "/tickets/"+id+"/replies", body).want(t, c.status)
		if !strings.Contains(r.text("detail"), c.says) || count()-before != c.more {
			t.Errorf("%s: %d more entries, %s", name, count()-before, r.body)
		}
		if outcome := map[int]any{409: "UNKNOWN"}[c.status]; r.at("outcome") != outcome {
			t.Errorf("%s: the outcome is %v, want %v: %s", name, r.at("outcome"), outcome, r.body)
		}
		if c.status == 201 && (r.text("receipt", "steps", 2, "state") != "FAILED" || slices.Contains(r.list("receipt", "applied"), any("status_after"))) {
			t.Errorf("%s: %v", name, r.at("receipt"))
		}
		w.act("jokafor", "PATCH", "/service/tickets/"+id, []any{map[string]any{"op": "replace", "path": "status", "value": map[string]any{"name": "In Progress"}}})
	}
}
