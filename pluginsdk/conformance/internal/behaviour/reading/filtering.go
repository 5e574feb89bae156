package reading

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// filtered are the lists that have filters.
var filtered = []string{
	"tickets.list", "companies.list", "contacts.list", "configurations.list", "time_entries.list", "schedule_entries.list",
	"notes.list", "sites.list", "technicians.list", "catalogue.catalog_items",
}

func filtering() []suite.Check {
	var checks []suite.Check
	for _, op := range filtered {
		checks = append(checks, suite.Check{
			Name: "filtering/" + op, About: "Each filter leaves what a look at all records leaves, by name and by id, for one value and for several.",
			Operations: []string{op}, Run: func(t *suite.T) { listing(t, op).singles() },
		})
		if len(filter.Of(op)) > 1 {
			checks = append(checks, suite.Check{
				Name: "filtering_pairs/" + op, About: "Two filters leave what both of them leave.",
				Operations: []string{op}, Run: func(t *suite.T) { listing(t, op).pairs() },
			})
		}
		if !slices.ContainsFunc(filter.Of(op), filter.Filter.TakesAnything) {
			continue
		}
		checks = append(checks, suite.Check{
			Name: "filtering_values/" + op, About: "A value that nothing has leaves nothing or is refused by its name, whatever it looks like to the PSA.",
			Operations: []string{op}, Run: func(t *suite.T) { listing(t, op).values() },
		})
	}
	return checks
}

// filteredList is a list, and all that it holds.
type filteredList struct {
	*suite.T
	op      string
	request proto.Message
	table   *filter.Table
	ids     map[string]int // the rows by id
	tried   int
	refused map[string]bool // filters that the connector says it refuses, and does
}

func listing(t *suite.T, op string) *filteredList {
	if op == "tickets.list" {
		enrich(t)
	}
	vary(t, op)
	l := &filteredList{T: t, op: op, request: everything(t, op), ids: map[string]int{}, refused: map[string]bool{}}
	rows := t.List(t.Conn(), op, withParts(l.request, psav1.Include_CUSTOM_FIELDS))
	if len(rows) == 0 {
		t.NotRun("there is no record to list")
	}
	l.table = filter.NewTable(rows)
	for i, row := range rows {
		l.ids[suite.ID(row)] = i
	}
	return l
}

func (l *filteredList) singles() {
	for _, f := range filter.Of(l.op) {
		cases := l.table.Singles(f, l.request.ProtoReflect().Descriptor())
		if !l.table.Tells(cases) {
			l.Logf("all records are alike for the filter %s, so that nothing is shown of it", f.Name)
		}
		for _, c := range cases {
			l.try(c)
		}
	}
	l.end()
}

func (l *filteredList) pairs() {
	filters := filter.Of(l.op)
	for i, a := range filters {
		for _, b := range filters[i:] {
			if a.Name == b.Name && a.Name != "custom_field" {
				continue
			}
			for _, pair := range l.table.Pairs(a, b) {
				l.try(pair...)
			}
		}
	}
	l.end()
}

func (l *filteredList) values() {
	for _, f := range filter.Of(l.op) {
		for _, c := range append(f.Nothing(l.table.Rows), f.Hostile()...) {
			l.try(c)
		}
	}
	l.end()
}

// end is the verdict on what was tried.
func (l *filteredList) end() {
	for name := range l.refused {
		l.Logf("the filter %s is not supported, as the connector says", name)
	}
	if l.tried == 0 {
		l.NotRun("no filter could be tried")
	}
}

// try lists with filters and holds the answer against the records.
func (l *filteredList) try(cases ...filter.Case) {
	request := proto.Clone(l.request)
	var words []string
	kept := 0
	for _, c := range cases {
		if l.refused[c.Filter] {
			return
		}
		c.Set(request.ProtoReflect())
		words = append(words, c.Words())
	}
	for _, row := range l.table.Rows {
		if filter.All(cases, row) == filter.Keeps {
			kept++
		}
	}
	with := l.op + " with " + strings.Join(words, " and ")
	pages, err := l.Pages(l.Conn(), l.op, request, int32(min(kept/3+1, suite.MaxPage)))
	if err != nil {
		l.refusal(with, cases, err)
		return
	}
	l.tried++
	l.judge(with, cases, slices.Concat(pages...))
}

// refusal judges that a list is refused.
func (l *filteredList) refusal(with string, cases []filter.Case, err error) {
	f := suite.Fault(err)
	names := func(c filter.Case) bool {
		return slices.ContainsFunc(f.Violations, func(v fault.Violation) bool { return strings.HasPrefix(v.Field, c.Filter) })
	}
	at := slices.IndexFunc(cases, names)
	switch {
	case at < 0 && (f.Code == fault.CodeFieldNotSupported || f.Code == fault.CodeInvalidArgument):
		l.Errorf("%s is refused, and no violation has the filter's name: %s", with, suite.Words(err))
	case f.Code == fault.CodeFieldNotSupported && l.Unsupported(l.op, cases[at].Filter):
		l.refused[cases[at].Filter] = true
	case f.Code == fault.CodeFieldNotSupported && !cases[at].MayRefuse:
		l.Errorf("%s is refused as not supported, and the connector's unsupported_filters of %s do not have %s: %s", with, l.op, cases[at].Filter, suite.Words(err))
	case f.Code == fault.CodeFieldNotSupported, f.Code == fault.CodeInvalidArgument && cases[at].MayRefuse:
		l.tried++
	default:
		l.Errorf("%s: %s", with, suite.Words(err))
	}
}

// told bounds the rows that a message is about.
const told = 3

// judge holds the rows of an answer against all records.
func (l *filteredList) judge(with string, cases []filter.Case, got []protoreflect.Message) {
	seen := map[string]bool{}
	var wrong, lost, unknown []string
	for _, row := range got {
		id := suite.ID(row)
		if seen[id] {
			l.Errorf("%s answers %s twice", with, id)
		}
		seen[id] = true
		i, known := l.ids[id]
		if !known {
			unknown = append(unknown, id)
			continue
		}
		for _, c := range cases {
			if c.Judge(l.table.Rows[i]) == filter.Drops {
				wrong = append(wrong, id+", "+c.Says(l.table.Rows[i]))
				break
			}
		}
	}
	for _, row := range l.table.Rows {
		if filter.All(cases, row) == filter.Keeps && !seen[suite.ID(row)] {
			lost = append(lost, suite.ID(row)+", "+cases[0].Says(row))
		}
	}
	l.about(with+" lacks", lost)
	l.about(with+" answers", wrong)
	l.about(with+" answers what the list without filters does not have:", unknown)
}

func (l *filteredList) about(what string, rows []string) {
	switch n := len(rows); {
	case n == 0:
	case n <= told:
		l.Errorf("%s %s", what, strings.Join(rows, "; "))
	default:
		l.Errorf("%s %s; and %d more", what, strings.Join(rows[:told], "; "), n-told)
	}
}
