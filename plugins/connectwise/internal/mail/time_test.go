package mail

import (
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// everybody is a ticket that has somebody of each kind to mail to, and mails
// none by itself.
func everybody() People {
	return Of(&api.Ticket{ContactEmail: "ada@x.example", CC: "boss@x.example;", Owner: &api.Ref{ID: 1}}, setup.Board{})
}

func TestMailOfTimeEntries(t *testing.T) {
	t.Parallel()
	send := func(contact, cc, technicians bool, bestEffort bool) *psav1.Notify {
		b := psav1.Notify_builder{}
		for _, c := range []struct {
			on bool
			to **psav1.Notify_Choice_V
		}{{contact, &b.Contact}, {cc, &b.Cc}, {technicians, &b.Technicians}} {
			if c.on {
				*c.to = new(Send)
			}
		}
		if bestEffort {
			b.BestEffort = new(true)
		}
		return b.Build()
	}
	tests := map[string]struct {
		people   People
		notify   *psav1.Notify
		customer bool
		want     OfTime // but for what is known
		expected psav1.Observed_V
		observed psav1.Observed_V
		says     string // part of the evidence, or of the fault
		code     fault.Code
	}{
		"nothing asked":                  {people: everybody(), expected: NotSent, observed: NotSent, says: "mail nobody"},
		"a summary that customers read":  {people: everybody(), customer: true, expected: NotSent, observed: NotSent, says: "mail nobody"},
		"suppressed":                     {people: everybody(), notify: psav1.Notify_builder{Contact: new(Suppress)}.Build(), want: OfTime{Asked: true}, expected: NotSent, observed: NotSent, says: "mail nobody"},
		"the contact":                    {people: everybody(), notify: send(true, false, false, false), customer: true, want: OfTime{Contact: true, Asked: true}, expected: Sent, observed: Unknown, says: "emailContactFlag;"},
		"all":                            {people: everybody(), notify: send(true, true, true, false), customer: true, want: OfTime{Contact: true, CC: true, Technicians: true, Asked: true}, expected: Sent, observed: Unknown, says: "emailCcFlag"},
		"those copied alone":             {people: everybody(), notify: send(false, true, false, false), customer: true, want: OfTime{CC: true, Asked: true}, expected: Sent, observed: Unknown, says: "emailCcFlag;"},
		"technicians alone":              {people: everybody(), notify: send(false, false, true, false), want: OfTime{Technicians: true, Asked: true}, expected: NotSent, observed: NotSent, says: "technicians alone"},
		"an internal text to a customer": {people: everybody(), notify: send(true, false, false, true), code: fault.CodeInvalidArgument, says: "summary_visibility"},
		"an internal text to copies":     {people: everybody(), notify: send(false, true, false, false), code: fault.CodeInvalidArgument, says: "notify.cc"},
		"nobody to mail":                 {notify: send(true, false, false, false), customer: true, code: fault.CodeFailedPrecondition, says: "no contact with an address"},
		"no technician to mail":          {notify: send(false, false, true, false), code: fault.CodeFailedPrecondition, says: "no technician"},
		"nobody to mail, best effort":    {notify: send(true, true, true, true), customer: true, want: OfTime{Asked: true}, expected: NotSent, observed: NotSent, says: "no contact with an address"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.people.OnTime(test.notify, test.customer)
			if fault.CodeOf(err) != test.code || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Fatalf("fault %v, want %s with %q", err, test.code, test.says)
			}
			if err != nil {
				return
			}
			known := got.Known
			got.Known = nil
			if got != test.want || known.GetExpected() != test.expected || known.GetObserved() != test.observed || !strings.Contains(known.GetEvidence(), test.says) {
				t.Errorf("got %+v, %v", got, known)
			}
		})
	}
}

// Mail to those copied is mail to the customer: whoever orders it has asked for it.
func TestOrderForThoseCopiedIsTold(t *testing.T) {
	t.Parallel()
	cc := psav1.Notify_builder{Cc: new(Send), BestEffort: new(true)}.Build()
	booked, err := everybody().OnTime(cc, true)
	if err != nil || booked.Known.GetRequested() != Send {
		t.Errorf("a time entry: %v, %v", booked.Known, err)
	}
	if none, err := (People{}).OnTime(cc, true); err != nil || none.Known.GetEvidence() != "nobody is copied on the ticket" {
		t.Errorf("a time entry with nobody copied: %v, %v", none.Known, err)
	}
	written, err := everybody().OnNote(cc)
	if err != nil || written.Known.GetRequested() != Send {
		t.Errorf("a note: %v, %v", written.Known, err)
	}
	if changed, err := OnChange(cc, true); err != nil || changed.Known.GetRequested() != Send {
		t.Errorf("a change: %v, %v", changed.Known, err)
	}
	if known := Nothing(psav1.Notify_builder{Contact: new(Suppress)}.Build()); known.GetRequested() != Suppress {
		t.Errorf("without an order: %v", known)
	}
}

func TestRepliesByNote(t *testing.T) {
	t.Parallel()
	on, off := new(true), new(false)
	mails := func(ticket, ticketCC, board, boardCC *bool) People {
		return Of(&api.Ticket{ContactEmail: "ada@x.example", MailContact: ticket, MailCC: ticketCC, CC: "boss@x.example;aide@x.example;"},
			setup.Board{Board: api.Board{SendToContact: board, SendToCC: boardCC}})
	}
	whole := Reply{Contact: "ada@x.example", Copied: "boss@x.example;aide@x.example;"}
	copies := whole
	copies.CC = []string{"Boss@x.example"}
	others := whole
	others.CC = []string{"boss@x.example", "rival@y.example"}
	best := whole
	best.BestEffort = true
	tests := map[string]struct {
		people   People
		reply    Reply
		expected psav1.Observed_V
		to       int
		code     fault.Code
		says     string
	}{
		"all on":                         {people: mails(on, on, on, on), reply: copies, expected: Sent, to: 3, says: "sendToContactFlag"},
		"no copies asked, and none made": {people: mails(on, off, on, on), reply: whole, expected: Sent, to: 1},
		"the ticket does not mail":       {people: mails(off, on, on, on), reply: whole, code: fault.CodeFailedPrecondition, says: "vendor.automaticEmailContactFlag"},
		"the board does not mail":        {people: mails(on, on, off, on), reply: whole, code: fault.CodeFailedPrecondition, says: "the board's sendToContactFlag is off"},
		"the board does not tell":        {people: mails(on, on, nil, on), reply: whole, code: fault.CodeFailedPrecondition, says: "sendToContactFlag"},
		"the ticket does not copy":       {people: mails(on, off, on, on), reply: copies, code: fault.CodeFailedPrecondition, says: "automaticEmailCcFlag"},
		"the board does not copy":        {people: mails(on, on, on, off), reply: copies, code: fault.CodeFailedPrecondition, says: "sendToCCFlag"},
		"a copy to somebody else":        {people: mails(on, on, on, on), reply: others, code: fault.CodeInvalidArgument, says: "rival@y.example"},
		"off, best effort":               {people: mails(off, off, on, on), reply: best, expected: NotSent, says: "automaticEmailContactFlag is off"},
		"not known, best effort":         {people: mails(on, on, nil, on), reply: best, expected: Unknown, to: 2, says: "cannot be read"},
		"nobody there, best effort":      {people: Of(&api.Ticket{MailContact: on}, setup.Board{}), reply: best, expected: NotSent, says: "no address"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			known, err := test.people.OnReplyByNote(test.reply)
			if fault.CodeOf(err) != test.code || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Fatalf("fault %v, want %s with %q", err, test.code, test.says)
			}
			if err != nil {
				return
			}
			if known.GetRequested() != Send || known.GetExpected() != test.expected || known.GetObserved() == Sent || !strings.Contains(known.GetEvidence(), test.says) {
				t.Errorf("known %v", known)
			}
			if got := test.people.MailedByNote(test.reply); len(got) != test.to {
				t.Errorf("it goes to %v", got)
			}
		})
	}
}

func TestRepliesByTime(t *testing.T) {
	t.Parallel()
	got, err := everybody().OnReplyByTime(Reply{CC: []string{"boss@x.example"}})
	if err != nil || !got.Contact || !got.CC || got.Technicians || got.Known.GetExpected() != Sent || got.Known.GetObserved() != Unknown {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := (People{}).OnReplyByTime(Reply{}); fault.CodeOf(err) != fault.CodeFailedPrecondition {
		t.Errorf("nobody to mail: %v", err)
	}
	got, err = People{}.OnReplyByTime(Reply{BestEffort: true})
	if err != nil || got.Contact || got.Known.GetExpected() != NotSent {
		t.Errorf("nobody to mail, best effort: %+v, %v", got, err)
	}
}
