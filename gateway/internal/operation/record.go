package operation

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Record is the operation as the API shows it, without what a connection says.
func (op *Operation) Record() *gatewayv1.Operation {
	access := operationv1.Access_V(op.Access)
	idempotency := operationv1.Idempotency_V(op.Idempotency)
	b := gatewayv1.Operation_builder{
		Name: &op.Name, Area: &op.Area, Access: &access, Summary: &op.Summary,
		Method: &op.HTTP.Method, Path: &op.HTTP.Path, Idempotency: &idempotency, Service: &op.Service,
	}
	for _, e := range op.Effects {
		kind := operationv1.Effect_Kind_V(e.Kind)
		b.Effects = append(b.Effects, operationv1.Effect_builder{Kind: &kind, When: text(e.When)}.Build())
	}
	for _, g := range op.Also {
		level := operationv1.Access_V(g.Access)
		b.Also = append(b.Also, operationv1.Grant_builder{Area: &g.Area, Access: &level, When: text(g.When)}.Build())
	}
	return proto.CloneOf(b.Build())
}

// text is nil for what is not said.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Record returns the id and the etag of the one record that an answer carries;
// empty where the answer carries none, or the record has none.
func Record(answer proto.Message) (id, etag string) {
	record := RecordOf(answer)
	if record == nil {
		return "", ""
	}
	return stringField(record.ProtoReflect(), "id"), stringField(record.ProtoReflect(), "etag")
}

// RecordOf returns the one record that an answer carries, or nil.
func RecordOf(answer proto.Message) proto.Message {
	m := answer.ProtoReflect()
	for i := range m.Descriptor().Fields().Len() {
		fd := m.Descriptor().Fields().Get(i)
		if fd.Message() == nil || fd.Cardinality() == protoreflect.Repeated || fd.Message().Fields().ByName("id") == nil {
			continue
		}
		return m.Get(fd).Message().Interface()
	}
	return nil
}

// Existed says that an answer is that of a create which found its record there
// already.
func Existed(answer proto.Message) bool {
	write, ok := answer.(interface{ GetReceipt() *psav1.Receipt })
	return ok && write.GetReceipt().GetAlreadyExisted()
}

func stringField(m protoreflect.Message, name protoreflect.Name) string {
	fd := m.Descriptor().Fields().ByName(name)
	if fd == nil || fd.Kind() != protoreflect.StringKind || fd.Cardinality() == protoreflect.Repeated {
		return ""
	}
	return m.Get(fd).String()
}

// NextPageToken is the token of the page after this one; empty on the last, and
// for an answer that is no page.
func NextPageToken(answer proto.Message) string {
	page, ok := answer.(interface{ GetNextPageToken() string })
	if !ok {
		return ""
	}
	return page.GetNextPageToken()
}
