package jsonwire_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for name, c := range map[string]struct {
		message  proto.Message
		leaveOut []string
		want     string
	}{
		"lists and maps when empty, nothing else": {
			message: text(t, `ticket {}`, &psav1.GetTicketResponse{}),
			want:    `{"ticket":{"co_owners":[],"watchers":[],"configurations":[],"custom_fields":{}},"omitted":[]}`,
		},
		"set zeros": {
			message: text(t, `writable: false sort: 0`, &psav1.CustomFieldDefinition{}),
			want:    `{"options":[],"writable":false,"kinds":[],"queues":[],"sort":0}`,
		},
		"order, sorted keys, any JSON": {
			message: text(t, `custom_fields { key: "b" value { number_value: 3 } }
				custom_fields { key: "a" value { struct_value { fields { key: "y" value { null_value: NULL_VALUE } } fields { key: "x" value { number_value: -1.5e-7 } } } } }
				custom_fields { key: "c" value { list_value { values { bool_value: true } values { string_value: "s" } } } }
				title: "t" id: "1" kind: INCIDENT created_at { seconds: 1795423712 }`, &psav1.Ticket{}),
			want: `{"id":"1","kind":"INCIDENT","title":"t","co_owners":[],"watchers":[],"configurations":[],"created_at":"2026-11-23T08:48:32Z",` +
				`"custom_fields":{"a":{"x":-1.5e-07,"y":null},"b":3,"c":[true,"s"]}}`,
		},
		"no UNSPECIFIED": {
			message: text(t, `kind: UNSPECIFIED impact: HIGH`, &psav1.Ticket{}),
			want:    `{"impact":"HIGH","co_owners":[],"watchers":[],"configurations":[],"custom_fields":{}}`,
		},
		"no value without a name": {
			message: text(t, `kinds: INCIDENT kinds: 99 kinds: UNSPECIFIED kinds: CHANGE`, &psav1.Queue{}),
			want:    `{"kinds":["INCIDENT","CHANGE"],"teams":[]}`,
		},
		"nothing that only a request carries": {
			message: text(t, `notify { contact: SEND }`, &psav1.Ticket{}),
			want:    `{"co_owners":[],"watchers":[],"configurations":[],"custom_fields":{}}`,
		},
		"what is omitted": {
			message: text(t, `tickets { id: "1" custom_fields { key: "a" value { bool_value: true } } configurations { id: "2" } }
				omitted: CUSTOM_FIELDS omitted: CO_OWNERS omitted: WATCHERS omitted: DESCRIPTION omitted: SLA`, &psav1.ListTicketsResponse{}),
			want: `{"tickets":[{"id":"1","configurations":[{"id":"2"}]}],"omitted":["CUSTOM_FIELDS","CO_OWNERS","WATCHERS","DESCRIPTION","SLA"]}`,
		},
		"what the caller may not read": {
			message: text(t, `tickets { id: "1" title: "t" owner { id: "2" name: "n" }
				custom_fields { key: "a" value { bool_value: true } } custom_fields { key: "b" value { bool_value: true } } }`, &psav1.ListTicketsResponse{}),
			leaveOut: []string{"tickets.title", "tickets.owner.name", "tickets.co_owners", "tickets.watchers", "tickets.configurations", "tickets.custom_fields.b", "omitted"},
			want:     `{"tickets":[{"id":"1","owner":{"id":"2"},"custom_fields":{"a":true}}]}`,
		},
		"both, and a whole over its part": {
			message:  text(t, `ticket { id: "1" owner { id: "2" } } omitted: WATCHERS omitted: CUSTOM_FIELDS omitted: CONFIGURATIONS`, &psav1.GetTicketResponse{}),
			leaveOut: []string{"ticket.owner", "ticket.owner.name", "ticket.co_owners"},
			want:     `{"ticket":{"id":"1"},"omitted":["WATCHERS","CUSTOM_FIELDS","CONFIGURATIONS"]}`,
		},
		"the vendor's record untouched": {
			message: vendor(`{"id": 12345678901234567890,"x":1.10, "html":"<b>"}`),
			want:    `{"co_owners":[],"watchers":[],"configurations":[],"custom_fields":{},"vendor":{"id": 12345678901234567890,"x":1.10, "html":"<b>"}}`,
		},
		"the vendor's bytes, as UTF-8": {
			message: vendor("\"caf\xe9\""),
			want:    `{"co_owners":[],"watchers":[],"configurations":[],"custom_fields":{},"vendor":"caf` + "\uFFFD" + `"}`,
		},
		"no fields": {
			message: &gatewayv1.GetAgentRequest{},
			want:    `{}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := f.codec.Encode([]byte("before "), c.message, c.leaveOut...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("before "+c.want, string(got)); diff != "" {
				t.Error(diff)
			}
			if !json.Valid(got[len("before "):]) {
				t.Error("that is no JSON")
			}
		})
	}
}

func vendor(raw string) *psav1.Ticket {
	ticket := &psav1.Ticket{}
	ticket.SetVendor([]byte(raw))
	return ticket
}

func TestEncodeStrings(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for in, want := range map[string]string{
		"":                     `""`,
		"a\"b\\c/":             `"a\"b\\c/"`,
		"\n\r\t\b\x00\x1f":     `"\n\r\t\u0008\u0000\u001f"`,
		"<b>&amp;</b>":         `"<b>&amp;</b>"`,
		"é€😀\u2028\x7f":        "\"é€😀\u2028\x7f\"",
		"a\xffb\xc3":           "\"a\uFFFDb\uFFFD\"",
		"\uFFFD":               "\"\uFFFD\"",
		"\xed\xa0\x80":         "\"\uFFFD\uFFFD\uFFFD\"",
		strings.Repeat("x", 9): `"xxxxxxxxx"`,
	} {
		m := &psav1.Reference{}
		m.SetId(in)
		got, err := f.codec.Encode(nil, m)
		if err != nil || string(got) != `{"id":`+want+`}` {
			t.Errorf("%q: got %s, %v; want %s", in, got, err, want)
		}
	}
}

func TestEncodeTimes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for want, at := range map[string]*timestamppb.Timestamp{
		"2026-11-23T09:30:00Z":           {Seconds: 1795426200},
		"2026-11-23T09:30:00.250Z":       {Seconds: 1795426200, Nanos: 250_000_000},
		"2026-11-23T09:30:00.000001Z":    {Seconds: 1795426200, Nanos: 1000},
		"2026-11-23T09:30:00.000000001Z": {Seconds: 1795426200, Nanos: 1},
		"0001-01-01T00:00:00Z":           {Seconds: -62135596800},
		"9999-12-31T23:59:59Z":           {Seconds: 253402300799},
	} {
		m := &psav1.Sla{}
		m.SetRespondBy(at)
		got, err := f.codec.Encode(nil, m)
		if err != nil || string(got) != `{"respond_by":"`+want+`"}` {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
}

func TestEncodeFails(t *testing.T) {
	t.Parallel()
	f := setup(t)
	deep := structpb.NewBoolValue(true)
	for range 200 {
		deep = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{deep}})
	}
	custom := func(v *structpb.Value) *psav1.GetTicketResponse {
		ticket := &psav1.Ticket{}
		ticket.SetCustomFields(map[string]*structpb.Value{"a": v})
		return psav1.GetTicketResponse_builder{Ticket: ticket}.Build()
	}
	far := &psav1.Sla{}
	far.SetMet(true)
	far.SetResolveBy(&timestamppb.Timestamp{Seconds: math.MaxInt64})
	for name, c := range map[string]struct {
		message proto.Message
		want    string
	}{
		"not a number":           {custom(structpb.NewNumberValue(math.NaN())), "ticket: custom_fields: a: NaN is no JSON number"},
		"infinity":               {custom(structpb.NewNumberValue(math.Inf(-1))), "-Inf is no JSON number"},
		"too deep":               {custom(deep), "nested deeper than 100 levels"},
		"a far time":             {far, "resolve_by: the time is outside of the years 1 to 9999"},
		"a record that is cut":   {vendor(`{"id":`), "vendor: the 6 bytes are no JSON document"},
		"an empty record":        {vendor(``), "vendor: the 0 bytes are no JSON document"},
		"two documents":          {vendor(`{}{}`), "vendor: the 4 bytes are no JSON document"},
		"a message of elsewhere": {&timestamppb.Timestamp{}, "google.protobuf.Timestamp is no message of the catalogue"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := f.codec.Encode([]byte("before"), c.message)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if string(got) != "before" {
				t.Errorf("dst is %q", got)
			}
		})
	}
}
