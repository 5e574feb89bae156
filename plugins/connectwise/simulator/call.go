package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// anyCodebase works whatever the current code base is (connectwise.md §1).
const anyCodebase = "v4_6_release/"

const (
	currentVersion = "2025.16"
	oldestVersion  = "2024.16" // a version is supported for 12 months
)

// upgradeEvery is how much simulated time passes between upgrades, each of
// which renames the code base; the old name then answers 404.
const upgradeEvery = 90 * 24 * time.Hour

// codebases are those that have been in use since the start, the current one
// last.
func (t *tenant) codebases() []string {
	passed := t.setup.Clock.Now().Sub(t.setup.Clock.Start())
	upgrades := int(passed / upgradeEvery)
	var out []string
	for i := range upgrades + 1 {
		out = append(out, fmt.Sprintf("v%d_%d/", 2025+i/4, 1+i%4))
	}
	return out
}

// call is one request of the REST API.
type call struct {
	t       *tenant
	r       *http.Request
	member  *store.Record
	version string
	base    string  // root of hrefs
	ids     []int64 // the ids in the path
	text    string  // the last parameter of the path, as written
	body    []byte
}

func (c *call) world() *store.World { return c.t.world }

func (c *call) renderer() *render.Renderer {
	return &render.Renderer{World: c.world(), Base: c.base}
}

// id is an id of the path, counted from the left.
func (c *call) id(i int) int64 { return c.ids[i] }

// answer is what a handler answers.
type answer struct {
	status int
	body   []byte
	header http.Header
}

// handler serves a request; the world is locked as the method demands.
type handler func(*call) (answer, *apiError)

var (
	apiPath         = regexp.MustCompile(`^/([^/]+/)(?i:apis)/3\.0(/.*)$`)
	companyInfoPath = regexp.MustCompile(`^(?i)/login/companyinfo/([^/]+)/?$`)
	userHost        = regexp.MustCompile(`^(?i)(na|eu|au|za)\.myconnectwise\.net(:\d+)?$`)
)

// ServeHTTP serves the vendor's API.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := s.tenant.Load()
	if m := companyInfoPath.FindStringSubmatch(r.URL.Path); m != nil {
		t.companyInfo(w, r, m[1])
		return
	}
	c := &call{t: t, r: r, version: currentVersion}
	a, err := c.serve()
	if err != nil {
		a = answer{status: err.status, header: err.header, body: err.text()}
	}
	header := w.Header()
	if a.body != nil {
		header.Set("Content-Type", contentType(c.version))
	}
	header.Set("api-current-version", currentVersion)
	maps.Copy(header, a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

func contentType(version string) string {
	return "application/vnd.connectwise.com+json; version=" + version
}

// serve refuses in the order of the vendor's layers: routing by code base,
// credentials, limits, version, path, rights.
func (c *call) serve() (answer, *apiError) {
	if userHost.MatchString(c.r.Host) {
		return answer{}, sslRequired()
	}
	path, err := c.route()
	if err != nil {
		return answer{}, err
	}
	if err := c.signIn(); err != nil {
		return answer{}, err
	}
	if c.r.Context().Value(actorKey{}) == nil {
		defer c.t.limiter.leave()
		if err := c.t.limiter.enter(); err != nil {
			return answer{}, err
		}
	}
	if err := c.negotiate(); err != nil {
		return answer{}, err
	}
	h, err := c.find(path)
	if err != nil {
		return answer{}, err
	}
	body, readErr := io.ReadAll(c.r.Body)
	if readErr != nil {
		panic(http.ErrAbortHandler)
	}
	c.body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if h.writes {
		c.world().Lock()
		defer c.world().Unlock()
	} else {
		c.world().RLock()
		defer c.world().RUnlock()
	}
	return h.handle(c)
}

// route checks the code base and returns the path after apis/3.0.
func (c *call) route() (string, *apiError) {
	m := apiPath.FindStringSubmatch(c.r.URL.Path)
	if m == nil || strings.Contains(strings.ToLower(m[2]), "/apis/3.0") {
		return "", cannotRoute()
	}
	codebase := strings.ToLower(m[1])
	known := c.t.codebases()
	current := known[len(known)-1]
	switch {
	case codebase == anyCodebase || codebase == current:
	case slices.Contains(known, codebase):
		return "", unknownPath()
	default:
		return "", cannotRoute()
	}
	scheme := "http"
	if c.r.TLS != nil {
		scheme = "https"
	}
	c.base = scheme + "://" + c.r.Host + "/" + codebase + "apis/3.0/"
	return m[2], nil
}

func (c *call) signIn() (err *apiError) {
	c.world().RLock()
	defer c.world().RUnlock()
	c.member, err = c.t.authenticate(c.r)
	return err
}

var acceptVersion = regexp.MustCompile(`(?i)application/vnd\.connectwise\.com\+json\s*;.*?version=\s*"?([^\s;,"]+)`)

// negotiate takes the version out of the Accept header; without one the
// current version answers.
func (c *call) negotiate() *apiError {
	m := acceptVersion.FindStringSubmatch(c.r.Header.Get("Accept"))
	if m == nil {
		return nil
	}
	version, ok := versionNumber(m[1])
	oldest, _ := versionNumber(oldestVersion)
	newest, _ := versionNumber(currentVersion)
	if !ok || version < oldest || version > newest {
		self := c.self()
		self.RawQuery = ""
		return unsupportedVersion(self.String())
	}
	c.version = m[1]
	return nil
}

// versionNumber orders versions of the form 2025.16.
func versionNumber(v string) (int, bool) {
	year, release, ok := strings.Cut(v, ".")
	y, err1 := strconv.Atoi(year)
	n, err2 := strconv.Atoi(release)
	return y*1000 + n, ok && err1 == nil && err2 == nil && y > 2000 && n > 0 && n < 1000
}

// self is the URL of the request, for links.
func (c *call) self() *url.URL {
	u := *c.r.URL
	u.Scheme, u.Host = "http", c.r.Host
	if c.r.TLS != nil {
		u.Scheme = "https"
	}
	return &u
}

// companyInfo answers the discovery of the code base; it asks for no
// credentials and answers null for a company that it does not know.
func (t *tenant) companyInfo(w http.ResponseWriter, r *http.Request, company string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if !strings.EqualFold(company, seed.CompanyID) {
		_, _ = io.WriteString(w, "null")
		return
	}
	known := t.codebases()
	codebase := known[len(known)-1]
	code := strings.ReplaceAll(strings.TrimSuffix(codebase, "/"), "_", ".")
	_ = json.NewEncoder(w).Encode(struct {
		CompanyName, Codebase, VersionCode, VersionNumber, CompanyID string
		IsCloud                                                      bool
		SiteURL                                                      string `json:"SiteUrl"`
	}{seed.CompanyName, codebase, code, code + ".12345", seed.CompanyID, true, r.Host})
}

// record answers one record, cut to the "fields" parameter.
func (c *call) record(status int, typ string, r *store.Record) (answer, *apiError) {
	sel := render.ParseFields(c.r.URL.Query().Get("fields"))
	return answer{status: status, body: c.renderer().Record(nil, schema.Lookup(typ), r, sel)}, nil
}
