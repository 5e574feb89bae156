package account

import (
	"context"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// OnRecords reads what ConnectWise lists by a ticket's record type and id. A list
// of nothing, or one that is closed, may be that of the other type, or of no ticket
// at all: the ticket itself tells. read reports whether it found anything.
func (a *Account) OnRecords(ctx context.Context, id int, read func(recordType string) (found bool, err error)) error {
	list, known := a.ListOf(id)
	if !known {
		list = api.ServiceTickets
	}
	found, err := read(list.RecordType())
	closed := fault.CodeOf(err) == fault.CodePermissionDenied && a.mayBeElsewhere(known, err)
	if err != nil && !closed || found {
		return err
	}
	row, unread := a.ReadTicket(ctx, strconv.Itoa(id))
	switch {
	case closed && (unread != nil || row.Record.List == list):
		return err
	case unread != nil || row.Record.List == list:
		return unread
	}
	_, err = read(row.Record.List.RecordType())
	return err
}
