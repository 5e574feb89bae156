package reply

import (
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// notAsked are the fields of a reply that are the answer's alone.
var notAsked = []string{"id", "ticket", "note", "time_entry", "state", "recipients", "subject", "format", "author", "created_at"}

// planned is the reply that a dry run would send.
func (o *outgoing) planned() *psav1.Reply {
	return psav1.Reply_builder{
		Ticket: new(strconv.Itoa(o.ticket.ID)), State: new(psav1.ReplyState_UNKNOWN), Recipients: o.recipients,
		Body: new(mapping.Body(o.request.GetBody())), Format: new(psav1.Format_PLAIN),
	}.Build()
}

// receipt says what became of a reply, part by part.
func (o *outgoing) receipt(c *call.Call, d *done) *psav1.Receipt {
	r := o.request
	asked := psav1.Reply_builder{Body: new(r.GetBody())}
	fields := []string{"body"}
	if r.HasFormat() {
		asked.Format = new(r.GetFormat())
		fields = append(fields, "format")
	}
	w := receipt.Write{Asked: asked.Build(), Held: d.reply, Fields: fields, Unread: notAsked}
	overruled := o.status != nil && d.statErr == nil && d.statusID != o.status.ID
	if r.HasStatusAfter() && !overruled {
		part := receipt.Part{Field: "status_after", Err: d.statErr}
		if o.status != nil {
			part.Asked = o.status.Name
		}
		w.Parts = append(w.Parts, part)
	}
	// Whom ConnectWise mailed it does not tell.
	if len(r.GetTo()) > 0 {
		w.Parts = append(w.Parts, receipt.Part{Field: "to", Unverifiable: true})
	}
	if len(r.GetCc()) > 0 {
		w.Parts = append(w.Parts, receipt.Part{Field: "cc", Unverifiable: true})
	}
	out := receipt.Of(c, w)
	if r.HasTimeEntry() {
		add(out, "time_entry.", o.ofTime(c, d))
	}
	if r.HasSubject() {
		drop(out, "subject", r.GetSubject(), "the board's mail template says the subject at ConnectWise")
	}
	if overruled {
		drop(out, "status_after", o.status.Name, fmt.Sprintf("ConnectWise answered success, and the ticket has the status with the id %d", d.statusID))
	}
	if o.time != nil {
		out.SetWarnings(append(out.GetWarnings(), o.time.Warnings...))
	}
	out.SetSupport(psav1.Support_EMULATED)
	out.SetSteps(d.steps.Several())
	out.SetNotification(o.notification(d.statErr))
	out.SetAttributedTo(d.reply.GetAuthor())
	return out
}

// ofTime is the receipt of the time that was booked.
func (o *outgoing) ofTime(c *call.Call, d *done) *psav1.Receipt {
	return o.time.Receipt(c, mapping.TimeEntry(d.booked, o.names), receipt.SetFields(o.request.GetTimeEntry()))
}

// notification is what is known of mail. A change of status that was refused mails
// nobody.
func (o *outgoing) notification(refused error) *psav1.Notification {
	known := proto.CloneOf(o.known)
	if o.status != nil && (refused == nil || lost.MayBeDone(refused)) {
		known.SetEvidence(known.GetEvidence() + "; the change of status can mail too, by the rules of the board")
	}
	return known
}

// add takes the fields of another receipt into one, below a path.
func add(to *psav1.Receipt, prefix string, from *psav1.Receipt) {
	for _, field := range from.GetApplied() {
		to.SetApplied(append(to.GetApplied(), prefix+field))
	}
	for _, f := range from.GetChanged() {
		f.SetField(prefix + f.GetField())
		to.SetChanged(append(to.GetChanged(), f))
	}
	for _, f := range from.GetDropped() {
		f.SetField(prefix + f.GetField())
		to.SetDropped(append(to.GetDropped(), f))
	}
	if from.GetOutcome() != psav1.Receipt_Outcome_APPLIED {
		to.SetOutcome(psav1.Receipt_Outcome_PARTLY_APPLIED)
	}
}

// drop adds what a rule of ConnectWise made of a part.
func drop(to *psav1.Receipt, field, asked, why string) {
	to.SetDropped(append(to.GetDropped(), psav1.FieldResult_builder{
		Field: &field, Asked: structpb.NewStringValue(asked), Reason: &why, Code: new(psav1.DropCode_RULE),
	}.Build()))
	to.SetOutcome(psav1.Receipt_Outcome_PARTLY_APPLIED)
}
