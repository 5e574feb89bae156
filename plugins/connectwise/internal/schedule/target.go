package schedule

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// target is the ticket that work is planned on.
type target struct {
	ticketID int
	typeID   int    // the type of entries on it
	people   string // the logins of who is on it
}

// target finds the ticket that a reference names, by id or number, which are the
// same at ConnectWise. The type of an entry hangs on the kind of the ticket: a
// wrong one is taken for another record (connectwise.md §11).
func (s *Service) target(ctx context.Context, ref *psav1.Reference) (target, error) {
	field, text := "ticket.id", ref.GetId()
	if text == "" {
		field, text = "ticket.name", ref.GetName()
	}
	if ref.HasId() && ref.HasName() && ref.GetId() != ref.GetName() {
		return target{}, catalogue.Contradiction("ticket", fmt.Sprintf("the number of ticket %s is its id", ref.GetId()), fmt.Sprintf("the name says %q", ref.GetName()))
	}
	id, err := strconv.Atoi(text)
	if err != nil || id <= 0 {
		return target{}, fault.InvalidArgument(field, fmt.Sprintf("%q is no ticket: at ConnectWise ids and numbers of tickets are the same whole numbers", text))
	}
	ticket, err := s.readTicket(ctx, "service/tickets", id)
	if err == nil {
		return target{id, setup.ServiceTicketType, people(ticket)}, nil
	}
	if fault.CodeOf(err) != fault.CodeNotFound {
		return target{}, err
	}
	ticket, err = s.readTicket(ctx, "project/tickets", id)
	switch fault.CodeOf(err) {
	case "":
	case fault.CodeNotFound, fault.CodePermissionDenied:
		return target{}, fault.InvalidArgument(field, fmt.Sprintf("there is no ticket %d, or the API member may not see it", id))
	default:
		return target{}, err
	}
	types, err := s.account.Tables.ScheduleTypes(ctx)
	if err != nil {
		return target{}, err
	}
	if types.Project == 0 {
		return target{}, fault.FailedPrecondition("NO_SCHEDULE_TYPE", fmt.Sprintf("ticket %d is a project ticket, and none of the tenant's schedule types is named for projects", id))
	}
	return target{id, types.Project, people(ticket)}, nil
}

func (s *Service) readTicket(ctx context.Context, path string, id int) (api.Ticket, error) {
	var ticket api.Ticket
	err := s.account.API.Get(ctx, fmt.Sprintf("%s/%d", path, id), api.Query{Fields: []string{"id", "owner", "resources"}}, &ticket)
	return ticket, err
}

func people(t api.Ticket) string {
	if t.Owner == nil {
		return t.Resources
	}
	return t.Resources + "," + t.Owner.Identifier
}

// joins is what a person should know when a technician comes to a ticket by an
// entry, or "" where the technician was there before (connectwise.md §11).
func (t target) joins(m setup.Member) string {
	for login := range strings.SplitSeq(t.people, ",") {
		if strings.EqualFold(strings.TrimSpace(login), m.Identifier) {
			return ""
		}
	}
	return fmt.Sprintf("%s is among the technicians of ticket %d now (co_owners): ConnectWise assigns by schedule entries", m.FullName(), t.ticketID)
}
