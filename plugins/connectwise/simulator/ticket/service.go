package ticket

import (
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// serviceRules are those of service tickets.
var serviceRules = &rest.Rules{
	Object:        "ticket",
	ReadOnly:      readOnly,
	Transient:     transient,
	RequiredOnPut: []string{"board", "status", "priority", "severity", "impact", "team"},
	Defaults:      serviceDefaults,
	Check:         checkService,
	Settle:        settle,
	Saved:         serviceSaved,
	Deleted:       deleted,
	Audit:         &rest.Audit{Type: serviceKind.audit, Subject: "Service Ticket", Members: audited},
}

func serviceDefaults(c *rest.Call, w *rest.Change) {
	settleDefaults(c, w)
	if w.IsNew() {
		w.New.Custom = c.EmptyCustom(seed.TicketPod)
		w.New.Values["recordType"] = Service
		w.New.Values["isInSla"] = true
		w.New.Values["sla"] = c.DefaultOf(store.SLAs)
	}
	for name, value := range map[string]any{
		"board": store.Ref(seed.ServiceDesk), "severity": "Medium", "impact": "Medium", "requestForChangeFlag": false, "integratorTags": []any{},
	} {
		w.Default(name, value)
	}
}

func checkService(c *rest.Call, w *rest.Change) *rest.Error {
	if id := parentOf(w.New); id != 0 && w.Moved("parentTicketId") {
		parent, ok := c.World().Table(store.Tickets).Get(id)
		if !ok || !IsService(parent) || parent.ID == w.New.ID {
			return rest.InvalidObject("ticket", rest.NotFoundDetail(fmt.Sprintf("Service Ticket %d not found", id), "parentTicketId"))
		}
	}
	return serviceKind.check(c, w)
}

func serviceSaved(c *rest.Call, w *rest.Change) {
	saved(c, w)
	if w.Old != nil && parentOf(w.Old) != parentOf(w.New) {
		markParent(c, parentOf(w.Old))
	}
	if parentOf(w.New) != 0 && w.Moved("parentTicketId") {
		markParent(c, parentOf(w.New))
	}
}

// deleted takes away what hung on a ticket.
func deleted(c *rest.Call, r *store.Record) {
	for _, below := range []string{store.Notes, store.TicketConfigurations, store.ScheduleEntries, store.Tasks} {
		table := c.World().Table(below)
		for _, child := range table.Children(r.ID) {
			table.Delete(child.ID)
		}
	}
	for _, d := range seed.DocumentsOf(c.World(), store.Tickets, r.ID) {
		c.World().Table(store.Documents).Delete(d.ID)
	}
	for _, child := range childrenOf(c, r.ID, isBundled) {
		Touch(c, child.ID, func(t *store.Record) { delete(t.Values, "parentTicketId") })
	}
	markParent(c, parentOf(r))
}
