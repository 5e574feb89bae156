// Package mail decides whom a write may mail, tells ConnectWise so, and says what
// then is known of it.
package mail

import (
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Short names of what a caller can ask for, and of what is known.
const (
	ByDefault = psav1.Notify_Choice_DEFAULT
	Send      = psav1.Notify_Choice_SEND
	Suppress  = psav1.Notify_Choice_SUPPRESS

	Sent    = psav1.Observed_SENT
	NotSent = psav1.Observed_NOT_SENT
	Unknown = psav1.Observed_UNKNOWN
)

// cannotNotify is the reason of what cannot be promised.
const cannotNotify = "NOTIFY_NOT_PROMISED"

// Choice is what a caller asked for; nothing is DEFAULT.
func Choice(c psav1.Notify_Choice_V) psav1.Notify_Choice_V {
	if c == psav1.Notify_Choice_UNSPECIFIED {
		return ByDefault
	}
	return c
}

// OnChange decides about mail because of a change of a ticket: whether
// ConnectWise is told to run no notifications, and what then is known. Mail on
// status changes is the board's own affair, so that nobody can order it. telling
// says that the change is one that boards mail on.
func OnChange(n *psav1.Notify, telling bool) (quiet bool, mail *psav1.Notification, err error) {
	asked := []psav1.Notify_Choice_V{Choice(n.GetContact()), Choice(n.GetCc()), Choice(n.GetTechnicians())}
	for _, c := range asked {
		quiet = quiet || c == Suppress
		if c == Send && !n.GetBestEffort() {
			return false, nil, fault.FailedPrecondition(cannotNotify, "ConnectWise mails on changes of a ticket by the rules of its board alone; leave notify to DEFAULT, add a customer note, or set notify.best_effort")
		}
	}
	b := psav1.Notification_builder{Requested: new(asked[0]), Expected: new(Unknown), Observed: new(Unknown)}
	switch {
	case quiet:
		b.Expected, b.Observed = new(NotSent), new(NotSent)
		b.Evidence = new("the request told ConnectWise to run no notifications")
	case telling:
		b.Evidence = new("the notifications of the board's statuses and the tenant's workflow rules decide; ConnectWise does not tell")
	default:
		b.Expected = new(NotSent)
		b.Evidence = new("no status, queue or resolution changed; only a workflow rule of the tenant could mail")
	}
	return quiet, b.Build(), nil
}

// Nothing is what is known of mail when nothing was sent to ConnectWise.
func Nothing(n *psav1.Notify) *psav1.Notification {
	return psav1.Notification_builder{
		Requested: new(Choice(n.GetContact())), Expected: new(NotSent), Observed: new(NotSent),
		Evidence: new("nothing was written"),
	}.Build()
}

// switches are what decides whether a customer note is mailed to somebody: the
// ticket's flag and the board's (connectwise.md §9). nil is not known.
type switches struct {
	ticket, board *bool
	reachable     bool // there is an address to mail to
}

// on reports whether a note is mailed for sure.
func (s switches) on() bool {
	return s.reachable && s.ticket != nil && *s.ticket && s.board != nil && *s.board
}

// off reports whether a note is not mailed for sure.
func (s switches) off() bool {
	return !s.reachable || s.ticket != nil && !*s.ticket || s.board != nil && !*s.board
}

// why says which switch keeps a note from being mailed.
func (s switches) why(ticketFlag, boardFlag string) string {
	switch {
	case !s.reachable:
		return "the ticket has no address to mail to"
	case s.ticket == nil || !*s.ticket:
		return "the ticket's " + ticketFlag + " is off"
	case s.board == nil:
		return "whether the board's " + boardFlag + " is on cannot be read"
	}
	return "the board's " + boardFlag + " is off"
}

// People are those whom a customer note could be mailed to.
type People struct{ contact, cc, technicians switches }

// Of is who a customer note on a ticket could be mailed to.
func Of(t *api.Ticket, board setup.Board) People {
	return People{
		contact:     switches{t.MailContact, board.SendToContact, t.ContactEmail != ""},
		cc:          switches{t.MailCC, board.SendToCC, t.CC != ""},
		technicians: switches{t.MailResource, board.SendToMembers, t.Owner != nil || t.Resources != ""},
	}
}

// OnNote says whether ConnectWise is to run its notifications for a customer
// note. It runs them for all or for nobody; flags of the ticket or board are
// never touched, since a crash would leave them so for somebody else's note.
func (m People) OnNote(n *psav1.Notify) (process bool, mail *psav1.Notification, err error) {
	people := []struct {
		asked                    psav1.Notify_Choice_V
		field, ticketFlag, bFlag string
		s                        switches
	}{
		{Choice(n.GetContact()), "notify.contact", "automaticEmailContactFlag", "sendToContactFlag", m.contact},
		{Choice(n.GetCc()), "notify.cc", "automaticEmailCcFlag", "sendToCCFlag", m.cc},
		{Choice(n.GetTechnicians()), "notify.technicians", "automaticEmailResourceFlag", "sendToResourceFlag", m.technicians},
	}
	var sends, suppresses bool
	for _, p := range people {
		sends = sends || p.asked == Send
		suppresses = suppresses || p.asked == Suppress
	}
	process = sends || !suppresses
	for _, p := range people {
		if n.GetBestEffort() {
			break
		}
		switch {
		case p.asked == Send && !p.s.on():
			return false, nil, fault.FailedPrecondition(cannotNotify, p.field+" SEND cannot be promised: "+p.s.why(p.ticketFlag, p.bFlag)+"; set notify.best_effort to write the note all the same")
		case p.asked == Suppress && process && !p.s.off():
			return false, nil, fault.FailedPrecondition(cannotNotify, p.field+" SUPPRESS cannot be promised together with SEND: ConnectWise notifies all or nobody; set notify.best_effort to write the note all the same")
		}
	}
	return process, m.expect(process, people[0].asked), nil
}

// expect is what is known of mail to the contact.
func (m People) expect(process bool, asked psav1.Notify_Choice_V) *psav1.Notification {
	b := psav1.Notification_builder{Requested: new(asked), Expected: new(Unknown), Observed: new(Unknown)}
	switch {
	case !process:
		b.Expected, b.Observed = new(NotSent), new(NotSent)
		b.Evidence = new("the note told ConnectWise to run no notifications")
	case m.contact.off():
		b.Expected, b.Observed = new(NotSent), new(NotSent)
		b.Evidence = new(m.contact.why("automaticEmailContactFlag", "sendToContactFlag"))
	case m.contact.on():
		b.Expected = new(Sent)
		b.Evidence = new("automaticEmailContactFlag of the ticket and sendToContactFlag of the board are on; ConnectWise does not tell whether it mailed")
	default:
		b.Evidence = new("whether the board's sendToContactFlag is on cannot be read")
	}
	return b.Build()
}
