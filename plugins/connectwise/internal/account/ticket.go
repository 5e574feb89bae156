package account

import (
	"context"
	"strconv"
	"sync"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// TicketLists are the lists of tickets that the connection serves.
func (a *Account) TicketLists() []api.TicketList {
	if a.Config.IncludeProjectTickets {
		return []api.TicketList{api.ServiceTickets, api.ProjectTickets}
	}
	return []api.TicketList{api.ServiceTickets}
}

// ReadTicket reads the vendor's record of a ticket, without its bytes.
func (a *Account) ReadTicket(ctx context.Context, id string) (api.Row[api.Ticket], error) {
	return a.readTicket(ctx, id, func(row *api.Row[api.Ticket]) any { return &row.Record })
}

// ReadTicketRaw is ReadTicket with the bytes.
func (a *Account) ReadTicketRaw(ctx context.Context, id string) (api.Row[api.Ticket], error) {
	return a.readTicket(ctx, id, func(row *api.Row[api.Ticket]) any { return row })
}

func (a *Account) readTicket(ctx context.Context, id string, into func(*api.Row[api.Ticket]) any) (api.Row[api.Ticket], error) {
	var row api.Row[api.Ticket]
	n, err := RecordID("ticket", id)
	if err != nil {
		return row, err
	}
	err = a.OnTicket(n, func(list api.TicketList) error {
		row = api.Row[api.Ticket]{}
		err := a.API.Get(ctx, list.One(n), api.Query{}, into(&row))
		row.Record.List = list
		return err
	})
	return row, err
}

// OnTicket reads something of a ticket in the list that it is in. Where that is
// not known it is the service tickets', and the other where they have it not or are
// closed to the API member.
func (a *Account) OnTicket(id int, read func(api.TicketList) error) error {
	first, other := api.ServiceTickets, api.ProjectTickets
	list, known := a.seen.list(id)
	if list == other {
		first, other = other, first
	}
	err := read(first)
	if err == nil {
		a.seen.add(id, first)
		return nil
	}
	if !a.mayBeElsewhere(known, err) {
		return err
	}
	switch second := read(other); {
	case second == nil:
		a.seen.add(id, other)
		return nil
	case fault.CodeOf(second) == fault.CodeNotFound, fault.CodeOf(err) == fault.CodePermissionDenied:
		return err
	default:
		return OfProjects(other, second)
	}
}

// mayBeElsewhere reports whether a ticket that a list does not answer may be in the
// other one: it is not in this one, or this one is closed to the API member. known
// says that the ticket was in this one before.
func (a *Account) mayBeElsewhere(known bool, err error) bool {
	switch fault.CodeOf(err) {
	case fault.CodeNotFound:
		return a.Config.IncludeProjectTickets
	case fault.CodePermissionDenied:
		return a.Config.IncludeProjectTickets && !known
	}
	return false
}

// WriteOnTicket writes something to a ticket in the list that it is in. Where that
// is not known it is the service tickets'; where these have it not, of which nothing
// is done, or are closed, the other list is read before the write goes there.
func (a *Account) WriteOnTicket(ctx context.Context, id int, write func(api.TicketList) error) error {
	list, known := a.ListOf(id)
	if !known && call.From(ctx).DryRun { // it would not be told by a write
		return a.located(ctx, id, write)
	}
	if !known {
		list = api.ServiceTickets
	}
	err := write(list)
	if err == nil {
		a.seen.add(id, list)
	}
	if err == nil || !a.mayBeElsewhere(known, err) {
		return err
	}
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		row, unread := a.ReadTicket(ctx, strconv.Itoa(id))
		if unread != nil || row.Record.List == list {
			return err
		}
		return write(row.Record.List)
	}
	// Where it is not it is not looked for first.
	other := api.ProjectTickets
	if list == other {
		other = api.ServiceTickets
	}
	a.seen.add(id, other)
	return a.located(ctx, id, write)
}

// located reads which list a ticket is in before it writes there.
func (a *Account) located(ctx context.Context, id int, write func(api.TicketList) error) error {
	row, err := a.ReadTicket(ctx, strconv.Itoa(id))
	if err != nil {
		return err
	}
	return write(row.Record.List)
}

// OfProjects says what an admin can do where project tickets are refused.
func OfProjects(list api.TicketList, err error) error {
	if list != api.ProjectTickets || fault.CodeOf(err) != fault.CodePermissionDenied {
		return err
	}
	e := *fault.From(err)
	e.Message = "the API member may not read the tickets of projects (" + e.Message + "): ask for the kind SERVICE, give its security role Project > Project Tickets, or set include_project_tickets = false"
	return &e
}

// ListOf is the list that a ticket is in, as far as that is known.
func (a *Account) ListOf(id int) (api.TicketList, bool) {
	if !a.Config.IncludeProjectTickets {
		return api.ServiceTickets, true
	}
	return a.seen.list(id)
}

// Saw remembers the lists of tickets that were read.
func (a *Account) Saw(rows ...*api.Row[api.Ticket]) {
	for _, row := range rows {
		a.seen.add(row.Record.ID, row.Record.List)
	}
}

// maxSeen bounds how many tickets are remembered.
const maxSeen = 10_000

// seen remembers which list tickets are in, so that a project's ticket costs one
// request and not two.
type seen struct {
	mu    sync.Mutex
	lists map[int]api.TicketList
}

func (s *seen) list(id int) (api.TicketList, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, ok := s.lists[id]
	return list, ok
}

func (s *seen) add(id int, list api.TicketList) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lists == nil || len(s.lists) >= maxSeen {
		s.lists = map[int]api.TicketList{}
	}
	s.lists[id] = list
}
