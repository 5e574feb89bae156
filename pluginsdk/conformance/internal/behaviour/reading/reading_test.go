package reading

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func eachOperation(visit func(o *operationv1.Operation, m protoreflect.MethodDescriptor)) {
	protoregistry.GlobalFiles.RangeFilesByPackage(psav1.File_deskgate_psa_v1_ticket_proto.Package(), func(f protoreflect.FileDescriptor) bool {
		for s := range f.Services().Len() {
			for m := range f.Services().Get(s).Methods().Len() {
				method := f.Services().Get(s).Methods().Get(m)
				if o, ok := proto.GetExtension(method.Options(), operationv1.E_Operation).(*operationv1.Operation); ok {
					visit(o, method)
				}
			}
		}
		return true
	})
}

// What the contract has, some check is about: every operation that reads, every list
// in pages, and every id in a path.
func TestNothingOfTheContractIsLeftOut(t *testing.T) {
	t.Parallel()
	about := map[string]bool{}
	for _, c := range Checks() {
		for _, op := range c.Operations {
			about[op] = true
		}
	}
	seen := 0
	eachOperation(func(o *operationv1.Operation, m protoreflect.MethodDescriptor) {
		seen++
		if o.GetAccess() == operationv1.Access_READ && !about[o.GetName()] {
			t.Errorf("no check is about %s", o.GetName())
		}
		if m.Input().Fields().ByName("page_size") != nil && !slices.Contains(paged, o.GetName()) {
			t.Errorf("%s answers in pages, and nobody turns them", o.GetName())
		}
		rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
		path := rule.GetGet() + rule.GetPost() + rule.GetPatch() + rule.GetDelete()
		named := slices.ContainsFunc(identified, func(i struct {
			op     string
			writes bool
		}) bool {
			return i.op == o.GetName() && i.writes == (o.GetAccess() != operationv1.Access_READ)
		})
		if strings.Count(path, "{") > 1 && !named {
			t.Errorf("%s has an id in its path, and none that is wrong is tried", o.GetName())
		}
	})
	if seen < 50 {
		t.Errorf("the contract has %d operations only", seen)
	}
}

func TestPartOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]psav1.Include_V{
		"description": psav1.Include_DESCRIPTION, "resolution": psav1.Include_DESCRIPTION, `custom_fields["5"]`: psav1.Include_CUSTOM_FIELDS,
		"vendor": psav1.Include_VENDOR, "sla": psav1.Include_SLA, "title": psav1.Include_UNSPECIFIED, "unspecified": psav1.Include_UNSPECIFIED,
	} {
		if got := partOf(name); got != want {
			t.Errorf("%s is of %s, want %s", name, got, want)
		}
	}
}

func TestUnlike(t *testing.T) {
	t.Parallel()
	for id, known := range map[string][]string{
		"10001": {"10001", "10002"}, "9": {"1", "2", "3", "4", "5", "6", "7", "8", "9"}, "46d44a2f": {"46d44a2f"}, "77-1": {"77-1"},
	} {
		all := map[string]bool{}
		for _, one := range known {
			all[one] = true
		}
		if got := unlike(id, all); all[got] || got == "" || got[0] == '0' {
			t.Errorf("%q is an id that is there, or none that could be: %v", got, known)
		}
	}
	for _, id := range slices.Concat(strange, around("10001", "10002")) {
		if id == "10001" || id == "10002" {
			t.Error("one of the strange ids is a genuine one")
		}
	}
}

func TestShapeOf(t *testing.T) {
	t.Parallel()
	ids := []string{"10001", "55"}
	for want, r := range map[string]simulated.Request{
		"GET /service/tickets/{id}/notes/{id}?fields": {Method: "GET", Path: "/service/tickets/10001/notes/55", Query: "fields=id,name"},
		"GET /service/tickets/1/notes?":               {Method: "GET", Path: "/service/tickets/1/notes"},
		"GET /tickets/{id}?a&x":                       {Method: "GET", Path: "/tickets/10001", Query: "x=1&a=2"},
		"GET /tickets?%zz":                            {Method: "GET", Path: "/tickets", Query: "%zz"},
	} {
		if got := shapeOf(r, ids); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestMeans(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]bool{
		{"a", "a"}: true, {"", ""}: true, {"0", ""}: true, {"false", ""}: true, {"a\r\nb", "a\nb"}: true,
		{"2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z"}: true, {"2026-03-02T12:00:00.000Z", "2026-03-02T12:00:00Z"}: true,
		{"2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z"}: false, {"a", ""}: false, {"", "a"}: false, {"5", "6"}: false,
	} {
		if got := means(pair[0], pair[1]); got != want {
			t.Errorf("the PSA holds %q and %q is read: %t", pair[0], pair[1], got)
		}
	}
}

func TestComparison(t *testing.T) {
	t.Parallel()
	tickets := func(ids ...string) []protoreflect.Message {
		var rows []protoreflect.Message
		for n, id := range ids {
			rows = append(rows, psav1.Ticket_builder{Id: &id, UpdatedAt: timestamppb.New(time.Unix(int64(n), 0))}.Build().ProtoReflect())
		}
		return rows
	}
	byID := order{path: "id"}
	if rows := tickets("9", "10"); byID.comparison(rows)(rows[0], rows[1]) >= 0 {
		t.Error("ids that are numbers are compared as texts")
	}
	if rows := tickets("a9", "b1"); byID.comparison(rows)(rows[0], rows[1]) >= 0 {
		t.Error("ids of one length are not compared as texts")
	}
	if rows := tickets("9", "task-10"); byID.comparison(rows) != nil {
		t.Error("ids that nobody can compare are compared")
	}
	if rows := tickets("2", "1"); (order{path: "updated_at"}).comparison(rows)(rows[0], rows[1]) >= 0 {
		t.Error("times are not compared")
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	definition := func(kind psav1.CustomFieldType_V) *psav1.CustomFieldDefinition {
		return psav1.CustomFieldDefinition_builder{Type: &kind, Options: []*psav1.CustomFieldOption{psav1.CustomFieldOption_builder{Id: new("1")}.Build()}}.Build()
	}
	list, err := structpb.NewValue([]any{"1"})
	if err != nil {
		t.Fatal(err)
	}
	text := structpb.NewStringValue
	for kind, test := range map[psav1.CustomFieldType_V]struct{ right, wrong *structpb.Value }{
		psav1.CustomFieldType_STRING:      {text("x"), structpb.NewNumberValue(1)},
		psav1.CustomFieldType_NUMBER:      {structpb.NewNumberValue(1), text("1")},
		psav1.CustomFieldType_BOOL:        {structpb.NewBoolValue(true), text("true")},
		psav1.CustomFieldType_DATE:        {text("2026-11-23"), text("2026-11-23T00:00:00Z")},
		psav1.CustomFieldType_DATETIME:    {text("2026-11-23T00:00:00Z"), text("2026-11-23T01:00:00+01:00")},
		psav1.CustomFieldType_SELECT:      {text("1"), text("Gold")},
		psav1.CustomFieldType_MULTISELECT: {list, text("1")},
		psav1.CustomFieldType_URL:         {text("https://x.example"), structpb.NewBoolValue(true)},
	} {
		if d := definition(kind); !fits(d, test.right) || fits(d, test.wrong) {
			t.Errorf("%s: %t, %t", kind, fits(d, test.right), fits(d, test.wrong))
		}
	}
}
