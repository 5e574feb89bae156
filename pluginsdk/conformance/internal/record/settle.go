package record

import (
	"time"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Some PSAs show what was written only a moment later: what looks wrong at first
// is looked at again.
const (
	looks = 4
	pause = time.Second
)

// Settle looks until nothing is wrong, and tells what is wrong at the last look.
func Settle(t *suite.T, look func() []string) {
	wrong := look()
	for range looks - 1 {
		if len(wrong) == 0 {
			return
		}
		wait(t)
		wrong = look()
	}
	for _, w := range wrong {
		t.Errorf("%s", w)
	}
}

// wait lets a moment pass.
func wait(t *suite.T) {
	select {
	case <-time.After(pause):
	case <-t.Context().Done():
	}
}

// Gone sees to it that a deleted record is not there any more: neither for another
// process nor for the simulator.
func (r Ref) Gone(t *suite.T) {
	Settle(t, func() []string {
		var wrong []string
		switch _, err := r.Read(t, t.Anew()); {
		case err == nil:
			wrong = append(wrong, r.String()+" was deleted, and another process still reads it")
		case suite.Fault(err).Code != fault.CodeNotFound:
			wrong = append(wrong, r.String()+" was deleted; reading it should be not_found, and is "+suite.Words(err))
		}
		if held, known := r.Held(t); held && known {
			wrong = append(wrong, r.String()+" was deleted, and the simulator still holds it")
		}
		return wrong
	})
}
