package timeentry

import (
	"context"
	"fmt"
	"slices"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

// cursor is where the next page begins: after this row. Entries come in the order
// of their last change, which can be walked by key: a row that changes meanwhile
// moves behind the walk, and none is lost.
type cursor struct {
	Time int64 `json:"t,omitempty"` // lastUpdated, in Unix seconds
	ID   int   `json:"i,omitempty"`
}

func (c cursor) after() api.Expr {
	t := time.Unix(c.Time, 0)
	return api.Or(api.Time("lastUpdated", api.After, t), api.And(api.Time("lastUpdated", api.Exactly, t), api.GtInt("id", c.ID)))
}

// ListTimeEntries lists time entries across tickets.
func (s *Service) ListTimeEntries(ctx context.Context, r *psav1.ListTimeEntriesRequest) (*psav1.ListTimeEntriesResponse, error) {
	from, err := paging.Decode[cursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	where, nothing, err := s.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	parts := include.Of(r.GetInclude())
	b := psav1.ListTimeEntriesResponse_builder{Omitted: parts.Omitted(include.OfTime)}
	if nothing {
		return b.Build(), nil
	}
	rd, err := newReader(ctx, s.account, parts)
	if err != nil {
		return nil, err
	}
	fetch := func(ctx context.Context, after cursor, n int) ([]row, bool, error) {
		q := api.Query{Conditions: where, OrderBy: "lastUpdated asc,id asc", Fields: vendorFields(parts)}
		if after != (cursor{}) {
			q.Conditions = api.And(where, after.after())
		}
		return api.FirstRows(ctx, s.account.API, api.List[row], "time/entries", q, n)
	}
	rows, next, more, err := paging.Fill(ctx, from, account.PageSize(r.GetPageSize()), api.WidePage-1, fetch, func(r row) cursor {
		return cursor{Time: r.Record.Info.LastUpdated.Unix(), ID: r.Record.ID}
	}, func(found row) bool { return begunWithin(r, found.Record.TimeStart.Time) })
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		b.TimeEntries = append(b.TimeEntries, rd.entry(r, parts))
	}
	if b.NextPageToken, err = account.NextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// filter translates the filters of a list. Several are joined by AND, the values
// of one by OR. It reports that nothing can match, where that is plain without a
// request.
func (s *Service) filter(ctx context.Context, r *psav1.ListTimeEntriesRequest) (where api.Expr, nothing bool, err error) {
	service, _ := api.EqText("chargeToType", mapping.ChargedToService)
	project, _ := api.EqText("chargeToType", mapping.ChargedToProject)
	all := []api.Expr{api.Or(service, project)}
	if len(r.GetTicket()) > 0 {
		var ids []int
		for _, text := range r.GetTicket() {
			// What is no number is no ticket here, and has no time either.
			if n, err := account.RecordID("ticket", text); err == nil {
				ids = append(ids, n)
			}
		}
		nothing = len(ids) == 0
		all = append(all, api.In("chargeToId", distinct(ids)))
	}
	if len(r.GetTechnician()) > 0 {
		ids, err := s.account.Tables.FilterMembers(ctx, "technician", r.GetTechnician())
		if err != nil {
			return "", false, err
		}
		nothing = nothing || len(ids) == 0
		all = append(all, api.In("member/id", distinct(ids)))
	}
	from, to := r.GetWorkedFrom().AsTime(), r.GetWorkedTo().AsTime()
	if r.HasWorkedFrom() && r.HasWorkedTo() && !from.Before(to) {
		return "", false, fault.InvalidArgument("worked_to", fmt.Sprintf("worked_to has to be after worked_from, %s", from.Format(time.RFC3339Nano)))
	}
	// The vendor keeps whole seconds, and a fraction is cut: what was changed or
	// begun within the second is not lost, and looked at again in the rows.
	if r.HasWorkedFrom() {
		all = append(all, api.Time("timeStart", api.Since, from))
	}
	if r.HasWorkedTo() {
		all = append(all, api.Time("timeStart", api.Before, to))
	}
	if r.HasUpdatedSince() {
		all = append(all, api.Time("lastUpdated", api.Since, r.GetUpdatedSince().AsTime()))
	}
	return api.And(all...), nothing, nil
}

// begunWithin is the part of a filter that the vendor cannot tell to the
// fraction of a second.
func begunWithin(r *psav1.ListTimeEntriesRequest, begun time.Time) bool {
	return (!r.HasWorkedFrom() || !begun.Before(r.GetWorkedFrom().AsTime())) &&
		(!r.HasWorkedTo() || begun.Before(r.GetWorkedTo().AsTime()))
}

func distinct(ids []int) []int {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// GetTimeEntry reads a time entry.
func (s *Service) GetTimeEntry(ctx context.Context, r *psav1.GetTimeEntryRequest) (*psav1.GetTimeEntryResponse, error) {
	parts := include.Whole(r.GetInclude())
	rd, err := newReader(ctx, s.account, parts)
	if err != nil {
		return nil, err
	}
	found, err := Read(ctx, s.account, r.GetTimeEntry())
	if err != nil {
		return nil, err
	}
	return psav1.GetTimeEntryResponse_builder{TimeEntry: rd.entry(found, parts), Omitted: parts.Omitted(include.OfTime)}.Build(), nil
}

// vendorFields are the members of an entry that are asked for; nil is all.
func vendorFields(parts include.Set) []string {
	switch {
	case parts.Has(psav1.Include_VENDOR):
		return nil
	case parts.Has(psav1.Include_CUSTOM_FIELDS):
		return append(slices.Clone(rowFields), "customFields")
	}
	return rowFields
}

// rowFields are the members that the mapping reads. _info has to be named to be
// there (connectwise.md §5).
var rowFields = []string{
	"id", "chargeToId", "chargeToType", "member", "workType", "workRole", "agreement", "timeStart", "timeEnd",
	"hoursDeduct", "actualHours", "hoursBilled", "billableOption", "notes", "internalNotes", "addToDetailDescriptionFlag",
	"addToInternalAnalysisFlag", "addToResolutionFlag", "status", "invoice", "invoiceFlag", "dateEntered", "_info",
}
