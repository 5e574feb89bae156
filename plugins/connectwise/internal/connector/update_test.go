package connector

import (
	"slices"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

const (
	applied   = psav1.Receipt_Outcome_APPLIED
	unchanged = psav1.Receipt_Outcome_UNCHANGED
)

// record is what the simulator holds of a ticket, seen without the connector.
type record struct {
	Summary                                                                     string
	Board, Status, Type, SubType, Item, Owner, Priority, Contact, Company, Team *struct {
		ID         int
		Name       string
		Identifier string
	}
	Severity, Impact, RequiredDate, ExternalXRef, AutomaticEmailCc, PONumber string
	BudgetHours                                                              float64
	ClosedFlag                                                               bool
	CustomFields                                                             []struct {
		ID    int
		Value any
	}
}

func vendorTicket(t *testing.T, sim *simulator.Running, id string) record {
	t.Helper()
	return held[record](t, sim, "service/tickets/"+id)
}

func update(t *testing.T, i *Instance, id string, input psav1.Ticket_builder, fields ...string) *psav1.UpdateTicketResponse {
	t.Helper()
	return must(t, i.UpdateTicket, psav1.UpdateTicketRequest_builder{Ticket: &id, Input: input.Build(), SetFields: fields}.Build())
}

func TestUpdateSetsAndClearsEveryField(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, Unassigned: new(false)}).GetId()
	due := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	set := psav1.Ticket_builder{
		Title: new("Printer on floor 3 & \"B\" offline"), Description: new("It smokes.\nA lot."),
		Priority: psav1.Priority_builder{Level: new(int32(1))}.Build(),
		Impact:   new(psav1.Grade_HIGH), Urgency: new(psav1.Grade_LOW), Owner: ref("Priya Sharma"),
		DueAt: timestamppb.New(due), EstimatedSeconds: new(int32(5400)), ExternalId: new("ext-1"),
		Watchers: []*psav1.Party{psav1.Party_builder{Email: new("a@x.example")}.Build(), psav1.Party_builder{Email: new("b@x.example")}.Build()},
		CustomFields: map[string]*structpb.Value{
			"1": structpb.NewStringValue("HP-1"), "2": structpb.NewNumberValue(7), "3": structpb.NewBoolValue(true),
			"4": structpb.NewStringValue("2027-02-03"), "5": structpb.NewStringValue("Configuration"), "6": structpb.NewStringValue("602"),
			"10": structpb.NewStringValue("line 1\nline 2"), "vendor.poNumber": structpb.NewStringValue("PO 9"),
			"vendor.automaticEmailContactFlag": structpb.NewBoolValue(true),
		},
	}
	fields := []string{
		"title", "description", "priority", "impact", "urgency", "owner", "due_at", "estimated_seconds", "external_id", "watchers",
		`custom_fields["1"]`, `custom_fields["2"]`, `custom_fields["3"]`, `custom_fields["4"]`, `custom_fields["5"]`, `custom_fields["6"]`,
		`custom_fields["10"]`, `custom_fields["vendor.poNumber"]`, `custom_fields["vendor.automaticEmailContactFlag"]`,
	}
	resp := update(t, i, id, set, fields...)
	if r := resp.GetReceipt(); r.GetOutcome() != applied || len(r.GetApplied()) != len(fields) || len(r.GetChanged()) > 0 {
		t.Errorf("receipt %v", r)
	}
	got := vendorTicket(t, sim, id)
	values := map[int]any{}
	for _, f := range got.CustomFields {
		values[f.ID] = f.Value
	}
	for what, ok := range map[string]bool{
		"summary": got.Summary == `Printer on floor 3 & "B" offline`, "owner": got.Owner.Identifier == "psharma",
		"impact": got.Impact == "High", "severity": got.Severity == "Low", "due": got.RequiredDate == "2027-01-02T03:04:05Z",
		"budget": got.BudgetHours == 1.5, "xref": got.ExternalXRef == "ext-1", "cc": strings.HasPrefix(got.AutomaticEmailCc, "a@x.example;b@x.example"),
		"po": got.PONumber == "PO 9", "text": values[1] == "HP-1", "number": values[2] == 7.0, "checkbox": values[3] == true,
		"list": values[5] == "Configuration", "option": values[6] == "Silver",
	} {
		if !ok {
			t.Errorf("%s: ConnectWise holds %+v", what, got)
		}
	}
	if ticket := resp.GetTicket(); ticket.GetDescription() != "It smokes.\nA lot." || ticket.GetCustomFields()["5"].GetStringValue() != "503" || ticket.GetPriority().GetLevel() != 1 {
		t.Errorf("answered %v", ticket)
	}

	again := update(t, i, id, set, fields...)
	if again.GetReceipt().GetOutcome() != unchanged {
		t.Errorf("the same again: %v", again.GetReceipt())
	}

	cleared := update(t, i, id, psav1.Ticket_builder{}, "owner", "due_at", "external_id", "watchers", `custom_fields["1"]`, `custom_fields["5"]`, `custom_fields["vendor.poNumber"]`)
	if cleared.GetReceipt().GetOutcome() != applied {
		t.Errorf("receipt of clearing %v", cleared.GetReceipt())
	}
	got = vendorTicket(t, sim, id)
	if got.Owner != nil || got.RequiredDate != "" || got.ExternalXRef != "" || got.AutomaticEmailCc != "" || got.PONumber != "" {
		t.Errorf("after clearing ConnectWise holds %+v", got)
	}
	for _, f := range got.CustomFields {
		if f.ID == 1 && f.Value != nil && f.Value != "" || f.ID == 2 && f.Value != 7.0 {
			t.Errorf("custom field %d is %v", f.ID, f.Value)
		}
	}
}

func TestUpdateMovesToAnotherQueueInOnePatch(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	queues, err := i.ListQueues(t.Context(), &psav1.ListQueuesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	from := "Service Desk"
	for _, q := range queues.GetQueues() {
		if q.GetName() == from || !q.GetActive() || !slices.Contains(q.GetKinds(), psav1.Kind_SERVICE) {
			continue
		}
		t.Run(q.GetName(), func(t *testing.T) {
			ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{from}, StatusCategory: []psav1.Category_V{psav1.Category_IN_PROGRESS, psav1.Category_NEW}})
			admin(t, sim, "DELETE", "requests", "", nil)
			resp := update(t, i, ticket.GetId(), psav1.Ticket_builder{Queue: ref(q.GetName())}, "queue")
			if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Contains(r.GetDefaulted(), "status") {
				t.Errorf("receipt %v", r)
			}
			if got := resp.GetTicket().GetStatus().GetCategory(); got != ticket.GetStatus().GetCategory() {
				t.Errorf("the category went from %s to %s", ticket.GetStatus().GetCategory(), got)
			}
			got := vendorTicket(t, sim, ticket.GetId())
			if got.Board.Name != q.GetName() {
				t.Errorf("ConnectWise has it on %q", got.Board.Name)
			}
			status, ok := i.account.Tables.Status(t.Context(), got.Board.ID, got.Status.ID)
			if !ok || status.Inactive {
				t.Errorf("status %d is none of queue %s", got.Status.ID, q.GetName())
			}
			if sent := writes(t, sim); len(sent) != 1 || !strings.HasPrefix(sent[0], "PATCH ") {
				t.Errorf("sent %v", sent)
			}
		})
	}
}

func TestUpdateResolvesStatusWithinTheTargetQueue(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}})
	resp := update(t, i, ticket.GetId(), psav1.Ticket_builder{Queue: ref("Alerts"), Status: psav1.Status_builder{Name: new("monitoring")}.Build()}, "queue", "status")
	if resp.GetReceipt().GetOutcome() != applied || vendorTicket(t, sim, ticket.GetId()).Status.Name != "Monitoring" {
		t.Errorf("receipt %v", resp.GetReceipt())
	}
	// A status of the board that it has left.
	_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: new(ticket.GetId()), Input: psav1.Ticket_builder{Status: psav1.Status_builder{Id: new(ticket.GetStatus().GetId())}.Build()}.Build(), SetFields: []string{"status"},
	}.Build())
	e := wantFault(t, err, fault.CodeInvalidArgument)
	if e.Violations[0].Field != "status.id" || len(e.Violations[0].Allowed) == 0 {
		t.Errorf("violations %+v", e.Violations)
	}
	for _, category := range []psav1.Category_V{psav1.Category_IN_PROGRESS, psav1.Category_CLOSED} {
		got := update(t, i, ticket.GetId(), psav1.Ticket_builder{Status: psav1.Status_builder{Category: &category}.Build()}, "status")
		if got.GetTicket().GetStatus().GetCategory() != category {
			t.Errorf("asked for %s, got %v", category, got.GetTicket().GetStatus())
		}
	}
}

func TestUpdateRefusesBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}}).GetId()
	tests := map[string]struct {
		input  psav1.Ticket_builder
		set    []string
		code   fault.Code
		fields []string // of the violations
	}{
		"long title":        {psav1.Ticket_builder{Title: new(strings.Repeat("ü", 101))}, []string{"title"}, fault.CodeInvalidArgument, []string{"title"}},
		"clear title":       {psav1.Ticket_builder{}, []string{"title"}, fault.CodeInvalidArgument, []string{"title"}},
		"clear description": {psav1.Ticket_builder{}, []string{"description"}, fault.CodeInvalidArgument, []string{"description"}},
		"clear status":      {psav1.Ticket_builder{}, []string{"status"}, fault.CodeInvalidArgument, []string{"status"}},
		"unknown priority":  {psav1.Ticket_builder{Priority: psav1.Priority_builder{Name: new("Hgih")}.Build()}, []string{"priority"}, fault.CodeInvalidArgument, []string{"priority.name"}},
		"everything at once": {
			psav1.Ticket_builder{Queue: ref("Nowhere"), Owner: ref("Nobody"), Company: ref("No Such Company")}, []string{"queue", "owner", "company"},
			fault.CodeInvalidArgument, []string{"queue.name", "company.name", "owner.name"},
		},
		"unknown custom field":   {psav1.Ticket_builder{CustomFields: map[string]*structpb.Value{"999": structpb.NewBoolValue(true)}}, []string{`custom_fields["999"]`}, fault.CodeInvalidArgument, []string{`custom_fields["999"]`}},
		"wrong type of custom":   {psav1.Ticket_builder{CustomFields: map[string]*structpb.Value{"2": structpb.NewStringValue("7")}}, []string{`custom_fields["2"]`}, fault.CodeInvalidArgument, []string{`custom_fields["2"]`}},
		"unknown option":         {psav1.Ticket_builder{CustomFields: map[string]*structpb.Value{"5": structpb.NewStringValue("Gremlins")}}, []string{`custom_fields["5"]`}, fault.CodeInvalidArgument, []string{`custom_fields["5"]`}},
		"co-owners":              {psav1.Ticket_builder{CoOwners: refs("Nobody")}, []string{"co_owners"}, fault.CodeInvalidArgument, []string{"co_owners[0].name"}},
		"watcher without e-mail": {psav1.Ticket_builder{Watchers: []*psav1.Party{psav1.Party_builder{Name: new("x")}.Build()}}, []string{"watchers"}, fault.CodeInvalidArgument, []string{"watchers[0].email"}},
		"mail cannot be ordered": {psav1.Ticket_builder{Title: new("x"), Notify: psav1.Notify_builder{Contact: new(mail.Send)}.Build()}, []string{"title", "notify"}, fault.CodeFailedPrecondition, nil},
		"subtype of no type":     {psav1.Ticket_builder{Subtype: ref("Nothing")}, []string{"subtype"}, fault.CodeInvalidArgument, []string{"subtype.name"}},
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{Ticket: &id, Input: test.input.Build(), SetFields: test.set}.Build())
			e := wantFault(t, err, test.code)
			var fields []string
			for _, v := range e.Violations {
				fields = append(fields, v.Field)
			}
			if !slices.Equal(fields, test.fields) {
				t.Errorf("violations at %v, want %v", fields, test.fields)
			}
		})
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestUpdateComparesTheEtag(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{})
	try := func(ifMatch, title string) error {
		_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
			Ticket: new(ticket.GetId()), Input: psav1.Ticket_builder{Title: &title}.Build(), SetFields: []string{"title"},
			Options: psav1.WriteOptions_builder{IfMatch: &ifMatch}.Build(),
		}.Build())
		return err
	}
	if err := try(ticket.GetEtag(), "first"); err != nil {
		t.Fatal(err)
	}
	e := wantFault(t, try(strings.Trim(ticket.GetEtag(), `"`), "second"), fault.CodePreconditionFailed)
	if got := vendorTicket(t, sim, ticket.GetId()).Summary; got != "first" {
		t.Errorf("the summary is %q", got)
	}
	if err := try(e.CurrentETag, "third"); err != nil {
		t.Errorf("with the current etag: %v", err)
	}
}
