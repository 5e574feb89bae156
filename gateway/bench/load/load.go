// Package load makes calls in a closed loop: each client makes its next call when
// it has the answer to the last one.
package load

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Call makes one call: the nth of a client.
type Call func(client, n int) error

// Sample is what came of a measurement.
type Sample struct {
	Elapsed time.Duration
	Latency *hdrhistogram.Histogram // in nanoseconds
}

// NewHistogram returns one for latencies from a microsecond to a minute, exact to
// three digits.
func NewHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(time.Microsecond.Nanoseconds(), time.Minute.Nanoseconds(), 3)
}

// Calls is how many calls were made.
func (s Sample) Calls() int64 { return s.Latency.TotalCount() }

// PerSecond is how many calls were made a second.
func (s Sample) PerSecond() float64 { return float64(s.Calls()) / s.Elapsed.Seconds() }

// Quantile is the latency of a quantile, from 0 to 1.
func (s Sample) Quantile(q float64) time.Duration {
	return time.Duration(s.Latency.ValueAtQuantile(q * 100))
}

// Run makes calls of so many clients for a time. A call that fails is the end: a
// bench of errors measures nothing.
func Run(ctx context.Context, clients int, window time.Duration, call Call) (Sample, error) {
	until := time.Now().Add(window)
	return run(ctx, clients, call, func(int) bool { return time.Now().Before(until) })
}

// Times makes so many calls, one after the other.
func Times(ctx context.Context, calls int, call Call) (Sample, error) {
	return run(ctx, 1, call, func(n int) bool { return n < calls })
}

func run(ctx context.Context, clients int, call Call, more func(n int) bool) (Sample, error) {
	var (
		mu    sync.Mutex
		total = Sample{Latency: NewHistogram()}
		first error
		wg    sync.WaitGroup
		start = time.Now()
	)
	for client := range clients {
		wg.Go(func() {
			own, err := loop(ctx, client, call, more)
			mu.Lock()
			defer mu.Unlock()
			total.Latency.Merge(own)
			if first == nil {
				first = err
			}
		})
	}
	wg.Wait()
	total.Elapsed = time.Since(start)
	return total, first
}

func loop(ctx context.Context, client int, call Call, more func(n int) bool) (*hdrhistogram.Histogram, error) {
	own := NewHistogram()
	for n := 0; more(n); n++ {
		if err := ctx.Err(); err != nil {
			return own, err
		}
		start := time.Now()
		if err := call(client, n); err != nil {
			return own, err
		}
		if err := own.RecordValue(time.Since(start).Nanoseconds()); err != nil {
			return own, fmt.Errorf("a call took longer than a minute: %w", err)
		}
	}
	return own, nil
}
