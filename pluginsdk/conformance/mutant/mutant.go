package main

import (
	"errors"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// mutant is one mistake.
type mutant struct {
	// handle makes a unary call with the mistake; nil hands all on.
	handle func(c *call) (proto.Message, error)
	// stream tells whether a message of a stream goes through; nil hands all on.
	stream func(m proto.Message) bool
}

func (m mutant) make(c *call) (proto.Message, error) {
	if m.handle == nil {
		return forward(c)
	}
	return m.handle(c)
}

func (m mutant) passes(message proto.Message) bool { return m.stream == nil || m.stream(message) }

// forward makes no mistake.
func forward(c *call) (proto.Message, error) { return c.send(c.ctx, c.request) }

// asking changes the requests of one type before they are handed on.
func asking[T proto.Message](change func(T)) mutant {
	return mutant{handle: func(c *call) (proto.Message, error) {
		if r, ok := c.request.(T); ok {
			change(r)
		}
		return forward(c)
	}}
}

// answering changes the answers of one type.
func answering[T proto.Message](change func(T)) mutant {
	return mutant{handle: func(c *call) (proto.Message, error) {
		response, err := forward(c)
		if r, ok := response.(T); ok && err == nil {
			change(r)
		}
		return response, err
	}}
}

// everywhere visits a message and all that are in it.
func everywhere(m protoreflect.Message, visit func(protoreflect.Message)) {
	visit(m)
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
			if f.MapValue().Kind() == protoreflect.MessageKind {
				v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool { everywhere(v.Message(), visit); return true })
			}
		case f.Kind() != protoreflect.MessageKind:
		case f.IsList():
			for i := range v.List().Len() {
				everywhere(v.List().Get(i).Message(), visit)
			}
		default:
			everywhere(v.Message(), visit)
		}
		return true
	})
}

// field is a message's field of a name; nil where it has none.
func field(m protoreflect.Message, name string) protoreflect.FieldDescriptor {
	return m.Descriptor().Fields().ByName(protoreflect.Name(name))
}

// unset empties a field of a name, where there is one.
func unset(m protoreflect.Message, name string) {
	if f := field(m, name); f != nil {
		m.Clear(f)
	}
}

// creates tells whether a method makes a record.
func creates(method string) bool {
	return strings.HasPrefix(method, "Create") || method == "SendReply"
}

// faulty changes the faults that calls are refused with.
func faulty(change func(c *call, f *fault.Error)) mutant {
	return mutant{handle: func(c *call) (proto.Message, error) {
		response, err := forward(c)
		st, ok := status.FromError(err)
		if err == nil || !ok || st.Code() == codes.Unimplemented {
			return response, err
		}
		f := fault.FromStatus(st)
		changed := *f
		changed.Violations = slices.Clone(f.Violations)
		change(c, &changed)
		return response, fault.ToStatus(&changed).Err()
	}}
}

// refused is the neutral fault of a call; nil where there is none.
func refused(err error) *fault.Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e
	}
	return fault.FromStatus(status.Convert(err))
}
