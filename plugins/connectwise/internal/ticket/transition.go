package ticket

import (
	"context"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// ListTransitions lists the active statuses of the ticket's board: ConnectWise
// lets any follow any. What a board demands on entering one (a resolution, a
// required field) its API does not tell; a refusal names it.
func (s *Service) ListTransitions(ctx context.Context, r *psav1.ListTransitionsRequest) (*psav1.ListTransitionsResponse, error) {
	row, err := s.account.ReadTicket(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	set, err := s.account.Tables.Statuses(ctx, api.IDOf(row.Record.Board))
	if err != nil {
		return nil, err
	}
	transitions := []*psav1.Transition{}
	for _, s := range set.Values {
		current := s.ID == api.IDOf(row.Record.Status)
		if s.Inactive && !current {
			continue
		}
		transitions = append(transitions, psav1.Transition_builder{
			To:      psav1.Status_builder{Id: new(strconv.Itoa(s.ID)), Name: new(s.Name), Category: new(s.Category)}.Build(),
			Current: new(current),
		}.Build())
	}
	return psav1.ListTransitionsResponse_builder{Transitions: transitions}.Build(), nil
}

// TransitionTicket moves a ticket to a status of its board: the resolution first,
// since a board can demand it; then the status; then the comment, so that none
// tells of a change that was refused.
func (s *Service) TransitionTicket(ctx context.Context, r *psav1.TransitionTicketRequest) (*psav1.TransitionTicketResponse, error) {
	if r.HasResolution() {
		if err := checkResolution(r.GetResolution()); err != nil {
			return nil, err
		}
	}
	current, before, err := s.ticketForWrite(ctx, r.GetTicket(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	input := psav1.Ticket_builder{Status: r.GetTo()}.Build()
	fields := []string{"status"}
	d, err := s.newDraft(ctx, &current.Record, input, fields)
	if err != nil {
		return nil, toPath(err)
	}
	w := receipt.Write{Asked: d.asked, Before: before, Fields: fields, Unread: notHere}
	if len(w.Differing()) == 0 {
		out := receipt.Unchanged(call.From(ctx), fields...)
		out.SetNotification(mail.Nothing(r.GetNotify()))
		return psav1.TransitionTicketResponse_builder{Ticket: before, Receipt: out}.Build(), nil
	}
	comment, quiet, known, err := s.transitionMail(ctx, r, &current.Record)
	if err != nil {
		return nil, err
	}
	row, steps, err := s.sendTransition(ctx, d, r, comment, quiet)
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.TransitionTicketResponse_builder{Ticket: before, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	held, err := s.wholeTicket(ctx, row)
	if err != nil {
		return nil, err
	}
	w.Held = held
	out := receipt.Of(call.From(ctx), w)
	if steps.AnyFailed() && out.GetOutcome() == psav1.Receipt_Outcome_APPLIED {
		out.SetOutcome(psav1.Receipt_Outcome_PARTLY_APPLIED)
	}
	out.SetSteps(steps.Several())
	out.SetNotification(known)
	s.account.Attribute(ctx, out, row.Record.Info.UpdatedBy)
	return psav1.TransitionTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// transitionMail decides about mail: that of the comment where the customer sees
// it, and that of the status.
func (s *Service) transitionMail(ctx context.Context, r *psav1.TransitionTicketRequest, t *api.Ticket) (comment note.Draft, quiet bool, known *psav1.Notification, err error) {
	if !r.HasComment() || !r.GetCommentToCustomer() {
		quiet, known, err = mail.OnChange(r.GetNotify(), true)
		return note.Internal(r.GetComment()), quiet, known, err
	}
	board, _ := s.account.Tables.Board(ctx, api.IDOf(t.Board))
	process, known, err := mail.Of(t, board).OnNote(r.GetNotify())
	return note.Discussion(r.GetComment(), process), mail.Choice(r.GetNotify().GetContact()) == mail.Suppress, known, err
}

func (s *Service) sendTransition(ctx context.Context, d *draft, r *psav1.TransitionTicketRequest, comment note.Draft, quiet bool) (api.Row[api.Ticket], *receipt.Steps, error) {
	row, steps, id := api.Row[api.Ticket]{Record: *d.current}, &receipt.Steps{}, d.current.ID
	var resolution int
	if r.HasResolution() {
		made, err := note.Post(ctx, s.account, "write the resolution", id, note.Resolution(r.GetResolution().GetText()))
		if err != nil {
			return row, nil, err
		}
		resolution = made.ID
		steps.Done("resolution", strconv.Itoa(resolution))
	}
	err := account.Planned(s.account.API.Patch(ctx, "change the status", fmt.Sprintf("service/tickets/%d", id), d.ops([]string{"status"}, quiet), &row))
	if err != nil {
		return row, nil, s.takeBack(ctx, id, resolution, err)
	}
	steps.Done("status", strconv.Itoa(id))
	if r.HasComment() {
		made, err := note.Post(ctx, s.account, "write the comment", id, comment)
		if err != nil {
			// The status is changed, and stays so: the receipt tells both.
			steps.Failed("comment", err)
			return row, steps, nil
		}
		steps.Done("comment", strconv.Itoa(made.ID))
	}
	return row, steps, nil
}

// toPath renames the field of violations: a transition calls the status `to`.
func toPath(err error) error {
	e := *fault.From(err)
	violations := make([]fault.Violation, len(e.Violations))
	for n, v := range e.Violations {
		v.Field = "to" + v.Field[min(len("status"), len(v.Field)):]
		violations[n] = v
	}
	e.Violations = violations
	return &e
}
