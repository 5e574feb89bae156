package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// decoder fills a struct and collects what is wrong.
type decoder struct {
	violations []fault.Violation
	wrong      map[string]bool // the paths that violations name
}

func (d *decoder) add(v fault.Violation) {
	d.violations = append(d.violations, v)
	d.wrong[v.Field] = true
}

// object fills v from a JSON object that stands at path.
func (d *decoder) object(p *plan, path string, raw []byte, v reflect.Value) {
	given, ok := d.members(p, path, raw)
	if !ok {
		return
	}
	for _, f := range p.fields {
		at := join(path, f.name)
		raw, ok := given[f.name]
		into := v.FieldByIndex(f.index)
		switch {
		case !ok && f.required:
			d.add(fault.Violation{Field: at, Message: missing(f)})
		case !ok:
			f.setDefault(into)
		case f.block != nil:
			if into.Kind() == reflect.Pointer {
				into.Set(reflect.New(into.Type().Elem()))
				into = into.Elem()
			}
			d.object(f.block, at, raw, into)
		default:
			if wrong := f.read(raw, into); wrong != nil {
				wrong.Field = at
				d.add(*wrong)
			}
		}
	}
}

func missing(f field) string {
	if f.block != nil {
		return "the block is missing"
	}
	return "is missing; it must be " + words[f.kind]
}

// setDefault gives an absent attribute or block what it holds by itself.
func (f *field) setDefault(into reflect.Value) {
	if f.block == nil {
		if f.fallback != nil {
			f.read(f.fallback, into) // compile has tried it
		}
		return
	}
	if into.Kind() == reflect.Struct {
		for _, inner := range f.block.fields {
			inner.setDefault(into.FieldByIndex(inner.index))
		}
	}
}

// members reads an object's members, null ones left out, and refuses names that
// the plan does not know. It reports false when it is no object.
func (d *decoder) members(p *plan, path string, raw []byte) (map[string]json.RawMessage, bool) {
	notObject := func() (map[string]json.RawMessage, bool) {
		message := "must be a block"
		if path == "" {
			message = "the configuration must be one JSON object" // no more: what follows may be a secret
		}
		d.add(fault.Violation{Field: path, Message: message})
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') || !json.Valid(raw) {
		return notObject()
	}
	names := make([]string, 0, len(p.fields))
	for _, f := range p.fields {
		names = append(names, f.name)
	}
	given, seen := map[string]json.RawMessage{}, map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		name, ok := key.(string)
		var value json.RawMessage
		if err != nil || !ok || dec.Decode(&value) != nil {
			return notObject()
		}
		at := join(path, name)
		switch {
		case seen[name]:
			d.add(fault.Violation{Field: at, Message: "stands there twice"})
		case !slices.Contains(names, name):
			d.add(fault.Violation{
				Field: at, Message: fmt.Sprintf("there is no %.60q here", name),
				Allowed: names, DidYouMean: nearest(name, names),
			})
		case string(value) != "null":
			given[name] = value
		}
		seen[name] = true
	}
	return given, true
}

// validate asks the structs what their tags cannot say: the outer one, the
// embedded ones and those of the blocks.
func (d *decoder) validate(p *plan, path string, v reflect.Value) {
	d.ask(path, v)
	for _, index := range p.embedded {
		d.ask(path, v.FieldByIndex(index))
	}
	for _, f := range p.fields {
		if f.block == nil {
			continue
		}
		inner := v.FieldByIndex(f.index)
		if inner.Kind() == reflect.Pointer {
			if inner.IsNil() {
				continue
			}
			inner = inner.Elem()
		}
		d.validate(f.block, join(path, f.name), inner)
	}
}

func (d *decoder) ask(path string, v reflect.Value) {
	if !v.Addr().CanInterface() {
		return // an embedded struct that is not exported: its method is promoted
	}
	validator, ok := reflect.TypeAssert[Validator](v.Addr())
	if !ok {
		return
	}
	// A promoted method answers twice; the first answer counts.
	said := validator.Validate()
	known := make(map[string]bool, len(said))
	for _, violation := range said {
		violation.Field = join(path, violation.Field)
		if !d.wrong[violation.Field] || known[violation.Field] {
			known[violation.Field] = true
			d.add(violation)
		}
	}
}

func join(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}
