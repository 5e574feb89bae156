package simulator

import (
	"slices"
	"sync"

	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// outbox is the ledger of the mails that the tenant's rules would have sent.
type outbox struct {
	mu    sync.Mutex
	mails []simulator.Mail
}

func (o *outbox) send(m simulator.Mail) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mails = append(o.mails, m)
}

func (o *outbox) list() []simulator.Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.mails)
}
