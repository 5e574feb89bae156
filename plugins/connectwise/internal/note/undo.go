package note

import (
	"context"
	"fmt"
	"net/http"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/undo"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// TakeBack deletes a note that was written ahead of what then failed with err, and
// returns err with what became of the note. Where it is not known whether that has
// failed, the note stays. what the note is for is for people; an id of 0 is no
// note.
func TakeBack(ctx context.Context, a *account.Account, list api.TicketList, ticketID, noteID int, what string, err error) error {
	if noteID == 0 {
		return err
	}
	return undo.After(ctx, err, undo.Made{
		There: fmt.Sprintf("the %s is written already, as note %d", what, noteID), Record: "the " + what + " that was written ahead of it",
		Delete: func(ctx context.Context) error {
			_, err := a.API.Do(ctx, vendorhttp.Request{
				Name: "take the " + what + " back", Method: http.MethodDelete, Path: fmt.Sprintf("%s/%d", list.Notes(ticketID), noteID),
			})
			return err
		},
	})
}
