// Package access decides what an agent may do: deny by default, by the groups
// that the agent is in.
package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/config/token"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Group is a named set of grants.
type Group struct {
	Name string
	// Allow is the level granted per area.
	Allow map[string]operation.Access
	// Connections names the connections that the grants hold for; "*" is all.
	Connections []string
}

// Agent is a caller of the gateway.
type Agent struct {
	Name   string
	Groups []string
	// TokenID finds the agent; TokenSHA256 is the hash of its whole token.
	TokenID     string
	TokenSHA256 [sha256.Size]byte
}

// Identity is an agent that has shown its token.
type Identity struct {
	name   string
	groups []*Group
}

// Name is the agent's name.
func (id *Identity) Name() string { return id.name }

// Groups are the names of the agent's groups.
func (id *Identity) Groups() []string {
	var names []string
	for _, g := range id.groups {
		names = append(names, g.Name)
	}
	return names
}

// Policy is what the configuration allows.
type Policy struct {
	agents     map[string]credential
	conditions map[string]condition
}

type credential struct {
	hash     [sha256.Size]byte
	identity *Identity
}

// New builds the policy. A group that an agent names and nobody defines is an
// error, as is a condition of the catalogue that does not compile.
func New(catalogue *operation.Catalogue, groups []Group, agents []Agent) (*Policy, error) {
	conditions, err := compile(catalogue)
	if err != nil {
		return nil, err
	}
	byName := map[string]*Group{}
	for _, g := range groups {
		byName[g.Name] = &g
	}
	p := &Policy{agents: map[string]credential{}, conditions: conditions}
	for _, a := range agents {
		id := &Identity{name: a.Name}
		for _, name := range a.Groups {
			g := byName[name]
			if g == nil {
				return nil, fmt.Errorf("agent %q is in group %q, which nobody defines", a.Name, name)
			}
			id.groups = append(id.groups, g)
		}
		p.agents[a.TokenID] = credential{hash: a.TokenSHA256, identity: id}
	}
	return p, nil
}

// Identify returns the agent whose token it is. Every wrong token gets the same
// answer, and an unknown one takes as long as one that is nearly right.
func (p *Policy) Identify(bearer string) (*Identity, *problem.Problem) {
	if bearer == "" {
		return nil, problem.New(problem.Unauthenticated, "this call needs a token: send the header Authorization: Bearer dg_...")
	}
	id, ok := token.ID(bearer)
	if !ok {
		return nil, problem.New(problem.Unauthenticated, "the token is malformed: an agent's token looks like dg_<id>_<secret>")
	}
	known := p.agents[id]
	sum := sha256.Sum256([]byte(bearer))
	if subtle.ConstantTimeCompare(sum[:], known.hash[:]) != 1 || known.identity == nil {
		return nil, problem.New(problem.Unauthenticated, "the token is not one of a configured agent")
	}
	return known.identity, nil
}

// Allows says whether the agent holds a grant for an area on a connection. An
// empty connection stands for the gateway itself, which every group speaks of.
func (id *Identity) Allows(area string, level operation.Access, connection string) bool {
	if level <= operation.None {
		return true
	}
	return slices.ContainsFunc(id.groups, func(g *Group) bool {
		return g.Allow[area] >= level && (connection == "" || g.names(connection))
	})
}

// Sees says whether any of the agent's groups names the connection.
func (id *Identity) Sees(connection string) bool {
	return slices.ContainsFunc(id.groups, func(g *Group) bool { return g.names(connection) })
}

func (g *Group) names(connection string) bool {
	return slices.Contains(g.Connections, "*") || slices.Contains(g.Connections, connection)
}

// Current reads the record that a call changes, as it is.
type Current func() (proto.Message, *problem.Problem)

// Authorize answers whether the agent may make this call. The request decides
// which of the operation's conditional grants are needed; nil needs them not.
// Where a condition asks for the record as it is, and the agent lacks the grant,
// current is called, once; without it the grant is needed.
func (p *Policy) Authorize(id *Identity, op *operation.Operation, connection string, request proto.Message, current Current) *problem.Problem {
	if !id.Allows(op.Area, op.Access, connection) {
		return denied(id, op, op.Area, op.Access, connection)
	}
	if request == nil {
		return nil
	}
	var record proto.Message
	for _, grant := range op.Also {
		if id.Allows(grant.Area, grant.Access, connection) {
			continue
		}
		condition := p.conditions[key(op, grant)]
		needed, told := condition.holds(request, record)
		if !told && current != nil && op.Current != nil {
			var prob *problem.Problem
			if record, prob = current(); prob != nil {
				return prob
			}
			needed, _ = condition.holds(request, record)
		}
		if needed {
			return denied(id, op, grant.Area, grant.Access, connection)
		}
	}
	return nil
}

func denied(id *Identity, op *operation.Operation, area string, level operation.Access, connection string) *problem.Problem {
	where := ""
	if connection != "" {
		where = " on " + connection
	}
	why := "it is in no group"
	if names := id.Groups(); len(names) > 0 {
		why = fmt.Sprintf("none of its groups (%s) allows %s = %q there", strings.Join(names, ", "), area, level)
	}
	p := problem.New(problem.PermissionDenied, "agent %s may not call %s%s: %s", id.name, op.Name, where, why)
	p.Reason = "group"
	p.Missing = area + ":" + level.String()
	return p
}
