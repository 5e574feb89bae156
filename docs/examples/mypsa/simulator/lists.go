package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// maxRows is the most that a list answers at once.
const maxRows = 100

// known are the parameters of lists: others are refused.
var known = []string{
	"sort", "limit", "after_id", "after_updated", "status", "customer", "number", "reference", "updated_from", "updated_before", "created_from",
}

// listTickets answers the rows after a place in an order.
func (w *world) listTickets(r *http.Request) (any, error) {
	q := r.URL.Query()
	limit, err := limitOf(q)
	if err != nil {
		return nil, err
	}
	order := q.Get("sort")
	if !slices.Contains([]string{"updated", "-updated", "id"}, order) {
		return nil, invalid("sort", "The sort is one of updated, -updated and id.")
	}
	times := map[string]time.Time{}
	for _, name := range []string{"after_updated", "updated_from", "updated_before", "created_from"} {
		if text := q.Get(name); text != "" {
			if times[name], err = time.Parse(time.RFC3339Nano, text); err != nil {
				return nil, invalid(name, "The time is not understood.")
			}
		}
	}
	compare := func(a, b *ticket) int {
		switch order {
		case "id":
			return cmp.Compare(a.ID, b.ID)
		case "-updated":
			return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(b.ID, a.ID))
		}
		return cmp.Or(a.Updated.Compare(b.Updated), cmp.Compare(a.ID, b.ID))
	}
	var after *ticket
	if q.Has("after_id") {
		id, err := strconv.Atoi(q.Get("after_id"))
		if err != nil {
			return nil, invalid("after_id", "The id is not understood.")
		}
		after = &ticket{ID: id, Updated: times["after_updated"]}
	}
	var rows []*ticket
	for _, t := range w.tickets {
		if fits(t, q, times) && (after == nil || compare(t, after) > 0) {
			rows = append(rows, t)
		}
	}
	slices.SortFunc(rows, compare)
	return map[string]any{"tickets": append([]*ticket{}, rows[:min(len(rows), limit)]...)}, nil
}

func fits(t *ticket, q url.Values, times map[string]time.Time) bool {
	has := func(name, value string) bool { return !q.Has(name) || slices.Contains(q[name], value) }
	from, before, created := times["updated_from"], times["updated_before"], times["created_from"]
	return has("status", t.Status) && has("customer", strconv.Itoa(t.Customer.ID)) && has("number", t.Number) && has("reference", t.Reference) &&
		(from.IsZero() || !t.Updated.Before(from)) && (before.IsZero() || t.Updated.Before(before)) && (created.IsZero() || !t.Created.Before(created))
}

func limitOf(q url.Values) (int, error) {
	for name := range q {
		if !slices.Contains(known, name) {
			return 0, invalid(name, fmt.Sprintf("There is no parameter %s.", name))
		}
	}
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > maxRows {
		return 0, invalid("limit", "The limit is 1 to 100.")
	}
	return limit, nil
}

func (w *world) listNotes(r *http.Request) (any, error) {
	t, err := w.ticket(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	limit, err := limitOf(q)
	if err != nil {
		return nil, err
	}
	after, err := strconv.Atoi(cmp.Or(q.Get("after_id"), "0"))
	if err != nil {
		return nil, invalid("after_id", "The id is not understood.")
	}
	rows := []*note{}
	for _, n := range w.notes {
		if n.Ticket == t.ID && n.ID > after && len(rows) < limit {
			rows = append(rows, n)
		}
	}
	return map[string]any{"notes": rows}, nil
}
