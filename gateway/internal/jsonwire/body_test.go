package jsonwire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func TestBodyIsRefused(t *testing.T) {
	t.Parallel()
	f := setup(t)
	deep := `{"title":"x","company":{"id":"1"},"custom_fields":{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}}`
	for name, c := range map[string]struct {
		op, body string
		want     want
	}{
		"an unknown key":           {"tickets.update", `{"titel":"x"}`, want{"titel", "there is no such field here", "title", "kind"}},
		"an unknown nested key":    {"tickets.update", `{"priority":{"levell":2}}`, want{"priority.levell", "there is no such field here", "level", "id"}},
		"an empty key":             {"tickets.update", `{"":1}`, want{`""`, "there is no such field here", "", "kind"}},
		"upper case":               {"tickets.update", `{"Title":"x"}`, want{"Title", "there is no such field here", "title", "kind"}},
		"camel case":               {"tickets.update", `{"recordType":{"id":"1"}}`, want{"recordType", "there is no such field here", "record_type", "kind"}},
		"a duplicate key":          {"tickets.update", `{"title":"x","title":"x"}`, want{field: "title", message: "is given twice"}},
		"a nested duplicate":       {"tickets.update", `{"owner":{"id":"1","id":"1"}}`, want{field: "owner.id", message: "is given twice"}},
		"a duplicate within any":   {"tickets.update", `{"custom_fields":{"a":{"b":1,"b":1}}}`, want{field: "custom_fields.a.b", message: "is given twice"}},
		"a duplicate by escape":    {"tickets.update", `{"title":"x","\u0074itle":"x"}`, want{field: "title", message: "is given twice"}},
		"output only":              {"tickets.update", `{"etag":"x"}`, want{field: "etag", message: "is set by the PSA or the gateway and cannot be written"}},
		"output only, nested":      {"tickets.create", `{"queue":{"alias":"x"}}`, want{field: "queue.alias", message: "is set by the PSA or the gateway and cannot be written"}},
		"immutable in an update":   {"tickets.update", `{"source":{"name":"x"}}`, want{field: "source", message: "can only be given when the record is created"}},
		"a path parameter":         {"notes.create_internal", `{"ticket":"1","body":"x"}`, want{field: "ticket", message: "belongs into the path, not into the body"}},
		"the options":              {"notes.create_internal", `{"options":{"dry_run":true},"body":"x"}`, want{field: "options", message: "does not belong into the body: send ?dry_run=true, ?accept= or the header If-Match"}},
		"set_fields":               {"tickets.update", `{"set_fields":["title"]}`, want{"set_fields", "there is no such field here", "", "kind"}},
		"a number for a string":    {"tickets.update", `{"title":1}`, want{field: "title", message: "is a number, not a string"}},
		"a string for an object":   {"tickets.update", `{"owner":"Dana"}`, want{field: "owner", message: "is a string, not an object"}},
		"an object for a list":     {"tickets.update", `{"watchers":{}}`, want{field: "watchers", message: "is an object, not a list"}},
		"a list for custom fields": {"tickets.update", `{"custom_fields":[]}`, want{field: "custom_fields", message: "is a list, not an object"}},
		"a string for a boolean":   {"tickets.update", `{"title":"x","notify":{"best_effort":"true"}}`, want{field: "notify.best_effort", message: "is a string, not true or false"}},
		"a quoted integer":         {"tickets.update", `{"estimated_seconds":"60"}`, want{field: "estimated_seconds", message: "is a string, not a whole number"}},
		"a fraction":               {"tickets.update", `{"estimated_seconds":1.0}`, want{field: "estimated_seconds", message: "1.0 is not a whole number, written without point and exponent"}},
		"an exponent":              {"tickets.update", `{"estimated_seconds":1e2}`, want{field: "estimated_seconds", message: "1e2 is not a whole number, written without point and exponent"}},
		"beyond int32":             {"tickets.update", `{"estimated_seconds":2147483648}`, want{field: "estimated_seconds", message: "2147483648 is outside of -2147483648 to 2147483647"}},
		"beyond int64":             {"tickets.update", `{"estimated_seconds":-99999999999999999999}`, want{field: "estimated_seconds", message: "-99999999999999999999 is outside of -2147483648 to 2147483647"}},
		"an unknown enum value":    {"tickets.update", `{"kind":"INCIDNT"}`, want{"kind", `"INCIDNT" is not allowed here`, "INCIDENT", "SERVICE"}},
		"an enum in lower case":    {"tickets.update", `{"status":{"category":"closed"}}`, want{"status.category", `"closed" is not allowed here`, "CLOSED", "NEW"}},
		"UNSPECIFIED":              {"tickets.update", `{"kind":"UNSPECIFIED"}`, want{"kind", `"UNSPECIFIED" is not allowed here`, "", "SERVICE"}},
		"an enum's number":         {"tickets.update", `{"kind":3}`, want{"kind", "has to be one of the names allowed, as a string", "", "SERVICE"}},
		"an enum value ruled out":  {"notes.create_internal", `{"body":"x","format":"HTML"}`, want{"format", `"HTML" is not allowed here`, "", "PLAIN"}},
		"a time without zone":      {"tickets.update", `{"due_at":"2026-11-23T09:30:00"}`, want{field: "due_at", message: `"2026-11-23T09:30:00" is not an RFC 3339 time, such as 2026-11-23T09:30:00Z`}},
		"a date":                   {"tickets.update", `{"due_at":"2026-11-23"}`, want{field: "due_at", message: `"2026-11-23" is not an RFC 3339 time, such as 2026-11-23T09:30:00Z`}},
		"a day that is none":       {"tickets.update", `{"due_at":"2026-02-30T00:00:00Z"}`, want{field: "due_at", message: `"2026-02-30T00:00:00Z" is not an RFC 3339 time, such as 2026-11-23T09:30:00Z`}},
		"the year 0":               {"tickets.update", `{"due_at":"0000-01-01T00:00:00Z"}`, want{field: "due_at", message: `"0000-01-01T00:00:00Z" is not an RFC 3339 time, such as 2026-11-23T09:30:00Z`}},
		"NUL":                      {"tickets.update", `{"title":"a\u0000b"}`, want{field: "title", message: "has a NUL character"}},
		"NUL within any":           {"tickets.update", `{"custom_fields":{"a":["\u0000"]}}`, want{field: "custom_fields.a[0]", message: "has a NUL character"}},
		"invalid UTF-8":            {"tickets.update", "{\"title\":\"a\xffb\"}", want{field: "title", message: "is not valid UTF-8"}},
		"invalid UTF-8, escapes":   {"tickets.update", "{\"title\":\"\\n\xff\"}", want{field: "title", message: "is not valid UTF-8"}},
		"half a surrogate pair":    {"tickets.update", `{"title":"\ud800x"}`, want{field: "title", message: "has half a surrogate pair"}},
		"too deep":                 {"tickets.create", deep, want{field: "custom_fields.a" + strings.Repeat("[0]", 62), message: "is nested deeper than 64 levels"}},
		"null in a create":         {"tickets.create", `{"title":null,"company":{"id":"1"}}`, want{field: "title", message: "is null: leave the field out"}},
		"null in a create's field": {"tickets.create", `{"custom_fields":{"a":null}}`, want{field: "custom_fields.a", message: "is null: leave the field out"}},
		"null within a reference":  {"tickets.update", `{"owner":{"id":null}}`, want{field: "owner.id", message: "is null: only a whole field can be cleared, what is inside it is replaced together"}},
		"null within a list":       {"tickets.update", `{"watchers":[null]}`, want{field: "watchers[0]", message: "is null: only a whole field can be cleared, what is inside it is replaced together"}},
		"null for all of a map":    {"tickets.update", `{"custom_fields":null}`, want{field: "custom_fields", message: "is null: name the entries to clear one by one, each with null"}},
		"null for an instruction":  {"tickets.update", `{"title":"x","notify":null}`, want{field: "notify", message: "is null: leave the field out"}},
		"an integer losing digits": {"tickets.update", `{"custom_fields":{"a":9007199254740993}}`, want{field: "custom_fields.a", message: "9007199254740993 would lose digits: send it as a string"}},
		"a number beyond doubles":  {"tickets.update", `{"custom_fields":{"a":1e999}}`, want{field: "custom_fields.a", message: "1e999 would lose digits: send it as a string"}},
		"an id with a quote":       {"tickets.update", `{"custom_fields":{"a\"b":1}}`, want{field: `custom_fields.a"b`, message: "cannot be an id: it is empty, longer than 128 characters, or has a quote, a backslash or a control character"}},

		"no body":                {"tickets.update", ``, want{message: "the body is empty: tickets.update takes a JSON object"}},
		"a body where none goes": {"tickets.get", `{}`, want{message: "tickets.get takes no body"}},
		"no field":               {"tickets.update", `{}`, want{message: "the body names no field to change"}},
		"no custom field":        {"tickets.update", `{"custom_fields":{}}`, want{message: "the body names no field to change"}},
		"an instruction alone":   {"tickets.update", `{"notify":{"contact":"SEND"}}`, want{message: "the body names no field to change"}},
		"a list as the body":     {"tickets.update", ` [1]`, want{message: "the body is a list, not an object"}},
		"null as the body":       {"tickets.update", `null`, want{message: "the body is null, not an object"}},
		"brackets without end":   {"tickets.create", strings.Repeat("[", 1000), want{message: "the body is a list, not an object"}},
		"trailing data":          {"tickets.update", "{\"title\":\"x\"}\n{}", want{message: "the body is not valid JSON: line 2, column 1: more follows after the end of the JSON value"}},
		"a cut body":             {"tickets.update", `{"title":"x"`, want{message: `the body is not valid JSON: line 1, column 13: the text ends where ',' or '}' should be`}},
		"a cut string":           {"tickets.update", `{"title":"x`, want{message: `the body is not valid JSON: line 1, column 12: the text ends where the end of a string should be`}},
		"a trailing comma":       {"tickets.update", `{"title":"x",}`, want{message: `the body is not valid JSON: line 1, column 14: there is '}' where a key in quotes should be`}},
		"no colon":               {"tickets.update", `{"title" "x"}`, want{message: `the body is not valid JSON: line 1, column 10: there is '"' where ':' after a key should be`}},
		"a comment":              {"tickets.update", "{\n// x\n}", want{message: `the body is not valid JSON: line 2, column 1: there is '/' where a key in quotes should be`}},
		"a byte order mark":      {"tickets.update", "\xef\xbb\xbf{}", want{message: `the body is not valid JSON: line 1, column 1: there is '\ufeff' where a JSON value should be`}},
		"a raw line end":         {"tickets.update", "{\"title\":\"a\nb\"}", want{message: `the body is not valid JSON: line 1, column 12: there is the control character 0x0a in a string; write it as \u000a`}},
		"a bad escape":           {"tickets.update", `{"title":"\x"}`, want{message: `the body is not valid JSON: line 1, column 12: there is 'x' where an escape such as \n or \u00e9 should be`}},
		"a leading zero":         {"tickets.update", `{"estimated_seconds":01}`, want{message: `the body is not valid JSON: line 1, column 23: there is '1' where ',' or '}' should be`}},
		"a plus sign":            {"tickets.update", `{"estimated_seconds":+1}`, want{message: `the body is not valid JSON: line 1, column 22: there is '+' where a JSON value should be`}},
		"NaN":                    {"tickets.update", `{"estimated_seconds":NaN}`, want{message: `the body is not valid JSON: line 1, column 22: there is 'N' where a JSON value should be`}},
		"form data":              {"tickets.update", `title=x`, want{message: `the body is not valid JSON: line 1, column 1: there is 't' where a JSON value should be`}},
		"a byte outside strings": {"tickets.update", "\xff", want{message: `the body is not valid JSON: line 1, column 1: there is the byte 0xff where a JSON value should be`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, p := f.call(t, c.op, "", c.body)
			c.want.check(t, p)
		})
	}
}

// TestAllAtOnce holds that a caller hears of every mistake in one answer, up to
// a bound.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t)
	_, p := f.call(t, "tickets.update", "x=1", `{"titel":"x","kind":"x","owner":{"nam":"x"},"due_at":1}`)
	var fields []string
	for _, v := range p.Violations {
		fields = append(fields, v.Field)
	}
	if diff := cmp.Diff([]string{"x", "titel", "kind", "owner.nam", "due_at"}, fields); diff != "" {
		t.Errorf("fields:\n%s", diff)
	}
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf(`"x%d":%d`, i, i))
	}
	if _, p = f.call(t, "tickets.update", "", "{"+strings.Join(many, ",")+"}"); len(p.Violations) != 20 {
		t.Errorf("50 mistakes gave %d violations, want 20", len(p.Violations))
	}
	if _, p = f.call(t, "tickets.update", "", "{"+strings.Join(many[:20], ",")+",}"); len(p.Violations) != 20 {
		t.Errorf("what follows 20 mistakes is looked at: %v", p)
	}
	_, p = f.call(t, "tickets.update", "", `{"`+strings.Repeat("x", 10_000)+`":1}`)
	if n := len(p.Violations[0].Field); n > 100 {
		t.Errorf("a key of 10 kB is quoted with %d bytes", n)
	}
}

func TestPatchSetsFields(t *testing.T) {
	t.Parallel()
	f := setup(t)
	m, p := f.call(t, "tickets.update", "", `{
		"priority":{"level":2}, "owner":null, "description":"a\n\u00e9\ud83d\ude00", "watchers":[], "impact":"HIGH",
		"notify":{"contact":"SUPPRESS"}, "due_at":"2026-11-23T10:30:00.25+01:00", "estimated_seconds":-0,
		"custom_fields":{"floor":4,"vendor.site":"B-12","gone":null,"tags":["a","b"],"on":true}
	}`)
	if p != nil {
		t.Fatal(p)
	}
	wanted := `connection: "7743" ticket: "7743"
		input { priority { level: 2 } description: "a\n\u00e9\U0001F600" impact: HIGH notify { contact: SUPPRESS }
			due_at { seconds: 1795426200 nanos: 250000000 } estimated_seconds: 0
			custom_fields { key: "floor" value { number_value: 4 } }
			custom_fields { key: "vendor.site" value { string_value: "B-12" } }
			custom_fields { key: "tags" value { list_value { values { string_value: "a" } values { string_value: "b" } } } }
			custom_fields { key: "on" value { bool_value: true } } }
		set_fields: "priority" set_fields: "owner" set_fields: "description" set_fields: "watchers" set_fields: "impact"
		set_fields: "due_at" set_fields: "estimated_seconds"
		set_fields: "custom_fields[\"floor\"]" set_fields: "custom_fields[\"vendor.site\"]" set_fields: "custom_fields[\"gone\"]"
		set_fields: "custom_fields[\"tags\"]" set_fields: "custom_fields[\"on\"]"`
	if diff := cmp.Diff(text(t, wanted, &psav1.UpdateTicketRequest{}), m, protocmp.Transform()); diff != "" {
		t.Errorf("request:\n%s", diff)
	}
}

func TestBodyOfFlatRequest(t *testing.T) {
	t.Parallel()
	f := setup(t)
	m, p := f.call(t, "tickets.transition", "", `{"to":{"category":"RESOLVED"},"resolution":{"text":"Toner replaced"},"comment_to_customer":false}`)
	if p != nil {
		t.Fatal(p)
	}
	wanted := `connection: "7743" ticket: "7743" to { category: RESOLVED } resolution { text: "Toner replaced" } comment_to_customer: false`
	if diff := cmp.Diff(text(t, wanted, &psav1.TransitionTicketRequest{}), m, protocmp.Transform()); diff != "" {
		t.Errorf("request:\n%s", diff)
	}
	for _, body := range []string{"", "{}", " {} "} {
		if _, p := f.call(t, "connections.check", "", body); p != nil {
			t.Errorf("a check takes no fields, so %q has to do: %v", body, p)
		}
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	f := setup(t)
	op := f.catalogue.ByName("tickets.get")
	for name, c := range map[string]struct {
		ticket string
		want   want
	}{
		"empty":   {"", want{field: "ticket", message: "is empty in the path"}},
		"long":    {strings.Repeat("é", 129), want{field: "ticket", message: "is longer than the 128 characters that an id can have"}},
		"control": {"1\n2", want{field: "ticket", message: "has a control character or is not UTF-8"}},
		"UTF-8":   {"1\xff", want{field: "ticket", message: "has a control character or is not UTF-8"}},
	} {
		p := f.codec.Decode(op, op.Input.New(), map[string]string{"connection": "c", "ticket": c.ticket}, "", nil)
		t.Run(name, func(t *testing.T) { c.want.check(t, p) })
	}
	m := &psav1.GetTicketRequest{}
	if p := f.codec.Decode(op, m, map[string]string{"connection": "c", "ticket": strings.Repeat("é", 128)}, "", nil); p != nil {
		t.Error(p)
	}
	if m.GetConnection() != "c" || len(m.GetTicket()) != 256 {
		t.Errorf("bound %v", m)
	}
}

// FuzzBody holds that a body that is taken means to us what it means to
// protojson, which is laxer, and that one that is refused is refused in order.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"title":"Printer","company":{"name":"Contoso"},"queue":{"id":"1"}}`,
		`{"title":"x","contact":{"email":"a@b.example"},"custom_fields":{"floor":4,"a":[1,{"b":null}],"c":-1.5e-7}}`,
		`{"title":"\ud83d\ude00\u0000\ud800","due_at":"2026-11-23T10:30:00+01:00","watchers":[{"email":"x"}]}`,
		`{"kind":"INCIDENT","impact":"LOW","estimated_seconds":-0,"status":{"category":"NEW"},"owner":null}`,
		`{"title":"x","title":"y"}`, `{"a":[[[[[[]]]]]]}`, `[1,2`, "{\"title\":\"\xff\"}", ``, `{}{}`, `{"x":tru}`, `"`,
	} {
		f.Add(seed)
	}
	fx := setup(f)
	f.Fuzz(func(t *testing.T, body string) {
		for _, name := range []string{"tickets.create", "tickets.update"} {
			op := fx.catalogue.ByName(name)
			m := op.Input.New()
			p := fx.codec.Decode(op, m, map[string]string{"connection": "c", "ticket": "1"}, "", []byte(body))
			checkRefusal(t, p)
			if p != nil {
				continue
			}
			input := m.(interface{ GetInput() *psav1.Ticket }).GetInput()
			checkMeaning(t, fx, body, input)
		}
	})
}

func checkMeaning(t *testing.T, fx fixture, body string, input *psav1.Ticket) {
	t.Helper()
	theirs := &psav1.Ticket{}
	if err := protojson.Unmarshal([]byte(body), theirs); err != nil {
		t.Fatalf("we take what is no JSON of a ticket: %v", err)
	}
	for key, value := range theirs.GetCustomFields() {
		if _, cleared := input.GetCustomFields()[key]; !cleared && value.GetKind() != nil {
			delete(theirs.GetCustomFields(), key) // a null, which protojson takes for a value
		}
	}
	if diff := cmp.Diff(theirs, input, protocmp.Transform(), protocmp.IgnoreEmptyMessages()); diff != "" {
		t.Fatalf("we read a body otherwise than protojson:\n%s", diff)
	}
	again, err := fx.codec.Encode(nil, input)
	if err != nil {
		t.Fatal(err)
	}
	back := &psav1.CreateTicketRequest{}
	op := fx.catalogue.ByName("tickets.create")
	if p := fx.codec.Decode(op, back, map[string]string{"connection": "c"}, "", again); p != nil {
		t.Fatalf("we refuse what we wrote: %v\n%s", p, again)
	}
	input.ClearNotify() // a request's alone
	if !proto.Equal(input, back.GetInput()) {
		t.Fatalf("we read otherwise than we wrote: %s", again)
	}
}

func checkRefusal(t *testing.T, p *problem.Problem) {
	t.Helper()
	if p == nil {
		return
	}
	if p.Code != problem.InvalidArgument || p.Detail == "" || len(p.Violations) > 20 {
		t.Fatalf("refused with %s, %q and %d violations", p.Code, p.Detail, len(p.Violations))
	}
	for _, v := range p.Violations {
		if v.Field == "" || v.Message == "" || len(v.Field) > 3000 {
			t.Fatalf("violation %+v", v)
		}
	}
}
