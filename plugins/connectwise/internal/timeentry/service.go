// Package timeentry serves the time that technicians book on tickets, and what
// it is booked as.
package timeentry

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

var (
	_ psav1.TimeReaderServer          = (*Service)(nil)
	_ psav1.TimeWriterServer          = (*Service)(nil)
	_ psav1.TimeCatalogueReaderServer = (*Service)(nil)
)

// Service serves the time entries of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

const comparesBefore = "If-Match is a comparison before the write: somebody can come between"

// Operations says how the operations on time are served.
var Operations = []pluginsdk.OperationSupport{
	{Operation: "time_entries.list", Reason: "time that is booked on tickets; not what is charged to companies, activities or charge codes"},
	{Operation: "time_entries.update", Reason: comparesBefore},
	{Operation: "time_entries.delete", Reason: comparesBefore},
	{Operation: "catalogue.work_roles", Reason: "of a technician: the roles of the location that ConnectWise has for the member by default"},
}

type row = api.Row[api.TimeEntry]

// Read reads the vendor's record of a time entry that is booked on a ticket.
func Read(ctx context.Context, a *account.Account, id string) (api.Row[api.TimeEntry], error) {
	var r row
	n, err := account.RecordID("time entry", id)
	if err != nil {
		return r, err
	}
	if err := a.API.Get(ctx, path(n), api.Query{}, &r); err != nil {
		return r, err
	}
	if !mapping.OnTicket(&r.Record) {
		return r, fault.NotFound(fmt.Sprintf("time entry %d is booked on no ticket", n))
	}
	return r, nil
}

func path(id int) string { return fmt.Sprintf("time/entries/%d", id) }

// reader maps whole entries. What it needs to know of names is loaded when it is
// made, before a write: one that is done then answers, whatever fails.
type reader struct {
	names  mapping.Names
	fields setup.Set[setup.Field]
}

func newReader(ctx context.Context, a *account.Account, parts include.Set) (reader, error) {
	names, err := a.Names(ctx)
	if err != nil || !parts.Has(psav1.Include_CUSTOM_FIELDS) {
		return reader{names: names}, err
	}
	fields, err := a.Tables.Fields(ctx, setup.TimeEntries)
	return reader{names, fields}, err
}

func (rd reader) entry(r row, parts include.Set) *psav1.TimeEntry {
	entry := mapping.TimeEntry(&r.Record, rd.names)
	if parts.Has(psav1.Include_CUSTOM_FIELDS) {
		entry.SetCustomFields(mapping.CustomFields(r.Record.CustomFields, rd.fields))
	}
	if parts.Has(psav1.Include_VENDOR) {
		entry.SetVendor(r.Raw)
	}
	return entry
}
