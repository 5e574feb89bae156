package pluginsdk

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

const (
	ours           = "/deskgate."
	controlMethods = "/deskgate.connector.v1."         // their requests name the connection
	shutdownMethod = "/plugin.GRPCController/Shutdown" // go-plugin's
)

// intercept stands around every unary call. It gives it its place in the
// context, and its caller an error that says something.
func (s *server) intercept(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	switch {
	case info.FullMethod == shutdownMethod:
		// Not go-plugin's handler: it cuts every answer off that is still on its way.
		s.stop()
		go s.leave()
		return &emptypb.Empty{}, nil
	case !strings.HasPrefix(info.FullMethod, ours):
		return handler(ctx, req)
	}
	start := time.Now()
	c := newCall(ctx, req, info.FullMethod)
	resp, err := s.run(call.With(ctx, c), req, handler)
	f := settle(ctx, c, err)
	_ = grpc.SetTrailer(ctx, cost(c)) // it fails outside of a gRPC server only, and then nobody wants it
	s.logCall(c, info.FullMethod, time.Since(start), f)
	if f != nil {
		return nil, fault.ToStatus(f).Err()
	}
	return resp, nil
}

// cost is what a call has cost at the PSA so far.
func cost(c *call.Call) metadata.MD {
	return metadata.Pairs(
		handshake.TrailerVendorRequests, strconv.FormatInt(c.VendorRequests(), 10),
		handshake.TrailerVendorMS, strconv.FormatInt(c.VendorTime().Milliseconds(), 10))
}

// run calls the handler, unless the process is about to end. A panic becomes an
// error.
func (s *server) run(ctx context.Context, req any, handler grpc.UnaryHandler) (resp any, err error) {
	if !s.enter(ctx) {
		return nil, stopped()
	}
	ctx, cancel := inTime(ctx)
	defer cancel()
	defer context.AfterFunc(s.hurry, cancel)()
	defer func() {
		if r := recover(); r != nil {
			resp, err = nil, &panicError{value: r, stack: debug.Stack()}
		}
	}()
	return handler(ctx, req)
}

// answerMargin is the most that a call's time is cut by.
const answerMargin = time.Second

// inTime ends ctx a little before its deadline: at the deadline the gateway
// stops listening, and what is known of a write (that it was never sent, say)
// would be lost.
func inTime(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(time.Until(deadline)/10, answerMargin)))
}

// panicError is a panic of the connector's code.
type panicError struct {
	value any
	stack []byte
}

// Error returns what was panicked with. It is for the log alone.
func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// newCall makes the call that goes into the context.
func newCall(ctx context.Context, req any, method string) *call.Call {
	c := &call.Call{
		Connection: connectionOf(ctx),
		RequestID:  first(ctx, handshake.MetadataRequestID),
		Agent:      first(ctx, handshake.MetadataAgent),
		DryRun:     dryRun(req),
		ReadOnly:   method == connectorv1.OutcomeChecker_CheckOutcome_FullMethodName,
	}
	if named, ok := req.(interface{ GetConnection() string }); ok && strings.HasPrefix(method, controlMethods) {
		c.Connection = named.GetConnection()
	}
	return c
}

func connectionOf(ctx context.Context) string { return first(ctx, handshake.MetadataConnection) }

// first is the first value of a key of the caller's metadata.
func first(ctx context.Context, key string) string {
	if values := metadata.ValueFromIncomingContext(ctx, key); len(values) > 0 {
		return values[0]
	}
	return ""
}

// dryRun reads options.dry_run of a write's request.
func dryRun(req any) bool {
	m, ok := req.(proto.Message)
	if !ok {
		return false
	}
	r := m.ProtoReflect()
	options := r.Descriptor().Fields().ByName("options")
	if options == nil || options.Message() == nil || options.IsList() || options.IsMap() || !r.Has(options) {
		return false
	}
	field := options.Message().Fields().ByName("dry_run")
	return field != nil && field.Kind() == protoreflect.BoolKind && !field.IsList() && r.Get(options).Message().Get(field).Bool()
}

// settle turns an error into what the gateway is told. However the call has
// failed, it never claims that nothing was written when something was.
func settle(ctx context.Context, c *call.Call, err error) *fault.Error {
	if err == nil {
		return nil
	}
	outcome := fault.NotSent
	if c.Writes() > 0 {
		outcome = fault.Unknown
	}
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case ok && f.Outcome != fault.Unknown && outcome == fault.Unknown:
		told := *f // the error is whoever's made it
		return told.WithOutcome(outcome)
	case ok:
		return f
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault.DeadlineExceeded(outcome, "the call ended before the connector had an answer").WithCause(err)
	default:
		return fault.Internal(err).WithOutcome(outcome)
	}
}

// logCall writes the call's one line, and the reason of what is told to nobody.
func (s *server) logCall(c *call.Call, method string, took time.Duration, f *fault.Error) {
	internal := f != nil && f.Code == fault.CodeInternal
	if !internal && !s.log.IsDebug() {
		return
	}
	service, name, _ := strings.Cut(strings.TrimPrefix(method, "/"), "/")
	args := []any{"request_id", c.RequestID, "connection", c.Connection, "operation", operation(service, name),
		"ms", took.Milliseconds(), "vendor_requests", c.VendorRequests(), "vendor_ms", c.VendorTime().Milliseconds()}
	switch {
	case internal:
		args = append(args, "error", f.Message)
		if cause := errors.Unwrap(f); cause != nil {
			args = append(args, "cause", cause.Error())
		}
		if p, ok := errors.AsType[*panicError](f); ok {
			args = append(args, "stack", string(p.stack))
		}
		s.log.Error("call failed", args...)
	case f != nil:
		s.log.Debug("call refused", append(args, "code", string(f.Code), "reason", f.Reason)...)
	default:
		s.log.Debug("call done", args...)
	}
}
