package availability

import (
	"context"
	"slices"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

// defaultSpan is how far planned time is counted where the caller does not say.
const defaultSpan = 7 * 24 * time.Hour

// cursor is where the next page of workloads begins: after this member. The span
// stays that of the first page, whatever the clock says by then.
type cursor struct {
	ID   int   `json:"i,omitempty"`
	From int64 `json:"f,omitempty"` // Unix seconds
	To   int64 `json:"t,omitempty"`
}

// ListWorkloads tells how much work technicians have: a request each for their
// service tickets, those of projects, and the schedule entries of all of them
// together, and one more per further 1,000.
func (s *Service) ListWorkloads(ctx context.Context, r *psav1.ListWorkloadsRequest) (*psav1.ListWorkloadsResponse, error) {
	after, err := paging.Decode[cursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	now := s.account.Now().UTC()
	in, err := workloadSpan(r, after, now)
	if err != nil {
		return nil, err
	}
	members, boards, err := s.scope(ctx, r)
	if err != nil {
		return nil, err
	}
	members = slices.DeleteFunc(members, func(m setup.Member) bool { return m.ID <= after.ID })
	size := account.PageSize(r.GetPageSize())
	page := members[:min(size, len(members))]
	if len(page) == 0 {
		return psav1.ListWorkloadsResponse_builder{}.Build(), nil
	}
	ids := make([]int, len(page))
	for n, m := range page {
		ids[n] = m.ID
	}
	var open map[int]counts
	var plan planned
	g, both := errgroup.WithContext(ctx)
	g.Go(func() error { var err error; open, err = s.openTickets(both, ids, boards); return err })
	g.Go(func() error { var err error; plan, err = s.planned(both, ids, in); return err })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	b := psav1.ListWorkloadsResponse_builder{}
	for _, m := range page {
		w, err := s.workload(ctx, m, in, open[m.ID], plan)
		if err != nil {
			return nil, err
		}
		w.AsOf = timestamppb.New(now)
		b.Workloads = append(b.Workloads, w.Build())
	}
	next := cursor{ID: page[len(page)-1].ID, From: in.from.Unix(), To: in.to.Unix()}
	if b.NextPageToken, err = account.NextToken(len(members) > len(page), next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// workloadSpan is the span that planned time is counted in.
func workloadSpan(r *psav1.ListWorkloadsRequest, after cursor, now time.Time) (span, error) {
	if after.To != 0 {
		return span{time.Unix(after.From, 0).UTC(), time.Unix(after.To, 0).UTC()}, nil
	}
	in := span{from: now.Truncate(time.Second)}
	if r.HasFrom() {
		in.from = r.GetFrom().AsTime()
	}
	in.to = in.from.Add(defaultSpan)
	if r.HasTo() {
		in.to = r.GetTo().AsTime()
	}
	return in, checkSpan(in)
}

// scope finds the members that are asked for, by id, and the boards; no boards is
// all. Accounts for programs are no technicians.
func (s *Service) scope(ctx context.Context, r *psav1.ListWorkloadsRequest) ([]setup.Member, []int, error) {
	set, err := s.account.Tables.Members(ctx)
	if err != nil {
		return nil, nil, err
	}
	var wrong []fault.Violation
	filter := func(texts []string, field string, find func(context.Context, string, []string) ([]int, error)) ([]int, error) {
		if len(texts) == 0 {
			return nil, nil
		}
		ids, err := find(ctx, field, texts)
		if fault.CodeOf(err) == fault.CodeInvalidArgument {
			wrong = append(wrong, fault.From(err).Violations...)
			return nil, nil
		}
		return ids, err
	}
	asked, err := filter(r.GetTechnician(), "technician", s.account.Tables.FilterMembers)
	if err != nil {
		return nil, nil, err
	}
	boards, err := filter(r.GetQueue(), "queue", s.account.Tables.FilterBoards)
	if err != nil {
		return nil, nil, err
	}
	if len(wrong) > 0 {
		return nil, nil, fault.Invalid(wrong...)
	}
	var members []setup.Member
	for _, m := range set.Values {
		if len(asked) > 0 && slices.Contains(asked, m.ID) || len(asked) == 0 && !m.Inactive && !m.APIOnly() {
			members = append(members, m)
		}
	}
	slices.SortFunc(members, func(a, b setup.Member) int { return a.ID - b.ID })
	return members, boards, nil
}

// workload puts one member's together.
func (s *Service) workload(ctx context.Context, m setup.Member, in span, open counts, plan planned) (psav1.Workload_builder, error) {
	_, off, scheduled := plan.of(m.ID, in)
	w := psav1.Workload_builder{
		Technician: mapping.NewReference(m.ID, m.FullName()), ScheduledSeconds: new(int32(scheduled)),
	}
	for _, category := range openCategories {
		w.Open = append(w.Open, psav1.CategoryCount_builder{Category: new(category), Count: new(open[category])}.Build())
	}
	h, err := s.hours(ctx, m, in)
	if err != nil {
		return w, err
	}
	// A capacity that leaves out what nobody knows would pass for one.
	if h.confidence == psav1.Confidence_EXACT && h.off == psav1.Confidence_EXACT && plan.typed {
		w.CapacitySeconds = new(int32(h.capacity(m, in, spansOf(off))))
	}
	return w, nil
}
