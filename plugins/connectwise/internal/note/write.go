package note

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

var (
	_ psav1.InternalNoteWriterServer = (*Service)(nil)
	_ psav1.CustomerNoteWriterServer = (*Service)(nil)
)

// Operations says how the operations on notes are served.
var Operations = []pluginsdk.OperationSupport{
	{Operation: "notes.create_internal", UnsupportedFields: []string{"title"}},
	{Operation: "notes.create_customer", UnsupportedFields: []string{"title"}},
	{
		Operation: "notes.update", UnsupportedFields: []string{"title"},
		Reason: "the text alone; texts of time entries and notes of merged tickets are changed where they were written; If-Match is a comparison before the write: somebody can come between",
	},
	{Operation: "notes.delete", Reason: "If-Match is a comparison before the write: somebody can come between"},
}

// Draft is a note to create. Exactly one flag says where it shows
// (connectwise.md §9); all are always sent, so that no default decides who
// reads it.
type Draft struct {
	Text              string  `json:"text"`
	DetailDescription bool    `json:"detailDescriptionFlag"`
	InternalAnalysis  bool    `json:"internalAnalysisFlag"`
	Resolution        bool    `json:"resolutionFlag"`
	Process           bool    `json:"processNotifications"`
	Member            *api.ID `json:"member,omitempty"`
}

// Internal is a note that only technicians see. It mails nobody.
func Internal(text string) Draft { return Draft{Text: mapping.Body(text), InternalAnalysis: true} }

// Discussion is a note that the customer sees; process says whether ConnectWise
// runs its notifications for it.
func Discussion(text string, process bool) Draft {
	return Draft{Text: mapping.Body(text), DetailDescription: true, Process: process}
}

// Resolution is the note that a resolution is kept in. It mails nobody: the
// change of the status that goes with it does, by the board's rules.
func Resolution(text string) Draft { return Draft{Text: mapping.Body(text), Resolution: true} }

// Post creates a note on a ticket of a list, as the agent resource; in a dry run
// it has no id. The name is that of the step.
func Post(ctx context.Context, a *account.Account, name string, list api.TicketList, ticketID int, note Draft) (api.Note, error) {
	note.Member = &api.ID{ID: a.Agent.ID}
	var made api.Note
	err := a.API.Post(ctx, name, list.Notes(ticketID), note, &made)
	return made, account.Planned(err)
}

// CreateInternalNote adds a note that only technicians see.
func (s *Service) CreateInternalNote(ctx context.Context, r *psav1.CreateInternalNoteRequest) (*psav1.CreateInternalNoteResponse, error) {
	id, err := noteTarget(r.GetTicket(), r.HasTitle())
	if err != nil {
		return nil, err
	}
	note, out, err := s.writeNote(ctx, id, Internal(r.GetBody()), r.GetFormat(), mail.OnInternal())
	if err != nil {
		return nil, err
	}
	return psav1.CreateInternalNoteResponse_builder{Note: note, Receipt: out}.Build(), nil
}

// CreateCustomerNote adds a note that the customer sees.
func (s *Service) CreateCustomerNote(ctx context.Context, r *psav1.CreateCustomerNoteRequest) (*psav1.CreateCustomerNoteResponse, error) {
	id, err := noteTarget(r.GetTicket(), r.HasTitle())
	if err != nil {
		return nil, err
	}
	row, err := s.account.ReadTicket(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	board, _ := s.account.Tables.Board(ctx, api.IDOf(row.Record.Board))
	decision, err := mail.Of(&row.Record, board).OnNote(r.GetNotify())
	if err != nil {
		return nil, err
	}
	note, out, err := s.writeNote(ctx, id, Discussion(r.GetBody(), decision.Process), r.GetFormat(), decision.Known)
	if err != nil {
		return nil, err
	}
	return psav1.CreateCustomerNoteResponse_builder{Note: note, Receipt: out}.Build(), nil
}

// noteTarget checks what notes at ConnectWise do not have.
func noteTarget(ticket string, titled bool) (int, error) {
	if titled {
		return 0, fault.FieldNotSupported("title", "notes have no title at ConnectWise")
	}
	return account.RecordID("ticket", ticket)
}

// writeNote creates a note and compares what ConnectWise made of it.
func (s *Service) writeNote(ctx context.Context, ticketID int, note Draft, format psav1.Format_V, known *psav1.Notification) (*psav1.Note, *psav1.Receipt, error) {
	// Before the write: what is written is answered, whatever fails then.
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, nil, err
	}
	var made api.Note
	err = s.account.WriteOnTicket(ctx, ticketID, func(list api.TicketList) error {
		made, err = Post(ctx, s.account, "write the note", list, ticketID, note)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if call.From(ctx).DryRun {
		asked, out := s.asked(note, format, names), s.account.Plan(ctx, known)
		out.SetAttributedTo(asked.GetAuthor())
		return asked, out, nil
	}
	held, out := s.written(ctx, ticketID, &made, s.asked(note, format, names), known, names)
	return held, out, nil
}

// asked is the note that is asked for.
func (s *Service) asked(note Draft, format psav1.Format_V, names mapping.Names) *psav1.Note {
	visibility := psav1.Visibility_INTERNAL
	if note.DetailDescription {
		visibility = psav1.Visibility_CUSTOMER
	}
	asked := psav1.Note_builder{
		Body: &note.Text, Visibility: &visibility,
		Author: mapping.MemberParty(s.account.Agent, names),
	}.Build()
	if format != psav1.Format_UNSPECIFIED {
		asked.SetFormat(format)
	}
	return asked
}

// written answers a create with the note that it has made.
func (s *Service) written(ctx context.Context, ticketID int, made *api.Note, asked *psav1.Note, known *psav1.Notification, names mapping.Names) (*psav1.Note, *psav1.Receipt) {
	held := mapping.Note(ticketID, made, false, names)
	held.SetNotified(known.GetObserved())
	if made.DetailDescription {
		held.ClearKind() // the first one of a ticket is its description: that takes a look at all of them
	}
	out := receipt.Of(call.From(ctx), receipt.Write{
		Asked: asked, Held: held, Fields: receipt.SetFields(asked, "author"),
		Unread: []string{"id", "ticket", "origin", "kind", "author", "created_at", "updated_at", "notified", "format", "time_entry", "attachments"},
	})
	out.SetNotification(known)
	out.SetAttributedTo(held.GetAuthor())
	return held, out
}
