package rest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// Level is what a security role grants separately per module function.
type Level string

// The levels, as a revoke_right fault names them.
const (
	Inquire Level = "inquire"
	Add     Level = "add"
	Edit    Level = "edit"
	Delete  Level = "delete"
)

// levels gives the member of a security role's setting for each level.
var levels = map[Level]string{
	Inquire: "inquireLevel",
	Add:     "addLevel",
	Edit:    "editLevel",
	Delete:  "deleteLevel",
}

// What a setting grants: the values are the vendor's.
const (
	grantNone = "None"
	grantMy   = "My"
	grantAll  = "All"
)

// grants in the order of what they reach.
var grants = []string{grantNone, grantMy, grantAll}

// leftRight is what a revoke_right fault leaves of a right.
type leftRight struct {
	function string
	level    Level
	grant    string
}

// parseRight reads a right as faults name it: "Service Tickets:edit" takes it
// away, "Service Tickets:edit=My" leaves it for the caller's own records.
func parseRight(right string) (leftRight, error) {
	function, rest, _ := strings.Cut(right, ":")
	l, grant, limited := strings.Cut(rest, "=")
	out := leftRight{function, Level(strings.ToLower(l)), grantNone}
	if limited {
		out.grant = grant
	}
	_, known := levels[out.level]
	if !known || !slices.Contains(seed.ModuleFunctions(), function) || !slices.Contains(grants, out.grant) {
		return out, fmt.Errorf("right is %q; it must be a module function and a level, such as %q or %q; functions are %s; levels are add, edit, delete, inquire",
			right, "Service Tickets:edit", "Service Tickets:edit=My", strings.Join(seed.ModuleFunctions(), ", "))
	}
	return out, nil
}

// CheckRight refuses the name of a right that the vendor does not have.
func CheckRight(right string) error {
	_, err := parseRight(right)
	return err
}

// Grant is what the caller's security role gives for a module function, less
// what revoke_right faults take from it: they never give what the role lacks.
// An empty function asks for nothing but a valid key.
func (c *Call) Grant(function string, l Level) string {
	if function == "" {
		return grantAll
	}
	grant := c.roleGrant(function, l)
	for _, right := range simulator.Revoked(c.Request.Context()) {
		left, err := parseRight(right)
		if err == nil && left.function == function && left.level == l && slices.Index(grants, left.grant) < slices.Index(grants, grant) {
			grant = left.grant
		}
	}
	return grant
}

func (c *Call) roleGrant(function string, l Level) string {
	role, ok := c.World().Table(store.SecurityRoles).Get(c.Member.Ref("securityRole"))
	if !ok {
		return grantNone
	}
	if role.Flag("adminFlag") {
		return grantAll
	}
	for _, setting := range c.World().Table(store.SecuritySettings).Children(role.ID) {
		if setting.Text("moduleFunctionName") == function {
			return setting.Text(levels[l])
		}
	}
	return grantNone
}

// Allow refuses a caller without any grant.
func (c *Call) Allow(function string, l Level) *Error {
	if c.Grant(function, l) == grantNone {
		return Forbidden()
	}
	return nil
}

// OnlyMine tells whether the caller's grant reaches his own records alone.
func (c *Call) OnlyMine(function string, l Level) bool { return c.Grant(function, l) == grantMy }

// AllowRecord refuses a caller whose grant does not reach the record.
func (c *Call) AllowRecord(function string, l Level, r *store.Record) *Error {
	if !(&Resource{Right: function}).reaches(c, l, r) {
		return Forbidden()
	}
	return nil
}

// OfMember tells whether a record of somebody's time, such as an entry or a
// sheet, is the caller's.
func OfMember(c *Call, r *store.Record) bool { return r.Ref("member") == c.Member.ID }

// mine tells whether a record is the caller's own: he entered it, owns it or
// is assigned to it.
func (c *Call) mine(r *store.Record) bool {
	me := c.Me()
	resources := strings.Split(r.Text("resources"), ",")
	return r.EnteredBy == me || r.Ref("owner") == c.Member.ID ||
		slices.ContainsFunc(resources, func(s string) bool { return strings.TrimSpace(s) == me })
}
