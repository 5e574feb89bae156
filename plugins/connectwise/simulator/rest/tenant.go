// Package rest serves the manners that all of the vendor's REST API shares:
// routing by code base, keys, limits, versions, rights by security role,
// lists with conditions and pages, and writes by rule. The areas of the API
// (tickets, time, companies and so on) say in [Resource] and [Rules] what
// their collections are.
package rest

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// Tenant is everything that a reset builds anew.
type Tenant struct {
	Setup  simulator.Setup
	World  *store.World
	Outbox Outbox

	routes   *Routes
	limiter  *limiter
	keys     *keyring
	codebase codebase
}

// NewTenant returns a tenant that serves the routes over the world.
func NewTenant(setup simulator.Setup, world *store.World, routes *Routes) *Tenant {
	return &Tenant{Setup: setup, World: world, routes: routes, limiter: newLimiter(setup), keys: newKeyring()}
}

var companyInfoPath = regexp.MustCompile(`^(?i)/login/companyinfo/([^/]+)/?$`)

// ServeHTTP serves the tenant's API and the discovery of its code base.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m := companyInfoPath.FindStringSubmatch(r.URL.Path); m != nil {
		t.companyInfo(w, r, m[1])
		return
	}
	(&Call{Tenant: t, Request: r, version: currentVersion}).respond(w)
}

// companyInfo answers the discovery of the code base; it asks for no
// credentials and answers null for a company that it does not know.
func (t *Tenant) companyInfo(w http.ResponseWriter, r *http.Request, company string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if !strings.EqualFold(company, seed.CompanyID) {
		_, _ = io.WriteString(w, "null")
		return
	}
	codebase := t.currentCodebase()
	code := versionCode(codebase)
	_ = json.NewEncoder(w).Encode(struct {
		CompanyName, Codebase, VersionCode, VersionNumber, CompanyID string
		IsCloud                                                      bool
		SiteURL                                                      string `json:"SiteUrl"`
	}{seed.CompanyName, codebase, code, code + ".12345", seed.CompanyID, true, r.Host})
}

// Version is the tenant's release, such as v2025.1.12345.
func (t *Tenant) Version() string { return versionCode(t.currentCodebase()) + ".12345" }

func versionCode(codebase string) string {
	return strings.ReplaceAll(strings.TrimSuffix(codebase, "/"), "_", ".")
}

// FindMember finds a member by identifier, regardless of case.
func (t *Tenant) FindMember(identifier string) (*store.Record, bool) {
	return t.World.Table(store.Members).Find(func(m *store.Record) bool {
		return strings.EqualFold(m.Text("identifier"), identifier)
	})
}

// As returns a request as one that a signed-in member makes; the path may be
// given without the API's prefix.
func (t *Tenant) As(member *store.Record, r *http.Request) *http.Request {
	if !strings.Contains(strings.ToLower(r.URL.Path), "/apis/3.0/") {
		r.URL.Path = "/" + anyCodebase + "apis/3.0" + r.URL.Path
	}
	return r.WithContext(withActor(r.Context(), member))
}

// Renderer writes records outside of a request.
func (t *Tenant) Renderer() *render.Renderer {
	return &render.Renderer{World: t.World, Base: "/" + anyCodebase + "apis/3.0/"}
}
