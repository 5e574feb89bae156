package sample

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Definition describes a custom field.
type Definition = *psav1.CustomFieldDefinition

// CustomFields are the custom fields of a resource that a record has and that can
// be written: those of the tenant, or the PSA's own.
func (x *Tenant) CustomFields(r Resource, has protoreflect.Message, builtin bool) []Definition {
	all := rows[Definition](x, "catalogue.custom_fields", with("resource", r.Name))
	ticket, isTicket := has.Interface().(*psav1.Ticket)
	return slices.DeleteFunc(all, func(d Definition) bool {
		return !d.GetWritable() || d.GetBuiltin() != builtin || isTicket && !appliesTo(d, ticket)
	})
}

func appliesTo(d Definition, t *psav1.Ticket) bool {
	here := func(q *psav1.Reference) bool { return q.GetId() == t.GetQueue().GetId() }
	return ofKind(t, d.GetKinds()) && (len(d.GetQueues()) == 0 || slices.ContainsFunc(d.GetQueues(), here))
}

// Custom is a record of the resource with values of custom fields.
func (r Resource) Custom(values map[string]*structpb.Value) proto.Message {
	m := proto.Clone(r.message)
	f := m.ProtoReflect().Descriptor().Fields().ByName("custom_fields")
	all := m.ProtoReflect().Mutable(f).Map()
	for id, v := range values {
		all.Set(protoreflect.ValueOfString(id).MapKey(), protoreflect.ValueOfMessage(v.ProtoReflect()))
	}
	return m
}

// CustomValue is a value that a custom field can have and that is not another; nil
// where none is known.
func CustomValue(d Definition, not *structpb.Value) *structpb.Value {
	for _, v := range customValues(d) {
		if !proto.Equal(v, not) {
			return v
		}
	}
	return nil
}

// customValues are values of a type, the telling ones first.
func customValues(d Definition) []*structpb.Value {
	texts := func(all ...string) (values []*structpb.Value) {
		for _, text := range all {
			values = append(values, structpb.NewStringValue(text))
		}
		return values
	}
	cut := func(text string) string {
		if runes := []rune(text); d.GetMaxLength() > 0 && len(runes) > int(d.GetMaxLength()) {
			return string(runes[:d.GetMaxLength()])
		}
		return text
	}
	switch d.GetType() {
	case psav1.CustomFieldType_STRING:
		return texts(cut("Größe 42 ✓"), cut("other"))
	case psav1.CustomFieldType_TEXT:
		return texts(cut("Größe 42 ✓\nSecond line."), cut("other"))
	case psav1.CustomFieldType_URL:
		return texts("https://conformance.example/a?b=c&d=1", "https://conformance.example")
	case psav1.CustomFieldType_NUMBER:
		return []*structpb.Value{structpb.NewNumberValue(42), structpb.NewNumberValue(7)}
	case psav1.CustomFieldType_BOOL:
		return []*structpb.Value{structpb.NewBoolValue(true), structpb.NewBoolValue(false)}
	case psav1.CustomFieldType_DATE:
		return texts("2031-03-04", "2031-12-31")
	case psav1.CustomFieldType_DATETIME:
		return texts("2031-03-04T05:06:07Z", "2031-12-31T23:59:58Z")
	case psav1.CustomFieldType_SELECT, psav1.CustomFieldType_REFERENCE:
		return texts(options(d)...)
	case psav1.CustomFieldType_MULTISELECT:
		ids := texts(options(d)...)
		if len(ids) == 0 {
			return nil
		}
		list := func(ids []*structpb.Value) *structpb.Value {
			return structpb.NewListValue(&structpb.ListValue{Values: ids})
		}
		return []*structpb.Value{list(ids[:min(2, len(ids))]), list(ids[len(ids)-1:])}
	}
	return nil
}

// options are the ids of the options that a write may give.
func options(d Definition) []string {
	var ids []string
	for _, o := range d.GetOptions() {
		if o.GetActive() || !o.HasActive() {
			ids = append(ids, o.GetId())
		}
	}
	return ids
}

// WrongValues are values that a custom field cannot have, by what is wrong with
// them.
func WrongValues(d Definition) map[string]*structpb.Value {
	text, number, yes := structpb.NewStringValue("neither 42 nor a date"), structpb.NewNumberValue(42), structpb.NewBoolValue(true)
	object := structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{"id": number}})
	wrong := map[string]*structpb.Value{"an object": object}
	switch d.GetType() {
	case psav1.CustomFieldType_STRING, psav1.CustomFieldType_TEXT, psav1.CustomFieldType_URL:
		wrong["a number"], wrong["a boolean"] = number, yes
		if n := int(d.GetMaxLength()); n > 0 {
			wrong["a text that is too long"] = structpb.NewStringValue(strings.Repeat("x", n+1))
		}
	case psav1.CustomFieldType_NUMBER:
		wrong["a text"], wrong["a boolean"] = text, yes
	case psav1.CustomFieldType_BOOL:
		wrong["a text"], wrong["a number"] = text, number
	case psav1.CustomFieldType_DATE:
		wrong["a text that is no date"], wrong["a day that there is not"] = text, structpb.NewStringValue("2031-02-30")
	case psav1.CustomFieldType_DATETIME:
		wrong["a text that is no time"], wrong["a number"] = text, number
	case psav1.CustomFieldType_SELECT:
		wrong["an option that there is not"], wrong["a number"] = text, structpb.NewNumberValue(1e9+7)
	case psav1.CustomFieldType_MULTISELECT:
		wrong["an option that there is not"] = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{text}})
	}
	return wrong
}
