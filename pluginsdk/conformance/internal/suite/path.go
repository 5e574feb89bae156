package suite

import (
	"fmt"
	"regexp"
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// param is a parameter of a path; the first is always the connection.
var param = regexp.MustCompile(`\{([a-z_]+)\}`)

// IDs are the fields of an operation's request that name records: those of its
// path, in order, but for the connection.
func (t *T) IDs(operation string) []string {
	rule, ok := proto.GetExtension(t.operation(operation).method.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok {
		panic(fmt.Sprintf("%s has no path", operation))
	}
	path := rule.GetGet() + rule.GetPost() + rule.GetPatch() + rule.GetPut() + rule.GetDelete()
	var names []string
	for _, match := range param.FindAllStringSubmatch(path, -1)[1:] {
		names = append(names, match[1])
	}
	return names
}

// Ask makes a request of an operation about the records of these ids.
func (t *T) Ask(operation string, ids ...string) proto.Message {
	request := t.Request(operation)
	for i, field := range t.IDs(operation) {
		Set(request.ProtoReflect(), field, protoreflect.ValueOfString(ids[i]))
	}
	return request
}

// Read is the record that an operation answers for these ids. An error ends the
// check.
func (t *T) Read(operation string, ids ...string) protoreflect.Message {
	response, err := t.Call(t.ctx, t.Conn(), operation, t.Ask(operation, ids...))
	if err != nil {
		t.Fatalf("%s of %v: %s", operation, ids, Words(err))
	}
	return Record(response)
}

// Record is the record of an answer that holds one.
func Record(response proto.Message) protoreflect.Message {
	m := response.ProtoReflect()
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); !f.IsList() && f.Kind() == protoreflect.MessageKind {
			return m.Get(f).Message()
		}
	}
	return nil
}

// Unsupported tells whether a connector says that it refuses a filter of an
// operation.
func (t *T) Unsupported(operation, filter string) bool {
	return slices.ContainsFunc(t.Subject.Description.GetOperations(), func(s support) bool {
		return s.GetOperation() == operation && slices.Contains(s.GetUnsupportedFilters(), filter)
	})
}
