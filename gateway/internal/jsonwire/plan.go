package jsonwire

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// plan is a message prepared for reading and writing.
type plan struct {
	// fields are in the order of their numbers.
	fields []*field
	byName map[string]*field
	// writable are the fields that a request may give, by name; writableNames
	// has their names in order.
	writable      map[string]*field
	writableNames []string
	// omitted is the field of an answer that says what it does not carry.
	omitted protoreflect.FieldDescriptor
}

// field is a field prepared for reading and writing.
type field struct {
	*operation.Field
	fd protoreflect.FieldDescriptor
	// single is a field that is neither list nor map, message one whose values
	// are messages to protobuf.
	single, message bool
	// key is the field's name as JSON with its colon.
	key string
	// plan is that of the nested message.
	plan *plan
	// names and numbers are an enum's values.
	names   map[protoreflect.EnumNumber]string
	numbers map[string]protoreflect.EnumNumber
	// include is the number of the Include that asks for the field; 0 for a
	// field that is always there.
	include protoreflect.EnumNumber
}

// omittedField is the field in which an answer names what it does not carry.
const omittedField = "omitted"

func newPlans(c *operation.Catalogue) (map[string]*plan, error) {
	plans := map[string]*plan{}
	for name := range c.Messages {
		plans[name] = &plan{byName: map[string]*field{}, writable: map[string]*field{}}
	}
	for name, m := range c.Messages {
		p := plans[name]
		fds := m.New().ProtoReflect().Descriptor().Fields()
		for _, f := range m.Fields {
			prepared := newField(f, fds.ByName(protoreflect.Name(f.Name)), plans)
			p.fields = append(p.fields, prepared)
			p.byName[f.Name] = prepared
			if !f.OutputOnly {
				p.writable[f.Name] = prepared
				p.writableNames = append(p.writableNames, f.Name)
			}
		}
	}
	return plans, tieIncludes(plans)
}

func newField(f *operation.Field, fd protoreflect.FieldDescriptor, plans map[string]*plan) *field {
	out := &field{
		Field: f, fd: fd, key: `"` + f.Name + `":`,
		single: !f.Repeated && !f.Map, message: fd.Message() != nil,
	}
	if f.Message != nil {
		out.plan = plans[f.Message.FullName]
	}
	if f.Enum != nil {
		out.names = map[protoreflect.EnumNumber]string{}
		out.numbers = map[string]protoreflect.EnumNumber{}
		for _, v := range f.Enum.Values {
			out.names[protoreflect.EnumNumber(v.Number)] = v.Name
			out.numbers[v.Name] = protoreflect.EnumNumber(v.Number)
		}
	}
	return out
}

// tieIncludes finds, for each answer that names what it omits, the fields that
// those names stand for: CO_OWNERS is the record's co_owners.
func tieIncludes(plans map[string]*plan) error {
	tied, known := map[string]bool{}, map[string]bool{}
	for _, p := range plans {
		omitted := p.byName[omittedField]
		if omitted == nil || omitted.Enum == nil || !omitted.Repeated {
			continue
		}
		p.omitted = omitted.fd
		for _, f := range p.fields {
			if f.plan == nil {
				continue
			}
			for name, number := range omitted.numbers {
				known[name] = true
				if record := f.plan.byName[strings.ToLower(name)]; record != nil && number < 64 {
					record.include = number
					tied[name] = true
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if !tied[name] {
			return fmt.Errorf("the contract is unfit: an answer can omit %s, and no record has a field %s", name, strings.ToLower(name))
		}
	}
	return nil
}
