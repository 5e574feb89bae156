package timeentry

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// CreateOutcome finds out what became of a time entry.
func (s *Service) CreateOutcome(ctx context.Context, r *psav1.CreateTimeEntryRequest, l lost.Write) (pluginsdk.Outcome, error) {
	rd, err := newReader(ctx, s.account, include.Whole(nil))
	if err != nil {
		return l.Unfit(err)
	}
	b, err := resolved(ctx, s.account, r.GetInput(), nil)
	if err != nil {
		return l.Unfit(err)
	}
	found, out, err := b.find(ctx, "", l)
	if found == nil || err != nil {
		return out, err
	}
	return l.Happened(b.booked(ctx, rd, *found, b.order.Known), "time entry %d was made since, just as asked", found.Record.ID), nil
}

// Find looks for the entry that a lost write on a ticket may have booked, and
// returns it with what was asked for. prefix stands before the ids by which the
// operation answers entries. Without an entry, out says why.
func Find(ctx context.Context, a *account.Account, ticket account.Chargeable, input *psav1.TimeEntry, prefix string, l lost.Write) (b *Booking, found *api.TimeEntry, out pluginsdk.Outcome, err error) {
	b, err = resolved(ctx, a, input, &ticket)
	if err != nil {
		return nil, nil, out, err
	}
	made, out, err := b.find(ctx, prefix, l)
	if made == nil || err != nil {
		return b, nil, out, err
	}
	return b, &made.Record, out, nil
}

// find looks for the entry on the ticket, of the member, with the text and the
// times that were asked for.
func (b *Booking) find(ctx context.Context, prefix string, l lost.Write) (*row, pluginsdk.Outcome, error) {
	rows, err := api.List[row](ctx, b.Account.API, entriesOfPath, api.Query{
		Conditions: api.And(
			api.EqInt("chargeToId", b.ticket.ID), api.EqInt("member/id", b.member.ID), api.Time("lastUpdated", api.Since, l.From()),
		),
		OrderBy: "id asc", PageSize: api.WidePage,
	})
	if err != nil {
		return nil, pluginsdk.Outcome{}, err
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return !b.isBookedAs(&r.Record) })
	records := make([]lost.Record, len(rows))
	for n, r := range rows {
		records[n] = lost.Record{
			ID:      prefix + strconv.Itoa(r.Record.ID),
			Created: cmp.Or(r.Record.Info.DateEntered.Time, r.Record.DateEnteredFlat.Time, r.Record.Info.LastUpdated.Time),
		}
	}
	at, out := l.Pick("time entry", records)
	if at < 0 {
		return nil, out, nil
	}
	return &rows[at], out, nil
}

// isBookedAs reports whether an entry is what is asked for. Times that were not
// asked for were those of the moment, which is not known any more; billing is the
// agreement's affair.
func (b *Booking) isBookedAs(t *api.TimeEntry) bool {
	held, input := spanIn(t), b.Input
	switch {
	case !mapping.OnTicket(t) || !lost.SameText(t.Notes, input.GetSummary()):
		return false
	case t.ToDiscussion != (input.GetSummaryVisibility() == psav1.Visibility_CUSTOMER):
		return false
	case input.HasInternalNotes() && !lost.SameText(t.InternalNotes, input.GetInternalNotes()):
		return false
	case input.HasStartedAt() && !held.start.Equal(input.GetStartedAt().AsTime().Truncate(time.Second)):
		return false
	case input.HasEndedAt() && !held.end.Equal(input.GetEndedAt().AsTime().Truncate(time.Second)):
		return false
	case input.HasDurationSeconds() && held.end.Sub(held.start) != time.Duration(input.GetDurationSeconds())*time.Second:
		return false
	}
	return held.deduct == time.Duration(input.GetDeductSeconds())*time.Second
}

// UpdateOutcome finds out what became of the update of a time entry.
func (s *Service) UpdateOutcome(ctx context.Context, r *psav1.UpdateTimeEntryRequest, l lost.Write) (pluginsdk.Outcome, error) {
	t, err := s.target(ctx, r.GetTimeEntry(), nil)
	if err != nil {
		return l.Unfit(err)
	}
	d := s.forUpdate(t, r)
	if err := d.resolve(ctx); err != nil {
		return l.Unfit(err)
	}
	w := receipt.Write{Asked: d.Asked, Before: t.before, Held: t.before, Fields: d.Fields, DurationUnit: mapping.DurationUnit}
	told, out := l.Changed(call.From(ctx), w, t.row.Record.Info.LastUpdated.Time, "time entry "+r.GetTimeEntry())
	if told == nil {
		return out, nil
	}
	told.SetNotification(mail.Lost(r.GetInput().GetNotify()))
	if order, _, err := s.orderOnUpdate(ctx, t, r.GetInput()); err == nil {
		told.SetNotification(order.Known)
	}
	account.Attribute(told, t.row.Record.Info.UpdatedBy, t.names)
	return l.Happened(psav1.UpdateTimeEntryResponse_builder{TimeEntry: t.before, Receipt: told}.Build(), "time entry %s holds all that was asked for", r.GetTimeEntry()), nil
}

// DeleteOutcome finds out what became of the deletion of a time entry.
func (s *Service) DeleteOutcome(ctx context.Context, r *psav1.DeleteTimeEntryRequest, l lost.Write) (pluginsdk.Outcome, error) {
	_, err := Read(ctx, s.account, r.GetTimeEntry())
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		told := receipt.Deleted(call.From(ctx), account.Keyholder(), err)
		return l.Happened(psav1.DeleteTimeEntryResponse_builder{Receipt: told}.Build(), "time entry %s is gone", r.GetTimeEntry()), nil
	case err != nil:
		return l.Unfit(err)
	}
	return l.Absent("time entry %s is there", r.GetTimeEntry()), nil
}
