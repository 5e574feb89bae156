// Package availability tells when the members of a ConnectWise can work, and how
// much work they have.
package availability

import (
	"context"
	"fmt"
	"slices"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

var (
	_ psav1.AvailabilityReaderServer = (*Service)(nil)
	_ psav1.WorkloadReaderServer     = (*Service)(nil)
)

// Service serves the availability of one account's members.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// Operations says how the operations are served.
var Operations = []pluginsdk.OperationSupport{
	{
		Operation: "technicians.availability", Emulated: true,
		Reason: "the member's calendar, its holidays, and schedule entries: those of types with a charge code are time off",
	},
	{
		Operation: "technicians.workload", Emulated: true,
		Reason: "open tickets and schedule entries, counted; the capacity is the calendar's hours, a day at most the member's daily capacity",
	},
}

// GetAvailability tells when a member works, is off and is busy: one request for
// the schedule entries; what else it takes is kept.
func (s *Service) GetAvailability(ctx context.Context, r *psav1.GetAvailabilityRequest) (*psav1.GetAvailabilityResponse, error) {
	id, err := account.RecordID("technician", r.GetTechnician())
	if err != nil {
		return nil, err
	}
	in := span{r.GetFrom().AsTime(), r.GetTo().AsTime()}
	if err := checkSpan(in); err != nil {
		return nil, err
	}
	if _, err := s.account.Tables.Members(ctx); err != nil {
		return nil, err
	}
	member, ok := s.account.Tables.Member(ctx, id)
	if !ok || member.APIOnly() && id != s.account.Agent.ID {
		return nil, fault.NotFound(fmt.Sprintf("ConnectWise has no technician %d", id))
	}
	h, err := s.hours(ctx, member, in)
	if err != nil {
		return nil, err
	}
	a := psav1.Availability_builder{
		Technician: mapping.NewReference(id, member.FullName()),
		Working:    intervals(unlabelled(h.working)), WorkingConfidence: &h.confidence,
		TimeOffConfidence: &h.off, BusyConfidence: new(psav1.Confidence_UNKNOWN),
	}
	if h.zone != nil {
		a.TimeZone = new(h.zone.String())
	}
	p, err := s.planned(ctx, []int{id}, in)
	var busy, off []labelled
	switch {
	case fault.CodeOf(err) == fault.CodePermissionDenied:
		h.tell("schedule entries cannot be read: %s", fault.From(err).Message)
		h.off = psav1.Confidence_UNKNOWN
	case err != nil:
		return nil, err
	default:
		h.tell("schedule entries")
		a.BusyConfidence = new(psav1.Confidence_EXACT)
		busy, off, _ = p.of(id, in)
		if !p.typed {
			h.tell("the types of schedule entries cannot be read, so that time off shows as busy")
			h.off = psav1.Confidence_UNKNOWN
		}
	}
	off = append(off, h.holidays...)
	slices.SortStableFunc(off, func(a, b labelled) int { return a.from.Compare(b.from) })
	a.Busy, a.TimeOff, a.Sources = intervals(busy), intervals(off), h.sources
	return psav1.GetAvailabilityResponse_builder{Availability: a.Build()}.Build(), nil
}

// maxSpan is how long a span can be.
const maxSpan = 62 * 24 * time.Hour

func checkSpan(in span) error {
	if !in.from.Before(in.to) || in.to.Sub(in.from) > maxSpan {
		return fault.InvalidArgument("to", "`to` has to come after `from`, by at most 62 days")
	}
	return nil
}

func intervals(list []labelled) []*psav1.Interval {
	out := make([]*psav1.Interval, len(list))
	for n, l := range list {
		b := psav1.Interval_builder{Start: timestamppb.New(l.from), End: timestamppb.New(l.to)}
		if l.label != "" {
			b.Label = &l.label
		}
		if l.ticket != 0 {
			b.Ticket = mapping.TicketReference(l.ticket)
		}
		out[n] = b.Build()
	}
	return out
}
