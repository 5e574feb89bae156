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
