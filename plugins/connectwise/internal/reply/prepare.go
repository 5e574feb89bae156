package reply

import (
	"context"
	"fmt"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/timeentry"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// outgoing is a reply that is checked and can be sent.
type outgoing struct {
	request *psav1.SendReplyRequest
	names   mapping.Names
	ticket  account.Chargeable

	note  *note.Draft        // the reply, where it is a note
	time  *timeentry.Booking // the reply, where it is no note; else time booked beside it
	order mail.OfTime        // what the time entry mails
	known *psav1.Notification
	// recipients are the addresses that the mail goes to, as far as they are known.
	recipients []string
	status     *setup.Status // the status afterwards; nil is no change
}

// prepare checks a reply. Everything that is wrong with it is said at once, and
// nothing is sent then.
func (s *Service) prepare(ctx context.Context, r *psav1.SendReplyRequest) (*outgoing, error) {
	way := s.account.Config.MailBy()
	switch {
	case way == pluginsdk.MailByNothing:
		return nil, fault.NotSupported("replies are switched off for this connection: its customer_notification is none")
	case len(r.GetAttachments()) > 0:
		return nil, fault.FieldNotSupported("attachments", "ConnectWise mails notes and time entries without attachments; say in the text where the files are")
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	ticket, err := s.account.ReadChargeable(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	out := &outgoing{request: r, names: names, ticket: ticket}
	var wrong []fault.Violation
	var unable error
	// try gathers what is wrong with the request, and the first of what stands
	// against it at ConnectWise.
	try := func(err error) error {
		switch fault.CodeOf(err) {
		case "":
		case fault.CodeInvalidArgument:
			wrong = append(wrong, fault.From(err).Violations...)
		case fault.CodeFailedPrecondition:
			if unable == nil {
				unable = err
			}
		default:
			return err
		}
		return nil
	}
	wrong = append(wrong, othersThanTheContact(r.GetTo(), ticket.ContactEmail)...)
	for _, err := range []error{s.content(ctx, out, way), s.statusAfter(ctx, out)} {
		if err := try(err); err != nil {
			return nil, err
		}
	}
	if way == pluginsdk.MailByNote {
		err = out.byNote(ctx, s.account)
	} else {
		err = out.byTime(ctx, s.account)
	}
	if err := try(err); err != nil {
		return nil, err
	}
	switch {
	case len(wrong) > 0:
		return nil, fault.Invalid(wrong...)
	case unable != nil:
		return nil, unable
	}
	return out, nil
}

// othersThanTheContact says which addresses a reply cannot go to: ConnectWise
// mails the ticket's contact.
func othersThanTheContact(to []string, contact string) []fault.Violation {
	var wrong []fault.Violation
	for n, address := range to {
		if strings.EqualFold(strings.TrimSpace(address), strings.TrimSpace(contact)) {
			continue
		}
		v := fault.Violation{Field: fmt.Sprintf("to[%d]", n), Message: fmt.Sprintf("ConnectWise mails the ticket's contact, and %s is not the contact's address: leave to out, name the address in cc, or change the contact first", address)}
		if contact != "" {
			v.Allowed = []string{contact}
		}
		wrong = append(wrong, v)
	}
	return wrong
}

// content prepares the note or time entry that holds the text.
func (s *Service) content(ctx context.Context, out *outgoing, way string) error {
	r := out.request
	if way == pluginsdk.MailByNote {
		draft := note.Discussion(r.GetBody(), true)
		out.note = &draft
		if !r.HasTimeEntry() {
			return nil
		}
	}
	booking, err := timeentry.NewBooking(ctx, s.account, out.ticket, timeOf(r, out.note != nil))
	if err != nil {
		return inReply(err)
	}
	out.time = booking
	return nil
}

// timeOf is the time that is booked for a reply: the reply itself, or beside it.
func timeOf(r *psav1.SendReplyRequest, beside bool) *psav1.TimeEntry {
	visibility := psav1.Visibility_CUSTOMER
	if beside {
		visibility = psav1.Visibility_INTERNAL // the customer reads the note
	}
	asked := r.GetTimeEntry()
	b := psav1.TimeEntry_builder{
		DurationSeconds: new(asked.GetDurationSeconds()), WorkType: asked.GetWorkType(), WorkRole: asked.GetWorkRole(),
		Summary: new(r.GetBody()), SummaryVisibility: &visibility,
	}
	if asked.HasBilling() {
		b.Billing = new(asked.GetBilling())
	}
	return b.Build()
}

// inReply puts violations where a reply holds the fields of its time entry.
func inReply(err error) error {
	return fault.Renamed(err, func(field string) string {
		switch field {
		case "summary":
			return "body"
		case "", "ticket":
			return field
		}
		return "time_entry." + field
	})
}

// statusAfter finds the status that the ticket gets, on its board.
func (s *Service) statusAfter(ctx context.Context, out *outgoing) error {
	asked := out.request.GetStatusAfter()
	if asked == nil {
		return nil
	}
	board, ok := s.account.Tables.Board(ctx, api.IDOf(out.ticket.Board))
	if !ok {
		return fault.FailedPrecondition("NO_QUEUE", fmt.Sprintf("ticket %d is on no board that ConnectWise shows, and statuses belong to boards: leave status_after out", out.ticket.ID))
	}
	currentID := api.IDOf(out.ticket.Status)
	var found setup.Status
	var err error
	if asked.HasId() || asked.HasName() {
		found, err = s.account.Tables.PickStatus(ctx, board, "status_after", catalogue.Reference{ID: asked.GetId(), Name: asked.GetName()})
	} else {
		if now, ok := s.account.Tables.Status(ctx, board.ID, currentID); ok && now.Category == asked.GetCategory() {
			return nil // any status of the category is as good as asked
		}
		found, err = s.account.Tables.PickCategory(ctx, board, "status_after", asked.GetCategory())
	}
	if err != nil {
		return err
	}
	if found.ID != currentID {
		out.status = &found
	}
	return nil
}

func (o *outgoing) ordered() mail.Reply {
	return mail.Reply{Contact: o.ticket.ContactEmail, CC: o.request.GetCc(), Copied: o.ticket.CC, BestEffort: o.request.GetBestEffort()}
}

func (o *outgoing) people(ctx context.Context, a *account.Account) mail.People {
	board, _ := a.Tables.Board(ctx, api.IDOf(o.ticket.Board))
	return mail.Of(&o.ticket.Ticket, board)
}

func (o *outgoing) byNote(ctx context.Context, a *account.Account) (err error) {
	people := o.people(ctx, a)
	o.known, err = people.OnReplyByNote(o.ordered())
	o.recipients = people.MailedByNote(o.ordered())
	return err
}

func (o *outgoing) byTime(ctx context.Context, a *account.Account) (err error) {
	o.order, err = o.people(ctx, a).OnReplyByTime(o.ordered())
	o.known = o.order.Known
	if o.order.Contact {
		o.recipients = append(o.recipients, o.ticket.ContactEmail)
	}
	o.recipients = append(o.recipients, o.request.GetCc()...)
	return err
}
