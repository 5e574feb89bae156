package ticket

import (
	"context"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
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
// since a board can demand it; then the status; then the comment. On a ticket
// that has the status already, a resolution that it does not have is written
// all the same.
func (s *Service) TransitionTicket(ctx context.Context, r *psav1.TransitionTicketRequest) (*psav1.TransitionTicketResponse, error) {
	did, err := s.change(ctx, transitionOf(r))
	if err != nil {
		return nil, err
	}
	return did.toTransition(), nil
}

func (a *answer) toTransition() *psav1.TransitionTicketResponse {
	a.receipt.SetSupport(psav1.Support_EMULATED)
	return psav1.TransitionTicketResponse_builder{Ticket: a.ticket, Receipt: a.receipt, Omitted: a.omitted}.Build()
}

// transitionOf is the change that a transition asks for.
func transitionOf(r *psav1.TransitionTicketRequest) change {
	c := change{
		ticket: r.GetTicket(), options: r.GetOptions(), notify: r.GetNotify(),
		input: psav1.Ticket_builder{Status: r.GetTo(), Resolution: r.GetResolution()}.Build(),
		paths: map[string]string{"status": "to"},
	}
	c.fields = receipt.SetFields(c.input)
	if r.HasComment() {
		c.comment = &comment{text: r.GetComment(), toCustomer: r.GetCommentToCustomer()}
	}
	return c
}
