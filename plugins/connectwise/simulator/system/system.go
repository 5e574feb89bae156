// Package system serves what the tenant is made of: members with their
// security roles, and the server's own facts (connectwise.md §1, §12).
package system

import (
	"net/http"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Area is the system module's part of the API.
func Area() rest.Area {
	return rest.Area{
		Resources: []*rest.Resource{
			{Path: "/system/members", Table: store.Members, Label: "Member", Right: seed.MemberMaintenance, Rules: memberRules},
			{Path: "/system/info/members", Table: store.Members, Type: "MemberInfo", Label: "Member", Right: seed.ServiceTickets},
			{Path: "/system/securityRoles", Table: store.SecurityRoles, Label: "Security Role", Right: seed.SecurityRoles},
			{
				Path: "/system/securityRoles/{id}/settings", Table: store.SecuritySettings, Label: "Security Role Setting",
				Right: seed.SecurityRoles, Parent: store.SecurityRoles, ParentLabel: "Security Role",
			},
		},
		Mount: func(on rest.On) {
			on(http.MethodGet, "/system/info", rest.Reads, info)
			mountAuditTrail(on)
			on(http.MethodGet, "/system/members/{text}", rest.Reads, memberByIdentifier("Member", seed.MemberMaintenance))
			on(http.MethodGet, "/system/info/members/{text}", rest.Reads, memberByIdentifier("MemberInfo", seed.ServiceTickets))
		},
	}
}

// memberRules: members are made inactive, never deleted (connectwise.md §12).
var memberRules = &rest.Rules{Object: "member", KeepForever: true, Settle: func(_ *rest.Call, w *rest.Change) {
	name := w.New.Text("firstName") + " " + w.New.Text("lastName")
	w.New.Values["name"], w.New.Values["fullName"] = name, name
}}

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

// memberByIdentifier finds a member by identifier in place of the id.
func memberByIdentifier(typ, right string) rest.Handler {
	return func(c *rest.Call) (rest.Answer, *rest.Error) {
		if err := c.Allow(right, rest.Inquire); err != nil {
			return rest.Answer{}, err
		}
		r, ok := c.World().Table(store.Members).Find(func(m *store.Record) bool {
			return strings.EqualFold(m.Text("identifier"), c.Text)
		})
		if !ok {
			return rest.Answer{}, rest.NotFound("Member", c.Text)
		}
		return c.Record(http.StatusOK, typ, r)
	}
}
