package mapping_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// seeds are the recorded records of a name, and records that nobody would record.
func seeds(f *testing.F, name string) {
	f.Helper()
	b, err := os.ReadFile("../../testdata/vendor/records-django-connectwise.json")
	if err != nil {
		f.Fatal(err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(b, &file); err != nil {
		f.Fatal(err)
	}
	var list []json.RawMessage
	if json.Unmarshal(file[name], &list) != nil {
		list = []json.RawMessage{file[name]}
	}
	for _, record := range list {
		f.Add([]byte(record))
	}
	for _, record := range []string{
		`{}`, `null`, `[]`, `{"id":-1,"_info":{"lastUpdated":"0000-01-01T00:00:00+23:59","dateEntered":5}}`, `{"company":{"id":1,"name":"\ud800"}}`,
		`{"customFields":[{"id":1,"value":1e308},{"id":2,"value":[[[{"a":null}]]]},{"id":3,"value":"\u200b"},null]}`,
		`{"customFields":[{"id":2,"value":` + strings.Repeat("[", 6000) + strings.Repeat("]", 6000) + `}]}`,
		"{\"customFields\":[{\"id\":2,\"value\":[\"\xff\"]}],\"summary\":\"\xff\"}",
		`{"summary":"` + strings.Repeat("x", 300) + `","budgetHours":1e300,"actualHours":-1,"resources":",,a,","automaticEmailCc":";;a;"}`,
		`{"communicationItems":[{"communicationType":"Phone","value":"1","extension":"x2","type":{"name":"CELL"}},{"communicationType":"Email","value":" "},null]}`,
		`{"questions":[{"questionId":1,"answer":"5","fieldType":"Number"},{"questionId":-1,"answer":{},"fieldType":"Password"}],"activeFlag":null}`,
		`{"text":"a\r\nb\u0000","noteType":"TimeEntryNote","member":{"id":0},"contact":{"id":5}}`,
	} {
		f.Add([]byte(record))
	}
}

// whole fails unless a message can be sent, and written as JSON.
func whole(t *testing.T, m proto.Message) {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(b, m.ProtoReflect().New().Interface()); err != nil {
		t.Fatal(err)
	}
	if _, err := protojson.Marshal(m); err != nil {
		t.Fatal(err)
	}
}

// fuzzRecord reads whatever a server answers for a record: what is read becomes a
// message that can be sent on.
func fuzzRecord[T any](f *testing.F, recording string, mapped func(api.Row[T]) proto.Message) {
	seeds(f, recording)
	f.Fuzz(func(t *testing.T, record []byte) {
		var row api.Row[T]
		if json.Unmarshal(record, &row) != nil {
			return
		}
		whole(t, mapped(row))
	})
}

func FuzzTicket(f *testing.F) {
	fuzzRecord(f, "API_SERVICE_TICKET", func(row api.Row[api.Ticket]) proto.Message {
		m := mapping.Ticket(&row.Record, noNames)
		mapping.AddCustomFields(m, &row.Record, setup.Set[setup.Field]{})
		mapping.AddCoOwners(m, &row.Record, noNames)
		mapping.AddWatchers(m, &row.Record)
		mapping.AddSLA(m, &row.Record)
		return m
	})
}

func FuzzNote(f *testing.F) {
	fuzzRecord(f, "API_SERVICE_NOTE_LIST", func(row api.Row[api.Note]) proto.Message {
		return mapping.Note(7, &row.Record, row.Record.ID%2 == 0, noNames)
	})
}

func FuzzContact(f *testing.F) {
	fuzzRecord(f, "API_COMPANY_CONTACT_LIST", func(row api.Row[api.Contact]) proto.Message {
		m := mapping.Contact(&row.Record)
		mapping.AddContactFields(m, row, setup.Set[setup.Field]{})
		return m
	})
}

func FuzzCompany(f *testing.F) {
	fuzzRecord(f, "API_COMPANY", func(row api.Row[api.Company]) proto.Message {
		m := mapping.Company(&row.Record, noNames)
		mapping.AddCompanyFields(m, row, setup.Set[setup.Field]{})
		return m
	})
}

func FuzzConfiguration(f *testing.F) {
	fuzzRecord(f, "API_CONFIGURATION_TYPES", func(row api.Row[api.Configuration]) proto.Message {
		m := mapping.Configuration(&row.Record)
		mapping.AddConfigurationFields(m, row, setup.Set[setup.Field]{})
		return m
	})
}

func FuzzTechnician(f *testing.F) {
	fuzzRecord(f, "API_MEMBER", func(row api.Row[api.Member]) proto.Message {
		return mapping.Technician(setup.Member{Member: row.Record}, noNames, []setup.Board{{Board: api.Board{ID: 1, Name: "Desk"}}}, []setup.WorkRole{{WorkRole: api.WorkRole{ID: 4, Name: "Engineer"}}})
	})
}

func FuzzTimeEntry(f *testing.F) {
	for _, record := range []string{
		`{"id":1,"timeStart":"2026-01-01T08:00:00Z","actualHours":1e300}`, `{"timeStart":"9999-12-31T23:00:00Z","actualHours":5}`,
		`{"timeStart":"0001-01-01T00:00:00Z","timeEnd":"9999-12-31T00:00:00Z","hoursBilled":-1e300,"chargeToId":5,"chargeToType":"ProjectPhase","invoice":{"id":3}}`,
	} {
		f.Add([]byte(record))
	}
	fuzzRecord(f, "API_TIME_ENTRY", func(row api.Row[api.TimeEntry]) proto.Message {
		return mapping.TimeEntry(&row.Record, noNames)
	})
}

func FuzzScheduleEntry(f *testing.F) {
	fuzzRecord(f, "API_SCHEDULE_ENTRIES", func(row api.Row[api.ScheduleEntry]) proto.Message {
		return mapping.ScheduleEntry(&row.Record, setup.Set[setup.ScheduleStatus]{}, noNames)
	})
}

func FuzzHistory(f *testing.F) {
	f.Add([]byte(`{"text":"Status has been updated from \"New\" to \"Closed\".\r\n","enteredDate":"2026-01-01T08:00:00Z","enteredBy":"jokafor","auditType":"Ticket","auditSubType":"Record"}`))
	fuzzRecord(f, "API_TIME_ENTRY", func(row api.Row[api.AuditEntry]) proto.Message { return mapping.History(&row.Record, noNames) })
}

func FuzzAttachment(f *testing.F) {
	f.Add([]byte(`{"id":7,"title":"Site","fileName":"HTTPS://[::1]:99999/a b","linkFlag":true,"publicFlag":true,"size":4294967296,"createdOnDate":"2026-01-01T08: 00: 00Z"}`))
	f.Add([]byte(`{"id":7,"title":"Photo","fileName":".PNG","serverFileName":"a/../b.png","owner":"x","publicFlag":false,"size":-1}`))
	fuzzRecord(f, "API_TIME_ENTRY", func(row api.Row[api.Document]) proto.Message { return mapping.Attachment(5, &row.Record, noNames) })
}

// FuzzCustomValue reads a value of a custom field and writes it back: what a caller
// may send is what he read, or he is told what is wrong.
func FuzzCustomValue(f *testing.F) {
	for kind := range psav1.CustomFieldType_V_name {
		for _, raw := range []string{`"a"`, `5`, `1e400`, `true`, `"TRUE"`, `"12.50"`, `"2026-01-02T00:00:00Z"`, `"2026-99-99T00:00:00Z"`, `null`, `""`, `[1]`, `{"a":1}`, `"NaN"`, `"-Inf"`, `"0x1p3"`, "\"Red\u200b\"", `"\u0000"`} {
			f.Add(kind, []byte(raw))
		}
	}
	f.Fuzz(func(t *testing.T, kind int32, raw []byte) {
		field := definition(psav1.CustomFieldType_V(kind))
		read := func(raw []byte) *structpb.Value {
			return mapping.CustomFields([]api.CustomField{{ID: field.ID, Value: raw}}, setup.SetOf(field))["5"]
		}
		value := read(raw)
		if value != nil {
			whole(t, value)
		}
		sent, err := mapping.VendorValue(field, value)
		if err != nil {
			if e := fault.From(err); e.Code != fault.CodeInvalidArgument || len(e.Violations) != 1 || e.Violations[0].Field != `custom_fields["5"]` {
				t.Fatalf("%s: %v", raw, err)
			}
			return
		}
		written, err := json.Marshal(sent)
		if err != nil {
			t.Fatal(err)
		}
		if again := read(written); !proto.Equal(again, value) {
			t.Fatalf("%s was read as %v, written as %s, read again as %v", raw, value, written, again)
		}
	})
}

// FuzzBuiltin does the same with members that have no neutral place.
func FuzzBuiltin(f *testing.F) {
	resources := []setup.Resource{setup.Companies, setup.Contacts, setup.Configurations}
	for r := range resources {
		for n := range mapping.BuiltinsOf(resources[r]) {
			f.Add(r, n, []byte(`"5"`))
			f.Add(r, n, []byte(`{"id":5,"name":"x"}`))
			f.Add(r, n, []byte(`{"id":0}`))
			f.Add(r, n, []byte(`"2026-01-02T00:00:00Z"`))
			f.Add(r, n, []byte(`7.25`))
			f.Add(r, n, []byte(`false`))
		}
	}
	f.Fuzz(func(t *testing.T, r, n int, raw []byte) {
		if r < 0 || r >= len(resources) || n < 0 || n >= len(mapping.BuiltinsOf(resources[r])) || !json.Valid(raw) {
			t.Skip("an index beyond the tables names no field, and vendor answers are JSON before a field is read of them")
		}
		b := mapping.BuiltinsOf(resources[r])[n]
		read := func(raw []byte) *structpb.Value {
			record, err := json.Marshal(map[string]json.RawMessage{b.Member: raw})
			if err != nil {
				t.Fatal(err)
			}
			fields := map[string]*structpb.Value{}
			mapping.AddBuiltins(fields, record, mapping.BuiltinsOf(resources[r]))
			return fields[b.ID()]
		}
		value := read(raw)
		if value == nil {
			return
		}
		whole(t, value)
		sent, err := b.VendorValue(value)
		if err != nil {
			if e := fault.From(err); e.Code != fault.CodeInvalidArgument || len(e.Violations) != 1 || e.Violations[0].Field != mapping.CustomFieldPath(b.ID()) {
				t.Fatalf("%s: %v", raw, err)
			}
			return
		}
		written, err := json.Marshal(sent)
		if err != nil {
			t.Fatal(err)
		}
		if again := read(written); !proto.Equal(again, value) {
			t.Fatalf("%s of %s was read as %v, written as %s, read again as %v", raw, b.Member, value, written, again)
		}
	})
}

// FuzzQuestionID takes keys of custom fields from callers: a question is named in
// one way alone.
func FuzzQuestionID(f *testing.F) {
	for _, s := range []string{"vendor.questions.12", "vendor.questions.012", "vendor.questions.-1", "vendor.questions.", "vendor.questions.1e3", "12", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if n, ok := mapping.QuestionByID(id); ok && mapping.QuestionID(n) != id {
			t.Fatalf("%q is question %d", id, n)
		}
	})
}

// FuzzAddresses takes the list of copied addresses apart as the vendor keeps it.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"", ";", "a@x;", "a@x; b@x ;;c", "\n;\t", " "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cc string) {
		if !utf8.ValidString(cc) {
			t.Skip("the decoder lets no such text in")
		}
		list := mapping.Addresses(cc)
		for _, a := range list {
			if a == "" || strings.Contains(a, ";") || strings.TrimSpace(a) != a {
				t.Fatalf("%q has the address %q", cc, a)
			}
		}
		again := mapping.Addresses(strings.Join(list, ";"))
		if len(again) != len(list) {
			t.Fatalf("%q became %q, and %q", cc, list, again)
		}
	})
}
