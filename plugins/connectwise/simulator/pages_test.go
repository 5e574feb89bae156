package simulator_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var linkPattern = regexp.MustCompile(`<([^>]*)>; rel="([a-z]+)"`)

func links(header string) map[string]string {
	out := map[string]string{}
	for _, m := range linkPattern.FindAllStringSubmatch(header, -1) {
		out[m[2]] = m[1]
	}
	return out
}

func rels(header string) string {
	l := links(header)
	var out []string
	for _, rel := range []string{"first", "prev", "next", "last"} {
		if _, ok := l[rel]; ok {
			out = append(out, rel)
		}
	}
	return strings.Join(out, " ")
}

func TestPagesByNumber(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for _, tt := range []struct {
		query string
		count int
		rels  string
		prev  string
	}{
		{"", 25, "next last", ""},
		{"pageSize=5000", 420, "", ""}, // capped at 1000 in silence
		{"pageSize=200&page=2", 200, "first prev next last", "1"},
		{"pageSize=200&page=3", 20, "first prev", "2"},
		{"pageSize=200&page=4", 0, "first prev", "3"},
		{"pageSize=200&page=9999", 0, "first prev", "3"}, // the last there is
		{"page=2147483647&pageSize=1000", 0, "first prev", "1"},
	} {
		got := tn.call("GET", "/service/tickets?fields=id&"+tt.query, "")
		var list []object
		if err := json.Unmarshal([]byte(got.text), &list); err != nil || got.status != 200 {
			t.Fatalf("%s: %d %s", tt.query, got.status, got.text)
		}
		if prev := links(got.header.Get("Link"))["prev"]; tt.prev != "" && !strings.Contains(prev, "page="+tt.prev+"&") {
			t.Errorf("%s: the page before is %s, want %s", tt.query, prev, tt.prev)
		}
		if len(list) != tt.count || rels(got.header.Get("Link")) != tt.rels {
			t.Errorf("%s: %d tickets, links %q; want %d, %q", tt.query, len(list), rels(got.header.Get("Link")), tt.count, tt.rels)
		}
	}
	for _, bad := range []string{"page=0", "pageSize=x", "pageSize=-1"} {
		tn.want(400, "GET", "/service/tickets?"+bad, "")
	}
}

func TestNextLinksKeepTheQuery(t *testing.T) {
	t.Parallel()
	tn := start(t)
	const query = `conditions=board/name = "Alerts" and summary like '%{x'&orderBy=id desc&pageSize=3`
	first := tn.call("GET", "/service/tickets?"+strings.Replace(query, "%{x", "%", 1), "")
	next, err := url.Parse(links(first.header.Get("Link"))["next"])
	if err != nil {
		t.Fatal(err)
	}
	if q := next.Query(); q.Get("page") != "2" || q.Get("conditions") != `board/name = "Alerts" and summary like '%'` || q.Get("orderBy") != "id desc" {
		t.Errorf("next is %v", q)
	}
	if got := tn.do("GET", next.String(), ""); got.status != 200 {
		t.Errorf("following it: %d %s", got.status, got.text)
	}
}

func TestForwardOnlyPaging(t *testing.T) {
	t.Parallel()
	tn := start(t).with("pagination-type", "forward-only")
	var seen []int
	next := tn.sim.URL + "/v4_6_release/apis/3.0/service/tickets?pageSize=100&fields=id&page=9"
	for next != "" {
		got := tn.do("GET", next, "")
		var list []object
		if err := json.Unmarshal([]byte(got.text), &list); err != nil || got.status != 200 {
			t.Fatalf("%s: %d %s", next, got.status, got.text)
		}
		for _, r := range list {
			seen = append(seen, r.int("id"))
		}
		next = links(got.header.Get("Link"))["next"]
		if r := rels(got.header.Get("Link")); r != "next" && r != "" {
			t.Errorf("links %q", r)
		}
	}
	if len(seen) != 420 || !slices.IsSorted(seen) {
		t.Errorf("%d tickets, sorted %v", len(seen), slices.IsSorted(seen))
	}
	tn.want(400, "GET", "/service/tickets?orderBy=id", "")
	if got := tn.call("GET", "/service/tickets?pageId=99999", ""); got.text != "[]" {
		t.Errorf("past the end: %s", got.text)
	}
}
