package ticket

import (
	"fmt"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// displayFlags say where a note is shown; it needs one of them.
var displayFlags = []string{"detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag"}

// noteRules are those of a kind's notes (connectwise.md §9). A note is a
// change of its ticket, so adding one asks for the level that editing does.
func noteRules(k *kind) *rest.Rules {
	object := "serviceNote"
	if k == projectKind {
		object = "ticketNote"
	}
	return &rest.Rules{
		Object:    object,
		ReadOnly:  []string{"ticketId", "dateCreated", "createdBy", "internalFlag", "externalFlag", "sentimentScore"},
		Transient: []string{"processNotifications"},
		AddLevel:  rest.Edit,
		Defaults:  noteDefaults,
		Check:     checkNote,
		Settle:    settleNote,
		Saved:     noteSaved,
		Audit: &rest.Audit{
			Type: k.audit, Subject: "Note", Of: func(r *store.Record) int64 { return r.Parent },
			Members: []rest.Audited{{Member: "text", Caption: "Note", SubType: "Notes"}},
		},
	}
}

func noteDefaults(c *rest.Call, w *rest.Change) {
	for _, flag := range append([]string{"issueFlag", "customerUpdatedFlag"}, displayFlags...) {
		w.Default(flag, false)
	}
	if w.New.Values["contact"] == nil {
		w.Default("member", store.Ref(c.Member.ID))
	}
	// Both are true on every note and tell nothing.
	w.New.Values["internalFlag"], w.New.Values["externalFlag"] = true, true
}

func checkNote(_ *rest.Call, w *rest.Change) *rest.Error {
	if slices.ContainsFunc(displayFlags, w.New.Flag) {
		return nil
	}
	object := w.Res.Rules.Object
	return rest.InvalidObject(object, rest.Detail{
		Code:    "ServiceNote",
		Message: "Please choose where to display the notes in order to save this record.",
		Field:   "detailDescriptionFlag, internalAnalysisFlag, resolutionFlag",
	})
}

func settleNote(c *rest.Call, w *rest.Change) {
	if !w.IsNew() {
		return
	}
	w.New.Values["ticketId"] = w.New.Parent
	w.New.Values["dateCreated"] = render.Time(w.New.Entered)
	w.New.Values["createdBy"] = author(c, w.New)
}

// author names who a note is from: the contact, or the member's identifier.
func author(c *rest.Call, note *store.Record) string {
	if m, ok := c.World().Table(store.Members).Get(note.Ref("member")); ok {
		return m.Text("identifier")
	}
	contact, _ := c.World().Table(store.Contacts).Get(note.Ref("contact"))
	return contact.Text("name")
}

// noteSaved touches the ticket, raises its "customer updated" marker and
// mails when the note asks for it. Whether a note that says nothing mails is
// not documented; here it does not.
func noteSaved(c *rest.Call, w *rest.Change) {
	ticket := Touch(c, w.New.Parent, func(t *store.Record) {
		if w.New.Flag("customerUpdatedFlag") {
			t.Values["customerUpdatedFlag"] = true
		}
	})
	if !w.Flag("processNotifications", false) {
		return
	}
	subject := fmt.Sprintf("Ticket #%d/%s has been updated", ticket.ID, ticket.Text("summary"))
	to := Everybody
	if !w.New.Flag("detailDescriptionFlag") && !w.New.Flag("resolutionFlag") {
		to = ResourcesOnly // an internal note is not for the client
	}
	Notify(c, ticket, subject, w.New.Text("text"), to)
}

// addNote enters a note of the caller that a write of the ticket brings.
func addNote(c *rest.Call, ticket *store.Record, flag, text string) {
	w := &rest.Change{New: &store.Record{
		Parent: ticket.ID, Entered: ticket.Updated, EnteredBy: ticket.UpdatedBy, Updated: ticket.Updated, UpdatedBy: ticket.UpdatedBy,
		Values: store.Object{"text": text, flag: true},
	}}
	noteDefaults(c, w)
	settleNote(c, w)
	c.World().Table(store.Notes).Put(w.New)
}

// mountAllNotes adds the list of a ticket's notes together with those of its
// time entries; it has no count and no single rows (connectwise.md §9).
func (k *kind) mountAllNotes(on rest.On) {
	list := func(c *rest.Call) ([]*store.Record, *rest.Error) {
		ticket, err := k.ticket(c, rest.Inquire)
		if err != nil {
			return nil, err
		}
		var records []*store.Record
		for _, n := range c.World().Table(store.Notes).Children(ticket.ID) {
			records = append(records, ticketNote(n))
		}
		for _, r := range c.World().Table(store.TimeEntries).Children(ticket.ID) {
			if slices.ContainsFunc(addTo, r.Flag) {
				records = append(records, timeNote(c, r))
			}
		}
		slices.SortStableFunc(records, func(a, b *store.Record) int { return a.Entered.Compare(b.Entered) })
		return records, nil
	}
	rest.Derived{Path: k.path + "/{id}/allNotes", Type: k.allNotesType, List: list, NoOne: true, NoCount: true}.Mount(on)
}

// addTo are the flags of a time entry that show its text on the ticket, in
// the order of displayFlags.
var addTo = []string{"addToDetailDescriptionFlag", "addToInternalAnalysisFlag", "addToResolutionFlag"}

// timeNote shows a time entry as allNotes does. That the row has the entry's
// id is inferred.
func timeNote(c *rest.Call, entry *store.Record) *store.Record {
	out := &store.Record{
		ID: entry.ID, Entered: entry.Entered, EnteredBy: entry.EnteredBy, Updated: entry.Updated, UpdatedBy: entry.UpdatedBy,
		Values: store.Object{
			"id": entry.ID, "noteType": "TimeEntryNote", "ticket": entry.Values["ticket"], "text": entry.Values["notes"],
			"isMarkdownFlag": false, "bundledFlag": false, "mergedFlag": false, "issueFlag": false, "createdByParentFlag": false,
			"timeStart": entry.Values["timeStart"], "timeEnd": entry.Values["timeEnd"], "member": entry.Values["member"],
		},
	}
	for i, flag := range addTo {
		out.Values[displayFlags[i]] = entry.Flag(flag)
	}
	member, _ := c.World().Table(store.Members).Get(entry.Ref("member"))
	out.Values["originalAuthor"] = member.Values["name"]
	return out
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
