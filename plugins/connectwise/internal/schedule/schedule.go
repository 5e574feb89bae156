// Package schedule serves the schedule entries of tickets at a ConnectWise: when
// a technician works on one. Entries of other kinds, such as time off, and
// entries without dates, which only assign somebody to a ticket, are none.
package schedule

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var (
	_ psav1.ScheduleReaderServer          = (*Service)(nil)
	_ psav1.ScheduleWriterServer          = (*Service)(nil)
	_ psav1.ScheduleCatalogueReaderServer = (*Service)(nil)
)

// Service serves the schedule entries of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// Operations says how the operations on schedule entries are served.
var Operations = []pluginsdk.OperationSupport{
	{Operation: "schedule_entries.create", UnsupportedFields: unsupportedFields},
	{
		Operation: "schedule_entries.update", UnsupportedFields: unsupportedFields,
		Reason: "If-Match is a comparison before the write: somebody can come between",
	},
	{
		Operation: "schedule_entries.delete",
		Reason:    "If-Match is a comparison before the write: somebody can come between",
	},
}

const (
	entriesPath = "schedule/entries"
	recordKind  = "schedule entry" // in errors
)

// parts are what entries carry on request.
var parts = []psav1.Include_V{psav1.Include_VENDOR}

// rowFields are the members that the mapping reads. _info has to be named to be
// there (connectwise.md §5).
var rowFields = []string{
	"id", "objectId", "name", "member", "dateStart", "dateEnd", "hours", "status", "type", "doneFlag", "_info",
}

type entryRow = api.Row[api.ScheduleEntry]

// ListScheduleEntries lists the entries of tickets by id: one request a page.
func (s *Service) ListScheduleEntries(ctx context.Context, r *psav1.ListScheduleEntriesRequest) (*psav1.ListScheduleEntriesResponse, error) {
	cursor, err := paging.Decode[account.IDCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	types, err := s.account.ScheduleTypes(ctx)
	if err != nil {
		return nil, err
	}
	where, err := s.filter(ctx, r, types)
	if err != nil {
		return nil, err
	}
	in := include.Of(r.GetInclude())
	fields := rowFields
	if in.Has(psav1.Include_VENDOR) {
		fields = nil
	}
	fetch := func(ctx context.Context, after account.IDCursor, n int) ([]entryRow, bool, error) {
		rows, err := api.List[entryRow](ctx, s.account.API, entriesPath, api.Query{
			Conditions: api.And(where, api.GtInt("id", after.ID)), OrderBy: "id asc", Fields: fields, PageSize: n + 1,
		})
		if err != nil {
			return nil, false, err
		}
		return rows[:min(len(rows), n)], len(rows) > n, nil
	}
	// What the server makes of null is looked at again.
	keep := func(row entryRow) bool { return isEntry(&row.Record, types) }
	rows, next, more, err := paging.Fill(ctx, cursor, account.PageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(row entryRow) account.IDCursor { return account.IDCursor{ID: row.Record.ID} }, keep)
	if err != nil {
		return nil, err
	}
	rd, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	b := psav1.ListScheduleEntriesResponse_builder{Omitted: in.Omitted(parts)}
	for _, row := range rows {
		b.ScheduleEntries = append(b.ScheduleEntries, rd.entry(row, in))
	}
	if b.NextPageToken, err = account.NextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// filter translates the filters of a list. Several are joined by AND, the values
// of one by OR.
func (s *Service) filter(ctx context.Context, r *psav1.ListScheduleEntriesRequest, types []int) (api.Expr, error) {
	where := []api.Expr{api.In("type/id", types), api.NotNull("dateStart"), api.NotNull("dateEnd")}
	var wrong []fault.Violation
	if r.HasFrom() {
		where = append(where, api.Time("dateEnd", api.After, r.GetFrom().AsTime()))
	}
	if r.HasTo() {
		where = append(where, api.Time("dateStart", api.Before, r.GetTo().AsTime()))
		if r.HasFrom() && !r.GetFrom().AsTime().Before(r.GetTo().AsTime()) {
			wrong = append(wrong, fault.Violation{Field: "to", Message: "`to` has to come after `from`"})
		}
	}
	if len(r.GetTechnician()) > 0 {
		ids, err := s.account.Tables.FilterMembers(ctx, "technician", r.GetTechnician())
		switch {
		case fault.CodeOf(err) == fault.CodeInvalidArgument:
			wrong = append(wrong, fault.From(err).Violations...)
		case err != nil:
			return "", err
		default:
			where = append(where, api.In("member/id", ids))
		}
	}
	if len(r.GetTicket()) > 0 {
		var ids []int
		for _, text := range r.GetTicket() {
			id, err := account.RecordID("ticket", text)
			if err != nil {
				wrong = append(wrong, fault.Violation{Field: "ticket", Message: fmt.Sprintf("%q is no ticket's id: at ConnectWise ids are numbers", text)})
				continue
			}
			ids = append(ids, id)
		}
		where = append(where, api.In("objectId", ids))
	}
	if len(wrong) > 0 {
		return "", fault.Invalid(wrong...)
	}
	return api.And(where...), nil
}

// GetScheduleEntry reads an entry of a ticket.
func (s *Service) GetScheduleEntry(ctx context.Context, r *psav1.GetScheduleEntryRequest) (*psav1.GetScheduleEntryResponse, error) {
	row, err := s.read(ctx, r.GetScheduleEntry())
	if err != nil {
		return nil, err
	}
	rd, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	in := include.Of(r.GetInclude())
	return psav1.GetScheduleEntryResponse_builder{ScheduleEntry: rd.entry(row, in), Omitted: in.Omitted(parts)}.Build(), nil
}

// read reads the vendor's record of an entry. What is no entry of a ticket, or
// has no dates, is not found here.
func (s *Service) read(ctx context.Context, id string) (entryRow, error) {
	var row entryRow
	n, err := account.RecordID(recordKind, id)
	if err != nil {
		return row, err
	}
	types, err := s.account.ScheduleTypes(ctx)
	if err != nil {
		return row, err
	}
	if err := s.account.API.Get(ctx, entryPath(n), api.Query{}, &row); err != nil {
		return row, err
	}
	switch {
	case !slices.Contains(types, api.IDOf(row.Record.Type)):
		return row, fault.NotFound(fmt.Sprintf("schedule entry %d is about no ticket", n))
	case !row.Record.Dated():
		return row, fault.NotFound(fmt.Sprintf("schedule entry %d has no dates: it assigns a technician to ticket %d and plans nothing", n, row.Record.ObjectID))
	}
	return row, nil
}

func entryPath(id int) string { return entriesPath + "/" + strconv.Itoa(id) }

// reader maps entries. What it needs to know of names is loaded when it is made,
// before a write: one that is done then answers, whatever fails.
type reader struct {
	names    mapping.Names
	statuses setup.Set[setup.ScheduleStatus]
}

func (s *Service) reader(ctx context.Context) (reader, error) {
	names, err := s.account.Names(ctx)
	if err != nil {
		return reader{}, err
	}
	statuses, err := s.account.Tables.ScheduleStatuses(ctx)
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		err = nil // what entries mean is told by the names of their statuses
	}
	return reader{names, statuses}, err
}

// entry maps a row, with what is included.
func (r reader) entry(row entryRow, in include.Set) *psav1.ScheduleEntry {
	entry := mapping.ScheduleEntry(&row.Record, r.statuses, r.names)
	if in.Has(psav1.Include_VENDOR) {
		entry.SetVendor(row.Raw)
	}
	return entry
}

// isEntry reports whether a record is a time on a ticket.
func isEntry(e *api.ScheduleEntry, types []int) bool {
	return e.Dated() && e.ObjectID > 0 && slices.Contains(types, api.IDOf(e.Type))
}

// ListScheduleStatuses lists the statuses of schedule entries.
func (s *Service) ListScheduleStatuses(ctx context.Context, _ *psav1.ListScheduleStatusesRequest) (*psav1.ListScheduleStatusesResponse, error) {
	set, err := s.account.Tables.ScheduleStatuses(ctx)
	if err != nil {
		return nil, err
	}
	statuses := make([]*psav1.ScheduleStatus, len(set.Values))
	for n, status := range set.Values {
		statuses[n] = psav1.ScheduleStatus_builder{
			Id: new(strconv.Itoa(status.ID)), Name: new(status.Name), State: new(status.State()),
			Active: new(true), IsDefault: new(status.Default), Sort: new(int32(n)),
		}.Build()
	}
	return psav1.ListScheduleStatusesResponse_builder{ScheduleStatuses: statuses}.Build(), nil
}
