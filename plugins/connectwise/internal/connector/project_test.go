package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// aProjectTicket is a ticket of a project, from a list.
func aProjectTicket(t *testing.T, i *Instance) *psav1.Ticket {
	t.Helper()
	return firstTicket(t, i, psav1.ListTicketsRequest_builder{
		Kind: []psav1.Kind_V{psav1.Kind_PROJECT}, Include: []psav1.Include_V{psav1.Include_CUSTOM_FIELDS, psav1.Include_WATCHERS, psav1.Include_CO_OWNERS},
	})
}

func TestProjectTicketsAreReadAsTickets(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	row := aProjectTicket(t, i)
	if row.GetKind() != psav1.Kind_PROJECT || row.GetRecordType().GetId() != "ProjectTicket" || row.GetStatus().GetCategory() == 0 || row.GetQueue().GetName() == "" ||
		row.GetCustomFields()["vendor.phase"].GetStringValue() == "" || row.GetCustomFields()["vendor.project"].GetStringValue() == "" || row.HasUrl() {
		t.Errorf("row %v", row)
	}
	// No configuration is linked to it.
	admin(t, sim, "POST", "faults", `{"match":{"path":"*/project/tickets/*/configurations"},"fault":"status","status":200,"body":[]}`, nil)
	// A Get that does not know the kind asks for a service ticket first; it is
	// remembered then.
	fresh, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	get := func(want ...string) *psav1.Ticket {
		t.Helper()
		admin(t, sim, "DELETE", "requests", "", nil)
		resp, err := fresh.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: new(row.GetId())}.Build())
		if err != nil {
			t.Fatal(err)
		}
		var seen []struct{ Path string }
		admin(t, sim, "GET", "requests", "", &seen)
		var asked []string
		for _, r := range seen {
			if _, path, _ := strings.Cut(r.Path, "/apis/3.0/"); strings.HasSuffix(path, "/tickets/"+row.GetId()) {
				asked = append(asked, path)
			}
		}
		if !slices.Equal(asked, want) {
			t.Errorf("asked %v, want %v", asked, want)
		}
		return resp.GetTicket()
	}
	one := get("service/tickets/"+row.GetId(), "project/tickets/"+row.GetId())
	if one.GetEtag() != row.GetEtag() || one.GetKind() != psav1.Kind_PROJECT {
		t.Errorf("the row has the etag %s, the ticket %s", row.GetEtag(), one.GetEtag())
	}
	get("project/tickets/" + row.GetId())

	list, err := i.ListTransitions(t.Context(), psav1.ListTransitionsRequest_builder{Ticket: new(row.GetId())}.Build())
	if err != nil || len(list.GetTransitions()) < 2 {
		t.Errorf("transitions %v, %v", list, err)
	}
	if _, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: new(row.GetId())}.Build()); err != nil {
		t.Error(err)
	}
	statuses, err := i.ListStatuses(t.Context(), psav1.ListStatusesRequest_builder{Kind: new(psav1.Kind_PROJECT)}.Build())
	if err != nil || len(statuses.GetStatuses()) == 0 {
		t.Errorf("statuses %v, %v", statuses, err)
	}
}

// A write of a project's ticket goes where the ticket is, with the members that
// it has there.
func TestProjectTicketsAreWrittenInTheirList(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	row := aProjectTicket(t, i)
	id := row.GetId()
	var other string // a status of its board
	list, err := i.ListTransitions(t.Context(), psav1.ListTransitionsRequest_builder{Ticket: &id}.Build())
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range list.GetTransitions() {
		if !tr.GetCurrent() {
			other = tr.GetTo().GetName()
		}
	}
	planned := func(r *psav1.Receipt) (paths []string, body string) {
		for _, p := range r.GetPlanned() {
			paths = append(paths, p.GetMethod()+" "+p.GetPath())
			body += p.GetBody().String()
		}
		return paths, body
	}
	change := func(input psav1.Ticket_builder, fields ...string) (*psav1.Receipt, error) {
		resp, err := i.UpdateTicket(dry(t), psav1.UpdateTicketRequest_builder{Ticket: &id, Input: input.Build(), SetFields: fields}.Build())
		return resp.GetReceipt(), err
	}
	r, err := change(psav1.Ticket_builder{
		Title: new("x"), Status: psav1.Status_builder{Name: &other}.Build(), Resolution: resolved("r"),
		CustomFields: map[string]*structpb.Value{"21": value(8.0), "vendor.wbsCode": value("1.2"), "vendor.phase": value("7")},
	}, "title", "status", "resolution", `custom_fields["21"]`, `custom_fields["vendor.wbsCode"]`, `custom_fields["vendor.phase"]`)
	if err != nil {
		t.Fatal(err)
	}
	paths, body := planned(r)
	if !slices.Equal(paths, []string{"POST /project/tickets/" + id + "/notes", "PATCH /project/tickets/" + id}) || !strings.Contains(body, "wbsCode") || !strings.Contains(body, "customFields") || !strings.Contains(body, "phase") {
		t.Errorf("planned %v %s", paths, body)
	}
	move, err := i.TransitionTicket(dry(t), psav1.TransitionTicketRequest_builder{Ticket: &id, To: psav1.Status_builder{Name: &other}.Build(), Comment: new("c")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if paths, _ := planned(move.GetReceipt()); !slices.Equal(paths, []string{"PATCH /project/tickets/" + id, "POST /project/tickets/" + id + "/notes"}) {
		t.Errorf("planned %v", paths)
	}
	note, err := i.CreateInternalNote(dry(t), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("n")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	said, err := i.CreateCustomerNote(dry(t), psav1.CreateCustomerNoteRequest_builder{Ticket: &id, Body: new("n")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*psav1.Receipt{note.GetReceipt(), said.GetReceipt()} {
		if paths, _ := planned(r); !slices.Equal(paths, []string{"POST /project/tickets/" + id + "/notes"}) {
			t.Errorf("planned %v", paths)
		}
	}
	made, err := i.CreateTicket(dry(t), psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
		Kind: new(psav1.Kind_PROJECT), Title: new("x"), Description: new("d"), Company: refByID(row.GetCompany().GetId()), Queue: ref("Projects"),
		Status: to(psav1.Category_NEW), CustomFields: map[string]*structpb.Value{"vendor.phase": value("7")},
	}.Build()}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if paths, body := planned(made.GetReceipt()); !slices.Equal(paths, []string{"POST /project/tickets"}) || !strings.Contains(body, "phase") || !strings.Contains(body, "initialDescription") {
		t.Errorf("planned %v %s", paths, body)
	}

	refused := map[string]struct {
		input psav1.Ticket_builder
		set   string
		code  fault.Code
	}{
		"queue.name":                       {psav1.Ticket_builder{Queue: ref("Alerts")}, "queue", fault.CodeInvalidArgument},
		"kind":                             {psav1.Ticket_builder{Kind: new(psav1.Kind_SERVICE)}, "kind", fault.CodeInvalidArgument},
		"impact":                           {psav1.Ticket_builder{Impact: new(psav1.Grade_HIGH)}, "impact", fault.CodeFieldNotSupported},
		"external_id":                      {psav1.Ticket_builder{ExternalId: new("x")}, "external_id", fault.CodeFieldNotSupported},
		"parent":                           {psav1.Ticket_builder{Parent: refByID("10300")}, "parent", fault.CodeFieldNotSupported},
		`custom_fields["1"]`:               {psav1.Ticket_builder{CustomFields: custom("1", "HP-1")}, `custom_fields["1"]`, fault.CodeInvalidArgument},
		`custom_fields["vendor.poNumber"]`: {psav1.Ticket_builder{CustomFields: custom("vendor.poNumber", "PO")}, `custom_fields["vendor.poNumber"]`, fault.CodeInvalidArgument},
		`custom_fields["vendor.project"]`:  {psav1.Ticket_builder{CustomFields: custom("vendor.project", "1")}, `custom_fields["vendor.project"]`, fault.CodeInvalidArgument},
	}
	for path, test := range refused {
		_, err := change(test.input, test.set)
		if e := wantFault(t, err, test.code); e.Violations[0].Field != path {
			t.Errorf("%s: violations %+v", path, e.Violations)
		}
	}
	_, err = i.CreateTicket(dry(t), psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{Kind: new(psav1.Kind_PROJECT), Title: new("x"), Company: refByID("285")}.Build()}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != `custom_fields["vendor.phase"]` {
		t.Errorf("violations %+v", e.Violations)
	}
	service := firstTicket(t, i, psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_SERVICE}}).GetId()
	_, err = i.UpdateTicket(dry(t), psav1.UpdateTicketRequest_builder{Ticket: &service, Input: psav1.Ticket_builder{CustomFields: custom("vendor.phase", "7")}.Build(), SetFields: []string{`custom_fields["vendor.phase"]`}}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != `custom_fields["vendor.phase"]` {
		t.Errorf("violations %+v", e.Violations)
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

// A ticket that is in neither list is not found, and nothing is written.
func TestTicketOfNeitherList(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	admin(t, sim, "DELETE", "requests", "", nil)
	missing := "99999999"
	_, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &missing}.Build())
	wantFault(t, err, fault.CodeNotFound)
	_, err = i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &missing, Body: new("x")}.Build())
	wantFault(t, err, fault.CodeNotFound)
	_, err = i.CreateInternalNote(dry(t), psav1.CreateInternalNoteRequest_builder{Ticket: new("99999998"), Body: new("x")}.Build())
	wantFault(t, err, fault.CodeNotFound)
	for _, sent := range writes(t, sim) {
		if strings.HasPrefix(sent, "POST project/") {
			t.Errorf("sent %s", sent)
		}
	}
}

// Without the right to project tickets, a list says so: a page without them would
// pass for all. With the switch off there are none.
func TestWithoutProjectTickets(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := aProjectTicket(t, i).GetId()
	admin(t, sim, "POST", "faults", `{"match":{},"fault":"revoke_right","right":"Project Tickets:inquire"}`, nil)
	_, err := i.ListTickets(t.Context(), &psav1.ListTicketsRequest{})
	if e := wantFault(t, err, fault.CodePermissionDenied); !strings.Contains(e.Message, "include_project_tickets") || !strings.Contains(e.Message, "SERVICE") {
		t.Errorf("fault %v", e)
	}
	if len(walk(t, i, psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_SERVICE}})) == 0 {
		t.Error("no service ticket")
	}
	if got, findings := levels(t, i); got["project_tickets"] != pluginsdk.Failed || !strings.Contains(findings["project_tickets"].Advice, "include_project_tickets") {
		t.Errorf("check: %+v", findings["project_tickets"])
	}

	config := configFor(sim.URL)
	config.IncludeProjectTickets = false
	without, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer without.Close()
	for _, ticket := range walk(t, without, psav1.ListTicketsRequest_builder{}) {
		if ticket.GetKind() != psav1.Kind_SERVICE {
			t.Errorf("ticket %v", ticket)
		}
	}
	ctx, cost := counted(t)
	_, err = without.GetTicket(ctx, psav1.GetTicketRequest_builder{Ticket: &id}.Build())
	wantFault(t, err, fault.CodeNotFound)
	if cost.VendorRequests() != 1 {
		t.Errorf("it cost %d requests", cost.VendorRequests())
	}
	_, err = without.ListTickets(t.Context(), psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_PROJECT}}.Build())
	if e := wantFault(t, err, fault.CodeFieldNotSupported); e.Violations[0].Field != "kind" {
		t.Errorf("violations %+v", e.Violations)
	}
	if got, findings := levels(t, without); got["project_tickets"] != 0 {
		t.Errorf("check: %+v", findings["project_tickets"])
	}
}

// A reply is read where its ticket is, and not at all where the connection leaves
// the tickets of projects out.
func TestReplyOfAProjectTicket(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	id := aProjectTicket(t, i).GetId()
	sent := answerBy(t, i, psav1.SendReplyRequest_builder{Ticket: &id, Body: new("Done."), BestEffort: new(true)})
	asked := psav1.GetReplyRequest_builder{Ticket: &id, Reply: new(sent.GetReply().GetId())}.Build()
	ctx, calls := counted(t)
	if got, err := i.GetReply(ctx, asked); err != nil || got.GetReply().GetBody() != "Done." || calls.VendorRequests() != 1 {
		t.Errorf("got %v, %v by %d requests", got, err, calls.VendorRequests())
	}
	config := configFor(sim.URL)
	config.IncludeProjectTickets = false
	without, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(without.Close)
	_, err = without.GetReply(t.Context(), asked)
	wantFault(t, err, fault.CodeNotFound)
}
