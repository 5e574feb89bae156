package simulator

import (
	"sync"
	"time"
)

// Clock is the simulated time. It runs at the pace of the real one from the
// moment it was started at, and can be advanced.
type Clock struct {
	mu     sync.RWMutex
	offset time.Duration // from the real time
	start  time.Time
}

// NewClock returns a clock that shows the given time now; the zero time
// stands for the present, truncated to the second.
func NewClock(start time.Time) *Clock {
	c := new(Clock)
	c.Restart(start)
	return c
}

// Restart sets the clock to the given time, as NewClock does.
func (c *Clock) Restart(start time.Time) {
	now := time.Now()
	if start.IsZero() {
		start = now
	}
	start = start.UTC().Truncate(time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start, c.offset = start, start.Sub(now)
}

// Now is the simulated time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return time.Now().Add(c.offset).UTC()
}

// Start is the time that the clock was last started at.
func (c *Clock) Start() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.start
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}
