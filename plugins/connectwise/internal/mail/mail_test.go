package mail_test

import (
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// A customer note is mailed to the contact and to those copied: what is known is
// of both.
func TestNoteToContactAndCopied(t *testing.T) {
	t.Parallel()
	on, off := new(true), new(false)
	ticket := func(contact, cc *bool) *api.Ticket {
		return &api.Ticket{MailContact: contact, MailCC: cc, ContactEmail: "a@x.example", CC: "b@x.example;"}
	}
	board := func(contact, cc *bool) setup.Board {
		return setup.Board{Board: api.Board{SendToContact: contact, SendToCC: cc}}
	}
	tests := map[string]struct {
		ticket             *api.Ticket
		board              setup.Board
		notify             psav1.Notify_builder
		process            bool
		expected, observed psav1.Observed_V
	}{
		"both on":              {ticket(on, on), board(on, on), psav1.Notify_builder{}, true, mail.Sent, mail.Unknown},
		"copied alone":         {ticket(off, on), board(on, on), psav1.Notify_builder{}, true, mail.Sent, mail.Unknown},
		"contact alone":        {ticket(on, off), board(on, on), psav1.Notify_builder{}, true, mail.Sent, mail.Unknown},
		"nobody":               {ticket(off, off), board(on, on), psav1.Notify_builder{}, true, mail.NotSent, mail.NotSent},
		"board off":            {ticket(on, on), board(off, off), psav1.Notify_builder{}, true, mail.NotSent, mail.NotSent},
		"board not readable":   {ticket(on, off), board(nil, nil), psav1.Notify_builder{}, true, mail.Unknown, mail.Unknown},
		"suppressed":           {ticket(on, on), board(on, on), psav1.Notify_builder{Contact: new(mail.Suppress)}, false, mail.NotSent, mail.NotSent},
		"copied not, contact?": {ticket(on, on), board(nil, on), psav1.Notify_builder{}, true, mail.Sent, mail.Unknown},
	}
	for name, test := range tests {
		d, err := mail.Of(test.ticket, test.board).OnNote(test.notify.Build())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Process != test.process || d.Known.GetExpected() != test.expected || d.Known.GetObserved() != test.observed || d.Known.GetEvidence() == "" {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if _, err := mail.Of(ticket(on, on), board(on, on)).OnNote(psav1.Notify_builder{Contact: new(mail.Send), Cc: new(mail.Suppress)}.Build()); err == nil || !strings.Contains(err.Error(), "notify.cc") {
		t.Errorf("one and not the other: %v", err)
	}
}

// What cannot be read is not told as switched off, and what is off is named.
func TestFlagThatKeepsANoteFromBeingMailed(t *testing.T) {
	t.Parallel()
	on, off := new(true), new(false)
	for name, test := range map[string]struct {
		ticket, board *bool
		expected      psav1.Observed_V
		says          string
	}{
		"the ticket's":                      {off, on, mail.NotSent, "the ticket's automaticEmailContactFlag is off"},
		"the board's":                       {on, off, mail.NotSent, "the board's sendToContactFlag is off"},
		"the board's, the ticket's unread":  {nil, off, mail.NotSent, "the board's sendToContactFlag is off"},
		"the ticket's, the board's unread":  {off, nil, mail.NotSent, "the ticket's automaticEmailContactFlag is off"},
		"the ticket's cannot be read":       {nil, on, mail.Unknown, "whether the ticket's automaticEmailContactFlag is on cannot be read"},
		"the board's cannot be read":        {on, nil, mail.Unknown, "whether the board's sendToContactFlag is on cannot be read"},
		"neither of the two can be read":    {nil, nil, mail.Unknown, "whether the ticket's automaticEmailContactFlag is on cannot be read"},
		"none; ConnectWise mails the notes": {on, on, mail.Sent, "are on; ConnectWise does not tell"},
	} {
		people := mail.Of(&api.Ticket{MailContact: test.ticket, ContactEmail: "a@x.example"}, setup.Board{Board: api.Board{SendToContact: test.board}})
		note, err := people.OnNote(nil)
		reply, replyErr := people.OnReplyByNote(mail.Reply{Contact: "a@x.example", BestEffort: true})
		if err != nil || replyErr != nil {
			t.Fatal(err, replyErr)
		}
		for _, known := range []*psav1.Notification{note.Known, reply} {
			if known.GetExpected() != test.expected || !strings.Contains(known.GetEvidence(), test.says) {
				t.Errorf("%s: %v", name, known)
			}
		}
	}
}

// Mail to technicians that is ordered is told of, and so is that there are none.
func TestNoteToTechnicians(t *testing.T) {
	t.Parallel()
	on, notify := new(true), psav1.Notify_builder{Technicians: new(mail.Send)}.Build()
	board := setup.Board{Board: api.Board{SendToMembers: on}}
	d, err := mail.Of(&api.Ticket{MailResource: on, Resources: "joy"}, board).OnNote(notify)
	if err != nil || !strings.Contains(d.Known.GetEvidence(), "technicians: automaticEmailResourceFlag of the ticket and sendToResourceFlag of the board are on") {
		t.Errorf("%v, %v", d.Known, err)
	}
	if _, err = mail.Of(&api.Ticket{MailResource: on}, board).OnNote(notify); err == nil || !strings.Contains(err.Error(), "the ticket has no technician;") {
		t.Errorf("without a technician: %v", err)
	}
	if d, err = mail.Of(&api.Ticket{MailResource: on, Resources: "joy"}, board).OnNote(nil); err != nil || strings.Contains(d.Known.GetEvidence(), "technicians") {
		t.Errorf("without an order: %v, %v", d.Known, err)
	}
}

// A change that moves nothing is told so, whatever was written into notes with it.
func TestChangeThatMovesNothing(t *testing.T) {
	t.Parallel()
	d, err := mail.OnChange(nil, false)
	if evidence := d.Known.GetEvidence(); err != nil || d.Known.GetExpected() != mail.NotSent || strings.Contains(evidence, "resolution changed") || !strings.Contains(evidence, "no status or queue changed") {
		t.Errorf("%v, %v", d.Known, err)
	}
}
