package simulator

import (
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// level is what a security role grants separately per module function.
type level string

// The levels, as a revoke_right fault names them.
const (
	inquire level = "inquire"
	add     level = "add"
	edit    level = "edit"
	remove  level = "delete"
)

// levels gives the member of a security role's setting for each level.
var levels = map[string]string{
	string(inquire): "inquireLevel",
	string(add):     "addLevel",
	string(edit):    "editLevel",
	string(remove):  "deleteLevel",
}

// What a setting grants: the values are the vendor's.
const (
	grantNone = "None"
	grantMy   = "My"
	grantAll  = "All"
)

// grant is what the caller's security role gives for a module function. An
// empty function asks for nothing but a valid key.
func (c *call) grant(function string, l level) string {
	if function == "" {
		return grantAll
	}
	for _, right := range simulator.Revoked(c.r.Context()) {
		if strings.EqualFold(right, function+":"+string(l)) {
			return grantNone
		}
	}
	role, ok := c.world().Table(store.SecurityRoles).Get(c.member.Ref("securityRole"))
	if !ok {
		return grantNone
	}
	if role.Flag("adminFlag") {
		return grantAll
	}
	for _, setting := range c.world().Table(store.SecuritySettings).Children(role.ID) {
		if setting.Text("moduleFunctionName") == function {
			return setting.Text(levels[string(l)])
		}
	}
	return grantNone
}

// allow refuses a caller without any grant.
func (c *call) allow(function string, l level) *apiError {
	if c.grant(function, l) == grantNone {
		return forbidden()
	}
	return nil
}

// allowRecord refuses a caller whose grant does not reach the record.
func (c *call) allowRecord(function string, l level, r *store.Record) *apiError {
	switch c.grant(function, l) {
	case grantAll:
		return nil
	case grantMy:
		if c.mine(r) {
			return nil
		}
	}
	return forbidden()
}

// mine tells whether a record is the caller's own: he entered it, owns it or
// is assigned to it.
func (c *call) mine(r *store.Record) bool {
	me := c.member.Text("identifier")
	resources := strings.Split(r.Text("resources"), ",")
	return r.EnteredBy == me || r.Ref("owner") == c.member.ID ||
		slices.ContainsFunc(resources, func(s string) bool { return strings.TrimSpace(s) == me })
}
