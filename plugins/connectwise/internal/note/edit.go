package note

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

var (
	_ psav1.NoteEditorServer  = (*Service)(nil)
	_ psav1.NoteDeleterServer = (*Service)(nil)
)

// UpdateNote changes the text of a note, and nothing else of it.
func (s *Service) UpdateNote(ctx context.Context, r *psav1.UpdateNoteRequest) (*psav1.UpdateNoteResponse, error) {
	fields, err := editedFields(r)
	if err != nil {
		return nil, err
	}
	t, err := s.forWrite(ctx, r.GetTicket(), r.GetNote(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	decision, err := s.editMail(ctx, r, t.note)
	if err != nil {
		return nil, err
	}
	w := edit(r, fields, t.note)
	// The format is ConnectWise's own affair: there is no way to write it.
	if !slices.Contains(w.Differing(), "body") {
		out := receipt.Unchanged(call.From(ctx), s.account.API.Root(), w)
		out.SetNotification(mail.Nothing(r.GetInput().GetNotify()))
		return psav1.UpdateNoteResponse_builder{Note: t.note, Receipt: out}.Build(), nil
	}
	ops := []api.Op{api.Replace("text", mapping.Body(r.GetInput().GetBody())), api.Replace("processNotifications", decision.Process)}
	var made api.Note
	if err := account.Planned(s.account.API.Patch(ctx, "update the note", t.path(), ops, &made)); err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.UpdateNoteResponse_builder{Note: t.note, Receipt: s.account.Plan(ctx, decision.Known)}.Build(), nil
	}
	held := t.holding(&made)
	w.Held = held
	out := receipt.Of(call.From(ctx), w)
	out.SetNotification(decision.Known)
	account.Attribute(out, made.Info.UpdatedBy, t.names)
	return psav1.UpdateNoteResponse_builder{Note: held, Receipt: out}.Build(), nil
}

// edit is what an update asks of a note as it is.
func edit(r *psav1.UpdateNoteRequest, fields []string, before *psav1.Note) receipt.Write {
	asked := psav1.Note_builder{Body: new(mapping.Body(r.GetInput().GetBody()))}.Build()
	if r.GetInput().HasFormat() {
		asked.SetFormat(r.GetInput().GetFormat())
	}
	return receipt.Write{Asked: asked, Before: before, Fields: fields, Unread: []string{"attachments"}}
}

// editedFields checks what an update asks for, and returns the fields that the
// receipt tells about.
func editedFields(r *psav1.UpdateNoteRequest) ([]string, error) {
	var (
		fields []string
		wrong  []fault.Violation
	)
	refuse := func(field, message string, allowed ...string) {
		wrong = append(wrong, fault.Violation{Field: field, Message: message, Allowed: allowed})
	}
	input := r.GetInput()
	for _, field := range r.GetSetFields() {
		switch field {
		case "notify":
			continue
		case "title":
			return nil, fault.FieldNotSupported("title", "notes have no title at ConnectWise")
		case "body":
			if input.GetBody() == "" {
				refuse("body", "a note cannot be emptied; delete it in place of that")
			}
		case "format":
			if f := input.GetFormat(); f != psav1.Format_PLAIN && f != psav1.Format_MARKDOWN {
				refuse("format", "ConnectWise keeps plain text and Markdown", "PLAIN", "MARKDOWN")
			}
		default:
			refuse(field, "an update of a note changes its text alone", "body")
		}
		fields = append(fields, field)
	}
	if len(wrong) == 0 && !input.HasBody() {
		refuse("body", "an update of a note needs its new text")
	}
	if len(wrong) > 0 {
		return nil, fault.Invalid(wrong...)
	}
	return fields, nil
}

// editMail decides about mail because of a changed text.
func (s *Service) editMail(ctx context.Context, r *psav1.UpdateNoteRequest, note *psav1.Note) (mail.Decision, error) {
	notify := r.GetInput().GetNotify()
	if note.GetVisibility() != psav1.Visibility_CUSTOMER {
		return mail.OnInternalEdit(notify)
	}
	if !mail.Ordered(notify) {
		return mail.OnEdit(notify, mail.People{})
	}
	row, err := s.account.ReadTicket(ctx, r.GetTicket())
	if err != nil {
		return mail.Decision{}, err
	}
	board, _ := s.account.Tables.Board(ctx, api.IDOf(row.Record.Board))
	return mail.OnEdit(notify, mail.Of(&row.Record, board))
}

// DeleteNote deletes a note.
func (s *Service) DeleteNote(ctx context.Context, r *psav1.DeleteNoteRequest) (*psav1.DeleteNoteResponse, error) {
	t, err := s.forWrite(ctx, r.GetTicket(), r.GetNote(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	out, err := s.account.Delete(ctx, "delete the note", t.path())
	if err != nil {
		return nil, err
	}
	switch t.note.GetKind() {
	case psav1.NoteKind_DESCRIPTION:
		out.SetWarnings(append(out.GetWarnings(), "the note is the ticket's description: the next note that the customer sees takes its place"))
	case psav1.NoteKind_RESOLUTION:
		out.SetWarnings(append(out.GetWarnings(), "the note is of the ticket's resolution"))
	case psav1.NoteKind_NOTE, psav1.NoteKind_UNSPECIFIED:
	}
	return psav1.DeleteNoteResponse_builder{Receipt: out}.Build(), nil
}

// target is a note that is to be changed or deleted.
type target struct {
	list        api.TicketList
	ticketID    int
	row         api.Note
	description bool
	names       mapping.Names
	note        *psav1.Note // as it is
}

func (t *target) path() string {
	return fmt.Sprintf("%s/%d", t.list.Notes(t.ticketID), t.row.ID)
}

// holding is the note with what the answer to a write says of it: that lacks what
// only allNotes tells.
func (t *target) holding(made *api.Note) *psav1.Note {
	row := t.row
	row.Text, row.Info = made.Text, made.Info
	row.DetailDescription, row.InternalAnalysis, row.Resolution = made.DetailDescription, made.InternalAnalysis, made.Resolution
	return mapping.Note(t.ticketID, &row, t.description, t.names)
}

// forWrite reads a note that is to be changed or deleted. It refuses what shows
// among the notes of a ticket and is none of its own, and compares the etag that
// the caller expects; ConnectWise has no such comparison, so that somebody can
// still come between (connectwise.md §3).
func (s *Service) forWrite(ctx context.Context, ticket, note string, options *psav1.WriteOptions) (*target, error) {
	id, err := account.RecordID("ticket", ticket)
	if err != nil {
		return nil, err
	}
	list, rows, err := s.allNotes(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	first, found := firstOfDiscussion(rows), -1
	for n := range rows {
		if mapping.NoteID(&rows[n]) == note && (found < 0 || isOwn(&rows[n])) {
			found = n
		}
	}
	if found < 0 {
		return nil, fault.NotFound(fmt.Sprintf("ticket %d has no note %s", id, strconv.Quote(note)))
	}
	t := &target{list: list, ticketID: id, row: rows[found], description: found == first, names: names}
	if err := refuseForeign(&t.row); err != nil {
		return nil, err
	}
	t.note = mapping.Note(id, &t.row, t.description, names)
	return t, account.Expect(options, t.note.GetEtag(), fmt.Sprintf("note %s of ticket %d", note, id))
}

// isOwn reports whether a row is a note of the ticket itself.
func isOwn(n *api.Note) bool {
	return !n.Merged && !n.Bundled && (n.NoteType == "" || n.NoteType == ticketNote)
}

// refuseForeign says where a row that is no note of the ticket has to be changed.
func refuseForeign(n *api.Note) error {
	switch {
	case n.NoteType == timeEntryNote:
		return fault.FailedPrecondition("TIME_ENTRY", fmt.Sprintf("this is the text of time entry %d: change or delete the time entry", n.ID))
	case n.Merged || n.Bundled:
		where := "the ticket that it was written on"
		if n.Ticket != nil {
			where = fmt.Sprintf("ticket %d", n.Ticket.ID)
		}
		return fault.FailedPrecondition("MERGED", "this note came along with another ticket: change or delete it on "+where)
	case !isOwn(n):
		return fault.FailedPrecondition("NOT_A_NOTE", fmt.Sprintf("this is the text of a meeting (%s): it is changed at ConnectWise", n.NoteType))
	}
	return nil
}
