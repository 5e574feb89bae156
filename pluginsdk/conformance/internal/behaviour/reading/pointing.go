package reading

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// pointer is a field of records that points at records of another list.
type pointer struct{ list, path, to string }

var pointers = []pointer{
	{"tickets.list", "owner", "technicians"}, {"tickets.list", "co_owners", "technicians"},
	{"tickets.list", "company", "companies"}, {"tickets.list", "contact", "contacts"}, {"tickets.list", "configurations", "configurations"},
	{"tickets.list", "parent", "tickets"}, {"tickets.list", "merged_into", "tickets"},
	{"companies.list", "parent", "companies"}, {"companies.list", "account_manager", "technicians"},
	{"contacts.list", "company", "companies"},
	{"configurations.list", "company", "companies"}, {"configurations.list", "contact", "contacts"}, {"configurations.list", "parent", "configurations"},
	{"time_entries.list", "ticket", "tickets"}, {"time_entries.list", "technician", "technicians"},
	{"schedule_entries.list", "ticket", "tickets"}, {"schedule_entries.list", "technician", "technicians"},
}

func pointing() []suite.Check {
	of := map[string][]pointer{}
	var checks []suite.Check
	for _, p := range pointers {
		if of[p.list] == nil {
			checks = append(checks, suite.Check{
				Name:       "reading_references/" + strings.TrimSuffix(p.list, ".list"),
				About:      "What a record points at can be found in the list of those records, and is called the same there.",
				Operations: []string{p.list},
				Run:        func(t *suite.T) { point(t, of[p.list]) },
			})
		}
		of[p.list] = append(of[p.list], p)
	}
	return checks
}

func point(t *suite.T, pointers []pointer) {
	if pointers[0].list == "tickets.list" {
		enrich(t)
	}
	found := 0
	for _, p := range pointers {
		if t.Serves(p.to+".list") && t.Serves(p.to+".get") {
			found += p.follow(t)
		}
	}
	if found == 0 {
		t.NotRun("no record points at one that can be listed")
	}
}

// follow looks for all that the field points at, and counts what it found.
func (p pointer) follow(t *suite.T) int {
	targets := map[string]protoreflect.Message{}
	for _, row := range t.List(t.Conn(), p.to+".list", t.Request(p.to+".list")) {
		targets[suite.ID(row)] = row
	}
	found, gone := 0, map[string]bool{}
	for _, row := range p.rows(t) {
		for _, ref := range references(row, p.path) {
			id := suite.ID(ref)
			target := targets[id]
			switch {
			case id == "" || gone[id]: // which another check is about
			case target == nil:
				gone[id] = true
				p.missing(t, row, ref)
			default:
				found++
				p.agrees(t, row, ref, target)
			}
		}
	}
	if found == 0 {
		t.Logf("no record of %s points at one of %s.list in %s", p.list, p.to, p.path)
	}
	return found
}

// rows are the records that may point at others.
func (p pointer) rows(t *suite.T) []protoreflect.Message {
	request := t.Request(p.list)
	if part := partOf(p.path); part != psav1.Include_UNSPECIFIED {
		request = withParts(request, part)
	}
	return t.List(t.Conn(), p.list, request)
}

// missing judges a reference to what the list lacks: a record that was deleted can
// be gone, but then it cannot be read either.
func (p pointer) missing(t *suite.T, row, ref protoreflect.Message) {
	_, err := t.Call(t.Context(), t.Conn(), p.to+".get", t.Ask(p.to+".get", suite.ID(ref)))
	switch {
	case err == nil:
		t.Errorf("%s of %s has the %s %s, which %s.get answers and %s.list lacks", p.list, suite.ID(row), p.path, field.Show(ref), p.to, p.to)
	case suite.Fault(err).Code != fault.CodeNotFound:
		t.Errorf("%s of %s has the %s %s, which %s.list lacks, and %s.get: %s", p.list, suite.ID(row), p.path, field.Show(ref), p.to, p.to, suite.Words(err))
	default:
		t.Logf("%s of %s has the %s %s, which is gone", p.list, suite.ID(row), p.path, field.Show(ref))
	}
}

// agrees holds a reference against the record that it points at.
func (p pointer) agrees(t *suite.T, row, ref, target protoreflect.Message) {
	name := "name"
	if p.to == "tickets" {
		name = "number"
	}
	if said := field.Text(ref, "name"); said != "" && said != field.Text(target, name) && said != field.Text(target, "title") {
		t.Errorf("%s of %s has the %s %s, and %s.list calls it %s", p.list, suite.ID(row), p.path, field.Show(ref), p.to, field.Words(target, name))
	}
}
