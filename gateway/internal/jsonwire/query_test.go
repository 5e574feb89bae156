package jsonwire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// text parses a message in prototext into m.
func text(t *testing.T, s string, m proto.Message) proto.Message {
	t.Helper()
	if err := prototext.Unmarshal([]byte(s), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestQuery(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for name, c := range map[string]struct{ query, want string }{
		"nothing":           {"", ""},
		"separated":         {"queue=A,B%2C+C&queue=D%20E", `queue: "A" queue: "B, C" queue: "D E"`},
		"enums":             {"status_category=NEW,IN_PROGRESS&include=VENDOR", "status_category: NEW status_category: IN_PROGRESS include: VENDOR"},
		"scalars":           {"page_size=200&unassigned=false&order_by=updated_at%20desc", `page_size: 200 unassigned: false order_by: "updated_at desc"`},
		"integers":          {"priority_level=1,5", "priority_level: 1 priority_level: 5"},
		"a time":            {"updated_since=2026-11-22T00:00:00Z", "updated_since { seconds: 1795305600 }"},
		"a time, offset":    {"updated_since=2026-11-22T01:00:00%2B01:00", "updated_since { seconds: 1795305600 }"},
		"custom fields":     {"custom_field.floor=3&custom_field.vendor.site%20code=a%2Cb", `custom_field { key: "floor" value: "3" } custom_field { key: "vendor.site code" value: "a,b" }`},
		"empty pairs":       {"&&text=x&", `text: "x"`},
		"an equals sign":    {"text=a=b", `text: "a=b"`},
		"a forced id":       {"queue=id:42", `queue: "id:42"`},
		"escaped names too": {"%74ext=x", `text: "x"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, p := f.call(t, "tickets.list", c.query, "")
			if p != nil {
				t.Fatal(p)
			}
			want := text(t, c.want, &psav1.ListTicketsRequest{}).(*psav1.ListTicketsRequest)
			want.SetConnection("7743")
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("request:\n%s", diff)
			}
		})
	}
}

func TestQueryIsRefused(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for name, c := range map[string]struct {
		query string
		want  want
	}{
		"an unknown parameter":    {"statuz=New", want{"statuz", "tickets.list has no such query parameter", "status", "page_size"}},
		"another case":            {"pageSize=3", want{"pageSize", "tickets.list has no such query parameter", "page_size", "page_size"}},
		"a path parameter":        {"connection=x", want{"connection", "tickets.list has no such query parameter", "", "page_size"}},
		"a map without key":       {"custom_field=3", want{"custom_field", "tickets.list has no such query parameter", "", "page_size"}},
		"a map with an empty key": {"custom_field.=3", want{field: "custom_field.", message: "names no custom field"}},
		"a map's entry twice":     {"custom_field.a=3&custom_field.a=4", want{field: "custom_field.a", message: "is given twice"}},
		"a singular twice":        {"text=a&text=b", want{field: "text", message: "is given twice"}},
		"two values of one":       {"text=a,b", want{field: "text", message: "takes one value: write a comma within it as %2C"}},
		"no value":                {"text", want{field: "text", message: "is empty: leave the parameter out, or give it a value"}},
		"an empty value":          {"queue=", want{field: "queue", message: "is empty: leave the parameter out, or give it a value"}},
		"an empty element":        {"queue=a,,b", want{field: "queue", message: "has an empty value in its list"}},
		"a wrong boolean":         {"unassigned=1", want{"unassigned", `"1" is neither true nor false`, "", "true"}},
		"a wrong integer":         {"page_size=0x10", want{field: "page_size", message: `"0x10" is not a whole number`}},
		"a fraction":              {"page_size=1.0", want{field: "page_size", message: `"1.0" is not a whole number`}},
		"beyond int32":            {"page_size=2147483648", want{field: "page_size", message: "2147483648 is outside of -2147483648 to 2147483647"}},
		"beyond the page":         {"page_size=201", want{field: "page_size", message: "must be greater than or equal to 1 and less than or equal to 200"}},
		"page 0":                  {"page_size=0", want{field: "page_size", message: "must be greater than or equal to 1 and less than or equal to 200"}},
		"an unknown enum value":   {"kind=ticket", want{"kind", `"ticket" is not allowed here`, "", "SERVICE"}},
		"an enum in lower case":   {"include=sla", want{"include", `"sla" is not allowed here`, "SLA", "DESCRIPTION"}},
		"a value not in the list": {"order_by=updated", want{"order_by", `"updated" is not allowed here`, "updated_at", "updated_at"}},
		"a value twice":           {"include=SLA,SLA", want{field: "include", message: "has a value twice"}},
		"a bare plus":             {"updated_since=2026-11-22T01:00:00+01:00", want{field: "updated_since", message: `"2026-11-22T01:00:00 01:00" is not an RFC 3339 time: in a query, write the + of an offset as %2B`}},
		"a date":                  {"updated_since=2026-11-22", want{field: "updated_since", message: `"2026-11-22" is not an RFC 3339 time, such as 2026-11-23T09:30:00Z`}},
		"a bad escape":            {"text=100%", want{field: "text", message: "has a % that starts no escape: write it as %25"}},
		"a bad escape in a name":  {"te%xt=1", want{field: "te%xt", message: "is not escaped as a query parameter has to be"}},
		"no name":                 {"=a", want{field: "query", message: "has a value without the name of a parameter"}},
		"NUL":                     {"text=a%00b", want{field: "text", message: "has a control character or is not UTF-8"}},
		"invalid UTF-8":           {"text=%ff", want{field: "text", message: "has a control character or is not UTF-8"}},
		"a long value":            {"text=" + strings.Repeat("x", 5000), want{field: "text", message: "has a value longer than 4096 bytes"}},
		"too many values":         {"queue=a" + strings.Repeat(",a", 100), want{field: "queue", message: "must contain no more than 100 item(s)"}},
		"too many parameters":     {strings.Repeat("queue=a&", 301), want{field: "query", message: "has more than 300 parameters"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, p := f.call(t, "tickets.list", c.query, "")
			c.want.check(t, p)
		})
	}
	t.Run("a parameter of a write", func(t *testing.T) {
		t.Parallel()
		_, p := f.call(t, "notes.create_internal", "title=x", `{"body":"x"}`)
		want{field: "title", message: "notes.create_internal has no such query parameter"}.check(t, p)
	})
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"status=New,Open&queue=A%2CB&page_size=50", "custom_field.floor=3&custom_field.=", "updated_since=2026-11-22T00:00:00%2B01:00",
		"a=%zz&%zz=a", "include=VENDOR&include=SLA&text=a+b", "&&=&==", strings.Repeat("x=1&", 400), "unassigned=true,false", "\xff=\xff",
	} {
		f.Add(seed)
	}
	fx := setup(f)
	op := fx.catalogue.ByName("tickets.list")
	f.Fuzz(func(t *testing.T, query string) {
		m := op.Input.New()
		p := fx.codec.Decode(op, m, map[string]string{"connection": "c"}, query, nil)
		if p == nil {
			p = fx.codec.Validate(m)
		}
		checkRefusal(t, p)
		if p != nil {
			return
		}
		if _, err := proto.Marshal(m); err != nil { // what is taken can be sent on
			t.Fatal(err)
		}
	})
}
