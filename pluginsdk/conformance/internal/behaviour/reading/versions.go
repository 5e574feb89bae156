package reading

import (
	"slices"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

func etags() []suite.Check {
	var checks []suite.Check
	for _, m := range movers {
		if m.update == "" {
			continue
		}
		r := resources[slices.IndexFunc(resources, func(r resource) bool { return r.list == m.list })]
		checks = append(checks, suite.Check{
			Name: "reading_etags/" + m.list, About: "A record's etag changes when the record does, alike in the list and alone, and no other record's does.",
			Operations: []string{r.list, r.get, m.update}, Writes: true, Run: func(t *suite.T) { m.versions(t, r) },
		})
	}
	return append(checks, suite.Check{
		Name: "reading_clock/tickets", About: "A ticket that is made now was made now.",
		Operations: []string{"tickets.list", "tickets.get", "tickets.create"}, Writes: true, Run: clock,
	})
}

// skew is how far the clocks of a PSA and of this machine may be apart, and zones
// how far a time of another zone is: a PSA further away keeps a time of its own.
const (
	skew  = 5 * time.Minute
	zones = 26 * time.Hour
)

// clock makes a ticket and looks when it says that it was made.
func clock(t *suite.T) {
	m := movers[slices.IndexFunc(movers, func(m mover) bool { return m.list == "tickets.list" })]
	rows := t.List(t.Conn(), m.list, t.Request(m.list))
	if len(rows) == 0 {
		t.NotRun("there is no ticket to make one like")
	}
	begun := time.Now()
	t.Must(m.add(t, rows[0], "conformance, what time it is"))
	ended := time.Now()
	for _, row := range t.List(t.Anew(), m.list, t.Request(m.list)) {
		if slices.ContainsFunc(rows, func(old protoreflect.Message) bool { return suite.ID(old) == suite.ID(row) }) {
			continue
		}
		for _, path := range []string{"created_at", "updated_at"} {
			at, ok := field.Time(row, path)
			switch off := max(begun.Sub(at), at.Sub(ended)); {
			case !ok:
				t.Errorf("%s, which was made just now, has no %s", suite.ID(row), path)
			case off > zones:
				t.Logf("%s was made at %s, and the PSA says %s: it keeps a time of its own", suite.ID(row), begun.UTC().Format(time.RFC3339), at.Format(time.RFC3339))
			case off > skew:
				t.Errorf("%s was made at %s, and its %s is %s", suite.ID(row), begun.UTC().Format(time.RFC3339), path, at.Format(time.RFC3339))
			}
		}
		return
	}
	t.Errorf("tickets.list lacks a ticket that was made just now")
}

// versions changes one record and looks at the etags of that one and of others.
func (m mover) versions(t *suite.T, r resource) {
	request := m.request(t)
	rows := t.List(t.Conn(), m.list, request)
	for _, row := range slices.Backward(rows) {
		if m.list == "tickets.list" && len(changeable([]protoreflect.Message{row})) == 0 || field.Text(row, "locked") == "true" {
			continue
		}
		before, _ := r.read(t, row)
		t.Must(m.change(t, row, "conformance, another text"))
		after, _ := r.read(t, row)
		if field.Text(after, "etag") == field.Text(before, "etag") {
			t.Errorf("%s was changed, and its etag is %s as before", suite.ID(row), field.Text(after, "etag"))
		}
		for _, now := range t.List(t.Anew(), m.list, request) {
			if suite.ID(now) == suite.ID(row) && field.Text(now, "etag") != field.Text(after, "etag") {
				t.Errorf("%s has the etag %s in %s, and %s in %s", suite.ID(row), field.Text(now, "etag"), m.list, field.Text(after, "etag"), r.get)
			}
			old := slices.IndexFunc(rows, func(old protoreflect.Message) bool { return suite.ID(old) == suite.ID(now) })
			if suite.ID(now) != suite.ID(row) && old >= 0 && field.Text(rows[old], "etag") != field.Text(now, "etag") {
				t.Errorf("%s was changed, and the etag of %s too", suite.ID(row), suite.ID(now))
			}
		}
		return
	}
	t.NotRun("there is no record that can be changed")
}
