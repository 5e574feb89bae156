package ticket

import (
	"context"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// complete does what the creation of a ticket cannot take along: it assigns the
// co-owners and links the configurations, and reads the ticket once more, since
// both move its version. The ticket is there, whatever becomes of them.
func (s *Service) complete(ctx context.Context, row api.Row[api.Ticket], d *ticketDraft, team assignment, w *receipt.Write) (api.Row[api.Ticket], []*psav1.Step) {
	if team.empty() && len(d.links.want) == 0 {
		return row, nil
	}
	id, list := row.Record.ID, row.Record.List
	var ticket any = id
	path := list.One(id)
	dry := call.From(ctx).DryRun
	if dry {
		ticket, path = "${ticket.id}", string(list)+"/${ticket.id}"
	}
	did := &done{row: row, refused: map[string]error{}}
	did.steps.Done("ticket", strconv.Itoa(id))
	// Neither can fail: what is done already, the ticket, stays.
	_ = s.assign(ctx, ticket, team, did)
	_ = s.link(ctx, path, d.links, did)
	w.Refused = did.refused
	if dry {
		return row, nil
	}
	again, err := s.account.ReadTicket(ctx, strconv.Itoa(id))
	if err == nil {
		return again, did.steps.Several()
	}
	if !team.empty() {
		w.Unverifiable = append(w.Unverifiable, "co_owners")
	}
	w.Warnings = append(w.Warnings, "the ticket could not be read once more when it was complete, so that its etag and updated_at are older than it is: "+fault.From(err).Message)
	return row, did.steps.Several()
}
