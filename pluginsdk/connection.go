package pluginsdk

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// maxRefusals logins refused in a row end the tries: vendors lock accounts.
const maxRefusals = 2

// connection is one instance and how it is.
type connection struct {
	name     string
	log      hclog.Logger
	instance any
	calls    *gate // the calls in flight
	news     *hub
	shut     sync.Once

	mu       sync.Mutex
	live     bool // calls can reach it: it tells the hub how it is
	reported state
	observed state
	logins   int                // logins refused in a row
	refusals map[string]refusal // what the PSA refused for want of a right, by operation
	refused  *fault.Error       // set: the instance is asked no more
}

// state is how a connection is.
type state struct {
	health Health
	reason string
	fault  *fault.Error
}

// goLive makes the connection the one that its name stands for.
func (c *connection) goLive() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live = true
	c.tell()
}

// retire ends that; its calls end in peace.
func (c *connection) retire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live = false
}

// report takes in what the instance says of itself.
func (c *connection) report(health Health, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reported = state{health: min(max(health, Ready), NeedsAttention), reason: reason}
	c.tell()
}

// tell passes on the worse of what was reported and observed. The caller holds
// the lock.
func (c *connection) tell() {
	if !c.live {
		return
	}
	worse := c.observed
	if c.reported.health > worse.health {
		worse = c.reported
	}
	c.news.set(c.name, worse)
}

// guard returns the handler of an operation with the eyes on what its outcome
// says of the connection, and without the vendor once logins are refused.
func (c *connection) guard(operation string, handler grpc.UnaryHandler) grpc.UnaryHandler {
	return func(ctx context.Context, req any) (any, error) {
		if refused := c.refusedFor(); refused != nil {
			return nil, refused
		}
		resp, err := handler(ctx, req)
		c.observe(call.From(ctx), err)
		c.remember(operation, err)
		return resp, err
	}
}

// refusedFor returns the answer to every call once logins are refused, or nil.
func (c *connection) refusedFor() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		return nil
	}
	return c.refused
}

// observe learns from the outcome of an operation.
func (c *connection) observe(cl *call.Call, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused != nil {
		return // a call that began before; only a check or a new connection helps
	}
	switch {
	case fault.IsLoginRefused(err):
		c.refuse(fault.From(err))
	case fault.CodeOf(err) == fault.CodeConnectionDown:
		f := fault.From(err)
		c.observed = state{health: Degraded, reason: f.Message, fault: f}
	case cl.VendorRequests() > 0 && answered(err):
		c.logins, c.observed = 0, state{}
	default:
		return
	}
	c.tell()
}

// refuse counts a refused login. The caller holds the lock.
func (c *connection) refuse(f *fault.Error) {
	c.logins++
	c.observed = state{health: Degraded, reason: f.Message, fault: f}
	if c.logins < maxRefusals {
		return
	}
	stop := *f
	stop.Message = fmt.Sprintf("%s (refused %d times; not tried again, so that the account is not locked, until a check of the connection passes or it is connected anew)", f.Message, c.logins)
	stop.Outcome = fault.NotSent
	c.refused = &stop
	c.observed = state{health: NeedsAttention, reason: stop.Message, fault: &stop}
	c.log.Warn("logins are refused; the PSA is asked no more", "refusals", c.logins)
}

// answered tells whether the PSA has accepted the login and judged the request.
func answered(err error) bool {
	switch fault.CodeOf(err) {
	case "", fault.CodeInvalidArgument, fault.CodePermissionDenied, fault.CodeNotFound, fault.CodeConflict,
		fault.CodeAlreadyExists, fault.CodePreconditionFailed, fault.CodeFailedPrecondition:
		return true
	default:
		return false
	}
}

// check asks the instance how it is. A check that passes lifts the refusal.
func (c *connection) check(ctx context.Context) ([]Finding, error) {
	checker, ok := c.instance.(Checker)
	if !ok {
		return []Finding{{
			Step: "check", Level: Unknown, Message: "this connector has no check; calls tell whether the connection works",
		}}, nil
	}
	findings, err := checker.Check(ctx)
	passed := err == nil
	for _, f := range findings {
		passed = passed && f.Level != Failed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case passed:
		c.logins, c.refused, c.observed = 0, nil, state{}
		c.tell()
	case fault.IsLoginRefused(err) && c.refused == nil:
		c.refuse(fault.From(err))
		c.tell()
	}
	return findings, err
}

// close closes the instance, once.
func (c *connection) close() {
	c.shut.Do(func() {
		defer func() {
			if r := recover(); r != nil {
				c.log.Error("closing the connection panicked", "panic", r, "stack", string(debug.Stack()))
			}
		}()
		switch instance := c.instance.(type) {
		case io.Closer:
			if err := instance.Close(); err != nil {
				c.log.Warn("closing the connection failed", "error", err)
			}
		case interface{ Close() }:
			instance.Close()
		}
	})
}
