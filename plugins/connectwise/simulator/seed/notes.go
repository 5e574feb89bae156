package seed

import (
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// noteFlags say where a note is shown; a note has at least one of them
// (connectwise.md §9).
type noteFlags struct{ discussion, internal, resolution bool }

// notes enters a ticket's story: the description, what technicians found,
// what was written to the client, how it ended.
func (b *builder) notes(r *store.Record, t topic, texts *strings.Replacer, contact *store.Record) {
	byContact := r.Values["contact"] != nil
	at := r.Entered
	if byContact {
		b.note(r, at, noteFlags{discussion: true}, texts.Replace(t.description), contact, nil)
	} else {
		b.note(r, at, noteFlags{discussion: true}, texts.Replace(t.description), nil, b.authorOf(r))
	}
	if r.Values["dateResponded"] == nil {
		return
	}
	step := func() time.Time {
		at = b.between(at.Add(time.Minute), maxTime(at.Add(2*time.Minute), r.Updated))
		return at
	}
	author := b.authorOf(r)
	if b.chance(75) {
		b.note(r, step(), noteFlags{internal: true}, texts.Replace(t.internal), nil, author)
	}
	if t.reply != "" && b.chance(70) {
		b.note(r, step(), noteFlags{discussion: true}, texts.Replace(t.reply), nil, author)
	}
	if byContact && b.chance(25) {
		b.note(r, step(), noteFlags{discussion: true}, pick(b, []string{
			"Thank you, that works for us.", "It happened again this morning, can you have another look?", "Yes, please go ahead.",
		}), contact, nil)
		r.Values["customerUpdatedFlag"] = r.Values["closedFlag"] == false
	}
	if b.chance(30) {
		b.timeNote(r, step(), author)
	}
	if r.Values["dateResolved"] != nil {
		flags := noteFlags{resolution: true}
		if b.chance(20) {
			flags.internal = true // several flags at once are common
		}
		b.note(r, step(), flags, texts.Replace(t.resolution), nil, author)
	}
	if at.After(r.Updated) {
		r.Updated = minTime(at, b.start)
	}
}

func (b *builder) note(ticket *store.Record, at time.Time, flags noteFlags, text string, contact, author *store.Record) {
	at = minTime(at, b.start)
	values := store.Object{
		"ticketId": ticket.ID, "text": text, "detailDescriptionFlag": flags.discussion, "internalAnalysisFlag": flags.internal,
		"resolutionFlag": flags.resolution, "issueFlag": false, "customerUpdatedFlag": contact != nil,
		"dateCreated": date(at), "internalFlag": true, "externalFlag": true, // both true on every note (connectwise.md §9)
	}
	by := ""
	if contact != nil {
		values["contact"] = store.Ref(contact.ID)
		by = contact.Text("name")
	} else {
		values["member"] = store.Ref(author.ID)
		by = author.Text("identifier")
	}
	values["createdBy"] = by
	b.world.Table(store.Notes).Put(&store.Record{Parent: ticket.ID, Values: values, Entered: at, EnteredBy: by, Updated: at, UpdatedBy: by})
}

// timeNote is a time entry whose text the ticket's allNotes shows, and its
// notes do not.
func (b *builder) timeNote(ticket *store.Record, at time.Time, author *store.Record) {
	at = minTime(at, b.start)
	b.timeEntry(ticket, author, at.Add(-30*time.Minute), at, at, pick(b, []string{
		"Remote session with the user, collected logs and checked the event viewer.",
		"Call with the manufacturer's support, case opened.",
		"Tested the change on one workstation, then rolled it out.",
	})).Values["addToDetailDescriptionFlag"] = true
}

// authorOf is who works on a ticket: its owner, else who entered it.
func (b *builder) authorOf(ticket *store.Record) *store.Record {
	members := b.world.Table(store.Members)
	if m, ok := members.Get(ticket.Ref("owner")); ok {
		return m
	}
	m, _ := members.Find(func(m *store.Record) bool { return m.Text("identifier") == ticket.EnteredBy })
	return m
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
