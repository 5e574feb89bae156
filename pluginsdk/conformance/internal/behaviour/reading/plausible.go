package reading

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// What PSAs keep for "no time" lies before; what nobody plans lies after.
var (
	earliest = time.Date(1981, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// spans are the times of a record of which the first is never after the second.
var spans = [][2]string{
	{"created_at", "updated_at"}, {"created_at", "closed_at"}, {"created_at", "resolved_at"}, {"start", "end"}, {"started_at", "ended_at"},
}

// days are the fields that hold a date.
var days = []string{"worked_on", "warranty_until", "installed_on"}

var day = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// nameless are the references that may have no name: to what has none, and to a
// record of the same list, whose name a PSA would have to be asked for.
var nameless = []string{"note", "time_entry", "attachments", "parent", "problem", "merged_into"}

func (r resource) plausible(t *suite.T) {
	if r.list == "tickets.list" {
		enrich(t)
	}
	rows := t.List(t.Conn(), r.list, withParts(everything(t, r.list), psav1.Include_CUSTOM_FIELDS))
	if len(rows) == 0 {
		t.NotRun("there is no record to list")
	}
	seen := map[string]bool{}
	for _, row := range rows {
		id := suite.ID(row)
		switch {
		case id == "" || strings.TrimSpace(id) != id || len(id) > 128:
			t.Errorf("%s has a record whose id is %q", r.list, id)
		case seen[id]:
			t.Errorf("%s has two records with the id %s", r.list, id)
		}
		seen[id] = true
		plausible(t, r.list+" of "+id, row)
	}
	for _, row := range varied(rows) { // which carries what a row does not
		got, _ := r.read(t, row)
		plausible(t, r.get+" of "+suite.ID(got), got)
	}
}

// plausible holds a record against what every record is like, whatever its
// resource. where says which it is.
func plausible(t *suite.T, where string, row protoreflect.Message) {
	for _, span := range spans {
		from, hasFrom := field.Time(row, span[0])
		to, hasTo := field.Time(row, span[1])
		if hasFrom && hasTo && from.After(to) {
			t.Errorf("%s: %s is %s, after %s, which is %s", where, span[0], field.Words(row, span[0]), span[1], field.Words(row, span[1]))
		}
	}
	for _, path := range days {
		if text := field.Text(row, path); text != "" && !day.MatchString(text) {
			t.Errorf("%s: %s is %q, which is no date such as 2026-11-23", where, path, text)
		}
	}
	if text := field.Text(row, "url"); text != "" {
		if u, err := url.Parse(text); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			t.Errorf("%s: url is %q, which is no address of a page", where, text)
		}
	}
	inside(t, where, "", row)
}

// inside looks at every value in a message, and in those that it holds.
func inside(t *suite.T, where, path string, m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		at := strings.TrimPrefix(path+"."+string(f.Name()), ".")
		switch {
		case f.IsMap():
		case f.Kind() == protoreflect.EnumKind && !f.IsList():
			if v.Enum() == 0 {
				t.Errorf("%s: %s is UNSPECIFIED, which no answer may say", where, at)
			}
		case f.Kind() == protoreflect.StringKind && !f.IsList():
			clean(t, where, at, v.String())
		case f.Kind() == protoreflect.MessageKind && f.IsList():
			for i := range v.List().Len() {
				value(t, where, at, v.List().Get(i).Message())
			}
		case f.Kind() == protoreflect.MessageKind:
			value(t, where, at, v.Message())
		}
		return true
	})
}

func value(t *suite.T, where, at string, m protoreflect.Message) {
	switch x := m.Interface().(type) {
	case *timestamppb.Timestamp:
		if err := x.CheckValid(); err != nil || x.AsTime().Before(earliest) || x.AsTime().After(latest) {
			t.Errorf("%s: %s is %s, which is no time that anything happened", where, at, x.AsTime().Format(time.RFC3339))
		}
		return
	case *psav1.Reference, *psav1.Status, *psav1.Priority:
		if suite.ID(m) == "" || field.Text(m, "name") == "" && !slices.Contains(nameless, at) {
			t.Errorf("%s: %s has the id %q and the name %q; a reference has both", where, at, suite.ID(m), field.Text(m, "name"))
		}
		if _, isStatus := x.(*psav1.Status); isStatus && !field.Has(m, "category") {
			t.Errorf("%s: %s has no category", where, at)
		}
		if _, isPriority := x.(*psav1.Priority); isPriority && !field.Has(m, "level") {
			t.Errorf("%s: %s has no level", where, at)
		}
	case *psav1.Party:
		if !field.Has(m, "kind") {
			t.Errorf("%s: %s has no kind", where, at)
		}
	}
	inside(t, where, at, m)
}

// clean looks at a text: it has neither what only a PSA's transport needs nor what
// stands for nothing.
func clean(t *suite.T, where, at, text string) {
	switch {
	case text == "":
		t.Errorf("%s: %s is set and empty; what the PSA does not have is unset", where, at)
	case strings.ContainsAny(text, "\r\x00"):
		t.Errorf("%s: %s holds a carriage return or a zero byte: %q", where, at, text[:min(len(text), 60)])
	}
	if strings.HasSuffix(at, "email") && !strings.Contains(text, "@") {
		t.Errorf("%s: %s is %q, which is no address", where, at, text)
	}
}

func isObject(text []byte) bool {
	var object map[string]json.RawMessage
	return json.Unmarshal(text, &object) == nil && len(object) > 0
}
