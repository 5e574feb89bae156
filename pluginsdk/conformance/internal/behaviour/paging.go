package behaviour

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// lists are the operations that page over all records of a tenant.
var lists = []string{
	"tickets.list", "companies.list", "contacts.list", "configurations.list", "time_entries.list", "schedule_entries.list",
}

func paging() []suite.Check {
	var checks []suite.Check
	for _, op := range lists {
		checks = append(checks, suite.Check{
			Name: "paging/" + op, About: "Pages of every size hold the same records in the same order, none twice and none lost.",
			Operations: []string{op},
			Run:        func(t *suite.T) { pages(t, op) },
		})
	}
	return checks
}

// pages walks a list in several page sizes: one, a few, one less than there are,
// as many as there are and one more.
func pages(t *suite.T, op string) {
	request := t.Request(op)
	whole := t.List(t.Conn(), op, request)
	if len(whole) == 0 {
		t.NotRun("there is no record to list")
	}
	n := int32(len(whole))
	for _, size := range []int32{7, min(n, suite.MaxPage), min(n+1, suite.MaxPage), max(min(n, suite.MaxPage)-1, 1)} {
		var got []protoreflect.Message
		pages := t.Walk(t.Conn(), op, request, size)
		for i, page := range pages {
			if len(page) == 0 && i > 0 {
				t.Logf("%s: page %d of %d rows is empty", op, i+1, size)
			}
			got = append(got, page...)
		}
		same(t, op, size, whole, got)
	}
}

func same(t *suite.T, op string, size int32, want, got []protoreflect.Message) {
	seen := map[string]bool{}
	for _, row := range got {
		if seen[suite.ID(row)] {
			t.Errorf("%s in pages of %d answers %s twice", op, size, suite.ID(row))
		}
		seen[suite.ID(row)] = true
	}
	for i, row := range want {
		switch {
		case !seen[suite.ID(row)]:
			t.Errorf("%s in pages of %d lacks %s, which pages of %d have", op, size, suite.ID(row), suite.MaxPage)
		case len(got) == len(want) && suite.ID(got[i]) != suite.ID(row):
			t.Errorf("%s in pages of %d has %s at place %d, pages of %d have %s there", op, size, suite.ID(got[i]), i+1, suite.MaxPage, suite.ID(row))
			return
		}
	}
}
