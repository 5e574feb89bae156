package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestOneLine goes once through everything: an app lists tickets and reads one.
func TestOneLine(t *testing.T) {
	t.Parallel()
	w := start(t)

	page := w.get("/tickets?page_size=15").want(t, 200)
	if got := len(page.list("tickets")); got != 15 {
		t.Fatalf("a page of 15 holds %d tickets", got)
	}
	if page.header.Get("X-Request-Id") == "" || page.header.Get("X-Vendor-Requests") == "" || page.header.Get("Server-Timing") == "" {
		t.Errorf("headers are missing: %v", page.header)
	}

	id := page.text("tickets", 0, "id")
	one := w.get("/tickets/"+id).want(t, 200)
	for _, field := range []string{"title", "number", "etag", "updated_at"} {
		if list, get := page.text("tickets", 0, field), one.text("ticket", field); get == "" || list != get {
			t.Errorf("%s is %q in the list and %q alone", field, list, get)
		}
	}
	if one.text("ticket", "status", "category") == "" || one.text("ticket", "queue", "name") == "" || one.text("ticket", "company", "name") == "" {
		t.Errorf("the ticket lacks names: %s", one.body)
	}
}

// TestWalk reads every ticket in pages, each once, in order.
func TestWalk(t *testing.T) {
	t.Parallel()
	w := start(t)
	seen := map[string]bool{}
	last, pages := "", 0
	for path := "/tickets?page_size=60"; path != ""; pages++ {
		page := w.get(path).want(t, 200)
		for _, item := range page.list("tickets") {
			ticket, _ := item.(map[string]any)
			id, _ := ticket["id"].(string)
			updated, _ := ticket["updated_at"].(string)
			if seen[id] {
				t.Fatalf("ticket %s comes twice", id)
			}
			if updated < last {
				t.Fatalf("ticket %s of %s comes after %s", id, updated, last)
			}
			seen[id], last = true, updated
		}
		path = ""
		if token := page.text("next_page_token"); token != "" {
			path = "/tickets?page_size=60&page_token=" + url.QueryEscape(token)
			link := page.header.Get("Link")
			if !strings.Contains(link, url.QueryEscape(token)) || !strings.HasSuffix(link, `rel="next"`) {
				t.Errorf("the Link header is %q", link)
			}
		}
	}
	if len(seen) < 400 {
		t.Errorf("the walk of %d pages saw %d tickets; the simulator has at least 400", pages, len(seen))
	}
}

// TestWhoMayNot goes through the refusals that come before a connector is asked.
func TestWhoMayNot(t *testing.T) {
	t.Parallel()
	w := start(t)
	cases := map[string]struct {
		agent, method, path string
		header              []string
		status              int
		code                string
	}{
		"no token":           {"", "GET", "/tickets", nil, 401, "unauthenticated"},
		"malformed token":    {"", "GET", "/tickets", []string{"Authorization", "Bearer nonsense"}, 401, "unauthenticated"},
		"wrong secret":       {"", "GET", "/tickets", []string{"Authorization", "Bearer dg_fullfull_" + strings.Repeat("Wrong", 8)}, 401, "unauthenticated"},
		"unknown agent":      {"", "GET", "/tickets", []string{"Authorization", "Bearer dg_whowhowho_" + strings.Repeat("Wrong", 8)}, 401, "unauthenticated"},
		"no group":           {"nobody", "GET", "/tickets", nil, 403, "permission_denied"},
		"level too low":      {"readonly", "PATCH", "/tickets/1", nil, 403, "permission_denied"},
		"area not granted":   {"readonly", "GET", "/companies", nil, 403, "permission_denied"},
		"vendor record":      {"readonly", "GET", "/tickets?include=VENDOR", nil, 403, "permission_denied"},
		"unknown connection": {"full", "GET", "/v1/connections/nowhere/tickets", nil, 404, "not_found"},
		"unknown path":       {"full", "GET", "/v1/nonsense", nil, 404, "not_found"},
		"wrong method":       {"full", "PUT", "/tickets/1", nil, 405, "method_not_allowed"},
		"no method":          {"full", "BREW", "/tickets/1", nil, 405, "method_not_allowed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var body any
			if c.method == http.MethodPatch {
				body = `{"title":"x"}`
			}
			r := w.do(c.agent, c.method, c.path, body, c.header...).want(t, c.status)
			if r.text("code") != c.code || r.text("detail") == "" || r.text("request_id") == "" {
				t.Errorf("the answer is %s", r.body)
			}
			if got := r.header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("the content type is %q", got)
			}
		})
	}
}
