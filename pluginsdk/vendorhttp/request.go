package vendorhttp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Request is one request to the PSA.
type Request struct {
	// Name says what the request does, such as "create ticket", for dry runs
	// and logs.
	Name string
	// Method is the HTTP method; empty means GET.
	Method string
	// Path is relative to the base URL, each segment escaped (url.PathEscape),
	// or an absolute URL of a bound origin, such as a next-link. It may have a
	// query, to which Query is added. Empty and dot segments are refused: an id
	// from outside must not turn one path into another.
	Path   string
	Query  url.Values
	Header http.Header
	// JSON is marshalled as the body; Body is sent as it is; Upload is sent as it
	// is read. At most one is set.
	JSON   any
	Body   []byte
	Upload *Upload
	// Safe marks a request that changes nothing although its method might, such
	// as a query by POST. GET and HEAD are safe by themselves.
	Safe bool
	// Into is where the answer's JSON goes: a pointer, or nil. After an error it
	// holds nothing or a part.
	Into any
	// Opaque says that the answer need not be JSON, such as an attachment.
	Opaque bool
	// NoAuth leaves out the credentials, for what is asked before a login.
	NoAuth bool
}

// Response is the answer to a request that succeeded (status 2xx, or 304).
type Response struct {
	Status int
	Header http.Header
	Body   []byte // empty where Into has taken it

	rest *rest // in place of Body, in a download
}

// outgoing is a request that was checked and can be sent, more than once.
type outgoing struct {
	Request
	url     *url.URL
	body    []byte
	safe    bool
	sending *sending // Upload in the last try
	limit   int64    // more than 0 hands the answer on
	begun   int      // logins.begin
}

// prepare checks a request before anything is spent on it.
func (c *Client) prepare(req Request) (*outgoing, error) {
	out := &outgoing{Request: req, body: req.Body}
	if out.Method == "" {
		out.Method = http.MethodGet
	}
	out.safe = req.Safe || out.Method == http.MethodGet || out.Method == http.MethodHead
	if req.JSON != nil && req.Body != nil || req.Upload != nil && (req.JSON != nil || req.Body != nil) {
		return nil, fault.Internal(fmt.Errorf("request %q sets more than one of JSON, Body and Upload", req.Name))
	}
	if req.JSON != nil {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false) // a PSA shows the text to people
		if err := enc.Encode(req.JSON); err != nil {
			return nil, fault.Internal(fmt.Errorf("request %q: %w", req.Name, err))
		}
		out.body = bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	}
	u, err := c.resolve(req.Path)
	if err != nil {
		return nil, err
	}
	if len(req.Query) > 0 {
		q := req.Query.Encode()
		if u.RawQuery != "" {
			q = u.RawQuery + "&" + q
		}
		u.RawQuery = q
	}
	out.url = u
	return out, nil
}

// resolve returns the URL of a path. What comes from outside ends in two kinds
// of faults: an id that breaks out of its segment is the caller's mistake, a
// link to another origin is the PSA's.
func (c *Client) resolve(path string) (*url.URL, error) {
	ref, err := url.Parse(path)
	if err != nil {
		return nil, fault.InvalidArgument("", fmt.Sprintf("%s is not a path at the PSA", quoteURL(path))).WithCause(ErrNotSent)
	}
	if ref.Scheme != "" || ref.Host != "" || ref.User != nil {
		if !c.bound.has(ref) {
			return nil, c.foreign("a link", ref).WithCause(ErrNotSent)
		}
		return ref, nil
	}
	escaped := strings.TrimPrefix(ref.EscapedPath(), "/")
	for segment := range strings.SplitSeq(strings.TrimSuffix(escaped, "/"), "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil || plain == "." || plain == ".." || plain == "" && escaped != "" {
			return nil, fault.InvalidArgument("", fmt.Sprintf("%s has an empty or dot segment; an id is empty or not one", quoteURL(path))).WithCause(ErrNotSent)
		}
	}
	u := *c.base
	if escaped != "" {
		u = *c.base.JoinPath(escaped)
	}
	u.RawQuery = ref.RawQuery
	return &u, nil
}

// foreign says that the PSA pointed elsewhere, and where.
func (c *Client) foreign(what string, u *url.URL) *fault.Error {
	e := fault.VendorError(fmt.Sprintf("%s points to %s, which is not an address of this connection (%s); it was not followed", what, originOf(u), c.bound))
	e.Source = fault.SourcePSA
	return e
}

// record returns a request as a dry run shows it.
func (c *Client) record(out *outgoing) call.Request {
	path := c.redactor.URL(out.url)
	if base := strings.TrimSuffix(c.redactor.URL(c.base), "/") + "/"; strings.HasPrefix(path, base) {
		path = path[len(base)-1:]
	}
	return call.Request{Name: c.redactor.String(out.Name), Method: out.Method, Path: path, Body: c.redactor.Bytes(redactBody(out.shown()))}
}

// build makes the net/http request of one try.
func (c *Client) build(ctx context.Context, out *outgoing, u *url.URL) (*http.Request, error) {
	var body io.Reader
	switch {
	case out.Upload != nil:
		out.sending = &sending{upload: out.Upload}
		body = out.sending
	case len(out.body) > 0:
		body = bytes.NewReader(out.body)
	}
	target := *u
	req, err := http.NewRequestWithContext(ctx, out.Method, target.String(), body)
	if err != nil {
		return nil, fault.Internal(err)
	}
	switch {
	case out.Upload != nil:
		req.Header.Set("Content-Type", out.Upload.ContentType)
		if req.ContentLength = out.Upload.Size; req.ContentLength == 0 {
			req.ContentLength = -1
		}
	case len(out.body) > 0:
		req.Header.Set("Content-Type", "application/json")
	case out.Method == http.MethodGet || out.Method == http.MethodHead:
		// net/http repeats a read that it knows to have no body by itself, any
		// number of times. The tries are ours to count.
		req.Body = io.NopCloser(eof{})
		// Else it would look for the body's first byte, on a goroutine for it.
		req.TransferEncoding = []string{"identity"}
	}
	if !out.Opaque {
		req.Header.Set("Accept", "application/json")
	}
	maps.Copy(req.Header, canonical(c.opts.Header))
	maps.Copy(req.Header, canonical(out.Header))
	req.Header.Set("User-Agent", "deskgate-connector/"+c.opts.Name)
	if c.opts.Auth != nil && !out.NoAuth {
		if err := c.opts.Auth(req); err != nil {
			return nil, err
		}
		if !c.bound.has(req.URL) {
			return nil, fault.Internal(fmt.Errorf("the auth hook moved the request to %s", originOf(req.URL)))
		}
	}
	if !out.safe && (req.Header["Idempotency-Key"] != nil || req.Header["X-Idempotency-Key"] != nil) {
		return nil, fault.Internal(errors.New("an Idempotency-Key header makes net/http repeat a write by itself"))
	}
	return req, nil
}

// eof is an empty body that net/http does not know to be empty.
type eof struct{}

// Read implements io.Reader.
func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// WriteTo implements io.WriterTo: to copy nothing takes no buffer.
func (eof) WriteTo(io.Writer) (int64, error) { return 0, nil }

// canonical copies h with the names as net/http writes them.
func canonical(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		for _, v := range values {
			out.Add(name, v)
		}
	}
	return out
}
