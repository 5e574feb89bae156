package vendorhttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"golang.org/x/sync/semaphore"
)

// ErrDryRun is what a request that writes ends with in a dry run. It was
// recorded in the call and not sent.
var ErrDryRun = errors.New("vendorhttp: a dry run does not send writes")

// ErrNotSent is in the chain of an error if not a byte of the request left the
// connector. A multi-step write may undo its earlier steps and say so.
var ErrNotSent = errors.New("vendorhttp: the request was not sent")

// maxTries is how often a request is tried at most.
const maxTries = 3

// Client sends the requests of one connection. It is safe for use by several
// goroutines.
type Client struct {
	opts     Options
	base     *url.URL
	bound    origins
	redactor *Redactor
	pacer    pacer
	logins   logins
	slots    *semaphore.Weighted
	contents *semaphore.Weighted // for uploads and downloads, besides their slots
	clock    clock
}

// New returns a client, or an error that joins everything that is wrong with
// the options.
func New(opts Options) (*Client, error) {
	base, bound, pace, err := opts.check()
	if err != nil {
		return nil, fmt.Errorf("vendorhttp: %w", err)
	}
	return &Client{
		opts:     opts,
		base:     base,
		bound:    bound,
		redactor: NewRedactor(opts.Secrets...),
		pacer:    pacer{limiter: pace.limiter()},
		slots:    semaphore.NewWeighted(int64(opts.MaxConcurrent)),
		// A content goes as slowly as the caller reads or sends it: contents never
		// take all the slots from the others.
		contents: semaphore.NewWeighted(max(1, int64(opts.MaxConcurrent)/2)),
	}, nil
}

// Redactor returns what removes this client's secrets, to add a token that
// was just received, or to clean a text of the connector's own.
func (c *Client) Redactor() *Redactor { return c.redactor }

// Close closes the connections that are idle. Requests under way are not
// touched.
func (c *Client) Close() {
	(&http.Client{Transport: c.opts.Transport}).CloseIdleConnections()
}

// GetJSON reads a path and decodes the answer.
func GetJSON[T any](ctx context.Context, c *Client, path string, query url.Values) (T, *Response, error) {
	var v T
	resp, err := c.Do(ctx, Request{Path: path, Query: query, Into: &v})
	return v, resp, err
}

// Do sends a request and returns the answer with status 2xx (or 304, where the
// request asked for it). The error is ErrDryRun or a *fault.Error, whose
// Outcome speaks of the whole call: NotSent only if no write of the call left.
// Whether this request left is told by ErrNotSent.
func (c *Client) Do(ctx context.Context, req Request) (*Response, error) {
	cl := call.From(ctx)
	out, err := c.prepare(req)
	if err != nil {
		return nil, c.settle(cl, &failure{fault: fault.From(err)})
	}
	if cl.ReadOnly && !out.safe {
		return nil, c.settle(cl, &failure{fault: fault.Internal(fmt.Errorf("%s %q writes, in a call that may only read", out.Method, out.Name))})
	}
	if cl.DryRun {
		if !out.safe {
			if fail := c.drain(ctx, out); fail != nil {
				return nil, c.settle(cl, fail)
			}
			cl.Plan(c.record(out))
			return nil, ErrDryRun
		}
		cl.Read(c.record(out))
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	resp, fail := c.tries(ctx, cl, out)
	if fail != nil {
		return nil, c.settle(cl, fail)
	}
	if !out.safe {
		cl.AddWrite()
	}
	return resp, nil
}

// tries sends a request until it succeeds, fails for good, or no further try
// fits. Only failures marked again are followed by one.
func (c *Client) tries(ctx context.Context, cl *call.Call, out *outgoing) (*Response, *failure) {
	var (
		last  *failure
		spent int
	)
	out.begun = c.logins.begin()
	op := func() (*Response, error) {
		spent++
		resp, fail := c.try(ctx, cl, out, spent)
		last = fail
		switch {
		case fail == nil:
			return resp, nil
		case !fail.again || spent >= maxTries || out.sending != nil && out.sending.begun.Load():
			return nil, backoff.Permanent(fail.fault)
		case fail.wait > 0:
			return nil, &backoff.RetryAfterError{Duration: fail.wait}
		default:
			return nil, fail.fault
		}
	}
	wait := &backoff.ExponentialBackOff{
		InitialInterval:     250 * time.Millisecond,
		RandomizationFactor: 0.5,
		Multiplier:          3,
		MaxInterval:         5 * time.Second,
	}
	deadline, _ := ctx.Deadline() // bounded has set one
	// A wait that would not end before the deadline is not begun: the failure is
	// worth more now.
	resp, err := backoff.Retry(ctx, op, backoff.WithBackOff(wait),
		backoff.WithMaxElapsedTime(max(time.Until(deadline), 1)))
	if err != nil {
		return nil, last
	}
	return resp, nil
}

// settle makes of a failure what the caller sees: what is known of the call's
// writes is filled in.
func (c *Client) settle(cl *call.Call, fail *failure) error {
	e := fail.fault
	if fail.maybeWritten {
		cl.AddWrite()
	}
	switch {
	case cl.Writes() > 0:
		e.Outcome = fault.Unknown
	case e.Outcome != "":
	case fail.verdict:
		// The code speaks for itself.
	default:
		e.Outcome = fault.NotSent
	}
	return e
}
