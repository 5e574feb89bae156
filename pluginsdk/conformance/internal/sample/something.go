package sample

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
)

// Something puts some value at a path of a message, enough to be refused; false
// where it has no such field.
func Something(m protoreflect.Message, path string) bool {
	name, rest, deeper := strings.Cut(path, ".")
	f := m.Descriptor().Fields().ByName(protoreflect.Name(name))
	switch {
	case f == nil:
		return false
	case deeper:
		return f.Message() != nil && !f.IsList() && Something(m.Mutable(f).Message(), rest)
	case f.IsMap():
		m.Mutable(f).Map().Set(protoreflect.ValueOfString("1").MapKey(), protoreflect.ValueOfMessage(structpb.NewStringValue("1").ProtoReflect()))
	case f.IsList() && f.Message() != nil:
		return anything(m.Mutable(f).List().AppendMutable().Message())
	case f.IsList():
		m.Mutable(f).List().Append(scalar(f))
	case f.Message() != nil:
		return anything(m.Mutable(f).Message())
	default:
		m.Set(f, scalar(f))
	}
	return true
}

// anything gives a message an id, or a value in its first field.
func anything(m protoreflect.Message) bool {
	if m.Descriptor().Fields().ByName("id") != nil {
		return Something(m, "id")
	}
	return Something(m, string(m.Descriptor().Fields().Get(0).Name()))
}

func scalar(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(3600)
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(3600)
	}
	return protoreflect.ValueOfString("1")
}
