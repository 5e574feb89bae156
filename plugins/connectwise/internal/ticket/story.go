package ticket

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
)

// story is the notes that ConnectWise keeps a ticket's description and resolution
// in: it has no field for either (connectwise.md §9).
type story struct {
	description *api.Note // the first note of the discussion
	resolution  *api.Note // the latest note of the resolution
}

// readStory reads both with one request.
func (s *Service) readStory(ctx context.Context, list api.TicketList, ticketID int) (story, error) {
	notes, err := api.List[api.Note](ctx, s.account.API, list.Notes(ticketID), api.Query{
		Conditions: api.Or(api.EqBool("detailDescriptionFlag", true), api.EqBool("resolutionFlag", true)),
		OrderBy:    "id asc",
		PageSize:   1000,
	})
	if err != nil {
		return story{}, err
	}
	var told story
	for n := range notes {
		row := &notes[n]
		if row.DetailDescription && told.description == nil {
			told.description = row
		}
		if row.Resolution {
			told.resolution = row
		}
	}
	return told, nil
}

// show puts the story into a ticket.
func (s story) show(ticket *psav1.Ticket) {
	if s.description != nil {
		ticket.SetDescription(mapping.Body(s.description.Text))
	}
	if s.resolution != nil {
		ticket.SetResolution(psav1.Resolution_builder{Text: new(mapping.Body(s.resolution.Text))}.Build())
	}
}

// addDescription adds the description, and the resolution, which lives in the
// same place.
func (s *Service) addDescription(ctx context.Context, ticket *psav1.Ticket, t *api.Ticket) error {
	told, err := s.readStory(ctx, t.List, t.ID)
	if err != nil {
		return err
	}
	told.show(ticket)
	return nil
}
