package reading

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// resource is a kind of record that is listed, and read one by one.
type resource struct {
	list, get string
	// parts are what its records carry on request.
	parts []psav1.Include_V
}

var resources = []resource{
	{"tickets.list", "tickets.get", []psav1.Include_V{
		psav1.Include_DESCRIPTION, psav1.Include_CUSTOM_FIELDS, psav1.Include_CONFIGURATIONS,
		psav1.Include_CO_OWNERS, psav1.Include_WATCHERS, psav1.Include_SLA, psav1.Include_VENDOR,
	}},
	{"companies.list", "companies.get", customAndVendor},
	{"contacts.list", "contacts.get", customAndVendor},
	{"configurations.list", "configurations.get", customAndVendor},
	{"time_entries.list", "time_entries.get", customAndVendor},
	{"schedule_entries.list", "schedule_entries.get", []psav1.Include_V{psav1.Include_VENDOR}},
	{"technicians.list", "technicians.get", nil},
	{"notes.list", "notes.get", nil},
	{"attachments.list", "attachments.get", nil},
}

var customAndVendor = []psav1.Include_V{psav1.Include_CUSTOM_FIELDS, psav1.Include_VENDOR}

// partOf is the part that carries a field; UNSPECIFIED where every answer does.
func partOf(name string) psav1.Include_V {
	name, _, _ = strings.Cut(name, "[")
	if name == "resolution" {
		name = "description"
	}
	return psav1.Include_V(psav1.Include_V_value[strings.ToUpper(name)])
}

func alone() []suite.Check {
	var checks []suite.Check
	for _, r := range resources {
		checks = append(checks, suite.Check{
			Name: "reading/" + strings.TrimSuffix(r.list, ".list"), About: "A record read by its id is the one that the list shows, with the same etag.",
			Operations: []string{r.list, r.get}, Run: r.alike,
		})
		if len(r.parts) > 0 {
			checks = append(checks, suite.Check{
				Name: "reading_parts/" + strings.TrimSuffix(r.list, ".list"), About: "An answer carries the parts that were asked for and no others, and `omitted` names those that it lacks.",
				Operations: []string{r.list, r.get}, Run: r.carried,
			})
		}
		checks = append(checks, suite.Check{
			Name: "reading_values/" + strings.TrimSuffix(r.list, ".list"), About: "Ids are there and unique, references have id and name, times are plausible, texts are clean.",
			Operations: []string{r.list}, Run: r.plausible,
		})
	}
	return checks
}

// sampled is how many records are read one by one.
const sampled = 24

// varied are some rows of a list: one of each kind, queue and category that there
// is, as far as there is room, and others from all over.
func varied(rows []protoreflect.Message) []protoreflect.Message {
	var some []protoreflect.Message
	have := map[string]bool{}
	for _, row := range rows {
		for _, path := range []string{"kind", "record_type.id", "status.category", "origin", "visibility", "active", "queue.id"} {
			if value := path + field.Text(row, path); field.Has(row, path) && !have[value] && len(some) < sampled/2 {
				have[value] = true
				some = append(some, row)
				break
			}
		}
	}
	return append(some, filter.Spread(rows, sampled-len(some))...)
}

// read is one record of a resource, found by what a row of its list says.
func (r resource) read(t *suite.T, row protoreflect.Message, parts ...psav1.Include_V) (protoreflect.Message, []psav1.Include_V) {
	ids := []string{suite.ID(row)}
	if over[r.list] != "" {
		ids = []string{field.Text(row, "ticket"), suite.ID(row)}
	}
	response, err := t.Call(t.Context(), t.Conn(), r.get, withParts(t.Ask(r.get, ids...), parts...))
	if err != nil {
		t.Fatalf("%s of %s, which %s shows: %s", r.get, suite.ID(row), r.list, suite.Words(err))
	}
	return suite.Record(response), omitted(response)
}

// omitted are the parts that an answer says it lacks.
func omitted(response proto.Message) []psav1.Include_V {
	v, _, ok := field.At(response.ProtoReflect(), "omitted")
	if !ok {
		return nil
	}
	var parts []psav1.Include_V
	for i := range v.List().Len() {
		parts = append(parts, psav1.Include_V(v.List().Get(i).Enum()))
	}
	return parts
}

func (r resource) alike(t *suite.T) {
	if r.list == "tickets.list" {
		enrich(t)
	}
	request := everything(t, r.list)
	rows := t.List(t.Conn(), r.list, request)
	if len(rows) == 0 {
		t.NotRun("there is no record to list")
	}
	for _, row := range varied(rows) {
		got, _ := r.read(t, row)
		for _, d := range field.Differences(row, got) {
			if partOf(d.Field) == psav1.Include_UNSPECIFIED {
				t.Errorf("%s: %s is %s in %s, and %s in %s", suite.ID(row), d.Field, d.A, r.list, d.B, r.get)
			}
		}
		if field.Text(got, "etag") == "" && got.Descriptor().Fields().ByName("etag") != nil {
			t.Errorf("%s of %s has no etag", r.get, suite.ID(row))
		}
	}
	r.entire(t, request)
}

// entire holds a page with all parts against what is read one by one with all
// parts.
func (r resource) entire(t *suite.T, request proto.Message) {
	if len(r.parts) == 0 {
		return
	}
	rows, _ := r.page(t, request, r.parts...)
	for _, row := range rows {
		got, _ := r.read(t, row, psav1.Include_VENDOR)
		for _, d := range field.Differences(row, got) {
			if d.Field != "vendor" { // the PSA itself may show more of one record
				t.Errorf("%s: %s is %s in %s with include=%s, and %s in %s", suite.ID(row), d.Field, d.A, r.list, partOf(d.Field), d.B, r.get)
			}
		}
	}
}

// page is one page of a list with some parts, newest first where the list can.
func (r resource) page(t *suite.T, request proto.Message, parts ...psav1.Include_V) ([]protoreflect.Message, []psav1.Include_V) {
	asked := withParts(request, parts...).ProtoReflect()
	suite.Set(asked, "page_size", protoreflect.ValueOfInt32(sampled))
	if r.list == "tickets.list" {
		suite.Set(asked, "order_by", protoreflect.ValueOfString("updated_at desc"))
	}
	response, err := t.Call(t.Context(), t.Conn(), r.list, asked.Interface())
	if err != nil {
		t.Fatalf("%s with include=%v: %s", r.list, parts, suite.Words(err))
	}
	return suite.Rows(response), omitted(response)
}

// carried asks for no part, for each alone and for all.
func (r resource) carried(t *suite.T) {
	if r.list == "tickets.list" {
		enrich(t)
	}
	request := everything(t, r.list)
	sets := [][]psav1.Include_V{nil, r.parts}
	for _, part := range r.parts {
		sets = append(sets, []psav1.Include_V{part})
	}
	shown := map[psav1.Include_V]bool{}
	for _, parts := range sets {
		rows, lacks := r.page(t, request, parts...)
		if len(rows) == 0 {
			t.NotRun("there is no record to list")
		}
		r.honest(t, r.list, rows, parts, lacks, shown)
		got, lacks := r.read(t, rows[0], parts...)
		r.honest(t, r.get, []protoreflect.Message{got}, append(slices.Clone(parts), slices.DeleteFunc(slices.Clone(r.parts), isVendor)...), lacks, shown)
	}
	for _, part := range r.parts {
		if !shown[part] {
			t.Logf("none of the records looked at has anything in %s", part)
		}
	}
}

func isVendor(part psav1.Include_V) bool { return part == psav1.Include_VENDOR }

// honest holds what records carry and what the answer says is omitted against the
// parts that it has to carry.
func (r resource) honest(t *suite.T, op string, rows []protoreflect.Message, parts, lacks []psav1.Include_V, shown map[psav1.Include_V]bool) {
	for _, part := range r.parts {
		asked := slices.Contains(parts, part)
		switch {
		case asked && slices.Contains(lacks, part):
			t.Errorf("%s with include=%v says that it omits %s", op, parts, part)
		case !asked && !slices.Contains(lacks, part):
			t.Errorf("%s with include=%v does not say that it omits %s", op, parts, part)
		}
	}
	for _, row := range rows {
		row.Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			part := partOf(string(f.Name()))
			if part != psav1.Include_UNSPECIFIED && !slices.Contains(parts, part) {
				t.Errorf("%s with include=%v carries %s of %s, which is of the part %s", op, parts, f.Name(), suite.ID(row), part)
			}
			shown[part] = true
			return true
		})
		if slices.Contains(parts, psav1.Include_VENDOR) && !isObject([]byte(field.Text(row, "vendor"))) {
			t.Errorf("%s of %s: vendor is no JSON object: %s", op, suite.ID(row), field.Words(row, "vendor"))
		}
	}
}
