// Package ticket serves the tickets of a ConnectWise: it lists and reads them,
// creates, changes and moves them.
package ticket

import (
	"context"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"golang.org/x/sync/errgroup"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

const (
	// costlyPage is the most rows of a page whose rows cost a request each.
	costlyPage = 25
	// smallestPage is where a list that times out is not halved any more.
	smallestPage = 25
)

// ListTickets lists tickets: those of both lists that the filters leave, merged by
// the order.
func (s *Service) ListTickets(ctx context.Context, r *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error) {
	order, ok := orders["updated_at"], true
	if r.GetOrderBy() != "" {
		order, ok = orders[r.GetOrderBy()]
	}
	if !ok {
		return nil, fault.InvalidArgument("order_by", "tickets have no such order", "updated_at", "updated_at desc", "id")
	}
	after, err := paging.Decode[cursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	f, err := s.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	parts := include.Of(r.GetInclude())
	size := account.PageSize(r.GetPageSize())
	if costly(parts) {
		size = min(size, costlyPage)
	}
	fetch := func(ctx context.Context, after cursor, n int) ([]found, bool, error) {
		batches, err := s.batches(ctx, f, parts, order, after, n)
		if err != nil {
			return nil, false, err
		}
		rows, more := merge(order, after, batches, n)
		return rows, more, nil
	}
	page, next, more, err := paging.Fill(ctx, after, size, api.WidePage-1, fetch,
		func(row found) cursor { return row.next }, func(row found) bool { return f.keeps(&row.Record) })
	if err != nil {
		return nil, err
	}
	rows := make([]*api.Row[api.Ticket], len(page))
	for n, row := range page {
		rows[n] = row.Row
	}
	s.account.Saw(rows...)
	tickets, err := s.tickets(ctx, rows, parts)
	if err != nil {
		return nil, err
	}
	b := psav1.ListTicketsResponse_builder{Tickets: tickets, Omitted: parts.Omitted(include.OfTickets)}
	if b.NextPageToken, err = account.NextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// batches reads the first n rows after a cursor of each list that may have some.
func (s *Service) batches(ctx context.Context, f *filter, parts include.Set, order order, after cursor, n int) ([]batch, error) {
	batches := make([]batch, len(f.lists))
	g, ctx := errgroup.WithContext(ctx)
	for k, l := range f.lists {
		at := *after.of(l.list)
		if at.Done {
			continue
		}
		q := api.Query{Conditions: api.And(l.where...), CustomFields: l.custom, OrderBy: order.orderBy, Fields: vendorFields(l.list, parts, f.custom || l.list == api.ProjectTickets && s.account.MergeField.ID != 0)}
		if at != (position{}) {
			q.Conditions = api.And(q.Conditions, order.after(at))
		}
		read := func() (err error) {
			batches[k], err = s.batch(ctx, l.list, q, n, parts.Has(psav1.Include_VENDOR))
			return account.OfProjects(l.list, err)
		}
		if len(f.lists) == 1 {
			return batches, read() // no other to be read beside it
		}
		g.Go(read)
	}
	return batches, g.Wait()
}

// batch reads the first n rows of a query, and whether more follow; raw keeps the
// vendor's own records. A list too wide for the server's patience is asked for in
// smaller parts (connectwise.md §15).
func (s *Service) batch(ctx context.Context, list api.TicketList, q api.Query, n int, raw bool) (batch, error) {
	for {
		q.PageSize = n + 1
		rows, err := api.SearchRows[api.Ticket](ctx, s.account.API, string(list), q, raw)
		if err != nil {
			if n > smallestPage && timedOut(err) {
				n /= 2
				continue
			}
			return batch{}, err
		}
		for k := range rows {
			rows[k].Record.List = list
		}
		return batch{list: list, rows: rows[:min(len(rows), n)], more: len(rows) > n}, nil
	}
}

func timedOut(err error) bool {
	e := fault.From(err)
	return e.Code == fault.CodeVendorError && e.Vendor != nil && strings.Contains(strings.ToLower(e.Vendor.Message), "timeout")
}

// GetTicket reads a service ticket.
func (s *Service) GetTicket(ctx context.Context, r *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
	parts := include.Whole(r.GetInclude())
	read := s.account.ReadTicket
	if parts.Has(psav1.Include_VENDOR) {
		read = s.account.ReadTicketRaw
	}
	row, err := read(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	tickets, err := s.tickets(ctx, []*api.Row[api.Ticket]{&row}, parts)
	if err != nil {
		return nil, err
	}
	return psav1.GetTicketResponse_builder{Ticket: tickets[0], Omitted: parts.Omitted(include.OfTickets)}.Build(), nil
}

// tickets maps rows, with what is included.
func (s *Service) tickets(ctx context.Context, rows []*api.Row[api.Ticket], parts include.Set) ([]*psav1.Ticket, error) {
	var lists []api.TicketList
	for n := range rows {
		if parts.Has(psav1.Include_CUSTOM_FIELDS) {
			lists = append(lists, rows[n].Record.List)
		}
	}
	rd, err := s.reader(ctx, lists...)
	if err != nil {
		return nil, err
	}
	tickets := make([]*psav1.Ticket, len(rows))
	for n := range rows {
		t := &rows[n].Record
		ticket := mapping.Ticket(t, rd.names)
		if parts.Has(psav1.Include_CUSTOM_FIELDS) {
			mapping.AddCustomFields(ticket, t, rd.fields[t.List])
		}
		if parts.Has(psav1.Include_CO_OWNERS) {
			mapping.AddCoOwners(ticket, t, rd.names)
		}
		if parts.Has(psav1.Include_WATCHERS) {
			mapping.AddWatchers(ticket, t)
		}
		if parts.Has(psav1.Include_SLA) {
			mapping.AddSLA(ticket, t)
		}
		if parts.Has(psav1.Include_VENDOR) {
			ticket.SetVendor(rows[n].Raw)
		}
		tickets[n] = ticket
	}
	if !costly(parts) {
		return tickets, nil
	}
	// The vendor's client keeps to its own number of requests at once.
	g, ctx := errgroup.WithContext(ctx)
	for n, ticket := range tickets {
		t := &rows[n].Record
		if parts.Has(psav1.Include_DESCRIPTION) {
			g.Go(func() error { return s.addDescription(ctx, ticket, t) })
		}
		if parts.Has(psav1.Include_CONFIGURATIONS) {
			g.Go(func() error { return s.addConfigurations(ctx, ticket, t) })
		}
	}
	return tickets, g.Wait()
}

// costly reports whether a row costs requests of its own.
func costly(parts include.Set) bool {
	return parts.Has(psav1.Include_DESCRIPTION) || parts.Has(psav1.Include_CONFIGURATIONS)
}
