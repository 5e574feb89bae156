// Package render writes records as the vendor writes them: members in the
// order of its schema, absent where they are null, references with their name
// and href, indented, lines ended by CRLF (connectwise.md §1, §6).
package render

import (
	"strconv"
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Selection is what the "fields" parameter asks for; nil selects everything.
// An entry without a selection of its own stands for the whole member.
type Selection map[string]Selection

// ParseFields reads the "fields" parameter. Names that no member has select
// nothing; "*" is one of them, so that fields=* answers ids alone
// (connectwise.md §5).
func ParseFields(text string) Selection {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	s := Selection{"id": nil}
	named := Selection{}
	for field := range strings.SplitSeq(text, ",") {
		field = strings.ToLower(strings.TrimSpace(field))
		if field == "" || field == "*" {
			continue
		}
		named.add(strings.Split(field, "/"))
	}
	if len(named) > 0 {
		return named
	}
	return s
}

func (s Selection) add(path []string) {
	inner, seen := s[path[0]]
	if len(path) == 1 {
		s[path[0]] = nil
		return
	}
	if seen && inner == nil {
		return // the whole member is asked for already
	}
	if inner == nil {
		inner = Selection{}
		s[path[0]] = inner
	}
	inner.add(path[1:])
}

// of tells whether a member is selected, and what of it.
func (s Selection) of(member string) (Selection, bool) {
	if s == nil {
		return nil, true
	}
	inner, ok := s[strings.ToLower(member)]
	return inner, ok
}

// Renderer writes records of a world, which the caller holds locked.
type Renderer struct {
	World *store.World
	// Base is the root of hrefs: https://host/v4_6_release/apis/3.0/. They
	// have a second slash after it (connectwise.md §6).
	Base string
}

// Time writes a time as the API does: UTC, whole seconds.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// List appends records of one type as an array.
func (r *Renderer) List(b []byte, typ *schema.Type, records []*store.Record, sel Selection) []byte {
	if len(records) == 0 {
		return append(b, "[]"...)
	}
	b = append(b, '[')
	for i, rec := range records {
		if i > 0 {
			b = append(b, ',')
		}
		b = newline(b, 1)
		b = r.record(b, typ, rec, sel, 1)
	}
	b = newline(b, 0)
	return append(b, ']')
}

// Record appends one record.
func (r *Renderer) Record(b []byte, typ *schema.Type, rec *store.Record, sel Selection) []byte {
	return r.record(b, typ, rec, sel, 0)
}

func (r *Renderer) record(b []byte, typ *schema.Type, rec *store.Record, sel Selection, depth int) []byte {
	o := opened(b, depth)
	for _, m := range typ.Members {
		inner, ok := sel.of(m.Name)
		if !ok {
			continue
		}
		switch {
		case m.Kind == schema.Info:
			o.key(m.Name)
			o.b = r.info(o.b, typ, rec, depth+1)
		case m.Name == "customFields":
			if rec.Custom != nil {
				o.key(m.Name)
				o.b = r.customFields(o.b, rec, depth+1)
			}
		default:
			if v := rec.Values[m.Name]; v != nil {
				o.key(m.Name)
				o.b = r.value(o.b, m, v, inner, depth+1)
			}
		}
	}
	return o.close()
}

// object appends an object inside a record.
func (r *Renderer) object(b []byte, typ *schema.Type, values store.Object, sel Selection, depth int) []byte {
	o := opened(b, depth)
	for _, m := range typ.Members {
		inner, ok := sel.of(m.Name)
		v := values[m.Name]
		if !ok || v == nil {
			continue
		}
		o.key(m.Name)
		o.b = r.value(o.b, m, v, inner, depth+1)
	}
	return o.close()
}

func (r *Renderer) value(b []byte, m *schema.Member, v any, sel Selection, depth int) []byte {
	switch v := v.(type) {
	case store.Ref:
		return r.reference(b, m.Ref, int64(v), sel, depth)
	case store.Object:
		if t := m.Type(); t != nil {
			return r.object(b, t, v, sel, depth)
		}
	case []any:
		return r.array(b, m, v, sel, depth)
	case float64:
		return appendDecimal(b, v)
	}
	return scalar(b, v)
}

func (r *Renderer) array(b []byte, m *schema.Member, list []any, sel Selection, depth int) []byte {
	if len(list) == 0 {
		return append(b, "[]"...)
	}
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = newline(b, depth+1)
		b = r.value(b, m, v, sel, depth+1)
	}
	b = newline(b, depth)
	return append(b, ']')
}

func (r *Renderer) reference(b []byte, refType string, id int64, sel Selection, depth int) []byte {
	target, ok := r.World.Follow(refType, id)
	if !ok {
		target = &store.Record{ID: id, Values: store.Object{"id": id}}
	}
	o := opened(b, depth)
	for _, m := range schema.Lookup(refType).Members {
		if _, ok := sel.of(m.Name); !ok {
			continue
		}
		if m.Kind == schema.Info {
			ref := store.References[refType]
			if ref.Info == "" {
				continue
			}
			o.key(m.Name)
			info := opened(o.b, depth+1)
			info.key(ref.Info)
			info.b = appendString(info.b, r.href(fill(store.RefPath(refType, target), target)))
			o.b = info.close()
			continue
		}
		if v := store.RefValue(refType, target, m.Name); v != nil {
			o.key(m.Name)
			o.b = r.value(o.b, m, v, nil, depth+1)
		}
	}
	return o.close()
}

// customFields appends every field that is defined for the record's screen,
// set or not; the value of an empty one is left out (connectwise.md §6, §8).
func (r *Renderer) customFields(b []byte, rec *store.Record, depth int) []byte {
	b = append(b, '[')
	first := true
	for _, def := range r.World.Table(store.CustomFields).All() {
		value, defined := rec.Custom[def.ID]
		if !defined {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = newline(b, depth+1)
		o := opened(b, depth+1)
		decimals, _ := def.Values["numberDecimals"].(int64)
		o.member("id", def.ID)
		o.member("caption", def.Values["caption"])
		o.member("type", def.Values["fieldTypeIdentifier"])
		o.member("entryMethod", def.Values["entryTypeIdentifier"])
		o.member("numberOfDecimals", decimals)
		if n, ok := value.(float64); ok {
			o.key("value")
			o.b = strconv.AppendFloat(o.b, n, 'f', int(decimals), 64)
		} else if value != nil {
			o.member("value", value)
		}
		b = o.close()
	}
	if first {
		return append(b, ']')
	}
	b = newline(b, depth)
	return append(b, ']')
}
