package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// TestRawCalls passes calls on to the PSA's own API, and tries to leave it.
func TestRawCalls(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	read := w.do("full", "POST", "/raw/read", `{"method":"GET","path":"/service/tickets","query":{"conditions":"id=10300","fields":"id,summary"}}`).want(t, 200)
	if read.at("status") != float64(200) || read.text("vendor", 0, "summary") != w.psaTicket("10300").text("summary") || !strings.Contains(read.text("headers", "Content-Type"), "json") || read.header.Get("X-Vendor-Requests") != "1" {
		t.Errorf("answered %s", read.body)
	}
	found := w.do("full", "POST", "/raw/read", `{"method":"POST","path":"/service/tickets/search","json":{"conditions":"id in (10300,10301)"}}`).want(t, 200)
	if len(found.list("vendor")) != 2 {
		t.Errorf("a search answered %s", found.body)
	}

	written := w.watch()
	const patch = `{"method":"PATCH","path":"/service/tickets/10300","json":[{"op":"replace","path":"summary","value":"raw"}]}`
	dry := w.do("full", "POST", "/raw/write?dry_run=true", patch).want(t, 200)
	if dry.text("receipt", "planned", 0, "path") != "/service/tickets/10300" || dry.text("receipt", "planned", 0, "body", 0, "value") != "raw" || len(written()) > 0 {
		t.Errorf("dry run %s", dry.body)
	}
	for _, secret := range []string{
		`{"method":"POST","path":"/company/contacts","json":{"firstName":"Ada","portalPassword":"hunter2","keys":[{"privateKey":"hunter2"}]}}`,
		`{"method":"PATCH","path":"/company/contacts/1","json":[{"op":"replace","path":"portalPassword","value":"hunter2"}]}`,
	} {
		if r := w.do("full", "POST", "/raw/write?dry_run=true", secret).want(t, 200); strings.Contains(r.body, "hunter2") || !strings.Contains(r.body, "REDACTED") {
			t.Errorf("a dry run shows a secret: %s", r.body)
		}
	}
	if r := w.do("full", "POST", "/raw/write", patch).want(t, 200); r.text("receipt", "outcome") != "UNVERIFIED" || r.text("vendor", "summary") != "raw" || w.psaTicket("10300").text("summary") != "raw" {
		t.Errorf("answered %s", r.body)
	}
	note := w.do("full", "POST", "/raw/write", `{"method":"POST","path":"/service/tickets/10300/notes","json":{"text":"x","internalAnalysisFlag":true}}`).want(t, 200)
	gone := w.do("full", "POST", "/raw/delete", `{"method":"DELETE","path":"/service/tickets/10300/notes/`+note.idText("vendor", "id")+`"}`).want(t, 200).byKeyholder(t)
	if gone.text("receipt", "outcome") != "APPLIED" || gone.at("status") != float64(204) {
		t.Errorf("answered %s", gone.body)
	}

	w.watch()
	for body, want := range map[string]struct {
		path   string
		status int
		code   string
	}{
		`{"method":"GET","path":"/../../login/companyinfo/x"}`:                                  {"read", 400, "invalid_argument"},
		`{"method":"GET","path":"https://elsewhere.example/"}`:                                  {"read", 400, "invalid_argument"},
		`{"method":"GET","path":"/service/tickets?x=1"}`:                                        {"read", 400, "invalid_argument"},
		`{"method":"POST","path":"/service/tickets","json":{}}`:                                 {"read", 400, "invalid_argument"},
		`{"method":"DELETE","path":"/service/tickets/10300"}`:                                   {"read", 400, "invalid_argument"},
		`{"method":"GET","path":"/service/tickets","headers":{"Authorization":"Basic eDp5"}}`:   {"read", 400, "invalid_argument"},
		`{"method":"GET","path":"/service/tickets","headers":{"X-HTTP-Method-Override":"PUT"}}`: {"read", 400, "invalid_argument"},
		`{"method":"GET","path":"/system/apiMembers"}`:                                          {"read", 403, "permission_denied"},
		`{"method":"GET","path":"/System/CALLBACKS"}`:                                           {"read", 403, "permission_denied"},
		`{"method":"POST","path":"/system/members/dreyes/tokens","json":{}}`:                    {"write", 403, "permission_denied"},
		`{"method":"PATCH","path":"/system/members/151","json":[]}`:                             {"write", 403, "permission_denied"},
		`{"method":"DELETE","path":"/system/securityroles/1"}`:                                  {"delete", 403, "permission_denied"},
	} {
		if r := w.do("full", "POST", "/raw/"+want.path, body); r.status != want.status || r.text("code") != want.code {
			t.Errorf("%s answers %d %s", body, r.status, r.body)
		}
	}
	if seen := w.admin(http.MethodGet, "requests", nil).list("items"); len(seen) > 0 {
		t.Errorf("what is refused reached the PSA: %v", seen)
	}
	// The area is one of its own.
	w.do("readonly", "POST", "/raw/read", `{"method":"GET","path":"/service/tickets"}`).want(t, http.StatusForbidden)
	missing := w.do("full", "POST", "/raw/read", `{"method":"GET","path":"/service/tickets/99999999"}`).want(t, http.StatusNotFound)
	if missing.text("vendor", "code") != "NotFound" {
		t.Errorf("answered %s", missing.body)
	}
}
