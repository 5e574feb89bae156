package ticket

import (
	"context"
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// unsupportedFilters are the filters of tickets.list that are refused.
var unsupportedFilters = []string{
	"updated_before", "created_since", "record_type", "parent", "number", "external_id", "text", "custom_field",
}

// ticketFilter is a query for tickets as the vendor takes it.
type ticketFilter struct {
	where      api.Expr
	nothing    bool  // nothing can match; no call is needed
	unassigned *bool // looked at again in the rows: null has an unsafe reputation
}

func (f ticketFilter) keep(r api.Row[api.Ticket]) bool {
	owned := r.Record.Owner != nil && r.Record.Owner.ID != 0
	return f.unassigned == nil || owned != *f.unassigned
}

// filter translates the filters of a list. Several are joined by AND, the values
// of one by OR.
func (s *Service) filter(ctx context.Context, r *psav1.ListTicketsRequest) (ticketFilter, error) {
	if err := refuseFilters(r); err != nil {
		return ticketFilter{}, err
	}
	f := ticketFilter{nothing: len(r.GetKind()) > 0 && !slices.Contains(r.GetKind(), psav1.Kind_SERVICE)}
	boards, err := s.boardsInPlay(ctx, r.GetQueue())
	if err != nil {
		return f, err
	}
	var where []api.Expr
	// in adds a filter by ids; without any id nothing matches.
	in := func(field string, ids []int, err error) error {
		if err == nil {
			f.nothing = f.nothing || len(ids) == 0
			where = append(where, api.In(field, ids))
		}
		return err
	}
	if r.HasUpdatedSince() {
		// The vendor keeps whole seconds; a fraction is cut, so that what changed
		// within the second is not lost.
		where = append(where, api.Time("lastUpdated", api.Since, r.GetUpdatedSince().AsTime()))
	}
	if len(r.GetQueue()) > 0 {
		_ = in("board/id", boards, nil)
	}
	if len(r.GetStatus()) > 0 {
		ids, err := s.account.Tables.FilterStatuses(ctx, "status", boards, r.GetStatus())
		if err := in("status/id", ids, err); err != nil {
			return f, err
		}
	}
	if len(r.GetStatusCategory()) > 0 {
		e, any, err := s.categoryFilter(ctx, boards, r.GetStatusCategory())
		if err != nil {
			return f, err
		}
		f.nothing = f.nothing || !any
		where = append(where, e)
	}
	if len(r.GetOwner()) > 0 {
		ids, err := s.account.Tables.FilterMembers(ctx, "owner", r.GetOwner())
		if err := in("owner/id", ids, err); err != nil {
			return f, err
		}
	}
	if r.HasUnassigned() {
		f.unassigned = new(r.GetUnassigned())
		if r.GetUnassigned() {
			where = append(where, api.IsNull("owner/id"))
		} else {
			where = append(where, api.NotNull("owner/id"))
		}
	}
	if len(r.GetType()) > 0 {
		ids, err := s.account.Tables.FilterTypes(ctx, "type", boards, r.GetType())
		if err := in("type/id", ids, err); err != nil {
			return f, err
		}
	}
	if err := s.priorityFilter(ctx, r, in); err != nil {
		return f, err
	}
	if len(r.GetCompany()) > 0 {
		ids, err := s.account.FilterCompanies(ctx, r.GetCompany())
		if err := in("company/id", ids, err); err != nil {
			return f, err
		}
	}
	if len(r.GetContact()) > 0 {
		ids, err := s.account.FilterContacts(ctx, r.GetContact())
		if err := in("contact/id", ids, err); err != nil {
			return f, err
		}
	}
	f.where = api.And(where...)
	return f, nil
}

// refuseFilters names the filters that this connector does not serve. Project
// tickets are not served yet, and a page without them would pass for all.
func refuseFilters(r *psav1.ListTicketsRequest) error {
	m := r.ProtoReflect()
	for _, name := range unsupportedFilters {
		fd := m.Descriptor().Fields().ByName(protoreflect.Name(name))
		if m.Has(fd) {
			return fault.FieldNotSupported(name, "the ConnectWise connector does not filter tickets by "+name)
		}
	}
	if slices.Contains(r.GetKind(), psav1.Kind_PROJECT) {
		return fault.FieldNotSupported("kind", "the ConnectWise connector does not serve project tickets (kind PROJECT)")
	}
	return nil
}

// boardsInPlay returns the boards that a query is about: those named, or all
// that hold service tickets, the inactive ones too, since old tickets are there.
func (s *Service) boardsInPlay(ctx context.Context, queues []string) ([]int, error) {
	if len(queues) > 0 {
		return s.account.Tables.FilterBoards(ctx, "queue", queues)
	}
	set, err := s.account.Tables.Boards(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int
	for _, b := range set.Values {
		if !b.Project {
			ids = append(ids, b.ID)
		}
	}
	return ids, nil
}

// categoryFilter expands categories into the statuses of the boards. Where these
// are just the closed or just the open ones, the ticket's own flag says it
// shorter. It reports false where no status has the categories.
func (s *Service) categoryFilter(ctx context.Context, boards []int, categories []psav1.Category_V) (api.Expr, bool, error) {
	var wanted []int
	closed, open := true, true // the wanted are exactly the closed, or the open ones
	for _, boardID := range boards {
		set, err := s.account.Tables.Statuses(ctx, boardID)
		if err != nil {
			return "", false, err
		}
		for _, s := range set.Values {
			want := slices.Contains(categories, s.Category)
			closed = closed && want == s.Closed
			open = open && want != s.Closed
			if want {
				wanted = append(wanted, s.ID)
			}
		}
	}
	switch {
	case len(wanted) == 0:
		return "", false, nil
	case closed:
		return api.EqBool("closedFlag", true), true, nil
	case open:
		return api.EqBool("closedFlag", false), true, nil
	}
	return api.In("status/id", wanted), true, nil
}

func (s *Service) priorityFilter(ctx context.Context, r *psav1.ListTicketsRequest, in func(string, []int, error) error) error {
	if len(r.GetPriority()) > 0 {
		ids, err := s.account.Tables.FilterPriorities(ctx, "priority", r.GetPriority())
		if err := in("priority/id", ids, err); err != nil {
			return err
		}
	}
	if len(r.GetPriorityLevel()) == 0 {
		return nil
	}
	set, err := s.account.Tables.Priorities(ctx)
	var ids []int
	for _, p := range set.Values {
		if slices.Contains(r.GetPriorityLevel(), p.Urgency) {
			ids = append(ids, p.ID)
		}
	}
	return in("priority/id", ids, err)
}
