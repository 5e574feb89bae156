package simulator

import (
	"net/http"
	"sync"
	"time"
	"unicode/utf8"
)

// Request is one vendor request in the log of GET /_sim/requests.
type Request struct {
	Time   time.Time `json:"time"` // simulated
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query"`
	// Header holds the request's headers with credentials redacted.
	Header http.Header `json:"header"`
	Body   string      `json:"body,omitempty"`
	// Status is what was answered; 0 when the connection was dropped first.
	Status int `json:"status"`
	// Fault names the fault that was put on the request, if any.
	Fault FaultKind `json:"fault,omitempty"`
	// Undocumented says what of the request the vendor's documents do not
	// have, where the simulator knows them.
	Undocumented []string `json:"undocumented,omitempty"`
}

const (
	// loggedRequests bounds the log: a bench must not fill the memory. The
	// oldest go first.
	loggedRequests = 20_000
	// loggedBody bounds the bytes kept of one body.
	loggedBody = 64 << 10

	redacted = "[redacted]"
)

// requestLog is the ring of the last requests.
type requestLog struct {
	mu     sync.Mutex
	ring   []Request
	oldest int
	lost   int
}

func (l *requestLog) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ring) < loggedRequests {
		l.ring = append(l.ring, r)
		return
	}
	l.ring[l.oldest] = r
	l.oldest = (l.oldest + 1) % loggedRequests
	l.lost++
}

// list returns the requests, oldest first, and how many were dropped.
func (l *requestLog) list() ([]Request, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Request, 0, len(l.ring))
	out = append(out, l.ring[l.oldest:]...)
	out = append(out, l.ring[:l.oldest]...)
	return out, l.lost
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring, l.oldest, l.lost = nil, 0, 0
}

// redact copies the headers without the values of credentials.
func redact(h http.Header, secret map[string]bool) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		if secret[name] {
			values = []string{redacted}
		}
		out[name] = values
	}
	return out
}

func loggable(body []byte) string {
	if len(body) > loggedBody {
		body = body[:loggedBody]
	}
	if !utf8.Valid(body) {
		return "[binary]"
	}
	return string(body)
}
