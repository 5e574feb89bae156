package vendorhttp

import (
	"sync"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// maxRefusals logins refused in a row end the waiting of other requests with the
// same login: vendors lock accounts.
const maxRefusals = 2

// logins knows whether the vendor accepts the login. Whether a connection is to be
// tried again is not decided here: only requests that began before it was known
// are kept from being refused one after the other.
type logins struct {
	mu      sync.Mutex
	refused int // in a row
	ended   int // how often that was maxRefusals
	last    *fault.Error
}

// begin is what since wants to know of a request that begins.
func (l *logins) begin() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

// since says that the login was refused while a request waited.
func (l *logins) since(begun int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended == begun {
		return nil
	}
	e := *l.last
	e.Message += " (it was refused to other requests meanwhile; this one was not sent)"
	return &e
}

// observe learns from the end of a try that was answered.
func (l *logins) observe(out *outgoing, fail *failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case fail != nil && fault.IsLoginRefused(fail.fault):
		if l.refused++; l.refused >= maxRefusals {
			last := *fail.fault // which goes on to the caller
			l.refused, l.ended, l.last = 0, l.ended+1, &last
		}
	case !out.NoAuth && (fail == nil || fail.verdict):
		l.refused = 0
	}
}
