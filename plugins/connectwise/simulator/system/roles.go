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

// roleRules: a role is made and deleted by the API, and changed in its screen
// alone: the vendor's documents have no way to change it (connectwise.md §2).
var roleRules = &rest.Rules{
	Object: "securityRole", NoUpdate: true,
	Defaults: func(_ *rest.Call, w *rest.Change) {
		w.Default("adminFlag", false)
		w.Default("inactiveFlag", false)
	},
	Saved: func(c *rest.Call, w *rest.Change) {
		for _, setting := range seed.NewRoleSettings(w.New.ID, w.New.Flag("adminFlag")) {
			c.Stamp(setting)
			c.World().Table(store.SecuritySettings).Put(setting)
		}
	},
	Deleted: func(c *rest.Call, r *store.Record) {
		settings := c.World().Table(store.SecuritySettings)
		for _, setting := range settings.Children(r.ID) {
			settings.Delete(setting.ID)
		}
	},
}
