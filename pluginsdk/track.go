package pluginsdk

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc/stats"
)

// tracker counts calls until their answers are on the way, which is later than
// the end of their handlers: who stops in between cuts the answer off.
type tracker struct{ calls *gate }

type trackedKey struct{}

// tracked is whether the call of a context has entered the gate.
type tracked struct{ inside atomic.Bool }

// enter counts the call of ctx until its end, unless the gate is closed.
func (s *server) enter(ctx context.Context) bool {
	t, ok := ctx.Value(trackedKey{}).(*tracked)
	if !ok || !s.connections.all.enter() {
		return false
	}
	t.inside.Store(true)
	return true
}

// TagRPC implements stats.Handler.
func (tracker) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, trackedKey{}, &tracked{})
}

// HandleRPC implements stats.Handler.
func (h tracker) HandleRPC(ctx context.Context, event stats.RPCStats) {
	if _, over := event.(*stats.End); !over {
		return
	}
	if t, ok := ctx.Value(trackedKey{}).(*tracked); ok && t.inside.Swap(false) {
		h.calls.leave()
	}
}

// TagConn implements stats.Handler.
func (tracker) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn implements stats.Handler.
func (tracker) HandleConn(context.Context, stats.ConnStats) {}
