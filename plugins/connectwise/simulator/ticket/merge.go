package ticket

import (
	"fmt"
	"net/http"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mountCombinations adds what puts service tickets together (connectwise.md
// §7). Project tickets have neither.
func mountCombinations(on rest.On) {
	on(http.MethodPost, serviceKind.path+"/{id}/merge", rest.Writes, merge)
	on(http.MethodPost, serviceKind.path+"/{id}/attachChildren", rest.Writes, attachChildren)
}

// children finds the tickets that an action names, and refuses those that
// cannot be put under the parent.
func children(c *rest.Call, parent *store.Record, in store.Object, object, member string) ([]*store.Record, *rest.Error) {
	ids, _ := in[member].([]any)
	if len(ids) == 0 {
		return nil, rest.InvalidObject(object, rest.RequiredField(member))
	}
	var out []*store.Record
	for _, given := range ids {
		n, _ := given.(float64)
		child, ok := c.World().Table(store.Tickets).Get(int64(n))
		switch {
		case !ok || !IsService(child):
			return nil, rest.InvalidObject(object, rest.NotFoundDetail(fmt.Sprintf("Service Ticket %v not found", n), member))
		case child.ID == parent.ID:
			return nil, rest.InvalidObject(object, rest.InvalidField(member, "Service Ticket %d cannot be put under itself.", child.ID))
		case child.Ref("mergedParentTicket") != 0:
			return nil, rest.InvalidObject(object, rest.InvalidField(member, "Service Ticket %d is merged already.", child.ID))
		}
		if err := c.AllowRecord(serviceKind.right, rest.Edit, child); err != nil {
			return nil, err
		}
		out = append(out, child)
	}
	return out, nil
}

// merge makes tickets parts of another. The status is taken as the children's
// new one, and has to be on the board of each; that and what is refused is
// inferred. There is no way back.
func merge(c *rest.Call) (rest.Answer, *rest.Error) {
	parent, err := serviceKind.ticket(c, rest.Edit)
	if err != nil {
		return rest.Answer{}, err
	}
	if err := c.Allow(seed.MergeTickets, rest.Edit); err != nil {
		return rest.Answer{}, err
	}
	const object = "ticketMerge"
	in, err := decode(c, "TicketMerge", object)
	if err != nil {
		return rest.Answer{}, err
	}
	if parent.Ref("mergedParentTicket") != 0 {
		return rest.Answer{}, rest.InvalidObject(object, rest.InvalidField("id", "Service Ticket %d is merged already.", parent.ID))
	}
	merged, err := children(c, parent, in, object, "mergeTicketIds")
	if err != nil {
		return rest.Answer{}, err
	}
	given, _ := in["status"].(store.Object)
	for _, child := range merged {
		id, problem := c.Resolve("ServiceStatusReference", "status", given, child.Ref("board"))
		if problem != nil {
			return rest.Answer{}, rest.InvalidObject(object, *problem)
		}
		status, ok := c.World().Table(store.Statuses).Get(id)
		if !ok {
			return rest.Answer{}, rest.InvalidObject(object, rest.RequiredField("status"))
		}
		if status.Flag("closedStatus") {
			if err := c.AllowRecord(serviceKind.closing, rest.Edit, child); err != nil {
				return rest.Answer{}, err
			}
		}
	}
	for _, child := range merged {
		id, _ := c.Resolve("ServiceStatusReference", "status", given, child.Ref("board"))
		now := Touch(c, child.ID, func(t *store.Record) {
			t.Values["mergedParentTicket"] = store.Ref(parent.ID)
			t.Values["status"] = store.Ref(id)
			settleStatus(c, t)
		})
		Tell(c, now, "CombinedTickets", fmt.Sprintf("Ticket has been merged into ticket #%d.", parent.ID))
		Tell(c, parent, "CombinedTickets", fmt.Sprintf("Ticket #%d has been merged into this ticket.", child.ID))
		if child.Ref("status") != id {
			mailStatus(c, now)
		}
	}
	Touch(c, parent.ID, func(t *store.Record) { t.Values["hasMergedChildTicketFlag"] = true })
	return rest.Success("")
}

func attachChildren(c *rest.Call) (rest.Answer, *rest.Error) {
	parent, err := serviceKind.ticket(c, rest.Edit)
	if err != nil {
		return rest.Answer{}, err
	}
	in, err := decode(c, "TicketBundle", "ticketBundle")
	if err != nil {
		return rest.Answer{}, err
	}
	attached, err := children(c, parent, in, "ticketBundle", "childTicketIds")
	if err != nil {
		return rest.Answer{}, err
	}
	for _, child := range attached {
		old := parentOf(child)
		now := Touch(c, child.ID, func(t *store.Record) { t.Values["parentTicketId"] = parent.ID })
		Tell(c, now, "CombinedTickets", fmt.Sprintf("Ticket has been attached to ticket #%d.", parent.ID))
		markParent(c, old)
	}
	markParent(c, parent.ID)
	return rest.Success("")
}

func parentOf(r *store.Record) int64 {
	id, _ := r.Values["parentTicketId"].(int64)
	return id
}

// childrenOf are the tickets that are bundled under another, or merged into
// it.
func childrenOf(c *rest.Call, id int64, isChild func(r *store.Record, id int64) bool) []*store.Record {
	var out []*store.Record
	for _, t := range c.World().Table(store.Tickets).All() {
		if isChild(t, id) {
			out = append(out, t)
		}
	}
	return out
}

func isBundled(r *store.Record, id int64) bool { return parentOf(r) == id }
func isMerged(r *store.Record, id int64) bool  { return r.Ref("mergedParentTicket") == id }

// markParent says on a ticket whether it has children; 0 is no ticket.
func markParent(c *rest.Call, id int64) {
	if _, ok := c.World().Table(store.Tickets).Get(id); !ok {
		return
	}
	has := len(childrenOf(c, id, isBundled)) > 0
	Touch(c, id, func(t *store.Record) { t.Values["hasChildTicket"] = has })
}
