package ticket

import (
	"context"
	"fmt"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// work is what a change of a ticket sends. It goes out in the order of the
// members: the resolution first, since a board can demand it for a status; the
// comment last, so that none tells of a change that was refused.
type work struct {
	resolution  *note.Draft
	ops         []api.Op
	team        assignment
	description *string
	links       links
	comment     *note.Draft
}

// notesAlone reports whether all that is sent are new notes, which are the agent
// resource's and not the API member's.
func (w work) notesAlone(told story) bool {
	return len(w.ops) == 0 && w.team.empty() && len(w.links.add())+len(w.links.remove()) == 0 &&
		(w.description == nil || told.description == nil)
}

// done is what became of the work.
type done struct {
	row     api.Row[api.Ticket] // the record, as ConnectWise last answered it
	stale   bool                // something was written since that moves the record's version
	linked  bool                // the configurations changed
	asAgent bool                // nothing but notes of the agent resource was written
	told    story               // the notes, as ConnectWise answered them
	steps   receipt.Steps
	refused map[string]error // by field: what failed when something else was done
}

// send does the work. It fails only where nothing of it is left at the PSA, or
// where that is not known.
func (s *Service) send(ctx context.Context, t *target, told story, w work) (*done, error) {
	d := &done{row: t.row, told: told, asAgent: w.notesAlone(told), refused: map[string]error{}}
	var ahead int // the note written ahead of the record
	if w.resolution != nil {
		made, err := note.Post(ctx, s.account, "write the resolution", t.list(), t.id(), *w.resolution)
		if err != nil {
			return nil, err
		}
		ahead = made.ID
		d.noted("resolution", made)
		d.told.resolution = &made
	}
	if len(w.ops) > 0 {
		var row api.Row[api.Ticket]
		err := s.account.API.Patch(ctx, "update the ticket", t.list().One(t.id()), w.ops, &row)
		if account.Planned(err) != nil {
			return nil, note.TakeBack(ctx, s.account, t.list(), t.id(), ahead, "resolution", err)
		}
		row.Record.List = t.list()
		d.row, d.stale = row, false
		d.steps.Done("ticket", strconv.Itoa(t.id()))
	}
	if !w.team.empty() {
		if err := s.assign(ctx, t.id(), w.team, d); err != nil {
			return nil, err
		}
	}
	if w.description != nil {
		made, err := s.writeDescription(ctx, t, told, *w.description)
		if err := d.last("description", made, err); err != nil {
			return nil, err
		}
		if err == nil {
			d.told.description = &made
		}
	}
	if err := s.link(ctx, t.list().One(t.id()), w.links, d); err != nil {
		return nil, err
	}
	if w.comment != nil {
		made, err := note.Post(ctx, s.account, "write the comment", t.list(), t.id(), *w.comment)
		if err := d.last("comment", made, err); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *done) noted(field string, made api.Note) {
	d.stale = true
	d.steps.Done(field, strconv.Itoa(made.ID))
}

// last enters a note that nothing depends on. If it fails, what is done before
// it stays, and the receipt tells both.
func (d *done) last(field string, made api.Note, err error) error {
	switch {
	case err == nil:
		d.noted(field, made)
	case d.steps.Taken() == 0:
		return err
	default:
		d.steps.Failed(field, err)
		d.refused[field] = err
	}
	return nil
}

// writeDescription changes the first note of the discussion, which is the
// description, or adds one.
func (s *Service) writeDescription(ctx context.Context, t *target, told story, text string) (api.Note, error) {
	if told.description == nil {
		return note.Post(ctx, s.account, "write the description", t.list(), t.id(), note.Discussion(text, false))
	}
	var made api.Note
	path := fmt.Sprintf("%s/%d", t.list().Notes(t.id()), told.description.ID)
	err := s.account.API.Patch(ctx, "update the description", path, []api.Op{api.Replace("text", mapping.Body(text)), api.Replace("processNotifications", false)}, &made)
	return made, account.Planned(err)
}
