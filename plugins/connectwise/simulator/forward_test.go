package simulator_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
)

// walk follows a list's next links, at most so many, and returns the ids.
func (t *tenant) walk(path string, pages int) []int {
	t.Helper()
	var ids []int
	got := t.call("GET", path, "")
	for ; ; pages-- {
		var list []object
		if err := json.Unmarshal([]byte(got.text), &list); err != nil || got.status != 200 || pages == 0 {
			t.Fatalf("GET %s answered %d %.200s", path, got.status, got.text)
		}
		for _, r := range list {
			ids = append(ids, r.int("id"))
		}
		link := got.header.Get("Link")
		if link == "" {
			return ids
		}
		next, rel, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
		if rel != `; rel="next"` {
			t.Fatalf("GET %s links to %s", path, link)
		}
		got = t.do("GET", next, "")
	}
}

// TestEveryListPagesForwardOnly walks every list in either way of paging: both
// find the same records, by forward-only paging in the order of their ids.
func TestEveryListPagesForwardOnly(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ids := examples(tn)
	forward := tn.with("Pagination-Type", "forward-only")
	walked := 0
	for _, route := range simulator.Routes() {
		route, isGet := strings.CutPrefix(route, "GET ")
		op, _, _ := schema.Find("GET", route)
		if !isGet || !strings.HasPrefix(op.Answer, "[]") || route == "/system/audittrail" {
			continue
		}
		path, more := fill(t, route, ids), needs[route]
		records := tn.list(path + "?pageSize=1000" + more)
		walked++
		slices.SortFunc(records, func(a, b object) int { return cmp.Compare(a.int("id"), b.int("id")) })
		var want []int
		for _, r := range records {
			want = append(want, r.int("id"))
		}
		size := max(1, (len(want)+2)/3)
		if got := forward.walk(path+"?page=7&pageSize="+itoa(size)+more, 4); !slices.Equal(got, want) {
			t.Errorf("%s has the ids %v, walked %v", path, want, got)
		}
		if got := forward.call("GET", path+"?orderBy=id"+more, ""); got.status != 400 {
			t.Errorf("%s in another order answered %d", path, got.status)
		}
	}
	if walked < 80 {
		t.Errorf("%d lists", walked)
	}
}

// TestAuditTrailHasNumberedPagesAlone: it does not know forward-only paging.
func TestAuditTrailHasNumberedPagesAlone(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	for _, summary := range []string{"One", "Two", "Three"} {
		tn.want(200, "PATCH", path, `[{"op":"replace","path":"summary","value":"`+summary+`"}]`)
	}
	list := "/system/audittrail?type=Ticket&id=" + number(path) + "&pageSize=1"
	got := tn.with("Pagination-Type", "forward-only").call("GET", list, "")
	if link := got.header.Get("Link"); !strings.Contains(link, "page=2") || !strings.Contains(link, `rel="last"`) || strings.Contains(link, "pageId") {
		t.Errorf("links %s", link)
	}
}
