package e2e

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files in place of comparing with them")

// passing is what differs from run to run: ports (which are in a ticket's url and
// so in its etag), request ids, sealed tokens, and what a clock says that goes on.
var passing = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`"request_id": "[^"]+"`), `"request_id": "REQUEST"`},
	{regexp.MustCompile(`"etag": "\\"[0-9a-f]+\\""`), `"etag": "ETAG"`},
	{regexp.MustCompile(`"next_page_token": "[^"]+"`), `"next_page_token": "TOKEN"`},
	{regexp.MustCompile(`"since": "[^"]+"`), `"since": "TIME"`},
	{regexp.MustCompile(`"connector_version": "[^"]+"`), `"connector_version": "VERSION"`},
	{regexp.MustCompile(`that of this machine [^:]+:\d\d:\d\dZ`), "that of this machine TIME"},
	{regexp.MustCompile(`2026-03-02T09:0\d:\d\dZ`), "NOW"},
}

// TestGolden compares whole answers with what callers are known to get; run it
// with -update after a change that is meant.
func TestGolden(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	for _, c := range []struct{ name, agent, method, path, body string }{
		{"tickets_list", "full", "GET", "/tickets?page_size=2&queue=Service%20Desk&order_by=id", ""},
		{"tickets_get", "full", "GET", "/tickets/10300", ""},
		{"tickets_get_vendor", "full", "GET", "/tickets/10300?include=VENDOR", ""},
		{"notes_list", "full", "GET", "/tickets/10300/notes", ""},
		{"transitions", "full", "GET", "/tickets/10300/transitions", ""},
		{"queues", "full", "GET", "/queues", ""},
		{"statuses", "full", "GET", "/statuses?queue=Service%20Desk", ""},
		{"types", "full", "GET", "/types?queue=Alerts", ""},
		{"priorities", "full", "GET", "/priorities", ""},
		{"sources", "full", "GET", "/sources", ""},
		{"custom_fields", "full", "GET", "/custom-fields?resource=ticket", ""},
		{"company", "full", "GET", "/companies/285", ""},
		{"contact", "full", "GET", "/contacts/729", ""},
		{"configuration", "full", "GET", "/configurations/3000", ""},
		{"configuration_fields", "full", "GET", "/custom-fields?resource=configuration", ""},
		{"technician", "full", "GET", "/technicians/154", ""},
		{"agent_readonly", "readonly", "GET", "/v1/agent", ""},
		{"connection", "full", "GET", "/v1/connections/cw", ""},
		{"check", "full", "POST", "/v1/connections/cw/checks", "{}"},
		{"refused_name", "full", "PATCH", "/tickets/10300", `{"priority":{"name":"Priority 2 - Hihg"}}`},
		{"refused_grant", "readonly", "PATCH", "/tickets/10300", `{"title":"x"}`},
		{"refused_field", "full", "PATCH", "/tickets/10300", `{"problem":{"id":"10000"}}`},
		{"dry_run", "full", "PATCH", "/tickets/10300?dry_run=true", `{"queue":{"name":"Alerts"},"owner":{"name":"Joy Okafor"}}`},
		{"update", "full", "PATCH", "/tickets/10301", `{"priority":{"level":1},"title":"Changed"}`},
	} {
		var body any
		if c.body != "" {
			body = c.body
		}
		r := w.do(c.agent, c.method, w.path(c.path), body)
		var got bytes.Buffer
		fmt.Fprintf(&got, "%s %s %s\n%d %s\n", c.method, c.path, c.body, r.status, r.header.Get("Content-Type"))
		if err := json.Indent(&got, []byte(r.body), "", "  "); err != nil {
			t.Fatalf("%s: %v: %s", c.name, err, r.body)
		}
		got.WriteByte('\n')
		text := got.Bytes()
		for _, p := range passing {
			text = p.pattern.ReplaceAll(text, []byte(p.with))
		}
		file := filepath.Join("testdata", c.name+".golden")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, want) {
			t.Errorf("%s differs from %s:\n%s", c.name, file, text)
		}
	}
}
