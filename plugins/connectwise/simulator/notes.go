package simulator

import (
	"fmt"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// displayFlags say where a note is shown; it needs one of them.
var displayFlags = []string{"detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag"}

// noteRules are those of service ticket notes (connectwise.md §9).
var noteRules = &rules{
	object:    "serviceNote",
	readOnly:  []string{"ticketId", "dateCreated", "createdBy", "internalFlag", "externalFlag", "sentimentScore"},
	transient: []string{"processNotifications"},
	addLevel:  edit, // a note is a change of its ticket
	defaults:  noteDefaults,
	check:     checkNote,
	settle:    settleNote,
	saved:     noteSaved,
}

func noteDefaults(c *call, w *change) {
	v := w.new.Values
	for _, flag := range append([]string{"issueFlag", "customerUpdatedFlag"}, displayFlags...) {
		v[flag] = either(v[flag], false)
	}
	if v["member"] == nil && v["contact"] == nil {
		v["member"] = store.Ref(c.member.ID)
	}
	// Both are true on every note and tell nothing (connectwise.md §9).
	v["internalFlag"], v["externalFlag"] = true, true
}

func checkNote(_ *call, w *change) *apiError {
	if slices.ContainsFunc(displayFlags, w.new.Flag) {
		return nil
	}
	return invalidObject("serviceNote", detail{
		Code:    "ServiceNote",
		Message: "Please choose where to display the notes in order to save this record.",
		Field:   "detailDescriptionFlag, internalAnalysisFlag, resolutionFlag",
	})
}

func settleNote(c *call, w *change) {
	if w.old != nil {
		return
	}
	w.new.Values["ticketId"] = w.new.Parent
	w.new.Values["dateCreated"] = render.Time(w.new.Entered)
	w.new.Values["createdBy"] = author(c, w.new)
}

// author names who a note is from: the contact, or the member's identifier.
func author(c *call, note *store.Record) string {
	if m, ok := c.world().Table(store.Members).Get(note.Ref("member")); ok {
		return m.Text("identifier")
	}
	contact, _ := c.world().Table(store.Contacts).Get(note.Ref("contact"))
	return contact.Text("name")
}

// noteSaved touches the ticket, raises its "customer updated" marker and
// mails when the note asks for it. Whether a note that says nothing mails is
// not documented; here it does not (connectwise.md §9).
func noteSaved(c *call, w *change) {
	ticket := c.touchTicket(w.new.Parent, func(t *store.Record) {
		if w.new.Flag("customerUpdatedFlag") {
			t.Values["customerUpdatedFlag"] = true
		}
	})
	if !w.flag("processNotifications", false) {
		return
	}
	subject := fmt.Sprintf("Ticket #%d/%s has been updated", ticket.ID, ticket.Text("summary"))
	to := audienceAll
	if !w.new.Flag("detailDescriptionFlag") && !w.new.Flag("resolutionFlag") {
		to = audienceResources // an internal note is not for the client
	}
	c.notify(ticket, subject, w.new.Text("text"), to)
}

// touchTicket marks a ticket as changed by the caller.
func (c *call) touchTicket(id int64, change func(*store.Record)) *store.Record {
	table := c.world().Table(store.Tickets)
	old, _ := table.Get(id)
	t := old.Clone()
	change(t)
	t.Updated, t.UpdatedBy = c.t.setup.Clock.Now(), c.member.Text("identifier")
	return table.Put(t)
}

// addNote enters a note of the caller that a write of the ticket brings.
func addNote(c *call, ticket *store.Record, flag, text string) {
	w := &change{new: &store.Record{
		Parent: ticket.ID, Entered: ticket.Updated, EnteredBy: ticket.UpdatedBy, Updated: ticket.Updated, UpdatedBy: ticket.UpdatedBy,
		Values: store.Object{"text": text, flag: true},
	}}
	noteDefaults(c, w)
	settleNote(c, w)
	c.world().Table(store.Notes).Put(w.new)
}

// allNotes lists the ticket's notes together with those of its time entries
// (connectwise.md §9).
func allNotes(c *call) (answer, *apiError) {
	if err := c.allow(seed.ServiceTickets, inquire); err != nil {
		return answer{}, err
	}
	ticket, ok := c.world().Table(store.Tickets).Get(c.id(0))
	if !ok || !isService(ticket) {
		return answer{}, notFound("Service Ticket", c.id(0))
	}
	if err := c.allowRecord(seed.ServiceTickets, inquire, ticket); err != nil {
		return answer{}, err
	}
	var records []*store.Record
	for _, n := range c.world().Table(store.Notes).Children(ticket.ID) {
		records = append(records, ticketNote(n))
	}
	records = append(records, c.world().Table(store.TimeNotes).Children(ticket.ID)...)
	slices.SortStableFunc(records, func(a, b *store.Record) int { return a.Entered.Compare(b.Entered) })
	return c.answerRecords(schema.Lookup("ServiceTicketNote"), records, parametersOf(c.r.URL.Query()))
}

// ticketNote shows a note as allNotes does.
func ticketNote(n *store.Record) *store.Record {
	out := n.Clone()
	out.Values["noteType"] = "TicketNote"
	out.Values["ticket"] = store.Ref(n.Parent)
	out.Values["isMarkdownFlag"] = false
	out.Values["bundledFlag"], out.Values["mergedFlag"], out.Values["createdByParentFlag"] = false, false, false
	out.Values["originalAuthor"] = n.Values["createdBy"]
	return out
}
