package vendorhttp

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/go-json-experiment/json/v1" // encoding/json by its successor: the same meaning at a fraction of the time
)

// judge makes a response or a failure of an answer.
func (c *Client) judge(out *outgoing, a *answer) (*Response, *failure) {
	resp := &Response{Status: a.status, Header: a.header, Body: a.body, rest: a.rest}
	switch {
	case a.status == http.StatusNotModified, a.rest != nil:
		return resp, nil
	case a.status >= 400:
		return nil, c.refused(out, a)
	}
	if fail := c.unreadable(out, a); fail != nil {
		return nil, fail
	}
	if out.Into != nil { // it holds copies
		resp.Body = nil
		a.recycle()
	}
	return resp, nil
}

// unreadable says what is wrong with the body of an answer of success: that a
// proxy or a login page spoke instead of the PSA, that it is cut off, or not
// what the connector knows. It decodes the body on the way.
func (c *Client) unreadable(out *outgoing, a *answer) *failure {
	fail := func(again bool, format string, args ...any) *failure {
		words := fmt.Sprintf(format, args...)
		if !out.safe {
			return c.unknown(out, words, a.cut).answered(a.status)
		}
		e := fault.VendorError(words).WithVendor(a.status, "", "").WithCause(a.cut)
		return &failure{fault: e, again: again}
	}
	host, body := a.request.URL.Host, bytes.TrimSpace(a.body)
	switch {
	case a.tooLong:
		return fail(false, "the answer of %s is larger than %s", host, size(c.opts.MaxBody))
	case a.cut != nil:
		return fail(true, "the answer of %s broke off after %d bytes", host, len(a.body))
	case out.Opaque || out.Method == http.MethodHead:
		return nil
	case len(body) == 0:
		if out.Into == nil || a.status == http.StatusNoContent {
			return nil
		}
		return fail(true, "%s answered %d without a body", host, a.status)
	}
	var err error
	if out.Into != nil {
		err = json.Unmarshal(a.body, out.Into)
	} else if !json.Valid(a.body) {
		err = json.Unmarshal(a.body, new(json.RawMessage)) // says where
	}
	if err == nil {
		return nil
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		// The body may hold what the caller is not allowed to read, so that only
		// what never was JSON is quoted.
		if body[0] != '{' && body[0] != '[' {
			return fail(true, "%s answered %d with a page or text in place of JSON: %q", host, a.status, c.quote(a))
		}
		return fail(true, "the answer of %s is not whole JSON: %s after %d of %d bytes", host, syntax, syntax.Offset, len(a.body))
	}
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fail(false, "the answer of %s has another shape than expected: %s is a %s, want a %s", host, cmp.Or(typ.Field, "it"), typ.Value, typ.Type)
	}
	return fail(false, "the answer of %s cannot be read", host)
}

func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// refused translates an answer of status 400 and above, by the connector's
// decoder first and by the status where that knows nothing.
func (c *Client) refused(out *outgoing, a *answer) *failure {
	var e *fault.Error
	if c.opts.ErrorDecoder != nil {
		e = c.opts.ErrorDecoder(a.status, a.header, a.body)
	}
	if e == nil {
		e = c.byStatus(a)
	}
	e = c.clean(e, a)
	ours := e.Code == fault.CodeVendorError || e.Code == fault.CodeUnauthenticated || e.Code == fault.CodeConnectionDown
	if a.status == http.StatusUnauthorized && ours {
		e.Code, e.Reason = fault.CodeConnectionDown, fault.ReasonLoginRefused
	}
	wait, told := parseRetryAfter(a.header.Get("Retry-After"), time.Now())
	switch {
	case e.Code == fault.CodeRateLimited:
		if e.RetryAfter == 0 {
			e.RetryAfter = wait
		}
		c.pacer.pause(e.RetryAfter)
		known := out.safe || c.opts.LimitedNotApplied
		return &failure{fault: e, again: out.safe, wait: e.RetryAfter, verdict: !out.safe, maybeWritten: !known}
	case e.Code == fault.CodeVendorError && mayHaveWorked(a.status):
		if !out.safe {
			fail := c.unknown(out, fmt.Sprintf("%s answered %d: %s", a.request.URL.Host, a.status, cmp.Or(e.Vendor.Message, e.Message)), e)
			fail.fault.Vendor, fail.fault.Source = e.Vendor, e.Source
			return fail
		}
		if told {
			e.RetryAfter = wait
		}
		return &failure{fault: e, again: true, wait: wait}
	}
	return &failure{fault: e, verdict: true}
}

// mayHaveWorked reports whether a request that was answered so may have been
// carried out, or may be if it is sent again.
func mayHaveWorked(status int) bool {
	return status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooEarly
}

// byStatus is what a status means at any vendor.
func (c *Client) byStatus(a *answer) *fault.Error {
	said := c.quote(a)
	words := func(s string) string {
		if said == "" {
			return s
		}
		return s + ": " + said
	}
	switch a.status {
	case http.StatusUnauthorized:
		return fault.LoginRefused(words("the PSA refused this connection's credentials"))
	case http.StatusForbidden:
		return fault.PermissionDenied(words("the PSA does not allow this to the connection's account"))
	case http.StatusNotFound, http.StatusGone:
		return fault.NotFound(words("the PSA has no such record, or does not show it to the connection's account"))
	case http.StatusConflict:
		return fault.Conflict(words("the PSA found a conflict"))
	case http.StatusTooManyRequests:
		return fault.RateLimited(0, words("the PSA's limit of requests is reached"))
	}
	return fault.VendorError(words(fmt.Sprintf("the PSA answered %d %s", a.status, http.StatusText(a.status))))
}

// clean returns a copy of the decoder's fault with what the vendor answered,
// without secrets and without what this request carried as credentials.
func (c *Client) clean(e *fault.Error, a *answer) *fault.Error {
	scrub := func(s string) string { return clip(c.redactor.sent(s, a.request), maxWords) }
	out := *e
	vendor := fault.Vendor{Status: a.status, Message: c.quote(a)}
	if e.Vendor != nil {
		vendor = *e.Vendor
	}
	vendor.Status = cmp.Or(vendor.Status, a.status)
	vendor.Code, vendor.Message = scrub(vendor.Code), scrub(vendor.Message)
	out.Vendor, out.Source = &vendor, fault.SourcePSA
	out.Message = scrub(e.Message)
	out.Violations = slices.Clone(e.Violations)
	for i := range out.Violations {
		out.Violations[i].Message = scrub(out.Violations[i].Message)
	}
	out.Confirmations = slices.Clone(e.Confirmations)
	for i := range out.Confirmations {
		out.Confirmations[i].Text = scrub(out.Confirmations[i].Text)
	}
	return &out
}

// redirect returns where a read goes on, or nil for an answer that is none.
func (c *Client) redirect(out *outgoing, a *answer, hop int) (*url.URL, *failure) {
	if a.status < 300 || a.status >= 400 || a.status == http.StatusNotModified {
		return nil, nil
	}
	fail := func(e *fault.Error) *failure {
		e.Vendor, e.Source, e.Reason = &fault.Vendor{Status: a.status}, fault.SourcePSA, fault.ReasonNeedsAttention
		// 302 and 303 are also how a server says "done, look there".
		if !out.safe && (a.status == http.StatusFound || a.status == http.StatusSeeOther) {
			return c.unknown(out, e.Message, e).answered(a.status)
		}
		return &failure{fault: e}
	}
	next, err := a.request.URL.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		return nil, fail(fault.VendorError(fmt.Sprintf("%s answered %d without a usable Location", a.request.URL.Host, a.status)))
	}
	if !c.bound.has(next) {
		return nil, fail(c.foreign("a redirect of "+a.request.URL.Host, next))
	}
	if out.Method != http.MethodGet && out.Method != http.MethodHead {
		return nil, fail(fault.VendorError(fmt.Sprintf("%s redirects a %s to %s; only reads are redirected", a.request.URL.Host, out.Method, c.redactor.URL(next))))
	}
	if hop >= maxRedirects {
		return nil, fail(fault.VendorError(fmt.Sprintf("%s redirects more than %d times", a.request.URL.Host, maxRedirects)))
	}
	return next, nil
}

var (
	pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	markup    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// How many characters of the vendor's an error repeats: of a text that nobody
// understood, and of a message that the connector's decoder found.
const (
	maxQuote = 200
	maxWords = 1000
)

// quote returns the vendor's words for an error: on one line, short, of a page
// only its title or its text, without secrets.
func (c *Client) quote(a *answer) string {
	text := strings.ToValidUTF8(string(a.body[:min(len(a.body), 64<<10)]), "\uFFFD")
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		if m := pageTitle.FindStringSubmatch(text); m != nil {
			text = m[1]
		}
		text = html.UnescapeString(markup.ReplaceAllString(text, " "))
	}
	// Secrets go first: a cut through one would leave a part that nobody finds.
	text = c.redactor.sent(text, a.request)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	return clip(text, maxQuote)
}

func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "..."
	}
	return s
}
