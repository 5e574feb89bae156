package account

import (
	"context"
	"fmt"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// TimeDefaults are what new time entries get where the caller does not say; nil
// is left to ConnectWise.
type TimeDefaults struct {
	WorkType *setup.WorkType
	WorkRole *setup.WorkRole
}

// timeDefaults finds what the configuration names.
func (a *Account) timeDefaults(ctx context.Context) (TimeDefaults, error) {
	var found TimeDefaults
	asked := a.Config.Defaults.Time
	if asked.WorkType != "" {
		w, err := a.Tables.PickWorkType(ctx, "defaults.time.work_type", nameOrID(asked.WorkType))
		if err != nil {
			return found, atAttribute("defaults.time.work_type", err)
		}
		found.WorkType = &w
	}
	if asked.WorkRole != "" {
		w, err := a.Tables.PickWorkRole(ctx, setup.Location{}, "defaults.time.work_role", nameOrID(asked.WorkRole))
		if err != nil {
			return found, atAttribute("defaults.time.work_role", err)
		}
		found.WorkRole = &w
	}
	return found, nil
}

// nameOrID is a value of the configuration as a reference: a number is an id.
func nameOrID(s string) catalogue.Reference {
	if _, err := strconv.Atoi(s); err == nil {
		return catalogue.Reference{ID: s}
	}
	return catalogue.Reference{Name: s}
}

// atAttribute puts what is wrong with a value where the admin wrote it.
func atAttribute(attribute string, err error) error {
	if fault.CodeOf(err) != fault.CodeInvalidArgument {
		return err
	}
	e := *fault.From(err)
	violations := make([]fault.Violation, len(e.Violations))
	for n, v := range e.Violations {
		v.Field = attribute
		violations[n] = v
	}
	e.Violations = violations
	return &e
}

// Chargeable is a ticket that time can be booked on: of the service desk or of a
// project.
type Chargeable struct {
	api.Ticket
	Project bool
}

// In is the list that the ticket is in.
func (c Chargeable) In() api.TicketList {
	if c.Project {
		return api.ProjectTickets
	}
	return api.ServiceTickets
}

// Path is the ticket's path below the API root.
func (c Chargeable) Path() string {
	if c.Project {
		return fmt.Sprintf("project/tickets/%d", c.ID)
	}
	return fmt.Sprintf("service/tickets/%d", c.ID)
}

// At is where the ticket is served from.
func (c Chargeable) At() setup.Location {
	if c.Location == nil {
		return setup.Location{}
	}
	return setup.Location{ID: c.Location.ID, Name: c.Location.Name}
}

// ReadChargeable reads a ticket of either kind: the two share one sequence of
// ids, and neither list holds the other's (connectwise.md §7).
func (a *Account) ReadChargeable(ctx context.Context, id string) (Chargeable, error) {
	n, err := RecordID("ticket", id)
	if err != nil {
		return Chargeable{}, err
	}
	found := Chargeable{Ticket: api.Ticket{ID: n}}
	err = a.API.Get(ctx, found.Path(), api.Query{}, &found.Ticket)
	switch fault.CodeOf(err) {
	case fault.CodeNotFound, fault.CodePermissionDenied: // it may be a project's
	default:
		return found, err
	}
	found.Project = true
	again := a.API.Get(ctx, found.Path(), api.Query{}, &found.Ticket)
	switch fault.CodeOf(again) {
	case fault.CodePermissionDenied:
		if fault.CodeOf(err) == fault.CodeNotFound && a.Config.IncludeProjectTickets {
			return Chargeable{}, OfProjects(api.ProjectTickets, again)
		}
		return Chargeable{}, err
	case fault.CodeNotFound:
		return Chargeable{}, err
	}
	return found, again
}
