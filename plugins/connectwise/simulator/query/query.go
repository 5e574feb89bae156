package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/conditions"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Parameters are those of a list or a search.
type Parameters struct {
	Conditions            string
	ChildConditions       string
	CustomFieldConditions string
	OrderBy               string
}

// Filter keeps the records that fit all three kinds of conditions. Its
// errors are *conditions.Error.
func Filter(w *store.World, typ *schema.Type, p Parameters, records []*store.Record) ([]*store.Record, error) {
	n := names{w, typ}
	compilers := []struct {
		text    string
		compile func(string) (func(*store.Record) bool, error)
	}{
		{p.Conditions, n.predicate},
		{p.ChildConditions, n.childPredicate},
		{p.CustomFieldConditions, n.customFieldPredicate},
	}
	for _, c := range compilers {
		if strings.TrimSpace(c.text) == "" {
			continue
		}
		fits, err := c.compile(c.text)
		if err != nil {
			return nil, err
		}
		records = slices.DeleteFunc(slices.Clone(records), func(r *store.Record) bool { return !fits(r) })
	}
	return records, nil
}

func (n names) predicate(text string) (func(*store.Record) bool, error) {
	node, err := conditions.Parse(text)
	if err != nil {
		return nil, err
	}
	return conditions.Compile(node, n.resolve)
}

// Sort puts the records into the order that "orderBy" asks for; those that
// are equal in it stay ordered by id. Nulls come first, as in the vendor's
// database.
func Sort(w *store.World, typ *schema.Type, orderBy string, records []*store.Record) ([]*store.Record, error) {
	if strings.TrimSpace(orderBy) == "" {
		return records, nil
	}
	n := names{w, typ}
	type key struct {
		get  func(*store.Record) any
		sign int
	}
	var keys []key
	for part := range strings.SplitSeq(orderBy, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 2 {
			return nil, unknown(strings.TrimSpace(part))
		}
		k := key{sign: 1}
		if len(words) == 2 {
			switch strings.ToLower(words[1]) {
			case "asc":
			case "desc":
				k.sign = -1
			default:
				return nil, unknown(words[1])
			}
		}
		f, err := n.resolve(strings.Split(words[0], "/"))
		if err != nil {
			return nil, err
		}
		k.get = f.Get
		keys = append(keys, k)
	}
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b *store.Record) int {
		for _, k := range keys {
			if order := order(k.get(a), k.get(b)); order != 0 {
				return k.sign * order
			}
		}
		return 0
	})
	return records, nil
}

// order compares two values of one member.
func order(a, b any) int {
	if a == nil || b == nil {
		return rank(a != nil) - rank(b != nil)
	}
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(strings.ToLower(a), strings.ToLower(b))
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return rank(a) - rank(b)
		}
	}
	return 0
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}
