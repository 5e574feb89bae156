package rest

import (
	"slices"
	"sync"

	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// Outbox is the ledger of the mails that the tenant's rules would have sent.
type Outbox struct {
	mu    sync.Mutex
	mails []simulator.Mail
}

// Send enters a mail.
func (o *Outbox) Send(m simulator.Mail) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mails = append(o.mails, m)
}

// List returns the mails, oldest first.
func (o *Outbox) List() []simulator.Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.mails)
}
