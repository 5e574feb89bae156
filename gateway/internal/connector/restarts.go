package connector

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// newBackoff returns the waits between tries: growing, capped, with jitter, so
// that what failed together does not come back together.
func newBackoff(t Timing) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     t.BackoffMin,
		MaxInterval:         t.BackoffMax,
		Multiplier:          2,
		RandomizationFactor: 0.2,
	}
}

// restarts decides when a process is started again.
type restarts struct {
	timing    Timing
	wait      *backoff.ExponentialBackOff
	starts    []time.Time // within the window
	exhausted bool
}

func newRestarts(t Timing) *restarts { return &restarts{timing: t, wait: newBackoff(t)} }

// started records a start.
func (r *restarts) started(now time.Time) { r.starts = append(r.starts, now) }

// lived records how long a process has lived: one that held out for a while
// clears what came before.
func (r *restarts) lived(d time.Duration) {
	if d >= r.timing.BackoffMax {
		r.wait.Reset()
	}
	if d >= r.timing.FailedEvery {
		r.exhausted, r.starts = false, nil
	}
}

// next returns how long to wait before the next start, and whether the process
// is failed: too many starts in too short a time.
func (r *restarts) next(now time.Time) (wait time.Duration, failed bool) {
	for len(r.starts) > 0 && now.Sub(r.starts[0]) >= r.timing.StartsWindow {
		r.starts = r.starts[1:]
	}
	if r.exhausted || len(r.starts) >= r.timing.Starts {
		r.exhausted = true
		return r.timing.FailedEvery, true
	}
	return r.wait.NextBackOff(), false
}
