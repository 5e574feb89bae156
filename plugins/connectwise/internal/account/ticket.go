package account

import (
	"context"
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// ReadTicket reads the vendor's record of a ticket.
func (a *Account) ReadTicket(ctx context.Context, id string) (api.Row[api.Ticket], error) {
	var row api.Row[api.Ticket]
	n, err := RecordID("ticket", id)
	if err != nil {
		return row, err
	}
	err = a.API.Get(ctx, fmt.Sprintf("service/tickets/%d", n), api.Query{}, &row)
	return row, err
}
