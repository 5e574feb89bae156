package record

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

type ticket = psav1.Ticket_builder

func ref(id, name string) *psav1.Reference {
	b := psav1.Reference_builder{}
	if id != "" {
		b.Id = &id
	}
	if name != "" {
		b.Name = &name
	}
	return b.Build()
}

func parties(emails ...string) (list []*psav1.Party) {
	for _, e := range emails {
		list = append(list, psav1.Party_builder{Email: &e, Kind: new(psav1.PartyKind_UNKNOWN)}.Build())
	}
	return list
}

func custom7(v *structpb.Value) ticket {
	return ticket{CustomFields: map[string]*structpb.Value{"7": v}}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		path        string
		asked, held ticket
		want        bool
	}{
		"the same text":             {"title", ticket{Title: new("a")}, ticket{Title: new("a")}, true},
		"cut":                       {"title", ticket{Title: new("abc")}, ticket{Title: new("ab")}, false},
		"in another case":           {"title", ticket{Title: new("a")}, ticket{Title: new("A")}, false},
		"other line ends":           {"description", ticket{Description: new("a\r\nb\r\n")}, ticket{Description: new("a\nb")}, true},
		"lines run together":        {"description", ticket{Description: new("a\r\nb")}, ticket{Description: new("ab")}, false},
		"blanks at the begin":       {"description", ticket{Description: new("  a")}, ticket{Description: new("a")}, false},
		"composed otherwise":        {"title", ticket{Title: new("e\u0301")}, ticket{Title: new("é")}, false},
		"a text cleared":            {"title", ticket{}, ticket{Title: new("")}, true},
		"a text not cleared":        {"title", ticket{}, ticket{Title: new("a")}, false},
		"by id":                     {"owner", ticket{Owner: ref("2", "")}, ticket{Owner: ref("2", "Dana")}, true},
		"by name in any case":       {"owner", ticket{Owner: ref("", "dana")}, ticket{Owner: ref("2", "Dana")}, true},
		"the id of another":         {"owner", ticket{Owner: ref("2", "")}, ticket{Owner: ref("3", "Dana")}, false},
		"the name of another":       {"owner", ticket{Owner: ref("", "Dana")}, ticket{Owner: ref("3", "Marco")}, false},
		"nobody":                    {"owner", ticket{Owner: ref("2", "")}, ticket{}, false},
		"cleared":                   {"owner", ticket{}, ticket{}, true},
		"not cleared":               {"owner", ticket{}, ticket{Owner: ref("2", "")}, false},
		"by category":               {"status", ticket{Status: psav1.Status_builder{Category: new(psav1.Category_CLOSED)}.Build()}, ticket{Status: psav1.Status_builder{Id: new("5"), Category: new(psav1.Category_CLOSED)}.Build()}, true},
		"of another category":       {"status", ticket{Status: psav1.Status_builder{Category: new(psav1.Category_CLOSED)}.Build()}, ticket{Status: psav1.Status_builder{Id: new("5"), Category: new(psav1.Category_NEW)}.Build()}, false},
		"the same moment":           {"due_at", ticket{DueAt: timestamppb.New(noon)}, ticket{DueAt: timestamppb.New(noon)}, true},
		"an hour off":               {"due_at", ticket{DueAt: timestamppb.New(noon)}, ticket{DueAt: timestamppb.New(noon.Add(time.Hour))}, false},
		"a second off":              {"due_at", ticket{DueAt: timestamppb.New(noon)}, ticket{DueAt: timestamppb.New(noon.Add(time.Second))}, false},
		"an enum":                   {"impact", ticket{Impact: new(psav1.Grade_HIGH)}, ticket{Impact: new(psav1.Grade_LOW)}, false},
		"an enum not cleared":       {"impact", ticket{}, ticket{Impact: new(psav1.Grade_LOW)}, false},
		"a number":                  {"estimated_seconds", ticket{EstimatedSeconds: new(int32(5400))}, ticket{EstimatedSeconds: new(int32(5436))}, false},
		"a number cleared to 0":     {"estimated_seconds", ticket{}, ticket{EstimatedSeconds: new(int32(0))}, true},
		"a number not cleared":      {"estimated_seconds", ticket{}, ticket{EstimatedSeconds: new(int32(36))}, false},
		"a set in another order":    {"watchers", ticket{Watchers: parties("a@x", "b@x")}, ticket{Watchers: parties("B@x", "a@x")}, true},
		"one twice in place of two": {"watchers", ticket{Watchers: parties("a@x", "b@x")}, ticket{Watchers: parties("a@x", "a@x")}, false},
		"one less":                  {"watchers", ticket{Watchers: parties("a@x", "b@x")}, ticket{Watchers: parties("a@x")}, false},
		"one more":                  {"watchers", ticket{Watchers: parties("a@x")}, ticket{Watchers: parties("a@x", "b@x")}, false},
		"parts":                     {"resolution", ticket{Resolution: psav1.Resolution_builder{Text: new("r")}.Build()}, ticket{Resolution: psav1.Resolution_builder{Text: new("r"), Code: ref("1", "")}.Build()}, true},
		"a custom number":           {CustomPath("7"), custom7(structpb.NewNumberValue(0.1 + 0.2)), custom7(structpb.NewNumberValue(0.3)), true},
		"another number":            {CustomPath("7"), custom7(structpb.NewNumberValue(42)), custom7(structpb.NewNumberValue(7)), false},
		"a number as a text":        {CustomPath("7"), custom7(structpb.NewNumberValue(42)), custom7(structpb.NewStringValue("42")), false},
		"a custom field cleared":    {CustomPath("7"), ticket{}, custom7(structpb.NewNullValue()), true},
		"a custom field there":      {CustomPath("7"), ticket{}, custom7(structpb.NewBoolValue(false)), false},
		"a time written otherwise":  {CustomPath("7"), custom7(structpb.NewStringValue("2031-03-04T05:06:07Z")), custom7(structpb.NewStringValue("2031-03-04T06:06:07+01:00")), true},
		"no such field":             {"nonsense", ticket{}, ticket{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked, held := test.asked.Build().ProtoReflect(), test.held.Build().ProtoReflect()
			if got := Holds(asked, held, test.path); got != test.want {
				t.Errorf("%s holds %s: %v", Show(held, test.path), Show(asked, test.path), got)
			}
		})
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	m := ticket{
		Title: new("a"), Owner: ref("2", "Dana"), Impact: new(psav1.Grade_HIGH), EstimatedSeconds: new(int32(36)), CompanyDerived: new(true),
		DueAt: timestamppb.New(time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)), Configurations: []*psav1.Reference{ref("9", ""), ref("10", "")},
		CustomFields: map[string]*structpb.Value{"7": structpb.NewNumberValue(4.5), "x": structpb.NewStringValue("y")},
	}.Build().ProtoReflect()
	for path, want := range map[string]string{
		"title": "a", "owner.id": "2", "owner.name": "Dana", "impact": "HIGH", "estimated_seconds": "36", "company_derived": "true",
		"due_at": "2026-03-04T12:00:00Z", "configurations.id": "10,9", "priority.id": "", "nonsense": "", `custom_fields["7"]`: "4.5", `custom_fields["x"]`: "y",
	} {
		if got := Text(m, path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestSameTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		read, told string
		want       bool
	}{
		{"2026-03-04T12:00:00Z", "2026-03-04T13:00:00+01:00", true}, {"2026-03-04T12:00:00Z", "2026-03-04T13:00:00Z", false},
		{"3600", "3600.0", true}, {"3600", "36000", false}, {"a\nb", "a\r\nb\n", true}, {"", "", true}, {"a", "", false}, {"e\u0301", "é", true}, {"True", "true", false},
	} {
		if got := sameTold(test.read, test.told); got != test.want {
			t.Errorf("%q and %q: %v", test.read, test.told, got)
		}
	}
}

func TestSetFields(t *testing.T) {
	t.Parallel()
	m := ticket{Title: new("a"), CustomFields: map[string]*structpb.Value{`a"b`: structpb.NewNullValue()}}.Build()
	got := SetFields(m.ProtoReflect())
	if len(got) != 2 || got[0] != "title" || got[1] != `custom_fields["a\"b"]` {
		t.Errorf("got %q", got)
	}
	if id, ok := customID(got[1]); !ok || id != `a"b` {
		t.Errorf("id %q", id)
	}
}
