// Package write makes writes for a check and judges each by what is read
// afterwards: whether the record holds what was asked, whether nothing else moved,
// and whether the receipt tells so.
package write

import (
	"context"
	"fmt"
	"io"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Call is one write.
type Call struct {
	Operation string
	Request   proto.Message
	// Content is what an upload sends after its request.
	Content []byte
	// Of is the record that is changed or deleted; of a creation it has no id.
	Of record.Ref
	// Asked is the record with the values that the request asks for, nil for a
	// deletion. Fields are the paths of these values, those that are cleared among
	// them.
	Asked  proto.Message
	Fields []string
	// Parts are what the request asks for beside the record's fields, by the names
	// that receipts have for it, such as `comment`.
	Parts []string
}

// Answer is what a write answered.
type Answer struct {
	Message proto.Message
	// Record is nil where the answer has none.
	Record  protoreflect.Message
	Receipt *psav1.Receipt
}

// Options are the request's options, made where it has none yet.
func (c Call) Options() *psav1.WriteOptions {
	m := c.Request.ProtoReflect()
	f := m.Descriptor().Fields().ByName("options")
	if f == nil {
		panic("the request of " + c.Operation + " has no options")
	}
	options, ok := m.Mutable(f).Message().Interface().(*psav1.WriteOptions)
	if !ok {
		panic("the options of " + c.Operation + " are others")
	}
	return options
}

// With is the same write with other options.
func (c Call) With(set func(*psav1.WriteOptions)) Call {
	c.Request = proto.Clone(c.Request)
	set(c.Options())
	return c
}

// Dry is the same write as a dry run.
func (c Call) Dry() Call { return c.With(func(o *psav1.WriteOptions) { o.SetDryRun(true) }) }

// If is the same write for a record that has an etag.
func (c Call) If(etag string) Call { return c.With(func(o *psav1.WriteOptions) { o.SetIfMatch(etag) }) }

// Try makes the write over a connection and judges nothing.
func (c Call) Try(t *suite.T, conn grpc.ClientConnInterface) (*Answer, error) {
	message, err := c.send(t, conn)
	if err != nil {
		return nil, err
	}
	a := &Answer{Message: message, Record: record.Member(message.ProtoReflect(), c.Of.Name)}
	if r := record.Member(message.ProtoReflect(), "receipt"); r != nil {
		a.Receipt, _ = r.Interface().(*psav1.Receipt)
	}
	if a.Receipt == nil {
		t.Fatalf("%s answers no receipt", c.Operation)
	}
	return a, nil
}

func (c Call) send(t *suite.T, conn grpc.ClientConnInterface) (proto.Message, error) {
	if request, ok := c.Request.(*psav1.CreateAttachmentRequest); ok {
		return upload(t.Context(), conn, request, c.Content)
	}
	return t.Call(t.Context(), conn, c.Operation, c.Request)
}

// ChunkBytes is how much of a content one message of a stream may carry.
const ChunkBytes = 256 << 10

func upload(ctx context.Context, conn grpc.ClientConnInterface, request *psav1.CreateAttachmentRequest, content []byte) (proto.Message, error) {
	stream, err := psav1.NewAttachmentWriterClient(conn).CreateAttachment(ctx)
	if err != nil {
		return nil, err
	}
	err = stream.Send(request)
	for chunk := range slices.Chunk(content, ChunkBytes) {
		if err != nil {
			break
		}
		err = stream.Send(psav1.CreateAttachmentRequest_builder{Chunk: chunk}.Build())
	}
	if err != nil && err != io.EOF { //nolint:errorlint // Send answers io.EOF itself, and the reason comes with the answer
		return nil, err
	}
	return stream.CloseAndRecv()
}

// Made is a write that was made.
type Made struct {
	Call
	*Answer
	// Ref points at the record that was made, changed or deleted.
	Ref record.Ref
	// Before is the record as it was, nil for a creation. After is what another
	// process reads, nil for a deletion.
	Before, After protoreflect.Message
	// Sent are the vendor requests that can have changed something; Requests is how
	// many there were at all. Logged is false where the simulator keeps no log.
	Sent     []simulated.Request
	Requests int
	Logged   bool

	support psav1.Support_V
}

// Make makes the write, which has to succeed, and judges it by what another
// process reads afterwards.
func (c Call) Make(t *suite.T) *Made {
	m, err := c.attempt(t)
	if err != nil {
		t.Fatalf("%s is refused: %s", c.title(), suite.Words(err))
	}
	return m
}

// MakeUnless makes the write as Make does, unless it is refused with one of some
// codes: nothing may have been sent then.
func (c Call) MakeUnless(t *suite.T, codes ...fault.Code) (*Made, *fault.Error) {
	var before protoreflect.Message
	if c.Of.ID != "" {
		before = c.Of.Anew(t)
	}
	m, err := c.attempt(t)
	if err == nil {
		return m, nil
	}
	f := suite.Fault(err)
	if !slices.Contains(codes, f.Code) {
		t.Fatalf("%s is refused: %s", c.title(), suite.Words(err))
	}
	if sent := effective(m.Sent, f); len(sent) > 0 {
		t.Errorf("%s is refused with %s, and this was sent: %s", c.title(), f.Code, lines(sent))
	}
	if before != nil {
		c.unchanged(t, before, "a refusal")
	}
	return nil, f
}

func (c Call) attempt(t *suite.T) (*Made, error) {
	m := &Made{Call: c, Ref: c.Of, Logged: t.Simulator.Has[simulated.Requests], support: supportOf(t, c.Operation)}
	if c.Of.ID != "" {
		m.Before = c.Of.Anew(t)
	}
	if m.Logged {
		t.Forget()
	}
	var err error
	m.Answer, err = c.Try(t, t.Conn())
	if m.Logged {
		m.Sent, m.Requests = t.Sent(), len(t.Requests())
	}
	if err != nil {
		return m, err
	}
	m.judge(t)
	return m, nil
}

// judge looks at what became of the write.
func (m *Made) judge(t *suite.T) {
	if m.deletes() {
		m.Of.Gone(t)
		for _, p := range m.receipt() {
			t.Errorf("%s: %s", m.title(), p)
		}
		return
	}
	if m.Record == nil {
		t.Fatalf("%s answers no %s", m.title(), m.Of.Name)
	}
	if m.Ref.ID = suite.ID(m.Record); m.Ref.ID == "" {
		t.Fatalf("%s answers a %s without an id", m.title(), m.Of.Name)
	}
	record.Settle(t, func() []string {
		m.After = m.Ref.Anew(t)
		wrong := slices.Concat(m.receipt(), m.truth(), m.Ref.Against(t, m.After))
		for i, p := range wrong {
			wrong[i] = fmt.Sprintf("%s: %s", m.title(), p)
		}
		return wrong
	})
}

// deletes tells whether the write takes the record away.
func (c Call) deletes() bool { return c.Asked == nil && c.Of.ID != "" }

// title names the write in messages.
func (c Call) title() string {
	switch {
	case c.Of.ID != "" && len(c.Fields) > 0 && len(c.Fields) < 4:
		return fmt.Sprintf("%s of %s of %s", c.Operation, list(c.Fields), c.Of)
	case c.Of.ID != "":
		return fmt.Sprintf("%s of %s", c.Operation, c.Of)
	}
	return c.Operation
}

func supportOf(t *suite.T, operation string) psav1.Support_V {
	for _, o := range t.Subject.Description.GetOperations() {
		if o.GetOperation() == operation && o.GetEmulated() {
			return psav1.Support_EMULATED
		}
	}
	return psav1.Support_NATIVE
}
