package vendorhttp_test

import (
	"context"
	"net/http"
	"testing"
	"time"
)

func TestVendorTime(t *testing.T) {
	t.Parallel()
	// Each answer: how long it takes, and how far the vendor's clock is ahead; 0 is
	// an answer without a date.
	type answer struct{ takes, ahead time.Duration }
	for name, c := range map[string]struct {
		answers []answer
		want    time.Duration
	}{
		"no answer":                   {},
		"no date":                     {answers: []answer{{0, 0}}},
		"ahead":                       {answers: []answer{{0, time.Hour}}, want: time.Hour},
		"behind":                      {answers: []answer{{time.Second, -48 * time.Hour}}, want: -48 * time.Hour},
		"a slow first answer":         {answers: []answer{{10 * time.Second, time.Hour}}, want: time.Hour + 5*time.Second},
		"slow answers tell less":      {answers: []answer{{0, time.Hour}, {10 * time.Second, time.Hour}}, want: time.Hour},
		"a better one after a slow":   {answers: []answer{{10 * time.Second, time.Hour}, {0, time.Hour}}, want: time.Hour},
		"the clock is set":            {answers: []answer{{0, time.Hour}, {0, 0}, {0, time.Minute}}, want: time.Minute},
		"a date that is none is none": {answers: []answer{{0, time.Hour}, {0, -1}}, want: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next := 0
			handler := func(w http.ResponseWriter, _ *http.Request) {
				a := c.answers[next]
				next++
				time.Sleep(a.takes)
				switch a.ahead {
				case 0:
					w.Header()["Date"] = nil
				case -1:
					w.Header().Set("Date", "today")
				default:
					w.Header().Set("Date", time.Now().Add(a.ahead).UTC().Format(http.TimeFormat))
				}
				_, _ = w.Write([]byte("{}"))
			}
			withPSA(t, handler, nil, func(ctx context.Context, v *psa) {
				for range c.answers {
					if _, err := v.client.Do(ctx, get); err != nil {
						t.Fatal(err)
					}
				}
				now := time.Now()
				if got := v.client.VendorTime(now).Sub(now); (got - c.want).Abs() > time.Second {
					t.Errorf("the vendor's clock is ahead by %v, want %v", got, c.want)
				}
			})
		})
	}
}
