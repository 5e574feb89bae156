package connector

import (
	"slices"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func create(t *testing.T, i *Instance, input psav1.Ticket_builder) *psav1.CreateTicketResponse {
	t.Helper()
	return must(t, i.CreateTicket, psav1.CreateTicketRequest_builder{Input: input.Build()}.Build())
}

func TestCreateFillsWhatIsNotAsked(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	sample := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}})
	resp := create(t, i, psav1.Ticket_builder{
		Title: new("Toner is out"), Description: new("On floor 3."), Company: ref(sample.GetCompany().GetName()), Queue: ref("Service Desk"),
		Contact: psav1.ContactReference_builder{Email: new(sample.GetContact().GetEmail())}.Build(),
		Status:  psav1.Status_builder{Category: new(psav1.Category_NEW)}.Build(), Type: refByID(sample.GetType().GetId()), Source: ref("Call"),
	})
	r := resp.GetReceipt()
	if r.GetOutcome() != applied || len(r.GetApplied()) != 8 || !slices.Contains(r.GetDefaulted(), "priority") || r.GetAttributedTo().GetId() == "" {
		t.Errorf("receipt %v", r)
	}
	got := vendorTicket(t, sim, resp.GetTicket().GetId())
	if got.Summary != "Toner is out" || got.Board.Name != "Service Desk" || got.Status.Name != "New" || got.Company.Name != sample.GetCompany().GetName() {
		t.Errorf("ConnectWise holds %+v", got)
	}
	if resp.GetTicket().GetDescription() != "On floor 3." {
		t.Errorf("description %q", resp.GetTicket().GetDescription())
	}

	// The contact alone tells the company.
	alone := create(t, i, psav1.Ticket_builder{Title: new("x"), Contact: psav1.ContactReference_builder{Id: new(sample.GetContact().GetId())}.Build()})
	if alone.GetTicket().GetCompany().GetId() != sample.GetCompany().GetId() {
		t.Errorf("company %v", alone.GetTicket().GetCompany())
	}
}

func TestCreateUsesTheConnectionsDefaults(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	config := configFor(sim.URL)
	config.Defaults.Ticket = pluginsdk.TicketDefaults{Queue: "Alerts", Status: "Monitoring", Priority: "5", Source: "Call", DueIn: 48 * time.Hour}
	i, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
	resp := create(t, i, psav1.Ticket_builder{Title: new("x"), Company: refByID(company)})
	got := vendorTicket(t, sim, resp.GetTicket().GetId())
	if got.Board.Name != "Alerts" || got.Status.Name != "Monitoring" || got.Priority.ID != 5 || got.RequiredDate == "" {
		t.Errorf("ConnectWise holds %+v", got)
	}
	for _, field := range []string{"queue", "status", "priority", "source", "due_at"} {
		if !slices.Contains(resp.GetReceipt().GetDefaulted(), field) {
			t.Errorf("%s is not among the defaulted: %v", field, resp.GetReceipt())
		}
	}
}

func TestCreateOncePerExternalID(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
	input := psav1.Ticket_builder{Title: new("once"), Company: refByID(company), ExternalId: new("key-1")}
	first := create(t, i, input)
	again := create(t, i, input)
	if again.GetTicket().GetId() != first.GetTicket().GetId() || !again.GetReceipt().GetAlreadyExisted() {
		t.Errorf("the second answered ticket %s, receipt %v", again.GetTicket().GetId(), again.GetReceipt())
	}
	input.Title = new("another")
	_, err := i.CreateTicket(t.Context(), psav1.CreateTicketRequest_builder{Input: input.Build()}.Build())
	if e := wantFault(t, err, fault.CodeAlreadyExists); e.ExistingID != first.GetTicket().GetId() {
		t.Errorf("existing id %q", e.ExistingID)
	}
}

func TestVendorRefusalsNameNeutralFields(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
	_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: &id, Input: psav1.Ticket_builder{Company: refByID("99999999")}.Build(), SetFields: []string{"company"},
	}.Build())
	e := wantFault(t, err, fault.CodeInvalidArgument)
	if len(e.Violations) != 1 || e.Violations[0].Field != "company" || e.Vendor == nil || e.Vendor.Status != 400 || !strings.Contains(e.Vendor.Message, "99999999 not found") {
		t.Errorf("fault %+v vendor %+v", e, e.Vendor)
	}
}

func TestTransitions(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}})
	id := ticket.GetId()
	list, err := i.ListTransitions(t.Context(), psav1.ListTransitionsRequest_builder{Ticket: &id}.Build())
	if err != nil {
		t.Fatal(err)
	}
	current := 0
	for _, tr := range list.GetTransitions() {
		if tr.GetCurrent() {
			current++
			if tr.GetTo().GetId() != ticket.GetStatus().GetId() {
				t.Errorf("current is %v", tr)
			}
		}
	}
	if current != 1 || len(list.GetTransitions()) < 4 {
		t.Errorf("transitions %v", list)
	}

	admin(t, sim, "DELETE", "requests", "", nil)
	move := psav1.TransitionTicketRequest_builder{
		Ticket: &id, To: psav1.Status_builder{Category: new(psav1.Category_CLOSED)}.Build(),
		Resolution: psav1.Resolution_builder{Text: new("Toner replaced")}.Build(), Comment: new("Bye."),
	}
	resp, err := i.TransitionTicket(t.Context(), move.Build())
	if err != nil {
		t.Fatal(err)
	}
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"status", "resolution", "comment"}) || len(r.GetSteps()) != 3 || resp.GetTicket().GetStatus().GetCategory() != psav1.Category_CLOSED || !resp.GetTicket().HasClosedAt() {
		t.Errorf("receipt %v, status %v", r, resp.GetTicket().GetStatus())
	}
	if !vendorTicket(t, sim, id).ClosedFlag {
		t.Error("ConnectWise has it open")
	}
	want := []string{"POST service/tickets/" + id + "/notes", "PATCH service/tickets/" + id, "POST service/tickets/" + id + "/notes"}
	if sent := writes(t, sim); !slices.Equal(sent, want) {
		t.Errorf("sent %v", sent)
	}
	one, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
	if err != nil || one.GetTicket().GetResolution().GetText() != "Toner replaced" {
		t.Errorf("resolution %v, %v", one.GetTicket().GetResolution(), err)
	}

	admin(t, sim, "DELETE", "requests", "", nil)
	again, err := i.TransitionTicket(t.Context(), move.Build())
	if r := again.GetReceipt(); err != nil || !slices.Equal(r.GetApplied(), []string{"status", "resolution"}) || len(writes(t, sim)) > 0 {
		t.Errorf("already there: %v, %v, sent %v", r, err, writes(t, sim))
	}

	// Mail that was ordered is not sent without the comment.
	move.CommentToCustomer, move.Notify = new(true), psav1.Notify_builder{Contact: new(psav1.Notify_Choice_SEND)}.Build()
	_, err = i.TransitionTicket(t.Context(), move.Build())
	if e := wantFault(t, err, fault.CodeFailedPrecondition); e.Reason != "NOTIFY_NOT_PROMISED" || !strings.Contains(e.Message, "has the status already") || len(writes(t, sim)) > 0 {
		t.Errorf("%v, sent %v", e, writes(t, sim))
	}
	move.Notify.SetBestEffort(true)
	again, err = i.TransitionTicket(t.Context(), move.Build())
	if r := again.GetReceipt(); err != nil || r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || r.GetNotification().GetExpected() != psav1.Observed_NOT_SENT || len(writes(t, sim)) > 0 {
		t.Errorf("already there: %v, %v, sent %v", r, err, writes(t, sim))
	}
	move.CommentToCustomer, move.Notify = nil, nil

	move.To = psav1.Status_builder{Name: new("Nowhere")}.Build()
	_, err = i.TransitionTicket(t.Context(), move.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "to.name" || len(e.Violations[0].Allowed) < 4 {
		t.Errorf("violation %+v", e.Violations)
	}
	_, err = i.TransitionTicket(t.Context(), psav1.TransitionTicketRequest_builder{
		Ticket: &id, To: psav1.Status_builder{Category: new(psav1.Category_NEW)}.Build(), Resolution: psav1.Resolution_builder{Code: ref("x")}.Build(),
	}.Build())
	wantFault(t, err, fault.CodeFieldNotSupported)
}

func TestRefusedTransitionTakesItsResolutionBack(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{StatusCategory: []psav1.Category_V{psav1.Category_NEW}}).GetId()
	admin(t, sim, "POST", "faults", `{"match":{"method":"PATCH","path":"*/service/tickets/*"},"fault":"status","status":400,"times":1,
		"body":{"code":"InvalidObject","message":"ticket object is invalid","errors":[{"code":"MissingRequiredField","message":"Root Cause is required.","resource":"ticket","field":"customFields"}]}}`, nil)
	_, err := i.TransitionTicket(t.Context(), psav1.TransitionTicketRequest_builder{
		Ticket: &id, To: psav1.Status_builder{Category: new(psav1.Category_CLOSED)}.Build(), Resolution: psav1.Resolution_builder{Text: new("done")}.Build(),
	}.Build())
	e := wantFault(t, err, fault.CodeInvalidArgument)
	if e.Violations[0].Field != "custom_fields" || !strings.Contains(e.Message, "taken back") || e.Outcome != "" {
		t.Errorf("fault %+v", e)
	}
	if sent := writes(t, sim); len(sent) != 3 || !strings.HasPrefix(sent[2], "DELETE service/tickets/"+id+"/notes/") {
		t.Errorf("sent %v", sent)
	}
}
