package receipt

import (
	"slices"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// value returns a field's value, invalid where it is not set.
func value(m proto.Message, name string) protoreflect.Value {
	r := m.ProtoReflect()
	fd := r.Descriptor().Fields().ByName(protoreflect.Name(name))
	if fd == nil || !r.Has(fd) {
		return protoreflect.Value{}
	}
	return r.Get(fd)
}

// custom returns the value of a custom field, nil where it is not set.
func custom(m proto.Message, id string) *structpb.Value {
	v := value(m, customFields)
	if !v.IsValid() {
		return nil
	}
	key := protoreflect.ValueOfString(id).MapKey()
	if !v.Map().Has(key) {
		return nil
	}
	sv, _ := v.Map().Get(key).Message().Interface().(*structpb.Value)
	return sv
}

func sortedKeys(m protoreflect.Map) []string {
	keys := make([]string, 0, m.Len())
	m.Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
		keys = append(keys, k.String())
		return true
	})
	slices.Sort(keys)
	return keys
}

func fieldResult(path string, asked, holds *structpb.Value, v verdict, kept bool) *psav1.FieldResult {
	if v.held {
		return nil
	}
	return psav1.FieldResult_builder{
		Field: &path, Asked: asked, Holds: holds, Code: new(v.code), Reason: new(reason(v, kept)),
	}.Build()
}

// jsonValue is a field's value as JSON shows it; nil is none.
func jsonValue(fd protoreflect.FieldDescriptor, v protoreflect.Value) *structpb.Value {
	if !v.IsValid() {
		return nil
	}
	if fd.IsList() {
		list := &structpb.ListValue{}
		for i := range v.List().Len() {
			list.Values = append(list.Values, scalar(fd, v.List().Get(i)))
		}
		return structpb.NewListValue(list)
	}
	return scalar(fd, v)
}

func scalar(fd protoreflect.FieldDescriptor, v protoreflect.Value) *structpb.Value {
	switch fd.Kind() {
	case protoreflect.MessageKind:
		var out structpb.Value
		b, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(v.Message().Interface())
		if err != nil || out.UnmarshalJSON(b) != nil {
			return nil
		}
		return &out
	case protoreflect.EnumKind:
		if ev := fd.Enum().Values().ByNumber(v.Enum()); ev != nil {
			return structpb.NewStringValue(string(ev.Name()))
		}
		return structpb.NewNumberValue(float64(v.Enum()))
	case protoreflect.BoolKind:
		return structpb.NewBoolValue(v.Bool())
	case protoreflect.StringKind:
		return structpb.NewStringValue(v.String())
	case protoreflect.Int32Kind:
		return structpb.NewNumberValue(float64(v.Int()))
	}
	out, err := structpb.NewValue(v.Interface())
	if err != nil {
		return nil
	}
	return out
}
