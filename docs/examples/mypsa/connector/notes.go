package connector

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// longestNote is My PSA's limit of a note, in characters.
const longestNote = 10_000

// ListNotes lists a ticket's notes, newest last.
func (i *Instance) ListNotes(ctx context.Context, r *psav1.ListNotesRequest) (*psav1.ListNotesResponse, error) {
	id, err := recordID("ticket", r.GetTicket())
	if err != nil {
		return nil, err
	}
	after, err := paging.Decode[int](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	fetch := func(ctx context.Context, after, n int) ([]note, bool, error) {
		n = min(n, widePage-1)
		var answer struct {
			Notes []note `json:"notes"`
		}
		q := url.Values{"after_id": {strconv.Itoa(after)}, "limit": {strconv.Itoa(n + 1)}}
		err := i.api.get(ctx, fmt.Sprintf("tickets/%d/notes", id), q, &answer)
		return answer.Notes[:min(len(answer.Notes), n)], len(answer.Notes) > n, err
	}
	keep := func(n note) bool {
		return (!r.HasCreatedSince() || !n.Created.Before(r.GetCreatedSince().AsTime())) &&
			(len(r.GetOrigin()) == 0 || slices.Contains(r.GetOrigin(), psav1.Origin_NOTE))
	}
	size := int(r.GetPageSize())
	if size <= 0 {
		size = defaultPage
	}
	rows, next, more, err := paging.Fill(ctx, after, size, widePage-1, fetch, func(n note) int { return n.ID }, keep)
	if err != nil {
		return nil, err
	}
	var b psav1.ListNotesResponse_builder
	for n := range rows {
		b.Notes = append(b.Notes, neutralNote(id, &rows[n]))
	}
	if more {
		token, err := paging.Encode(next)
		if err != nil {
			return nil, err
		}
		b.NextPageToken = &token
	}
	return b.Build(), nil
}

// GetNote reads one note.
func (i *Instance) GetNote(ctx context.Context, r *psav1.GetNoteRequest) (*psav1.GetNoteResponse, error) {
	id, err := recordID("ticket", r.GetTicket())
	if err != nil {
		return nil, err
	}
	n, err := recordID("note", r.GetNote())
	if err != nil {
		return nil, err
	}
	held, err := i.readNote(ctx, id, n)
	if err != nil {
		return nil, err
	}
	return psav1.GetNoteResponse_builder{Note: neutralNote(id, &held)}.Build(), nil
}

func (i *Instance) readNote(ctx context.Context, ticketID, id int) (n note, err error) {
	err = i.api.get(ctx, fmt.Sprintf("tickets/%d/notes/%d", ticketID, id), nil, &n)
	return n, err
}

// CreateInternalNote adds a note. At My PSA, all notes are for technicians alone.
func (i *Instance) CreateInternalNote(ctx context.Context, r *psav1.CreateInternalNoteRequest) (*psav1.CreateInternalNoteResponse, error) {
	id, err := recordID("ticket", r.GetTicket())
	if err != nil {
		return nil, err
	}
	if r.HasTitle() {
		return nil, fault.FieldNotSupported("title", "notes have no title at My PSA")
	}
	if n := len([]rune(r.GetBody())); n > longestNote {
		return nil, fault.InvalidArgument("body", fmt.Sprintf("it has %d characters; My PSA takes %d", n, longestNote))
	}
	var made note
	planned, err := i.api.write(ctx, "add the note", http.MethodPost, fmt.Sprintf("tickets/%d/notes", id), map[string]string{"text": r.GetBody()}, &made)
	if err != nil {
		return nil, err
	}
	asked := psav1.Note_builder{Body: new(r.GetBody()), Visibility: new(psav1.Visibility_INTERNAL), Format: new(psav1.Format_PLAIN)}.Build()
	if r.HasFormat() {
		asked.SetFormat(r.GetFormat())
	}
	if planned {
		return psav1.CreateInternalNoteResponse_builder{Note: asked, Receipt: receipt.DryRun(call.From(ctx), root)}.Build(), nil
	}
	w := receipt.Write{Asked: asked, Fields: []string{"body", "visibility", "format"}}
	back, err := i.readNote(ctx, id, made.ID)
	if err != nil {
		w.Warnings, w.Unverifiable, back = []string{"it could not be read back: " + fault.From(err).Message}, w.Fields, made
	}
	held := neutralNote(id, &back)
	w.Held = held
	w.Unread = []string{"id", "ticket", "origin", "kind", "author", "created_at"} // My PSA's own
	out := receipt.Of(call.From(ctx), w)
	out.SetAttributedTo(held.GetAuthor())
	return psav1.CreateInternalNoteResponse_builder{Note: held, Receipt: out}.Build(), nil
}

func neutralNote(ticketID int, n *note) *psav1.Note {
	out := psav1.Note_builder{
		Id: new(strconv.Itoa(n.ID)), Ticket: new(strconv.Itoa(ticketID)), Body: new(lines(n.Text)), Format: new(psav1.Format_PLAIN),
		Origin: new(psav1.Origin_NOTE), Kind: new(psav1.NoteKind_NOTE), Visibility: new(psav1.Visibility_INTERNAL),
		Author:    psav1.Party_builder{Kind: new(psav1.PartyKind_TECHNICIAN), Name: &n.Author}.Build(),
		CreatedAt: timestamppb.New(n.Created.Truncate(time.Microsecond)),
		Notified:  new(psav1.Observed_NOT_SENT),
	}.Build()
	out.SetEtag(etag.Of("", out)) // notes have no version of their own, and do not change
	return out
}
