package query

import (
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/conditions"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// childPredicate compiles "childConditions": a record fits when one element
// of the array that the expression names fits the whole expression.
func (n names) childPredicate(text string) (func(*store.Record) bool, error) {
	node, err := conditions.Parse(text)
	if err != nil {
		return nil, err
	}
	array := ""
	fits, err := conditions.Compile(node, func(path []string) (conditions.Field[any], error) {
		m, ok := n.typ.Fold(path[0])
		if !ok || m.Kind != schema.Array || m.Ref == "" || array != "" && array != m.Name {
			return conditions.Field[any]{}, unknown(path[0])
		}
		array = m.Name
		return n.elementField(m.Type(), m.Ref, path[1:], path[0])
	})
	if err != nil {
		return nil, err
	}
	return func(r *store.Record) bool {
		list, _ := r.Values[array].([]any)
		return slices.ContainsFunc(list, fits)
	}, nil
}

// elementField is a member of an array's element: an object in the record or
// a reference to another one.
func (n names) elementField(typ *schema.Type, typeName string, path []string, whole string) (conditions.Field[any], error) {
	if len(path) == 0 {
		return conditions.Field[any]{}, unknown(whole)
	}
	m, ok := typ.Fold(path[0])
	if !ok || m.Kind == schema.Info || m.Kind == schema.Array {
		return conditions.Field[any]{}, unknown(path[0])
	}
	if m.Kind != schema.Object {
		if len(path) > 1 {
			return conditions.Field[any]{}, unknown(path[1])
		}
		return conditions.Field[any]{Kind: m.Kind, Enum: m.Enum, Get: func(e any) any { return n.inside(typeName, e, m.Name) }}, nil
	}
	name := "id"
	kind := schema.Integer
	if len(path) > 1 {
		inner, ok := m.Type().Fold(path[1])
		if !ok || len(path) > 2 {
			return conditions.Field[any]{}, unknown(path[1])
		}
		name, kind = inner.Name, inner.Kind
	}
	return conditions.Field[any]{Kind: kind, Get: func(e any) any {
		object, _ := e.(store.Object)
		return n.inside(m.Ref, object[m.Name], name)
	}}, nil
}

// customField is one custom field of a record.
type customField struct {
	definition *store.Record
	value      any
}

// customFieldPredicate compiles "customFieldConditions": a record fits when
// one of its custom fields fits the whole expression.
func (n names) customFieldPredicate(text string) (func(*store.Record) bool, error) {
	node, err := conditions.Parse(text)
	if err != nil {
		return nil, err
	}
	fits, err := conditions.Compile(node, func(path []string) (conditions.Field[customField], error) {
		f := conditions.Field[customField]{Kind: schema.String}
		switch strings.ToLower(strings.Join(path, "/")) {
		case "id":
			f.Kind = schema.Integer
			f.Get = func(c customField) any { return c.definition.ID }
		case "caption":
			f.Get = func(c customField) any { return c.definition.Values["caption"] }
		case "type":
			f.Get = func(c customField) any { return c.definition.Values["fieldTypeIdentifier"] }
		case "entrymethod":
			f.Get = func(c customField) any { return c.definition.Values["entryTypeIdentifier"] }
		case "value":
			f.Kind = schema.Any
			f.Get = func(c customField) any { return c.value }
		default:
			return f, unknown(path[0])
		}
		return f, nil
	})
	if err != nil {
		return nil, err
	}
	definitions := n.world.Table(store.CustomFields)
	return func(r *store.Record) bool {
		for id, value := range r.Custom {
			if definition, ok := definitions.Get(id); ok && fits(customField{definition, value}) {
				return true
			}
		}
		return false
	}, nil
}
