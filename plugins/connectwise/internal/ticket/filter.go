package ticket

import (
	"context"
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// filter is a query for tickets as the vendor takes it, for each list that may
// hold some.
type filter struct {
	lists  []*listFilter
	custom bool // custom fields are looked at in the rows
	looks  []func(*api.Ticket) bool
}

// listFilter is the query for the tickets of one list.
type listFilter struct {
	list   api.TicketList
	boards []int // the boards that it is about
	where  []api.Expr
	custom api.Expr
}

// keeps reports whether a row is one of those asked for, in what the vendor is
// not trusted to filter.
func (f *filter) keeps(t *api.Ticket) bool {
	return !slices.ContainsFunc(f.looks, func(fits func(*api.Ticket) bool) bool { return !fits(t) })
}

// and adds a condition on each list. A list for which it reports false holds
// nothing that fits, and is not asked.
func (f *filter) and(condition func(*listFilter) (api.Expr, bool)) {
	f.lists = slices.DeleteFunc(f.lists, func(l *listFilter) bool {
		e, may := condition(l)
		l.where = append(l.where, e)
		return !may
	})
}

// all adds a condition on both lists.
func (f *filter) all(e api.Expr) {
	f.and(func(*listFilter) (api.Expr, bool) { return e, true })
}

// in adds a condition by ids; without any id nothing matches.
func (f *filter) in(field string, ids []int) {
	f.and(func(*listFilter) (api.Expr, bool) { return api.In(field, ids), len(ids) > 0 })
}

// only leaves one list.
func (f *filter) only(list api.TicketList) {
	f.and(func(l *listFilter) (api.Expr, bool) { return "", l.list == list })
}

// look adds what is looked at in the rows.
func (f *filter) look(fits func(*api.Ticket) bool) { f.looks = append(f.looks, fits) }

// filter translates the filters of a list. Several are joined by AND, the values
// of one by OR.
func (s *Service) filter(ctx context.Context, r *psav1.ListTicketsRequest) (*filter, error) {
	f := &filter{}
	for _, list := range s.account.TicketLists() {
		if kinds := r.GetKind(); len(kinds) == 0 || slices.Contains(kinds, mapping.Kind(list)) {
			f.lists = append(f.lists, &listFilter{list: list})
		}
	}
	if slices.Contains(r.GetKind(), psav1.Kind_PROJECT) && !s.account.Config.IncludeProjectTickets {
		return nil, fault.FieldNotSupported("kind", "this connection serves no project tickets: include_project_tickets is false")
	}
	for _, add := range []func(context.Context, *filter, *psav1.ListTicketsRequest) error{
		s.byQueue, s.byRecordType, s.byTime, s.byStatus, s.byType, s.byOwner, s.byPriority, s.byCustomer, s.byWords, s.byCustomField,
	} {
		if err := add(ctx, f, r); err != nil {
			return nil, err
		}
	}
	return f, nil
}
