package setup

import (
	"context"
	"fmt"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Class is one value of a board's classification: a type, a subtype or an item.
type Class struct {
	ID       int
	Name     string
	Level    int // 1 type, 2 subtype, 3 item
	Default  bool
	Inactive bool
	Parents  []int // ids of the level above
}

// RecordID is the id that tables are indexed by.
func (c Class) RecordID() int { return c.ID }

// Entry makes a class findable.
func (c Class) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(c.ID), Name: c.Name, Inactive: c.Inactive}
}

// Classes is the classification of a board.
type Classes struct {
	Types    Set[Class]
	Subtypes Set[Class]
	Items    Set[Class]
	triples  []api.Association
}

// Classes returns the classification of a board.
func (t *Tables) Classes(ctx context.Context, boardID int) (Classes, error) {
	return t.classes.Get(ctx, boardID)
}

// PickType finds the type of a board that a write names.
func (t *Tables) PickType(ctx context.Context, board Board, ref catalogue.Reference) (Class, error) {
	return t.pickClass(ctx, board, "type", ref, fmt.Sprintf("type of queue %q", board.Name), func(c Classes) []Class {
		return c.Types.Values
	})
}

// PickSubtype finds the subtype that a write names, below a type.
func (t *Tables) PickSubtype(ctx context.Context, board Board, typeID int, ref catalogue.Reference) (Class, error) {
	return t.pickClass(ctx, board, "subtype", ref, fmt.Sprintf("subtype of this type of queue %q", board.Name), func(c Classes) []Class {
		return c.SubtypesOf(typeID)
	})
}

// PickItem finds the item that a write names, below a type and subtype.
func (t *Tables) PickItem(ctx context.Context, board Board, typeID, subtypeID int, ref catalogue.Reference) (Class, error) {
	return t.pickClass(ctx, board, "item", ref, fmt.Sprintf("item of this type and subtype of queue %q", board.Name), func(c Classes) []Class {
		return c.ItemsOf(typeID, subtypeID)
	})
}

// SubtypesOf returns the subtypes below a type.
func (c Classes) SubtypesOf(typeID int) []Class {
	return slices.DeleteFunc(slices.Clone(c.Subtypes.Values), func(s Class) bool { return !slices.Contains(s.Parents, typeID) })
}

// ItemsOf returns the items below a type and subtype.
func (c Classes) ItemsOf(typeID, subtypeID int) []Class {
	var items []Class
	for _, a := range c.triples {
		if a.Type == nil || a.Type.ID != typeID || a.SubType == nil || a.SubType.ID != subtypeID || a.Item == nil {
			continue
		}
		if item, ok := c.Items.ByID(a.Item.ID); ok && !slices.ContainsFunc(items, func(i Class) bool { return i.ID == item.ID }) {
			items = append(items, item)
		}
	}
	return items
}

func (t *Tables) pickClass(ctx context.Context, board Board, field string, ref catalogue.Reference, what string, among func(Classes) []Class) (Class, error) {
	var found Class
	err := t.classes.Find(ctx, board.ID, func(c Classes) error {
		v, err := catalogue.List[Class]{What: what, Values: among(c)}.Pick(field, ref)
		found = v
		return err
	})
	return found, err
}

// FilterTypes finds the types that a filter means, on the boards given.
func (t *Tables) FilterTypes(ctx context.Context, field string, boards []int, texts []string) ([]int, error) {
	types := func(boardID int) ([]Class, error) {
		c, err := t.classes.Get(ctx, boardID)
		return c.Types.Values, err
	}
	return eachBoard("type", field, boards, texts, types, func(boardID int, text string) ([]int, error) {
		var ids []int
		err := t.classes.Find(ctx, boardID, func(c Classes) error {
			var err error
			ids, err = filterIDs(catalogue.List[Class]{What: "type", Values: c.Types.Values}, field, []string{text})
			return err
		})
		return ids, err
	})
}

// FilterStatuses finds the statuses that a filter means, on the boards given: the
// same name on several boards is as many statuses.
func (t *Tables) FilterStatuses(ctx context.Context, field string, boards []int, texts []string) ([]int, error) {
	statuses := func(boardID int) ([]Status, error) {
		set, err := t.statuses.Get(ctx, boardID)
		return set.Values, err
	}
	return eachBoard("status", field, boards, texts, statuses, func(boardID int, text string) ([]int, error) {
		return filter(ctx, t.statuses, boardID, "status", field, []string{text})
	})
}

// eachBoard joins what a text means on each board. It is unknown only where no
// board knows it; the error then lists the values of all of them.
func eachBoard[T catalogue.Value](what, field string, boards []int, texts []string, values func(boardID int) ([]T, error), find func(boardID int, text string) ([]int, error)) ([]int, error) {
	var ids []int
	for _, text := range texts {
		var found []int
		for _, boardID := range boards {
			some, err := find(boardID, text)
			if err != nil && fault.CodeOf(err) != fault.CodeInvalidArgument {
				return nil, err
			}
			found = append(found, some...)
		}
		if len(found) == 0 {
			every := catalogue.List[T]{What: what}
			for _, boardID := range boards {
				some, err := values(boardID)
				if err != nil {
					return nil, err
				}
				every.Values = append(every.Values, some...)
			}
			if _, err := every.Filter(field, text); err != nil {
				return nil, err
			}
		}
		ids = append(ids, found...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// loadClasses reads the classification. Types and items have no short form for poor
// roles.
func (t *Tables) loadClasses(ctx context.Context, boardID int) (Classes, error) {
	path := fmt.Sprintf("service/boards/%d/", boardID)
	types, err := api.All[api.BoardType](ctx, t.api, path+"types", api.Query{})
	if err != nil {
		return Classes{}, err
	}
	subtypes, err := api.All[api.BoardSubType](ctx, t.api, path+"subtypes", api.Query{})
	if err != nil {
		return Classes{}, err
	}
	items, err := api.All[api.BoardItem](ctx, t.api, path+"items", api.Query{})
	if err != nil {
		return Classes{}, err
	}
	triples, err := api.All[api.Association](ctx, t.api, path+"typeSubTypeItemAssociations", api.Query{})
	if err != nil && fault.CodeOf(err) != fault.CodePermissionDenied {
		return Classes{}, err
	}
	c := Classes{triples: triples}
	var one, two, three []Class
	for _, r := range types {
		one = append(one, Class{ID: r.ID, Name: r.Name, Level: 1, Default: r.Default, Inactive: r.Inactive})
	}
	for _, r := range subtypes {
		two = append(two, Class{ID: r.ID, Name: r.Name, Level: 2, Inactive: r.Inactive, Parents: r.TypeIDs})
	}
	for _, r := range items {
		item := Class{ID: r.ID, Name: r.Name, Level: 3, Inactive: r.Inactive}
		for _, a := range triples {
			if a.Item != nil && a.Item.ID == r.ID && a.SubType != nil && !slices.Contains(item.Parents, a.SubType.ID) {
				item.Parents = append(item.Parents, a.SubType.ID)
			}
		}
		three = append(three, item)
	}
	c.Types, c.Subtypes, c.Items = newSet(one), newSet(two), newSet(three)
	return c, nil
}
