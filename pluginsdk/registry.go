package pluginsdk

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Reasons of connection_down that say that a call has reached no instance.
const (
	reasonNotConnected = "NOT_CONNECTED" // Connect it first, or again
	reasonStopping     = "STOPPING"      // the process is about to end
)

// registry holds the connections by name.
type registry struct {
	log  hclog.Logger
	news *hub
	all  *gate // everything that uses an instance, of all connections

	mu    sync.Mutex
	live  map[string]*connection
	turns map[string]chan struct{} // held while a name is connected or disconnected
	ends  sync.WaitGroup           // replaced connections whose calls still run
}

func newRegistry(log hclog.Logger, news *hub) *registry {
	return &registry{
		log: log, news: news, all: newGate(),
		live: map[string]*connection{}, turns: map[string]chan struct{}{},
	}
}

// enter returns the connection for one call, which has to leave its gate calls,
// or says why there is none.
func (r *registry) enter(name string) (*connection, error) {
	if name == "" {
		return nil, fault.New(fault.CodeInternal, "the call names no connection in its metadata").WithOutcome(fault.NotSent)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	conn := r.live[name]
	if conn == nil || !conn.calls.enter() { // the gate of a live one is closed by shutdown alone
		return nil, r.absent(name)
	}
	return conn, nil
}

// absent says why there is no connection of this name. The caller holds the lock.
func (r *registry) absent(name string) error {
	if r.live == nil {
		return stopped()
	}
	f := fault.ConnectionDown(fmt.Sprintf("the connection %q is not connected", name))
	f.Reason = reasonNotConnected
	return f.WithOutcome(fault.NotSent)
}

func stopped() error {
	f := fault.ConnectionDown("the connector is being stopped")
	f.Reason = reasonStopping
	return f.WithOutcome(fault.NotSent)
}

// turn waits until nobody else connects or disconnects the name, and returns
// what ends that.
func (r *registry) turn(ctx context.Context, name string) (func(), error) {
	r.mu.Lock()
	turn, ok := r.turns[name]
	if !ok {
		turn = make(chan struct{}, 1)
		r.turns[name] = turn
	}
	r.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, fault.DeadlineExceeded(fault.NotSent, "another connect or disconnect of this connection is still under way").WithCause(ctx.Err())
	}
}

// connect makes a connection and puts it in the place of the one that its name
// stood for. The old one is closed when its calls have ended; nobody waits.
func (r *registry) connect(ctx context.Context, name string, log hclog.Logger, open func(context.Context, Env) (any, error)) (*connection, error) {
	done, err := r.turn(ctx, name)
	if err != nil {
		return nil, err
	}
	defer done()
	conn := &connection{name: name, log: log, calls: newGate(), news: r.news}
	conn.instance, err = open(ctx, Env{Connection: name, Logger: log, Report: conn.report})
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil { // nobody would learn of it
		conn.close()
		return nil, err
	}
	r.mu.Lock()
	if r.live == nil {
		defer conn.close()
		defer r.mu.Unlock()
		return nil, r.absent(name)
	}
	old := r.live[name]
	r.live[name] = conn
	if old != nil {
		old.retire()
		r.end(old)
	}
	conn.goLive()
	r.mu.Unlock()
	return conn, nil
}

// disconnect takes a connection out and waits for its calls to end, at most
// until ctx does; closing goes on without it.
func (r *registry) disconnect(ctx context.Context, name string) error {
	done, err := r.turn(ctx, name)
	if err != nil {
		return err
	}
	defer done()
	r.mu.Lock()
	conn := r.live[name]
	if conn == nil {
		r.mu.Unlock()
		return nil // as it should be
	}
	delete(r.live, name)
	conn.retire()
	r.news.drop(name)
	closed := r.end(conn)
	r.mu.Unlock()
	select {
	case <-closed:
		return nil
	case <-ctx.Done():
		return fault.DeadlineExceeded(fault.NotSent, "the connection takes no more calls; those that still run end by themselves").WithCause(ctx.Err())
	}
}

// end closes a connection when its calls have ended, without waiting for it.
// The caller holds the lock.
func (r *registry) end(conn *connection) (closed <-chan struct{}) {
	done := make(chan struct{})
	left := conn.calls.close()
	r.ends.Go(func() {
		<-left
		conn.close()
		close(done)
	})
	return done
}

// stop takes no more calls and returns a channel that is closed when all calls
// have ended and all instances are closed.
func (r *registry) stop() <-chan struct{} {
	r.mu.Lock()
	for _, conn := range r.live {
		conn.retire()
		r.end(conn)
	}
	r.live = nil
	r.mu.Unlock()
	left := r.all.close()
	done := make(chan struct{})
	go func() {
		<-left
		r.ends.Wait()
		close(done)
	}()
	return done
}
