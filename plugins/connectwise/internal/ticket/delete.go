package ticket

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
)

var _ psav1.TicketDeleterServer = (*Service)(nil)

// DeleteTicket deletes a ticket with its notes. ConnectWise has no way to take
// that back, and nowhere to keep why.
func (s *Service) DeleteTicket(ctx context.Context, r *psav1.DeleteTicketRequest) (*psav1.DeleteTicketResponse, error) {
	t, err := s.target(ctx, r.GetTicket(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	out, err := s.account.Delete(ctx, "delete the ticket", t.list().One(t.id()))
	if err != nil {
		return nil, err
	}
	return deleted(r, out), nil
}

// deleted answers a deletion.
func deleted(r *psav1.DeleteTicketRequest, out *psav1.Receipt) *psav1.DeleteTicketResponse {
	if out.GetOutcome() != psav1.Receipt_Outcome_DRY_RUN {
		out.SetNotification(psav1.Notification_builder{
			Requested: new(mail.ByDefault), Expected: new(mail.NotSent), Observed: new(mail.Unknown),
			Evidence: new("only a workflow rule of the tenant could mail because of a deletion; ConnectWise does not tell"),
		}.Build())
	}
	if r.HasReason() {
		dropReason(out, r.GetReason())
	}
	return psav1.DeleteTicketResponse_builder{Receipt: out}.Build()
}

// dropReason says that the reason of a deletion is kept nowhere.
func dropReason(out *psav1.Receipt, reason string) {
	out.SetDropped(append(out.GetDropped(), psav1.FieldResult_builder{
		Field: new("reason"), Asked: structpb.NewStringValue(reason), Code: new(psav1.DropCode_UNKNOWN),
		Reason: new("ConnectWise keeps no reason of a deletion"),
	}.Build()))
	if out.GetOutcome() == psav1.Receipt_Outcome_APPLIED {
		out.SetOutcome(psav1.Receipt_Outcome_PARTLY_APPLIED)
	}
}
