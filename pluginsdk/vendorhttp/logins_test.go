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

// A crowd that waits when a login is refused does not have it refused one by one.
func TestRefusedLoginsAreNotTriedByACrowd(t *testing.T) {
	t.Parallel()
	var accepted atomic.Bool
	handler := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(100 * time.Millisecond)
		if accepted.Load() {
			reply(200, `{"id":7}`)(w, r)
			return
		}
		reply(401, `{}`)(w, r)
	}
	slots := func(o *vendorhttp.Options) { o.MaxConcurrent = 2 }
	withPSA(t, handler, slots, func(ctx context.Context, v *psa) {
		var all sync.WaitGroup
		var unsent atomic.Int32
		for range 12 {
			all.Go(func() {
				_, err := v.client.Do(ctx, get)
				if !fault.IsLoginRefused(err) {
					t.Errorf("error %v", err)
				}
				if errors.Is(err, vendorhttp.ErrNotSent) {
					unsent.Add(1)
				}
			})
		}
		all.Wait()
		// Two at once, and one that follows the first of them.
		if len(v.hits) > 3 || len(v.hits)+int(unsent.Load()) != 12 {
			t.Errorf("%d requests were sent, and %d are told as unsent", len(v.hits), unsent.Load())
		}
		// What begins afterwards is tried: somebody may have mended the login.
		accepted.Store(true)
		if _, err := v.client.Do(ctx, get); err != nil {
			t.Errorf("after the login was mended: %v", err)
		}
		accepted.Store(false)
		for range 3 {
			if _, err := v.client.Do(ctx, get); errors.Is(err, vendorhttp.ErrNotSent) {
				t.Errorf("a request that waited for nothing was not sent: %v", err)
			}
		}
	})
}
