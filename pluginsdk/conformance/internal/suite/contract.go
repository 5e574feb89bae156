package suite

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
)

// Served are the operations that the connector serves, by name.
func (t *T) Served() []string {
	var served []string
	for _, name := range t.index.names {
		if t.Serves(name) {
			served = append(served, name)
		}
	}
	return served
}

// Reads tells whether an operation only reads.
func (t *T) Reads(operation string) bool {
	return t.operation(operation).options.GetAccess() == operationv1.Access_READ
}

// Streams tells whether an operation carries a content in a stream.
func (t *T) Streams(operation string) bool {
	m := t.operation(operation).method
	return m.IsStreamingClient() || m.IsStreamingServer()
}

// Answer makes an empty answer of an operation.
func (t *T) Answer(operation string) protoreflect.Message {
	return t.message(t.operation(operation).method.Output()).ProtoReflect()
}

// Supports tells whether the connector takes a filter of an operation's request,
// or a field of its resource.
func (t *T) Supports(operation, part string) bool {
	for _, s := range t.Subject.Description.GetOperations() {
		if s.GetOperation() != operation {
			continue
		}
		if slices.Contains(s.GetUnsupportedFilters(), part) || slices.Contains(s.GetUnsupportedFields(), part) {
			return false
		}
	}
	return true
}

// Connection is the name of the connection that is tested.
func (t *T) Connection() string { return connection }
