package ticket

import (
	"sync/atomic"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/pluginsdk"
)

var (
	_ psav1.TicketReaderServer       = (*Service)(nil)
	_ psav1.TicketWriterServer       = (*Service)(nil)
	_ psav1.TicketTransitionerServer = (*Service)(nil)
)

// Service serves the tickets of one account.
type Service struct {
	account *account.Account
	// writer is the login that ConnectWise lists the account's tickets under; nil
	// before the first was made.
	writer atomic.Pointer[string]
}

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// Operations says how the operations on tickets are served.
var Operations = []pluginsdk.OperationSupport{
	{Operation: "tickets.create", UnsupportedFields: append([]string{"resolution.code"}, unsupportedFields...)},
	{
		Operation: "tickets.update", UnsupportedFields: append([]string{"resolution.code"}, unsupportedFields...),
		Reason: "If-Match is a comparison before the write: somebody can come between",
	},
	{
		Operation: "tickets.delete",
		Reason:    "for good; the reason is not kept; If-Match is a comparison before the write: somebody can come between",
	},
	{Operation: "tickets.transitions", Emulated: true, Reason: "every active status of the ticket's board"},
	{
		Operation: "tickets.transition", Emulated: true, UnsupportedFields: []string{"resolution.code"},
		Reason: "a note for the resolution, the status, a note for the comment",
	},
}
