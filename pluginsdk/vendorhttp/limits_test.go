package vendorhttp_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	inBubble := time.Date(2000, 1, 1, 0, 0, 7, 0, time.UTC) // a bubble's clock starts at 2000-01-01
	for header, want := range map[string]time.Duration{
		"2": 2 * time.Second, inBubble.Format(http.TimeFormat): 7 * time.Second,
	} {
		withPSA(t, sequence(limited(header), reply(200, "{}")), nil, func(ctx context.Context, v *psa) {
			if _, err := v.client.Do(ctx, get); err != nil {
				t.Fatal(err)
			}
			v.wantHits(2)
			if at := v.seen()[1].at; at != want {
				t.Errorf("Retry-After %q: the second try came after %s, want %s", header, at, want)
			}
		})
	}
	unavailable := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "3"); w.WriteHeader(503) }
	withPSA(t, sequence(unavailable, reply(200, "{}")), nil, func(ctx context.Context, v *psa) {
		if _, err := v.client.Do(ctx, get); err != nil {
			t.Fatal(err)
		}
		if at := v.seen()[1].at; at != 3*time.Second {
			t.Errorf("after a 503 the second try came after %s, want 3s", at)
		}
	})
}

func TestRetryAfterBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	withPSA(t, limited("45"), nil, func(ctx context.Context, v *psa) {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		_, err := v.client.Do(ctx, get)
		if e := wantFault(t, err, fault.CodeRateLimited, fault.NotSent); e.RetryAfter != 45*time.Second {
			t.Errorf("RetryAfter is %s, want 45s", e.RetryAfter)
		}
		// The limit is the account's, so that the next request does not even go out.
		time.Sleep(5 * time.Second)
		_, err = v.client.Do(ctx, post)
		if e := wantFault(t, err, fault.CodeRateLimited, fault.NotSent); e.RetryAfter != 40*time.Second || !errors.Is(err, vendorhttp.ErrNotSent) {
			t.Errorf("during the pause: %v, RetryAfter %s; want 40s and ErrNotSent", err, e.RetryAfter)
		}
		if took := time.Since(v.start); took != 5*time.Second {
			t.Errorf("waited %s for what cannot come", took-5*time.Second)
		}
		v.wantHits(1)
	})
}

func TestLimitedWithoutRetryAfter(t *testing.T) {
	t.Parallel()
	for header, hits := range map[string]int{"": 3, "soon": 3, "0": 3} {
		withPSA(t, limited(header), nil, func(ctx context.Context, v *psa) {
			_, err := v.client.Do(ctx, get)
			if e := wantFault(t, err, fault.CodeRateLimited, fault.NotSent); e.RetryAfter != 0 || e.Vendor.Status != 429 {
				t.Errorf("RetryAfter %s, vendor %+v", e.RetryAfter, e.Vendor)
			}
			v.wantHits(hits)
		})
	}
}

func TestLimitedWrite(t *testing.T) {
	t.Parallel()
	withPSA(t, limited("1"), nil, func(ctx context.Context, v *psa) {
		_, err := v.client.Do(ctx, post)
		wantFault(t, err, fault.CodeRateLimited, fault.Unknown)
		v.wantHits(1)
	})
	applied := func(o *vendorhttp.Options) { o.LimitedNotApplied = true }
	withPSA(t, limited("1"), applied, func(ctx context.Context, v *psa) {
		_, err := v.client.Do(ctx, post)
		wantFault(t, err, fault.CodeRateLimited, "")
		v.wantHits(1)
		if v.call.Writes() != 0 {
			t.Error("a refused write is counted")
		}
	})
}

func TestPacing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		setting string
		rate    vendorhttp.Rate
		want    []time.Duration
	}{
		"vendor":  {"", vendorhttp.Rate{Requests: 30, Per: time.Minute}, []time.Duration{0, 2 * time.Second, 4 * time.Second}},
		"burst":   {"vendor", vendorhttp.Rate{Requests: 1, Per: time.Second, Burst: 2}, []time.Duration{0, 0, time.Second}},
		"setting": {"12/minute", vendorhttp.Rate{Requests: 1, Per: time.Hour}, []time.Duration{0, 5 * time.Second, 10 * time.Second}},
		"off":     {"off", vendorhttp.Rate{Requests: 1, Per: time.Hour}, []time.Duration{0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withPSA(t, reply(200, "{}"), func(o *vendorhttp.Options) { o.RateLimit, o.VendorRate = tt.setting, tt.rate }, func(ctx context.Context, v *psa) {
				for range tt.want {
					if _, err := v.client.Do(ctx, get); err != nil {
						t.Fatal(err)
					}
				}
				for i, h := range v.seen() {
					if h.at.Round(time.Millisecond) != tt.want[i] {
						t.Errorf("request %d came at %s, want %s", i, h.at, tt.want[i])
					}
				}
			})
		})
	}
}

// Tries are requests too.
func TestPacingHoldsForTries(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(503, ""), func(o *vendorhttp.Options) { o.RateLimit = "6/minute" }, func(ctx context.Context, v *psa) {
		_, _ = v.client.Do(ctx, get)
		v.wantHits(3)
		// The limiter reckons in floating point.
		if at := v.seen()[2].at.Round(time.Millisecond); at != 20*time.Second {
			t.Errorf("the third try came at %s, want 20s", at)
		}
	})
}

func TestPacingBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), func(o *vendorhttp.Options) { o.RateLimit = "1/minute" }, func(ctx context.Context, v *psa) {
		short, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		if _, err := v.client.Do(short, get); err != nil {
			t.Fatal(err)
		}
		for range 3 { // a refusal takes no slot from the next
			_, err := v.client.Do(short, post)
			e := wantFault(t, err, fault.CodeRateLimited, fault.NotSent)
			if e.RetryAfter != time.Minute || e.Source != fault.SourceConnector {
				t.Errorf("RetryAfter %s, source %s; want 1m, connector", e.RetryAfter, e.Source)
			}
		}
		if time.Since(v.start) != 0 {
			t.Error("it waited")
		}
		// Who goes away gives the slot back.
		gone, leave := context.WithCancel(ctx)
		time.AfterFunc(time.Second, leave)
		if _, err := v.client.Do(gone, get); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want cancelled", err)
		}
		long, cancel := context.WithTimeout(ctx, 61*time.Second)
		defer cancel()
		if _, err := v.client.Do(long, get); err != nil {
			t.Errorf("the slot was not given back: %v", err)
		}
		v.wantHits(2)
	})
}

func TestMaxConcurrent(t *testing.T) {
	t.Parallel()
	var running, most atomic.Int32
	handler := func(w http.ResponseWriter, r *http.Request) {
		n := running.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		time.Sleep(time.Second)
		running.Add(-1)
		reply(200, "{}")(w, r)
	}
	withPSA(t, handler, func(o *vendorhttp.Options) { o.MaxConcurrent = 3 }, func(ctx context.Context, v *psa) {
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if _, err := v.client.Do(ctx, get); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most.Load() != 3 || time.Since(v.start) != 4*time.Second {
			t.Errorf("%d ran at once, all within %s; want 3, 4s", most.Load(), time.Since(v.start))
		}
	})
}

func TestNoSlotBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	withPSA(t, slow(10*time.Second), func(o *vendorhttp.Options) { o.MaxConcurrent = 1 }, func(ctx context.Context, v *psa) {
		var all sync.WaitGroup
		all.Go(func() { _, _ = v.client.Do(ctx, get) })
		time.Sleep(time.Second)
		short, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		_, err := v.client.Do(short, post)
		wantFault(t, err, fault.CodeDeadlineExceeded, fault.NotSent)
		all.Wait()
		v.wantHits(1)
	})
}
