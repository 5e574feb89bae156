package trouble

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func ticketChanges() []change {
	return []change{{
		operation: "tickets.create", also: []string{"tickets.list"}, makes: true, twice: true,
		prepare: func(t *suite.T, mark string) proto.Message { return newTicket(t, mark) },
		found:   func(t *suite.T, _ proto.Message, mark string) []string { return ticketsTitled(t, mark) },
	}, {
		operation: "tickets.update", also: []string{"tickets.list", "tickets.get"},
		prepare: func(t *suite.T, mark string) proto.Message {
			return psav1.UpdateTicketRequest_builder{
				Ticket: new(workTicket(t, "Before "+mark)), SetFields: []string{"title"}, Input: psav1.Ticket_builder{Title: &mark}.Build(),
			}.Build()
		},
		found: func(t *suite.T, r proto.Message, mark string) []string {
			id := r.(*psav1.UpdateTicketRequest).GetTicket() //nolint:forcetypeassert // prepare made it
			return ifHeld(id, ticketNow(t, id).GetTitle() == mark)
		},
	}, {
		operation: "tickets.transition", also: []string{"tickets.list", "tickets.get"},
		prepare: transitionOf,
		found: func(t *suite.T, r proto.Message, _ string) []string {
			asked := r.(*psav1.TransitionTicketRequest) //nolint:forcetypeassert // prepare made it
			return ifHeld(asked.GetTicket(), ticketNow(t, asked.GetTicket()).GetStatus().GetId() == asked.GetTo().GetId())
		},
	}, {
		operation: "tickets.delete", also: []string{"tickets.create", "tickets.get"},
		prepare: func(t *suite.T, mark string) proto.Message {
			return psav1.DeleteTicketRequest_builder{Ticket: new(workTicket(t, mark))}.Build()
		},
		found: func(t *suite.T, r proto.Message, _ string) []string {
			id := r.(*psav1.DeleteTicketRequest).GetTicket() //nolint:forcetypeassert // prepare made it
			return ifHeld(id, ticketNow(t, id) == nil)
		},
	}, {
		operation: "tickets.merge", also: []string{"tickets.create", "tickets.get"},
		prepare: func(t *suite.T, mark string) proto.Message {
			return psav1.MergeTicketsRequest_builder{
				Ticket:     new(workTicket(t, "Stays "+mark)),
				Duplicates: []*psav1.Reference{psav1.Reference_builder{Id: new(workTicket(t, "Goes "+mark))}.Build()},
			}.Build()
		},
		found: func(t *suite.T, r proto.Message, _ string) []string {
			asked := r.(*psav1.MergeTicketsRequest) //nolint:forcetypeassert // prepare made it
			duplicate := ticketNow(t, asked.GetDuplicates()[0].GetId())
			return ifHeld(asked.GetTicket(), duplicate.GetMergedInto().GetId() == asked.GetTicket())
		},
	}}
}

// newTicket is a request of a ticket as the fixtures have it, or else in the
// company and queue of one that there is.
func newTicket(t *suite.T, title string) *psav1.CreateTicketRequest {
	input := &psav1.Ticket{}
	if t.File.Fixtures.NewTicket != nil {
		input = proto.CloneOf(t.File.Fixtures.NewTicket)
	} else {
		like := someTicket(t)
		input.SetCompany(psav1.Reference_builder{Id: new(like.GetCompany().GetId())}.Build())
		if like.HasQueue() {
			input.SetQueue(psav1.Reference_builder{Id: new(like.GetQueue().GetId())}.Build())
		}
	}
	input.SetTitle(title)
	return psav1.CreateTicketRequest_builder{Input: input}.Build()
}

// workTicket is the id of a ticket that a check may change: a new one, or where
// none can be made one that is open.
func workTicket(t *suite.T, title string) string {
	if !t.Serves("tickets.create") {
		return someTicket(t).GetId()
	}
	return suite.ID(made(t, "tickets.create", newTicket(t, title)))
}

// someTicket is an open ticket of a company that is not part of a project; the
// check is not run without one.
func someTicket(t *suite.T) *psav1.Ticket {
	if !t.Serves("tickets.list") {
		t.NotRun("there is no list to find a ticket in; give fixtures.new_ticket")
	}
	open := func(m protoreflect.Message) {
		if r, ok := m.Interface().(*psav1.ListTicketsRequest); ok && t.Supports("tickets.list", "status_category") {
			r.SetStatusCategory([]psav1.Category_V{psav1.Category_NEW, psav1.Category_IN_PROGRESS})
		}
	}
	for _, row := range firstOf(t, "tickets.list", open, suite.MaxPage) {
		ticket, ok := row.Interface().(*psav1.Ticket)
		closed := ticket.GetStatus().GetCategory() == psav1.Category_CLOSED
		if ok && !closed && ticket.GetKind() != psav1.Kind_PROJECT && ticket.GetCompany().HasId() && !ticket.HasMergedInto() {
			return ticket
		}
	}
	t.NotRun("there is no open ticket")
	return nil
}

// ticketsTitled are the tickets with a title.
func ticketsTitled(t *suite.T, title string) []string {
	request := &psav1.ListTicketsRequest{}
	if t.Supports("tickets.list", "text") {
		request.SetText(title)
	}
	return rowsWith(t, "tickets.list", request, textOf("title", title))
}

// ticketNow is a ticket as the other process reads it; nil when it is gone.
func ticketNow(t *suite.T, id string) *psav1.Ticket {
	response, err := t.Call(t.Context(), t.Anew(), "tickets.get", psav1.GetTicketRequest_builder{Ticket: &id}.Build())
	if err != nil && suite.Fault(err).Code == fault.CodeNotFound {
		return nil
	}
	t.Must(err)
	return response.(*psav1.GetTicketResponse).GetTicket() //nolint:forcetypeassert // the operation's answer
}

// transitionOf moves a new ticket to another status: one that demands nothing, or
// no more than a text.
func transitionOf(t *suite.T, mark string) proto.Message {
	id := workTicket(t, mark)
	response, err := t.Call(t.Context(), t.Conn(), "tickets.transitions", psav1.ListTransitionsRequest_builder{Ticket: &id}.Build())
	t.Must(err)
	for _, to := range response.(*psav1.ListTransitionsResponse).GetTransitions() { //nolint:forcetypeassert // the operation's answer
		if to.GetCurrent() || len(to.GetRequires()) > 0 {
			continue
		}
		return psav1.TransitionTicketRequest_builder{Ticket: &id, To: psav1.Status_builder{Id: new(to.GetTo().GetId())}.Build()}.Build()
	}
	t.NotRun("ticket %s can move to no status that demands nothing", id)
	return nil
}
