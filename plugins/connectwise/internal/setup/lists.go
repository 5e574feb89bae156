package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/neutral"
)

// Priority is a priority with its neutral level.
type Priority struct {
	api.Priority
	Urgency int32 // 1 the most urgent, 5 the least
}

// Entry makes a priority findable.
func (p Priority) Entry() catalogue.Entry { return catalogue.Entry{ID: id(p.ID), Name: p.Name} }

// Source is a way for tickets to come in.
type Source struct{ api.Source }

// Entry makes a source findable.
func (s Source) Entry() catalogue.Entry { return catalogue.Entry{ID: id(s.ID), Name: s.Name} }

// Priorities returns the priorities, the most urgent first.
func (t *Tables) Priorities(ctx context.Context) (Set[Priority], error) {
	return t.priorities.Get(ctx, all{})
}

// Priority returns the priority of an id.
func (t *Tables) Priority(ctx context.Context, priorityID int) (Priority, bool) {
	return get(ctx, t.priorities, all{}, priorityID)
}

// PickPriority finds the priority that a write names, by id or name.
func (t *Tables) PickPriority(ctx context.Context, field string, ref catalogue.Reference) (Priority, error) {
	return pick(ctx, t.priorities, all{}, "priority", field, ref)
}

// PickLevel finds the one priority of a level. Several are as wrong as none: the
// error lists them.
func (t *Tables) PickLevel(ctx context.Context, field string, level int32) (Priority, error) {
	set, err := t.Priorities(ctx)
	if err != nil {
		return Priority{}, err
	}
	var found []Priority
	var names, every []string
	for _, p := range set.Values {
		every = append(every, fmt.Sprintf("%s (level %d)", p.Name, p.Urgency))
		if p.Urgency == level {
			found = append(found, p)
			names = append(names, p.Name)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Priority{}, fault.InvalidArgument(field+".level", fmt.Sprintf("no priority has level %d", level), every...)
	}
	return Priority{}, fault.InvalidArgument(field+".level", fmt.Sprintf("%d priorities have level %d; give the name", len(found), level), names...)
}

// FilterPriorities finds the priorities that a filter means.
func (t *Tables) FilterPriorities(ctx context.Context, field string, texts []string) ([]int, error) {
	return filter(ctx, t.priorities, all{}, "priority", field, texts)
}

// levels of the vendor's own enum (connectwise.md §12).
var vendorLevels = map[string]int32{"critical": 1, "high": 2, "medium": 3, "low": 4}

func (t *Tables) loadPriorities(ctx context.Context, _ all) (Set[Priority], error) {
	rows, err := api.All[api.Priority](ctx, t.api, "service/priorities", api.Query{})
	if err != nil {
		return Set[Priority]{}, err
	}
	slices.SortStableFunc(rows, func(a, b api.Priority) int { return a.SortOrder - b.SortOrder })
	priorities := make([]Priority, len(rows))
	for i, r := range rows {
		priorities[i] = Priority{Priority: r, Urgency: t.level(r, i, len(rows))}
	}
	return newSet(priorities), nil
}

// level says how urgent a priority is. The enum has no word for work that is
// planned or without an agreement, so that such a name is stronger.
func (t *Tables) level(p api.Priority, index, n int) int32 {
	if level, ok := t.levels.Of(p.Name); ok {
		return level
	}
	byLabel, named := neutral.LevelByLabel(p.Name)
	if named && byLabel == 5 {
		return 5
	}
	if level, ok := vendorLevels[strings.ToLower(p.Level)]; ok {
		return level
	}
	if named {
		return byLabel
	}
	return neutral.LevelByPosition(index, n)
}

// Sources returns the sources.
func (t *Tables) Sources(ctx context.Context) (Set[Source], error) {
	return t.sources.Get(ctx, all{})
}

// PickSource finds the source that a write names.
func (t *Tables) PickSource(ctx context.Context, field string, ref catalogue.Reference) (Source, error) {
	return pick(ctx, t.sources, all{}, "source", field, ref)
}

func (t *Tables) loadSources(ctx context.Context, _ all) (Set[Source], error) {
	rows, _, err := listOr[api.Source](ctx, t.api, "service/sources", "service/sources/info")
	if err != nil {
		return Set[Source]{}, err
	}
	sources := make([]Source, len(rows))
	for i, r := range rows {
		sources[i] = Source{r}
	}
	return newSet(sources), nil
}
