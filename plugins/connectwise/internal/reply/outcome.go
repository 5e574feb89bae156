package reply

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/timeentry"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
)

// SendOutcome finds out what became of a reply: it looks for the note or time
// entry that it is, for the time booked beside it, and at the status. A reply that
// is written has been mailed, so that one of which only a part is there is never
// called undone.
func (s *Service) SendOutcome(ctx context.Context, r *psav1.SendReplyRequest, l lost.Write) (pluginsdk.Outcome, error) {
	names, err := s.account.Names(ctx)
	if err != nil {
		return l.Unfit(err)
	}
	ticket, err := s.account.ReadChargeable(ctx, r.GetTicket())
	if err != nil {
		return l.Unfit(err)
	}
	o := &outgoing{request: r, names: names, ticket: ticket, known: mail.Lost(nil)}
	if err := s.statusAfter(ctx, o); err != nil {
		return l.Unfit(err)
	}
	d := &done{statusID: api.IDOf(ticket.Status)}
	f := &findings{}
	if s.account.Config.MailBy() == pluginsdk.MailByNote {
		err = s.findNote(ctx, o, d, f, l)
	} else {
		err = s.findTime(ctx, o, d, f, l)
	}
	if err != nil {
		return l.Unfit(err)
	}
	if len(f.there) == 0 {
		return f.why, nil
	}
	switch {
	case o.status != nil:
		f.missing = append(f.missing, fmt.Sprintf("the status %q", o.status.Name))
	case r.HasStatusAfter():
		f.there = append(f.there, "the status")
	}
	if len(f.missing) > 0 {
		return l.Unknown("ticket %d has %s, and not %s", ticket.ID, strings.Join(f.there, ", "), strings.Join(f.missing, ", ")), nil
	}
	d.reply.SetRecipients(o.recipients)
	answer := psav1.SendReplyResponse_builder{Reply: d.reply, Receipt: o.receipt(call.From(ctx), d)}.Build()
	return l.Happened(answer, "ticket %d has %s, made since just as asked", ticket.ID, strings.Join(f.there, ", ")), nil
}

// findings are the parts of a reply that are at ConnectWise, and those that are
// not, for people.
type findings struct {
	there, missing []string
	why            pluginsdk.Outcome // why nothing was found
}

func (f *findings) add(found bool, what string, why pluginsdk.Outcome) {
	if found {
		f.there = append(f.there, what)
		return
	}
	f.missing = append(f.missing, fmt.Sprintf("%s (%s)", what, why.Reason))
	if f.why.Reason == "" || why.Happened == pluginsdk.WriteUnknown && f.why.Happened == pluginsdk.WriteDidNot {
		f.why = why
	}
}

// findNote looks for the note that is the reply, and for the time beside it.
func (s *Service) findNote(ctx context.Context, o *outgoing, d *done, f *findings, l lost.Write) error {
	draft := note.Discussion(o.request.GetBody(), true)
	made, why, err := note.Find(ctx, s.account, o.ticket.In(), o.ticket.ID, draft, byNote, l)
	if err != nil {
		return err
	}
	if made != nil {
		d.reply = fromNote(o.ticket.ID, made, o.names)
		f.add(true, fmt.Sprintf("the reply as note %d", made.ID), why)
	} else {
		f.add(false, "the reply", why)
	}
	o.note = &draft
	if people := o.people(ctx, s.account); o.byNote(ctx, s.account) != nil {
		o.known, o.recipients = mail.Lost(nil), people.MailedByNote(o.ordered())
	}
	if !o.request.HasTimeEntry() {
		return nil
	}
	var booked *api.TimeEntry
	o.time, booked, why, err = timeentry.Find(ctx, s.account, o.ticket, timeOf(o.request, true), byTime, l)
	if err != nil {
		return err
	}
	if booked == nil {
		f.add(false, "the time", why)
		return nil
	}
	f.add(true, fmt.Sprintf("the time as time entry %d", booked.ID), why)
	d.booked = booked
	if d.reply != nil {
		d.reply.SetTimeEntry(psav1.Reference_builder{Id: new(strconv.Itoa(booked.ID))}.Build())
	}
	return nil
}

// findTime looks for the time entry that is the reply.
func (s *Service) findTime(ctx context.Context, o *outgoing, d *done, f *findings, l lost.Write) (err error) {
	var why pluginsdk.Outcome
	o.time, d.booked, why, err = timeentry.Find(ctx, s.account, o.ticket, timeOf(o.request, false), byTime, l)
	if err != nil {
		return err
	}
	if d.booked == nil {
		f.add(false, "the reply", why)
		return nil
	}
	d.reply = fromTime(d.booked, o.names)
	f.add(true, fmt.Sprintf("the reply as time entry %d", d.booked.ID), why)
	if o.byTime(ctx, s.account) != nil {
		o.known = mail.Lost(nil)
	}
	return nil
}
