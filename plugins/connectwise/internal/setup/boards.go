package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/neutral"
)

// Board is a queue.
type Board struct{ api.Board }

// Entry makes a board findable.
func (b Board) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(b.ID), Name: b.Name, Inactive: b.Inactive}
}

// Kind is the kind of the tickets that the board holds.
func (b Board) Kind() psav1.Kind_V {
	if b.Project {
		return psav1.Kind_PROJECT
	}
	return psav1.Kind_SERVICE
}

// Team is a dispatch pool of a board.
type Team struct{ api.Team }

// Entry makes a team findable.
func (t Team) Entry() catalogue.Entry { return catalogue.Entry{ID: id(t.ID), Name: t.Name} }

// Status is a status of a board, with what it means.
type Status struct {
	ID       int
	Name     string
	Sort     int
	Default  bool
	Inactive bool
	Closed   bool
	BoardID  int
	Board    string
	Category psav1.Category_V
	Source   psav1.CategorySource_V
}

// RecordID is the id that tables are indexed by.
func (s Status) RecordID() int { return s.ID }

// Entry makes a status findable.
func (s Status) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(s.ID), Name: s.Name, Inactive: s.Inactive}
}

// Boards returns the boards, inactive and project boards included.
func (t *Tables) Boards(ctx context.Context) (Set[Board], error) {
	return t.boards.Get(ctx, all{})
}

// Board returns the board of an id.
func (t *Tables) Board(ctx context.Context, boardID int) (Board, bool) {
	return get(ctx, t.boards, all{}, boardID)
}

// BoardsOf returns the boards of a queue, or all that are in use where it is
// empty, and of those the ones of a kind, unless that is UNSPECIFIED.
func (t *Tables) BoardsOf(ctx context.Context, queue string, kind psav1.Kind_V) ([]Board, error) {
	set, err := t.Boards(ctx)
	if err != nil {
		return nil, err
	}
	wanted := func(b Board) bool { return !b.Inactive }
	if queue != "" {
		ids, err := t.FilterBoards(ctx, "queue", []string{queue})
		if err != nil {
			return nil, err
		}
		wanted = func(b Board) bool { return slices.Contains(ids, b.ID) }
	}
	var boards []Board
	for _, b := range set.Values {
		if wanted(b) && (kind == psav1.Kind_UNSPECIFIED || b.Kind() == kind) {
			boards = append(boards, b)
		}
	}
	return boards, nil
}

// PickBoard finds the board that a write names, of those that hold a kind of
// tickets.
func (t *Tables) PickBoard(ctx context.Context, field string, kind psav1.Kind_V, ref catalogue.Reference) (Board, error) {
	var found Board
	err := t.boards.Find(ctx, all{}, func(s Set[Board]) error {
		fitting := slices.DeleteFunc(slices.Clone(s.Values), func(b Board) bool { return b.Kind() != kind })
		what := "queue"
		if kind == psav1.Kind_PROJECT {
			what = "queue of projects"
		}
		b, err := catalogue.List[Board]{What: what, Values: fitting}.Pick(field, ref)
		found = b
		return err
	})
	return found, err
}

// FilterBoards finds the boards that a filter means.
func (t *Tables) FilterBoards(ctx context.Context, field string, texts []string) ([]int, error) {
	return filter(ctx, t.boards, all{}, "queue", field, texts)
}

func (t *Tables) loadBoards(ctx context.Context, _ all) (Set[Board], error) {
	rows, _, err := listOr[api.Board](ctx, t.api, "service/boards", "service/info/boards")
	if err != nil {
		return Set[Board]{}, err
	}
	boards := make([]Board, len(rows))
	for i, r := range rows {
		boards[i] = Board{r}
	}
	return newSet(boards), nil
}

// Statuses returns the statuses of a board, in the order that the board shows.
func (t *Tables) Statuses(ctx context.Context, boardID int) (Set[Status], error) {
	return t.statuses.Get(ctx, boardID)
}

// Status returns a status of a board.
func (t *Tables) Status(ctx context.Context, boardID, statusID int) (Status, bool) {
	return get(ctx, t.statuses, boardID, statusID)
}

// PickStatus finds the status of a board that a write names, by id or name.
func (t *Tables) PickStatus(ctx context.Context, board Board, field string, ref catalogue.Reference) (Status, error) {
	return pick(ctx, t.statuses, board.ID, fmt.Sprintf("status of queue %q", board.Name), field, ref)
}

// PickCategory finds the status of a board that stands for a category: the
// board's default for NEW, else the first in the board's order. Statuses that
// the configuration or the PSA itself puts there go before guessed ones.
func (t *Tables) PickCategory(ctx context.Context, board Board, field string, category psav1.Category_V) (Status, error) {
	set, err := t.Statuses(ctx, board.ID)
	if err != nil {
		return Status{}, err
	}
	var best *Status
	better := func(a, b Status) bool {
		if category == psav1.Category_NEW && a.Default != b.Default {
			return a.Default
		}
		if guessed(a) != guessed(b) {
			return guessed(b)
		}
		return a.Sort < b.Sort
	}
	var candidates []string
	for _, s := range set.Values {
		if s.Inactive {
			continue
		}
		candidates = append(candidates, s.Name+" ("+s.Category.String()+")")
		if s.Category == category && (best == nil || better(s, *best)) {
			best = &s
		}
	}
	if best == nil {
		return Status{}, fault.InvalidArgument(field+".category",
			fmt.Sprintf("queue %q has no active status of category %s; name one of its statuses, or map one with status_categories", board.Name, category), candidates...)
	}
	return *best, nil
}

func guessed(s Status) bool {
	return s.Source == psav1.CategorySource_LABEL || s.Source == psav1.CategorySource_DEFAULT
}

func (t *Tables) loadStatuses(ctx context.Context, boardID int) (Set[Status], error) {
	path := fmt.Sprintf("service/boards/%d/statuses", boardID)
	rows, full, err := listOr[api.BoardStatus](ctx, t.api, path, path+"/info")
	if err != nil {
		return Set[Status]{}, err
	}
	board, _ := t.Board(ctx, boardID)
	statuses := make([]Status, len(rows))
	for i, r := range rows {
		s := Status{
			ID: r.ID, Name: r.Name, Sort: r.SortOrder, Default: r.Default,
			Inactive: r.Inactive || r.InactiveInfo, Closed: r.Closed || r.ClosedInfo,
			BoardID: boardID, Board: board.Name,
		}
		escalation := r.EscalationStatus
		if !full {
			escalation = ""
		}
		s.Category, s.Source = t.category(s, escalation)
		statuses[i] = s
	}
	slices.SortStableFunc(statuses, func(a, b Status) int { return a.Sort - b.Sort })
	return newSet(statuses), nil
}

// category says what a status means: the configuration, then what the board's
// setup proves, then the name.
func (t *Tables) category(s Status, escalation string) (psav1.Category_V, psav1.CategorySource_V) {
	if c, ok := t.categories.Of(s.Board, s.Name); ok {
		return c, psav1.CategorySource_CONFIG
	}
	if s.Closed {
		return psav1.Category_CLOSED, psav1.CategorySource_SYSTEM
	}
	byLabel, source := neutral.CategoryByLabel(s.Name)
	waiting := byLabel == psav1.Category_WAITING_CUSTOMER || byLabel == psav1.Category_WAITING_OTHER
	switch strings.ToLower(escalation) {
	case "notresponded":
		return psav1.Category_NEW, psav1.CategorySource_SYSTEM
	case "responded", "resolutionplan":
		if waiting {
			return byLabel, source
		}
		return psav1.Category_IN_PROGRESS, psav1.CategorySource_SYSTEM
	case "resolved":
		return psav1.Category_RESOLVED, psav1.CategorySource_SYSTEM
	case "noescalation":
		if waiting {
			return byLabel, source
		}
		return psav1.Category_WAITING_OTHER, psav1.CategorySource_SYSTEM
	}
	// The setup proves that the status is open, whatever its name says.
	if byLabel == psav1.Category_CLOSED {
		return psav1.Category_RESOLVED, psav1.CategorySource_LABEL
	}
	return byLabel, source
}

// Teams returns the teams of a board.
func (t *Tables) Teams(ctx context.Context, boardID int) (Set[Team], error) {
	return t.teams.Get(ctx, boardID)
}

func (t *Tables) loadTeams(ctx context.Context, boardID int) (Set[Team], error) {
	path := fmt.Sprintf("service/boards/%d/teams", boardID)
	rows, _, err := listOr[api.Team](ctx, t.api, path, path+"/info")
	if err != nil {
		return Set[Team]{}, err
	}
	teams := make([]Team, len(rows))
	for i, r := range rows {
		teams[i] = Team{r}
	}
	return newSet(teams), nil
}
