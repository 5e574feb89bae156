package suite

import (
	"slices"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
)

// Forget empties the simulator's log of vendor requests.
func (t *T) Forget() { t.Must(t.Simulator.Forget(t.ctx)) }

// Requests are the vendor requests since the last Forget. A check that calls it
// needs simulated.Requests.
func (t *T) Requests() []simulated.Request {
	list, err := t.Simulator.Log(t.ctx)
	t.Must(err)
	return list
}

// Sent are those of the requests that can have changed something.
func (t *T) Sent() []simulated.Request {
	return slices.DeleteFunc(t.Requests(), func(r simulated.Request) bool {
		if r.Reads() {
			return true
		}
		line := r.Method + " " + r.Path
		for _, pattern := range t.File.Reads {
			if pattern.MatchString(line) {
				return true
			}
		}
		return false
	})
}
