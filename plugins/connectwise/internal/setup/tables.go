// Package setup holds the setup tables of one ConnectWise: boards and what
// belongs to them, priorities, sources, members, custom fields, what work is booked
// as, and what configurations and contacts are filed by. It loads them once, keeps
// them fresh, and finds in them what a caller names.
package setup

import (
	"context"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/neutral"
)

// all is the key of the tables of which there is one.
type all struct{}

// Tables is the setup tables of one connection. It is safe for use by several
// goroutines.
type Tables struct {
	api        *api.Client
	categories neutral.Categories
	levels     neutral.Levels

	boards     *catalogue.Cache[all, Set[Board]]
	statuses   *catalogue.Cache[int, Set[Status]]
	classes    *catalogue.Cache[int, Classes]
	teams      *catalogue.Cache[int, Set[Team]]
	priorities *catalogue.Cache[all, Set[Priority]]
	sources    *catalogue.Cache[all, Set[Source]]
	members    *catalogue.Cache[all, Members]
	fields     *catalogue.Cache[Resource, Set[Field]]
	schedule   *scheduleTables

	workTypes     *catalogue.Cache[all, Set[WorkType]]
	workRoles     *catalogue.Cache[all, Set[WorkRole]]
	locationRoles *catalogue.Cache[int, Set[WorkRole]]

	configurationTypes    *catalogue.Cache[all, Set[ConfigurationType]]
	configurationStatuses *catalogue.Cache[all, Set[ConfigurationStatus]]
	questions             *catalogue.Cache[int, Set[Field]]
	manufacturers         *catalogue.Cache[all, Set[Manufacturer]]
	communicationTypes    *catalogue.Cache[all, []CommunicationType]
}

// New returns tables that load what they are asked for. The categories and
// levels are what the configuration says.
func New(c *api.Client, categories neutral.Categories, levels neutral.Levels) *Tables {
	t := &Tables{api: c, categories: categories, levels: levels}
	t.boards = catalogue.New(t.loadBoards)
	t.statuses = catalogue.New(t.loadStatuses)
	t.classes = catalogue.New(t.loadClasses)
	t.teams = catalogue.New(t.loadTeams)
	t.priorities = catalogue.New(t.loadPriorities)
	t.sources = catalogue.New(t.loadSources)
	t.members = catalogue.New(t.loadMembers)
	t.fields = catalogue.New(t.loadFields)
	t.schedule = newScheduleTables(c)
	t.workTypes = catalogue.New(t.loadWorkTypes)
	t.workRoles = catalogue.New(t.loadWorkRoles)
	t.locationRoles = catalogue.New(t.loadLocationRoles)
	t.configurationTypes = catalogue.New(t.loadConfigurationTypes)
	t.configurationStatuses = catalogue.New(t.loadConfigurationStatuses)
	t.questions = catalogue.New(t.loadQuestions)
	t.manufacturers = catalogue.New(t.loadManufacturers)
	t.communicationTypes = catalogue.New(t.loadCommunicationTypes)
	return t
}

// Close ends the loads in the background.
func (t *Tables) Close() {
	t.boards.Close()
	t.statuses.Close()
	t.classes.Close()
	t.teams.Close()
	t.priorities.Close()
	t.sources.Close()
	t.members.Close()
	t.fields.Close()
	t.schedule.close()
	t.workTypes.Close()
	t.workRoles.Close()
	t.locationRoles.Close()
	t.configurationTypes.Close()
	t.configurationStatuses.Close()
	t.questions.Close()
	t.manufacturers.Close()
	t.communicationTypes.Close()
}

// Warm loads what every page of tickets needs, so that the first costs no more
// than the others: boards, their statuses, priorities and members. The boards of
// projects are loaded where projects says so.
func (t *Tables) Warm(ctx context.Context, projects bool) error {
	// One request proves the login before others go out beside each other: keys
	// that are refused count once per try, since vendors lock accounts.
	if _, err := t.Priorities(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		boards, err := t.Boards(ctx)
		if err != nil {
			return err
		}
		inner, ctx := errgroup.WithContext(ctx)
		inner.SetLimit(4)
		for _, b := range boards.Values {
			if b.Inactive || b.Project && !projects {
				continue
			}
			inner.Go(func() error {
				_, err := t.Statuses(ctx, b.ID)
				return err
			})
		}
		return inner.Wait()
	})
	g.Go(func() error { _, err := t.Members(ctx); return err })
	return g.Wait()
}

// value is a row of a table: found by an id, listed by a name.
type value interface {
	catalogue.Value
	RecordID() int
}

// Set is a table with an index.
type Set[T value] struct {
	Values []T
	byID   map[int]T
}

// SetOf returns a table of rows.
func SetOf[T value](values ...T) Set[T] { return newSet(values) }

func newSet[T value](values []T) Set[T] {
	s := Set[T]{Values: values, byID: make(map[int]T, len(values))}
	for _, v := range values {
		s.byID[v.RecordID()] = v
	}
	return s
}

// ByID returns the row of an id.
func (s Set[T]) ByID(id int) (T, bool) {
	v, ok := s.byID[id]
	return v, ok
}

// get is ByID as a lookup that makes the table be loaded anew where the id is
// missing: a record may point at a row that is younger than the table.
func get[K comparable, T value](ctx context.Context, c *catalogue.Cache[K, Set[T]], key K, id int) (T, bool) {
	var found T
	err := c.Find(ctx, key, func(s Set[T]) error {
		v, ok := s.ByID(id)
		if !ok {
			return catalogue.ErrUnknown
		}
		found = v
		return nil
	})
	return found, err == nil
}

// pick finds the one row that a write names.
func pick[K comparable, T value](ctx context.Context, c *catalogue.Cache[K, Set[T]], key K, what, field string, ref catalogue.Reference) (T, error) {
	var found T
	err := c.Find(ctx, key, func(s Set[T]) error {
		v, err := catalogue.List[T]{What: what, Values: s.Values}.Pick(field, ref)
		found = v
		return err
	})
	return found, err
}

// filter finds the rows that the values of a filter mean, and returns their ids.
func filter[K comparable, T value](ctx context.Context, c *catalogue.Cache[K, Set[T]], key K, what, field string, texts []string) ([]int, error) {
	var ids []int
	err := c.Find(ctx, key, func(s Set[T]) error {
		var err error
		ids, err = filterIDs(catalogue.List[T]{What: what, Values: s.Values}, field, texts)
		return err
	})
	return ids, err
}

func filterIDs[T value](l catalogue.List[T], field string, texts []string) ([]int, error) {
	var ids []int
	for _, text := range texts {
		found, err := l.Filter(field, text)
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			ids = append(ids, v.RecordID())
		}
	}
	return ids, nil
}

// listOr reads a table, or its /info form where the security role does not
// reach the table itself (connectwise.md §2).
func listOr[T interface{ RecordID() int }](ctx context.Context, c *api.Client, path, info string) (rows []T, full bool, err error) {
	rows, err = api.All[T](ctx, c, path, api.Query{})
	if fault.CodeOf(err) != fault.CodePermissionDenied {
		return rows, true, err
	}
	if poor, errInfo := api.All[T](ctx, c, info, api.Query{}); errInfo == nil {
		return poor, false, nil
	}
	return nil, false, err
}

func id(n int) string { return strconv.Itoa(n) }
