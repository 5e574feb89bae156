package system

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mountRoles adds what a security role grants: to those who may read roles,
// and to everybody what he himself is granted.
func mountRoles(on rest.On) {
	rest.Derived{
		Path: "/system/securityRoles/{id}/settings", Type: "SecurityRoleSetting", Label: "Security Role Setting",
		List: func(c *rest.Call) ([]*store.Record, *rest.Error) {
			if err := c.Allow(seed.SecurityRoles, rest.Inquire); err != nil {
				return nil, err
			}
			role, ok := c.World().Table(store.SecurityRoles).Get(c.ID(0))
			if !ok {
				return nil, rest.NotFound("Security Role", c.ID(0))
			}
			return settings(c, role.ID), nil
		},
	}.Mount(on)
	rest.Derived{
		Path: "/system/mySecurity", Type: "MySecurity", NoOne: true, NoCount: true,
		List: func(c *rest.Call) ([]*store.Record, *rest.Error) {
			mine := settings(c, c.Member.Ref("securityRole"))
			for _, s := range mine {
				s.Values["member"] = store.Ref(c.Member.ID)
			}
			return mine, nil
		},
	}.Mount(on)
}

// settings are a role's, the caller's own as they hold for this request.
func settings(c *rest.Call, role int64) []*store.Record {
	var out []*store.Record
	for _, s := range c.World().Table(store.SecuritySettings).Children(role) {
		setting := s.Clone()
		if role == c.Member.Ref("securityRole") {
			for member, level := range map[string]rest.Level{
				"addLevel": rest.Add, "editLevel": rest.Edit, "deleteLevel": rest.Delete, "inquireLevel": rest.Inquire,
			} {
				setting.Values[member] = c.Grant(s.Text("moduleFunctionName"), level)
			}
		}
		out = append(out, setting)
	}
	return out
}
