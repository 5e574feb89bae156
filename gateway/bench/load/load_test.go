package load_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskgate/deskgate/gateway/bench/load"
)

func TestQuantiles(t *testing.T) {
	t.Parallel()
	s := load.Sample{Elapsed: 2 * time.Second, Latency: load.NewHistogram()}
	for n := range 1000 { // 1 ms to 1 s
		if err := s.Latency.RecordValue(int64(n+1) * int64(time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	for q, want := range map[float64]time.Duration{0.5: 500 * time.Millisecond, 0.99: 990 * time.Millisecond, 1: time.Second} {
		if got := s.Quantile(q); (got - want).Abs() > want/500 {
			t.Errorf("the quantile %v is %s, want %s", q, got, want)
		}
	}
	if s.Calls() != 1000 || s.PerSecond() != 500 {
		t.Errorf("%d calls, %v a second", s.Calls(), s.PerSecond())
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	var seen [3]atomic.Int64
	enough := make(chan struct{})
	s, err := load.Run(t.Context(), len(seen), time.Hour, func(client, n int) error {
		if int64(n) != seen[client].Add(1)-1 {
			t.Errorf("client %d makes call %d out of turn", client, n)
		}
		if n == 9 {
			<-enough
			return errEnough
		}
		if n == 8 && client == 2 {
			close(enough)
		}
		return nil
	})
	if !errors.Is(err, errEnough) || s.Calls() != 27 {
		t.Errorf("%d calls went well, %v", s.Calls(), err)
	}
}

var errEnough = errors.New("enough")

func TestTimes(t *testing.T) {
	t.Parallel()
	s, err := load.Times(t.Context(), 5, func(client, _ int) error {
		if client != 0 {
			t.Errorf("client %d", client)
		}
		return nil
	})
	if err != nil || s.Calls() != 5 {
		t.Errorf("%d calls, %v", s.Calls(), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := load.Times(ended, 5, func(int, int) error { return nil }); err == nil || s.Calls() != 0 {
		t.Errorf("after the end, %d calls, %v", s.Calls(), err)
	}
}
