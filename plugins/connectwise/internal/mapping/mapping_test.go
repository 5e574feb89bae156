package mapping_test

import (
	"encoding/json"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// noNames knows no status, priority or member.
var noNames = mapping.Names{Status: func(int, int) (setup.Status, bool) { return setup.Status{}, false }}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// same compares a message with its JSON.
func same(t *testing.T, got proto.Message, want string) {
	t.Helper()
	expected := got.ProtoReflect().New().Interface()
	if err := protojson.Unmarshal([]byte(want), expected); err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(got, expected) {
		t.Errorf("got  %s\nwant %s", protojson.Format(got), protojson.Format(expected))
	}
}

func TestTicketFields(t *testing.T) {
	t.Parallel()
	names := mapping.Names{Status: func(board, status int) (setup.Status, bool) {
		return setup.Status{Category: psav1.Category_WAITING_CUSTOMER}, board == 1 && status == 10
	}}
	tests := map[string]struct{ record, want string }{
		"nothing": {`{"id":7}`, `{"id":"7","number":"7","kind":"SERVICE","recordType":{"id":"ServiceTicket","name":"Service Ticket"}}`},
		"status":  {`{"board":{"id":1,"name":"B"},"status":{"id":10,"name":"S"}}`, `{"status":{"id":"10","name":"S","category":"WAITING_CUSTOMER"},"queue":{"id":"1","name":"B"}}`},
		"a status that the board has lost, closed": {`{"board":{"id":1,"name":"B"},"status":{"id":11,"name":"S"},"closedFlag":true}`, `{"status":{"id":"11","name":"S","category":"CLOSED"},"queue":{"id":"1","name":"B"}}`},
		"hours":                  {`{"budgetHours":1.5,"actualHours":0.01}`, `{"estimatedSeconds":5400,"actualSeconds":36}`},
		"a contact that is none": {`{"contactName":"Ann","contactEmailAddress":"a@x.example"}`, `{"contact":{"name":"Ann","email":"a@x.example"}}`},
		"merged and below":       {`{"parentTicketId":3,"mergedParentTicket":{"id":4,"summary":"All"}}`, `{"parent":{"id":"3"},"mergedInto":{"id":"4","name":"All"}}`},
		"nulls and zero times":   {`{"owner":null,"requiredDate":"","closedDate":null,"budgetHours":null,"contact":{"id":0}}`, `{}`},
		"grades":                 {`{"severity":"High","impact":"Low"}`, `{"urgency":"HIGH","impact":"LOW"}`},
		"dates before 2019":      {`{"dateEntered":"2018-01-01T00:00:00Z","enteredBy":"zadmin"}`, `{"createdAt":"2018-01-01T00:00:00Z","createdBy":{"kind":"UNKNOWN","name":"zadmin"}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := decode[api.Ticket](t, test.record)
			got := mapping.Ticket(&record, names)
			got.ClearEtag()
			if name != "nothing" {
				got.ClearId()
				got.ClearNumber()
				got.ClearKind()
				got.ClearRecordType()
			}
			same(t, got, test.want)
		})
	}
}

func TestNoteFlags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		visibility psav1.Visibility_V
		kind       psav1.NoteKind_V
		origin     psav1.Origin_V
	}{
		`{"internalAnalysisFlag":true,"internalFlag":true,"externalFlag":true}`: {psav1.Visibility_INTERNAL, psav1.NoteKind_NOTE, psav1.Origin_NOTE},
		`{"detailDescriptionFlag":true,"internalFlag":true}`:                    {psav1.Visibility_CUSTOMER, psav1.NoteKind_NOTE, psav1.Origin_NOTE},
		`{"detailDescriptionFlag":true,"internalAnalysisFlag":true}`:            {psav1.Visibility_CUSTOMER, psav1.NoteKind_NOTE, psav1.Origin_NOTE},
		`{"resolutionFlag":true}`:                                               {psav1.Visibility_CUSTOMER, psav1.NoteKind_RESOLUTION, psav1.Origin_NOTE},
		`{"noteType":"TimeEntryNote","internalAnalysisFlag":true}`:              {psav1.Visibility_INTERNAL, psav1.NoteKind_NOTE, psav1.Origin_TIME_ENTRY},
		`{"detailDescriptionFlag":true,"mergedFlag":true}`:                      {psav1.Visibility_CUSTOMER, psav1.NoteKind_NOTE, psav1.Origin_MERGED},
		`{}`: {psav1.Visibility_INTERNAL, psav1.NoteKind_NOTE, psav1.Origin_NOTE}, // what shows nowhere is not shown to customers
	}
	for record, want := range tests {
		note := decode[api.Note](t, record)
		got := mapping.Note(7, &note, false, noNames)
		if got.GetVisibility() != want.visibility || got.GetKind() != want.kind || got.GetOrigin() != want.origin {
			t.Errorf("%s: %s %s %s", record, got.GetVisibility(), got.GetKind(), got.GetOrigin())
		}
	}
}

func definition(kind psav1.CustomFieldType_V) setup.Field {
	f := setup.Field{Type: kind}
	f.ID, f.Caption = 5, "Field\u200b"
	f.Options = []api.UserDefinedOption{{ID: 51, Value: "Red\u200b", SortOrder: 2}, {ID: 52, Value: "Green", SortOrder: 1}, {ID: 53, Value: "Old", Inactive: true}}
	return f
}

func TestCustomFieldsThereAndBack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kind    psav1.CustomFieldType_V
		vendor  string // the value in the record
		neutral *structpb.Value
		sent    string // the value in a write of the neutral one
	}{
		"text":               {psav1.CustomFieldType_STRING, `"a"`, structpb.NewStringValue("a"), `"a"`},
		"number":             {psav1.CustomFieldType_NUMBER, `10.50`, structpb.NewNumberValue(10.5), `10.5`},
		"number as text":     {psav1.CustomFieldType_NUMBER, `"3"`, structpb.NewNumberValue(3), `3`},
		"checkbox":           {psav1.CustomFieldType_BOOL, `true`, structpb.NewBoolValue(true), `true`},
		"checkbox as text":   {psav1.CustomFieldType_BOOL, `"False"`, structpb.NewBoolValue(false), `false`},
		"date":               {psav1.CustomFieldType_DATE, `"2026-02-03T00:00:00Z"`, structpb.NewStringValue("2026-02-03"), `"2026-02-03T00:00:00Z"`},
		"option":             {psav1.CustomFieldType_SELECT, `"Green"`, structpb.NewStringValue("52"), `"Green"`},
		"option, zero width": {psav1.CustomFieldType_SELECT, `"Red"`, structpb.NewStringValue("51"), "\"Red\u200b\""},
		"zero width":         {psav1.CustomFieldType_STRING, `"\u200ba"`, structpb.NewStringValue("a"), `"a"`},
		"null":               {psav1.CustomFieldType_STRING, `null`, nil, `null`},
		"empty":              {psav1.CustomFieldType_STRING, `""`, nil, `null`},
		"not there":          {psav1.CustomFieldType_STRING, ``, nil, `null`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := definition(test.kind)
			got := mapping.CustomFields([]api.CustomField{{ID: 5, Value: json.RawMessage(test.vendor)}}, setup.SetOf(f))["5"]
			if !proto.Equal(got, test.neutral) {
				t.Errorf("read %v, want %v", got, test.neutral)
			}
			v, err := mapping.VendorValue(f, test.neutral)
			if err != nil {
				t.Fatal(err)
			}
			if sent, _ := json.Marshal(v); string(sent) != test.sent {
				t.Errorf("sends %s, want %s", sent, test.sent)
			}
		})
	}
}

func TestCustomFieldsRefuse(t *testing.T) {
	t.Parallel()
	readOnly, required := definition(psav1.CustomFieldType_STRING), definition(psav1.CustomFieldType_STRING)
	readOnly.ReadOnly, required.Required = true, true
	for name, test := range map[string]struct {
		field setup.Field
		value *structpb.Value
	}{
		"text for a number":   {definition(psav1.CustomFieldType_NUMBER), structpb.NewStringValue("7")},
		"number for a text":   {definition(psav1.CustomFieldType_STRING), structpb.NewNumberValue(7)},
		"text for a checkbox": {definition(psav1.CustomFieldType_BOOL), structpb.NewStringValue("true")},
		"no date":             {definition(psav1.CustomFieldType_DATE), structpb.NewStringValue("3.2.2026")},
		"no option":           {definition(psav1.CustomFieldType_SELECT), structpb.NewStringValue("Blue")},
		"an old option":       {definition(psav1.CustomFieldType_SELECT), structpb.NewStringValue("Old")},
		"read-only":           {readOnly, structpb.NewStringValue("x")},
		"clear a required":    {required, structpb.NewNullValue()},
	} {
		_, err := mapping.VendorValue(test.field, test.value)
		if e := fault.From(err); fault.CodeOf(err) != fault.CodeInvalidArgument || e.Violations[0].Field != `custom_fields["5"]` {
			t.Errorf("%s: %v", name, err)
		}
	}
}
