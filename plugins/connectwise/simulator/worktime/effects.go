package worktime

import (
	"fmt"
	"math"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/ticket"
)

// entrySaved puts the entry on its sheet, sums the ticket's hours and mails
// what the entry asks for.
func entrySaved(c *rest.Call, w *rest.Change) {
	member, _ := c.World().Table(store.Members).Get(w.New.Ref("member"))
	sheet := seed.SheetOf(c.World(), member, start(w.New))
	if w.New.Ref("timeSheet") != sheet.ID {
		old := w.New.Ref("timeSheet")
		w.New.Values["timeSheet"] = store.Ref(sheet.ID)
		sumSheet(c, old)
	}
	sumSheet(c, sheet.ID)
	if w.Old != nil && w.Old.Parent != w.New.Parent {
		sumTicket(c, w.Old.Parent)
	}
	sumTicket(c, w.New.Parent)
	if t, ok := chargedTicket(c, w.New); ok {
		mail(c, w, t)
	}
}

// sumTicket gives a ticket the hours of its entries; 0 is none.
func sumTicket(c *rest.Call, id int64) {
	if id == 0 {
		return
	}
	ticket.Touch(c, id, func(t *store.Record) {
		t.Values["actualHours"] = sum(c.World().Table(store.TimeEntries).Children(id))
	})
}

func sumSheet(c *rest.Call, id int64) {
	sheet, ok := c.World().Table(store.TimeSheets).Get(id)
	if !ok {
		return
	}
	var entries []*store.Record
	for _, r := range c.World().Table(store.TimeEntries).All() {
		if r.Ref("timeSheet") == id {
			entries = append(entries, r)
		}
	}
	changed := sheet.Clone()
	changed.Values["hours"] = sum(entries)
	c.World().Table(store.TimeSheets).Put(changed)
}

func sum(entries []*store.Record) float64 {
	total := 0.0
	for _, r := range entries {
		total += number(r, "actualHours")
	}
	return math.Round(total*100) / 100
}

// mail sends the entry's text to those whom its flags name, whatever the
// ticket's own flags say (connectwise.md §9). Text that is shown to nobody
// outside is not sent to the client.
func mail(c *rest.Call, w *rest.Change, t *store.Record) {
	subject := fmt.Sprintf("Ticket #%d/%s has been updated", t.ID, t.Text("summary"))
	text := w.New.Text("notes")
	outside := w.New.Flag("addToDetailDescriptionFlag") || w.New.Flag("addToResolutionFlag")
	if w.Flag("emailContactFlag", false) && outside {
		ticket.Send(c, t, "contact", subject, text, ticket.Addresses(t.Text("contactEmailAddress")))
	}
	if w.Flag("emailCcFlag", false) && outside {
		to, _ := w.Given["emailCc"].(string)
		if to == "" {
			to = t.Text("automaticEmailCc")
		}
		ticket.Send(c, t, "cc", subject, text, ticket.Addresses(to))
	}
	if w.Flag("emailResourceFlag", false) {
		ticket.Send(c, t, "resource", subject, text, ticket.ResourceAddresses(c, t))
	}
}

// mountAudits adds the audit trail of an entry in the form that the time
// module has it.
func mountAudits(on rest.On, entries *rest.Resource) {
	list := func(c *rest.Call) ([]*store.Record, *rest.Error) {
		if _, err := entries.One(c, rest.Inquire); err != nil {
			return nil, err
		}
		var out []*store.Record
		for _, r := range c.World().Table(store.AuditTrail).Children(c.ID(0)) {
			if r.Text("auditType") != entryRules.Audit.Type {
				continue
			}
			values := store.Object{
				"id": r.ID, "source": r.Values["auditSource"], "type": "TimeEntry", "message": r.Values["text"],
			}
			if by, ok := c.Tenant.FindMember(r.Text("enteredBy")); ok {
				values["member"] = store.Ref(by.ID)
			}
			out = append(out, &store.Record{ID: r.ID, Values: values, Entered: r.Entered, Updated: r.Entered, UpdatedBy: r.Text("enteredBy")})
		}
		return out, nil
	}
	rest.Derived{Path: "/time/entries/{id}/audits", Type: "TimeEntryAudit", Label: "Time Entry Audit", List: list}.Mount(on)
}
