package reading

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// witnesses are the resources that a conformance file may have a witness of, with
// the list of their records.
var witnesses = map[string]string{
	"ticket": "tickets.list", "company": "companies.list", "contact": "contacts.list", "configuration": "configurations.list",
	"time_entry": "time_entries.list", "schedule_entry": "schedule_entries.list", "technician": "technicians.list",
	"note": "notes.list", "attachment": "attachments.list",
}

func witnessed() []suite.Check {
	var checks []suite.Check
	for _, name := range slices.Sorted(maps.Keys(witnesses)) {
		r := resources[slices.IndexFunc(resources, func(r resource) bool { return r.list == witnesses[name] })]
		checks = append(checks, suite.Check{
			Name: "reading_truth/" + strings.TrimSuffix(r.list, ".list"), About: "What is read is what the PSA holds, and the list lacks nothing of it.",
			Operations: []string{r.list, r.get}, Needs: []string{simulated.State}, Run: func(t *suite.T) { r.true(t, name) },
		})
	}
	return checks
}

func (r resource) true(t *suite.T, name string) {
	w := t.File.Witnesses[name]
	if w == nil {
		t.NotRun("the conformance file has no witness %q", name)
	}
	raw, err := t.Simulator.Records(t.Context(), w.Collection)
	t.Must(err)
	held := map[string]json.RawMessage{}
	for _, one := range raw {
		held[idOf(one)] = one
	}
	rows := t.List(t.Conn(), r.list, everything(t, r.list))
	listed := map[string]bool{}
	looked := 0
	for _, row := range rows {
		listed[suite.ID(row)] = true
	}
	for _, row := range varied(rows) {
		one := held[suite.ID(row)]
		if one == nil {
			continue // such as the text of a time entry among notes
		}
		looked++
		fields, err := w.Holds(one)
		t.Must(err)
		got, _ := r.read(t, row)
		for _, path := range slices.Sorted(maps.Keys(fields)) {
			if !means(fields[path], field.Text(got, path)) {
				t.Errorf("%s of %s has the %s %s; the PSA holds %q", r.get, suite.ID(row), path, field.Words(got, path), fields[path])
			}
		}
	}
	if looked == 0 {
		t.NotRun("the simulator holds none of the records that are listed")
	}
	if over[r.list] == "" {
		r.complete(t, held, listed)
	}
}

// complete holds that what the PSA has and the list lacks cannot be read either: it
// is no record of the resource.
func (r resource) complete(t *suite.T, held map[string]json.RawMessage, listed map[string]bool) {
	tried := 0
	for id := range held {
		if listed[id] || id == "" || tried == sampled {
			continue
		}
		tried++
		if _, err := t.Call(t.Context(), t.Conn(), r.get, t.Ask(r.get, id)); err == nil {
			t.Errorf("the PSA holds %s, which %s answers and %s lacks", id, r.get, r.list)
		}
	}
}

// idOf is the id of a record as the simulator stores it.
func idOf(raw json.RawMessage) string {
	var record struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(raw, &record) != nil {
		return ""
	}
	return strings.Trim(string(record.ID), `"`)
}

// means tells whether a value that the PSA holds is the one that is read: what is
// nothing there is unset here, and a time may be written in another way.
func means(held, read string) bool {
	if held == read || read == "" && (held == "" || held == "0" || held == "false") {
		return true
	}
	a, errA := time.Parse(time.RFC3339, held)
	b, errB := time.Parse(time.RFC3339, read)
	return errA == nil && errB == nil && a.Equal(b) || lines(held) == lines(read)
}

// lines is a text without what only its transport needs.
func lines(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }
