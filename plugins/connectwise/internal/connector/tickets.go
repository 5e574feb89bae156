package connector

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.TicketReaderServer = (*Instance)(nil)

const (
	defaultPageSize = 50
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
func (i *Instance) ListTickets(ctx context.Context, r *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error) {
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
	filter, err := i.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	include := newIncludes(r.GetInclude())
	if filter.nothing {
		return psav1.ListTicketsResponse_builder{Omitted: include.omitted()}.Build(), nil
	}
	size := pageSize(r.GetPageSize())
	if include.costly() {
		size = min(size, costlyPage)
	}
	fetch := func(ctx context.Context, after ticketCursor, n int) ([]api.Row[api.Ticket], bool, error) {
		where := filter.where
		if after != (ticketCursor{}) {
			where = api.And(where, order.after(after))
		}
		return i.ticketPage(ctx, api.Query{Conditions: where, OrderBy: order.orderBy, Fields: include.vendorFields()}, n)
	}
	rows, next, more, err := paging.Fill(ctx, cursor, size, api.WidePage-1, fetch, func(row api.Row[api.Ticket]) ticketCursor {
		return ticketCursor{Time: row.Record.Info.LastUpdated.Unix(), ID: row.Record.ID}
	}, filter.keep)
	if err != nil {
		return nil, err
	}
	tickets, err := i.tickets(ctx, rows, include)
	if err != nil {
		return nil, err
	}
	b := psav1.ListTicketsResponse_builder{Tickets: tickets, Omitted: include.omitted()}
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
func (i *Instance) ticketPage(ctx context.Context, q api.Query, n int) ([]api.Row[api.Ticket], bool, error) {
	for {
		q.PageSize = n + 1
		rows, err := api.Search[api.Row[api.Ticket]](ctx, i.api, "service/tickets", q)
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
func (i *Instance) GetTicket(ctx context.Context, r *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
	row, err := i.readTicket(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	include := everythingBut(psav1.Include_VENDOR, r.GetInclude())
	tickets, err := i.tickets(ctx, []api.Row[api.Ticket]{row}, include)
	if err != nil {
		return nil, err
	}
	return psav1.GetTicketResponse_builder{Ticket: tickets[0], Omitted: include.omitted()}.Build(), nil
}

// readTicket reads the vendor's record of a ticket.
func (i *Instance) readTicket(ctx context.Context, id string) (api.Row[api.Ticket], error) {
	var row api.Row[api.Ticket]
	n, err := ticketID(id)
	if err != nil {
		return row, err
	}
	err = i.api.Get(ctx, "service/tickets/"+strconv.Itoa(n), api.Query{}, &row)
	return row, err
}

// ticketID reads a ticket's id. What is no number is no ticket here.
func ticketID(id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 || strconv.Itoa(n) != id {
		return 0, fault.NotFound("there is no ticket " + strconv.Quote(id) + " at ConnectWise, where ids are numbers")
	}
	return n, nil
}

// tickets maps rows, with what is included.
func (i *Instance) tickets(ctx context.Context, rows []api.Row[api.Ticket], include includes) ([]*psav1.Ticket, error) {
	names, err := i.names(ctx)
	if err != nil {
		return nil, err
	}
	var fields setup.Set[setup.Field]
	if include.has(psav1.Include_CUSTOM_FIELDS) {
		if fields, err = i.tables.Fields(ctx, setup.Tickets); err != nil {
			return nil, err
		}
	}
	tickets := make([]*psav1.Ticket, len(rows))
	for n := range rows {
		t := &rows[n].Record
		ticket := mapping.Ticket(t, names)
		if include.has(psav1.Include_CUSTOM_FIELDS) {
			mapping.AddCustomFields(ticket, t, fields)
		}
		if include.has(psav1.Include_CO_OWNERS) {
			mapping.AddCoOwners(ticket, t, names)
		}
		if include.has(psav1.Include_WATCHERS) {
			mapping.AddWatchers(ticket, t)
		}
		if include.has(psav1.Include_SLA) {
			mapping.AddSLA(ticket, t)
		}
		if include.has(psav1.Include_VENDOR) {
			ticket.SetVendor(rows[n].Raw)
		}
		tickets[n] = ticket
	}
	if !include.costly() {
		return tickets, nil
	}
	// The vendor's client keeps to its own number of requests at once.
	g, ctx := errgroup.WithContext(ctx)
	for n, ticket := range tickets {
		id := rows[n].Record.ID
		if include.has(psav1.Include_DESCRIPTION) {
			g.Go(func() error { return i.addDescription(ctx, ticket, id) })
		}
		if include.has(psav1.Include_CONFIGURATIONS) {
			g.Go(func() error { return i.addConfigurations(ctx, ticket, id) })
		}
	}
	return tickets, g.Wait()
}

func pageSize(asked int32) int {
	if asked <= 0 {
		return defaultPageSize
	}
	return int(asked)
}

func protoName(s string) protoreflect.Name { return protoreflect.Name(s) }

// includes is what an answer carries on request.
type includes map[psav1.Include_V]bool

func newIncludes(list []psav1.Include_V) includes {
	in := includes{}
	for _, v := range list {
		in[v] = true
	}
	return in
}

// everythingBut is every part but one, and what is asked for besides.
func everythingBut(not psav1.Include_V, list []psav1.Include_V) includes {
	in := newIncludes(list)
	for _, v := range allIncludes {
		if v != not {
			in[v] = true
		}
	}
	return in
}

var allIncludes = []psav1.Include_V{
	psav1.Include_DESCRIPTION, psav1.Include_CUSTOM_FIELDS, psav1.Include_CONFIGURATIONS,
	psav1.Include_CO_OWNERS, psav1.Include_WATCHERS, psav1.Include_SLA, psav1.Include_VENDOR,
}

func (in includes) has(v psav1.Include_V) bool { return in[v] }

// costly reports whether a row costs requests of its own.
func (in includes) costly() bool {
	return in[psav1.Include_DESCRIPTION] || in[psav1.Include_CONFIGURATIONS]
}

func (in includes) omitted() []psav1.Include_V {
	return slices.DeleteFunc(slices.Clone(allIncludes), func(v psav1.Include_V) bool { return in[v] })
}

// vendorFields are the members of a ticket that are asked for; nil is all.
func (in includes) vendorFields() []string {
	if in[psav1.Include_VENDOR] {
		return nil
	}
	fields := rowFields
	if in[psav1.Include_CUSTOM_FIELDS] {
		fields = slices.Concat(rowFields, customRowFields)
	}
	return fields
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
