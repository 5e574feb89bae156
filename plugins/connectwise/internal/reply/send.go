package reply

import (
	"context"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/timeentry"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/undo"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// SendReply answers the customer. Time that is booked beside a note goes first,
// since it can be taken back; then the mail; the status last, so that a ticket
// never waits for an answer to a mail that was not written.
func (s *Service) SendReply(ctx context.Context, r *psav1.SendReplyRequest) (*psav1.SendReplyResponse, error) {
	out, err := s.prepare(ctx, r)
	if err != nil {
		return nil, err
	}
	d, err := s.send(ctx, out)
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		planned := receipt.DryRun(call.From(ctx), s.account.API.Root())
		planned.SetSupport(psav1.Support_EMULATED)
		planned.SetNotification(out.notification(nil))
		return psav1.SendReplyResponse_builder{Reply: out.planned(), Receipt: planned}.Build(), nil
	}
	return psav1.SendReplyResponse_builder{Reply: d.reply, Receipt: out.receipt(call.From(ctx), d)}.Build(), nil
}

// done is what became of a reply.
type done struct {
	reply    *psav1.Reply
	booked   *api.TimeEntry // the time entry, where there is one
	statusID int            // the status that the ticket has now
	statErr  error          // how the change of status failed
	steps    receipt.Steps
}

// send writes the reply. It fails only where nothing of it is left at
// ConnectWise, or where that is not known.
func (s *Service) send(ctx context.Context, out *outgoing) (*done, error) {
	d := &done{statusID: api.IDOf(out.ticket.Status)}
	if out.note == nil {
		made, err := out.time.Post(ctx, "write the reply", out.order, out.request.GetCc())
		if err != nil {
			return nil, inReply(err)
		}
		d.booked, d.reply = &made.Record, fromTime(&made.Record, out.names)
		d.steps.Done("reply", strconv.Itoa(made.Record.ID))
	} else if err := s.sendNote(ctx, out, d); err != nil {
		return nil, err
	}
	d.reply.SetRecipients(out.recipients)
	if out.status == nil {
		return d, nil
	}
	var after api.Ticket
	err := account.Planned(s.account.API.Patch(ctx, "set the status", out.ticket.Path(), []api.Op{api.Replace("status", api.ID{ID: out.status.ID})}, &after))
	if err != nil {
		// The mail is on its way, and the receipt tells both.
		d.statErr = err
		d.steps.Failed("status", err)
		return d, nil
	}
	d.statusID = api.IDOf(after.Status)
	d.steps.Done("status", strconv.Itoa(out.ticket.ID))
	return d, nil
}

// sendNote writes the note, after the time that is booked beside it.
func (s *Service) sendNote(ctx context.Context, out *outgoing, d *done) error {
	if out.time != nil {
		made, err := out.time.Post(ctx, "book the time", mail.OfTime{}, nil)
		if err != nil {
			return inReply(err)
		}
		d.booked = &made.Record
		d.steps.Done("time_entry", strconv.Itoa(made.Record.ID))
	}
	made, err := note.Post(ctx, s.account, "write the reply", out.ticket.In(), out.ticket.ID, *out.note)
	if err != nil {
		return s.takeBack(ctx, d.booked, err)
	}
	d.reply = fromNote(out.ticket.ID, &made, out.names)
	if d.booked != nil && d.booked.ID != 0 {
		d.reply.SetTimeEntry(psav1.Reference_builder{Id: new(strconv.Itoa(d.booked.ID))}.Build())
	}
	d.steps.Done("reply", strconv.Itoa(made.ID))
	return nil
}

// takeBack deletes the time that was booked ahead of a refused note, and says so.
// Where it is not known whether the note was refused, the time stays.
func (s *Service) takeBack(ctx context.Context, booked *api.TimeEntry, err error) error {
	if booked == nil || booked.ID == 0 {
		return err
	}
	return undo.After(ctx, err, undo.Made{
		There: fmt.Sprintf("its time is booked already, as time entry %d", booked.ID), Record: "the time that was booked ahead of it",
		Delete: func(ctx context.Context) error {
			return timeentry.Delete(ctx, s.account, "take the time back", booked.ID)
		},
	})
}
