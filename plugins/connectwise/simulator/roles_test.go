package simulator_test

import (
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
)

// TestFaultsTakeAndNeverGive: of two faults the harder holds, and none gives
// what the role lacks.
func TestFaultsTakeAndNeverGive(t *testing.T) {
	t.Parallel()
	tn := start(t)
	tn.revoke("Service Tickets:inquire=My")
	tn.admin("faults", `{"fault":"revoke_right","right":"Service Tickets:inquire"}`)
	tn.want(403, "GET", "/service/tickets", "")
	tn.revoke("Company Maintenance:edit=My")
	tn.want(403, "PATCH", "/company/companies/250", `[]`)
	tn.revoke("Company Maintenance:edit=All")
	tn.want(403, "PATCH", "/company/companies/250", `[]`)
}

func TestRolesAreMadeAndDeleted(t *testing.T) {
	t.Parallel()
	tn := start(t)
	admin := tn.withKey(seed.AdminMember)
	role := admin.want(201, "POST", "/system/securityRoles", `{"name":"Auditor"}`)
	path := "/system/securityroles/" + itoa(role.int("id"))
	settings := admin.list(path + "/settings?pageSize=1000")
	if len(settings) != len(seed.ModuleFunctions()) {
		t.Errorf("%d settings, want one for each of %d functions", len(settings), len(seed.ModuleFunctions()))
	}
	for _, s := range settings {
		for _, level := range []string{"addLevel", "editLevel", "deleteLevel", "inquireLevel"} {
			if s.text(level) != "None" {
				t.Errorf("a new role has %s %s of %s", level, s.text(level), s.text("moduleFunctionName"))
			}
		}
	}
	if got := admin.call("POST", "/system/securityRoles", `{}`); got.status != 400 || !strings.Contains(got.text, "The name field is required.") {
		t.Errorf("a role without a name answered %d %s", got.status, got.text)
	}
	admin.want(405, "PATCH", path, `[]`)
	tn.want(403, "POST", "/system/securityRoles", `{"name":"Own"}`)
	tn.want(403, "DELETE", path, "")
	tn.want(200, "GET", "/service/tickets/10001", "")
	got := admin.want(200, "PATCH", "/system/members/150", `[{"op":"replace","path":"securityRole","value":{"name":"auditor"}},{"op":"replace","path":"password","value":"hidden"}]`)
	if got.text("securityRole/name") != "Auditor" || got["password"] != nil {
		t.Errorf("the member is %v", got)
	}
	tn.want(403, "GET", "/service/tickets/10001", "")
	admin.want(409, "DELETE", path, "")
	admin.want(200, "PATCH", "/system/members/150", `[{"op":"replace","path":"securityRole","value":{"id":63}}]`)
	admin.want(204, "DELETE", path, "")
	admin.want(404, "GET", path+"/settings", "")
}
