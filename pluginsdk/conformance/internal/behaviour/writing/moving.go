package writing

import (
	"slices"

	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func moving() []suite.Check {
	operations := []string{"tickets.transitions", "tickets.transition", "tickets.get"}
	return []suite.Check{{
		Name: "transitions/offered", About: "Every transition that is offered can be made with what it requires, and is refused with what is missing without it.",
		Operations: operations, Writes: true, Run: offered,
	}, {
		Name: "transitions/comment", About: "The comment of a transition is a note that technicians alone see, unless it is said to be for the customer.",
		Operations: append([]string{"notes.list"}, operations...), Writes: true, Run: commented,
	}, {
		Name: "transitions/resolution", About: "A transition that resolves a ticket leaves its resolution on it.",
		Operations: operations, Writes: true, Run: resolved,
	}, {
		Name: "transitions/already_there", About: "A transition to the status that a ticket has sends nothing, and says so.",
		Operations: operations, Writes: true, Run: alreadyThere,
	}}
}

// most is how many transitions a check makes: each takes a ticket of its own.
const most = 12

// transitionsOf are the transitions that a ticket offers, as another process reads
// them.
func transitionsOf(t *suite.T, ticket *psav1.Ticket) []*psav1.Transition {
	answer, err := psav1.NewTicketTransitionerClient(t.Anew()).ListTransitions(t.Context(), psav1.ListTransitionsRequest_builder{Ticket: new(ticket.GetId())}.Build())
	t.Must(err)
	return answer.GetTransitions()
}

// transition moves a ticket to a status, with or without what that demands.
func transition(t *suite.T, x *sample.Tenant, ticket *psav1.Ticket, to *psav1.Transition, complete bool) write.Call {
	request := psav1.TransitionTicketRequest_builder{Ticket: new(ticket.GetId()), To: psav1.Status_builder{Id: new(to.GetTo().GetId())}.Build()}.Build()
	asked := psav1.Ticket_builder{Status: request.GetTo()}.Build()
	fields, parts := []string{"status"}, []string(nil)
	for _, what := range to.GetRequires() {
		if !complete {
			break
		}
		switch {
		case strings.HasPrefix(what, "resolution"):
			if asked.HasResolution() {
				continue
			}
			change, why := sample.Tickets.Change(x, sample.Refer(ticket), ticket.ProtoReflect(), "resolution")
			if why != "" {
				t.NotRun("%s", why)
			}
			value, _ := change.Asked.(*psav1.Ticket)
			request.SetResolution(value.GetResolution())
			asked.SetResolution(value.GetResolution())
			fields = append(fields, "resolution")
		case what == "comment":
			request.SetComment(x.Title("comment"))
			parts = append(parts, "comment")
		}
	}
	return write.Call{Operation: "tickets.transition", Request: request, Of: sample.Refer(ticket), Asked: asked, Fields: fields, Parts: parts}
}

func offered(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	all := transitionsOf(t, ticket)
	current := 0
	for i, to := range all {
		if to.GetCurrent() {
			current++
			if to.GetTo().GetId() != ticket.GetStatus().GetId() {
				t.Errorf("tickets.transitions says that %q is the current status; the ticket has %q", to.GetTo().GetName(), ticket.GetStatus().GetName())
			}
			continue
		}
		if i >= most || !t.Serves("tickets.create") && i > 0 {
			continue
		}
		offer(t, x, to)
	}
	if current > 1 {
		t.Errorf("tickets.transitions says of %d statuses that the ticket has them now", current)
	}
	if len(all)-current == 0 {
		t.NotRun("a new ticket offers no transition")
	}
}

// offer makes one transition on a ticket of its own.
func offer(t *suite.T, x *sample.Tenant, to *psav1.Transition) {
	ticket := x.Ticket()
	if len(to.GetRequires()) > 0 {
		f := transition(t, x, ticket, to, false).Refused(t, "nothing of what "+to.GetTo().GetName()+" requires", fault.CodeInvalidArgument, fault.CodeFailedPrecondition)
		for _, what := range to.GetRequires() {
			write.At(t, f, what, "a transition to "+to.GetTo().GetName()+" without what it requires")
		}
	}
	made := transition(t, x, ticket, to, true).Make(t)
	after, _ := made.After.Interface().(*psav1.Ticket)
	answer, _ := made.Message.(*psav1.TransitionTicketResponse)
	if after.GetStatus().GetId() != to.GetTo().GetId() && answer.GetWaitingFor() == psav1.WaitingFor_UNSPECIFIED {
		t.Errorf("the transition to %q was offered and made, and the ticket has the status %q", to.GetTo().GetName(), after.GetStatus().GetName())
	}
	if after.GetStatus().GetCategory() != to.GetTo().GetCategory() && after.GetStatus().GetId() == to.GetTo().GetId() {
		t.Errorf("the status %q was offered as %s, and the ticket has it as %s", to.GetTo().GetName(), to.GetTo().GetCategory(), after.GetStatus().GetCategory())
	}
}

func commented(t *suite.T) {
	x := sample.Of(t)
	for _, toCustomer := range []bool{false, true} {
		ticket, _ := x.Mailed()
		call := x.Transition(ticket)
		request, _ := proto.Clone(call.Request).(*psav1.TransitionTicketRequest)
		request.SetCommentToCustomer(toCustomer)
		call.Request = request
		before := mailsOf(t)
		made, refused := call.MakeUnless(t, fault.CodeFailedPrecondition, fault.CodeFieldNotSupported)
		if refused != nil {
			t.Logf("a comment for the customer is refused: %s", refused.Message)
			continue
		}
		want := psav1.Visibility_INTERNAL
		if toCustomer {
			want = psav1.Visibility_CUSTOMER
		}
		found := 0
		for _, row := range t.List(t.Anew(), "notes.list", psav1.ListNotesRequest_builder{Ticket: new(ticket.GetId())}.Build()) {
			n, _ := row.Interface().(*psav1.Note)
			if !strings.Contains(n.GetBody(), request.GetComment()) {
				continue
			}
			found++
			if n.GetVisibility() != want {
				t.Errorf("the comment of a transition with comment_to_customer=%v is %s", toCustomer, n.GetVisibility())
			}
		}
		if found == 0 && slices.Contains(made.Receipt.GetApplied(), "comment") {
			t.Errorf("the receipt of a transition says that its comment is applied, and the ticket has no such note")
		}
		for _, m := range mailsTo(t, before, customerOf(ticket)) {
			if !toCustomer && says(m, request.GetComment()) {
				t.Errorf("the internal comment of a transition was mailed to the customer: %v", m)
			}
		}
	}
}

func resolved(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	for _, to := range transitionsOf(t, ticket) {
		if c := to.GetTo().GetCategory(); c != psav1.Category_RESOLVED && c != psav1.Category_CLOSED || to.GetCurrent() {
			continue
		}
		if sample.Unsupported(t, "tickets.transition", "resolution") {
			t.NotServed("the connector declares that it writes no resolution")
		}
		with := proto.CloneOf(to)
		with.SetRequires(append(to.GetRequires(), "resolution.text"))
		transition(t, x, ticket, with, true).Make(t)
		return
	}
	t.NotRun("the ticket offers no transition that resolves or closes it")
}

func alreadyThere(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	here := psav1.Transition_builder{To: psav1.Status_builder{Id: new(ticket.GetStatus().GetId())}.Build()}.Build()
	made := transition(t, x, ticket, here, true).Make(t)
	if o := made.Receipt.GetOutcome(); o != psav1.Receipt_Outcome_UNCHANGED {
		t.Errorf("a transition to the status that the ticket has is %s; it has to be UNCHANGED", o)
	}
	nowhere := psav1.TransitionTicketRequest_builder{Ticket: new(ticket.GetId()), To: psav1.Status_builder{Name: new(noName)}.Build()}.Build()
	refusedAt(t, write.Call{Operation: "tickets.transition", Request: nowhere, Of: sample.Refer(ticket)}, "a status that there is not", "to.name")
}
