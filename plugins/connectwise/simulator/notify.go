package simulator

import (
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// audience says whom a notification may reach.
type audience int

const (
	audienceResources audience = iota
	audienceAll
)

// notify enters the mails that the tenant's rules send: to each kind of
// recipient whose flag is set on the ticket and on its board (connectwise.md
// §9).
func (c *call) notify(ticket *store.Record, subject, text string, to audience) {
	board, ok := c.world().Table(store.Boards).Get(ticket.Ref("board"))
	if !ok {
		return
	}
	send := func(reason string, addresses []string) {
		if len(addresses) == 0 {
			return
		}
		c.t.outbox.send(simulator.Mail{
			Time: c.t.setup.Clock.Now(), To: addresses, Subject: subject, Text: text,
			Ticket: strconv.FormatInt(ticket.ID, 10), Reason: reason,
		})
	}
	if to == audienceAll {
		if ticket.Flag("automaticEmailContactFlag") && board.Flag("sendToContactFlag") {
			send("contact", addresses(ticket.Text("contactEmailAddress")))
		}
		if ticket.Flag("automaticEmailCcFlag") && board.Flag("sendToCCFlag") {
			send("cc", addresses(ticket.Text("automaticEmailCc")))
		}
	}
	if ticket.Flag("automaticEmailResourceFlag") && board.Flag("sendToResourceFlag") {
		send("resource", c.resourceAddresses(ticket))
	}
}

// addresses are those of a list separated by semicolons.
func addresses(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ';' || r == ' ' })
}

func (c *call) resourceAddresses(ticket *store.Record) []string {
	var out []string
	for identifier := range strings.SplitSeq(ticket.Text("resources"), ",") {
		if m, ok := c.t.member(strings.TrimSpace(identifier)); ok {
			out = append(out, m.Text("primaryEmail"))
		}
	}
	return out
}
