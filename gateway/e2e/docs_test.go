package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocsAreServed reads the pages as a browser does that has no token.
func TestDocsAreServed(t *testing.T) {
	t.Parallel()
	w := start(t)
	for path, want := range map[string]string{
		"/docs":                   `href="docs/errors"`,
		"/docs/api":               "<h1",
		"/docs/admin":             "<h1",
		"/docs/protocol":          "<h1",
		"/docs/write-a-connector": "<h1",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := w.send(spelled(t, w.url, method+" "+path)).want(t, 200)
			if got := r.header.Get("Content-Type"); got != "text/html; charset=utf-8" {
				t.Errorf("%s is %s", path, got)
			}
			if policy := r.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") {
				t.Errorf("%s has the policy %s", path, policy)
			}
			if method == http.MethodGet && !strings.Contains(r.body, want) {
				t.Errorf("%s has no %s: %s", path, want, r.body)
			}
		}
	}
	// Where the type of a problem leads, the code is explained.
	for _, path := range []string{"/tickets?quue=x", "/tickets?page_size=201", "/nowhere"} {
		page, anchor, _ := strings.Cut(w.get(path).text("type"), "#")
		if r := w.send(spelled(t, w.url, "GET "+page)).want(t, 200); anchor == "" || !strings.Contains(r.body, `id="`+anchor+`"`) {
			t.Errorf("%s#%s is not there", page, anchor)
		}
	}
}

// example is a request and its answer in the documentation.
var example = regexp.MustCompile("(?s)```http\n(.*?)```\n```json\n(.*?)```")

// TestErrorExamples makes the requests of the documentation and compares the
// answers with those that stand there; -update writes them.
func TestErrorExamples(t *testing.T) {
	t.Parallel()
	file := filepath.Join(filepath.Dir(bin), "docs/errors.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w, env := exampleWorld(t)
	found := 0
	text = example.ReplaceAllFunc(text, func(block []byte) []byte {
		found++
		parts := example.FindSubmatch(block)
		r := w.send(spelled(t, w.url, os.Expand(string(parts[1]), func(name string) string { return env[name] })))
		if r.status < 400 || r.text("request_id") == "" {
			t.Errorf("%s\nis answered %d: %s", parts[1], r.status, r.body)
		}
		r.json["request_id"] = "01936f3c-7d2a-7c52-b9f1-5f2c8f3f8a11"
		var documented map[string]any
		if err := json.Unmarshal(parts[2], &documented); err != nil {
			t.Fatalf("%v: %s", err, parts[2])
		}
		if diff := cmp.Diff(documented, r.json); diff != "" && !*update {
			t.Errorf("%s\nis not answered as it stands there (-documented +got):\n%s", parts[1], diff)
		}
		var answer bytes.Buffer
		body := regexp.MustCompile(`"request_id":"[^"]*"`).ReplaceAllString(r.body, `"request_id":"01936f3c-7d2a-7c52-b9f1-5f2c8f3f8a11"`)
		if err := json.Indent(&answer, []byte(body), "", "  "); err != nil {
			t.Fatal(err)
		}
		return []byte("```http\n" + string(parts[1]) + "```\n```json\n" + answer.String() + "\n```")
	})
	if found < 3 {
		t.Errorf("there are %d examples", found)
	}
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// spelled makes a request of how it stands in the documentation.
func spelled(t *testing.T, url, text string) *http.Request {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	line, head, _ := strings.Cut(head, "\n")
	method, path, _ := strings.Cut(line, " ")
	request, err := http.NewRequest(method, url+path, strings.NewReader(strings.TrimSpace(body)))
	if err != nil {
		t.Fatal(err)
	}
	header, err := http.ReadRequest(bufio.NewReader(io.MultiReader(
		strings.NewReader("GET / HTTP/1.1\r\nHost: x\r\n"), strings.NewReader(strings.TrimSpace(head)+"\n\n"))))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header.Header
	return request
}
