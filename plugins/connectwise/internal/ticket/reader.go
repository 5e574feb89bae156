package ticket

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// reader maps whole tickets. What it needs to know of names is loaded when it is
// made, before a write: one that is done then answers, whatever fails.
type reader struct {
	names  mapping.Names
	fields map[api.TicketList]setup.Set[setup.Field]
}

// reader returns one for tickets of these lists, with their custom fields.
func (s *Service) reader(ctx context.Context, lists ...api.TicketList) (reader, error) {
	names, err := s.account.TicketNames(ctx)
	if err != nil {
		return reader{}, err
	}
	r := reader{names, map[api.TicketList]setup.Set[setup.Field]{}}
	for _, list := range lists {
		if _, ok := r.fields[list]; ok {
			continue
		}
		if r.fields[list], err = s.account.Tables.Fields(ctx, setup.Resource(list)); err != nil {
			return reader{}, account.OfProjects(list, err)
		}
	}
	return r, nil
}

// whole maps all that a record holds.
func (r reader) whole(row api.Row[api.Ticket]) *psav1.Ticket {
	ticket := mapping.Ticket(&row.Record, r.names)
	mapping.AddCustomFields(ticket, &row.Record, r.fields[row.Record.List])
	mapping.AddCoOwners(ticket, &row.Record, r.names)
	mapping.AddWatchers(ticket, &row.Record)
	mapping.AddSLA(ticket, &row.Record)
	return ticket
}

// target is a ticket that is to be changed, as it is before.
type target struct {
	reader
	row    api.Row[api.Ticket]
	before *psav1.Ticket
	parts  include.Set // what the ticket carries in the answer
}

// target reads a ticket that is to be changed, and compares the etag that the
// caller expects. ConnectWise has no such comparison, so that somebody can still
// come between (connectwise.md §3).
func (s *Service) target(ctx context.Context, id string, options *psav1.WriteOptions) (*target, error) {
	row, err := s.account.ReadTicket(ctx, id)
	if err != nil {
		return nil, err
	}
	rd, err := s.reader(ctx, row.Record.List)
	if err != nil {
		return nil, err
	}
	t := &target{reader: rd, row: row, before: rd.whole(row), parts: include.Record()}
	return t, account.Expect(options, t.before.GetEtag(), "ticket "+id)
}

func (t *target) id() int { return t.row.Record.ID }

func (t *target) list() api.TicketList { return t.row.Record.List }
