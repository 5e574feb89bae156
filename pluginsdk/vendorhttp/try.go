package vendorhttp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// maxRedirects is how many redirects within the bound origins a read follows.
const maxRedirects = 3

// atOnce is the wait after a connection from the pool turned out to be closed,
// which says nothing about the vendor.
const atOnce = time.Nanosecond

// failure is why a try failed, and what that means for the next one.
type failure struct {
	fault        *fault.Error
	again        bool          // a further try is safe and may help
	wait         time.Duration // what the vendor asks for before it; 0 is our own backoff
	maybeWritten bool          // a write was sent and its outcome is not known
	verdict      bool          // the vendor refused, so nothing was written
}

// answered adds that the vendor did answer, with a status.
func (f *failure) answered(status int) *failure {
	f.fault = f.fault.WithVendor(status, "", "")
	return f
}

// answer is what came back over the wire.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	buffer  *bytes.Buffer // that body is in
	rest    *rest         // in place of body, in a download
	cut     error         // why the body is incomplete, or nil
	tooLong bool
	request *http.Request // to remove its credentials from what the vendor echoes
	free    func()        // gives its place back
}

// try makes one try: a request, and for a read the redirects within the bound
// origins.
func (c *Client) try(ctx context.Context, cl *call.Call, out *outgoing, number int) (*Response, *failure) {
	target := out.url
	for hop := 0; ; hop++ {
		a, fail := c.send(ctx, cl, out, target, number)
		if fail != nil {
			return nil, fail
		}
		resp, next, fail := c.read(out, a, hop)
		if fail != nil || next == nil {
			return resp, fail
		}
		target = next
	}
}

// read makes of an answer a response, a failure, or where a read goes on. Only then
// may another request have its place: it is to know what became of the login.
func (c *Client) read(out *outgoing, a *answer, hop int) (*Response, *url.URL, *failure) {
	defer a.free()
	next, fail := c.redirect(out, a, hop)
	if fail != nil || next != nil {
		return nil, next, fail
	}
	resp, fail := c.judge(out, a)
	c.logins.observe(out, fail)
	return resp, nil, fail
}

// send sends one request and reads the answer.
func (c *Client) send(ctx context.Context, cl *call.Call, out *outgoing, target *url.URL, number int) (*answer, *failure) {
	if err := c.pacer.wait(ctx); err != nil {
		return nil, c.unsent(err, "waiting for this connection's rate limit")
	}
	// The login comes before the slot, because it may need one itself.
	req, err := c.build(ctx, out, target)
	if err != nil {
		return nil, c.unsent(err, "logging in")
	}
	free, fail := c.acquire(ctx, out)
	if fail != nil {
		return nil, fail
	}
	if err := c.logins.since(out.begun); err != nil {
		free()
		return nil, c.unsent(err, "waiting")
	}
	tryCtx, cancel, begun := c.tryContext(ctx, out)
	end := sync.OnceFunc(func() { cancel(); free() })
	var wire wireTrace
	req = req.WithContext(httptrace.WithClientTrace(tryCtx, wire.hooks()))

	start := time.Now()
	a, err := c.exchange(req, out)
	took := time.Since(start)
	begun()
	cl.AddRequest(took)
	c.log(cl, out, target, a, err, took, number)
	if err == nil && a.rest != nil {
		a.rest.ctx, a.rest.end = ctx, end
		a.free = func() {} // the rest does
		return a, nil
	}
	sent := out.sending != nil && out.sending.begun.Load()
	if err != nil || sent {
		end()
	}
	if sent {
		out.sending.stop()
	}
	if err != nil {
		return nil, c.broken(ctx, out, req, err, &wire)
	}
	a.free = end
	return a, nil
}

// acquire takes one of the places for requests that run at once, and returns how
// to give it back.
func (c *Client) acquire(ctx context.Context, out *outgoing) (free func(), fail *failure) {
	content := out.Upload != nil || out.limit > 0
	if content {
		if err := c.contents.Acquire(ctx, 1); err != nil {
			return nil, c.unsent(err, "waiting for another upload or download to end")
		}
	}
	if err := c.slots.Acquire(ctx, 1); err != nil {
		if content {
			c.contents.Release(1)
		}
		return nil, c.unsent(err, fmt.Sprintf("waiting for one of the %d requests that may run at once to end", c.opts.MaxConcurrent))
	}
	return func() {
		c.slots.Release(1)
		if content {
			c.contents.Release(1)
		}
	}, nil
}

// exchange does the round trip. It goes to the transport directly, so that no
// redirect is followed and no cookie kept behind our back.
func (c *Client) exchange(req *http.Request, out *outgoing) (*answer, error) {
	asked := time.Now()
	resp, err := c.opts.Transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	c.clock.observe(resp.Header, asked)
	if out.limit > 0 && resp.StatusCode/100 == 2 {
		body := &rest{host: req.URL.Host, body: resp.Body, limit: out.limit}
		return &answer{status: resp.StatusCode, header: resp.Header, request: req, rest: body}, nil
	}
	defer func() { _ = resp.Body.Close() }() // what matters is whether it could be read
	a := &answer{status: resp.StatusCode, header: resp.Header, request: req, buffer: newBuffer()}
	_, a.cut = a.buffer.ReadFrom(io.LimitReader(resp.Body, c.opts.MaxBody+1))
	a.body = a.buffer.Bytes()
	if int64(len(a.body)) > c.opts.MaxBody {
		a.body, a.tooLong = a.body[:c.opts.MaxBody], true
	}
	return a, nil
}

// buffers are used again: most answers come in chunks, and a page of 50 records is
// 200 kB, for which a new buffer would grow a dozen times.
var buffers sync.Pool

// maxBuffer is the largest that is kept.
const maxBuffer = 1 << 20

func newBuffer() *bytes.Buffer {
	if b, ok := buffers.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

// recycle gives the buffer back, once nobody has the body any more.
func (a *answer) recycle() {
	if a.buffer != nil && a.buffer.Cap() <= maxBuffer {
		a.buffer.Reset()
		buffers.Put(a.buffer)
	}
	a.body, a.buffer = nil, nil
}

// wireTrace knows whether anything of a request was sent. Only a dial that was
// begun and brought no connection proves that nothing was; from then on
// net/http may have written, so that a transport without traces never counts
// as unsent.
type wireTrace struct {
	asked, got atomic.Bool
	pooled     atomic.Bool // the connection was used before
}

func (w *wireTrace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Store(true) },
		GotConn: func(info httptrace.GotConnInfo) { w.got.Store(true); w.pooled.Store(info.Reused) },
	}
}

func (w *wireTrace) nothingSent() bool { return w.asked.Load() && !w.got.Load() }

// unsent is a failure before anything was sent.
func (c *Client) unsent(err error, doing string) *failure {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return &failure{fault: withCause(e, ErrNotSent)}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &failure{fault: fault.DeadlineExceeded("", "the call ended while "+doing).WithCause(fmt.Errorf("%w: %w", ErrNotSent, err))}
	}
	return &failure{fault: fault.Internal(fmt.Errorf("%w: %w", ErrNotSent, err))}
}

// withCause returns a copy of e with a further cause: e is not ours.
func withCause(e *fault.Error, cause error) *fault.Error {
	clone := *e
	return clone.WithCause(errors.Join(cause, e))
}

// broken is a failure without an answer: the connection could not be made, or
// broke, or time ran out.
func (c *Client) broken(ctx context.Context, out *outgoing, req *http.Request, err error, wire *wireTrace) *failure {
	host := req.URL.Host
	if fail := c.cutShort(ctx, out); fail != nil {
		return fail
	}
	if wire.nothingSent() {
		cause := fmt.Errorf("%w: %w", ErrNotSent, err)
		if ctx.Err() != nil {
			return &failure{fault: fault.DeadlineExceeded("", "the call ended while connecting to "+host).WithCause(cause)}
		}
		words := c.redactor.sent(err.Error(), req)
		if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
			words = c.redactor.String(certificate.Error()) + "; the certificate will not change by trying again"
			return &failure{fault: fault.ConnectionDown("cannot connect to " + host + ": " + words).WithCause(cause)}
		}
		return &failure{fault: fault.ConnectionDown("cannot connect to " + host + ": " + words).WithCause(cause), again: true}
	}
	if ctx.Err() != nil {
		e := fault.DeadlineExceeded("", "the call ended before "+host+" answered").WithCause(err)
		return &failure{fault: e, maybeWritten: !out.safe}
	}
	if !out.safe {
		return c.unknown(out, "the connection to "+host+" was lost before it answered", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		e := fault.DeadlineExceeded("", fmt.Sprintf("%s did not answer within %s", host, c.opts.TryTimeout)).WithCause(err)
		return &failure{fault: e, again: true}
	}
	fail := &failure{fault: fault.VendorError("the connection to " + host + " was lost before it answered").WithCause(err), again: true}
	if wire.pooled.Load() {
		fail.wait = atOnce
	}
	return fail
}

// unknown is a write that was sent and whose answer tells nothing.
func (c *Client) unknown(out *outgoing, why string, cause error) *failure {
	what := out.Name
	if what == "" {
		what = out.Method + " " + out.url.Path
	}
	e := fault.OutcomeUnknown(fmt.Sprintf("%s; whether the PSA carried out %q is not known, and it was not sent again", why, c.redactor.String(what))).WithCause(cause)
	return &failure{fault: e, maybeWritten: true}
}

// log writes the line of one try. The body and the headers are never in it.
func (c *Client) log(cl *call.Call, out *outgoing, target *url.URL, a *answer, err error, took time.Duration, number int) {
	failed := err != nil || a.status >= 400 || a.cut != nil || a.tooLong
	if !failed && !c.opts.Logger.IsDebug() {
		return
	}
	line := []any{
		"request_id", cl.RequestID, "connection", cl.Connection, "agent", cl.Agent,
		"method", out.Method, "path", c.redactor.URL(target), "name", c.redactor.String(out.Name),
		"ms", took.Milliseconds(), "try", number,
	}
	switch {
	case err != nil:
		c.opts.Logger.Warn("vendor request failed", append(line, "error", c.redactor.String(err.Error()))...)
	case failed:
		c.opts.Logger.Warn("vendor request failed", append(line, "status", a.status, "bytes", len(a.body))...)
	case a.rest != nil:
		c.opts.Logger.Debug("vendor request, content follows", append(line, "status", a.status)...)
	default:
		c.opts.Logger.Debug("vendor request", append(line, "status", a.status, "bytes", len(a.body))...)
	}
}
