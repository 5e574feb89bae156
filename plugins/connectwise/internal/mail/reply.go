package mail

import (
	"fmt"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Reply is a mail to the customer that is asked for.
type Reply struct {
	Contact    string   // the address of the ticket's contact
	CC         []string // who gets a copy
	Copied     string   // whom the ticket copies on its mail
	BestEffort bool
}

// OnReplyByNote decides about a reply that is a note: it is mailed where the
// ticket and its board mail notes already, and only so. No flag is switched on
// for it: a crash would leave it on for somebody else's note. The receipt's
// notification is returned.
func (m People) OnReplyByNote(r Reply) (*psav1.Notification, error) {
	copied := mapping.Addresses(r.Copied)
	for n, address := range r.CC {
		if !slices.ContainsFunc(copied, func(c string) bool { return strings.EqualFold(c, address) }) {
			return nil, fault.InvalidArgument(fmt.Sprintf("cc[%d]", n),
				fmt.Sprintf("ConnectWise copies those whom the ticket copies, and %s is none of them: add the address to the ticket's watchers first", address), copied...)
		}
	}
	switch {
	case r.BestEffort:
	case !m.contact.on():
		return nil, m.contact.refuse("contact")
	case len(r.CC) > 0 && !m.cc.on():
		return nil, m.cc.refuse("copied addresses")
	}
	expected, evidence := m.contact.expect()
	b := psav1.Notification_builder{Requested: new(Send), Expected: &expected, Observed: new(Unknown), Evidence: &evidence}
	if expected == NotSent {
		b.Observed = new(NotSent)
	}
	return b.Build(), nil
}

// refuse is the fault of a reply by note that is not mailed for sure.
func (s switches) refuse(whom string) error {
	advice := "change that in ConnectWise, have the connection reply by time entries (customer_notification = \"time_entry\")"
	switch {
	case !s.reachable:
		advice = "give it one with tickets.update"
	case s.ticket == nil || !*s.ticket:
		advice = "switch it on for good with tickets.update, in the custom field vendor." + s.ticketFlag + ", have the connection reply by time entries (customer_notification = \"time_entry\")"
	}
	return fault.FailedPrecondition(cannotNotify, fmt.Sprintf("the reply would not be mailed to the %s for sure: %s; %s, or set best_effort to write it all the same",
		whom, s.why(), advice))
}

// OnReplyByTime decides about a reply that is a time entry, which is mailed by
// flags of its own.
func (m People) OnReplyByTime(r Reply) (OfTime, error) {
	if !m.contact.reachable && !r.BestEffort {
		return OfTime{}, fault.FailedPrecondition(cannotNotify, "the reply would not be mailed: the ticket has no contact with an address; give it one with tickets.update, or set best_effort to write it all the same")
	}
	d := OfTime{Contact: m.contact.reachable, CC: len(r.CC) > 0, Asked: true}
	d.Known = d.known(Send, []string{"the ticket has no contact with an address"})
	return d, nil
}

// MailedByNote are the addresses that a reply by note goes to for all that is
// known.
func (m People) MailedByNote(r Reply) []string {
	var list []string
	if m.contact.on() {
		list = append(list, r.Contact)
	}
	if m.cc.on() {
		list = append(list, mapping.Addresses(r.Copied)...)
	}
	return list
}
