package connector

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// writable is a value of a field that a ticket of the Service Desk does not have,
// and what ConnectWise's own record then holds at a path.
type writable struct {
	field string // in set_fields
	input psav1.Ticket_builder
	path  string
	holds string
	// refused is where the field is not one that an update takes.
	refused fault.Code
}

func value(v any) *structpb.Value {
	out, err := structpb.NewValue(v)
	if err != nil {
		panic(err)
	}
	return out
}

func customField(id string, v any, path, holds string) writable {
	return writable{
		field: `custom_fields["` + id + `"]`, input: psav1.Ticket_builder{CustomFields: map[string]*structpb.Value{id: value(v)}}, path: path, holds: holds,
	}
}

var writables = []writable{
	{field: "title", input: psav1.Ticket_builder{Title: new("Ünlike\tany")}, path: "summary", holds: "Ünlike\tany"},
	{field: "status", input: psav1.Ticket_builder{Status: psav1.Status_builder{Name: new("Waiting Parts")}.Build()}, path: "status/name", holds: "Waiting Parts"},
	{field: "priority", input: psav1.Ticket_builder{Priority: psav1.Priority_builder{Level: new(int32(1))}.Build()}, path: "priority/id", holds: "6"},
	{field: "impact", input: psav1.Ticket_builder{Impact: new(psav1.Grade_HIGH)}, path: "impact", holds: "High"},
	{field: "urgency", input: psav1.Ticket_builder{Urgency: new(psav1.Grade_LOW)}, path: "severity", holds: "Low"},
	{field: "queue", input: psav1.Ticket_builder{Queue: ref("Alerts")}, path: "board/name", holds: "Alerts"},
	{field: "type", input: psav1.Ticket_builder{Type: ref("Printing")}, path: "type/name", holds: "Printing"},
	{field: "owner", input: psav1.Ticket_builder{Owner: ref("nightdesk")}, path: "owner/identifier", holds: "nightdesk"},
	{field: "due_at", input: psav1.Ticket_builder{DueAt: timestamppb.New(time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC))}, path: "requiredDate", holds: "2031-02-03T04:05:06Z"},
	{field: "estimated_seconds", input: psav1.Ticket_builder{EstimatedSeconds: new(int32(9000))}, path: "budgetHours", holds: "2.5"},
	{field: "external_id", input: psav1.Ticket_builder{ExternalId: new("ext-9")}, path: "externalXRef", holds: "ext-9"},
	{field: "watchers", input: psav1.Ticket_builder{Watchers: []*psav1.Party{psav1.Party_builder{Email: new("w@x.example")}.Build()}}, path: "automaticEmailCc", holds: "w@x.example;"},
	{field: "parent", input: psav1.Ticket_builder{Parent: refByID("10002")}, path: "parentTicketId", holds: "10002"},
	{field: "work_type", input: psav1.Ticket_builder{WorkType: ref("Emergency")}, path: "workType/name", holds: "Emergency"},
	customField("1", "HP-77", "customFields/1", "HP-77"),
	customField("2", 41.0, "customFields/2", "41"),
	customField("4", "2031-05-17", "customFields/4", "2031-05-17T00:00:00Z"),
	customField("5", "Software defect", "customFields/5", "Software defect"),
	customField("6", "602", "customFields/6", "Silver"),
	customField("7", "https://x.example/?a=1", "customFields/7", "https://x.example/?a=1"),
	customField("8", 99.5, "customFields/8", "99.5"),
	customField("9", "5035550199", "customFields/9", "5035550199"),
	customField("10", "a\nb", "customFields/10", "a\nb"),
	customField("vendor.poNumber", "PO-5", "poNumber", "PO-5"),
	customField("vendor.billTime", "nocharge", "billTime", "NoCharge"),
	customField("vendor.customerUpdatedFlag", true, "customerUpdatedFlag", "true"),
	// These take no value at all, or not in an update.
	{field: "source", input: psav1.Ticket_builder{Source: ref("Call")}, refused: fault.CodeInvalidArgument},
	{field: "record_type", input: psav1.Ticket_builder{RecordType: ref("Project Ticket")}, refused: fault.CodeFieldNotSupported},
	{field: "co_owners", input: psav1.Ticket_builder{CoOwners: []*psav1.Reference{ref("jokafor")}}, refused: fault.CodeFieldNotSupported},
	{field: "problem", input: psav1.Ticket_builder{Problem: refByID("10000")}, refused: fault.CodeFieldNotSupported},
	{field: "kind", input: psav1.Ticket_builder{Kind: new(psav1.Kind_INCIDENT)}, refused: fault.CodeInvalidArgument},
}

// elsewhere are the writable fields that other tests go through: they need
// records of the seed, or are kept in notes.
var elsewhere = []string{
	"description", "resolution", "company", "contact", "site", "subtype", "item", "agreement", "configurations", "custom_fields",
	`custom_fields["3"]`, `custom_fields["vendor.team"]`, `custom_fields["vendor.serviceLocation"]`, `custom_fields["vendor.location"]`,
	`custom_fields["vendor.department"]`, `custom_fields["vendor.automaticEmailContactFlag"]`, `custom_fields["vendor.automaticEmailResourceFlag"]`,
	`custom_fields["vendor.automaticEmailCcFlag"]`,
	// Of projects alone.
	`custom_fields["vendor.phase"]`, `custom_fields["vendor.project"]`, `custom_fields["vendor.wbsCode"]`,
}

// holds is what a record of ConnectWise holds at a path, as text.
func holds(t *testing.T, record map[string]any, path string) string {
	t.Helper()
	if id, ok := strings.CutPrefix(path, "customFields/"); ok {
		list, _ := record["customFields"].([]any)
		for _, item := range list {
			if f, _ := item.(map[string]any); fmt.Sprint(f["id"]) == id {
				return asText(f["value"])
			}
		}
		return ""
	}
	var v any = record
	for step := range strings.SplitSeq(path, "/") {
		m, _ := v.(map[string]any)
		v = m[step]
	}
	return asText(v)
}

func asText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// Every field that callers may write is one of the lists above.
func TestNoWritableFieldIsForgotten(t *testing.T) {
	t.Parallel()
	known := slices.Clone(elsewhere)
	for _, w := range writables {
		known = append(known, w.field)
	}
	fields := (&psav1.Ticket{}).ProtoReflect().Descriptor().Fields()
	for n := range fields.Len() {
		fd := fields.Get(n)
		behavior, _ := proto.GetExtension(fd.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
		if slices.Contains(behavior, annotations.FieldBehavior_OUTPUT_ONLY) || slices.Contains(behavior, annotations.FieldBehavior_INPUT_ONLY) {
			continue
		}
		if !slices.Contains(known, string(fd.Name())) {
			t.Errorf("no test writes %s", fd.Name())
		}
	}
	for _, b := range mapping.Builtins {
		if !slices.Contains(known, mapping.CustomFieldPath(b.ID())) {
			t.Errorf("no test writes %s", b.ID())
		}
	}
}

// ticketWithout is an open ticket of the Service Desk that does not hold a value
// yet, and ConnectWise's own record of it.
func ticketWithout(t *testing.T, i *Instance, sim *simulator.Running, w writable) (string, map[string]any) {
	t.Helper()
	for _, ticket := range walk(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW, psav1.Category_IN_PROGRESS}}) {
		var record map[string]any
		vendor(t, sim, "GET", "service/tickets/"+ticket.GetId(), "", &record)
		if w.refused != "" || holds(t, record, w.path) != w.holds {
			return ticket.GetId(), record
		}
	}
	t.Fatalf("every ticket holds %q already", w.holds)
	return "", nil
}

// A receipt says applied where ConnectWise's own record holds it, and only there.
func TestAppliedIsWhatConnectWiseHolds(t *testing.T) {
	t.Parallel()
	for _, w := range writables {
		t.Run(w.field, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			id, before := ticketWithout(t, i, sim, w)
			admin(t, sim, "DELETE", "requests", "", nil)
			write := psav1.UpdateTicketRequest_builder{Ticket: &id, Input: w.input.Build(), SetFields: []string{w.field}}.Build()
			if w.refused != "" {
				_, err := i.UpdateTicket(t.Context(), write)
				wantFault(t, err, w.refused)
				if sent := writes(t, sim); len(sent) > 0 {
					t.Errorf("sent %v", sent)
				}
				return
			}
			// First a server that answers success and keeps what it has.
			kept, err := json.Marshal(before)
			if err != nil {
				t.Fatal(err)
			}
			admin(t, sim, "POST", "faults", fmt.Sprintf(`{"match":{"method":"PATCH","path":"*/service/tickets/%s"},"fault":"status","status":200,"times":1,"body":%s}`, id, kept), nil)
			resp, err := i.UpdateTicket(t.Context(), write)
			if err != nil {
				t.Fatal(err)
			}
			if r := resp.GetReceipt(); len(r.GetApplied()) > 0 || len(r.GetDropped()) != 1 || r.GetDropped()[0].GetField() != w.field || r.GetOutcome() != psav1.Receipt_Outcome_NOT_APPLIED {
				t.Errorf("ignored, it is told as %v", r)
			}
			if len(writes(t, sim)) != 1 {
				t.Errorf("sent %v", writes(t, sim))
			}

			// Then one that takes it.
			resp, err = i.UpdateTicket(t.Context(), write)
			if err != nil {
				t.Fatal(err)
			}
			var after map[string]any
			vendor(t, sim, "GET", "service/tickets/"+id, "", &after)
			if r := resp.GetReceipt(); !slices.Equal(r.GetApplied(), []string{w.field}) || holds(t, after, w.path) != w.holds {
				t.Errorf("ConnectWise holds %q, the receipt says %v", holds(t, after, w.path), r)
			}
		})
	}
}

// The fields whose values are records of the seed.
func TestReferencesOfOneScopeAreHeld(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket, _ := twoCompanies(t, i)
	id := ticket.GetId()
	type record struct{ ID int }
	for member, list := range map[string]string{"team": "service/boards/1/teams", "location": "system/locations", "department": "system/departments", "serviceLocation": ""} {
		records := []record{{2}, {seed.RemoteLocation}} // the API has no list of service locations
		if list != "" {
			records = nil
			vendor(t, sim, "GET", list, "", &records)
		}
		if len(records) == 0 {
			t.Errorf("the seed has no %s", list)
		}
		for _, record := range records {
			r := update(t, i, id, psav1.Ticket_builder{CustomFields: map[string]*structpb.Value{"vendor." + member: value(itoa(record.ID))}}, `custom_fields["vendor.`+member+`"]`).GetReceipt()
			var held map[string]any
			vendor(t, sim, "GET", "service/tickets/"+id, "", &held)
			if got := holds(t, held, member+"/id"); got != itoa(record.ID) || len(r.GetApplied()) != 1 {
				t.Errorf("%s is %q, the receipt says %v", member, got, r)
			}
		}
	}
	types := update(t, i, id, psav1.Ticket_builder{Type: ref("Network"), Subtype: ref("VPN"), Item: ref("Firewall")}, "type", "subtype", "item").GetReceipt()
	if got := vendorTicket(t, sim, id); got.Type.Name != "Network" || got.SubType.Name != "VPN" || got.Item.Name != "Firewall" || len(types.GetApplied()) != 3 {
		t.Errorf("ConnectWise holds %v %v %v, the receipt says %v", got.Type, got.SubType, got.Item, types)
	}
	for _, flag := range []string{"automaticEmailContactFlag", "automaticEmailResourceFlag", "automaticEmailCcFlag"} {
		for _, on := range []bool{true, false, true} {
			r := update(t, i, id, psav1.Ticket_builder{CustomFields: map[string]*structpb.Value{"vendor." + flag: value(on)}}, `custom_fields["vendor.`+flag+`"]`).GetReceipt()
			var record map[string]any
			vendor(t, sim, "GET", "service/tickets/"+id, "", &record)
			if record[flag] != on || len(r.GetApplied()) != 1 {
				t.Errorf("%s is %v, the receipt says %v", flag, record[flag], r)
			}
		}
	}
	_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: &id, Input: psav1.Ticket_builder{Agreement: refByID("99999999")}.Build(), SetFields: []string{"agreement"},
	}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "agreement" {
		t.Errorf("violations %+v", e.Violations)
	}
}

// What ConnectWise rounds is told as rounded, counts as held, and is not sent
// again.
func TestRoundedIsTold(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
	input := psav1.Ticket_builder{EstimatedSeconds: new(int32(1200)), DueAt: timestamppb.New(time.Date(2031, 2, 3, 4, 5, 6, 7e8, time.UTC))}
	r := update(t, i, id, input, "estimated_seconds", "due_at").GetReceipt()
	if r.GetOutcome() != applied || len(r.GetApplied()) > 0 || len(r.GetChanged()) != 2 {
		t.Errorf("receipt %v", r)
	}
	for _, c := range r.GetChanged() {
		if c.GetCode() != psav1.DropCode_ROUNDED || c.GetAsked() == nil || c.GetHolds() == nil {
			t.Errorf("changed %v", c)
		}
	}
	if got := vendorTicket(t, sim, id); got.BudgetHours != 0.33 {
		t.Errorf("ConnectWise holds %v hours", got.BudgetHours)
	}
	if again := update(t, i, id, psav1.Ticket_builder{EstimatedSeconds: new(int32(1200))}, "estimated_seconds").GetReceipt(); again.GetOutcome() != unchanged {
		t.Errorf("the same again: %v", again)
	}
}
