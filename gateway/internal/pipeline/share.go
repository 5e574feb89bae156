package pipeline

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/singleflight"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// reads are the reads under way, so that identical ones share one call of the
// PSA, whichever agents they are of: what an agent may not read is taken out
// later.
type reads struct {
	flights singleflight.Group
	// writes counts the writes per connection as they begin and as they end: a read
	// joins none that began before a write of which its caller may know.
	writes sync.Map // connection -> *atomic.Uint64
}

func (r *reads) generation(connection string) *atomic.Uint64 {
	counter, _ := r.writes.LoadOrStore(connection, new(atomic.Uint64))
	return counter.(*atomic.Uint64) //nolint:forcetypeassert // nothing else is stored
}

// shared is the result of a read for all who wait for it.
type shared struct {
	response proto.Message
	cost     Cost
}

// share has identical concurrent reads make one call.
func (p *Pipeline) share(ctx context.Context, inv *Invocation, next handler) error {
	op := inv.Operation
	if !op.Connector || op.Stream != operation.NoStream {
		return next(ctx, inv)
	}
	generation := p.reads.generation(inv.Connection)
	if op.Write {
		generation.Add(1)
		defer generation.Add(1)
		return next(ctx, inv)
	}
	request, err := proto.MarshalOptions{Deterministic: true}.Marshal(inv.Request)
	if err != nil {
		return problem.From(err)
	}
	key := fmt.Sprintf("%s\x00%d\x00%s\x00%s", inv.Connection, generation.Load(), op.Name, request)
	mine := false // this call is the one that is made
	look := *inv  // of its own: who waits no longer has inv back before the call ends
	look.Response, look.Cost = nil, Cost{}
	flight := p.reads.flights.DoChan(key, func() (_ any, err error) {
		mine = true
		// Nobody above this goroutine recovers, and singleflight ends the program.
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		// The call is for all who join, and does not end with the first.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.limits.Read)
		defer cancel()
		err = next(ctx, &look)
		return shared{look.Response, look.Cost}, err
	})
	select {
	case <-ctx.Done():
		return problem.New(problem.DeadlineExceeded, "the call had no answer in its time").Because(ctx.Err())
	case got := <-flight:
		result, _ := got.Val.(shared)
		if mine {
			inv.Cost.Add(result.cost)
		}
		if got.Err != nil {
			if !mine && ctx.Err() == nil && problem.From(got.Err).Code == problem.DeadlineExceeded {
				return next(ctx, inv) // the one that was joined had less time
			}
			return got.Err
		}
		inv.Response = result.response
		if got.Shared {
			inv.Response = proto.Clone(result.response) // the stages after this one change it
		}
		return nil
	}
}
