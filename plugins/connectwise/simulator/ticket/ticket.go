// Package ticket serves service and project tickets with what hangs on them:
// notes, linked configurations, merges and bundles, and the mails that the
// tenant's rules send about them (connectwise.md §7, §9).
package ticket

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// The record types of tickets.
const (
	Service = "ServiceTicket"
	Project = "ProjectTicket"
	Issue   = "ProjectIssue"
)

// IsService tells a service ticket from one of a project: both are in one
// number space.
func IsService(r *store.Record) bool { return r.Text("recordType") == Service }

// IsProject is the opposite of IsService.
func IsProject(r *store.Record) bool { return !IsService(r) }

// kind is one of the two kinds of tickets as the API has them apart.
type kind struct {
	path  string
	label string
	// typ is the type of its records.
	typ string
	is  func(*store.Record) bool
	// right and closing are the module functions for changing and for
	// closing; audit is its name in the audit trail.
	right, closing, audit string
	noteType, noteLabel   string
	allNotesType          string
	taskType, taskObject  string
}

var (
	serviceKind = &kind{
		path: "/service/tickets", label: "Service Ticket", typ: "Ticket", is: IsService,
		right: seed.ServiceTickets, closing: seed.CloseTickets, audit: "Ticket",
		noteType: "ServiceNote", noteLabel: "Service Note", allNotesType: "ServiceTicketNote",
		taskType: "ServiceTask", taskObject: "serviceTask",
	}
	projectKind = &kind{
		path: "/project/tickets", label: "Project Ticket", typ: "ProjectTicket", is: IsProject,
		right: seed.ProjectTickets, closing: seed.CloseProjectTickets, audit: "ProjectTicket",
		noteType: "TicketNote", noteLabel: "Ticket Note", allNotesType: "ProjectTicketNote",
		taskType: "TicketTask", taskObject: "ticketTask",
	}
)

func kindOf(r *store.Record) *kind {
	if IsService(r) {
		return serviceKind
	}
	return projectKind
}

// under returns a collection that hangs on a kind's tickets.
func (k *kind) under(name string, res rest.Resource) *rest.Resource {
	res.Path = k.path + "/{id}/" + name
	res.Right = k.right
	res.Parent, res.ParentLabel, res.ParentKeep, res.ParentOwned = store.Tickets, k.label, k.is, true
	return &res
}

// ticket finds the ticket of the path that the caller has the level on.
func (k *kind) ticket(c *rest.Call, l rest.Level) (*store.Record, *rest.Error) {
	if err := c.Allow(k.right, l); err != nil {
		return nil, err
	}
	r, ok := c.World().Table(store.Tickets).Get(c.ID(0))
	if !ok || !k.is(r) {
		return nil, rest.NotFound(k.label, c.ID(0))
	}
	return r, c.AllowRecord(k.right, l, r)
}

// Area is the tickets' part of the API.
func Area() rest.Area {
	service := &rest.Resource{
		Path: serviceKind.path, Table: store.Tickets, Label: serviceKind.label, Right: serviceKind.right,
		Keep: IsService, Search: true, Rules: serviceRules,
	}
	project := &rest.Resource{
		Path: projectKind.path, Table: store.Tickets, Type: projectKind.typ, Label: projectKind.label, Right: projectKind.right,
		Keep: IsProject, Search: true, Rules: projectRules,
	}
	return rest.Area{
		Resources: []*rest.Resource{
			service, service.Info("TicketInfo", serviceKind.right), project,
			serviceKind.under("notes", rest.Resource{Table: store.Notes, Label: serviceKind.noteLabel, Rules: noteRules(serviceKind)}),
			projectKind.under("notes", rest.Resource{Table: store.Notes, Type: projectKind.noteType, Label: projectKind.noteLabel, Rules: noteRules(projectKind)}),
			serviceKind.tasks(), projectKind.tasks(),
		},
		Mount: func(on rest.On) {
			mountConversions(on)
			mountCombinations(on)
			for _, k := range []*kind{serviceKind, projectKind} {
				k.mountConfigurations(on)
				k.mountAllNotes(on)
				k.mountReferences(on)
			}
		},
	}
}

// Touch changes a ticket as the consequence of another write, and marks it as
// changed by the caller.
func Touch(c *rest.Call, id int64, change func(*store.Record)) *store.Record {
	return c.Update(store.Tickets, id, change)
}

// Tell enters an entry into a ticket's audit trail.
func Tell(c *rest.Call, ticket *store.Record, subType, text string) {
	c.Audit(kindOf(ticket).audit, ticket.ID, subType, text)
}
