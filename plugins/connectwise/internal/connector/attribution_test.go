package connector

import (
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// TestWhoWrites holds whom a receipt names against whose the write is at
// ConnectWise: new notes are the agent resource's, the record is the API member's.
func TestWhoWrites(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	sample := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}})
	id := create(t, i, psav1.Ticket_builder{Title: new("whose"), Company: refByID(sample.GetCompany().GetId()), Queue: ref("Service Desk")}).GetTicket().GetId()
	const agent, api = psav1.PartyKind_AGENT_RESOURCE, psav1.PartyKind_SYSTEM
	resolution := psav1.Resolution_builder{Text: new("done")}.Build()
	for _, test := range []struct {
		what   string
		input  psav1.Ticket_builder
		fields []string
		want   psav1.PartyKind_V
	}{
		{"a first description", psav1.Ticket_builder{Description: new("all")}, []string{"description"}, agent},
		{"another description", psav1.Ticket_builder{Description: new("all of it")}, []string{"description"}, api},
		{"a resolution", psav1.Ticket_builder{Resolution: resolution}, []string{"resolution"}, agent},
		{"a title", psav1.Ticket_builder{Title: new("ours")}, []string{"title"}, api},
		{"a title and a resolution", psav1.Ticket_builder{Title: new("mine"), Resolution: psav1.Resolution_builder{Text: new("well done")}.Build()}, []string{"title", "resolution"}, api},
	} {
		by := update(t, i, id, test.input, test.fields...).GetReceipt().GetAttributedTo()
		if by.GetKind() != test.want {
			t.Errorf("%s: attributed to %v", test.what, by)
		}
		if test.want == agent && by.GetId() != itoa(i.account.Agent.ID) {
			t.Errorf("%s: attributed to %v, the agent resource is %d", test.what, by, i.account.Agent.ID)
		}
	}
	var notes []struct{ Member struct{ ID int } }
	vendor(t, sim, "GET", "service/tickets/"+id+"/notes", "", &notes)
	if len(notes) != 3 {
		t.Fatalf("notes %+v", notes)
	}
	for _, n := range notes {
		if n.Member.ID != i.account.Agent.ID {
			t.Errorf("ConnectWise holds %+v", n)
		}
	}
}
