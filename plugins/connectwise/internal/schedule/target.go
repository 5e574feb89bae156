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
	list     api.TicketList
	typeID   int    // the type of entries on it
	people   string // the logins of who is on it
}

// target finds the ticket that a reference names, by id or number, which are the
// same at ConnectWise.
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
	var found target
	err = s.account.OnTicket(id, func(list api.TicketList) error {
		var ticket api.Ticket
		err := s.account.API.Get(ctx, list.One(id), api.Query{Fields: []string{"id", "owner", "resources"}}, &ticket)
		found = target{ticketID: id, list: list, people: people(ticket)}
		return err
	})
	if fault.CodeOf(err) == fault.CodeNotFound {
		err = fault.InvalidArgument(field, fmt.Sprintf("there is no ticket %d, or the API member may not see it", id))
	}
	if err != nil {
		return target{}, err
	}
	found.typeID, err = s.account.ScheduleType(ctx, found.list)
	return found, err
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
