package rest

import (
	"bytes"
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
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

const (
	currentVersion = "2025.16"
	oldestVersion  = "2024.16" // a version is supported for 12 months

	// longestURL is the most characters of a URL that is served: about as many are
	// known to be refused (connectwise.md §4). How is not recorded; the status is
	// that of web servers, and inferred.
	longestURL = 10_000
)

// Call is one request of the REST API.
type Call struct {
	Tenant  *Tenant
	Request *http.Request
	// Member makes the request.
	Member *store.Record
	// IDs are the ids in the path, from the left.
	IDs []int64
	// Text is the last parameter of the path that is no id, as written.
	Text string
	Body []byte
	// NumberedPages is set by the few lists that know no other paging.
	NumberedPages bool

	version string
	base    string // root of hrefs
}

// World is the tenant's state, locked as the method demands.
func (c *Call) World() *store.World { return c.Tenant.World }

// Now is the simulated time.
func (c *Call) Now() time.Time { return c.Tenant.Setup.Clock.Now() }

// Me is the caller's identifier.
func (c *Call) Me() string { return c.Member.Text("identifier") }

// ID is an id of the path, counted from the left.
func (c *Call) ID(i int) int64 { return c.IDs[i] }

// Query is a query parameter, whatever the case of its name.
func (c *Call) Query(name string) string { return parameter(c.Request.URL.Query(), name) }

func (c *Call) renderer() *render.Renderer {
	return &render.Renderer{World: c.World(), Base: c.base}
}

// Answer is what a handler answers.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Handler serves a request; the world is locked as the method demands.
type Handler func(*Call) (Answer, *Error)

// OK answers a value that is not a record.
func OK(v any) (Answer, *Error) { return Answer{Status: http.StatusOK, Body: Indented(v)}, nil }

// Success answers what an action did; the vendor's texts are not recorded.
func Success(message string) (Answer, *Error) {
	return OK(struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
	}{true, message})
}

var (
	apiPath  = regexp.MustCompile(`^/([^/]+/)(?i:apis)/3\.0(/.*)$`)
	userHost = regexp.MustCompile(`^(?i)(na|eu|au|za)\.myconnectwise\.net(:\d+)?$`)
)

func (c *Call) respond(w http.ResponseWriter) {
	a, err := c.serve()
	if err != nil {
		a = Answer{Status: err.Status, Header: err.Header, Body: err.Text()}
	}
	header := w.Header()
	if a.Body != nil {
		header.Set("Content-Type", contentType(c.version))
	}
	header.Set("api-current-version", currentVersion)
	maps.Copy(header, a.Header)
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

func contentType(version string) string {
	return "application/vnd.connectwise.com+json; version=" + version
}

// serve refuses in the order of the vendor's layers: the web server, routing by
// code base, credentials, limits, version, path, rights.
func (c *Call) serve() (Answer, *Error) {
	if len(c.self().String()) > longestURL {
		return Answer{}, Bare(http.StatusRequestURITooLong)
	}
	if userHost.MatchString(c.Request.Host) {
		return Answer{}, sslRequired()
	}
	path, err := c.route()
	if err != nil {
		return Answer{}, err
	}
	if err := c.signIn(); err != nil {
		return Answer{}, err
	}
	if !c.acting() {
		defer c.Tenant.limiter.leave()
		if err := c.Tenant.limiter.enter(); err != nil {
			return Answer{}, err
		}
	}
	if err := c.negotiate(); err != nil {
		return Answer{}, err
	}
	op, err := c.find(path)
	if err != nil {
		return Answer{}, err
	}
	body, readErr := io.ReadAll(c.Request.Body)
	if readErr != nil {
		panic(http.ErrAbortHandler)
	}
	c.Body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if op.writes {
		c.World().Lock()
		defer c.World().Unlock()
	} else {
		c.World().RLock()
		defer c.World().RUnlock()
	}
	return op.handle(c)
}

// route checks the code base and returns the path after apis/3.0.
func (c *Call) route() (string, *Error) {
	m := apiPath.FindStringSubmatch(c.Request.URL.Path)
	if m == nil || strings.Contains(strings.ToLower(m[2]), "/apis/3.0") {
		return "", cannotRoute()
	}
	codebase := strings.ToLower(m[1])
	known := c.Tenant.codebases()
	switch {
	case codebase == anyCodebase || codebase == known[len(known)-1]:
	case slices.Contains(known, codebase):
		return "", UnknownPath()
	default:
		return "", cannotRoute()
	}
	scheme := "http"
	if c.Request.TLS != nil {
		scheme = "https"
	}
	c.base = scheme + "://" + c.Request.Host + "/" + codebase + "apis/3.0/"
	return m[2], nil
}

func (c *Call) signIn() (err *Error) {
	c.World().RLock()
	defer c.World().RUnlock()
	c.Member, err = c.Tenant.authenticate(c.Request)
	return err
}

var acceptVersion = regexp.MustCompile(`(?i)application/vnd\.connectwise\.com\+json\s*;.*?version=\s*"?([^\s;,"]+)`)

// negotiate takes the version out of the Accept header; without one the
// current version answers.
func (c *Call) negotiate() *Error {
	m := acceptVersion.FindStringSubmatch(c.Request.Header.Get("Accept"))
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
func (c *Call) self() *url.URL {
	u := *c.Request.URL
	u.Scheme, u.Host = "http", c.Request.Host
	if c.Request.TLS != nil {
		u.Scheme = "https"
	}
	return &u
}

// Read makes a read of another path within this request, by the rights of its
// caller. The version is this request's own when empty.
func (c *Call) Read(path, version string, query url.Values) (Answer, *Error) {
	r := c.Request.Clone(c.Request.Context())
	r.Method, r.URL.RawQuery = http.MethodGet, query.Encode()
	r.Header.Del("pagination-type")
	if query.Has("pageId") {
		r.Header.Set("pagination-type", "forward-only")
	}
	sub := &Call{Tenant: c.Tenant, Request: r, Member: c.Member, version: c.version, base: c.base}
	if version != "" {
		r.Header.Set("Accept", contentType(version))
		if err := sub.negotiate(); err != nil {
			return Answer{}, err
		}
	}
	op, err := sub.find(path)
	if err != nil {
		return Answer{}, err
	}
	return op.handle(sub)
}

// Record answers one record, cut to the "fields" parameter.
func (c *Call) Record(status int, typ string, r *store.Record) (Answer, *Error) {
	sel := render.ParseFields(c.Query("fields"))
	return Answer{Status: status, Body: c.renderer().Record(nil, schema.Lookup(typ), r, sel)}, nil
}
