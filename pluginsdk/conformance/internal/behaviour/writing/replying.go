package writing

import (
	"google.golang.org/protobuf/proto"
	"slices"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func replying() []suite.Check {
	operations := []string{"replies.create", "replies.get"}
	return []suite.Check{{
		Name: "replies/sent", About: "A reply is mailed to the ticket's contact, and the customer sees its text on the ticket.",
		Operations: operations, Writes: true, Run: sentReply,
	}, {
		Name: "replies/status_after", About: "The ticket has the status that it is to get after the reply.",
		Operations: append([]string{"tickets.get"}, operations...), Writes: true, Run: replyAndStatus,
	}, {
		Name: "replies/time_entry", About: "Time that is booked with a reply is booked on the ticket, for the agent resource.",
		Operations: append([]string{"time_entries.get"}, operations...), Writes: true, Run: replyAndTime,
	}, {
		Name: "replies/unpromised", About: "A reply that would not be mailed, or not to whom it is to go, is refused, and nothing is sent.",
		Operations: operations, Writes: true, Needs: []string{simulated.Outbox}, Run: unpromisedReply,
	}}
}

// replyOn makes a reply on the ticket whose contact is mailed, with more in its
// request.
func replyOn(t *suite.T, x *sample.Tenant, more func(*psav1.SendReplyRequest), parts ...string) (*psav1.Ticket, *write.Made) {
	ticket, mailed := x.Mailed()
	call := x.ReplyOn(ticket, x.Title("reply")+"\nSecond line.")
	request, _ := call.Request.(*psav1.SendReplyRequest)
	request.SetBestEffort(!mailed)
	if more != nil {
		more(request)
	}
	call.Parts = parts
	return ticket, call.Make(t)
}

func sentReply(t *suite.T) {
	x := sample.Of(t)
	before := mailsOf(t)
	ticket, made := replyOn(t, x, nil)
	reply, _ := made.After.Interface().(*psav1.Reply)
	if reply.GetState() == psav1.ReplyState_UNSPECIFIED {
		t.Errorf("a reply has no state; where the PSA does not tell, it is UNKNOWN")
	}
	if reply.GetTicket() != ticket.GetId() {
		t.Errorf("a reply on ticket %s says that it is on %q", ticket.GetId(), reply.GetTicket())
	}
	told(t, made, before, customerOf(ticket))
	if _, mailed := x.Mailed(); mailed && t.Simulator.Has[simulated.Outbox] && len(mailsTo(t, before, customerOf(ticket))) == 0 {
		t.Errorf("a reply on the ticket of fixtures.mailed_ticket mailed %q nothing", customerOf(ticket))
	}
	if !reply.HasNote() || !t.Serves("notes.get") {
		return
	}
	ref := record.Ref{Kind: record.Note, ID: reply.GetNote().GetId(), OfTicket: ticket.GetId()}
	n, _ := ref.Anew(t).Interface().(*psav1.Note)
	if n.GetVisibility() != psav1.Visibility_CUSTOMER || !record.Holds(made.Asked.ProtoReflect(), n.ProtoReflect(), "body") {
		t.Errorf("the note of a reply is %s and says %q; the customer reads what was sent", n.GetVisibility(), n.GetBody())
	}
}

func replyAndStatus(t *suite.T) {
	x := sample.Of(t)
	ticket, _ := x.Mailed()
	change, why := sample.Tickets.Change(x, sample.Refer(ticket), ticket.ProtoReflect(), "status")
	if why != "" {
		t.NotRun("%s", why)
	}
	want, _ := change.Asked.(*psav1.Ticket)
	ticket, made := replyOn(t, x, func(r *psav1.SendReplyRequest) { r.SetStatusAfter(want.GetStatus()) }, "status_after")
	after, _ := sample.Refer(ticket).Anew(t).Interface().(*psav1.Ticket)
	if after.GetStatus().GetId() != want.GetStatus().GetId() {
		t.Errorf("the ticket was to have the status %q after the reply, and has %q; the receipt: %v", want.GetStatus().GetName(), after.GetStatus().GetName(), made.Receipt)
	}
	// A status that there is not is found out before anything is mailed.
	call := x.ReplyOn(ticket, x.Title("reply"))
	request, _ := call.Request.(*psav1.SendReplyRequest)
	request.SetBestEffort(true)
	request.SetStatusAfter(psav1.Status_builder{Name: new(noName)}.Build())
	before := mailsOf(t)
	refusedAt(t, call, "a status that there is not", "status_after.name")
	if mailsOf(t) > before {
		t.Errorf("a reply with a status that there is not is refused, and mailed")
	}
}

func replyAndTime(t *suite.T) {
	if sample.Unsupported(t, "replies.create", "time_entry") {
		t.NotServed("the connector declares that it books no time with replies")
	}
	const seconds = 25 * 60
	x := sample.Of(t)
	_, made := replyOn(t, x, func(r *psav1.SendReplyRequest) {
		r.SetTimeEntry(psav1.ReplyTime_builder{DurationSeconds: new(int32(seconds))}.Build())
	}, "time_entry")
	reply, _ := made.Record.Interface().(*psav1.Reply)
	if !reply.HasTimeEntry() {
		t.Fatalf("a reply with time answers no time_entry")
	}
	e, _ := (record.Ref{Kind: record.TimeEntry, ID: reply.GetTimeEntry().GetId()}).Anew(t).Interface().(*psav1.TimeEntry)
	if e.GetDurationSeconds() != seconds || e.GetTicket().GetId() != made.Of.OfTicket {
		t.Errorf("%d seconds were booked with a reply on ticket %s, and %d are on ticket %s", seconds, made.Of.OfTicket, e.GetDurationSeconds(), e.GetTicket().GetId())
	}
	byAgent(t, e)
}

func unpromisedReply(t *suite.T) {
	x := sample.Of(t)
	codes := []fault.Code{fault.CodeFailedPrecondition, fault.CodeInvalidArgument, fault.CodeFieldNotSupported}
	if bare := x.Ticket(); !bare.HasContact() {
		_ = x.ReplyOn(bare, x.Title("reply to nobody")).Refused(t, "a ticket that has nobody to mail", codes...)
	}
	ticket, mailed := x.Mailed()
	if !mailed {
		t.NotRun("the conformance file has no fixtures.mailed_ticket")
	}
	const stranger = "stranger@elsewhere.example"
	before := mailsOf(t)
	call := x.ReplyOn(ticket, x.Title("reply to a stranger"))
	request, _ := call.Request.(*psav1.SendReplyRequest)
	request.SetTo([]string{stranger})
	made, _ := call.MakeUnless(t, codes...)
	if made != nil && len(mailsTo(t, before, stranger)) == 0 {
		t.Errorf("a reply to %s is accepted, and no mail goes there", stranger)
	}
	if sent := mailsTo(t, before, customerOf(ticket)); len(sent) > 0 {
		t.Errorf("a reply to %s alone goes to the contact: %v", stranger, sent)
	}
	for _, field := range []string{"subject", "attachments"} {
		if sample.Unsupported(t, "replies.create", field) {
			t.Logf("the connector declares that it does not send %s", field)
		}
	}
	with := proto.CloneOf(request)
	with.SetTo(nil)
	with.SetSubject("Conformance subject")
	call.Request, call.Parts = with, []string{"subject"}
	made, _ = call.MakeUnless(t, codes...)
	if made == nil {
		return
	}
	subject := false
	for _, m := range mailsTo(t, before, customerOf(ticket)) {
		subject = subject || says(m, "Conformance subject")
	}
	if applied := slices.Contains(made.Receipt.GetApplied(), "subject"); applied != subject {
		t.Errorf("the receipt of a reply says that its subject is applied: %v; the mail has it: %v", applied, subject)
	}
}
