package ticket

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// hanging are the lists of a ticket that answer references alone
// (connectwise.md §7).
var hanging = []struct {
	name, typ string
	// of are the records of a ticket; nil for a list that is always empty.
	of func(c *rest.Call, ticket *store.Record) []*store.Record
	// text is what a reference shows of its record, as the member.
	member, text string
}{
	{name: "timeentries", typ: "TimeEntryReference", of: childrenIn(store.TimeEntries)},
	{name: "scheduleentries", typ: "ScheduleEntryReference", of: childrenIn(store.ScheduleEntries), member: "description", text: "name"},
	{name: "documents", typ: "DocumentReference", member: "name", text: "title", of: func(c *rest.Call, ticket *store.Record) []*store.Record {
		return seed.DocumentsOf(c.World(), store.Tickets, ticket.ID)
	}},
	{name: "activities", typ: "ActivityReference"},
	{name: "products", typ: "ProductReference"},
}

func childrenIn(table string) func(*rest.Call, *store.Record) []*store.Record {
	return func(c *rest.Call, ticket *store.Record) []*store.Record {
		return c.World().Table(table).Children(ticket.ID)
	}
}

// mountReferences adds the lists of references.
func (k *kind) mountReferences(on rest.On) {
	for _, h := range hanging {
		list := func(c *rest.Call) ([]*store.Record, *rest.Error) {
			ticket, err := k.ticket(c, rest.Inquire)
			if err != nil || h.of == nil {
				return nil, err
			}
			var out []*store.Record
			for _, r := range h.of(c, ticket) {
				ref := *r
				ref.Values = store.Object{"id": r.ID}
				if h.member != "" {
					ref.Values[h.member] = r.Values[h.text]
				}
				out = append(out, &ref)
			}
			return out, nil
		}
		rest.Derived{Path: k.path + "/{id}/" + h.name, Type: h.typ, List: list, NoOne: true}.Mount(on)
	}
}
