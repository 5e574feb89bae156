package connector

import (
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
)

func TestDryRunSendsNothing(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}})
	id := ticket.GetId()
	admin(t, sim, "DELETE", "requests", "", nil)
	var receipts []*psav1.Receipt
	take := func(r *psav1.Receipt, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, r)
	}
	up, err := i.UpdateTicket(dry(t), psav1.UpdateTicketRequest_builder{
		Ticket: &id, SetFields: []string{"title", "description", "resolution"},
		Input: psav1.Ticket_builder{Title: new("x"), Description: new("y"), Resolution: psav1.Resolution_builder{Text: new("z")}.Build()}.Build(),
	}.Build())
	take(up.GetReceipt(), err)
	create, err := i.CreateTicket(dry(t), psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{Title: new("x"), Company: refByID(ticket.GetCompany().GetId())}.Build()}.Build())
	take(create.GetReceipt(), err)
	move, err := i.TransitionTicket(dry(t), psav1.TransitionTicketRequest_builder{
		Ticket: &id, To: psav1.Status_builder{Category: new(psav1.Category_CLOSED)}.Build(), Resolution: psav1.Resolution_builder{Text: new("z")}.Build(), Comment: new("c"),
	}.Build())
	take(move.GetReceipt(), err)
	note, err := i.CreateInternalNote(dry(t), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("n")}.Build())
	take(note.GetReceipt(), err)
	said, err := i.CreateCustomerNote(dry(t), psav1.CreateCustomerNoteRequest_builder{Ticket: &id, Body: new("n")}.Build())
	take(said.GetReceipt(), err)

	wantPlanned := [][]string{
		{"POST /service/tickets/" + id + "/notes", "PATCH /service/tickets/" + id, "PATCH /service/tickets/" + id + "/notes/"},
		{"POST /service/tickets"},
		{"POST /service/tickets/" + id + "/notes", "PATCH /service/tickets/" + id, "POST /service/tickets/" + id + "/notes"},
		{"POST /service/tickets/" + id + "/notes"},
		{"POST /service/tickets/" + id + "/notes"},
	}
	for n, r := range receipts {
		if r.GetOutcome() != psav1.Receipt_Outcome_DRY_RUN || len(r.GetPlanned()) != len(wantPlanned[n]) {
			t.Errorf("%d: receipt %v", n, r)
			continue
		}
		for m, p := range r.GetPlanned() {
			if got := p.GetMethod() + " " + p.GetPath(); !strings.HasPrefix(got, wantPlanned[n][m]) || !p.HasBody() {
				t.Errorf("%d: planned %s, want %s", n, got, wantPlanned[n][m])
			}
			if strings.Contains(p.String(), seed.PrivateKey) {
				t.Errorf("%d: a secret is in the plan", n)
			}
		}
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("the dry runs sent %v", sent)
	}
}
