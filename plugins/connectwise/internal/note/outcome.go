package note

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// Find looks for the note that a lost write may have made on a ticket: of the
// agent resource, with the text and the flags. prefix stands before the ids by
// which the operation answers notes. Without one, out says why.
func Find(ctx context.Context, a *account.Account, list api.TicketList, ticketID int, draft Draft, prefix string, l lost.Write) (found *api.Note, out pluginsdk.Outcome, err error) {
	rows, err := api.List[api.Note](ctx, a.API, list.Notes(ticketID), api.Query{
		Conditions: api.Time("lastUpdated", api.Since, l.From()), OrderBy: "id asc", PageSize: api.WidePage,
	})
	if err != nil {
		return nil, out, err
	}
	rows = slices.DeleteFunc(rows, func(n api.Note) bool {
		return api.IDOf(n.Member) != a.Agent.ID || api.IDOf(n.Contact) != 0 || !lost.SameText(n.Text, draft.Text) ||
			n.DetailDescription != draft.DetailDescription || n.InternalAnalysis != draft.InternalAnalysis || n.Resolution != draft.Resolution
	})
	records := make([]lost.Record, len(rows))
	for n, row := range rows {
		records[n] = lost.Record{ID: prefix + strconv.Itoa(row.ID), Created: created(row)}
	}
	at, out := l.Pick("note", records)
	if at < 0 {
		return nil, out, nil
	}
	return &rows[at], out, nil
}

// created is when a note was made, or last changed where only that is told.
func created(n api.Note) time.Time {
	return cmp.Or(n.DateCreated.Time, n.Info.DateEntered.Time, n.Info.LastUpdated.Time)
}

// InternalOutcome finds out what became of an internal note.
func (s *Service) InternalOutcome(ctx context.Context, r *psav1.CreateInternalNoteRequest, l lost.Write) (pluginsdk.Outcome, error) {
	return s.createOutcome(ctx, r.GetTicket(), Internal(r.GetBody()), r.GetFormat(), l, func(note *psav1.Note, told *psav1.Receipt) proto.Message {
		return psav1.CreateInternalNoteResponse_builder{Note: note, Receipt: told}.Build()
	}, mail.OnInternal)
}

// CustomerOutcome finds out what became of a customer note.
func (s *Service) CustomerOutcome(ctx context.Context, r *psav1.CreateCustomerNoteRequest, l lost.Write) (pluginsdk.Outcome, error) {
	return s.createOutcome(ctx, r.GetTicket(), Discussion(r.GetBody(), false), r.GetFormat(), l, func(note *psav1.Note, told *psav1.Receipt) proto.Message {
		return psav1.CreateCustomerNoteResponse_builder{Note: note, Receipt: told}.Build()
	}, func() *psav1.Notification {
		row, err := s.account.ReadTicket(ctx, r.GetTicket())
		if err != nil {
			return mail.Lost(r.GetNotify())
		}
		board, _ := s.account.Tables.Board(ctx, api.IDOf(row.Record.Board))
		decision, err := mail.Of(&row.Record, board).OnNote(r.GetNotify())
		if err != nil {
			return mail.Lost(r.GetNotify())
		}
		return decision.Known
	})
}

// createOutcome finds out what became of a note. answer is the operation's answer,
// known what is known of mail because of the note.
func (s *Service) createOutcome(ctx context.Context, ticket string, draft Draft, format psav1.Format_V, l lost.Write,
	answer func(*psav1.Note, *psav1.Receipt) proto.Message, known func() *psav1.Notification,
) (out pluginsdk.Outcome, err error) {
	id, err := account.RecordID("ticket", ticket)
	if err != nil {
		return l.Unfit(err)
	}
	var found *api.Note
	err = s.account.OnTicket(id, func(list api.TicketList) (err error) {
		found, out, err = Find(ctx, s.account, list, id, draft, "", l)
		return err
	})
	switch {
	case err != nil:
		return l.Unfit(err)
	case found == nil:
		return out, nil
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return out, err
	}
	held, told := s.written(ctx, id, found, s.asked(draft, format, names), known(), names)
	return l.Happened(answer(held, told), "note %d of ticket %d was made since, just as asked", found.ID, id), nil
}

// UpdateOutcome finds out what became of the update of a note.
func (s *Service) UpdateOutcome(ctx context.Context, r *psav1.UpdateNoteRequest, l lost.Write) (pluginsdk.Outcome, error) {
	fields, err := editedFields(r)
	if err != nil {
		return l.Unfit(err)
	}
	t, err := s.forWrite(ctx, r.GetTicket(), r.GetNote(), nil)
	if err != nil {
		return l.Unfit(err)
	}
	w := edit(r, fields, t.note)
	w.Held = t.note
	text := w
	text.Fields = []string{"body"} // the format is ConnectWise's own affair
	told, out := l.Changed(call.From(ctx), text, t.row.Info.LastUpdated.Time, fmt.Sprintf("note %d", t.row.ID))
	if told == nil {
		return out, nil
	}
	if len(fields) > 1 {
		told = receipt.Of(call.From(ctx), w)
	}
	told.SetNotification(mail.Lost(r.GetInput().GetNotify()))
	if decision, err := s.editMail(ctx, r, t.note); err == nil {
		told.SetNotification(decision.Known)
	}
	account.Attribute(told, t.row.Info.UpdatedBy, t.names)
	return l.Happened(psav1.UpdateNoteResponse_builder{Note: t.note, Receipt: told}.Build(), "note %d holds the text that was asked for", t.row.ID), nil
}

// DeleteOutcome finds out what became of the deletion of a note.
func (s *Service) DeleteOutcome(ctx context.Context, r *psav1.DeleteNoteRequest, l lost.Write) (pluginsdk.Outcome, error) {
	t, err := s.forWrite(ctx, r.GetTicket(), r.GetNote(), nil)
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		told := receipt.Deleted(call.From(ctx), account.Keyholder(), err)
		return l.Happened(psav1.DeleteNoteResponse_builder{Receipt: told}.Build(), "%s", fault.From(err).Message), nil
	case err != nil:
		return l.Unfit(err)
	}
	return l.Absent("note %d is there", t.row.ID), nil
}
