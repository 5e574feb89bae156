package pluginsdk

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// OutcomeChecker is implemented by instances that can find out whether a write
// happened whose answer was lost.
type OutcomeChecker interface {
	// CheckOutcome looks, by reads that change nothing, whether the write happened.
	// An error says that it could not look.
	CheckOutcome(ctx context.Context, w LostWrite) (Outcome, error)
}

// LostWrite is a write whose answer was lost.
type LostWrite struct {
	// Operation is the name, such as "notes.create_internal".
	Operation string
	// Request is what was asked, a message of the operation's request type; of a
	// content that came along, its first message.
	Request proto.Message
	// SentAt is when the connector got it, by the gateway's clock; the PSA's may
	// differ.
	SentAt time.Time
	// LostAt is when its answer was given up: a request to the PSA that was lost
	// had left by then, and can still arrive for a while after.
	LostAt time.Time
	// Others are the ids of the records that other calls of a create have been
	// answered with since a minute before SentAt: none of them is what this call
	// made.
	Others []string
}

// Outcome is what is known of a lost write.
type Outcome struct {
	Happened Happened
	// Reason says how that is known, or why it is not, for a person.
	Reason string
	// Response is the answer that the write would have given, with
	// WriteHappened.
	Response proto.Message
	// AskAgain says, with WriteUnknown, when asking again can tell more; 0 is
	// never.
	AskAgain time.Duration
}

// Happened is whether a write happened.
type Happened int

// The findings.
const (
	WriteUnknown  Happened = iota // it cannot be told
	WriteHappened                 // it happened
	WriteDidNot                   // it did not, and will not any more
)

// outcome serves deskgate.connector.v1.OutcomeChecker.
type outcome struct{ *server }

var _ connectorv1.OutcomeCheckerServer = outcome{}

// CheckOutcome implements connectorv1.OutcomeCheckerServer.
func (o outcome) CheckOutcome(ctx context.Context, req *connectorv1.CheckOutcomeRequest) (*connectorv1.CheckOutcomeResponse, error) {
	conn, err := o.connections.enter(req.GetConnection())
	if err != nil {
		return nil, err
	}
	defer conn.calls.leave()
	if refused := conn.refusedFor(); refused != nil {
		return nil, refused
	}
	request, response, err := messagesOf(req.GetOperation())
	if err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(req.GetRequest(), request); err != nil {
		return nil, fault.InvalidArgument("request", "is no "+string(request.ProtoReflect().Descriptor().FullName()))
	}
	found := Outcome{Reason: "this connector cannot look"}
	if checker, ok := conn.instance.(OutcomeChecker); ok {
		w := LostWrite{
			Operation: req.GetOperation(), Request: request, Others: req.GetOthers(),
			SentAt: req.GetSentAt().AsTime(), LostAt: time.Now(),
		}
		if req.HasLostAt() {
			w.LostAt = req.GetLostAt().AsTime()
		}
		found, err = checker.CheckOutcome(ctx, w)
		conn.observe(call.From(ctx), err)
		if err != nil {
			return nil, err
		}
	}
	b := connectorv1.CheckOutcomeResponse_builder{
		Happened: new(connectorv1.Happened_CANNOT_TELL), Reason: new(text(found.Reason)),
		VendorRequests: new(int32(call.From(ctx).VendorRequests())),
	}
	switch found.Happened {
	case WriteHappened:
		*b.Happened = connectorv1.Happened_HAPPENED
		if got := proto.MessageName(found.Response); got != response {
			return nil, fault.Internal(fmt.Errorf("the outcome of %s is a %s, not a %s", req.GetOperation(), got, response))
		}
		if b.Response, err = proto.Marshal(found.Response); err != nil {
			return nil, fault.Internal(err)
		}
	case WriteDidNot:
		*b.Happened = connectorv1.Happened_DID_NOT
	case WriteUnknown:
		if found.AskAgain > 0 {
			b.AskAgainSeconds = new(int32((found.AskAgain + time.Second - 1) / time.Second))
		}
	}
	return b.Build(), nil
}

// messagesOf finds an operation by name: an empty request, and the name of its
// answer's type.
func messagesOf(name string) (proto.Message, protoreflect.FullName, error) {
	for _, desc := range capabilities {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(desc.ServiceName))
		if err != nil {
			continue
		}
		service, ok := found.(protoreflect.ServiceDescriptor)
		if !ok {
			continue
		}
		for i := range service.Methods().Len() {
			m := service.Methods().Get(i)
			if operation(desc.ServiceName, string(m.Name())) != name {
				continue
			}
			mt, err := protoregistry.GlobalTypes.FindMessageByName(m.Input().FullName())
			if err != nil {
				return nil, "", fault.Internal(err)
			}
			return mt.New().Interface(), m.Output().FullName(), nil
		}
	}
	return nil, "", fault.InvalidArgument("operation", fmt.Sprintf("there is no operation %q", name))
}
