package permission

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Grant is what a role gives for a right.
type Grant int

// The grants. What the settings do not list is Unlisted.
const (
	Unlisted Grant = iota
	None
	Mine
	All
)

func (g Grant) String() string { return [...]string{"nothing", "None", "Mine", "All"}[g] }

// grants are the vendor's words, in lower case; its screens say Mine for My.
var grants = map[string]Grant{"none": None, "my": Mine, "mine": Mine, "all": All}

// Role is what the API member's security role grants. The zero value tells
// nothing.
type Role struct {
	// Closed says why the settings cannot be read; "" where they were.
	Closed string
	lines  map[string]map[string]line // by the keys of function and module
	short  map[string]Grant           // All or None for the short forms that were tried, by path
}

// line is what a role grants for a function.
type line map[Level]Grant

// setting is a module function's line of a role (the schemas SecurityRoleSetting
// and MySecurity).
type setting struct {
	ID         int    `json:"id"`
	Add        string `json:"addLevel"`
	Edit       string `json:"editLevel"`
	Delete     string `json:"deleteLevel"`
	Inquire    string `json:"inquireLevel"`
	Function   string `json:"moduleFunctionName"`
	Identifier string `json:"moduleFunctionIdentifier"`
	Module     string `json:"moduleName"`
}

// RecordID is the id that lists are walked by.
func (s setting) RecordID() int { return s.ID }

// Read reads what the role grants. ConnectWise tells a caller what he himself is
// granted; where it does not, the settings are read by his record and its role.
// What is closed to him makes no error but a role that tells nothing. Lists that the
// role does not open are tried in their short forms.
func Read(ctx context.Context, c *api.Client) (Role, error) {
	settings, err := api.All[setting](ctx, c, "system/mySecurity", api.Query{})
	if err != nil && !closed(err) {
		return Role{}, err
	}
	if err != nil || len(settings) == 0 {
		settings, err = readByMember(ctx, c)
	}
	switch {
	case err != nil && closed(err):
		return Role{Closed: "ConnectWise does not let the API member read what its security role grants"}, nil
	case err != nil:
		return Role{}, err
	case len(settings) == 0:
		return Role{Closed: "ConnectWise lists no settings of the API member's security role"}, nil
	}
	r := roleOf(settings)
	r.readShort(ctx, c)
	return r, nil
}

// closed tells that the vendor does not answer this to the caller: it has no such
// page, or refuses it.
func closed(err error) bool {
	switch fault.CodeOf(err) {
	case fault.CodePermissionDenied, fault.CodeNotFound:
		return true
	}
	return api.IsMisrouted(err)
}

// readByMember reads who the caller is, his role, and its settings.
func readByMember(ctx context.Context, c *api.Client) ([]setting, error) {
	var me struct{ ID int }
	if err := c.Get(ctx, "system/myMembers/info", api.Query{}, &me); err != nil {
		return nil, err
	}
	var member struct {
		SecurityRole *api.Ref `json:"securityRole"`
	}
	if err := c.Get(ctx, fmt.Sprintf("system/members/%d", me.ID), api.Query{Fields: []string{"id", "securityRole"}}, &member); err != nil {
		return nil, err
	}
	if member.SecurityRole == nil {
		return nil, nil
	}
	return api.All[setting](ctx, c, fmt.Sprintf("system/securityRoles/%d/settings", member.SecurityRole.ID), api.Query{})
}

func roleOf(settings []setting) Role {
	r := Role{lines: map[string]map[string]line{}}
	for _, s := range settings {
		granted := line{}
		for level, word := range map[Level]string{Add: s.Add, Edit: s.Edit, Delete: s.Delete, Inquire: s.Inquire} {
			granted[level] = grants[strings.ToLower(word)]
		}
		// The vendor's identifiers are recorded nowhere: a line is known by either.
		for _, function := range []string{key(s.Function), key(s.Identifier)} {
			if r.lines[function] == nil {
				r.lines[function] = map[string]line{}
			}
			r.lines[function][key(s.Module)] = granted
		}
	}
	return r
}

// key is a name without what spellings differ in.
func key(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, strings.ReplaceAll(name, "&", "and"))
}

// Grant is what the role gives for a right. A function that several modules have
// is that of the right's own module.
func (r Role) Grant(right Right) Grant {
	modules := r.lines[key(right.Function.Name)]
	if granted, ok := modules[key(right.Function.Module)]; ok {
		return granted[right.Level]
	}
	if len(modules) == 1 { // this release files it elsewhere
		for _, granted := range modules {
			return granted[right.Level]
		}
	}
	return Unlisted
}

func compare(a, b Right) int {
	return cmp.Or(strings.Compare(a.Function.Module, b.Function.Module), strings.Compare(a.Function.Name, b.Function.Name), cmp.Compare(a.Level, b.Level))
}
