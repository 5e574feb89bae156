package seed

import (
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/audit"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// trail enters what the audit trail tells of each ticket's past: who entered
// it, who took it and how its status moved.
func (b *builder) trail() {
	for _, r := range b.world.Table(store.Tickets).All() {
		typ, subject := "Ticket", "Service Ticket"
		if r.Text("recordType") != "ServiceTicket" {
			typ, subject = "ProjectTicket", "Project Ticket"
		}
		tell := func(at time.Time, by, subType, text string) {
			b.world.Table(store.AuditTrail).Put(audit.Entry(typ, r.ID, subType, text, date(at), by, audit.Member))
		}
		tell(r.Entered, r.EnteredBy, "Record", audit.Created(subject))
		responded, err := time.Parse(time.RFC3339, r.Text("dateResponded"))
		if err != nil {
			continue
		}
		by := r.Text("respondedBy")
		if resource := r.Text("resources"); resource != "" {
			tell(responded, by, "Resources", audit.Added("Resource", resource))
		}
		status, _ := b.world.Table(store.Statuses).Get(r.Ref("status"))
		resolved, err := time.Parse(time.RFC3339, r.Text("dateResolved"))
		if err != nil {
			tell(responded, by, "Status", audit.Changed("Status", "New", status.Text("name")))
			continue
		}
		tell(responded, by, "Status", audit.Changed("Status", "New", inProgress.name))
		tell(resolved, r.Text("resolvedBy"), "Status", audit.Changed("Status", inProgress.name, status.Text("name")))
	}
}
