package ticket

import (
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
	Check:         serviceKind.check,
	Settle:        settle,
	Saved:         saved,
	Deleted:       deleted,
	Audit:         &rest.Audit{Type: serviceKind.audit, Subject: "Service Ticket", Members: audited},
}

func serviceDefaults(c *rest.Call, w *rest.Change) {
	settleDefaults(c, w)
	if w.IsNew() {
		w.New.Custom = c.EmptyCustom(seed.TicketPod)
		w.New.Values["recordType"] = Service
		w.New.Values["isInSla"] = true
		w.New.Values["sla"] = defaultOf(c, store.SLAs)
	}
	for name, value := range map[string]any{
		"board": store.Ref(seed.ServiceDesk), "severity": "Medium", "impact": "Medium", "requestForChangeFlag": false, "integratorTags": []any{},
	} {
		w.Default(name, value)
	}
}

// deleted takes away what hung on a ticket.
func deleted(c *rest.Call, r *store.Record) {
	for _, below := range []string{store.Notes, store.TicketConfigurations, store.ScheduleEntries} {
		table := c.World().Table(below)
		for _, child := range table.Children(r.ID) {
			table.Delete(child.ID)
		}
	}
}
