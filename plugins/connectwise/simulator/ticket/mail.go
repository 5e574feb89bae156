package ticket

import (
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// Audience says whom a notification may reach.
type Audience int

// The audiences.
const (
	ResourcesOnly Audience = iota
	Everybody
)

// Notify enters the mails that the tenant's rules send: to each kind of
// recipient whose flag is set on the ticket and on its board, which has a
// template for it (connectwise.md §9).
func Notify(c *rest.Call, ticket *store.Record, subject, text string, to Audience) {
	board, ok := c.World().Table(store.Boards).Get(ticket.Ref("board"))
	if !ok {
		return
	}
	if to == Everybody && board.Ref("contactTemplate") != 0 {
		if ticket.Flag("automaticEmailContactFlag") && board.Flag("sendToContactFlag") {
			Send(c, ticket, "contact", subject, text, Addresses(ticket.Text("contactEmailAddress")))
		}
		if ticket.Flag("automaticEmailCcFlag") && board.Flag("sendToCCFlag") {
			Send(c, ticket, "cc", subject, text, Addresses(ticket.Text("automaticEmailCc")))
		}
	}
	if ticket.Flag("automaticEmailResourceFlag") && board.Flag("sendToResourceFlag") && board.Ref("resourceTemplate") != 0 {
		Send(c, ticket, "resource", subject, text, ResourceAddresses(c, ticket))
	}
}

// Send enters a mail about a ticket; none when it has no address.
func Send(c *rest.Call, ticket *store.Record, reason, subject, text string, to []string) {
	if len(to) == 0 {
		return
	}
	c.Tenant.Outbox.Send(simulator.Mail{
		Time: c.Now(), To: to, Subject: subject, Text: text, Ticket: strconv.FormatInt(ticket.ID, 10), Reason: reason,
	})
}

// Addresses are those of a list separated by semicolons.
func Addresses(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ';' || r == ' ' })
}

// ResourceAddresses are those of the members assigned to a ticket.
func ResourceAddresses(c *rest.Call, ticket *store.Record) []string {
	var out []string
	for identifier := range strings.SplitSeq(ticket.Text("resources"), ",") {
		if m, ok := c.Tenant.FindMember(strings.TrimSpace(identifier)); ok {
			out = append(out, m.Text("primaryEmail"))
		}
	}
	return out
}

// mailCreated mails by the template for new tickets, of the ticket's board or
// of all.
func mailCreated(c *rest.Call, ticket *store.Record, text string) {
	template, ok := c.World().Table(store.EmailTemplates).Find(func(r *store.Record) bool {
		board := r.Ref("serviceBoard")
		return r.Text("type") == "New" && (board == 0 || board == ticket.Ref("board"))
	})
	if ok {
		Notify(c, ticket, filled(c, template, ticket), text, Everybody)
	}
}

// mailStatus mails by the template of the ticket's new status; one without a
// template is nobody's news.
func mailStatus(c *rest.Call, ticket *store.Record) {
	status, _ := c.World().Table(store.Statuses).Get(ticket.Ref("status"))
	if template, ok := c.World().Table(store.EmailTemplates).Get(status.Ref("emailTemplate")); ok {
		Notify(c, ticket, filled(c, template, ticket), "", Everybody)
	}
}

// filled is a template's subject for a ticket. The vendor's own names of what
// is filled in are not recorded.
func filled(c *rest.Call, template, ticket *store.Record) string {
	status, _ := c.World().Table(store.Statuses).Get(ticket.Ref("status"))
	return strings.NewReplacer(
		"[number]", strconv.FormatInt(ticket.ID, 10), "[summary]", ticket.Text("summary"), "[status]", status.Text("name"),
	).Replace(template.Text("subject"))
}
