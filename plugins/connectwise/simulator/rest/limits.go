package rest

import (
	"math"
	"sync"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

const (
	// requestsPerMinute is the vendor's figure (connectwise.md §3).
	requestsPerMinute = 1000
	// parallelRequests is how many requests at once trip the limit: about 12
	// did, 4 did not (connectwise.md §3).
	parallelRequests = 12
	// parallelRetrySeconds is what a caller with too many at once waits.
	parallelRetrySeconds = 30
)

// limiter counts requests in windows of one minute of simulated time.
type limiter struct {
	setup simulator.Setup

	mu     sync.Mutex
	window time.Time
	count  int
	active int
}

func newLimiter(setup simulator.Setup) *limiter { return &limiter{setup: setup} }

// enter admits a request; the caller calls leave when it has answered. When
// the limit is reached it returns the answer instead.
func (l *limiter) enter() *Error {
	if l.setup.Limits == simulator.LimitsOff {
		return nil
	}
	window := l.setup.Delay(time.Minute)
	now := l.setup.Clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.active++
	if now.Sub(l.window) >= window {
		l.window, l.count = now, 0
	}
	l.count++
	if l.count > requestsPerMinute {
		return tooManyRequests(seconds(l.window.Add(window).Sub(now)))
	}
	if l.active >= parallelRequests {
		return tooManyRequests(seconds(l.setup.Delay(parallelRetrySeconds * time.Second)))
	}
	return nil
}

func (l *limiter) leave() {
	if l.setup.Limits == simulator.LimitsOff {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.active--
}

func seconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }
