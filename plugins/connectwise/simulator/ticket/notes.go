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
