// Package mail decides whom a write may mail, tells ConnectWise so, and says what
// then is known of it.
package mail

import (
	"slices"

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

// Decision is what ConnectWise is told about a write, and what then is known.
type Decision struct {
	// Quiet tells ConnectWise to run no notifications for a change of a ticket.
	Quiet bool
	// Process tells ConnectWise to run its notifications for a note.
	Process bool
	Known   *psav1.Notification
}

// choice is what a caller asked for; nothing is DEFAULT.
func choice(c psav1.Notify_Choice_V) psav1.Notify_Choice_V {
	if c == psav1.Notify_Choice_UNSPECIFIED {
		return ByDefault
	}
	return c
}

// requested is what a caller asked for of mail to the customer: SEND where it is
// ordered for the contact or for those copied, else the choice for the contact.
func requested(n *psav1.Notify) psav1.Notify_Choice_V {
	if n.GetCc() == Send {
		return Send
	}
	return choice(n.GetContact())
}

// choices are what a caller asked for: for the contact, for those copied, and for
// technicians.
func choices(n *psav1.Notify) []psav1.Notify_Choice_V {
	return []psav1.Notify_Choice_V{choice(n.GetContact()), choice(n.GetCc()), choice(n.GetTechnicians())}
}

// OnChange decides about mail because of a change of a ticket. Mail on status
// changes is the board's own affair, so that nobody can order it. telling says
// that the change is one that boards mail on.
func OnChange(n *psav1.Notify, telling bool) (Decision, error) {
	asked := choices(n)
	if slices.Contains(asked, Send) && !n.GetBestEffort() {
		return Decision{}, fault.FailedPrecondition(cannotNotify, "ConnectWise mails on changes of a ticket by the rules of its board alone; leave notify to DEFAULT, add a customer note, or set notify.best_effort")
	}
	return onChange(n, telling), nil
}

func onChange(n *psav1.Notify, telling bool) Decision {
	b := psav1.Notification_builder{Requested: new(requested(n)), Expected: new(Unknown), Observed: new(Unknown)}
	quiet := slices.Contains(choices(n), Suppress)
	switch {
	case quiet:
		b.Expected, b.Observed = new(NotSent), new(NotSent)
		b.Evidence = new("the request told ConnectWise to run no notifications")
	case telling:
		b.Evidence = new("the notifications of the board's statuses and the tenant's workflow rules decide; ConnectWise does not tell")
	default:
		b.Expected = new(NotSent)
		b.Evidence = new("no status or queue changed, and what is kept in notes tells ConnectWise to run no notifications; only a workflow rule of the tenant could mail")
	}
	return Decision{Quiet: quiet, Known: b.Build()}
}

// OnComment decides about mail because of a change of status that comes with a
// comment: one for technicians, or one for the customer, which goes to people.
// The customer can hear of either, so that what is known is of both together.
func OnComment(n *psav1.Notify, people *People) (Decision, error) {
	if people == nil {
		d, err := OnChange(n, true)
		if err == nil {
			d.Known = both(d.Known, OnInternal())
		}
		return d, err
	}
	// SEND is an order for the comment alone: a change of status takes none.
	comment, err := people.OnNote(n)
	if err != nil {
		return Decision{}, err
	}
	d := onChange(n, true)
	d.Process, d.Known = comment.Process, both(d.Known, comment.Known)
	return d, nil
}

// OnSkipped refuses an order of mail for a comment on a ticket that does not move:
// it is not written.
func OnSkipped(n *psav1.Notify) error {
	if !slices.Contains(choices(n), Send) || n.GetBestEffort() {
		return nil
	}
	return fault.FailedPrecondition(cannotNotify, "the ticket has the status already, and a comment goes with a move alone, so that nobody would be mailed; add the comment as a customer note, or set notify.best_effort")
}

// OnInternal is what is known of mail because of an internal note.
func OnInternal() *psav1.Notification {
	return psav1.Notification_builder{
		Requested: new(Suppress), Expected: new(NotSent), Observed: new(NotSent),
		Evidence: new("internal notes tell ConnectWise to run no notifications"),
	}.Build()
}

// either is what is known of two mails together.
func either(a, b psav1.Observed_V) psav1.Observed_V {
	for _, v := range []psav1.Observed_V{Sent, Unknown} {
		if a == v || b == v {
			return v
		}
	}
	return NotSent
}

// both is what is known of mail because of a change of status and of a comment:
// one mail that is sure is mail, and what is not known of one is not known of
// both.
func both(status, comment *psav1.Notification) *psav1.Notification {
	return psav1.Notification_builder{
		Requested: new(status.GetRequested()),
		Expected:  new(either(status.GetExpected(), comment.GetExpected())),
		Observed:  new(either(status.GetObserved(), comment.GetObserved())),
		Evidence:  new("the change of status: " + status.GetEvidence() + "; the comment: " + comment.GetEvidence()),
	}.Build()
}

// Nothing is what is known of mail when nothing was sent to ConnectWise.
func Nothing(n *psav1.Notify) *psav1.Notification {
	return psav1.Notification_builder{
		Requested: new(requested(n)), Expected: new(NotSent), Observed: new(NotSent),
		Evidence: new("nothing was written"),
	}.Build()
}

// switches are what decides whether a customer note is mailed to somebody: the
// ticket's flag and the board's (connectwise.md §9). nil is not known.
type switches struct {
	ticket, board         *bool
	reachable             bool // there is an address to mail to
	ticketFlag, boardFlag string
	nobody                string // why there is none
}

// on reports whether a note is mailed for sure.
func (s switches) on() bool {
	return s.reachable && s.ticket != nil && *s.ticket && s.board != nil && *s.board
}

// off reports whether a note is not mailed for sure.
func (s switches) off() bool {
	return !s.reachable || s.ticket != nil && !*s.ticket || s.board != nil && !*s.board
}

// why says what keeps a note from being mailed for sure.
func (s switches) why() string {
	switch {
	case !s.reachable:
		return s.nobody
	case s.ticket != nil && !*s.ticket:
		return "the ticket's " + s.ticketFlag + " is off"
	case s.board != nil && !*s.board:
		return "the board's " + s.boardFlag + " is off"
	case s.ticket == nil:
		return "whether the ticket's " + s.ticketFlag + " is on cannot be read"
	}
	return "whether the board's " + s.boardFlag + " is on cannot be read"
}

// People are those whom a customer note could be mailed to.
type People struct{ contact, cc, technicians switches }

// Of is who a customer note on a ticket could be mailed to.
func Of(t *api.Ticket, board setup.Board) People {
	return People{
		contact:     switches{t.MailContact, board.SendToContact, t.ContactEmail != "", "automaticEmailContactFlag", "sendToContactFlag", "the ticket has no address to mail to"},
		cc:          switches{t.MailCC, board.SendToCC, t.CC != "", "automaticEmailCcFlag", "sendToCCFlag", "the ticket copies nobody on its mail"},
		technicians: switches{t.MailResource, board.SendToMembers, t.Owner != nil || t.Resources != "", "automaticEmailResourceFlag", "sendToResourceFlag", "the ticket has no technician"},
	}
}

// OnNote says whether ConnectWise is to run its notifications for a customer
// note. It runs them for all or for nobody; flags of the ticket or board are
// never touched, since a crash would leave them so for somebody else's note.
func (m People) OnNote(n *psav1.Notify) (Decision, error) {
	asked := choices(n)
	process := slices.Contains(asked, Send) || !slices.Contains(asked, Suppress)
	people := []struct {
		field string
		switches
	}{{"notify.contact", m.contact}, {"notify.cc", m.cc}, {"notify.technicians", m.technicians}}
	for i, p := range people {
		if n.GetBestEffort() {
			break
		}
		switch {
		case asked[i] == Send && !p.on():
			return Decision{}, fault.FailedPrecondition(cannotNotify, p.field+" SEND cannot be promised: "+p.why()+"; set notify.best_effort to write the note all the same")
		case asked[i] == Suppress && process && !p.off():
			return Decision{}, fault.FailedPrecondition(cannotNotify, p.field+" SUPPRESS cannot be promised together with SEND: ConnectWise notifies all or nobody; set notify.best_effort to write the note all the same")
		}
	}
	return Decision{Process: process, Known: m.expect(process, asked)}, nil
}

// expect is what is known of mail to the customer: to the contact, and to those
// copied on the ticket. Technicians are told of in the evidence, where mail to them
// is ordered.
func (m People) expect(process bool, asked []psav1.Notify_Choice_V) *psav1.Notification {
	requested := asked[0]
	if asked[1] == Send {
		requested = Send // it orders mail to customers too
	}
	b := psav1.Notification_builder{Requested: &requested, Expected: new(NotSent), Observed: new(NotSent)}
	if !process {
		b.Evidence = new("the note told ConnectWise to run no notifications")
		return b.Build()
	}
	contact, evidence := m.contact.expect()
	cc, also := m.cc.expect()
	if !m.cc.off() {
		evidence = "the contact: " + evidence + "; those copied: " + also
	}
	if asked[2] == Send {
		_, technicians := m.technicians.expect()
		evidence += "; technicians: " + technicians
	}
	b.Expected, b.Evidence = new(either(contact, cc)), &evidence
	if *b.Expected != NotSent {
		b.Observed = new(Unknown) // ConnectWise does not tell whether it mailed
	}
	return b.Build()
}

// expect is what is known of mail to somebody of a note that runs the
// notifications, and by what.
func (s switches) expect() (psav1.Observed_V, string) {
	switch {
	case s.off():
		return NotSent, s.why()
	case s.on():
		return Sent, s.ticketFlag + " of the ticket and " + s.boardFlag + " of the board are on; ConnectWise does not tell whether it mailed"
	}
	return Unknown, s.why()
}
