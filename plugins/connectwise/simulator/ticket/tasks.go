package ticket

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// tasks are the steps of a ticket.
func (k *kind) tasks() *rest.Resource {
	return k.under("tasks", rest.Resource{Table: store.Tasks, Type: k.taskType, Label: "Task", Rules: &rest.Rules{
		Object: k.taskObject, ReadOnly: []string{"ticketId", "schedule"}, AddLevel: rest.Edit, DeleteLevel: rest.Edit,
		Defaults: func(c *rest.Call, w *rest.Change) {
			w.Default("closedFlag", false)
			w.Default("priority", int64(len(c.World().Table(store.Tasks).Children(w.New.Parent))+1))
			w.New.Values["ticketId"] = w.New.Parent
		},
		Saved:   func(c *rest.Call, w *rest.Change) { Touch(c, w.New.Parent, func(*store.Record) {}) },
		Deleted: func(c *rest.Call, r *store.Record) { Touch(c, r.Parent, func(*store.Record) {}) },
		Audit: &rest.Audit{
			Type: k.audit, Subject: "Task", Of: func(r *store.Record) int64 { return r.Parent },
			Members: []rest.Audited{{Member: "closedFlag", Caption: "Task closed", SubType: "Tasks"}},
		},
	}})
}
