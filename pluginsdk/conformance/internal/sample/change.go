package sample

import (
	"fmt"
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
)

// Resource is a kind of records that can be changed.
type Resource struct {
	record.Kind
	// Create and Update are the operations.
	Create, Update string

	message proto.Message
	// input is a record that can be created and have another value in a field, "" for
	// any. Where new is set, that makes one in place of it.
	input func(x *Tenant, field string) proto.Message
	new   func(x *Tenant, field string) record.Ref
	// value makes a record with another value for a field than one has, and with
	// what cannot go without it. Where there is none, it says why.
	value func(x *Tenant, has protoreflect.Message, field string) (value proto.Message, why string)
}

// Fields are the fields of the resource that an update can write, but for the
// custom fields.
func (r Resource) Fields() []string {
	var names []string
	for _, f := range writable(r.message.ProtoReflect().Descriptor()) {
		if name := string(f.Name()); name != "custom_fields" && !slices.Contains(notChanged[r.Name], name) {
			names = append(names, name)
		}
	}
	return names
}

// notChanged are fields that say what a record is, not how it is.
var notChanged = map[string][]string{"ticket": {"kind"}}

func writable(d protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	var list []protoreflect.FieldDescriptor
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		behaviors, _ := proto.GetExtension(f.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
		if len(behaviors) == 0 {
			list = append(list, f)
		}
	}
	return list
}

// New makes a record for a check to change a field of, "" for any, and reads it by
// another process.
func (r Resource) New(x *Tenant, field string) (record.Ref, protoreflect.Message) {
	var ref record.Ref
	if r.new != nil {
		ref = r.new(x, field)
	} else {
		answer, err := r.Add(x.t, r.input(x, field)).Try(x.t, x.t.Conn())
		if err != nil {
			x.t.Fatalf("%s: a %s to change cannot be created: %s", r.Create, r.Name, suite.Words(err))
		}
		ref = record.Ref{Kind: r.Kind, ID: suite.ID(answer.Record)}
	}
	return ref, ref.Anew(x.t)
}

// Change is an update that gives a field another value than a record has. Where
// there is none to give, it says why.
func (r Resource) Change(x *Tenant, ref record.Ref, has protoreflect.Message, field string) (c write.Call, why string) {
	value, why := r.given(x.t, field)
	if value == nil && why == "" {
		value, why = r.value(x, has, field)
	}
	if why != "" && Unsupported(x.t, r.Update, field) {
		value, why = r.any(field), ""
	}
	if why != "" {
		return c, why
	}
	return r.Set(x.t, ref, value, record.SetFields(value.ProtoReflect())...), ""
}

// given is the value that the fixtures have for a field; nil where they have none.
func (r Resource) given(t *suite.T, field string) (proto.Message, string) {
	text := t.File.Fixtures.Values[r.Name+"."+field]
	if text == nil {
		return nil, ""
	}
	value := proto.Clone(r.message)
	if err := protojson.Unmarshal(fmt.Appendf(nil, `{%q: %s}`, field, text), value); err != nil {
		return nil, fmt.Sprintf("fixtures.values has a value for %s.%s that it cannot have: %v", r.Name, field, err)
	}
	return value, ""
}

// Set is an update of fields to the values that a record has; what it does not
// have is cleared.
func (r Resource) Set(t *suite.T, ref record.Ref, value proto.Message, fields ...string) write.Call {
	request := t.Request(r.Update)
	m := request.ProtoReflect()
	ref.Point(m)
	suite.Set(m, "input", protoreflect.ValueOfMessage(proto.Clone(value).ProtoReflect()))
	list := m.Mutable(m.Descriptor().Fields().ByName("set_fields")).List()
	for _, f := range fields {
		list.Append(protoreflect.ValueOfString(f))
	}
	return write.Call{Operation: r.Update, Request: request, Of: ref, Asked: value, Fields: fields}
}

// Add is a creation of a record of the resource.
func (r Resource) Add(t *suite.T, input proto.Message) write.Call {
	request := t.Request(r.Create)
	suite.Set(request.ProtoReflect(), "input", protoreflect.ValueOfMessage(proto.Clone(input).ProtoReflect()))
	return write.Call{
		Operation: r.Create, Request: request, Of: record.Ref{Kind: r.Kind}, Asked: input, Fields: record.SetFields(input.ProtoReflect()),
	}
}

// Unsupported says that a connector declares not to write a field.
func Unsupported(t *suite.T, operation, field string) bool {
	return slices.Contains(UnsupportedFields(t, operation), field)
}

// UnsupportedFields are the fields that a connector declares not to write by an
// operation.
func UnsupportedFields(t *suite.T, operation string) []string {
	for _, o := range t.Subject.Description.GetOperations() {
		if o.GetOperation() == operation {
			return o.GetUnsupportedFields()
		}
	}
	return nil
}

// named is a value of a list with what tells whether it can be written.
type named interface {
	GetId() string
	GetName() string
}

// other is the first of some values that is not one and whose name no other has:
// a write may name it.
func other[V named](all []V, not string, usable func(V) bool) (found V, ok bool) {
	for _, v := range all {
		if v.GetId() == not || v.GetName() == "" || !usable(v) {
			continue
		}
		namesakes := 0
		for _, w := range all {
			if w.GetName() == v.GetName() {
				namesakes++
			}
		}
		if namesakes == 1 {
			return v, true
		}
	}
	return found, false
}

// none says that a list has no other value.
func none(what string) string { return fmt.Sprintf("there is no other %s to write", what) }

// Empty is a record of the resource that has nothing.
func (r Resource) Empty() proto.Message { return r.message }

// any is a record with something in a field: enough to be refused.
func (r Resource) any(field string) proto.Message {
	m := proto.Clone(r.message)
	Something(m.ProtoReflect(), field)
	return m
}
