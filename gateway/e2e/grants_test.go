package e2e

import (
	"strings"
	"testing"
)

// TestNotesNeedTheirGrant has an agent that may write tickets and no notes: it
// moves a ticket and says how it was resolved, which are the ticket's fields, and
// says nothing in the conversation, whichever operation it tries.
func TestNotesNeedTheirGrant(t *testing.T) {
	t.Parallel()
	token := "dg_clerkclr_" + strings.Repeat("Clerk", 8)
	w := startWith(t, `
group "clerk" {
  allow { tickets = "write" }
  connections = ["cw"]
}
agent "clerk" {
  groups = ["clerk"]
  token  = "`+token+`"
}
`)
	ids := w.ids(2)
	post := func(path, body string) reply { return w.do("", "POST", w.path(path), body, bearer(token)...) }
	transitions, before := "/tickets/"+ids[0]+"/transitions", len(w.written())
	for name, c := range map[string]struct{ path, body, missing string }{
		"a comment":              {transitions, `{"to":{"category":"IN_PROGRESS"},"comment":"On it."}`, "notes:write"},
		"one to the customer":    {transitions, `{"to":{"category":"IN_PROGRESS"},"comment":"On it.","comment_to_customer":true}`, "customer_notes:write"},
		"the same, in a dry run": {transitions + "?dry_run=true", `{"to":{"category":"IN_PROGRESS"},"comment":"On it."}`, "notes:write"},
		"an internal note":       {"/tickets/" + ids[0] + "/internal-notes", `{"body":"On it."}`, "notes:write"},
		"a customer note":        {"/tickets/" + ids[0] + "/customer-notes", `{"body":"On it."}`, "customer_notes:write"},
	} {
		r := post(c.path, c.body).problem(t, 403, "permission_denied")
		if r.text("reason") != "group" || r.text("missing") != c.missing {
			t.Errorf("%s: %s, want %s missing", name, r.body, c.missing)
		}
		area, level, _ := strings.Cut(c.missing, ":")
		r.says(t, area+` = "`+level+`"`)
	}
	if sent := w.written(); len(sent) != before {
		t.Errorf("the vendor was asked to write: %v", sent)
	}
	post(transitions, `{"to":{"category":"IN_PROGRESS"}}`).want(t, 200)
	post("/tickets/"+ids[1]+"/transitions", `{"to":{"category":"CLOSED"},"resolution":{"text":"Toner replaced."}}`).want(t, 200)
	w.do("", "PATCH", w.path("/tickets/"+ids[0]), `{"title":"Printer, floor 3","description":"No toner."}`, bearer(token)...).want(t, 200)
}

// TestMailToCustomersNeedsItsGrant has an agent that may book time and write
// internal notes: it orders no mail to the customer by a change, neither to the
// contact nor to those copied.
func TestMailToCustomersNeedsItsGrant(t *testing.T) {
	t.Parallel()
	token := "dg_bookkeep_" + strings.Repeat("Books", 8)
	w := startWith(t, `
group "bookkeeper" {
  allow {
    time_entries = "write"
    notes        = "write"
  }
  connections = ["cw"]
}
agent "bookkeeper" {
  groups = ["bookkeeper"]
  token  = "`+token+`"
}
`)
	id := w.takesTime()
	entry := w.do("full", "POST", "/time-entries", `{"ticket":{"id":"`+id+`"},"duration_seconds":900,"summary":"Replaced toner","summary_visibility":"CUSTOMER"}`).want(t, 201).text("time_entry", "id")
	note := w.do("full", "POST", "/tickets/"+id+"/internal-notes", `{"body":"On it."}`).want(t, 201).text("note", "id")
	before := len(w.written())
	for _, to := range []string{"contact", "cc"} {
		order := `"notify":{"` + to + `":"SEND","best_effort":true}`
		for _, c := range []struct{ method, path, body string }{
			{"PATCH", "/time-entries/" + entry, `{"internal_notes":"x",` + order + `}`},
			{"PATCH", "/time-entries/" + entry + "?dry_run=true", `{"internal_notes":"x",` + order + `}`},
			{"POST", "/time-entries", `{"ticket":{"id":"` + id + `"},"duration_seconds":60,"summary":"x",` + order + `}`},
			{"PATCH", "/tickets/" + id + "/notes/" + note, `{"body":"Done.",` + order + `}`},
		} {
			r := w.do("", c.method, w.path(c.path), c.body, bearer(token)...).problem(t, 403, "permission_denied")
			if r.text("missing") != "customer_notes:write" {
				t.Errorf("%s %s %s: %s", c.method, c.path, c.body, r.body)
			}
		}
	}
	if sent := w.written(); len(sent) != before {
		t.Errorf("the vendor was asked to write: %v", sent)
	}
	if mails := w.outbox(); len(mails) > 0 {
		t.Errorf("it mailed %v", mails)
	}
	w.do("", "PATCH", w.path("/time-entries/"+entry), `{"internal_notes":"x"}`, bearer(token)...).want(t, 200)
	w.do("", "PATCH", w.path("/tickets/"+id+"/notes/"+note), `{"body":"Done."}`, bearer(token)...).want(t, 200)
}
