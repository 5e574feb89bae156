package simulator_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

// tenant is a running simulator and the demo's credentials for it.
type tenant struct {
	*testing.T
	sim      *sdk.Running
	codebase string
	header   http.Header
	user     string
	password string
}

var startTime = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func start(t *testing.T, o ...sdk.Options) *tenant {
	t.Helper()
	options := sdk.Options{Seed: 1, Limits: sdk.LimitsOff, Start: startTime}
	if len(o) > 0 {
		options = o[0]
	}
	sim, err := sdk.Start(simulator.New(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	return &tenant{
		T: t, sim: sim, codebase: "v4_6_release/", header: http.Header{"clientId": {seed.ClientID}},
		user: seed.CompanyID + "+" + seed.PublicKey, password: seed.PrivateKey,
	}
}

// with returns the tenant with one more request header; an empty value takes
// it away.
func (t *tenant) with(name, value string) *tenant {
	out := *t
	out.header = t.header.Clone()
	delete(out.header, name)
	if value != "" {
		out.header[name] = []string{value}
	}
	return &out
}

// withKey returns the tenant as seen with a member's API key.
func (t *tenant) withKey(member string) *tenant {
	t.Helper()
	out := *t
	i := slices.IndexFunc(seed.Keys, func(k seed.Key) bool { return k.Member == member })
	if i < 0 {
		t.Fatalf("%s has no key", member)
	}
	out.user, out.password = seed.CompanyID+"+"+seed.Keys[i].Public, seed.Keys[i].Private
	return &out
}

type reply struct {
	status int
	header http.Header
	text   string
}

// call makes a request of the REST API; a query is separated by "?" and is
// written unescaped.
func (t *tenant) call(method, path, body string) reply {
	t.Helper()
	path, query, _ := strings.Cut(path, "?")
	u := t.sim.URL + "/" + t.codebase + "apis/3.0" + path
	if query != "" {
		values := url.Values{}
		for pair := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(pair, "=")
			values.Set(name, value)
		}
		u += "?" + values.Encode()
	}
	return t.do(method, u, body)
}

func (t *tenant) do(method, u, body string) reply {
	t.Helper()
	req, err := http.NewRequest(method, u, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, t.header)
	if t.user != "" {
		req.SetBasicAuth(t.user, t.password)
	}
	if host := t.header["Host"]; host != nil {
		req.Host = host[0]
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// want makes a request that must answer the status, and decodes the body.
func (t *tenant) want(status int, method, path, body string) object {
	t.Helper()
	r := t.call(method, path, body)
	if r.status != status {
		t.Fatalf("%s %s %s answered %d %s, want %d", method, path, body, r.status, r.text, status)
	}
	if r.text == "" {
		return nil
	}
	out := object{}
	if err := json.Unmarshal([]byte(r.text), &out); err != nil {
		t.Fatalf("%s %s answered %s: %v", method, path, r.text, err)
	}
	return out
}

// list makes a request that must answer a list.
func (t *tenant) list(path string) []object {
	t.Helper()
	r := t.call("GET", path, "")
	var out []object
	if err := json.Unmarshal([]byte(r.text), &out); err != nil || r.status != 200 {
		t.Fatalf("GET %s answered %d %s", path, r.status, r.text)
	}
	return out
}

func (t *tenant) ids(path string) []int {
	t.Helper()
	var out []int
	for _, r := range t.list(path) {
		out = append(out, r.int("id"))
	}
	return out
}

// admin posts to an admin path.
func (t *tenant) admin(path, body string) reply {
	t.Helper()
	r := t.do("POST", t.sim.URL+"/_sim/"+path, body)
	if r.status >= 300 {
		t.Fatalf("%s %s answered %d %s", path, body, r.status, r.text)
	}
	return r
}

type object map[string]any

// at follows a path such as status/name; nil when it ends early.
func (o object) at(path string) any {
	var v any = map[string]any(o)
	for name := range strings.SplitSeq(path, "/") {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

func (o object) int(path string) int {
	n, _ := o.at(path).(float64)
	return int(n)
}

func (o object) text(path string) string {
	s, _ := o.at(path).(string)
	return s
}

// newTicket enters a ticket on the service desk and returns its path.
func (t *tenant) newTicket(members string) string {
	t.Helper()
	body := `{"summary":"Printer on fire","company":{"identifier":"AlderCreekDental"}` + members + `}`
	created := t.want(201, "POST", "/service/tickets", body)
	return "/service/tickets/" + itoa(created.int("id"))
}

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}
