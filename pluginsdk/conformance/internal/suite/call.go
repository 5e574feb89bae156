package suite

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Request makes an empty request of an operation.
func (t *T) Request(operation string) proto.Message {
	return t.message(t.operation(operation).method.Input())
}

// Serves tells whether the connector serves an operation.
func (t *T) Serves(operation string) bool { return t.Subject.Serves(t.operation(operation).service) }

// Call makes a unary call of an operation.
func (t *T) Call(ctx context.Context, conn grpc.ClientConnInterface, operation string, request proto.Message) (proto.Message, error) {
	response, _, err := t.Measure(ctx, conn, operation, request)
	return response, err
}

// Measure makes a unary call of an operation, and tells what the call says that
// it cost at the PSA.
func (t *T) Measure(ctx context.Context, conn grpc.ClientConnInterface, operation string, request proto.Message, options ...grpc.CallOption) (proto.Message, Cost, error) {
	op := t.operation(operation)
	response := t.message(op.method.Output())
	var told trailers
	err := conn.Invoke(ctx, "/"+op.service+"/"+string(op.method.Name()), request, response, append(options, told.option())...)
	t.Heard(err)
	return response, told.cost(), err
}

// Walk lists all pages of pageSize and returns the rows of each. An error, and
// paging that does not end, end the check.
func (t *T) Walk(conn grpc.ClientConnInterface, operation string, request proto.Message, pageSize int32) [][]protoreflect.Message {
	pages, err := t.Pages(conn, operation, request, pageSize)
	if err != nil {
		t.Fatalf("%s, page %d of %d rows: %s", operation, len(pages)+1, pageSize, Words(err))
	}
	return pages
}

// Pages is Walk for lists that may be refused: it returns the error, and the pages
// before it.
func (t *T) Pages(conn grpc.ClientConnInterface, operation string, request proto.Message, pageSize int32) ([][]protoreflect.Message, error) {
	var pages [][]protoreflect.Message
	asked := proto.Clone(request).ProtoReflect()
	Set(asked, "page_size", protoreflect.ValueOfInt32(pageSize))
	for token, seen := "", map[string]bool{}; ; {
		if token != "" {
			Set(asked, "page_token", protoreflect.ValueOfString(token))
		}
		response, err := t.Call(t.ctx, conn, operation, asked.Interface())
		if err != nil {
			return pages, err
		}
		rows := Rows(response)
		if len(rows) > int(pageSize) {
			t.Errorf("%s answers %d rows where %d were asked", operation, len(rows), pageSize)
		}
		pages = append(pages, rows)
		token = Text(response.ProtoReflect(), "next_page_token")
		if token == "" {
			return pages, nil
		}
		if seen[token] {
			t.Fatalf("%s: page %d has a next_page_token that there was before: the walk never ends", operation, len(pages))
		}
		seen[token] = true
	}
}

// List is all rows of a walk in the largest pages.
func (t *T) List(conn grpc.ClientConnInterface, operation string, request proto.Message) []protoreflect.Message {
	var rows []protoreflect.Message
	for _, page := range t.Walk(conn, operation, request, MaxPage) {
		rows = append(rows, page...)
	}
	return rows
}

// MaxPage is the largest page that may be asked for.
const MaxPage = 200

// Rows are the records of a list's answer.
func Rows(response proto.Message) []protoreflect.Message {
	m := response.ProtoReflect()
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !f.IsList() || f.Kind() != protoreflect.MessageKind {
			continue
		}
		list := m.Get(f).List()
		rows := make([]protoreflect.Message, list.Len())
		for n := range rows {
			rows[n] = list.Get(n).Message()
		}
		return rows
	}
	return nil
}

// Set sets a field by its name.
func Set(m protoreflect.Message, field string, value protoreflect.Value) {
	m.Set(m.Descriptor().Fields().ByName(protoreflect.Name(field)), value)
}

// Has tells whether a message has a field of a name, and it is set.
func Has(m protoreflect.Message, field string) bool {
	f := m.Descriptor().Fields().ByName(protoreflect.Name(field))
	return f != nil && m.Has(f)
}

// Text is a text field by its name; "" when it is not set.
func Text(m protoreflect.Message, field string) string {
	if !Has(m, field) {
		return ""
	}
	return m.Get(m.Descriptor().Fields().ByName(protoreflect.Name(field))).String()
}

// ID is a record's id.
func ID(m protoreflect.Message) string { return Text(m, "id") }

func (t *T) operation(name string) *operation {
	op := t.index.operations[name]
	if op == nil {
		panic(fmt.Sprintf("the contract has no operation %q", name))
	}
	return op
}

func (t *T) message(d protoreflect.MessageDescriptor) proto.Message {
	typ, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		panic(err)
	}
	return typ.New().Interface()
}

// TextValue is a text as a field's value.
func TextValue(text string) protoreflect.Value { return protoreflect.ValueOfString(text) }
