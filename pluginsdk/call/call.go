// Package call holds what one call of the gateway carries through a connector:
// who calls and for which connection, whether it is a dry run, and what the
// call has cost at the PSA so far. It lives in the context.
package call

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Call is one call of the gateway. Set its exported fields before With; its
// methods may be used from several goroutines.
type Call struct {
	Connection string // id of the connection, such as "acme-prod"
	RequestID  string // id of the caller's request, for logs
	Agent      string // name of the calling agent, for logs
	DryRun     bool   // make no write; record what would be sent
	ReadOnly   bool   // a look at the PSA: a request that writes is refused

	requests atomic.Int64
	nanos    atomic.Int64
	writes   atomic.Int64

	mu      sync.Mutex
	planned []Request
	reads   []Request
}

// Request is a request to the PSA as a dry run shows it, secrets removed.
type Request struct {
	Name   string // what the step does, such as "create ticket"; may be empty
	Method string
	Path   string // relative to the connection's API root, with its query
	Body   []byte // as it would be sent; empty if there is none
}

type key struct{}

// With returns a context that carries c.
func With(ctx context.Context, c *Call) context.Context {
	return context.WithValue(ctx, key{}, c)
}

// From returns the call that ctx carries. Outside of a call (while connecting,
// in the background) it returns an empty one, so that callers need no check.
func From(ctx context.Context) *Call {
	if c, ok := ctx.Value(key{}).(*Call); ok && c != nil {
		return c
	}
	return &Call{}
}

// AddRequest counts one request to the PSA and the time it took.
func (c *Call) AddRequest(took time.Duration) {
	c.requests.Add(1)
	c.nanos.Add(int64(took))
}

// AddWrite counts one request that changed something at the PSA, or may have.
// Once one was counted, no later failure of the call may claim that nothing
// was sent.
func (c *Call) AddWrite() { c.writes.Add(1) }

// TookBack says that a write of this call was taken back by another one: of the two
// nothing is left at the PSA. A call whose writes were all taken back, and that then
// fails, fails as if it had written nothing.
func (c *Call) TookBack() { c.writes.Add(-2) }

// VendorRequests returns how many requests were made to the PSA.
func (c *Call) VendorRequests() int64 { return c.requests.Load() }

// VendorTime returns the sum of the time that those requests took. Requests
// that ran side by side count each, so this may exceed the time of the call.
func (c *Call) VendorTime() time.Duration { return time.Duration(c.nanos.Load()) }

// Writes returns how many requests changed something at the PSA, or may have.
// Those that the PSA refused are not counted, nor those that were taken back.
func (c *Call) Writes() int64 { return c.writes.Load() }

// Plan records a request that a dry run does not send.
func (c *Call) Plan(r Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.planned = append(c.planned, r)
}

// Read records a request that a dry run sends, because it only reads.
func (c *Call) Read(r Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads = append(c.reads, r)
}

// Planned returns the requests that a dry run did not send, in order.
func (c *Call) Planned() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.planned)
}

// Reads returns the requests that a dry run sent, in order.
func (c *Call) Reads() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.reads)
}
