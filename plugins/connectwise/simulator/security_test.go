package simulator_test

import (
	"fmt"
	"testing"
)

func (t *tenant) revoke(right string) {
	t.Helper()
	t.do("DELETE", t.sim.URL+"/_sim/faults", "")
	t.admin("faults", fmt.Sprintf(`{"fault":"revoke_right","right":%q}`, right))
}

func TestRightsByFunctionAndLevel(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	const close = `[{"op":"replace","path":"status","value":{"name":">Closed"}}]`
	for _, tt := range []struct {
		right, method, path, body string
		status                    int
	}{
		{"Service Tickets:inquire", "GET", "/service/tickets", "", 403},
		{"Service Tickets:inquire", "GET", path + "/notes", "", 403},
		{"Service Tickets:inquire", "GET", "/company/companies", "", 200},
		{"Service Tickets:add", "POST", "/service/tickets", `{"summary":"x","company":{"id":250}}`, 403},
		{"Service Tickets:add", "GET", path, "", 200},
		{"Service Tickets:edit", "PATCH", path, `[]`, 403},
		{"Service Tickets:edit", "POST", path + "/notes", `{"text":"x","resolutionFlag":true}`, 403},
		{"Service Tickets:delete", "DELETE", path, "", 403},
		{"Close Service Tickets:edit", "PATCH", path, close, 403},
		{"Close Service Tickets:edit", "PATCH", path, `[{"op":"replace","path":"status","value":{"id":103}}]`, 200},
		{"Table Setup:inquire", "GET", "/service/boards", "", 403},
		{"Table Setup:inquire", "GET", "/service/boards/1/statuses", "", 403},
		{"Table Setup:inquire", "GET", "/service/boards/1/statuses/info", "", 200},
		{"Table Setup:inquire", "GET", "/service/boards/1/statuses/103/info", "", 200},
		{"Table Setup:inquire", "GET", "/service/info/boards", "", 200},
		{"Table Setup:inquire", "GET", "/service/sources/info", "", 200},
		{"Table Setup:inquire", "GET", "/system/userDefinedFields/info", "", 200},
		{"Member Maintenance:inquire", "GET", "/system/members", "", 403},
		{"Member Maintenance:inquire", "GET", "/system/members/mreyes", "", 403},
		{"Member Maintenance:inquire", "GET", "/system/info/members", "", 200},
		{"Service Tickets:inquire=My", "GET", "/service/tickets/10001", "", 403},
		{"Service Tickets:inquire=My", "GET", path, "", 200}, // entered by the caller
		{"Service Tickets:edit=My", "PATCH", "/service/tickets/10001", `[]`, 403},
	} {
		tn.revoke(tt.right)
		if got := tn.call(tt.method, tt.path, tt.body); got.status != tt.status {
			t.Errorf("without %s %s %s answered %d %s, want %d", tt.right, tt.method, tt.path, got.status, got.text, tt.status)
		}
	}
	tn.revoke("Service Tickets:inquire=My")
	if n := len(tn.list("/service/tickets?pageSize=1000")); n != 1 {
		t.Errorf("a caller who sees his own tickets sees %d, want 1", n)
	}
}

func TestRolesAreShown(t *testing.T) {
	t.Parallel()
	tn := start(t)
	me := tn.want(200, "GET", "/system/members/deskgate-api", "")
	role := itoa(me.int("securityRole/id"))
	settings := tn.list("/system/securityRoles/" + role + "/settings?conditions=moduleFunctionName = \"Service Tickets\"")
	if len(settings) != 1 || settings[0].text("editLevel") != "All" {
		t.Errorf("settings %v", settings)
	}
	if settings := tn.list("/system/securityRoles/" + role + "/settings?conditions=moduleFunctionName = \"Company Maintenance\""); settings[0].text("editLevel") != "None" {
		t.Errorf("settings %v", settings)
	}
	tn.want(403, "PATCH", "/company/companies/250", `[{"op":"replace","path":"name","value":"x"}]`)
}

func TestActAsATechnician(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	tn.admin("act", fmt.Sprintf(`{"as":"mreyes","method":"PATCH","path":%q,"body":[{"op":"replace","path":"status","value":{"name":"In Progress"}}]}`, path))
	if got := tn.want(200, "GET", path, ""); got.text("_info/updatedBy") != "mreyes" || got.text("status/name") != "In Progress" {
		t.Errorf("after the technician's change: %v", got)
	}
	// A technician's own rights hold: he cannot delete.
	if got := tn.do("POST", tn.sim.URL+"/_sim/act", fmt.Sprintf(`{"as":"mreyes","method":"DELETE","path":%q}`, path)); got.status != 403 {
		t.Errorf("deleting answered %d", got.status)
	}
	if got := tn.do("POST", tn.sim.URL+"/_sim/act", `{"as":"nobody","method":"GET","path":"/service/tickets"}`); got.status != 400 {
		t.Errorf("an unknown member answered %d", got.status)
	}
}

func TestBoardInUseIsKept(t *testing.T) {
	t.Parallel()
	tn := start(t)
	if got := tn.do("POST", tn.sim.URL+"/_sim/act", `{"as":"acarter","method":"DELETE","path":"/service/boards/1"}`); got.status != 409 {
		t.Errorf("answered %d %s", got.status, got.text)
	}
	tn.want(200, "GET", "/service/boards/1", "")
}

func TestRenamedStatusShowsEverywhere(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	tn.admin("act", `{"as":"acarter","method":"PATCH","path":"/service/boards/1/statuses/101","body":[{"op":"replace","path":"name","value":"Untouched"},{"op":"replace","path":"inactive","value":true}]}`)
	if got := tn.want(200, "GET", path, ""); got.text("status/name") != "Untouched" {
		t.Errorf("the ticket shows %v", got["status"])
	}
	if got := tn.want(200, "GET", "/service/boards/1/statuses/101/info", ""); got["inactiveFlag"] != true {
		t.Errorf("info shows %v", got)
	}
}
