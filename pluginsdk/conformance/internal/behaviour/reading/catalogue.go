package reading

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// use is a field of records that points at a catalogue.
type use struct {
	list, path string
	// agrees are the fields that the reference and the catalogue both have.
	agrees []string
	// level is the level of the classification that the field holds; "" elsewhere.
	level string
}

// catalogue is a list of what fields may hold.
type catalogue struct {
	op   string
	uses []use
	// unlike are the fields that tell two entries of one id apart.
	unlike []string
	// filters are fields of the request that leave the entries of one queue or kind.
	filters []string
}

var named = []string{"name"}

var everyCatalogue = []catalogue{
	{op: "catalogue.queues", uses: []use{{"tickets.list", "queue", named, ""}, {"technicians.list", "queues", named, ""}}},
	{
		op: "catalogue.statuses", uses: []use{{"tickets.list", "status", []string{"name", "category"}, ""}},
		unlike: []string{"queue.id", "kinds"}, filters: []string{"queue", "kind"},
	},
	{op: "catalogue.priorities", uses: []use{{"tickets.list", "priority", []string{"name", "level"}, ""}}, unlike: []string{"sla.id"}, filters: []string{"kind"}},
	{
		op: "catalogue.types", uses: []use{{"tickets.list", "type", named, "1"}, {"tickets.list", "subtype", named, "2"}, {"tickets.list", "item", named, "3"}},
		unlike: []string{"queue.id", "kinds", "level"}, filters: []string{"queue", "kind"},
	},
	{op: "catalogue.record_types", uses: []use{{"tickets.list", "record_type", named, ""}}},
	{op: "catalogue.sources", uses: []use{{"tickets.list", "source", named, ""}}},
	{op: "catalogue.work_types", uses: []use{{"time_entries.list", "work_type", named, ""}, {"tickets.list", "work_type", named, ""}}},
	{op: "catalogue.work_roles", uses: []use{{"time_entries.list", "work_role", named, ""}, {"technicians.list", "work_roles", named, ""}}},
	{op: "catalogue.resolution_codes", uses: []use{{"tickets.list", "resolution.code", named, ""}}, unlike: []string{"kinds"}, filters: []string{"kind"}},
	{op: "catalogue.configuration_types", uses: []use{{"configurations.list", "type", named, ""}}},
	{op: "catalogue.configuration_statuses", uses: []use{{"configurations.list", "status", named, ""}}},
	{op: "catalogue.schedule_statuses", uses: []use{{"schedule_entries.list", "status", named, ""}}},
	{op: "catalogue.catalog_items"},
}

func catalogues() []suite.Check {
	var checks []suite.Check
	for _, c := range everyCatalogue {
		checks = append(checks, suite.Check{
			Name: strings.Replace(c.op, ".", "/", 1), About: "It lists every value that records have, by the same name, once, and only those of the queue and kind that are asked for.",
			Operations: []string{c.op}, Run: c.run,
		})
	}
	return append(checks, suite.Check{
		Name: "catalogue/custom_fields", About: "Every custom field that records carry is defined, and its values are of the type that the definition says.",
		Operations: []string{"catalogue.custom_fields"}, Run: customFields,
	})
}

func (c catalogue) run(t *suite.T) {
	entries := c.entries(t, t.Request(c.op))
	if len(entries) == 0 {
		t.NotRun("it is empty")
	}
	c.sound(t, entries)
	for _, u := range c.uses {
		c.holds(t, u, entries)
	}
	for _, name := range c.filters {
		c.narrow(t, name, entries)
	}
	if c.op == "catalogue.work_roles" {
		rolesOf(t)
	}
}

func (c catalogue) entries(t *suite.T, request proto.Message) []protoreflect.Message {
	if request.ProtoReflect().Descriptor().Fields().ByName("page_size") != nil {
		return t.List(t.Conn(), c.op, request)
	}
	response, err := t.Call(t.Context(), t.Conn(), c.op, request)
	t.Must(err)
	return suite.Rows(response)
}

// sound holds the entries against each other.
func (c catalogue) sound(t *suite.T, entries []protoreflect.Message) {
	seen := map[string]bool{}
	active := false
	for _, e := range entries {
		apart := []string{suite.ID(e)}
		for _, path := range c.unlike {
			apart = append(apart, field.Words(e, path))
		}
		same := strings.Join(apart, "|")
		switch {
		case suite.ID(e) == "" || field.Text(e, "name") == "":
			t.Errorf("%s has an entry with the id %q and the name %q; it needs both", c.op, suite.ID(e), field.Text(e, "name"))
		case seen[same]:
			t.Errorf("%s has %s twice", c.op, field.Show(e))
		}
		seen[same] = true
		active = active || field.Text(e, "active") == "true"
		plausible(t, c.op+" "+suite.ID(e), e)
		c.hangs(t, e, entries)
	}
	if !active {
		t.Errorf("%s has no entry that is active, so that nothing could be written", c.op)
	}
}

// hangs holds an entry against those that it points at.
func (c catalogue) hangs(t *suite.T, e protoreflect.Message, entries []protoreflect.Message) {
	v, _, ok := field.At(e, "parents")
	if !ok {
		return
	}
	for i := range v.List().Len() {
		parent := v.List().Get(i).Message()
		if !slices.ContainsFunc(entries, func(p protoreflect.Message) bool {
			return suite.ID(p) == suite.ID(parent) && field.Text(p, "level") < field.Text(e, "level")
		}) {
			t.Errorf("%s: %s hangs under %s, which is no entry of a level above", c.op, field.Show(e), field.Show(parent))
		}
	}
}

// holds looks for what records point at.
func (c catalogue) holds(t *suite.T, u use, entries []protoreflect.Message) {
	if !t.Serves(u.list) {
		return
	}
	request := t.Request(u.list)
	if u.path == "resolution.code" {
		request = withParts(request, psav1.Include_DESCRIPTION)
	}
	used := 0
	for _, row := range t.List(t.Conn(), u.list, request) {
		for _, ref := range references(row, u.path) {
			used++
			if said := c.disagrees(u, row, ref, entries); said != "" {
				t.Errorf("%s of %s has the %s %s, %s", u.list, suite.ID(row), strings.ReplaceAll(u.path, "_", " "), field.Show(ref), said)
			}
		}
	}
	if used == 0 {
		t.Logf("no record of %s has a value in %s", u.list, u.path)
	}
}

// disagrees says what is wrong with a reference; "" where an entry is what it
// says.
func (c catalogue) disagrees(u use, row, ref protoreflect.Message, entries []protoreflect.Message) string {
	said := "which " + c.op + " lacks"
	for _, e := range entries {
		if suite.ID(e) != suite.ID(ref) || !c.mayHave(u, row, e) {
			continue
		}
		said = ""
		for _, path := range u.agrees {
			if field.Text(e, path) != field.Text(ref, path) {
				said = "of which " + c.op + " says that its " + path + " is " + field.Words(e, path) + ", and not " + field.Words(ref, path)
			}
		}
		if field.Has(e, "kind") && field.Text(e, "kind") != field.Text(row, "kind") {
			said = "which " + c.op + " says to be of the kind " + field.Text(e, "kind") + ", and the record is of " + field.Text(row, "kind")
		}
		if said == "" {
			return ""
		}
	}
	return said
}

// mayHave tells whether a record may have an entry, by its queue, kind and level.
func (c catalogue) mayHave(u use, row, e protoreflect.Message) bool {
	if queue := field.Text(e, "queue.id"); queue != "" && queue != field.Text(row, "queue.id") {
		return false
	}
	if kinds := field.Texts(e, "kinds"); len(kinds) > 0 && field.Has(row, "kind") && !slices.Contains(kinds, field.Text(row, "kind")) {
		return false
	}
	return u.level == "" || field.Text(e, "level") == u.level
}

// references are what a record has at a path: none, one or several.
func references(row protoreflect.Message, path string) []protoreflect.Message {
	v, f, ok := field.At(row, path)
	switch {
	case !ok:
		return nil
	case !f.IsList():
		return []protoreflect.Message{v.Message()}
	}
	all := make([]protoreflect.Message, v.List().Len())
	for i := range all {
		all[i] = v.List().Get(i).Message()
	}
	return all
}
