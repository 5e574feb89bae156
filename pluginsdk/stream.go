package pluginsdk

import (
	"context"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// interceptStream stands around the streams of contents as intercept stands
// around unary calls. The streams of the contract itself, which live as long as
// the process, pass.
func (s *server) interceptStream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if !strings.HasPrefix(info.FullMethod, ours) || strings.HasPrefix(info.FullMethod, controlMethods) {
		return handler(srv, stream)
	}
	start := time.Now()
	c := newCall(stream.Context(), nil, info.FullMethod)
	ctx := call.With(stream.Context(), c)
	_, err := s.run(ctx, nil, func(ctx context.Context, _ any) (any, error) {
		return nil, handler(srv, &contentStream{ServerStream: stream, ctx: ctx, call: c})
	})
	f := settle(ctx, c, err)
	stream.SetTrailer(cost(c))
	s.logCall(c, info.FullMethod, time.Since(start), f)
	if f != nil {
		return fault.ToStatus(f).Err()
	}
	return nil
}

// contentStream is a stream with the call in its context.
type contentStream struct {
	grpc.ServerStream
	ctx  context.Context //nolint:containedctx // a stream's context is the call's
	call *call.Call

	received, sent bool
}

// Context implements grpc.ServerStream.
func (s *contentStream) Context() context.Context { return s.ctx }

// RecvMsg implements grpc.ServerStream. The first message tells whether the call
// is a dry run; no handler can have looked before.
func (s *contentStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	if !s.received {
		s.received, s.call.DryRun = true, dryRun(m)
	}
	return nil
}

// SendMsg implements grpc.ServerStream. With the first message goes what the call
// has cost so far: whoever passes the content on has to tell it ahead.
func (s *contentStream) SendMsg(m any) error {
	if !s.sent {
		s.sent = true
		if err := s.SetHeader(cost(s.call)); err != nil {
			return err
		}
	}
	return s.ServerStream.SendMsg(m)
}
