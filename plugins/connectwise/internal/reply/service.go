// Package reply answers customers by mail. ConnectWise mails no text by itself:
// it mails notes or time entries, by the way that the connection names.
package reply

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/timeentry"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

var _ psav1.ReplierServer = (*Service)(nil)

// Service serves the replies of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// Operations says how the operations on replies are served.
var Operations = []pluginsdk.OperationSupport{
	{
		Operation: "replies.create", Emulated: true, UnsupportedFields: []string{"attachments"},
		Reason: "by the connection's customer_notification: a note, mailed where ticket and board mail notes; or a time entry, mailed by itself; the board's template says the subject",
	},
	{Operation: "replies.get", Emulated: true, Reason: "the note or time entry that holds the text; ConnectWise does not tell whether it was mailed"},
}

// The ids of replies begin with what holds their text.
const (
	byNote = "note-"
	byTime = "time-"
)

// GetReply reads the note or time entry of a reply. What became of the mail is
// not known at ConnectWise, nor whom it went to.
func (s *Service) GetReply(ctx context.Context, r *psav1.GetReplyRequest) (*psav1.GetReplyResponse, error) {
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	ticketID, err := account.RecordID("ticket", r.GetTicket())
	if err != nil {
		return nil, err
	}
	none := fault.NotFound(fmt.Sprintf("ticket %d has no reply %q", ticketID, r.GetReply()))
	if id, ok := strings.CutPrefix(r.GetReply(), byNote); ok {
		noteID, err := account.RecordID("note", id)
		if err != nil {
			return nil, none
		}
		held, err := note.Read(ctx, s.account, ticketID, noteID)
		var isReply bool
		if err == nil {
			isReply, err = s.isReply(ctx, ticketID, &held)
		}
		switch {
		case fault.CodeOf(err) == fault.CodeNotFound:
			return nil, none
		case err != nil:
			return nil, err
		case !isReply:
			return nil, none
		}
		return psav1.GetReplyResponse_builder{Reply: fromNote(ticketID, &held, names)}.Build(), nil
	}
	id, ok := strings.CutPrefix(r.GetReply(), byTime)
	if !ok {
		return nil, none
	}
	entry, err := timeentry.Read(ctx, s.account, id)
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		return nil, none
	case err != nil:
		return nil, err
	case entry.Record.ChargeToID != ticketID || !entry.Record.ToDiscussion:
		return nil, none
	}
	return psav1.GetReplyResponse_builder{Reply: fromTime(&entry.Record, names)}.Build(), nil
}

// isReply reports whether a note can be a reply: nobody replied with an internal
// note or a resolution, nor with the customer's own. The first of a discussion is
// the ticket's description, unless it is the agent resource's, as replies are.
func (s *Service) isReply(ctx context.Context, ticketID int, n *api.Note) (bool, error) {
	if !n.DetailDescription || n.InternalAnalysis || n.Resolution || api.IDOf(n.Contact) != 0 {
		return false, nil
	}
	if api.IDOf(n.Member) == s.account.Agent.ID {
		return true, nil
	}
	opens, err := note.OpensDiscussion(ctx, s.account, ticketID, n.ID)
	return !opens, err
}

// fromNote is the reply that a note is.
func fromNote(ticketID int, note *api.Note, names mapping.Names) *psav1.Reply {
	n := mapping.Note(ticketID, note, false, names)
	return psav1.Reply_builder{
		Id: new(byNote + strconv.Itoa(note.ID)), Ticket: new(n.GetTicket()), State: new(psav1.ReplyState_UNKNOWN),
		Note: psav1.Reference_builder{Id: new(n.GetId())}.Build(),
		Body: new(n.GetBody()), Format: new(n.GetFormat()), Author: n.GetAuthor(), CreatedAt: n.GetCreatedAt(),
	}.Build()
}

// fromTime is the reply that a time entry is. Its text is a note of the ticket
// too, by the same id.
func fromTime(t *api.TimeEntry, names mapping.Names) *psav1.Reply {
	entry := mapping.TimeEntry(t, names)
	b := psav1.Reply_builder{
		Id: new(byTime + strconv.Itoa(t.ID)), Ticket: new(strconv.Itoa(t.ChargeToID)), State: new(psav1.ReplyState_UNKNOWN),
		Note:      psav1.Reference_builder{Id: new(byTime + strconv.Itoa(t.ID))}.Build(),
		TimeEntry: psav1.Reference_builder{Id: new(strconv.Itoa(t.ID))}.Build(),
		Body:      new(entry.GetSummary()), Format: new(psav1.Format_PLAIN), CreatedAt: entry.GetCreatedAt(),
	}
	if m, ok := names.Members.ByID(api.IDOf(t.Member)); ok {
		b.Author = mapping.MemberParty(m, names)
	}
	return b.Build()
}
