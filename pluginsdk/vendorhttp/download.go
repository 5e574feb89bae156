package vendorhttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Download is an answer whose body is handed on as it comes.
type Download struct {
	Status int
	Header http.Header
	// Body is the content. It has to be closed: until then it takes the place of
	// one of the client's requests. It ends with the context of the call, and fails
	// with a *fault.Error.
	Body io.ReadCloser
}

// Download sends a request that reads and hands its answer on, at most limit bytes
// of it. Tries, redirects and refusals are those of Do; an answer that has begun
// is not asked for again.
func (c *Client) Download(ctx context.Context, req Request, limit int64) (*Download, error) {
	cl := call.From(ctx)
	req.Opaque = true
	out, err := c.prepare(req)
	if err == nil && (!out.safe || req.Into != nil || limit <= 0) {
		err = fault.Internal(errors.New("a download reads, into nothing, up to a limit"))
	}
	if err != nil {
		return nil, c.settle(cl, &failure{fault: fault.From(err)})
	}
	out.limit = limit
	if cl.DryRun {
		cl.Read(c.record(out))
	}
	ctx, cancel := c.bounded(ctx)
	resp, fail := c.tries(ctx, cl, out)
	if fail != nil {
		cancel()
		return nil, c.settle(cl, fail)
	}
	d := &Download{Status: resp.Status, Header: resp.Header, Body: http.NoBody}
	if resp.rest == nil {
		cancel()
		return d, nil
	}
	end := resp.rest.end
	resp.rest.end = func() { end(); cancel() }
	d.Body = resp.rest
	return d, nil
}

// rest is a body that is handed on.
type rest struct {
	ctx   context.Context //nolint:containedctx // that of the call, which the body ends with
	host  string
	body  io.ReadCloser
	limit int64
	bytes int64
	end   func() // gives back what the request holds; more than once does no harm
}

// Read implements io.Reader.
func (r *rest) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	r.bytes += int64(n)
	switch {
	case r.bytes > r.limit:
		return 0, fault.VendorError(fmt.Sprintf("the content that %s sends is larger than %s", r.host, size(r.limit)))
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case r.ctx.Err() != nil:
		return n, fault.DeadlineExceeded("", fmt.Sprintf("the call ended after %d bytes of the content", r.bytes)).WithCause(err)
	}
	return n, fault.VendorError(fmt.Sprintf("the content that %s sends broke off after %d bytes", r.host, r.bytes)).WithCause(err)
}

// Close implements io.Closer.
func (r *rest) Close() error {
	err := r.body.Close()
	r.end()
	return err
}

// bounded gives a call without a deadline the client's own.
func (c *Client) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, c.opts.Timeout)
}

// tryContext bounds one try: the whole of it by TryTimeout, that of a download up
// to its beginning, and an upload by the call alone. begun is called when an
// answer has begun.
func (c *Client) tryContext(ctx context.Context, out *outgoing) (bounded context.Context, cancel, begun func()) {
	nothing := func() {}
	switch {
	case out.Upload != nil:
		ctx, stop := context.WithCancel(ctx)
		return ctx, stop, nothing
	case out.limit == 0:
		ctx, stop := context.WithTimeout(ctx, c.opts.TryTimeout)
		return ctx, stop, nothing
	}
	ctx, stop := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.opts.TryTimeout, func() { stop(context.DeadlineExceeded) })
	return ctx, sync.OnceFunc(func() { timer.Stop(); stop(nil) }), func() { timer.Stop() }
}
