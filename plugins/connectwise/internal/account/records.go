package account

import (
	"context"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// OnRecords reads what ConnectWise lists by a ticket's record type and id. A list
// of nothing may be that of the other type, or of no ticket at all: the ticket
// itself tells. read reports whether it found anything.
func (a *Account) OnRecords(ctx context.Context, id int, read func(recordType string) (found bool, err error)) error {
	list, known := a.ListOf(id)
	if !known {
		list = api.ServiceTickets
	}
	found, err := read(list.RecordType())
	if err != nil || found {
		return err
	}
	row, err := a.ReadTicket(ctx, strconv.Itoa(id))
	if err != nil || row.Record.List == list {
		return err
	}
	_, err = read(row.Record.List.RecordType())
	return err
}
