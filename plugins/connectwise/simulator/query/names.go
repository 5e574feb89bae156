// Package query finds the records that the parameters of a list ask for:
// conditions, order and pages (connectwise.md §4, §5).
package query

import (
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/conditions"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

type recordField = conditions.Field[*store.Record]

// names resolves the paths of "conditions" and "orderBy".
type names struct {
	world *store.World
	typ   *schema.Type
}

func (n names) resolve(path []string) (recordField, error) {
	if strings.EqualFold(path[0], "_info") && len(path) == 2 {
		path = path[1:]
	}
	if len(path) == 1 {
		if f, ok := infoField(path[0]); ok {
			return f, nil
		}
	}
	if f, ok := n.configurationField(path); ok {
		return f, nil
	}
	m, ok := n.typ.Fold(path[0])
	if ok && n.typ.Name == "ServiceTicketNote" && m.Name == "noteType" {
		return recordField{}, unknown(path[0]) // returned, and not to be filtered by (connectwise.md §5)
	}
	if !ok || m.Kind == schema.Array || m.Kind == schema.Any || m.Kind == schema.Info {
		return recordField{}, unknown(path[0]) // arrays belong into childConditions
	}
	if m.Kind == schema.Object {
		return n.referenceField(m, path)
	}
	if len(path) > 1 {
		return recordField{}, unknown(path[1])
	}
	return recordField{Kind: m.Kind, Enum: m.Enum, Get: func(r *store.Record) any { return r.Values[m.Name] }}, nil
}

func unknown(name string) error { return conditions.UnknownName(strings.ToLower(name)) }

// infoField is a member of "_info", which is named without it on every record
// (connectwise.md §5).
func infoField(name string) (recordField, bool) {
	switch strings.ToLower(name) {
	case "lastupdated":
		return recordField{Kind: schema.DateTime, Get: func(r *store.Record) any { return render.Time(r.Updated) }}, true
	case "dateentered":
		return recordField{Kind: schema.DateTime, Get: func(r *store.Record) any { return render.Time(r.Entered) }}, true
	case "updatedby":
		return recordField{Kind: schema.String, Get: func(r *store.Record) any { return r.UpdatedBy }}, true
	case "enteredby":
		return recordField{Kind: schema.String, Get: func(r *store.Record) any { return r.EnteredBy }}, true
	}
	return recordField{}, false
}

// configurationField finds tickets by a linked configuration, named in the
// singular (connectwise.md §5).
func (n names) configurationField(path []string) (recordField, bool) {
	if n.typ.Name != "Ticket" || len(path) != 2 || !strings.EqualFold(path[0], "configuration") || !strings.EqualFold(path[1], "id") {
		return recordField{}, false
	}
	links := n.world.Table(store.TicketConfigurations)
	return recordField{Kind: schema.Integer, Get: func(r *store.Record) any {
		ids := []any{}
		for _, link := range links.Children(r.ID) {
			ids = append(ids, link.Ref("configuration"))
		}
		return ids
	}}, true
}

func (n names) referenceField(m *schema.Member, path []string) (recordField, error) {
	if len(path) == 1 {
		return recordField{Kind: schema.Integer, Get: func(r *store.Record) any { return idOf(r.Values[m.Name]) }}, nil
	}
	inner, ok := m.Type().Fold(path[1])
	if !ok || inner.Kind == schema.Info || len(path) > 2 {
		return recordField{}, unknown(path[len(path)-1])
	}
	return recordField{Kind: inner.Kind, Enum: inner.Enum, Get: func(r *store.Record) any {
		return n.inside(m.Ref, r.Values[m.Name], inner.Name)
	}}, nil
}

// inside is a member of a referenced record or of an object.
func (n names) inside(typeName string, v any, member string) any {
	switch v := v.(type) {
	case store.Ref:
		if member == "id" {
			return int64(v)
		}
		if target, ok := n.world.Follow(typeName, int64(v)); ok {
			return plain(store.RefValue(typeName, target, member))
		}
	case store.Object:
		return plain(v[member])
	}
	return nil
}

func plain(v any) any {
	if ref, ok := v.(store.Ref); ok {
		return int64(ref)
	}
	return v
}

func idOf(v any) any {
	if ref, ok := v.(store.Ref); ok {
		return int64(ref)
	}
	return nil
}
