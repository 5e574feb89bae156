package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// twoCompanies returns a ticket with a contact, and a contact with an address of
// another company.
func twoCompanies(t *testing.T, i *Instance) (*psav1.Ticket, *psav1.Contact) {
	t.Helper()
	var ticket *psav1.Ticket
	for _, one := range walk(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, PageSize: new(int32(200))}) {
		if one.GetContact().HasId() && one.HasSite() {
			ticket = one
			break
		}
	}
	for _, c := range allContacts(t, i, psav1.ListContactsRequest_builder{PageSize: new(int32(200)), Active: new(true)}) {
		if ticket != nil && c.GetCompany().GetId() != ticket.GetCompany().GetId() && c.HasEmail() {
			return ticket, c
		}
	}
	t.Fatal("the seed has no ticket with a contact, or one company alone")
	return nil, nil
}

func contactByID(id string) *psav1.ContactReference {
	return psav1.ContactReference_builder{Id: &id}.Build()
}

func TestContactOfAnotherCompanyIsRefused(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket, stranger := twoCompanies(t, i)
	admin(t, sim, "DELETE", "requests", "", nil)
	refused := func(_ any, err error) {
		t.Helper()
		e := wantFault(t, err, fault.CodeInvalidArgument)
		v := e.Violations[0]
		if v.Field != "contact.id" || !strings.Contains(v.Message, stranger.GetCompany().GetName()) || !strings.Contains(v.Message, ticket.GetCompany().GetName()) {
			t.Errorf("violation %+v", v)
		}
	}
	refused(i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: new(ticket.GetId()), Input: psav1.Ticket_builder{Contact: contactByID(stranger.GetId())}.Build(), SetFields: []string{"contact"},
	}.Build()))
	refused(i.CreateTicket(t.Context(), psav1.CreateTicketRequest_builder{
		Input: psav1.Ticket_builder{Title: new("x"), Company: ref(ticket.GetCompany().GetName()), Contact: contactByID(stranger.GetId())}.Build(),
	}.Build()))
	// The old contact does not come along to another company.
	_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: new(ticket.GetId()), SetFields: []string{"company", "contact"},
		Input: psav1.Ticket_builder{Company: refByID(stranger.GetCompany().GetId()), Contact: ticket.GetContact()}.Build(),
	}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "contact.id" {
		t.Errorf("violations %+v", e.Violations)
	}
	_, err = i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: new(ticket.GetId()), Input: psav1.Ticket_builder{Contact: contactByID("99999999")}.Build(), SetFields: []string{"contact"},
	}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "contact.id" {
		t.Errorf("violations %+v", e.Violations)
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

// leftBehind are the fields that a receipt calls changed since they belong to the
// company that a record leaves.
func leftBehind(r *psav1.Receipt) []string {
	var fields []string
	for _, f := range r.GetChanged() {
		if strings.Contains(f.GetReason(), "belongs to the company that the") {
			fields = append(fields, f.GetField())
		}
	}
	return fields
}

func TestCompanyChangeLeavesNobodyOfTheOldOne(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		also    func(*psav1.Ticket_builder, *psav1.Contact) // what is asked for besides the company
		fields  []string
		cleared []string
		contact bool // the ticket has the new contact then
	}{
		"company alone":   {func(*psav1.Ticket_builder, *psav1.Contact) {}, nil, []string{"site", "contact"}, false},
		"with a contact":  {func(b *psav1.Ticket_builder, c *psav1.Contact) { b.Contact = contactByID(c.GetId()) }, []string{"contact"}, []string{"site"}, true},
		"with no contact": {func(*psav1.Ticket_builder, *psav1.Contact) {}, []string{"contact"}, []string{"site"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			ticket, stranger := twoCompanies(t, i)
			id := ticket.GetId()
			vendor(t, sim, "PATCH", "service/tickets/"+id, `[{"op":"replace","path":"automaticEmailContactFlag","value":true}]`, nil)
			input := psav1.Ticket_builder{Company: refByID(stranger.GetCompany().GetId())}
			test.also(&input, stranger)
			admin(t, sim, "DELETE", "requests", "", nil)
			resp := update(t, i, id, input, append([]string{"company"}, test.fields...)...)
			if r := resp.GetReceipt(); r.GetOutcome() != applied || len(r.GetDefaulted()) > 0 || !slices.Equal(leftBehind(r), test.cleared) {
				t.Errorf("receipt %v", r)
			}
			if sent := writes(t, sim); len(sent) != 1 {
				t.Errorf("sent %v", sent)
			}
			var got struct {
				Company, Contact, Site                               struct{ ID int }
				ContactName, ContactPhoneNumber, ContactEmailAddress string
			}
			vendor(t, sim, "GET", "service/tickets/"+id, "", &got)
			var site struct{ Company struct{ ID int } }
			if got.Site.ID != 0 {
				vendor(t, sim, "GET", "company/companies/"+stranger.GetCompany().GetId()+"/sites/"+itoa(got.Site.ID), "", &site)
			}
			if itoa(got.Company.ID) != stranger.GetCompany().GetId() || got.Site.ID != 0 && site.Company.ID != got.Company.ID {
				t.Errorf("ConnectWise holds %+v, a site of %+v", got, site)
			}
			want := ""
			if test.contact {
				want = stranger.GetEmail()
			}
			if got.ContactEmailAddress != want || (got.Contact.ID != 0) != test.contact || !test.contact && got.ContactName+got.ContactPhoneNumber != "" {
				t.Errorf("ConnectWise holds %+v", got)
			}
			// Nobody of the old company hears of the next note.
			before := len(outbox(t, sim, id))
			if _, err := i.CreateCustomerNote(t.Context(), psav1.CreateCustomerNoteRequest_builder{Ticket: &id, Body: new("Hello.")}.Build()); err != nil {
				t.Fatal(err)
			}
			for _, mail := range outbox(t, sim, id)[before:] {
				if !slices.Equal(mail.To, []string{want}) {
					t.Errorf("mailed %v", mail.To)
				}
			}
		})
	}
}

// The company that the ticket has already takes nothing along.
func TestSameCompanyKeepsTheContact(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket, _ := twoCompanies(t, i)
	admin(t, sim, "DELETE", "requests", "", nil)
	for _, company := range []*psav1.Reference{ticket.GetCompany(), refByID(ticket.GetCompany().GetId()), ref(ticket.GetCompany().GetName())} {
		if r := update(t, i, ticket.GetId(), psav1.Ticket_builder{Company: company}, "company").GetReceipt(); r.GetOutcome() != unchanged {
			t.Errorf("%v: receipt %v", company, r)
		}
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}
