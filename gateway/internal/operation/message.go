package operation

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// message returns the catalogue's form of a message. It is registered before
// its fields are walked, so that a message may contain itself.
func (b *builder) message(md protoreflect.MessageDescriptor) *Message {
	full := string(md.FullName())
	if m := b.catalogue.Messages[full]; m != nil {
		return m
	}
	m := &Message{FullName: full, Name: b.shortName(md), Doc: comment(md), byName: map[string]*Field{}}
	b.catalogue.Messages[full] = m
	mt, err := b.types.FindMessageByName(md.FullName())
	if err != nil {
		b.fault(md.FullName(), "has no generated type: %v", err)
		return m
	}
	m.New = func() proto.Message { return mt.New().Interface() }
	m.Rules = rules(md)
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		if twin := mt.Descriptor().Fields().ByNumber(fd.Number()); twin == nil || twin.Name() != fd.Name() || twin.Kind() != fd.Kind() || twin.Cardinality() != fd.Cardinality() {
			b.fault(fd.FullName(), "differs between the contract and the generated code; run 'make generate'")
			continue
		}
		if f := b.field(fd); f != nil {
			m.Fields = append(m.Fields, f)
			m.byName[f.Name] = f
		}
	}
	slices.SortFunc(m.Fields, func(a, b *Field) int { return cmp.Compare(a.Number, b.Number) })
	return m
}

// shortName is a message's name without its package; two that agree in it
// could not be told apart in documents.
func (b *builder) shortName(d protoreflect.Descriptor) string {
	full := string(d.FullName())
	name := strings.TrimPrefix(full, string(d.ParentFile().Package())+".")
	if _, ok := d.(protoreflect.EnumDescriptor); ok {
		name = strings.TrimSuffix(name, ".V")
	}
	name = strings.ReplaceAll(name, ".", "")
	if other, taken := b.names[name]; taken && other != full {
		b.fault(d.FullName(), "reads as %s in documents, as does %s", name, other)
	}
	b.names[name] = full
	return name
}

func (b *builder) field(fd protoreflect.FieldDescriptor) *Field {
	f := &Field{Name: string(fd.Name()), Number: int32(fd.Number()), Doc: comment(fd), Map: fd.IsMap(), Repeated: fd.IsList()}
	value := fd
	if f.Map {
		value = fd.MapValue()
		if fd.MapKey().Kind() != protoreflect.StringKind {
			b.fault(fd.FullName(), "is a map whose keys are no strings")
			return nil
		}
	}
	if f.Kind = kindOf(value); f.Kind == "" {
		b.fault(fd.FullName(), "is a %s, which has no form in this API", value.Kind())
		return nil
	}
	switch f.Kind {
	case Nested:
		f.Message = b.message(value.Message())
	case EnumKind:
		f.Enum = b.enum(value.Enum())
	}
	behaviors, _ := proto.GetExtension(fd.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	f.OutputOnly = slices.Contains(behaviors, annotations.FieldBehavior_OUTPUT_ONLY)
	f.InputOnly = slices.Contains(behaviors, annotations.FieldBehavior_INPUT_ONLY)
	f.Immutable = slices.Contains(behaviors, annotations.FieldBehavior_IMMUTABLE)
	f.Required = slices.Contains(behaviors, annotations.FieldBehavior_REQUIRED)
	b.constraints(fd, f)
	return f
}

func kindOf(fd protoreflect.FieldDescriptor) Kind {
	switch fd.Kind() {
	case protoreflect.StringKind:
		return String
	case protoreflect.BoolKind:
		return Bool
	case protoreflect.Int32Kind:
		return Int32
	case protoreflect.Uint32Kind:
		return Uint32
	case protoreflect.DoubleKind:
		return Double
	case protoreflect.EnumKind:
		return EnumKind
	case protoreflect.BytesKind:
		return JSON
	case protoreflect.MessageKind:
		switch fd.Message().FullName() {
		case "google.protobuf.Timestamp":
			return Timestamp
		case "google.protobuf.Value":
			return Value
		}
		if fd.Message().ParentFile().Package() != "google.protobuf" {
			return Nested
		}
	}
	return ""
}

func (b *builder) enum(ed protoreflect.EnumDescriptor) *Enum {
	e := &Enum{Name: b.shortName(ed)}
	if parent, ok := ed.Parent().(protoreflect.MessageDescriptor); ok {
		e.Doc = comment(parent)
	}
	for i := range ed.Values().Len() {
		if v := ed.Values().Get(i); v.Number() != 0 {
			e.Values = append(e.Values, EnumValue{Name: string(v.Name()), Number: int32(v.Number()), Doc: comment(v)})
		}
	}
	return e
}

// anyOf is the form of the rules that demand one of several fields.
var anyOf = regexp.MustCompile(`^has\(this\.([a-z_.]+)\)$`)

func rules(md protoreflect.MessageDescriptor) []Rule {
	option, _ := proto.GetExtension(md.Options(), validate.E_Message).(*validate.MessageRules)
	var out []Rule
	for _, cel := range option.GetCel() {
		rule := Rule{ID: cel.GetId(), Message: cel.GetMessage()}
		for term := range strings.SplitSeq(cel.GetExpression(), "||") {
			match := anyOf.FindStringSubmatch(strings.TrimSpace(term))
			if match == nil {
				rule.AnyOf = nil
				break
			}
			rule.AnyOf = append(rule.AnyOf, match[1])
		}
		out = append(out, rule)
	}
	return out
}
