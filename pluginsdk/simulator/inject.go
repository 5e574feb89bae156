package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"strconv"
	"time"
)

type contextKey int

const (
	authExpiredKey contextKey = iota
	revokedKey
)

// AuthExpired tells the vendor to treat the request's credentials as expired:
// an expire_auth fault was put on it.
func AuthExpired(ctx context.Context) bool {
	expired, _ := ctx.Value(authExpiredKey).(bool)
	return expired
}

// Revoked lists the rights that revoke_right faults take from the request's
// user, in the vendor's form.
func Revoked(ctx context.Context) []string {
	rights, _ := ctx.Value(revokedKey).([]string)
	return rights
}

// inject serves a vendor request with the given faults on it. It ends by
// panicking with http.ErrAbortHandler where the connection is to be dropped.
func (s *Server) inject(w http.ResponseWriter, r *http.Request, faults []Fault) {
	for _, f := range faults {
		if f.DelayMS > 0 && f.Fault != FaultSlowAfter && !wait(r.Context(), time.Duration(f.DelayMS)*time.Millisecond) {
			panic(http.ErrAbortHandler)
		}
		switch f.Fault {
		case FaultStatus:
			s.answerStatus(w, f)
			return
		case FaultStatusAfter:
			s.serveVendor(newCapture(), r)
			s.answerStatus(w, f)
			return
		case FaultHTML:
			answerHTML(w, f)
			return
		case FaultRedirectElsewhere:
			answerRedirect(w, r, f)
			return
		case FaultDropBefore:
			panic(http.ErrAbortHandler)
		case FaultDropAfter:
			s.serveVendor(newCapture(), r)
			panic(http.ErrAbortHandler)
		case FaultSlowAfter:
			c := newCapture()
			s.serveVendor(c, r)
			if !wait(r.Context(), time.Duration(f.DelayMS)*time.Millisecond) {
				panic(http.ErrAbortHandler)
			}
			c.send(w, f)
			return
		case FaultTruncate:
			c := newCapture()
			s.serveVendor(c, r)
			truncate(w, c)
		case FaultForeignNextLink:
			c := newCapture()
			s.serveVendor(c, r)
			foreignNextLink(c.header, f.Origin)
			c.send(w, f)
			return
		case FaultExpireAuth:
			r = r.WithContext(context.WithValue(r.Context(), authExpiredKey, true))
		case FaultRevokeRight:
			r = r.WithContext(context.WithValue(r.Context(), revokedKey, append(Revoked(r.Context()), f.Right)))
		}
	}
	s.serveVendor(w, r)
}

// serveVendor has the vendor serve a request. A mistake in the simulator is answered
// with the vendor's own 500, so that a caller meets what he would at the vendor,
// and not a connection that is lost.
func (s *Server) serveVendor(w http.ResponseWriter, r *http.Request) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			panic(v)
		default:
			log.Printf("simulator: %s %s panicked: %v\n%s", r.Method, r.URL.Path, v, debug.Stack())
			if rec, ok := w.(*statusRecorder); ok && rec.status != 0 {
				panic(http.ErrAbortHandler) // an answer that has begun cannot be taken back
			}
			s.answerStatus(w, Fault{Status: http.StatusInternalServerError})
		}
	}()
	s.vendor.ServeHTTP(w, r)
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Server) answerStatus(w http.ResponseWriter, f Fault) {
	answer, known := s.vendor.ErrorAnswer(f.Status)
	if f.Body != nil || !known {
		answer = Answer{Header: http.Header{}}
		answer.Body, answer.Header = f.text("application/json; charset=utf-8")
	}
	c := &capture{header: answer.Header.Clone(), status: f.Status}
	c.body.Write(answer.Body)
	c.send(w, f)
}

func answerHTML(w http.ResponseWriter, f Fault) {
	c := newCapture()
	c.status = http.StatusOK
	if f.Status != 0 {
		c.status = f.Status
	}
	body, header := f.text("")
	if body == nil {
		body = []byte("<!DOCTYPE html>\n<html><head><title>Down for maintenance</title></head>" +
			"<body><h1>We will be back soon.</h1></body></html>\n")
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	c.header = header
	c.body.Write(body)
	c.send(w, f)
}

func answerRedirect(w http.ResponseWriter, r *http.Request, f Fault) {
	c := newCapture()
	c.status = http.StatusFound
	if f.Status != 0 {
		c.status = f.Status
	}
	c.header.Set("Location", f.Origin+r.URL.RequestURI())
	c.send(w, f)
}

// text is the fault's body: a JSON string as its text, other JSON as it
// stands.
func (f Fault) text(jsonType string) ([]byte, http.Header) {
	header := http.Header{}
	var text string
	switch {
	case f.Body == nil:
		return nil, header
	case json.Unmarshal(f.Body, &text) == nil:
		header.Set("Content-Type", "text/plain; charset=utf-8")
		return []byte(text), header
	}
	header.Set("Content-Type", jsonType)
	return f.Body, header
}

// truncate promises the whole body, sends half of it and drops the
// connection.
func truncate(w http.ResponseWriter, c *capture) {
	maps.Copy(w.Header(), c.header)
	w.Header().Set("Content-Length", strconv.Itoa(max(c.body.Len(), 1)))
	w.WriteHeader(c.status)
	_, _ = w.Write(c.body.Bytes()[:c.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

var nextLink = regexp.MustCompile(`<([^>]*)>(;\s*rel="?next"?)`)

// foreignNextLink makes the next link of a Link header (RFC 8288) point to
// another origin.
func foreignNextLink(h http.Header, origin string) {
	for i, link := range h["Link"] {
		h["Link"][i] = nextLink.ReplaceAllStringFunc(link, func(s string) string {
			m := nextLink.FindStringSubmatch(s)
			target, err := url.Parse(m[1])
			if err != nil {
				return s
			}
			return "<" + origin + target.RequestURI() + ">" + m[2]
		})
	}
}

// capture holds an answer back.
type capture struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newCapture() *capture {
	return &capture{header: http.Header{}, status: http.StatusOK}
}

func (c *capture) Header() http.Header         { return c.header }
func (c *capture) Write(p []byte) (int, error) { return c.body.Write(p) }
func (c *capture) WriteHeader(status int)      { c.status = status }

// send writes the answer with the fault's own headers.
func (c *capture) send(w http.ResponseWriter, f Fault) {
	maps.Copy(w.Header(), c.header)
	for name, value := range f.Headers {
		if value == "" {
			w.Header().Del(name)
			continue
		}
		w.Header().Set(name, value)
	}
	w.WriteHeader(c.status)
	_, _ = w.Write(c.body.Bytes())
}
