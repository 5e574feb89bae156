package ticket

import (
	"context"
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
)

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
