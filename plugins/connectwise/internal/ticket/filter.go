package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
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

// byQueue finds the boards that the query is about: those named, or all, the
// inactive ones too, since old tickets are there.
func (s *Service) byQueue(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	set, err := s.account.Tables.Boards(ctx)
	if err != nil {
		return err
	}
	var named []int
	if len(r.GetQueue()) > 0 {
		if named, err = s.account.Tables.FilterBoards(ctx, "queue", r.GetQueue()); err != nil {
			return err
		}
	}
	f.and(func(l *listFilter) (api.Expr, bool) {
		for _, b := range set.Values {
			if b.Kind() == mapping.Kind(l.list) && (named == nil || slices.Contains(named, b.ID)) {
				l.boards = append(l.boards, b.ID)
			}
		}
		if named == nil {
			return "", true
		}
		return api.In("board/id", l.boards), len(l.boards) > 0
	})
	return nil
}

// boards are the boards of all lists.
func (f *filter) boards() []int {
	var ids []int
	for _, l := range f.lists {
		ids = append(ids, l.boards...)
	}
	return ids
}

// byRecordType leaves the lists of the forms named. That of a project's ticket is
// looked at in the row.
func (s *Service) byRecordType(_ context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetRecordType()) == 0 {
		return nil
	}
	wanted := map[api.TicketList]map[bool]bool{} // by list, by whether it is an issue
	for _, text := range r.GetRecordType() {
		var allowed []string
		known := false
		for _, form := range mapping.RecordTypes {
			allowed = append(allowed, form.Name)
			if strings.EqualFold(text, form.Name) || strings.EqualFold(strings.TrimPrefix(text, "id:"), form.ID) {
				known = true
				if wanted[form.List] == nil {
					wanted[form.List] = map[bool]bool{}
				}
				wanted[form.List][form.Issue] = true
			}
		}
		if !known {
			return fault.InvalidArgument("record_type", fmt.Sprintf("no record type is named %q", text), allowed...)
		}
	}
	f.and(func(l *listFilter) (api.Expr, bool) { return "", wanted[l.list] != nil })
	f.look(func(t *api.Ticket) bool { return wanted[t.List][t.IsIssue] })
	return nil
}

// byTime filters by times. The vendor keeps whole seconds: a fraction is cut where
// the second as a whole counts.
func (s *Service) byTime(_ context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if r.HasUpdatedSince() {
		f.all(api.Time("lastUpdated", api.Since, r.GetUpdatedSince().AsTime()))
	}
	if r.HasUpdatedBefore() {
		f.all(api.Time("lastUpdated", api.Before, r.GetUpdatedBefore().AsTime().Add(time.Second-1)))
	}
	if r.HasCreatedSince() {
		f.all(api.Time("dateEntered", api.Since, r.GetCreatedSince().AsTime()))
	}
	return nil
}

func (s *Service) byStatus(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetStatus()) > 0 {
		named, err := s.account.Tables.FilterStatuses(ctx, "status", f.boards(), r.GetStatus())
		if err != nil {
			return err
		}
		err = s.ofBoards(ctx, f, "status/id", named, func(board int) ([]int, error) {
			set, err := s.account.Tables.Statuses(ctx, board)
			return idsOf(set.Values), err
		})
		if err != nil {
			return err
		}
	}
	if len(r.GetStatusCategory()) == 0 {
		return nil
	}
	var failed error
	f.and(func(l *listFilter) (api.Expr, bool) {
		e, any, err := s.categoryFilter(ctx, l.boards, r.GetStatusCategory())
		if err != nil {
			failed = err
		}
		return e, any
	})
	return failed
}

// ofBoards adds a condition by ids that belong to boards: each list is asked for
// those of its own.
func (s *Service) ofBoards(_ context.Context, f *filter, field string, named []int, of func(board int) ([]int, error)) error {
	own := map[int][]int{}
	for _, board := range f.boards() {
		ids, err := of(board)
		if err != nil {
			return err
		}
		own[board] = ids
	}
	f.and(func(l *listFilter) (api.Expr, bool) {
		var ids []int
		for _, id := range named {
			if slices.ContainsFunc(l.boards, func(b int) bool { return slices.Contains(own[b], id) }) {
				ids = append(ids, id)
			}
		}
		return api.In(field, ids), len(ids) > 0
	})
	return nil
}

func idsOf[T interface{ RecordID() int }](values []T) []int {
	ids := make([]int, len(values))
	for n, v := range values {
		ids[n] = v.RecordID()
	}
	return ids
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
		for _, status := range set.Values {
			want := slices.Contains(categories, status.Category)
			closed = closed && want == status.Closed
			open = open && want != status.Closed
			if want {
				wanted = append(wanted, status.ID)
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

func (s *Service) byType(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetType()) == 0 {
		return nil
	}
	named, err := s.account.Tables.FilterTypes(ctx, "type", f.boards(), r.GetType())
	if err != nil {
		return err
	}
	return s.ofBoards(ctx, f, "type/id", named, func(board int) ([]int, error) {
		classes, err := s.account.Tables.Classes(ctx, board)
		return idsOf(classes.Types.Values), err
	})
}

// byOwner filters by who owns. Whether nobody does is looked at again in the rows:
// null has an unsafe reputation.
func (s *Service) byOwner(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetOwner()) > 0 {
		ids, err := s.account.Tables.FilterMembers(ctx, "owner", r.GetOwner())
		if err != nil {
			return err
		}
		f.in("owner/id", ids)
	}
	if !r.HasUnassigned() {
		return nil
	}
	condition := api.NotNull("owner/id")
	if r.GetUnassigned() {
		condition = api.IsNull("owner/id")
	}
	f.all(condition)
	f.look(func(t *api.Ticket) bool { return (api.IDOf(t.Owner) == 0) == r.GetUnassigned() })
	return nil
}

func (s *Service) byPriority(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetPriority()) > 0 {
		ids, err := s.account.Tables.FilterPriorities(ctx, "priority", r.GetPriority())
		if err != nil {
			return err
		}
		f.in("priority/id", ids)
	}
	if len(r.GetPriorityLevel()) == 0 {
		return nil
	}
	set, err := s.account.Tables.Priorities(ctx)
	if err != nil {
		return err
	}
	f.in("priority/id", idsOf(slices.DeleteFunc(slices.Clone(set.Values), func(p setup.Priority) bool {
		return !slices.Contains(r.GetPriorityLevel(), p.Urgency)
	})))
	return nil
}

func (s *Service) byCustomer(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetCompany()) > 0 {
		ids, err := s.account.FilterCompanies(ctx, r.GetCompany())
		if err != nil {
			return err
		}
		f.in("company/id", ids)
	}
	if len(r.GetContact()) > 0 {
		ids, err := s.account.FilterContacts(ctx, r.GetContact())
		if err != nil {
			return err
		}
		f.in("contact/id", ids)
	}
	return nil
}

// byWords filters by what identifies a ticket and by its title. Project tickets
// have neither a parent nor an external id (connectwise.md §7).
func (s *Service) byWords(_ context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if r.HasNumber() {
		n, err := account.RecordID("ticket", r.GetNumber())
		f.and(func(*listFilter) (api.Expr, bool) { return api.EqInt("id", n), err == nil })
	}
	if r.HasParent() {
		n, err := account.RecordID("ticket", r.GetParent())
		f.only(api.ServiceTickets)
		f.and(func(*listFilter) (api.Expr, bool) { return api.EqInt("parentTicketId", n), err == nil })
	}
	if r.HasExternalId() {
		where, err := api.EqText("externalXRef", r.GetExternalId())
		if err != nil {
			return account.Unsearchable("external_id", err)
		}
		f.only(api.ServiceTickets)
		f.all(where)
		f.look(func(t *api.Ticket) bool { return t.ExternalXRef == r.GetExternalId() })
	}
	if r.HasText() {
		where, err := api.Contains("summary", r.GetText())
		if err != nil {
			return account.Unsearchable("text", err)
		}
		if n, err := account.RecordID("ticket", r.GetText()); err == nil {
			where = api.Or(where, api.EqInt("id", n))
		}
		f.all(where)
		f.look(func(t *api.Ticket) bool {
			return account.Holds(r.GetText(), t.Summary) || strconv.Itoa(t.ID) == r.GetText()
		})
	}
	return nil
}
