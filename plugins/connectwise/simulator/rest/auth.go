package rest

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

type actorKey struct{}

// withActor marks a request as made by a signed-in member.
func withActor(ctx context.Context, member *store.Record) context.Context {
	return context.WithValue(ctx, actorKey{}, member.ID)
}

// acting tells whether the request is made by a member in person, not by an
// API key.
func (c *Call) acting() bool { return c.Request.Context().Value(actorKey{}) != nil }

var guid = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// authenticate finds the member whose API key the request carries
// (connectwise.md §2). Which of a clientId that is missing or unknown and a
// bad key the vendor reports first is not known; either gives 401.
func (t *Tenant) authenticate(r *http.Request) (*store.Record, *Error) {
	if id, ok := r.Context().Value(actorKey{}).(int64); ok {
		m, _ := t.World.Table(store.Members).Get(id)
		return m, nil
	}
	user, private, ok := r.BasicAuth()
	if !ok || simulator.AuthExpired(r.Context()) {
		return nil, notAuthenticated()
	}
	company, public, ok := strings.Cut(user, "+")
	if !ok {
		return nil, badCredentials()
	}
	if !strings.EqualFold(company, seed.CompanyID) {
		return nil, cannotRoute()
	}
	identifier, refused := t.keys.owner(public, private, t.Setup.Clock.Now())
	if refused != nil {
		return nil, refused
	}
	if !t.keys.knows(r.Header.Get("clientId")) {
		return nil, badCredentials()
	}
	m, ok := t.FindMember(identifier)
	if !ok || m.Flag("inactiveFlag") {
		return nil, badCredentials()
	}
	return m, nil
}
