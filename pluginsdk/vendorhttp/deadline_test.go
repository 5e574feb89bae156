package vendorhttp_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

func TestDeadline(t *testing.T) {
	t.Parallel()
	hang := func(v *psa) { v.dialErr = func(int) error { time.Sleep(time.Hour); return errors.New("too late") } }
	for name, tt := range map[string]struct {
		req     vendorhttp.Request
		prepare func(*psa)
		outcome fault.Outcome
		unsent  bool
		hits    int
	}{
		"slow read":            {get, nil, fault.NotSent, false, 1},
		"slow write":           {post, nil, fault.Unknown, false, 1},
		"read never sent":      {get, hang, fault.NotSent, true, 0},
		"write never sent":     {post, hang, fault.NotSent, true, 0},
		"read after a write":   {get, func(v *psa) { v.call.AddWrite() }, fault.Unknown, false, 1},
		"unsent after a write": {post, func(v *psa) { v.call.AddWrite(); hang(v) }, fault.Unknown, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withPSA(t, slow(time.Hour), nil, func(ctx context.Context, v *psa) {
				if tt.prepare != nil {
					tt.prepare(v)
				}
				ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
				defer cancel()
				_, err := v.client.Do(ctx, tt.req)
				wantFault(t, err, fault.CodeDeadlineExceeded, tt.outcome)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the chain of %v lacks context.DeadlineExceeded", err)
				}
				if got := errors.Is(err, vendorhttp.ErrNotSent); got != tt.unsent {
					t.Errorf("ErrNotSent in the chain: %t, want %t", got, tt.unsent)
				}
				if took := time.Since(v.start); took != 5*time.Second {
					t.Errorf("took %s, want the caller's 5s", took)
				}
				v.wantHits(tt.hits)
				time.Sleep(2 * time.Hour) // let the hanging dial end
			})
		})
	}
}

func TestEndedContextSendsNothing(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		for _, req := range []vendorhttp.Request{get, post} {
			_, err := v.client.Do(ctx, req)
			wantFault(t, err, fault.CodeDeadlineExceeded, fault.NotSent)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the chain of %v lacks context.Canceled", err)
			}
		}
		if v.dials != 0 {
			t.Errorf("%d dials", v.dials)
		}
	})
}

func TestTryTimeout(t *testing.T) {
	t.Parallel()
	short := func(o *vendorhttp.Options) { o.TryTimeout = 2 * time.Second }
	withPSA(t, sequence(slow(time.Minute), reply(200, "{}")), short, func(ctx context.Context, v *psa) {
		if _, err := v.client.Do(ctx, get); err != nil {
			t.Errorf("the second try was fast: %v", err)
		}
		v.wantHits(2)
	})
	withPSA(t, slow(time.Minute), short, func(ctx context.Context, v *psa) {
		_, err := v.client.Do(ctx, get)
		wantFault(t, err, fault.CodeDeadlineExceeded, fault.NotSent)
		v.wantHits(3)
	})
	withPSA(t, slow(time.Minute), short, func(ctx context.Context, v *psa) {
		_, err := v.client.Do(ctx, post)
		wantFault(t, err, fault.CodeOutcomeUnknown, fault.Unknown)
		v.wantHits(1)
		if took := time.Since(v.start); took != 2*time.Second {
			t.Errorf("took %s, want the try's 2s", took)
		}
	})
}

func TestTimeoutWithoutACallersDeadline(t *testing.T) {
	t.Parallel()
	withPSA(t, slow(time.Hour), func(o *vendorhttp.Options) { o.Timeout = 3 * time.Second }, func(ctx context.Context, v *psa) {
		_, err := v.client.Do(ctx, get)
		wantFault(t, err, fault.CodeDeadlineExceeded, fault.NotSent)
		if took := time.Since(v.start); took != 3*time.Second {
			t.Errorf("took %s, want 3s", took)
		}
	})
}

// What fails after a write must never claim that nothing was sent.
func TestOutcomeSpeaksOfTheWholeCall(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first   http.HandlerFunc
		outcome fault.Outcome
	}{
		"after a write that was done":    {reply(201, `{"id":1}`), fault.Unknown},
		"after a write that was lost":    {drop, fault.Unknown},
		"after a write that was refused": {reply(400, "{}"), fault.NotSent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withPSA(t, sequence(tt.first, reply(500, "")), nil, func(ctx context.Context, v *psa) {
				_, _ = v.client.Do(ctx, post)
				_, err := v.client.Do(ctx, get)
				wantFault(t, err, fault.CodeVendorError, tt.outcome)
			})
			withPSA(t, sequence(tt.first, reply(404, "")), nil, func(ctx context.Context, v *psa) {
				_, _ = v.client.Do(ctx, post)
				_, err := v.client.Do(ctx, get)
				want := tt.outcome
				if want == fault.NotSent {
					want = "" // a verdict speaks for itself
				}
				wantFault(t, err, fault.CodeNotFound, want)
			})
		})
	}
}
