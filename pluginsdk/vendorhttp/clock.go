package vendorhttp

import (
	"net/http"
	"sync"
	"time"
)

// clock knows how far the vendor's clock is ahead of ours.
type clock struct {
	mu    sync.Mutex
	told  bool
	ahead time.Duration
}

// promptly is how long an answer may take that tells the time well.
const promptly = 2 * time.Second

// observe learns from the Date of an answer that was asked for at a time of ours.
func (c *clock) observe(header http.Header, asked time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	took := time.Since(asked)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told && took > promptly {
		return
	}
	// The vendor cuts the fraction of its second off, and answers somewhere
	// between.
	c.told, c.ahead = true, date.Add(time.Second/2).Sub(asked.Add(took/2))
}

// VendorTime is what the vendor's clock showed, or will show, at a time of ours:
// to about a second, by the Date of its answers. Before the first answer, the
// clocks are taken to be the same.
func (c *Client) VendorTime(t time.Time) time.Time {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return t.Add(c.clock.ahead)
}
