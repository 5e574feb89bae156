package connector

import (
	"testing"
	"testing/synctest"
	"time"
)

// life has a process live for d and returns what comes after.
func life(r *restarts, d time.Duration) (time.Duration, bool) {
	r.started(time.Now())
	time.Sleep(d)
	r.lived(d)
	return r.next(time.Now())
}

func between(t *testing.T, got, low, high time.Duration) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("the wait is %s, not between %s and %s", got, low, high)
	}
}

func TestRestartsGrowApartAndRunOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRestarts(DefaultTiming())
		want := 500 * time.Millisecond
		for range 4 {
			wait, failed := life(r, 0)
			if failed {
				t.Fatal("failed too early")
			}
			between(t, wait, want*8/10, want*12/10)
			want *= 2
			time.Sleep(wait)
		}
		// The fifth start within ten minutes was the last of the quick ones, and
		// stays so while the tries every five minutes fail.
		for range 10 {
			wait, failed := life(r, time.Second)
			if !failed || wait != 5*time.Minute {
				t.Fatalf("failed %v, %s", failed, wait)
			}
			time.Sleep(wait)
		}
		// One that holds out clears the past.
		if wait, failed := life(r, 5*time.Minute); failed {
			t.Error("still failed")
		} else {
			between(t, wait, 400*time.Millisecond, 600*time.Millisecond)
		}
	})
}

func TestRareEndsAreNoFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRestarts(DefaultTiming())
		for range 20 {
			wait, failed := life(r, 3*time.Minute)
			if failed {
				t.Fatal("failed")
			}
			between(t, wait, 400*time.Millisecond, 600*time.Millisecond)
			time.Sleep(wait)
		}
	})
}

func TestWaitsAreCapped(t *testing.T) {
	t.Parallel()
	timing := DefaultTiming()
	wait := newBackoff(timing)
	for range 100 {
		between(t, wait.NextBackOff(), 0, timing.BackoffMax*12/10)
	}
	between(t, wait.NextBackOff(), timing.BackoffMax*8/10, timing.BackoffMax*12/10)
}
