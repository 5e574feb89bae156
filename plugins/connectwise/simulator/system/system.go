// Package system serves what the tenant is made of: members with their
// security roles, the audit trail, and the server's own facts (connectwise.md
// §1, §2, §12).
package system

import (
	"net/http"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Area is the system module's part of the API.
func Area() rest.Area {
	roles := &rest.Resource{Path: "/system/securityRoles", Table: store.SecurityRoles, Label: "Security Role", Right: seed.SecurityRoles, Rules: roleRules}
	return rest.Area{
		Resources: []*rest.Resource{
			members, lighter(members, "/system/info/members"), roles, roles.Info("SecurityRoleInfo", seed.ServiceTickets),
		},
		Mount: func(on rest.On) {
			on(http.MethodGet, "/system/info", rest.Reads, info)
			mountMembers(on)
			mountRoles(on)
			mountAuditTrail(on)
		},
	}
}

type licenseBit struct {
	Name       string `json:"name"`
	ActiveFlag bool   `json:"activeFlag"`
}

func info(c *rest.Call) (rest.Answer, *rest.Error) {
	return rest.OK(struct {
		Version        string       `json:"version"`
		IsCloud        bool         `json:"isCloud"`
		ServerTimeZone string       `json:"serverTimeZone"`
		LicenseBits    []licenseBit `json:"licenseBits"`
		CloudRegion    string       `json:"cloudRegion"`
	}{c.Tenant.Version(), true, "Eastern Standard Time", []licenseBit{{"Service", true}, {"Project", true}, {"Time", true}}, "NA"})
}
