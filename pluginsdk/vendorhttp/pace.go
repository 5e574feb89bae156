package vendorhttp

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"golang.org/x/time/rate"
)

// Rate is a limit of requests per time. The zero value is no limit.
type Rate struct {
	Requests int
	Per      time.Duration
	// Burst is how many may go at once after a pause; 0 means what the rate
	// gives in a second, and at least one.
	Burst int
}

var rateUnits = map[string]time.Duration{
	"s": time.Second, "second": time.Second,
	"m": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hour": time.Hour,
}

// maxRequests keeps a rate where its arithmetic is exact.
const maxRequests = 1_000_000

// ParseRateLimit reads a connection's rate_limit: "vendor" or "" for the
// vendor's documented limit, "off" for none (loopback only: a real PSA locks
// out who ignores its limit), or "<n>/<unit>" such as "100/minute", the unit
// one of second, minute, hour, or s, m, h.
func ParseRateLimit(text string, vendor Rate, loopback bool) (Rate, error) {
	const want = `want "vendor", "off" or "<n>/<unit>" such as "100/minute" (second, minute, hour)`
	switch text {
	case "", "vendor":
		if vendor.Requests < 0 || vendor.Burst < 0 || vendor.Requests > 0 && vendor.Per <= 0 {
			return Rate{}, errors.New("rate limit: the vendor's own limit is negative or lacks its time")
		}
		return vendor, nil
	case "off":
		if !loopback {
			return Rate{}, errors.New(`rate limit "off" is allowed on loopback addresses only: a PSA locks out who ignores its limit; use "vendor" or "<n>/<unit>"`)
		}
		return Rate{}, nil
	}
	count, unit, ok := strings.Cut(text, "/")
	per, known := rateUnits[unit]
	if !ok || !known || count == "" || strings.Trim(count, "0123456789") != "" {
		return Rate{}, fmt.Errorf("rate limit %.40q: %s", text, want)
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > maxRequests {
		return Rate{}, fmt.Errorf("rate limit %.40q: the number of requests must be from 1 to %d", text, maxRequests)
	}
	return Rate{Requests: n, Per: per}, nil
}

func (r Rate) limiter() *rate.Limiter {
	if r.Requests == 0 {
		return nil
	}
	perSecond := float64(r.Requests) / r.Per.Seconds()
	burst := r.Burst
	if burst == 0 {
		burst = max(1, int(perSecond))
	}
	return rate.NewLimiter(rate.Limit(perSecond), burst)
}

// maxPause is how long one answer of the vendor can hold back all requests;
// after it, one of them finds out again.
const maxPause = time.Minute

// pacer spreads the requests of one client over time.
type pacer struct {
	limiter *rate.Limiter // nil: no limit

	mu    sync.Mutex
	until time.Time // the vendor asked for silence until then
}

// pause holds back all requests, because the vendor said so.
func (p *pacer) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(min(d, maxPause)); until.After(p.until) {
		p.until = until
	}
}

func (p *pacer) paused() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(time.Until(p.until), 0)
}

// wait returns when the next request may go. It fails at once with
// rate_limited, and when to come back, if that is after the deadline.
func (p *pacer) wait(ctx context.Context) error {
	delay, words := p.paused(), "the PSA asked for a pause in requests"
	var slot *rate.Reservation
	if p.limiter != nil {
		slot = p.limiter.Reserve()
		if d := slot.Delay(); d > delay {
			delay, words = d, "this connection's rate limit is used up"
		}
	}
	if delay == 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && delay > time.Until(deadline) {
		if slot != nil {
			slot.Cancel()
		}
		return fault.RateLimited(delay, fmt.Sprintf("%s; the next one can go in %s, after the deadline of this call", words, roundUp(delay)))
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		if slot != nil {
			slot.Cancel()
		}
		return context.Cause(ctx)
	}
}

// roundUp is for people: nobody wants to read 1.234567891s.
func roundUp(d time.Duration) time.Duration {
	if d < time.Second {
		return (d + time.Millisecond - 1).Truncate(time.Millisecond)
	}
	return (d + time.Second - 1).Truncate(time.Second)
}
