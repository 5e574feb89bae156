package connector

import (
	"context"
	"fmt"
	"slices"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
)

// answered is what a write answers.
type answered struct {
	record  proto.Message
	receipt *psav1.Receipt
}

// unread are writes, each with what its receipt says where nothing can be read
// after it.
var unread = map[string]struct {
	write        func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error)
	holds        func(answered) bool // the answer holds what was written
	unverifiable []string
	warned       bool
}{
	"create": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.CreateTicket(ctx, psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
				Title: new("x"), Company: refByID(ticket.GetCompany().GetId()), Description: new("d"), Resolution: resolved("r"),
			}.Build()}.Build())
			return answered{r.GetTicket(), r.GetReceipt()}, err
		},
		holds:        func(a answered) bool { return a.record.(*psav1.Ticket).GetId() != "" },
		unverifiable: []string{"description", "resolution"}, warned: true,
	},
	"create without texts": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.CreateTicket(ctx, psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
				Title: new("x"), Company: refByID(ticket.GetCompany().GetId()), CustomFields: custom("1", "HP-1"),
			}.Build()}.Build())
			return answered{r.GetTicket(), r.GetReceipt()}, err
		},
		holds: func(a answered) bool {
			return a.record.(*psav1.Ticket).GetCustomFields()["1"].GetStringValue() == "HP-1"
		},
	},
	"update": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.UpdateTicket(ctx, psav1.UpdateTicketRequest_builder{
				Ticket: new(ticket.GetId()), SetFields: []string{"title", "description", "resolution"},
				Input: psav1.Ticket_builder{Title: new("new title"), Description: new("new text"), Resolution: resolved("new way")}.Build(),
			}.Build())
			return answered{r.GetTicket(), r.GetReceipt()}, err
		},
		holds: func(a answered) bool {
			ticket := a.record.(*psav1.Ticket)
			return ticket.GetTitle() == "new title" && ticket.GetDescription() == "new text" && ticket.GetResolution().GetText() == "new way"
		},
		warned: true,
	},
	"transition": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.TransitionTicket(ctx, psav1.TransitionTicketRequest_builder{
				Ticket: new(ticket.GetId()), To: to(psav1.Category_CLOSED), Resolution: resolved("done"), Comment: new("Bye."),
			}.Build())
			return answered{r.GetTicket(), r.GetReceipt()}, err
		},
		holds: func(a answered) bool {
			ticket := a.record.(*psav1.Ticket)
			return ticket.GetStatus().GetCategory() == psav1.Category_CLOSED && ticket.GetResolution().GetText() == "done"
		},
		warned: true,
	},
	"internal note": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.CreateInternalNote(ctx, psav1.CreateInternalNoteRequest_builder{Ticket: new(ticket.GetId()), Body: new("n")}.Build())
			return answered{r.GetNote(), r.GetReceipt()}, err
		},
		holds: func(a answered) bool { return a.record.(*psav1.Note).GetId() != "" },
	},
	"customer note": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.CreateCustomerNote(ctx, psav1.CreateCustomerNoteRequest_builder{Ticket: new(ticket.GetId()), Body: new("n")}.Build())
			return answered{r.GetNote(), r.GetReceipt()}, err
		},
		holds: func(a answered) bool { return a.record.(*psav1.Note).GetId() != "" },
	},
	"co-owners": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.UpdateTicket(ctx, psav1.UpdateTicketRequest_builder{
				Ticket: new(ticket.GetId()), SetFields: []string{"title", "co_owners"}, Input: psav1.Ticket_builder{Title: new("new title"), CoOwners: refs("nightdesk")}.Build(),
			}.Build())
			return answered{r.GetTicket(), r.GetReceipt()}, err
		},
		holds:        func(a answered) bool { return a.record.(*psav1.Ticket).GetTitle() == "new title" },
		unverifiable: []string{"co_owners"}, warned: true,
	},
	"create with co-owners": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.CreateTicket(ctx, psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
				Title: new("x"), Company: refByID(ticket.GetCompany().GetId()), CoOwners: refs("nightdesk"), Description: new("d"),
			}.Build()}.Build())
			return answered{r.GetTicket(), r.GetReceipt()}, err
		},
		holds:        func(a answered) bool { return a.record.(*psav1.Ticket).GetId() != "" },
		unverifiable: []string{"description", "co_owners"}, warned: true,
	},
	"schedule entry": {
		write: func(ctx context.Context, i *Instance, ticket *psav1.Ticket) (answered, error) {
			r, err := i.CreateScheduleEntry(ctx, psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
				Ticket: refByID(ticket.GetId()), Technician: ref("nightdesk"), Start: stamp(hour(9)), End: stamp(hour(10)),
			}.Build()}.Build())
			return answered{r.GetScheduleEntry(), r.GetReceipt()}, err
		},
		holds:  func(a answered) bool { return a.record.(*psav1.ScheduleEntry).GetId() != "" },
		warned: true,
	},
}

// What ConnectWise has acknowledged is answered, whatever cannot be read then. A
// dry run of the same write tells how many reads go before it.
func TestWriteThatCannotBeReadBackIsAnswered(t *testing.T) {
	t.Parallel()
	for name, test := range unread {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}})
			if _, err := test.write(dry(t), i, ticket); err != nil { // loads what is cached
				t.Fatal(err)
			}
			admin(t, sim, "DELETE", "requests", "", nil)
			if _, err := test.write(dry(t), i, ticket); err != nil {
				t.Fatal(err)
			}
			var reads []struct{ Path string }
			admin(t, sim, "GET", "requests", "", &reads)
			admin(t, sim, "POST", "faults", fmt.Sprintf(`{"match":{"method":"GET","path":"*/apis/*"},"fault":"status","status":404,"after":%d}`, len(reads)), nil)
			a, err := test.write(t.Context(), i, ticket)
			if err != nil {
				t.Fatalf("with %d reads before it: %v", len(reads), err)
			}
			outcome := applied
			if len(test.unverifiable) > 0 {
				outcome = psav1.Receipt_Outcome_UNVERIFIED
			}
			if r := a.receipt; r.GetOutcome() != outcome || !slices.Equal(r.GetUnverifiable(), test.unverifiable) || (len(r.GetWarnings()) > 0) != test.warned {
				t.Errorf("receipt %v", r)
			}
			if !test.holds(a) {
				t.Errorf("answered %v", a.record)
			}
		})
	}
}

// A table that a write needs to answer is read before it: what cannot be
// answered is not written.
func TestTablesAreReadBeforeTheWrite(t *testing.T) {
	t.Parallel()
	for name, test := range unread {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}})
			admin(t, sim, "POST", "faults", `{"match":{"method":"GET","path":"*/userDefinedFields*"},"fault":"status","status":404}`, nil)
			if _, err := test.write(t.Context(), i, ticket); err != nil && len(writes(t, sim)) > 0 {
				t.Errorf("it fails with %v after %v", err, writes(t, sim))
			}
		})
	}
}

// A step that fails after another is done is told in the receipt, with how it
// failed.
func TestLaterStepThatFailsIsTold(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault        string
		dropped      []string
		unverifiable []string
	}{
		"refused": {`"fault":"status","status":403`, []string{"comment"}, nil},
		"lost":    {`"fault":"drop_after"`, nil, []string{"comment"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}}).GetId()
			// The first note is the resolution.
			admin(t, sim, "POST", "faults", `{"match":{"method":"POST","path":"*/notes"},"after":1,`+test.fault+`}`, nil)
			r := move(t, i, id, psav1.TransitionTicketRequest_builder{To: to(psav1.Category_CLOSED), Resolution: resolved("done"), Comment: new("Bye.")}).GetReceipt()
			var dropped []string
			for _, d := range r.GetDropped() {
				dropped = append(dropped, d.GetField())
			}
			if !slices.Equal(dropped, test.dropped) || !slices.Equal(r.GetUnverifiable(), test.unverifiable) || !slices.Equal(r.GetApplied(), []string{"status", "resolution"}) || len(r.GetSteps()) != 3 {
				t.Errorf("receipt %v", r)
			}
			if !vendorTicket(t, sim, id).ClosedFlag {
				t.Error("the status was not changed")
			}
		})
	}
}
