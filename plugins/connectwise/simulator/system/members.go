package system

import (
	"net/http"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

var members = &rest.Resource{Path: "/system/members", Table: store.Members, Label: "Member", Right: seed.MemberMaintenance, Rules: memberRules}

// lighter is the list of members for poor roles.
func lighter(res *rest.Resource, path string) *rest.Resource {
	out := res.At(path)
	out.Type, out.Right = "MemberInfo", seed.ServiceTickets
	return out
}

// memberRules: members are made inactive, never deleted (connectwise.md §12).
var memberRules = &rest.Rules{
	Object: "member", KeepForever: true,
	ReadOnly:  []string{"lastLogin", "primaryEmail", "inactiveDate", "adminFlag"},
	Transient: []string{"password", "token", "copyPodLayouts", "copySharedDefaultViews", "copyColumnLayoutsAndFilters", "fromMemberRecId", "fromMemberTemplateRecId"},
	Defaults: func(_ *rest.Call, w *rest.Change) {
		if w.IsNew() {
			w.New.Custom = map[int64]any{}
		}
		w.Default("inactiveFlag", false)
		w.Default("teams", []any{})
		w.Default("serviceBoardTeamIds", []any{})
	},
	Check: func(c *rest.Call, w *rest.Change) *rest.Error {
		other, taken := c.Tenant.FindMember(w.New.Text("identifier"))
		if taken && other.ID != w.New.ID {
			return rest.InvalidObject("member", rest.Detail{Code: "ObjectExists", Message: "A member with this identifier already exists", Field: "identifier"})
		}
		return nil
	},
	Settle: func(c *rest.Call, w *rest.Change) {
		v := w.New.Values
		name := w.New.Text("firstName") + " " + w.New.Text("lastName")
		v["name"], v["fullName"] = name, name
		role, _ := c.World().Table(store.SecurityRoles).Get(w.New.Ref("securityRole"))
		v["adminFlag"] = role.Flag("adminFlag")
		v["primaryEmail"] = v[map[string]string{"Office": "officeEmail", "Mobile": "mobileEmail", "Home": "homeEmail"}[w.New.Text("defaultEmail")]]
		switch {
		case !w.New.Flag("inactiveFlag"):
			delete(v, "inactiveDate")
		case v["inactiveDate"] == nil:
			v["inactiveDate"] = render.Time(c.Now())
		}
	},
	Audit: &rest.Audit{Type: "Member", Subject: "Member", Members: []rest.Audited{
		{Member: "securityRole", Caption: "Security Role", SubType: "Member"}, {Member: "inactiveFlag", Caption: "Inactive", SubType: "Member"},
		{Member: "licenseClass", Caption: "License Class", SubType: "Member"}, {Member: "workRole", Caption: "Work Role", SubType: "WorkRole"},
	}},
}

// tokenLife is how long a token is good for; the vendor's own time is
// recorded nowhere.
const tokenLife = 4 * time.Hour

func mountMembers(on rest.On) {
	on(http.MethodGet, members.Path+"/{text}", rest.Reads, byIdentifier("Member", seed.MemberMaintenance))
	on(http.MethodGet, "/system/info/members/{text}", rest.Reads, byIdentifier("MemberInfo", seed.ServiceTickets))
	on(http.MethodPost, members.Path+"/{text}/tokens", rest.Reads, token)
	on(http.MethodGet, "/system/myMembers/info", rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
		return c.Record(http.StatusOK, "MyMemberInfo", c.Member)
	})
}

// byIdentifier finds a member by identifier in place of the id.
func byIdentifier(typ, right string) rest.Handler {
	return func(c *rest.Call) (rest.Answer, *rest.Error) {
		if err := c.Allow(right, rest.Inquire); err != nil {
			return rest.Answer{}, err
		}
		r, ok := c.Tenant.FindMember(c.Text)
		if !ok {
			return rest.Answer{}, rest.NotFound("Member", c.Text)
		}
		return c.Record(http.StatusOK, typ, r)
	}
}

// token makes a pair of keys that stand for a member for a while
// (connectwise.md §2). Which right it asks for and how it refuses is
// inferred.
func token(c *rest.Call) (rest.Answer, *rest.Error) {
	if err := c.Allow(seed.MemberMaintenance, rest.Edit); err != nil {
		return rest.Answer{}, err
	}
	if kind := c.Request.Header.Get("x-cw-usertype"); kind != "member" && kind != "integrator" {
		return rest.Answer{}, rest.BadParameter("x-cw-usertype", kind)
	}
	member, ok := c.Tenant.FindMember(c.Text)
	switch {
	case !ok:
		return rest.Answer{}, rest.NotFound(members.Label, c.Text)
	case member.Flag("inactiveFlag"):
		return rest.Answer{}, rest.Forbidden()
	}
	expires := c.Now().Add(tokenLife)
	public, private := c.Tenant.IssueToken(member.Text("identifier"), expires)
	return rest.OK(struct {
		PublicKey  string `json:"publicKey"`
		PrivateKey string `json:"privateKey"`
		Expiration string `json:"expiration"`
	}{public, private, render.Time(expires)})
}
