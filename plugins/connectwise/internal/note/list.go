// Package note serves the notes of tickets.
package note

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.NoteReaderServer = (*Service)(nil)

// Service serves the notes of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// noteCursor is where the next page of notes begins: after this note.
type noteCursor struct {
	Time int64  `json:"t,omitempty"` // created_at, in Unix seconds
	ID   string `json:"i,omitempty"`
}

// ListNotes lists a ticket's notes, the texts of its time entries among them.
func (s *Service) ListNotes(ctx context.Context, r *psav1.ListNotesRequest) (*psav1.ListNotesResponse, error) {
	cursor, err := paging.Decode[noteCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	id, err := account.RecordID("ticket", r.GetTicket())
	if err != nil {
		return nil, err
	}
	notes, err := s.notes(ctx, id)
	if err != nil {
		return nil, err
	}
	notes = slices.DeleteFunc(notes, func(n *psav1.Note) bool {
		switch {
		case cursor != (noteCursor{}) && compareCursors(cursorOf(n), cursor) <= 0:
			return true
		case r.HasCreatedSince() && n.GetCreatedAt().AsTime().Before(r.GetCreatedSince().AsTime()):
			return true
		}
		return len(r.GetOrigin()) > 0 && !slices.Contains(r.GetOrigin(), n.GetOrigin())
	})
	size := account.PageSize(r.GetPageSize())
	page := notes[:min(len(notes), size)]
	b := psav1.ListNotesResponse_builder{Notes: page}
	if len(page) > 0 {
		cursor = cursorOf(page[len(page)-1])
	}
	if b.NextPageToken, err = account.NextToken(len(notes) > size, cursor); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

func cursorOf(n *psav1.Note) noteCursor {
	return noteCursor{Time: n.GetCreatedAt().GetSeconds(), ID: n.GetId()}
}

// compareCursors orders notes by time, then by id: the vendor's are numbers.
func compareCursors(a, b noteCursor) int {
	return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID))
}

// notes reads all notes of a ticket, the newest last.
func (s *Service) notes(ctx context.Context, ticketID int) ([]*psav1.Note, error) {
	_, rows, err := s.allNotes(ctx, ticketID)
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	first := firstOfDiscussion(rows)
	notes := make([]*psav1.Note, len(rows))
	for n := range rows {
		notes[n] = mapping.Note(ticketID, &rows[n], n == first, names)
	}
	slices.SortStableFunc(notes, func(a, b *psav1.Note) int { return compareCursors(cursorOf(a), cursorOf(b)) })
	return notes, nil
}

// allNotes reads the list that a ticket is in, the ticket's own notes and, where the server can, the texts of
// time entries and merged tickets. The latter rows have no date of their own on
// older servers, so that the note's own one is taken where there is one.
func (s *Service) allNotes(ctx context.Context, ticketID int) (in api.TicketList, every []api.Note, err error) {
	var own []api.Note
	err = s.account.OnTicket(ticketID, func(list api.TicketList) (err error) {
		in = list
		own, err = api.All[api.Note](ctx, s.account.API, list.Notes(ticketID), api.Query{})
		return err
	})
	if err != nil {
		return in, nil, err
	}
	every, err = api.Pages[api.Note](ctx, s.account.API, in.One(ticketID)+"/allNotes", api.Query{})
	if e := fault.From(err); e != nil && e.Vendor != nil && (e.Vendor.Status == http.StatusNotFound || e.Vendor.Status == http.StatusMethodNotAllowed) {
		return in, own, nil // an old server (connectwise.md §9)
	}
	if err != nil {
		return in, nil, err
	}
	byID := map[int]api.Note{}
	for _, n := range own {
		byID[n.ID] = n
	}
	for n := range every {
		row := &every[n]
		if same, ok := byID[row.ID]; ok && row.NoteType != timeEntryNote {
			row.DateCreated, row.CreatedBy = same.DateCreated, same.CreatedBy
			delete(byID, row.ID)
		}
	}
	return in, every, nil
}

// Read reads one note of a ticket, as its own list has it.
func Read(ctx context.Context, a *account.Account, ticketID, noteID int) (api.Note, error) {
	var note api.Note
	err := a.OnTicket(ticketID, func(list api.TicketList) error {
		note = api.Note{}
		return a.API.Get(ctx, fmt.Sprintf("%s/%d", list.Notes(ticketID), noteID), api.Query{}, &note)
	})
	return note, err
}

// OpensDiscussion reports whether a note is the first of its ticket's discussion,
// which is its description.
func OpensDiscussion(ctx context.Context, a *account.Account, ticketID, noteID int) (bool, error) {
	var first []api.Note
	err := a.OnTicket(ticketID, func(list api.TicketList) (err error) {
		first, err = api.List[api.Note](ctx, a.API, list.Notes(ticketID), api.Query{
			Conditions: api.EqBool("detailDescriptionFlag", true), OrderBy: "id asc", PageSize: 1,
		})
		return err
	})
	return len(first) > 0 && first[0].ID == noteID, err
}

// The types of the rows of allNotes (connectwise.md §9).
const (
	ticketNote    = "TicketNote"
	timeEntryNote = "TimeEntryNote"
)

// firstOfDiscussion is the index of the note that is the description, or -1.
func firstOfDiscussion(rows []api.Note) int {
	first := -1
	for n, row := range rows {
		if row.DetailDescription && row.NoteType != timeEntryNote && !row.Merged && !row.Bundled && (first < 0 || row.ID < rows[first].ID) {
			first = n
		}
	}
	return first
}

// GetNote reads a note of a ticket.
func (s *Service) GetNote(ctx context.Context, r *psav1.GetNoteRequest) (*psav1.GetNoteResponse, error) {
	id, err := account.RecordID("ticket", r.GetTicket())
	if err != nil {
		return nil, err
	}
	notes, err := s.notes(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		if n.GetId() == r.GetNote() {
			return psav1.GetNoteResponse_builder{Note: n}.Build(), nil
		}
	}
	return nil, fault.NotFound(fmt.Sprintf("ticket %d has no note %s", id, strconv.Quote(r.GetNote())))
}
