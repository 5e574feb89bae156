package schedule

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// CreateOutcome finds out what became of an entry: by the ticket, the technician
// and the times.
func (s *Service) CreateOutcome(ctx context.Context, r *psav1.CreateScheduleEntryRequest, l lost.Write) (pluginsdk.Outcome, error) {
	rd, err := s.reader(ctx)
	if err != nil {
		return l.Unfit(err)
	}
	d, to, err := s.forCreate(ctx, r.GetInput())
	if err != nil {
		return l.Unfit(err)
	}
	rows, err := api.List[entryRow](ctx, s.account.API, entriesPath, api.Query{
		Conditions: api.And(
			api.EqInt("objectId", to.ticketID), api.EqInt("type/id", to.typeID), api.EqInt("member/id", d.memberID),
			api.Time("lastUpdated", api.Since, l.From()),
		),
		OrderBy: "id asc", PageSize: api.WidePage,
	})
	if err != nil {
		return l.Unfit(err)
	}
	rows = slices.DeleteFunc(rows, func(row entryRow) bool {
		return !row.Record.DateStart.Equal(d.start) || !row.Record.DateEnd.Equal(d.end)
	})
	records := make([]lost.Record, len(rows))
	for n, row := range rows {
		records[n] = lost.Record{
			ID: strconv.Itoa(row.Record.ID), Created: cmp.Or(row.Record.Info.DateEntered.Time, row.Record.Info.LastUpdated.Time),
		}
	}
	at, out := l.Pick("schedule entry", records)
	if at < 0 {
		return out, nil
	}
	// Whether the technician was on the ticket before is not known any more.
	return l.Happened(d.created(ctx, rd, rows[at], ""), "schedule entry %d was made since, just as asked", rows[at].Record.ID), nil
}

// UpdateOutcome finds out what became of the update of an entry.
func (s *Service) UpdateOutcome(ctx context.Context, r *psav1.UpdateScheduleEntryRequest, l lost.Write) (pluginsdk.Outcome, error) {
	rd, err := s.reader(ctx)
	if err != nil {
		return l.Unfit(err)
	}
	row, err := s.read(ctx, r.GetScheduleEntry())
	if err != nil {
		return l.Unfit(err)
	}
	fields := changed(r)
	d, err := newDraft(ctx, s.account, &row.Record, r.GetInput(), fields)
	if err != nil {
		return l.Unfit(err)
	}
	held := rd.entry(row, include.Set{})
	w := receipt.Write{Asked: d.asked, Before: held, Held: held, Fields: fields}
	out, missing := l.Changed(call.From(ctx), w, row.Record.Info.LastUpdated.Time, "schedule entry "+r.GetScheduleEntry())
	if out == nil {
		return missing, nil
	}
	out.SetNotification(told(r.GetInput(), row.Record.NotificationSent))
	account.Attribute(out, row.Record.Info.UpdatedBy, rd.names)
	return l.Happened(psav1.UpdateScheduleEntryResponse_builder{ScheduleEntry: held, Receipt: out}.Build(),
		"schedule entry %s holds all that was asked for", r.GetScheduleEntry()), nil
}

// DeleteOutcome finds out what became of the deletion of an entry.
func (s *Service) DeleteOutcome(ctx context.Context, r *psav1.DeleteScheduleEntryRequest, l lost.Write) (pluginsdk.Outcome, error) {
	_, err := s.read(ctx, r.GetScheduleEntry())
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		return l.Happened(deleted(r, receipt.Deleted(call.From(ctx), account.Keyholder(), err)), "schedule entry %s is gone", r.GetScheduleEntry()), nil
	case err != nil:
		return l.Unfit(err)
	}
	return l.Absent("schedule entry %s is there", r.GetScheduleEntry()), nil
}
