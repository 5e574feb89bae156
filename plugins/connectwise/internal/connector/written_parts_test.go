package connector

import (
	"slices"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// TestWrittenTicketsNameWhatTheyLack holds a ticket in a write's answer against the
// one that is read: what it does not carry is named, and what it carries is right.
func TestWrittenTicketsNameWhatTheyLack(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id, devices := withDevices(t, i)
	const description, links, vendor = psav1.Include_DESCRIPTION, psav1.Include_CONFIGURATIONS, psav1.Include_VENDOR
	wants := func(t *testing.T, ticket *psav1.Ticket, omitted []psav1.Include_V, want ...psav1.Include_V) {
		t.Helper()
		if !slices.Equal(omitted, want) {
			t.Errorf("omitted %v, want %v", omitted, want)
		}
		got := must(t, i.GetTicket, psav1.GetTicketRequest_builder{Ticket: new(ticket.GetId())}.Build()).GetTicket()
		if !slices.Contains(want, links) && !slices.Equal(idsOf(ticket.GetConfigurations()), idsOf(got.GetConfigurations())) ||
			slices.Contains(want, links) && len(ticket.GetConfigurations()) > 0 {
			t.Errorf("configurations %v, and the ticket has %v", ticket.GetConfigurations(), got.GetConfigurations())
		}
		if !slices.Contains(want, description) && (ticket.GetDescription() != got.GetDescription() || ticket.GetResolution().GetText() != got.GetResolution().GetText()) {
			t.Errorf("description %q and resolution %v, and the ticket has %q and %v", ticket.GetDescription(), ticket.GetResolution(), got.GetDescription(), got.GetResolution())
		}
	}
	refs := []*psav1.Reference{refByID(devices[0].GetId())}

	u := update(t, i, id, psav1.Ticket_builder{Configurations: refs}, "configurations")
	wants(t, u.GetTicket(), u.GetOmitted(), description, vendor)
	u = update(t, i, id, psav1.Ticket_builder{Title: new("z")}, "title")
	wants(t, u.GetTicket(), u.GetOmitted(), description, links, vendor)
	u = update(t, i, id, psav1.Ticket_builder{Description: new("all of it")}, "description")
	wants(t, u.GetTicket(), u.GetOmitted(), links, vendor)
	u = update(t, i, id, psav1.Ticket_builder{Title: new("z")}, "title")
	wants(t, u.GetTicket(), u.GetOmitted(), description, links, vendor)

	admin(t, sim, "POST", "faults", `{"match":{"method":"GET","path":"*/service/tickets/`+id+`/configurations"},"fault":"status","status":400,"times":1,"after":1}`, nil)
	u = update(t, i, id, psav1.Ticket_builder{Configurations: []*psav1.Reference{refByID(devices[1].GetId())}}, "configurations")
	wants(t, u.GetTicket(), u.GetOmitted(), description, links, vendor)
	admin(t, sim, "DELETE", "faults", "", nil)

	m := must(t, i.TransitionTicket, psav1.TransitionTicketRequest_builder{
		Ticket: &id, To: psav1.Status_builder{Category: new(psav1.Category_WAITING_CUSTOMER)}.Build(),
	}.Build())
	wants(t, m.GetTicket(), m.GetOmitted(), description, links, vendor)
	m = must(t, i.TransitionTicket, psav1.TransitionTicketRequest_builder{
		Ticket: &id, To: m.GetTicket().GetStatus(), Resolution: psav1.Resolution_builder{Text: new("done")}.Build(),
	}.Build())
	wants(t, m.GetTicket(), m.GetOmitted(), links, vendor)

	input := psav1.Ticket_builder{Title: new("another"), Company: m.GetTicket().GetCompany(), Queue: ref("Service Desk")}
	c := create(t, i, input)
	wants(t, c.GetTicket(), c.GetOmitted(), description, links, vendor)
	input.Description, input.Configurations = new("whole"), refs
	c = create(t, i, input)
	wants(t, c.GetTicket(), c.GetOmitted(), vendor)

	merged := must(t, i.MergeTickets, psav1.MergeTicketsRequest_builder{Ticket: &id, Duplicates: []*psav1.Reference{refByID(c.GetTicket().GetId())}}.Build())
	wants(t, merged.GetTicket(), merged.GetOmitted(), description, links, vendor)
}
