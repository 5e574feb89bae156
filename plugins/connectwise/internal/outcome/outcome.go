// Package outcome finds out what became of writes whose answers were lost, by what
// each area knows of its own.
package outcome

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/attachment"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/configuration"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/contact"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/merge"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/reply"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/schedule"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/ticket"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/timeentry"
	"github.com/deskgate/deskgate/pluginsdk"
)

// Areas are those that know what became of their writes.
type Areas struct {
	Tickets        *ticket.Service
	Merges         *merge.Service
	Notes          *note.Service
	Replies        *reply.Service
	TimeEntries    *timeentry.Service
	Schedules      *schedule.Service
	Attachments    *attachment.Service
	Contacts       *contact.Service
	Configurations *configuration.Service
}

// Service finds out what became of the writes of one account.
type Service struct {
	account *account.Account
	areas   Areas
}

var _ pluginsdk.OutcomeChecker = (*Service)(nil)

// New returns the service of an account.
func New(a *account.Account, areas Areas) *Service { return &Service{a, areas} }

// CheckOutcome looks at ConnectWise for what a write asked for.
func (s *Service) CheckOutcome(ctx context.Context, w pluginsdk.LostWrite) (pluginsdk.Outcome, error) {
	l := lost.New(w, s.account.API.VendorTime, s.account.Settle)
	switch r := w.Request.(type) {
	case *psav1.CreateTicketRequest:
		return s.areas.Tickets.CreateOutcome(ctx, r, l)
	case *psav1.UpdateTicketRequest:
		return s.areas.Tickets.UpdateOutcome(ctx, r, l)
	case *psav1.TransitionTicketRequest:
		return s.areas.Tickets.TransitionOutcome(ctx, r, l)
	case *psav1.DeleteTicketRequest:
		return s.areas.Tickets.DeleteOutcome(ctx, r, l)
	case *psav1.MergeTicketsRequest:
		return s.areas.Merges.MergeOutcome(ctx, r, l)
	case *psav1.CreateInternalNoteRequest:
		return s.areas.Notes.InternalOutcome(ctx, r, l)
	case *psav1.CreateCustomerNoteRequest:
		return s.areas.Notes.CustomerOutcome(ctx, r, l)
	case *psav1.UpdateNoteRequest:
		return s.areas.Notes.UpdateOutcome(ctx, r, l)
	case *psav1.DeleteNoteRequest:
		return s.areas.Notes.DeleteOutcome(ctx, r, l)
	case *psav1.SendReplyRequest:
		return s.areas.Replies.SendOutcome(ctx, r, l)
	case *psav1.CreateTimeEntryRequest:
		return s.areas.TimeEntries.CreateOutcome(ctx, r, l)
	case *psav1.UpdateTimeEntryRequest:
		return s.areas.TimeEntries.UpdateOutcome(ctx, r, l)
	case *psav1.DeleteTimeEntryRequest:
		return s.areas.TimeEntries.DeleteOutcome(ctx, r, l)
	case *psav1.CreateScheduleEntryRequest:
		return s.areas.Schedules.CreateOutcome(ctx, r, l)
	case *psav1.UpdateScheduleEntryRequest:
		return s.areas.Schedules.UpdateOutcome(ctx, r, l)
	case *psav1.DeleteScheduleEntryRequest:
		return s.areas.Schedules.DeleteOutcome(ctx, r, l)
	case *psav1.CreateAttachmentRequest:
		return s.areas.Attachments.CreateOutcome(ctx, r, l)
	case *psav1.DeleteAttachmentRequest:
		return s.areas.Attachments.DeleteOutcome(ctx, r, l)
	case *psav1.CreateContactRequest:
		return s.areas.Contacts.CreateOutcome(ctx, r, l)
	case *psav1.UpdateContactRequest:
		return s.areas.Contacts.UpdateOutcome(ctx, r, l)
	case *psav1.CreateConfigurationRequest:
		return s.areas.Configurations.CreateOutcome(ctx, r, l)
	case *psav1.UpdateConfigurationRequest:
		return s.areas.Configurations.UpdateOutcome(ctx, r, l)
	}
	// What a raw call does is known to its caller alone.
	return pluginsdk.Outcome{Reason: "the connector does not know what " + w.Operation + " leaves behind at ConnectWise"}, nil
}
