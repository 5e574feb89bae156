package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// TestTokenFirst has requests that are wrong in other ways too: who has no valid
// token is told that, and nothing else.
func TestTokenFirst(t *testing.T) {
	t.Parallel()
	w := start(t)
	cases := map[string]struct {
		method, path, body string
		header             []string
	}{
		"another content type":       {"POST", "/tickets", "title=x", []string{"Content-Type", "text/plain"}},
		"Idempotency-Key":            {"POST", "/tickets", `{"title":"x"}`, []string{"Idempotency-Key", "k1"}},
		"Prefer":                     {"PATCH", "/tickets/1", `{"title":"x"}`, []string{"Prefer", "wait=30"}},
		"max-age":                    {"GET", "/tickets", "", []string{"Cache-Control", "max-age=30"}},
		"body on a read":             {"GET", "/tickets", `{}`, nil},
		"not JSON":                   {"POST", "/tickets", `title`, nil},
		"bad option":                 {"PATCH", "/tickets/1?dry_run=perhaps", `{"title":"x"}`, nil},
		"unknown parameter":          {"GET", "/tickets?quue=x", "", nil},
		"connection that is unknown": {"GET", "/v1/connections/nowhere/tickets", "", nil},
	}
	w.talk(t, "GET /v1/connections/%zz/tickets HTTP/1.1\r\nHost: x\r\n\r\n").problem(t, 401, "unauthenticated")
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var body any
			if c.body != "" {
				body = c.body
			}
			for _, token := range []string{"", "dg_fullfull_" + strings.Repeat("Wrong", 8)} {
				header := c.header
				if token != "" {
					header = append(bearer(token), header...)
				}
				w.do("", c.method, c.path, body, header...).problem(t, 401, "unauthenticated")
			}
		})
	}
}

// TestEveryAnswerIsLogged makes requests that reach no operation, and some that
// do: each leaves one line, with what it takes to find out, and no secret.
func TestEveryAnswerIsLogged(t *testing.T) {
	t.Parallel()
	w := start(t)
	const secret = "?token=Hidden-In-The-Query"
	head := func(line, id string) string {
		return line + " HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + id + "\r\nAuthorization: Bearer " + tokens["full"] + "\r\n"
	}
	cases := map[string]struct {
		text         string // of the request
		status       int
		code         string
		method, path string
	}{
		"done":         {head("GET /v1/agent", "done") + "\r\n", 200, "", "GET", "/v1/agent"},
		"healthz":      {head("GET /healthz"+secret, "healthz") + "\r\n", 200, "", "GET", "/healthz"},
		"readyz":       {head("GET /readyz", "readyz") + "\r\n", 200, "", "GET", "/readyz"},
		"openapi":      {head("GET /openapi.json", "openapi") + "\r\n", 200, "", "GET", "/openapi.json"},
		"nowhere":      {head("GET /v1/nowhere"+secret, "nowhere") + "\r\n", 404, "not_found", "GET", "/v1/nowhere"},
		"delete":       {head("DELETE /v1/agent"+secret, "delete") + "\r\n", 405, "method_not_allowed", "DELETE", "/v1/agent"},
		"brew":         {head("BREW /v1/agent", "brew") + "\r\n", 405, "method_not_allowed", "BREW", "/v1/agent"},
		"large":        {head("POST /v1/connections/cw/tickets"+secret, "large") + plain(large()), 413, "too_large", "POST", "/v1/connections/cw/tickets"},
		"plain":        {head("POST /v1/connections/cw/tickets", "plain") + "Content-Type: text/plain\r\n" + plain("x"), 415, "unsupported_media_type", "POST", "/v1/connections/cw/tickets"},
		"bad-chunk":    {head("POST /v1/connections/cw/tickets", "bad-chunk") + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400, "invalid_argument", "POST", "/v1/connections/cw/tickets"},
		"cut-body":     {head("POST /v1/connections/cw/tickets", "cut-body") + "Content-Length: 10\r\n\r\n{", 400, "invalid_argument", "", ""},
		"long-header":  {head("GET /v1/agent"+secret, "long-header") + "X-Long: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", 431, "too_large", "GET", "/v1/agent"},
		"not-http":     {"\x16\x03\x01 hello\r\n\r\n", 400, "invalid_argument", "", ""},
		"unauthorized": {"GET /v1/agent" + secret + " HTTP/1.1\r\nHost: x\r\nX-Request-Id: unauthorized\r\n\r\n", 401, "unauthenticated", "GET", "/v1/agent"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := w.talk(t, c.text).want(t, c.status)
			if c.code != "" && r.text("code") != c.code {
				t.Errorf("answered %s", r.body)
			}
			id := r.header.Get("X-Request-Id")
			find := func() (lines []map[string]any) {
				for _, line := range w.logged("call") {
					if line["request_id"] == id {
						lines = append(lines, line)
					}
				}
				return lines
			}
			until(t, "the log has a line of "+id, func() bool { return len(find()) > 0 })
			lines := find()
			if line := lines[0]; len(lines) != 1 || line["status"] != float64(c.status) || text(line, "code") != c.code ||
				text(line, "method") != c.method || text(line, "path") != c.path {
				t.Errorf("logged %v, want %s %s, %d %s", lines, c.method, c.path, c.status, c.code)
			}
		})
	}
	t.Cleanup(func() {
		if strings.Contains(w.gateway.stderr(), "Hidden-In-The-Query") {
			t.Error("the log holds a query")
		}
	})
}

// TestProblemsAreReadable looks at the letters of a problem: it is JSON, not
// HTML, and a person reads it.
func TestProblemsAreReadable(t *testing.T) {
	t.Parallel()
	w := start(t)
	r := w.do("full", "PATCH", w.path("/tickets/1"), `{"<b> & co":1}`).problem(t, 400, "invalid_argument")
	if !strings.Contains(r.body, `<b> & co`) || strings.HasSuffix(r.body, "\n") {
		t.Errorf("the problem is %q", r.body)
	}
}

// TestFieldNotSupported says where the fields and filters are listed that a
// connection does not take, and they are listed there.
func TestFieldNotSupported(t *testing.T) {
	t.Parallel()
	w := start(t)
	const way = "GET /v1/operations?connection=cw"
	r := w.do("full", http.MethodPost, w.path("/tickets/1/internal-notes"), `{"title":"x","body":"y"}`).problem(t, 501, "field_not_supported").says(t, way)
	field := r.text("violations", 0, "field")
	for _, op := range objects(w.do("full", "GET", strings.TrimPrefix(way, "GET "), nil).want(t, 200).list("operations")) {
		if text(op, "name") != "notes.create_internal" {
			continue
		}
		if listed, _ := op["unsupported_fields"].([]any); len(listed) != 1 || listed[0] != field {
			t.Errorf("%s is refused, listed are %v", field, listed)
		}
	}
}
