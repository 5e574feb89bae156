package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

func both(id, name string) *psav1.Reference {
	return psav1.Reference_builder{Id: &id, Name: &name}.Build()
}

// References whose parts mean two things are refused, and nothing is sent.
func TestContradictionsAreRefused(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}})
	here := allContacts(t, i, psav1.ListContactsRequest_builder{Company: []string{"id:" + ticket.GetCompany().GetId()}})
	tests := map[string]struct {
		field string
		input psav1.Ticket_builder
		says  []string // both sides
	}{
		"queue":     {"queue", psav1.Ticket_builder{Queue: both(ticket.GetQueue().GetId(), "Alerts")}, []string{"Service Desk", "Alerts"}},
		"owner":     {"owner", psav1.Ticket_builder{Owner: both("153", "Priya Sharma")}, []string{"Marco Reyes", "Priya Sharma"}},
		"company":   {"company", psav1.Ticket_builder{Company: both(ticket.GetCompany().GetId(), "Nobody Ltd")}, []string{ticket.GetCompany().GetName(), "Nobody Ltd"}},
		"source":    {"source", psav1.Ticket_builder{Source: both("1", "Nowhere")}, nil},
		"status":    {"status", psav1.Ticket_builder{Status: psav1.Status_builder{Id: new(ticket.GetStatus().GetId()), Name: new("Assigned")}.Build()}, []string{ticket.GetStatus().GetName(), "Assigned"}},
		"category":  {"status", psav1.Ticket_builder{Status: psav1.Status_builder{Name: new("Assigned"), Category: new(psav1.Category_CLOSED)}.Build()}, []string{"Assigned", "CLOSED"}},
		"priority":  {"priority", psav1.Ticket_builder{Priority: psav1.Priority_builder{Id: new("6"), Name: new("Priority 4 - Low")}.Build()}, []string{"Priority 4 - Low"}},
		"level":     {"priority", psav1.Ticket_builder{Priority: psav1.Priority_builder{Name: new("Priority 2 - High"), Level: new(int32(4))}.Build()}, []string{"Priority 2 - High", "4"}},
		"parent":    {"parent.name", psav1.Ticket_builder{Parent: both("10001", "x")}, nil},
		"agreement": {"agreement.name", psav1.Ticket_builder{Agreement: both("1", "x")}, nil},
		"contact's name": {"contact", psav1.Ticket_builder{Contact: psav1.ContactReference_builder{Id: new(here[0].GetId()), Name: new("Some Body")}.Build()},
			[]string{here[0].GetName(), "Some Body"}},
		"contact's address": {"contact", psav1.Ticket_builder{Contact: psav1.ContactReference_builder{Id: new(here[0].GetId()), Email: new("some@body.example")}.Build()},
			[]string{here[0].GetName(), "some@body.example"}},
		"address and name": {"contact", psav1.Ticket_builder{Contact: psav1.ContactReference_builder{Name: new("Some Body"), Email: new(here[0].GetEmail())}.Build()},
			[]string{here[0].GetName(), "Some Body"}},
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var err error
			if test.field == "source" { // only a create takes it
				test.input.Title, test.input.Company = new("x"), refByID(ticket.GetCompany().GetId())
				_, err = i.CreateTicket(t.Context(), psav1.CreateTicketRequest_builder{Input: test.input.Build()}.Build())
			} else {
				_, err = i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
					Ticket: new(ticket.GetId()), Input: test.input.Build(), SetFields: []string{strings.TrimSuffix(test.field, ".name")},
				}.Build())
			}
			v := wantFault(t, err, fault.CodeInvalidArgument).Violations[0]
			if v.Field != test.field {
				t.Errorf("violation %+v", v)
			}
			for _, side := range test.says {
				if !strings.Contains(v.Message, side) {
					t.Errorf("%q does not name %q", v.Message, side)
				}
			}
		})
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

// What was read can be sent back: it is unchanged, whatever ConnectWise would say
// to it today.
func TestWhatWasReadCanBeSentBack(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	all := walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200))})
	var ids []string
	for n := 0; n < len(all); n += 37 {
		ids = append(ids, all[n].GetId())
	}
	ids = append(ids, aProjectTicket(t, i).GetId())
	admin(t, sim, "POST", "faults", `{"match":{"path":"*/project/tickets/*/configurations"},"fault":"status","status":200,"body":[]}`, nil)
	// One whose owner has left, with copied addresses.
	vendor(t, sim, "PATCH", "service/tickets/"+ids[1], `[{"op":"replace","path":"owner","value":{"id":157}},{"op":"replace","path":"automaticEmailCc","value":"a@b.example;c@d.example"}]`, nil)
	if status := admin(t, sim, "POST", "act", `{"as":"acarter","method":"PATCH","path":"/system/members/157","body":[{"op":"replace","path":"inactiveFlag","value":true}]}`, nil); status != 200 {
		t.Fatalf("status %d", status)
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for _, id := range ids {
		read := get(t, i, id)
		input := proto.CloneOf(read)
		for _, outputOnly := range []func(){
			input.ClearId, input.ClearNumber, input.ClearCompanyDerived, input.ClearMergedInto, input.ClearCreatedBy, input.ClearCreatedAt, input.ClearUpdatedAt,
			input.ClearResolvedAt, input.ClearClosedAt, input.ClearSla, input.ClearActualSeconds, input.ClearUrl, input.ClearEtag,
			input.ClearSource, // immutable
		} {
			outputOnly()
		}
		input.SetConfigurations(nil) // read by itself
		resp, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{Ticket: &id, Input: input, SetFields: receipt.SetFields(input)}.Build())
		if err != nil {
			t.Errorf("ticket %s: %v", id, err)
			continue
		}
		if r := resp.GetReceipt(); r.GetOutcome() != unchanged || len(r.GetWarnings()) > 0 || resp.GetTicket().GetEtag() != read.GetEtag() {
			t.Errorf("ticket %s: receipt %v", id, r)
		}
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestWatchers(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
	party := func(b psav1.Party_builder) []*psav1.Party { return []*psav1.Party{b.Build()} }
	told := update(t, i, id, psav1.Ticket_builder{Watchers: party(psav1.Party_builder{Name: new("Ann"), Email: new("ann@x.example")})}, "watchers")
	if r := told.GetReceipt(); !slices.Equal(r.GetApplied(), []string{"watchers"}) || len(r.GetWarnings()) != 1 || vendorTicket(t, sim, id).AutomaticEmailCc != "ann@x.example;" {
		t.Errorf("receipt %v", r)
	}
	for _, without := range []psav1.Party_builder{{Name: new("Ann")}, {Id: new("700"), Kind: new(psav1.PartyKind_CONTACT)}, {Email: new("a b@x.example")}, {Email: new("a@x;b@x")}} {
		_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{Ticket: &id, Input: psav1.Ticket_builder{Watchers: party(without)}.Build(), SetFields: []string{"watchers"}}.Build())
		if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "watchers[0].email" {
			t.Errorf("violations %+v", e.Violations)
		}
	}
	// One address twice is not two addresses.
	vendor(t, sim, "PATCH", "service/tickets/"+id, `[{"op":"replace","path":"automaticEmailCc","value":"ann@x.example;bob@x.example"}]`, nil)
	twice := append(party(psav1.Party_builder{Email: new("ann@x.example")}), party(psav1.Party_builder{Email: new("ann@x.example")})...)
	update(t, i, id, psav1.Ticket_builder{Watchers: twice}, "watchers")
	if got := vendorTicket(t, sim, id).AutomaticEmailCc; got != "ann@x.example;" {
		t.Errorf("ConnectWise copies %q", got)
	}
}
