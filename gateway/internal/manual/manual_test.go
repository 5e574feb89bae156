package manual_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/deskgate/deskgate/docs"

	"github.com/deskgate/deskgate/gateway/internal/manual"
)

var (
	hrefs = regexp.MustCompile(`href="([^"]*)"`)
	ids   = regexp.MustCompile(`id="([^"]*)"`)
)

// TestDocumentation renders what the gateway serves, and follows its links.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	site, err := manual.New(docs.Pages)
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]map[string]bool{}
	for path, page := range site.Pages {
		anchors[path] = map[string]bool{}
		for _, m := range ids.FindAllStringSubmatch(string(page), -1) {
			if anchors[path][m[1]] {
				t.Errorf("%s has two places #%s", path, m[1])
			}
			anchors[path][m[1]] = true
		}
	}
	for path, page := range site.Pages {
		for _, want := range []string{"<title>", "<h1", `name="viewport"`} {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s has no %s", path, want)
			}
		}
		if strings.Contains(string(page), "<script") || strings.Contains(string(page), "raw HTML omitted") {
			t.Errorf("%s has a script, or lacks what its file has", path)
		}
		for _, m := range hrefs.FindAllStringSubmatch(string(page), -1) {
			at := (&url.URL{Path: path}).ResolveReference(parsed(t, m[1]))
			if at.Scheme == "https" {
				continue
			}
			to, anchor, anchored := at.Path, at.Fragment, at.Fragment != ""
			if site.Pages[to] == nil || anchored && !anchors[to][anchor] {
				t.Errorf("%s has a link to %s, which is not there", path, m[1])
			}
		}
	}
	for _, path := range []string{"/docs", "/docs/errors", "/docs/api", "/docs/admin", "/docs/protocol", "/docs/write-a-connector", "/docs/conformance", "/docs/connectors/connectwise"} {
		if site.Pages[path] == nil {
			t.Errorf("there is no page %s", path)
		}
	}
}

func parsed(t *testing.T, href string) *url.URL {
	t.Helper()
	u, err := url.Parse(html.UnescapeString(href))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestRendering(t *testing.T) {
	t.Parallel()
	site, err := manual.New(fstest.MapFS{
		"README.md": {Data: []byte("# A & B\n\n[two](two.md#in_two), [away](https://example.com/x.md)\n")},
		"two.md":    {Data: []byte("# Two\n\n[index](README.md), [self](two.md), [here](#in_two)\n\n## `in_two`\n\n## In Two?\n\n## In two\n\n|a|b|\n|---|---|\n|`x`|<script>alert(1)</script>|\n")},
		"other.txt": {Data: []byte("not a page")},
	})
	if err != nil || len(site.Pages) != 2 {
		t.Fatal(err, site)
	}
	for path, wants := range map[string][]string{
		"/docs":     {"<title>A &amp; B · Deskgate</title>", `<a href="docs/two#in_two">two</a>`, `<a href="https://example.com/x.md">`},
		"/docs/two": {`<a href="../docs">index</a>`, `<a href="two">self</a>`, `<a href="#in_two">`, `id="in_two"`, `id="in-two"`, `id="in-two-1"`, "<td><code>x</code></td>"},
	} {
		for _, want := range wants {
			if !strings.Contains(string(site.Pages[path]), want) {
				t.Errorf("%s has no %s:\n%s", path, want, site.Pages[path])
			}
		}
		if strings.Contains(string(site.Pages[path]), "<script") {
			t.Errorf("%s has a script", path)
		}
	}
	if _, err := manual.New(fstest.MapFS{"a.md": {Data: []byte("[b](b.md)")}}); err == nil || !strings.Contains(err.Error(), "a.md: the link to b.md leads to no page") {
		t.Errorf("a link that leads nowhere: %v", err)
	}
}
