package ticket

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// Whole returns what maps all that the record of a ticket of a list holds. What
// that takes is loaded now, so that it maps after a write whatever fails then.
func Whole(ctx context.Context, a *account.Account, list api.TicketList) (func(api.Row[api.Ticket]) *psav1.Ticket, error) {
	r, err := New(a).reader(ctx, list)
	return r.whole, err
}
