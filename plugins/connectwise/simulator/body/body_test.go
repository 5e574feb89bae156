package body_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	got, err := body.Decode([]byte(`{"Summary":"x","company":{"id":"5","_info":{"a":1}},"budgetHours":"1.5","approved":"True","severity":"high",
		"poNumber":null,"_info":{"x":[1]},"integratorTags":["a"],"requiredDate":"2026-03-01","customFields":[{"id":1,"value":2}]}`), schema.Lookup("Ticket"))
	want := store.Object{
		"summary": "x", "company": store.Object{"id": int64(5)}, "budgetHours": 1.5, "approved": true, "severity": "High", "poNumber": nil,
		"integratorTags": []any{"a"}, "requiredDate": "2026-03-01T00:00:00Z", "customFields": []any{store.Object{"id": int64(1), "value": 2.0}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		``:                               "Unexpected end when reading JSON. Path '', line 1, position 0.",
		`[]`:                             "Unexpected character encountered while parsing value: [. Path '', line 1, position 1.",
		`5`:                              "Error converting value 5",
		`{"summary":{}}`:                 "Unexpected character encountered while parsing value: {. Path 'summary', line 1, position 12.",
		`{"company":5}`:                  "Error converting value 5 to type 'CompanyReference'. Path 'company', line 1, position 12.",
		`{"company":[1]}`:                "Unexpected character encountered while parsing value: [",
		`{"approved":"maybe"}`:           "to type 'System.Boolean'",
		`{"budgetHours":"much"}`:         "to type 'System.Double'",
		`{"parentTicketId":1.5}`:         "to type 'System.Int32'",
		`{"parentTicketId":99999999999}`: "to type 'System.Int32'",
		`{"mood":1}`:                     "Could not find member 'mood' on object of type 'Ticket'. Path 'mood', line 1, position 8.",
		"{\n \"company\":{\"mood\" :1}}": "Path 'company.mood', line 2, position 20.",
		`{"summary":"x"} x`:              "Additional text",
		`{"summary":"x"`:                 "Unexpected",
		`{"requiredDate":"2026-03-01T10:00:00.5Z"}`: "Unsupported format applied to requiredDate",
		`{"requiredDate":"2026-99-01T10:00:00Z"}`:   "Unsupported format applied to requiredDate",
	} {
		_, err := body.Decode([]byte(text), schema.Lookup("Ticket"))
		var refused *body.Error
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"summary":"x","company":{"id":5}}`, `{"customFields":[{"id":1,"value":[{}]}]}`, `{"a":`, `{"summary"`, `{"_info":{`, "\x00", `{"":1}`, `{"integratorTags":[[]]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := body.Decode(data, schema.Lookup("Ticket"))
		var refused *body.Error
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}

func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`[{"op":"replace","path":"status/id","value":5}]`, `[{"op":"add","path":"/communicationItems/0","value":{"type":{"id":1}}}]`,
		`[{"op":"remove","path":"communicationItems/0/value"}]`, `[{"op":"replace","path":"///","value":1}]`, `[]`, `{}`, `[null]`,
		`[{"op":"add","path":"communicationItems/-"}]`, `[{"op":"add","path":"types/0/id","value":3}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ops, err := body.Operations(data)
		for _, op := range ops {
			values := store.Object{"communicationItems": []any{store.Object{"value": "x"}}, "company": store.Ref(5), "types": []any{store.Ref(1)}}
			err = errors.Join(err, op.Apply(schema.Lookup("Contact"), values))
		}
		var refused *body.Error
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}
