package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// permissions are an agent's operations on the connection `cw`.
func permissions(r reply) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, c := range objects(r.list("agent", "connections")) {
		if c["connection"] == "cw" {
			list, _ := c["operations"].([]any)
			for _, p := range objects(list) {
				out[text(p, "operation")] = p
			}
		}
	}
	return out
}

// TestAgent compares what an agent is told with what happens.
func TestAgent(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	full := w.do("full", "GET", "/v1/agent", nil).want(t, 200)
	if full.text("agent", "name") != "full" || full.text("agent", "groups", 0) != "full" {
		t.Errorf("the agent is %s", full.body)
	}
	for name, p := range permissions(full) {
		if p["allowed"] != true && p["reason"] != "not_served" {
			t.Errorf("the full agent may not %s: %v", name, p)
		}
	}
	readonly := permissions(w.do("readonly", "GET", "/v1/agent", nil).want(t, 200))
	for name, may := range map[string]bool{
		"tickets.list": true, "tickets.get": true, "tickets.transitions": true, "notes.list": true, "catalogue.statuses": true,
		"tickets.update": false, "tickets.create": false, "tickets.transition": false, "notes.create_internal": false,
		"notes.create_customer": false, "companies.list": false, "technicians.get": false,
	} {
		p, ok := readonly[name]
		if !ok || p["allowed"] != may || (!may && (p["reason"] != "group" || text(p, "detail") == "")) {
			t.Errorf("%s is %v, want %v", name, p, may)
		}
	}
	nobody := w.do("nobody", "GET", "/v1/agent", nil).want(t, 200)
	if strings.Contains(nobody.body, `"allowed":true`) && len(permissions(nobody)) > 0 {
		t.Errorf("the agent without a group is told %s", nobody.body)
	}
	w.do("", "GET", "/v1/agent", nil).want(t, http.StatusUnauthorized)
}

// wholeSecond is how the API writes a time.
var wholeSecond = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)

// TestConnections reads and checks the connection.
func TestConnections(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	list := w.do("full", "GET", "/v1/connections", nil).want(t, 200)
	one := w.do("full", "GET", "/v1/connections/cw", nil).want(t, 200)
	for what, c := range map[string]map[string]any{"listed": objects(list.list("connections"))[0], "read": one.json["connection"].(map[string]any)} {
		if text(c, "name") != "cw" || text(c, "connector") != "connectwise" || text(c, "state") != "READY" || text(c, "agent_resource") == "" || text(c, "summary") == "" || !wholeSecond.MatchString(text(c, "since")) {
			t.Errorf("%s, the connection is %v", what, c)
		}
		services, _ := c["services"].([]any)
		for _, service := range []string{"TicketReader", "TicketWriter", "TicketTransitioner", "NoteReader", "InternalNoteWriter", "CustomerNoteWriter", "CatalogueReader", "CompanyReader", "ContactReader", "TechnicianReader"} {
			if !slices.ContainsFunc(services, func(s any) bool { return strings.HasSuffix(s.(string), service) }) {
				t.Errorf("%s, the connection does not serve %s: %v", what, service, services)
			}
		}
	}
	writes := w.watch()
	check := w.do("full", "POST", "/v1/connections/cw/checks", `{}`).want(t, 200)
	if check.at("passed") != true || len(check.list("findings")) < 4 || check.at("vendor_requests") == 0.0 {
		t.Errorf("the check answers %s", check.body)
	}
	if cost := check.header.Get("X-Vendor-Requests"); cost != fmt.Sprint(check.at("vendor_requests")) {
		t.Errorf("the header counts %s vendor requests, the answer %v", cost, check.at("vendor_requests"))
	}
	for _, f := range objects(check.list("findings")) {
		if text(f, "step") == "" || text(f, "message") == "" || text(f, "level") == "FAILED" {
			t.Errorf("a finding is %v", f)
		}
	}
	if sent := writes(); len(sent) > 0 {
		t.Errorf("a check changed something: %v", sent)
	}
	for _, secret := range []string{vendorPassword, tokens["full"]} {
		if strings.Contains(list.body+one.body+check.body, secret) {
			t.Errorf("an answer shows a secret")
		}
	}
	w.do("full", "GET", "/v1/connections/other", nil).want(t, http.StatusNotFound)
	w.do("full", "POST", "/v1/connections/other/checks", `{}`).want(t, http.StatusNotFound)
	w.do("readonly", "POST", "/v1/connections/cw/checks", `{}`).want(t, http.StatusForbidden)
	w.do("readonly", "GET", "/v1/connections", nil).want(t, http.StatusForbidden)
}

// TestOperations compares the catalogue with what the connection serves.
func TestOperations(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	plain := w.do("full", "GET", "/v1/operations", nil).want(t, 200)
	served := w.do("full", "GET", "/v1/operations?connection=cw", nil).want(t, 200)
	if len(plain.list("operations")) != len(served.list("operations")) {
		t.Errorf("%d operations, with a connection %d", len(plain.list("operations")), len(served.list("operations")))
	}
	services := w.do("full", "GET", "/v1/connections/cw", nil).want(t, 200).list("connection", "services")
	byName := map[string]map[string]any{}
	for _, op := range objects(served.list("operations")) {
		byName[text(op, "name")] = op
		if text(op, "method") == "" || !strings.HasPrefix(text(op, "path"), "/v1/") || text(op, "summary") == "" {
			t.Errorf("an operation is %v", op)
		}
		if !strings.Contains(text(op, "path"), "/connections/{connection}/") || text(op, "area") == "connections" {
			continue
		}
		does := slices.Contains(services, any(text(op, "service")))
		if support := text(op, "support"); does != (support == "NATIVE" || support == "EMULATED") || !does && text(op, "reason") == "" {
			t.Errorf("%s is %v at the connection (%v), whose services have it: %v", text(op, "name"), support, op["reason"], does)
		}
	}
	if filters, _ := byName["tickets.list"]["unsupported_filters"].([]any); len(filters) > 0 {
		t.Errorf("filters that are not served: %v", filters)
	}
	fields, _ := byName["tickets.update"]["unsupported_fields"].([]any)
	if !slices.Contains(fields, any("problem")) {
		t.Errorf("problem is not named among the fields not served: %v", fields)
	}
	w.do("full", "GET", "/v1/operations?connection=other", nil).want(t, http.StatusNotFound)
	w.do("readonly", "GET", "/v1/operations", nil).want(t, http.StatusForbidden)
}
