// Package ticket serves the tickets of a ConnectWise: it lists and reads them,
// creates, changes and moves them.
package ticket

import (
	"context"
	"slices"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"golang.org/x/sync/errgroup"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

const (
	// costlyPage is the most rows of a page whose rows cost a request each.
	costlyPage = 25
	// smallestPage is where a list that times out is not halved any more.
	smallestPage = 25
)

// ticketCursor is where the next page of tickets begins: after this row.
type ticketCursor struct {
	Time int64 `json:"t,omitempty"` // lastUpdated of the last row, in Unix seconds
	ID   int   `json:"i,omitempty"`
}

// ticketOrder is an order of tickets that pages can be walked in by key: a row
// that changes meanwhile moves behind the walk or before it, and none is lost
// (page numbers over a moving order would lose one per change).
type ticketOrder struct {
	orderBy string
	after   func(ticketCursor) api.Expr
}

var ticketOrders = map[string]ticketOrder{
	"updated_at": {"lastUpdated asc,id asc", func(c ticketCursor) api.Expr {
		t := time.Unix(c.Time, 0)
		return api.Or(api.Time("lastUpdated", api.After, t), api.And(api.Time("lastUpdated", api.Exactly, t), api.GtInt("id", c.ID)))
	}},
	"updated_at desc": {"lastUpdated desc,id desc", func(c ticketCursor) api.Expr {
		t := time.Unix(c.Time, 0)
		return api.Or(api.Time("lastUpdated", api.Before, t), api.And(api.Time("lastUpdated", api.Exactly, t), api.LtInt("id", c.ID)))
	}},
	"id": {"id asc", func(c ticketCursor) api.Expr { return api.GtInt("id", c.ID) }},
}

// ListTickets lists service tickets.
func (s *Service) ListTickets(ctx context.Context, r *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error) {
	order, ok := ticketOrders["updated_at"], true
	if r.GetOrderBy() != "" {
		order, ok = ticketOrders[r.GetOrderBy()]
	}
	if !ok {
		return nil, fault.InvalidArgument("order_by", "tickets have no such order", "updated_at", "updated_at desc", "id")
	}
	cursor, err := paging.Decode[ticketCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	filter, err := s.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	parts := include.Of(r.GetInclude())
	if filter.nothing {
		return psav1.ListTicketsResponse_builder{Omitted: parts.Omitted(include.OfTickets)}.Build(), nil
	}
	size := account.PageSize(r.GetPageSize())
	if costly(parts) {
		size = min(size, costlyPage)
	}
	fetch := func(ctx context.Context, after ticketCursor, n int) ([]api.Row[api.Ticket], bool, error) {
		where := filter.where
		if after != (ticketCursor{}) {
			where = api.And(where, order.after(after))
		}
		return s.ticketPage(ctx, api.Query{Conditions: where, OrderBy: order.orderBy, Fields: vendorFields(parts)}, n)
	}
	rows, next, more, err := paging.Fill(ctx, cursor, size, api.WidePage-1, fetch, func(row api.Row[api.Ticket]) ticketCursor {
		return ticketCursor{Time: row.Record.Info.LastUpdated.Unix(), ID: row.Record.ID}
	}, filter.keep)
	if err != nil {
		return nil, err
	}
	tickets, err := s.tickets(ctx, rows, parts)
	if err != nil {
		return nil, err
	}
	b := psav1.ListTicketsResponse_builder{Tickets: tickets, Omitted: parts.Omitted(include.OfTickets)}
	if more {
		token, err := paging.Encode(next)
		if err != nil {
			return nil, err
		}
		b.NextPageToken = &token
	}
	return b.Build(), nil
}

// ticketPage reads the first n rows of a query, and whether more follow. A list
// too wide for the server's patience is asked for in smaller parts
// (connectwise.md §15).
func (s *Service) ticketPage(ctx context.Context, q api.Query, n int) ([]api.Row[api.Ticket], bool, error) {
	for {
		q.PageSize = n + 1
		rows, err := api.Search[api.Row[api.Ticket]](ctx, s.account.API, "service/tickets", q)
		if err != nil {
			if n > smallestPage && timedOut(err) {
				n /= 2
				continue
			}
			return nil, false, err
		}
		return rows[:min(len(rows), n)], len(rows) > n, nil
	}
}

func timedOut(err error) bool {
	e := fault.From(err)
	return e.Code == fault.CodeVendorError && e.Vendor != nil && strings.Contains(strings.ToLower(e.Vendor.Message), "timeout")
}

// GetTicket reads a service ticket.
func (s *Service) GetTicket(ctx context.Context, r *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
	row, err := s.account.ReadTicket(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	parts := include.Whole(r.GetInclude())
	tickets, err := s.tickets(ctx, []api.Row[api.Ticket]{row}, parts)
	if err != nil {
		return nil, err
	}
	return psav1.GetTicketResponse_builder{Ticket: tickets[0], Omitted: parts.Omitted(include.OfTickets)}.Build(), nil
}

// tickets maps rows, with what is included.
func (s *Service) tickets(ctx context.Context, rows []api.Row[api.Ticket], parts include.Set) ([]*psav1.Ticket, error) {
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	var fields setup.Set[setup.Field]
	if parts.Has(psav1.Include_CUSTOM_FIELDS) {
		if fields, err = s.account.Tables.Fields(ctx, setup.Tickets); err != nil {
			return nil, err
		}
	}
	tickets := make([]*psav1.Ticket, len(rows))
	for n := range rows {
		t := &rows[n].Record
		ticket := mapping.Ticket(t, names)
		if parts.Has(psav1.Include_CUSTOM_FIELDS) {
			mapping.AddCustomFields(ticket, t, fields)
		}
		if parts.Has(psav1.Include_CO_OWNERS) {
			mapping.AddCoOwners(ticket, t, names)
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
		id := rows[n].Record.ID
		if parts.Has(psav1.Include_DESCRIPTION) {
			g.Go(func() error { return s.addDescription(ctx, ticket, id) })
		}
		if parts.Has(psav1.Include_CONFIGURATIONS) {
			g.Go(func() error { return s.addConfigurations(ctx, ticket, id) })
		}
	}
	return tickets, g.Wait()
}

// costly reports whether a row costs requests of its own.
func costly(parts include.Set) bool {
	return parts.Has(psav1.Include_DESCRIPTION) || parts.Has(psav1.Include_CONFIGURATIONS)
}

// vendorFields are the members of a ticket that are asked for; nil is all.
func vendorFields(parts include.Set) []string {
	switch {
	case parts.Has(psav1.Include_VENDOR):
		return nil
	case parts.Has(psav1.Include_CUSTOM_FIELDS):
		return slices.Concat(rowFields, customRowFields)
	}
	return rowFields
}

// rowFields are the members that the mapping reads; the rest of the vendor's 100
// would only make a page slow. _info has to be named to be there
// (connectwise.md §5).
var rowFields = []string{
	"id", "summary", "recordType", "board", "status", "type", "subType", "item", "owner", "priority", "source",
	"company", "site", "contact", "contactName", "contactEmailAddress", "requiredDate", "budgetHours", "actualHours",
	"agreement", "workType", "severity", "impact", "externalXRef", "automaticEmailCc", "closedFlag", "closedDate",
	"dateResolved", "dateResponded", "isInSla", "sla", "resources", "parentTicketId", "mergedParentTicket", "_info",
}

var customRowFields = []string{
	"customFields", "team", "serviceLocation", "location", "department", "automaticEmailContactFlag",
	"automaticEmailResourceFlag", "automaticEmailCcFlag", "customerUpdatedFlag", "poNumber", "billTime",
}
