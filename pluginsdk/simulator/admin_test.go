package simulator

import (
	"net/http"
	"testing"
)

// managed is a counter with an admin path of its own.
type managed struct{ *counter }

func (m managed) Administer(mux *http.ServeMux) {
	mux.HandleFunc("POST /_sim/double", func(http.ResponseWriter, *http.Request) { m.n.Store(2 * m.n.Load()) })
}

func TestAdminPathOfAVendor(t *testing.T) {
	t.Parallel()
	r, err := Start(managed{&counter{}}, Options{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	mustCall(t, "POST", r.URL+"/_sim/double", "", 200)
	if got := mustCall(t, "GET", r.URL+"/_sim/state/numbers", "", 200); got != "[14]\n" {
		t.Errorf("doubled to %s", got)
	}
	mustCall(t, "POST", start(t).URL+"/_sim/double", "", 404)
}
