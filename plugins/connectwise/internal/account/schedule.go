package account

import (
	"context"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ScheduleType is the type of schedule entries on the tickets of a list. A wrong
// one would be taken for another record (connectwise.md §11).
func (a *Account) ScheduleType(ctx context.Context, list api.TicketList) (int, error) {
	if list == api.ServiceTickets {
		return setup.ServiceTicketType, nil
	}
	types, err := a.Tables.ScheduleTypes(ctx)
	if err != nil {
		return 0, err
	}
	if types.Project == 0 {
		return 0, fault.FailedPrecondition("NO_SCHEDULE_TYPE", "none of the tenant's schedule types is named for projects, so that nobody can be scheduled on their tickets")
	}
	return types.Project, nil
}

// ScheduleTypes are the types of schedule entries on the tickets that the
// connection serves. Where the types cannot be read, only that of service tickets
// is known.
func (a *Account) ScheduleTypes(ctx context.Context) ([]int, error) {
	if !a.Config.IncludeProjectTickets {
		return setup.ScheduleTypes{}.Tickets(), nil
	}
	types, err := a.Tables.ScheduleTypes(ctx)
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		return setup.ScheduleTypes{}.Tickets(), nil
	}
	return types.Tickets(), err
}
