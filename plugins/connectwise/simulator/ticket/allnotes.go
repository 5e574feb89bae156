package ticket

import (
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mountAllNotes adds the list of a ticket's notes together with those of its
// time entries and of the tickets merged into it or bundled under it; it has
// no count and no single rows (connectwise.md §9).
func (k *kind) mountAllNotes(on rest.On) {
	list := func(c *rest.Call) ([]*store.Record, *rest.Error) {
		ticket, err := k.ticket(c, rest.Inquire)
		if err != nil {
			return nil, err
		}
		records := notesOf(c, ticket, "")
		for _, child := range childrenOf(c, ticket.ID, isMerged) {
			records = append(records, notesOf(c, child, "mergedFlag")...)
		}
		for _, child := range childrenOf(c, ticket.ID, isBundled) {
			records = append(records, notesOf(c, child, "bundledFlag")...)
		}
		slices.SortStableFunc(records, func(a, b *store.Record) int { return a.Entered.Compare(b.Entered) })
		return records, nil
	}
	rest.Derived{Path: k.path + "/{id}/allNotes", Type: k.allNotesType, List: list, NoOne: true, NoCount: true}.Mount(on)
}

// notesOf are the rows of one ticket; the flag says how it hangs on the one
// that is asked for, "" when it is that one.
func notesOf(c *rest.Call, ticket *store.Record, flag string) []*store.Record {
	var out []*store.Record
	for _, n := range c.World().Table(store.Notes).Children(ticket.ID) {
		out = append(out, ticketNote(n))
	}
	for _, r := range c.World().Table(store.TimeEntries).Children(ticket.ID) {
		if slices.ContainsFunc(addTo, r.Flag) {
			out = append(out, timeNote(c, r))
		}
	}
	for _, r := range out {
		if flag != "" {
			r.Values[flag] = true
		}
	}
	return out
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
