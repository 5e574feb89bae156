package note

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
)

// All reads all notes of a ticket, the texts of its time entries among them, the
// newest last.
func All(ctx context.Context, a *account.Account, ticketID int) ([]*psav1.Note, error) {
	return New(a).notes(ctx, ticketID)
}
