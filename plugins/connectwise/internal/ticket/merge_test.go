package ticket

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

// rowsOf makes rows of a list, each by its time and id.
func rowsOf(list api.TicketList, keys ...[2]int) []*api.Row[api.Ticket] {
	rows := make([]*api.Row[api.Ticket], len(keys))
	for n, k := range keys {
		rows[n] = &api.Row[api.Ticket]{Record: api.Ticket{List: list, ID: k[1], Info: api.Info{LastUpdated: api.Stamp{Time: time.Unix(int64(k[0]), 0)}}}}
	}
	return rows
}

// A row whose list may hold an earlier one that is not here yet waits.
func TestMergeStopsWhereTheNextRowIsNotKnown(t *testing.T) {
	t.Parallel()
	batches := []batch{
		{api.ServiceTickets, rowsOf(api.ServiceTickets, [2]int{1, 1}, [2]int{4, 2}), true},
		{api.ProjectTickets, rowsOf(api.ProjectTickets, [2]int{2, 7}, [2]int{5, 8}), false},
	}
	rows, more := merge(orders["updated_at"], cursor{}, batches, 10)
	var ids []int
	for _, r := range rows {
		ids = append(ids, r.Record.ID)
	}
	if !slices.Equal(ids, []int{1, 7, 2}) || !more {
		t.Errorf("got %v, more %v", ids, more)
	}
	if next := rows[2].next; next.Service != (position{Time: 4, ID: 2}) || next.Project != (position{Time: 2, ID: 7}) {
		t.Errorf("the next page begins at %+v", next)
	}
	rows, more = merge(orders["updated_at"], cursor{}, []batch{
		{api.ServiceTickets, rowsOf(api.ServiceTickets, [2]int{3, 1}), false}, {api.ProjectTickets, nil, false},
	}, 10)
	if len(rows) != 1 || more || !rows[0].next.Service.Done || !rows[0].next.Project.Done {
		t.Errorf("got %+v, more %v", rows, more)
	}
	if rows, more = merge(orders["id"], cursor{}, nil, 10); len(rows) > 0 || more {
		t.Errorf("nothing merges into %v, more %v", rows, more)
	}
}

// Walked in pages of any size, two lists give every row once and in order, and a
// list that has ended is not asked again.
func TestMergeLosesNothing(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for name, o := range orders {
		for size := 1; size <= 9; size++ {
			var lists [2][]*api.Row[api.Ticket]
			for n := range 40 {
				k := rng.IntN(2)
				list := []api.TicketList{api.ServiceTickets, api.ProjectTickets}[k]
				lists[k] = append(lists[k], rowsOf(list, [2]int{rng.IntN(6), n + 1})...)
			}
			var want []int
			all := slices.Concat(lists[0], lists[1])
			byOrder := func(a, b *api.Row[api.Ticket]) int { return o.compare(&a.Record, &b.Record) }
			slices.SortFunc(all, byOrder)
			for _, row := range all {
				want = append(want, row.Record.ID)
			}
			var got []int
			after, asked := cursor{}, map[api.TicketList]int{}
			for {
				var batches []batch
				for _, list := range lists {
					slices.SortFunc(list, byOrder)
					at := *after.of(list[0].Record.List)
					if at.Done {
						batches = append(batches, batch{})
						continue
					}
					asked[list[0].Record.List]++
					from := 0
					if at != (position{}) {
						last := rowsOf("", [2]int{int(at.Time), at.ID})[0]
						from = slices.IndexFunc(list, func(r *api.Row[api.Ticket]) bool { return byOrder(last, r) < 0 })
						if from < 0 {
							from = len(list)
						}
					}
					rest := list[from:]
					n := 1 + rng.IntN(size) // a server that answers fewer than asked
					batches = append(batches, batch{list[0].Record.List, rest[:min(n, len(rest))], len(rest) > n})
				}
				rows, more := merge(o, after, batches, size)
				for _, row := range rows {
					got = append(got, row.Record.ID)
					after = row.next
				}
				if !more {
					break
				}
				token, err := paging.Encode(after)
				if err != nil {
					t.Fatal(err)
				}
				if after, err = paging.Decode[cursor](token); err != nil {
					t.Fatal(err)
				}
				if asked[api.ServiceTickets] > 200 {
					t.Fatal("the walk does not end")
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, pages of %d: got %v, want %v", name, size, got, want)
			}
		}
	}
}
