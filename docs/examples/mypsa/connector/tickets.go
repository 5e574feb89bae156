package connector

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

const (
	// defaultPage is the size of a page where the caller does not say.
	defaultPage = 50
	// widePage is the most rows that My PSA answers at once.
	widePage = 100
)

// orders are My PSA's names of the orders.
var orders = map[string]string{"": "updated", "updated_at": "updated", "updated_at desc": "-updated", "id": "id"}

// cursor is the place of a row in an order: the walk goes on after it, whatever
// changes meanwhile.
type cursor struct {
	Order   string    `json:"o"`
	Updated time.Time `json:"u"`
	ID      int       `json:"i"`
}

// row is a ticket with the record that it was read from.
type row struct {
	ticket
	raw json.RawMessage
}

// UnmarshalJSON keeps the record beside what is known of it.
func (r *row) UnmarshalJSON(b []byte) error {
	r.raw = slices.Clone(b)
	return json.Unmarshal(b, &r.ticket)
}

// ListTickets lists tickets.
func (i *Instance) ListTickets(ctx context.Context, r *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error) {
	order, ok := orders[r.GetOrderBy()]
	if !ok {
		return nil, fault.InvalidArgument("order_by", "tickets have no such order", "updated_at", "updated_at desc", "id")
	}
	after, err := paging.Decode[cursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	if r.GetPageToken() != "" && after.Order != order {
		return nil, fault.InvalidArgument("page_token", "the token is of another order")
	}
	query, err := i.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	if query == nil { // no ticket can be left
		return &psav1.ListTicketsResponse{}, nil
	}
	query.Set("sort", order)
	fetch := func(ctx context.Context, after cursor, n int) ([]row, bool, error) {
		return i.page(ctx, query, after, n)
	}
	size := int(r.GetPageSize())
	if size <= 0 {
		size = defaultPage
	}
	rows, next, more, err := paging.Fill(ctx, after, size, widePage-1, fetch,
		func(t row) cursor { return cursor{order, t.Updated, t.ID} }, func(row) bool { return true })
	if err != nil {
		return nil, err
	}
	with := func(p psav1.Include_V) bool { return slices.Contains(r.GetInclude(), p) }
	b := psav1.ListTicketsResponse_builder{Omitted: omitted(with)}
	for n := range rows {
		b.Tickets = append(b.Tickets, i.api.neutral(&rows[n].ticket, rows[n].raw, with))
	}
	if more {
		token, err := paging.Encode(next)
		if err != nil {
			return nil, err
		}
		b.NextPageToken = &token
	}
	return b.Build(), nil
}

// page reads the first n rows after a cursor, and whether more follow.
func (i *Instance) page(ctx context.Context, query url.Values, after cursor, n int) ([]row, bool, error) {
	n = min(n, widePage-1)
	q := maps.Clone(query)
	q.Set("limit", strconv.Itoa(n+1))
	if after.ID != 0 {
		q.Set("after_id", strconv.Itoa(after.ID))
		q.Set("after_updated", after.Updated.Format(time.RFC3339Nano))
	}
	var answer struct {
		Tickets []row `json:"tickets"`
	}
	err := i.api.get(ctx, "tickets", q, &answer)
	return answer.Tickets[:min(len(answer.Tickets), n)], len(answer.Tickets) > n, err
}

// filter are the filters as My PSA takes them; nil when no ticket can be left.
func (i *Instance) filter(ctx context.Context, r *psav1.ListTicketsRequest) (url.Values, error) {
	if err := refuseFilters(r); err != nil {
		return nil, err
	}
	q := url.Values{}
	for name, at := range map[string]*timestamppb.Timestamp{
		"updated_from": r.GetUpdatedSince(), "updated_before": r.GetUpdatedBefore(), "created_from": r.GetCreatedSince(),
	} {
		if at != nil {
			q.Set(name, at.AsTime().Format(time.RFC3339Nano))
		}
	}
	for name, text := range map[string]string{"number": r.GetNumber(), "reference": r.GetExternalId()} {
		if text != "" {
			q.Set(name, text)
		}
	}
	left, err := statusFilter(r)
	if err != nil || left != nil && len(left) == 0 || len(r.GetKind()) > 0 && !slices.Contains(r.GetKind(), psav1.Kind_SERVICE) {
		return nil, err
	}
	q["status"] = left
	for _, text := range r.GetCompany() {
		err := i.customers.Find(ctx, struct{}{}, func(all list) error {
			found, err := all.Filter("company", text)
			for _, c := range found {
				q.Add("customer", strconv.Itoa(c.ID))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return q, nil
}

// refuseFilters refuses the filters that cannot be answered truthfully.
func refuseFilters(r *psav1.ListTicketsRequest) error {
	m := r.ProtoReflect()
	for _, s := range Connector.Operations[0].UnsupportedFilters {
		if f := m.Descriptor().Fields().ByTextName(s); m.Has(f) {
			return fault.FieldNotSupported(s, "My PSA cannot filter by "+s)
		}
	}
	return nil
}

// GetTicket reads one ticket, with everything but My PSA's own record.
func (i *Instance) GetTicket(ctx context.Context, r *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
	t, err := i.read(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	with := func(p psav1.Include_V) bool {
		return p != psav1.Include_VENDOR || slices.Contains(r.GetInclude(), p)
	}
	return psav1.GetTicketResponse_builder{Ticket: i.api.neutral(&t.ticket, t.raw, with), Omitted: omitted(with)}.Build(), nil
}

func (i *Instance) read(ctx context.Context, id string) (row, error) {
	n, err := recordID("ticket", id)
	if err != nil {
		return row{}, err
	}
	var t row
	err = i.api.get(ctx, fmt.Sprintf("tickets/%d", n), nil, &t)
	return t, err
}

// omitted are the parts that were not asked for.
func omitted(with func(psav1.Include_V) bool) []psav1.Include_V {
	var parts []psav1.Include_V
	for v := range psav1.Include_V_name {
		if p := psav1.Include_V(v); p != psav1.Include_UNSPECIFIED && !with(p) {
			parts = append(parts, p)
		}
	}
	slices.Sort(parts)
	return parts
}
