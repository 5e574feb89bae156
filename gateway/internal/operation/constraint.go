package operation

import (
	"strconv"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// constraints takes over a field's protovalidate rules. One that the catalogue
// cannot hold is a fault: it would be enforced and documented nowhere.
func (b *builder) constraints(fd protoreflect.FieldDescriptor, f *Field) {
	option, _ := proto.GetExtension(fd.Options(), validate.E_Field).(*validate.FieldRules)
	if option == nil {
		return
	}
	f.Required = f.Required || option.GetRequired()
	b.rules(fd, f, option)
}

func (b *builder) rules(fd protoreflect.FieldDescriptor, f *Field, option *validate.FieldRules) {
	option.ProtoReflect().Range(func(rule protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if rule.Kind() != protoreflect.MessageKind || rule.IsList() {
			if rule.Name() != "required" {
				b.unknownRule(fd, string(rule.Name()))
			}
			return true
		}
		v.Message().Range(func(r protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			b.rule(fd, f, string(rule.Name())+"."+string(r.Name()), v)
			return true
		})
		return true
	})
}

func (b *builder) unknownRule(fd protoreflect.FieldDescriptor, rule string) {
	b.fault(fd.FullName(), "has the constraint %s, which documents cannot show yet", rule)
}

func (b *builder) rule(fd protoreflect.FieldDescriptor, f *Field, name string, v protoreflect.Value) {
	c := &f.Constraints
	switch name {
	case "string.min_len":
		c.MinLen = v.Uint()
	case "string.max_len":
		c.MaxLen = v.Uint()
	case "string.pattern":
		c.Pattern = v.String()
	case "string.email", "string.uri":
		c.Format = strings.TrimPrefix(name, "string.")
	case "string.in":
		for i := range v.List().Len() {
			c.In = append(c.In, v.List().Get(i).String())
		}
	case "int32.gte", "uint32.gte":
		c.Gte = integer(v)
	case "int32.lte", "uint32.lte":
		c.Lte = integer(v)
	case "enum.defined_only":
		// Decoding takes defined values only, by name.
	case "enum.not_in":
		if v.List().Len() != 1 || v.List().Get(0).Int() != 0 {
			b.unknownRule(fd, name)
		}
	case "enum.in":
		for i := range v.List().Len() {
			c.In = append(c.In, f.Enum.nameOf(int32(v.List().Get(i).Int())))
		}
	case "repeated.min_items":
		c.MinItems = v.Uint()
	case "repeated.max_items":
		c.MaxItems = v.Uint()
	case "repeated.unique":
		c.Unique = v.Bool()
	case "repeated.items":
		if items, ok := v.Message().Interface().(*validate.FieldRules); ok {
			b.rules(fd, f, items)
		}
	case "map.max_pairs":
		c.MaxPairs = v.Uint()
	default:
		b.unknownRule(fd, name)
	}
}

func integer(v protoreflect.Value) *int64 {
	n, ok := v.Interface().(int32)
	wide := int64(n)
	if !ok {
		wide = int64(v.Uint())
	}
	return &wide
}

func (e *Enum) nameOf(number int32) string {
	for _, v := range e.Values {
		if v.Number == number {
			return v.Name
		}
	}
	return strconv.Itoa(int(number))
}
