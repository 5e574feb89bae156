package connector

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

var (
	_ psav1.InternalNoteWriterServer = (*Instance)(nil)
	_ psav1.CustomerNoteWriterServer = (*Instance)(nil)
)

// newNote is a note to create. Exactly one flag says where it shows
// (connectwise.md §9); all are always sent, so that no default decides who
// reads it.
type newNote struct {
	Text              string  `json:"text"`
	DetailDescription bool    `json:"detailDescriptionFlag"`
	InternalAnalysis  bool    `json:"internalAnalysisFlag"`
	Resolution        bool    `json:"resolutionFlag"`
	Process           bool    `json:"processNotifications"`
	Member            *api.ID `json:"member,omitempty"`
}

// postNote creates a note as the agent resource; in a dry run it has no id.
func (i *Instance) postNote(ctx context.Context, name string, ticketID int, note newNote) (int, error) {
	made, err := i.createNote(ctx, name, ticketID, note)
	return made.ID, err
}

func (i *Instance) createNote(ctx context.Context, name string, ticketID int, note newNote) (api.Note, error) {
	note.Member = &api.ID{ID: i.agent.ID}
	var made api.Note
	err := i.api.Post(ctx, name, fmt.Sprintf("service/tickets/%d/notes", ticketID), note, &made)
	return made, planned(err)
}

// resolutionNote is the note that a resolution is kept in. It mails nobody: the
// change of the status that goes with it does, by the board's rules.
func (i *Instance) resolutionNote(r *psav1.Resolution) newNote {
	return newNote{Text: plainText(r.GetText()), Resolution: true}
}

// CreateInternalNote adds a note that only technicians see.
func (i *Instance) CreateInternalNote(ctx context.Context, r *psav1.CreateInternalNoteRequest) (*psav1.CreateInternalNoteResponse, error) {
	id, err := noteTarget(r.GetTicket(), r.HasTitle(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	mail := psav1.Notification_builder{
		Requested: new(suppress), Expected: new(notMailed), Observed: new(notMailed),
		Evidence: new("internal notes tell ConnectWise to run no notifications"),
	}.Build()
	note, out, err := i.writeNote(ctx, id, newNote{Text: plainText(r.GetBody()), InternalAnalysis: true}, r.GetFormat(), mail)
	if err != nil {
		return nil, err
	}
	return psav1.CreateInternalNoteResponse_builder{Note: note, Receipt: out}.Build(), nil
}

// CreateCustomerNote adds a note that the customer sees.
func (i *Instance) CreateCustomerNote(ctx context.Context, r *psav1.CreateCustomerNoteRequest) (*psav1.CreateCustomerNoteResponse, error) {
	id, err := noteTarget(r.GetTicket(), r.HasTitle(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	row, err := i.readTicket(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	process, mail, err := i.mailOf(ctx, &row.Record).decide(r.GetNotify())
	if err != nil {
		return nil, err
	}
	note, out, err := i.writeNote(ctx, id, newNote{Text: plainText(r.GetBody()), DetailDescription: true, Process: process}, r.GetFormat(), mail)
	if err != nil {
		return nil, err
	}
	return psav1.CreateCustomerNoteResponse_builder{Note: note, Receipt: out}.Build(), nil
}

// noteTarget checks what notes at ConnectWise do not have.
func noteTarget(ticket string, titled bool, options *psav1.WriteOptions) (int, error) {
	switch {
	case titled:
		return 0, fault.FieldNotSupported("title", "notes have no title at ConnectWise")
	case options.HasIfMatch():
		return 0, fault.InvalidArgument("options.if_match", "a note that is created has no version yet")
	}
	return ticketID(ticket)
}

// writeNote creates a note and compares what ConnectWise made of it.
func (i *Instance) writeNote(ctx context.Context, ticketID int, note newNote, format psav1.Format_V, mail *psav1.Notification) (*psav1.Note, *psav1.Receipt, error) {
	made, err := i.createNote(ctx, "write the note", ticketID, note)
	if err != nil {
		return nil, nil, err
	}
	names, err := i.names(ctx)
	if err != nil {
		return nil, nil, err
	}
	visibility := psav1.Visibility_INTERNAL
	if note.DetailDescription {
		visibility = psav1.Visibility_CUSTOMER
	}
	asked := psav1.Note_builder{
		Body: &note.Text, Visibility: &visibility,
		Author: mapping.MemberParty(i.agent, names),
	}.Build()
	if format != psav1.Format_UNSPECIFIED {
		asked.SetFormat(format)
	}
	if call.From(ctx).DryRun {
		return asked, receipt.DryRun(call.From(ctx), i.api.Root()), nil
	}
	held := mapping.Note(ticketID, &made, false, names)
	held.SetNotified(mail.GetObserved())
	out := receipt.Of(call.From(ctx), receipt.Write{
		Asked: asked, Held: held, Fields: receipt.SetFields(asked, "author"),
		Unread: []string{"id", "ticket", "origin", "kind", "author", "created_at", "updated_at", "notified", "format", "time_entry", "attachments"},
	})
	out.SetNotification(mail)
	out.SetAttributedTo(held.GetAuthor())
	return held, out, nil
}

// mailOf is what decides whether a customer note on a ticket is mailed.
func (i *Instance) mailOf(ctx context.Context, t *api.Ticket) noteMail {
	board, _ := i.tables.Board(ctx, refID(t.Board))
	return noteMail{
		contact:     switches{t.MailContact, board.SendToContact, t.ContactEmail != ""},
		cc:          switches{t.MailCC, board.SendToCC, t.CC != ""},
		technicians: switches{t.MailResource, board.SendToMembers, t.Owner != nil || t.Resources != ""},
	}
}
