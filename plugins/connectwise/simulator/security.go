package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
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

// leftRight is what a revoke_right fault leaves of a right.
type leftRight struct {
	function string
	level    level
	grant    string
}

// parseRight reads a right as faults name it: "Service Tickets:edit" takes it
// away, "Service Tickets:edit=My" leaves it for the caller's own records.
func parseRight(right string) (leftRight, error) {
	function, rest, _ := strings.Cut(right, ":")
	l, grant, limited := strings.Cut(rest, "=")
	out := leftRight{function, level(strings.ToLower(l)), grantNone}
	if limited {
		out.grant = grant
	}
	_, known := levels[string(out.level)]
	if !known || !slices.Contains(seed.ModuleFunctions(), function) || !slices.Contains([]string{grantNone, grantMy, grantAll}, out.grant) {
		return out, fmt.Errorf("right is %q; it must be a module function and a level, such as %q or %q; functions are %s; levels are add, edit, delete, inquire",
			right, "Service Tickets:edit", "Service Tickets:edit=My", strings.Join(seed.ModuleFunctions(), ", "))
	}
	return out, nil
}

// grant is what the caller's security role gives for a module function. An
// empty function asks for nothing but a valid key.
func (c *call) grant(function string, l level) string {
	if function == "" {
		return grantAll
	}
	for _, right := range simulator.Revoked(c.r.Context()) {
		if left, err := parseRight(right); err == nil && left.function == function && left.level == l {
			return left.grant
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
