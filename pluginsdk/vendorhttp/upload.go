package vendorhttp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Upload is a body that is read once, as it is sent, such as that of Form. Its
// request is sent again only if nothing of it was read, and takes as long as the
// call may: TryTimeout does not bound it.
type Upload struct {
	// ContentType is the body's media type.
	ContentType string
	// Content is the body. It is read by one goroutine at a time and no more when
	// Do has returned, so that it has to end with the call's context. An error
	// other than io.EOF breaks the request off: the PSA never has it whole. If it
	// is a *fault.Error, the caller sees it.
	Content io.Reader
	// Size is how many bytes Content has, or 0 where that is not known.
	Size int64
	// Shown is what a dry run shows in place of the body, as JSON. It is asked when
	// Content was read to its end; nil shows nothing.
	Shown func() any
}

// errStopped ends the reading of a body that the answer did not wait for.
var errStopped = errors.New("vendorhttp: the request is over")

// sending is an upload in one try. net/http reads it on a goroutine of its own,
// which can outlive the round trip.
type sending struct {
	upload *Upload
	begun  atomic.Bool

	mu      sync.Mutex
	stopped bool
	bytes   int64
	err     error // what the content ended in; io.EOF is its end
}

// Read implements io.Reader.
func (s *sending) Read(p []byte) (int, error) {
	s.begun.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopped:
		return 0, errStopped
	case s.err != nil:
		return 0, s.err
	}
	n, err := s.upload.Content.Read(p)
	s.bytes += int64(n)
	s.err = err
	return n, err
}

// Close implements io.Closer. The content is the caller's to close.
func (s *sending) Close() error { return nil }

// stop waits until nobody reads the content, and lets nobody begin.
func (s *sending) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
}

// state returns how much was read, whether that is the whole, and what else the
// content ended in.
func (s *sending) state() (bytes int64, whole bool, broke error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	whole = errors.Is(s.err, io.EOF) || s.upload.Size > 0 && s.bytes >= s.upload.Size
	if !whole {
		broke = s.err
	}
	return s.bytes, whole, broke
}

// cutShort says why a request was broken off by us before the PSA had it whole:
// it then has carried out nothing. It is nil for what broke in another way.
func (c *Client) cutShort(ctx context.Context, out *outgoing) *failure {
	if out.sending == nil || !out.sending.begun.Load() {
		return nil
	}
	bytes, whole, broke := out.sending.state()
	switch {
	case whole || broke == nil && ctx.Err() == nil:
		return nil
	case ctx.Err() != nil:
		words := fmt.Sprintf("the call ended after %d bytes of the content; the PSA has no whole request", bytes)
		return &failure{fault: fault.DeadlineExceeded("", words).WithCause(context.Cause(ctx))}
	}
	if e, ok := errors.AsType[*fault.Error](broke); ok {
		return &failure{fault: withCause(e, broke)}
	}
	words := fmt.Sprintf("the content broke off after %d bytes; the PSA has no whole request", bytes)
	return &failure{fault: fault.InvalidArgument("", words).WithCause(broke)}
}

// drain reads the content of a request that a dry run does not send, so that its
// size and whether it is whole are known.
func (c *Client) drain(ctx context.Context, out *outgoing) *failure {
	if out.Upload == nil {
		return nil
	}
	out.sending = &sending{upload: out.Upload}
	if _, err := io.Copy(io.Discard, out.sending); err != nil {
		return c.cutShort(ctx, out)
	}
	return nil
}

// body is what is shown of a request's body.
func (out *outgoing) shown() []byte {
	if out.Upload == nil || out.Upload.Shown == nil {
		return out.body
	}
	text, err := json.Marshal(out.Upload.Shown())
	if err != nil {
		return nil
	}
	return text
}
