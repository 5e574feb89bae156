package connector

import (
	"context"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

var _ psav1.TicketTransitionerServer = (*Instance)(nil)

// ListTransitions lists the active statuses of the ticket's board: ConnectWise
// lets any follow any. What a board demands on entering one (a resolution, a
// required field) its API does not tell; a refusal names it.
func (i *Instance) ListTransitions(ctx context.Context, r *psav1.ListTransitionsRequest) (*psav1.ListTransitionsResponse, error) {
	row, err := i.readTicket(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	set, err := i.tables.Statuses(ctx, refID(row.Record.Board))
	if err != nil {
		return nil, err
	}
	transitions := []*psav1.Transition{}
	for _, s := range set.Values {
		current := s.ID == refID(row.Record.Status)
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
func (i *Instance) TransitionTicket(ctx context.Context, r *psav1.TransitionTicketRequest) (*psav1.TransitionTicketResponse, error) {
	if r.HasResolution() {
		if err := checkResolution(r.GetResolution()); err != nil {
			return nil, err
		}
	}
	current, before, err := i.ticketForWrite(ctx, r.GetTicket(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	input := psav1.Ticket_builder{Status: r.GetTo()}.Build()
	fields := []string{"status"}
	d, err := i.newDraft(ctx, &current.Record, input, fields)
	if err != nil {
		return nil, toPath(err)
	}
	w := receipt.Write{Asked: d.asked, Before: before, Fields: fields, Unread: notHere}
	if len(w.Differing()) == 0 {
		out := receipt.Unchanged(call.From(ctx), fields...)
		out.SetNotification(unmailed(r.GetNotify()))
		return psav1.TransitionTicketResponse_builder{Ticket: before, Receipt: out}.Build(), nil
	}
	comment, quiet, mail, err := i.transitionMail(ctx, r, &current.Record)
	if err != nil {
		return nil, err
	}
	row, steps, err := i.sendTransition(ctx, d, r, comment, quiet)
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.TransitionTicketResponse_builder{Ticket: before, Receipt: receipt.DryRun(call.From(ctx), i.api.Root())}.Build(), nil
	}
	held, err := i.wholeTicket(ctx, row)
	if err != nil {
		return nil, err
	}
	w.Held = held
	out := receipt.Of(call.From(ctx), w)
	if steps.anyFailed() && out.GetOutcome() == psav1.Receipt_Outcome_APPLIED {
		out.SetOutcome(psav1.Receipt_Outcome_PARTLY_APPLIED)
	}
	out.SetSteps(steps.several())
	out.SetNotification(mail)
	i.attribute(ctx, out, row.Record.Info.UpdatedBy)
	return psav1.TransitionTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// transitionMail decides about mail: that of the comment where the customer sees
// it, and that of the status.
func (i *Instance) transitionMail(ctx context.Context, r *psav1.TransitionTicketRequest, t *api.Ticket) (comment newNote, quiet bool, mail *psav1.Notification, err error) {
	comment = newNote{Text: plainText(r.GetComment()), InternalAnalysis: true}
	if !r.HasComment() || !r.GetCommentToCustomer() {
		quiet, mail, err = ticketMail(r.GetNotify(), true)
		return comment, quiet, mail, err
	}
	comment.InternalAnalysis, comment.DetailDescription = false, true
	comment.Process, mail, err = i.mailOf(ctx, t).decide(r.GetNotify())
	return comment, choice(r.GetNotify().GetContact()) == suppress, mail, err
}

func (i *Instance) sendTransition(ctx context.Context, d *draft, r *psav1.TransitionTicketRequest, comment newNote, quiet bool) (api.Row[api.Ticket], *stepList, error) {
	row, steps, id := api.Row[api.Ticket]{Record: *d.current}, newSteps(), d.current.ID
	var resolution int
	if r.HasResolution() {
		var err error
		if resolution, err = i.postNote(ctx, "write the resolution", id, i.resolutionNote(r.GetResolution())); err != nil {
			return row, nil, err
		}
		steps.done("resolution", strconv.Itoa(resolution))
	}
	err := planned(i.api.Patch(ctx, "change the status", fmt.Sprintf("service/tickets/%d", id), d.ops([]string{"status"}, quiet), &row))
	if err != nil {
		return row, nil, i.takeBack(ctx, id, resolution, err)
	}
	steps.done("status", strconv.Itoa(id))
	if r.HasComment() {
		note, err := i.postNote(ctx, "write the comment", id, comment)
		if err != nil {
			// The status is changed, and stays so: the receipt tells both.
			steps.failed("comment", err)
			return row, steps, nil
		}
		steps.done("comment", strconv.Itoa(note))
	}
	return row, steps, nil
}

func (s *stepList) anyFailed() bool {
	for _, step := range s.list {
		if step.GetState() == psav1.Step_State_FAILED {
			return true
		}
	}
	return false
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
