package catalogue_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/catalogue"
)

// counter loads the number of loads so far.
type counter struct {
	loads atomic.Int32
	fail  atomic.Bool
	takes time.Duration
}

func (c *counter) load(ctx context.Context, _ string) (int32, error) {
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if c.fail.Load() {
		return 0, errors.New("the PSA is down")
	}
	return c.loads.Add(1), nil
}

func TestGetServesFreshStaleAndNew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &counter{takes: time.Second}
		cache := catalogue.New(c.load)
		defer cache.Close()
		want := func(value int32, within time.Duration) {
			t.Helper()
			start := time.Now()
			got, err := cache.Get(t.Context(), "k")
			if err != nil || got != value || time.Since(start) > within {
				t.Fatalf("got %d, %v after %v; want %d within %v", got, err, time.Since(start), value, within)
			}
			synctest.Wait()
		}
		want(1, time.Second) // loaded
		time.Sleep(catalogue.Fresh - 2*time.Second)
		want(1, 0) // fresh
		time.Sleep(time.Minute)
		want(1, 0)                  // stale: at once, and loaded in the background
		time.Sleep(2 * time.Second) // the load
		want(2, 0)
		time.Sleep(catalogue.Stale)
		want(3, time.Second) // too old to be shown

		c.fail.Store(true)
		time.Sleep(catalogue.Fresh)
		want(3, 0) // a failing load in the background does no harm
		time.Sleep(catalogue.Stale)
		if _, err := cache.Get(t.Context(), "k"); err == nil {
			t.Error("a value older than Stale was served while the PSA is down")
		}
	})
}

func TestCallersShareOneLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &counter{takes: time.Second}
		cache := catalogue.New(c.load)
		defer cache.Close()
		impatient, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := cache.Get(impatient, "k"); !errors.Is(err, context.Canceled) {
				t.Errorf("who left got %v", err)
			}
		})
		synctest.Wait() // it has begun the load
		for range 20 {
			wg.Go(func() {
				if got, err := cache.Get(t.Context(), "k"); got != 1 || err != nil {
					t.Errorf("got %d, %v", got, err)
				}
			})
		}
		time.Sleep(time.Second / 2)
		leave() // the load goes on for the others
		wg.Wait()
		if n := c.loads.Load(); n != 1 {
			t.Errorf("%d loads", n)
		}
	})
}

func TestUnknownNamesRenewOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &counter{}
		cache := catalogue.New(c.load)
		defer cache.Close()
		missing := func(int32) error { return catalogue.ErrUnknown }
		find := func(find func(int32) error, wantLoads int32, wantErr error) {
			t.Helper()
			if err := cache.Find(t.Context(), "k", find); !errors.Is(err, wantErr) {
				t.Errorf("got %v, want %v", err, wantErr)
			}
			if n := c.loads.Load(); n != wantLoads {
				t.Errorf("%d loads, want %d", n, wantLoads)
			}
		}
		find(missing, 1, catalogue.ErrUnknown) // just loaded: nothing newer to be had
		find(missing, 2, catalogue.ErrUnknown) // kept: looked at once more
		find(missing, 2, catalogue.ErrUnknown) // not again within the minute
		time.Sleep(catalogue.RenewEvery)
		born := func(v int32) error {
			if v < 3 {
				return catalogue.ErrUnknown
			}
			return nil
		}
		find(born, 3, nil) // a name that is younger than the list
		other := errors.New("ambiguous")
		time.Sleep(catalogue.RenewEvery)
		find(func(int32) error { return other }, 3, other)
		c.fail.Store(true)
		find(missing, 3, catalogue.ErrUnknown) // a failing renewal is no news
	})
}
