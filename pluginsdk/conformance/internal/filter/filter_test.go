package filter_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Every filter of every list that answers in pages is one that the suite knows.
// Workloads are held against tickets elsewhere.
func TestEveryFilterIsKnown(t *testing.T) {
	t.Parallel()
	lists := 0
	eachMethod(func(name string, m protoreflect.MethodDescriptor) {
		fields := m.Input().Fields()
		if fields.ByName("page_size") == nil || name == "technicians.workload" {
			return
		}
		lists++
		known := map[string]bool{"connection": true, "page_size": true, "page_token": true, "order_by": true, "include": true}
		for _, f := range filter.Of(name) {
			known[f.Name] = true
		}
		for i := range fields.Len() {
			field := string(fields.Get(i).Name())
			if inPath := field == "ticket" && strings.HasPrefix(name, "attachments.") || field == "ticket" && (name == "notes.list" || name == "tickets.history") || field == "company" && name == "sites.list"; inPath {
				continue
			}
			if !known[field] {
				t.Errorf("%s has the filter %s, which nothing tries", name, field)
			}
			delete(known, field)
		}
		for field := range known {
			if fields.ByName(protoreflect.Name(field)) == nil && filter.Of(name) != nil && !slices.Contains([]string{"order_by", "include"}, field) {
				t.Errorf("%s has no filter %s", name, field)
			}
		}
	})
	if lists < 10 {
		t.Errorf("only %d lists were looked at", lists)
	}
}

func eachMethod(visit func(name string, m protoreflect.MethodDescriptor)) {
	protoregistry.GlobalFiles.RangeFilesByPackage(psav1.File_deskgate_psa_v1_ticket_proto.Package(), func(f protoreflect.FileDescriptor) bool {
		for s := range f.Services().Len() {
			for m := range f.Services().Get(s).Methods().Len() {
				method := f.Services().Get(s).Methods().Get(m)
				if o, ok := proto.GetExtension(method.Options(), operationv1.E_Operation).(*operationv1.Operation); ok {
					visit(o.GetName(), method)
				}
			}
		}
		return true
	})
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// tickets are two tickets that differ in everything that a filter looks at.
func tickets() []protoreflect.Message {
	one := psav1.Ticket_builder{
		Id: new("1"), Number: new("T1"), Title: new("Printer on floor three"), Kind: new(psav1.Kind_INCIDENT),
		Status:    psav1.Status_builder{Id: new("5"), Name: new("New"), Category: new(psav1.Category_NEW)}.Build(),
		Priority:  psav1.Priority_builder{Id: new("2"), Name: new("High"), Level: new(int32(2))}.Build(),
		Queue:     psav1.Reference_builder{Id: new("7"), Name: new("Service Desk")}.Build(),
		UpdatedAt: timestamppb.New(noon), ExternalId: new("ext-1"),
		CustomFields: map[string]*structpb.Value{"floor": structpb.NewNumberValue(3), "site": structpb.NewStringValue("B-12")},
	}.Build()
	two := psav1.Ticket_builder{
		Id: new("2"), Number: new("T2"), Title: new("100% of the disk is full"), Kind: new(psav1.Kind_REQUEST),
		Status: psav1.Status_builder{Id: new("6"), Name: new("Waiting"), Category: new(psav1.Category_WAITING_OTHER)}.Build(),
		Owner:  psav1.Reference_builder{Id: new("9"), Name: new("Dana Reyes")}.Build(), Queue: psav1.Reference_builder{Id: new("8"), Name: new("service desk")}.Build(),
		UpdatedAt: timestamppb.New(noon.Add(time.Hour)), CustomFields: map[string]*structpb.Value{"floor": structpb.NewNumberValue(4)},
	}.Build()
	return []protoreflect.Message{one.ProtoReflect(), two.ProtoReflect()}
}

// cases are what one row gives of a filter, by the words of each.
func cases(t *testing.T, name string, row protoreflect.Message) map[string]filter.Case {
	t.Helper()
	i := slices.IndexFunc(filter.Of("tickets.list"), func(f filter.Filter) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("there is no filter %s", name)
	}
	all := map[string]filter.Case{}
	for _, c := range filter.Of("tickets.list")[i].Of(row) {
		all[c.Words()] = c
	}
	return all
}

func TestJudge(t *testing.T) {
	t.Parallel()
	rows := tickets()
	for words, want := range map[string]struct {
		name     string
		one, two filter.Verdict
	}{
		`queue="Service Desk"`:     {"queue", filter.Keeps, filter.Either}, // which differs in its case alone
		`queue="7"`:                {"queue", filter.Keeps, filter.Drops},
		`queue="id:7"`:             {"queue", filter.Keeps, filter.Drops},
		`status_category=NEW`:      {"status_category", filter.Keeps, filter.Drops},
		`kind=INCIDENT`:            {"kind", filter.Keeps, filter.Drops},
		`priority_level=2`:         {"priority_level", filter.Keeps, filter.Drops},
		`unassigned=true`:          {"unassigned", filter.Keeps, filter.Drops},
		`unassigned=false`:         {"unassigned", filter.Drops, filter.Keeps},
		`text="Printer"`:           {"text", filter.Keeps, filter.Drops},
		`text="RINTE"`:             {"text", filter.Keeps, filter.Drops},
		`text="T1"`:                {"text", filter.Keeps, filter.Drops},
		`external_id="ext-1"`:      {"external_id", filter.Keeps, filter.Drops},
		`custom_field.floor="3"`:   {"custom_field", filter.Keeps, filter.Drops},
		`custom_field.site="B-12"`: {"custom_field", filter.Keeps, filter.Drops},

		`updated_since=2026-03-02T12:00:00Z`:      {"updated_since", filter.Keeps, filter.Keeps},
		`updated_since=2026-03-02T12:00:01Z`:      {"updated_since", filter.Drops, filter.Keeps},
		`updated_since=2026-03-02T12:00:00.001Z`:  {"updated_since", filter.Either, filter.Keeps}, // a PSA may have cut the record's own fraction
		`updated_before=2026-03-02T12:00:00Z`:     {"updated_before", filter.Drops, filter.Drops},
		`updated_before=2026-03-02T12:00:01Z`:     {"updated_before", filter.Keeps, filter.Drops},
		`updated_before=2026-03-02T12:00:00.001Z`: {"updated_before", filter.Either, filter.Drops},
	} {
		c, ok := cases(t, want.name, rows[0])[words]
		if !ok {
			t.Errorf("the first ticket gives no %s", words)
			continue
		}
		if one, two := c.Judge(rows[0]), c.Judge(rows[1]); one != want.one || two != want.two {
			t.Errorf("%s: %d and %d, want %d and %d", words, one, two, want.one, want.two)
		}
	}
}

func TestSeveralValuesAreJoinedByOr(t *testing.T) {
	t.Parallel()
	rows := tickets()
	either := cases(t, "queue", rows[0])[`queue="7"`].Or(cases(t, "queue", rows[1])[`queue="id:8"`])
	if either.Words() != `queue="7","id:8"` || either.Judge(rows[0]) != filter.Keeps || either.Judge(rows[1]) != filter.Keeps {
		t.Errorf("%s: %d, %d", either.Words(), either.Judge(rows[0]), either.Judge(rows[1]))
	}
	request := &psav1.ListTicketsRequest{}
	either.Set(request.ProtoReflect())
	cases(t, "custom_field", rows[0])[`custom_field.floor="3"`].Set(request.ProtoReflect())
	cases(t, "updated_since", rows[0])[`updated_since=2026-03-02T12:00:00Z`].Set(request.ProtoReflect())
	want := psav1.ListTicketsRequest_builder{Queue: []string{"7", "id:8"}, CustomField: map[string]string{"floor": "3"}, UpdatedSince: timestamppb.New(noon)}.Build()
	if !proto.Equal(request, want) {
		t.Errorf("the request is %v", request)
	}
	both := []filter.Case{either, cases(t, "kind", rows[1])["kind=REQUEST"]}
	if filter.All(both, rows[0]) != filter.Drops || filter.All(both, rows[1]) != filter.Keeps {
		t.Error("two filters are not joined by AND")
	}
}

// A pair is one that shows when either filter is dropped.
func TestPairsTellBothFilters(t *testing.T) {
	t.Parallel()
	var rows []protoreflect.Message
	for _, of := range [][2]string{{"7", "5"}, {"7", "6"}, {"8", "5"}} {
		rows = append(rows, psav1.Ticket_builder{
			Queue: psav1.Reference_builder{Id: &of[0]}.Build(), Type: psav1.Reference_builder{Id: &of[1]}.Build(),
		}.Build().ProtoReflect())
	}
	table := filter.NewTable(rows)
	of := func(name string) filter.Filter {
		return filter.Of("tickets.list")[slices.IndexFunc(filter.Of("tickets.list"), func(f filter.Filter) bool { return f.Name == name })]
	}
	pairs := table.Pairs(of("queue"), of("type"))
	if len(pairs) != 1 {
		t.Fatalf("%d pairs", len(pairs))
	}
	kept := 0
	for _, row := range rows {
		if filter.All(pairs[0], row) == filter.Keeps {
			kept++
		}
	}
	if kept != 1 || pairs[0][0].Judge(rows[2]) == filter.Keeps || pairs[0][1].Judge(rows[1]) == filter.Keeps {
		t.Errorf("the pair is %s and %s", pairs[0][0].Words(), pairs[0][1].Words())
	}
	singles := table.Singles(of("queue"), (&psav1.ListTicketsRequest{}).ProtoReflect().Descriptor())
	var words []string
	for _, c := range singles {
		words = append(words, c.Words())
	}
	for _, want := range []string{`queue="8"`, `queue="7"`, `queue="8","7"`, `queue="id:8"`} {
		if !slices.Contains(words, want) {
			t.Errorf("queue is tried with %v, and not with %s", words, want)
		}
	}
	if len(table.Pairs(of("queue"), of("contact"))) != 0 {
		t.Error("there is a pair of what no row has")
	}
}

// A span that ends before it begins may be refused, and is not asked for.
func TestPairsMakeNoSpanThatIsNone(t *testing.T) {
	t.Parallel()
	var rows []protoreflect.Message
	for n := range 8 {
		at := noon.Add(time.Duration(n) * time.Hour)
		rows = append(rows, psav1.ScheduleEntry_builder{Start: timestamppb.New(at), End: timestamppb.New(at.Add(time.Second))}.Build().ProtoReflect())
	}
	filters := filter.Of("schedule_entries.list")
	pairs := filter.NewTable(rows).Pairs(filters[0], filters[1])
	if len(pairs) == 0 {
		t.Fatal("there is no pair")
	}
	for _, pair := range pairs {
		request := &psav1.ListScheduleEntriesRequest{}
		for _, c := range pair {
			c.Set(request.ProtoReflect())
		}
		if !request.GetFrom().AsTime().Before(request.GetTo().AsTime()) {
			t.Errorf("from %s to %s", request.GetFrom().AsTime(), request.GetTo().AsTime())
		}
	}
}
