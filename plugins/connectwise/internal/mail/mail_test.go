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
