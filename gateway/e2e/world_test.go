// Package e2e tests the built binaries from outside: a gateway, a connector
// process and a simulator, over HTTP, as an app sees them.
package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// The agents of every world and their tokens. The names say what they may do.
var tokens = map[string]string{
	"full":     "dg_fullfull_" + strings.Repeat("Full0", 8),
	"readonly": "dg_readread_" + strings.Repeat("Read0", 8),
	"nobody":   "dg_nonenone_" + strings.Repeat("None0", 8),
}

const configTemplate = `
state { dir = %q }
connector "connectwise" { source = %q }
connection "cw" {
  connector      = "connectwise"
  site           = %q
  company        = "mspdemo"
  public_key     = "Dg7PublicDemoKey"
  private_key    = env("CW_PRIVATE_KEY")
  client_id      = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"
  agent_resource = "deskgate"
  rate_limit     = "off"
%s
}
group "full" {
  allow {
    tickets          = "delete"
    notes            = "delete"
    customer_notes   = "delete"
    replies          = "write"
    time_entries     = "delete"
    schedule_entries = "delete"
    attachments      = "delete"
    companies        = "write"
    contacts         = "write"
    configurations   = "write"
    technicians      = "read"
    catalogue        = "read"
    vendor           = "read"
    raw              = "delete"
    connections      = "write"
    operations       = "read"
  }
  connections = ["*"]
}
group "readonly" {
  allow {
    tickets   = "read"
    notes     = "read"
    catalogue = "read"
  }
  connections = ["cw"]
}
agent "full" {
  groups = ["full"]
  token  = env("TOKEN_FULL")
}
agent "readonly" {
  groups = ["readonly"]
  token  = env("TOKEN_READONLY")
}
agent "nobody" {
  groups = []
  token  = env("TOKEN_NOBODY")
}
`

// world is a gateway with its connector and simulator.
type world struct {
	t       *testing.T
	gateway *process
	sim     *process
	url     string
	simURL  string
	dir     string
}

// start builds a world of its own for a test. The lines are added to the
// connection's block.
func start(t *testing.T, lines ...string) *world {
	t.Helper()
	return startWith(t, "", lines...)
}

// serve starts the world's gateway against a site.
func (w *world) serve(site string, lines ...string) {
	w.t.Helper()
	w.serveWith(site, "", lines...)
}

func environ() []string {
	env := []string{"CW_PRIVATE_KEY=Dg7PrivateDemoKey"}
	for name, token := range tokens {
		env = append(env, "TOKEN_"+strings.ToUpper(name)+"="+token)
	}
	return env
}

// reply is an HTTP answer, decoded.
type reply struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

// get reads a path of the connection `cw` as the full agent.
func (w *world) get(path string) reply { return w.do("full", http.MethodGet, w.path(path), nil) }

func (w *world) path(path string) string {
	if strings.HasPrefix(path, "/v1/") {
		return path
	}
	return "/v1/connections/cw" + path
}

// do makes a request of an agent; body is JSON text or nil.
func (w *world) do(agent, method, path string, body any, header ...string) reply {
	w.t.Helper()
	var reader io.Reader
	if text, ok := body.(string); ok {
		reader = strings.NewReader(text)
	}
	request := w.request(agent, method, path, reader)
	if reader != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	return w.send(request)
}

// request makes a request of an agent, with its token.
func (w *world) request(agent, method, path string, body io.Reader) *http.Request {
	w.t.Helper()
	request, err := http.NewRequest(method, w.url+w.path(path), body)
	if err != nil {
		w.t.Fatal(err)
	}
	if token := tokens[agent]; token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return request
}

func (w *world) send(request *http.Request) reply {
	w.t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return decoded(response, text)
}

// at walks a decoded answer: at("ticket", "status", "name"), at("tickets", 0).
func (r reply) at(path ...any) any {
	var v any = r.json
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

// list is an array in the answer.
func (r reply) list(path ...any) []any {
	l, _ := r.at(path...).([]any)
	return l
}

// text is a string in the answer.
func (r reply) text(path ...any) string {
	s, _ := r.at(path...).(string)
	return s
}

// want fails the test unless the status is as expected.
func (r reply) want(t *testing.T, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("answered %d, want %d: %s", r.status, status, r.body)
	}
	return r
}
