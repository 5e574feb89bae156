package access_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/gateway/internal/access"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

const secret = "dg_testtest_0123456789abcdefghijABCDEFGHIJ0123456789"

func load(t *testing.T) *operation.Catalogue {
	t.Helper()
	catalogue, err := operation.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue
}

func policy(t *testing.T, groups ...access.Group) (*access.Policy, *access.Identity) {
	t.Helper()
	agent := access.Agent{Name: "bot", TokenID: "testtest", TokenSHA256: sha256.Sum256([]byte(secret))}
	for _, g := range groups {
		agent.Groups = append(agent.Groups, g.Name)
	}
	p, err := access.New(load(t), groups, []access.Agent{agent})
	if err != nil {
		t.Fatal(err)
	}
	id, prob := p.Identify(secret)
	if prob != nil {
		t.Fatal(prob)
	}
	return p, id
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	p, id := policy(t)
	if id.Name() != "bot" {
		t.Errorf("the token is %s's", id.Name())
	}
	wrong := map[string]string{
		"none":           "",
		"malformed":      "testtest",
		"another secret": secret[:len(secret)-1] + "X",
		"another id":     strings.Replace(secret, "testtest", "whowhowho", 1),
	}
	for name, token := range wrong {
		if _, prob := p.Identify(token); prob == nil || prob.Code != problem.Unauthenticated {
			t.Errorf("%s: %v", name, prob)
		} else if token != "" && strings.Contains(prob.Error(), token) {
			t.Errorf("%s: the refusal quotes the token", name)
		}
	}
}

func TestLevelsContainTheOnesBefore(t *testing.T) {
	t.Parallel()
	ops := load(t)
	for granted, allowed := range map[operation.Access][]string{
		operation.None:   {},
		operation.Read:   {"tickets.get"},
		operation.Write:  {"tickets.get", "tickets.update"},
		operation.Delete: {"tickets.get", "tickets.update"},
	} {
		p, id := policy(t, access.Group{Name: "g", Allow: map[string]operation.Access{"tickets": granted}, Connections: []string{"a"}})
		for _, name := range []string{"tickets.get", "tickets.update"} {
			want := strings.Contains(strings.Join(allowed, " "), name)
			if prob := p.Authorize(id, ops.ByName(name), "a", nil, nil); (prob == nil) != want {
				t.Errorf("tickets = %s: %s: %v", granted, name, prob)
			}
		}
	}
}

func TestGrantsHoldWhereTheyAreGiven(t *testing.T) {
	t.Parallel()
	ops := load(t)
	p, id := policy(t,
		access.Group{Name: "here", Allow: map[string]operation.Access{"tickets": operation.Write}, Connections: []string{"a"}},
		access.Group{Name: "everywhere", Allow: map[string]operation.Access{"tickets": operation.Read}, Connections: []string{"*"}},
	)
	cases := []struct {
		operation, connection string
		allowed               bool
	}{
		{"tickets.update", "a", true},
		{"tickets.update", "b", false}, // the write of one group does not join the reach of another
		{"tickets.get", "b", true},
		{"notes.list", "a", false},
		{"agent.get", "", true},
		{"operations.list", "", false},
	}
	for _, c := range cases {
		prob := p.Authorize(id, ops.ByName(c.operation), c.connection, nil, nil)
		if (prob == nil) != c.allowed {
			t.Errorf("%s on %q: %v", c.operation, c.connection, prob)
		}
		if prob != nil && (prob.Code != problem.PermissionDenied || prob.Reason != "group" || prob.Missing == "") {
			t.Errorf("%s on %q is refused as %+v", c.operation, c.connection, prob)
		}
	}
}

func TestConditionalGrants(t *testing.T) {
	t.Parallel()
	ops := load(t)
	p, id := policy(t, access.Group{Name: "g", Connections: []string{"*"}, Allow: map[string]operation.Access{"tickets": operation.Write}})
	vendor := psav1.GetTicketRequest_builder{Include: []psav1.Include_V{psav1.Include_SLA, psav1.Include_VENDOR}}.Build()
	plain := psav1.GetTicketRequest_builder{Include: []psav1.Include_V{psav1.Include_SLA}}.Build()
	tell := psav1.TransitionTicketRequest_builder{CommentToCustomer: proto.Bool(true)}.Build()
	quiet := &psav1.TransitionTicketRequest{}
	cases := []struct {
		operation string
		request   proto.Message
		missing   string
	}{
		{"tickets.get", plain, ""},
		{"tickets.get", vendor, "vendor:read"},
		{"tickets.transition", quiet, ""},
		{"tickets.transition", tell, "customer_notes:write"},
		{"tickets.transition", psav1.TransitionTicketRequest_builder{Comment: proto.String("x")}.Build(), "notes:write"},
	}
	for _, c := range cases {
		prob := p.Authorize(id, ops.ByName(c.operation), "a", c.request, nil)
		if c.missing == "" && prob != nil || c.missing != "" && (prob == nil || prob.Missing != c.missing) {
			t.Errorf("%s %v: %v, want missing %q", c.operation, c.request, prob, c.missing)
		}
	}
}

func TestUndefinedGroupIsNamed(t *testing.T) {
	t.Parallel()
	_, err := access.New(load(t), nil, []access.Agent{{Name: "bot", Groups: []string{"ghosts"}}})
	if err == nil || !strings.Contains(err.Error(), `"ghosts"`) {
		t.Errorf("New = %v", err)
	}
}

// TestConditions compiles every condition of the contract, and refuses one that
// is wrong, of a grant and of an effect alike.
func TestConditions(t *testing.T) {
	t.Parallel()
	n := 0
	for _, op := range load(t).Operations {
		for _, e := range op.Effects {
			n += len(e.When)
		}
		for _, g := range op.Also {
			n += len(g.When)
		}
	}
	if _, err := access.New(load(t), nil, nil); err != nil || n == 0 {
		t.Errorf("the conditions of the contract (%d letters): %v", n, err)
	}
	for name, c := range map[string]struct{ operation, when, wrong string }{
		"a field of the request":         {"tickets.update", `has(request.input.title)`, ""},
		"a field of the record":          {"tickets.update", `current.status.category != deskgate.psa.v1.Category.V.CLOSED`, ""},
		"both":                           {"tickets.update", `request.input.title != current.title`, ""},
		"always":                         {"tickets.update", ``, ""},
		"no such field of the request":   {"tickets.update", `request.titel == ""`, "undefined field"},
		"no such field of the record":    {"tickets.update", `current.titel == ""`, "undefined field"},
		"no such variable":               {"tickets.update", `ticket.title == ""`, "undeclared reference"},
		"the record before it was there": {"tickets.create", `current.title == ""`, "undeclared reference"},
		"no condition":                   {"tickets.update", `request.input.title`, "not bool"},
		"no expression":                  {"tickets.update", `request.input.`, "Syntax error"},
	} {
		for _, effect := range []bool{true, false} {
			catalogue := load(t)
			op := catalogue.ByName(c.operation)
			if effect {
				op.Effects = append(op.Effects, operation.Effect{Kind: 1, When: c.when})
			} else {
				op.Also = append(op.Also, operation.Grant{Area: "vendor", Access: operation.Read, When: c.when})
			}
			_, err := access.New(catalogue, nil, nil)
			if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong) || !strings.Contains(err.Error(), "operation "+c.operation)) {
				t.Errorf("%s, effect %v: %v, want %q", name, effect, err, c.wrong)
			}
		}
	}
}
