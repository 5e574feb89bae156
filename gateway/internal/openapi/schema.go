package openapi

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// schemas collects the components that the operations use.
type schemas struct {
	components map[string]object
	// origin says what a name stands for, so that two things never share one.
	origin    map[string]any
	responses object
	err       error
}

func newSchemas() *schemas {
	return &schemas{components: map[string]object{}, origin: map[string]any{}}
}

// claim takes a component's name for its origin. It is false where the
// component is there already.
func (s *schemas) claim(name string, origin any) bool {
	taken, exists := s.origin[name]
	if exists && taken != origin && s.err == nil {
		s.err = fmt.Errorf("two schemas of the OpenAPI document would be called %s", name)
	}
	s.origin[name] = origin
	return !exists
}

func (s *schemas) sorted() object {
	var names []string
	for name := range s.components {
		names = append(names, name)
	}
	slices.Sort(names)
	var out object
	for _, name := range names {
		out = out.with(name, s.components[name])
	}
	return out
}

// answer is the schema of a message in an answer. Answers promise no more than
// types: a PSA holds what it holds, whatever a write would have to keep to.
func (s *schemas) answer(m *operation.Message) object {
	if s.claim(m.Name, m.FullName) {
		var properties object
		for _, f := range m.Fields {
			if f.InputOnly {
				continue
			}
			property := s.field(f, s.answer, false).described(f.Doc).when(f.OutputOnly, "readOnly", true)
			properties = properties.with(f.Name, property)
		}
		s.components[m.Name] = object{{"type", "object"}}.described(m.Doc).when(len(properties) > 0, "properties", properties)
	}
	return ref("schemas", m.Name)
}

// input is the schema of a message within a request.
func (s *schemas) input(m *operation.Message) object {
	name := m.Name + "Input"
	if s.claim(name, m.FullName) {
		var writable []*operation.Field
		for _, f := range m.Fields {
			if !f.OutputOnly {
				writable = append(writable, f)
			}
		}
		s.components[name] = s.request(m.Doc, writable, m.Rules, "", false)
	}
	return ref("schemas", name)
}

// body is the schema of an operation's request body.
func (s *schemas) body(op *operation.Operation) object {
	_, rpc, _ := strings.Cut(strings.TrimPrefix(op.FullMethod, "/"), "/")
	name := rpc + "Body"
	if s.claim(name, op.FullMethod) {
		prefix := ""
		rules := op.Input.Rules
		if op.HTTP.Body != "*" {
			prefix = op.HTTP.Body + "."
		}
		doc := fmt.Sprintf("The body of `%s`.", op.Name)
		schema := s.request(doc, op.BodyFields(), rules, prefix, op.Patch())
		s.components[name] = schema.when(op.Patch(), "minProperties", 1)
	}
	return ref("schemas", name)
}

// request is the schema of an object in a request: closed, with what it
// demands. In a PATCH each field may be null.
func (s *schemas) request(doc string, fields []*operation.Field, rules []operation.Rule, prefix string, patch bool) object {
	var properties object
	var required []string
	for _, f := range fields {
		property := s.field(f, s.input, true)
		if patch && !f.Map && !f.InputOnly {
			property = nullable(property)
		}
		properties = properties.with(f.Name, property.described(f.Doc).when(f.InputOnly, "writeOnly", true))
		if f.Required && !patch {
			required = append(required, f.Name)
		}
	}
	var choices []any
	for _, rule := range rules {
		switch {
		case len(rule.AnyOf) == 1:
			required = append(required, strings.TrimPrefix(rule.AnyOf[0], prefix))
		case len(rule.AnyOf) > 1:
			var options []any
			for _, path := range rule.AnyOf {
				options = append(options, object{{"required", []string{strings.TrimPrefix(path, prefix)}}})
			}
			choices = append(choices, object{{"description", sentence(rule.Message)}, {"anyOf", options}})
		}
	}
	out := object{{"type", "object"}}.described(doc)
	out = out.when(len(properties) > 0, "properties", properties).when(len(required) > 0, "required", required)
	return out.when(len(choices) > 0, "allOf", choices).with("additionalProperties", false)
}

// sentence makes a sentence of a rule's message.
func sentence(message string) string {
	if message == "" {
		return ""
	}
	return strings.ToUpper(message[:1]) + message[1:] + "."
}

// field is the schema of a field; nested says which schema a message gets, and
// constrained whether the field's constraints hold.
func (s *schemas) field(f *operation.Field, nested func(*operation.Message) object, constrained bool) object {
	element := s.element(f, nested, constrained)
	c := f.Constraints
	switch {
	case f.Map:
		out := object{{"type", "object"}, {"additionalProperties", element}}
		return out.when(constrained && c.MaxPairs > 0, "maxProperties", c.MaxPairs)
	case f.Repeated:
		out := object{{"type", "array"}, {"items", element}}
		if constrained {
			out = out.when(c.MinItems > 0, "minItems", c.MinItems).when(c.MaxItems > 0, "maxItems", c.MaxItems).
				when(c.Unique, "uniqueItems", true)
		}
		return out
	}
	return element
}

func (s *schemas) element(f *operation.Field, nested func(*operation.Message) object, constrained bool) object {
	c := f.Constraints
	switch f.Kind {
	case operation.Nested:
		return nested(f.Message)
	case operation.EnumKind:
		if constrained && len(c.In) > 0 {
			return object{{"type", "string"}, {"enum", c.In}}
		}
		return s.enum(f.Enum)
	case operation.Bool:
		return object{{"type", "boolean"}}
	case operation.Int32, operation.Uint32:
		return integer(f, constrained)
	case operation.Double:
		return object{{"type", "number"}, {"format", "double"}}
	case operation.Timestamp:
		return object{{"type", "string"}, {"format", "date-time"}, {"examples", []string{"2026-11-23T09:30:00Z"}}}
	case operation.Value, operation.JSON:
		return object{} // any JSON
	}
	out := object{{"type", "string"}}
	if constrained {
		out = out.when(len(c.In) > 0, "enum", c.In).when(c.MinLen > 0, "minLength", c.MinLen).
			when(c.MaxLen > 0, "maxLength", c.MaxLen).when(c.Pattern != "", "pattern", c.Pattern).
			when(c.Format != "", "format", c.Format)
	}
	return out
}

func integer(f *operation.Field, constrained bool) object {
	out := object{{"type", "integer"}}
	low, high := f.Constraints.Gte, f.Constraints.Lte
	if f.Kind == operation.Int32 {
		out = out.with("format", "int32")
	} else {
		zero, most := int64(0), int64(math.MaxUint32)
		if low == nil {
			low = &zero
		}
		if high == nil {
			high = &most
		}
	}
	if constrained {
		out = out.when(low != nil, "minimum", low).when(high != nil, "maximum", high)
	}
	return out
}

// enum is the schema of an enumeration, with what each value means.
func (s *schemas) enum(e *operation.Enum) object {
	if s.claim(e.Name, e.Name) {
		doc := []string{e.Doc, ""}
		for _, v := range e.Values {
			doc = append(doc, fmt.Sprintf("- `%s`: %s", v.Name, v.Doc))
		}
		s.components[e.Name] = object{{"type", "string"}, {"description", strings.Join(doc, "\n")}, {"enum", e.Names()}}
	}
	return ref("schemas", e.Name)
}

// nullable is a schema that takes null too.
func nullable(schema object) object {
	kind, simple := schema.get("type").(string)
	if !simple || schema.get("enum") != nil {
		if len(schema) == 0 {
			return schema // any JSON, null included
		}
		return object{{"anyOf", []any{schema, object{{"type", "null"}}}}}
	}
	out := slices.Clone(schema)
	for i := range out {
		if out[i].name == "type" {
			out[i].value = []string{kind, "null"}
		}
	}
	return out
}
