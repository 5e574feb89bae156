package ticket

import (
	"cmp"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// position is where the next page of one list begins: after this ticket.
type position struct {
	Time int64 `json:"t,omitempty"` // lastUpdated, in Unix seconds
	ID   int   `json:"i,omitempty"`
	Done bool  `json:"d,omitempty"` // the list has ended
}

// cursor is where the next page of tickets begins, in each list.
type cursor struct {
	Service position `json:"s,omitzero"`
	Project position `json:"p,omitzero"`
}

func (c *cursor) of(list api.TicketList) *position {
	if list == api.ProjectTickets {
		return &c.Project
	}
	return &c.Service
}

// order is an order of tickets that pages can be walked in by key: a row that
// changes meanwhile moves behind the walk or before it, and none is lost (page
// numbers over a moving order would lose one per change).
type order struct {
	orderBy string
	after   func(position) api.Expr
	compare func(a, b *api.Ticket) int
}

var orders = map[string]order{
	"updated_at": {
		"lastUpdated asc,id asc",
		func(p position) api.Expr {
			t := time.Unix(p.Time, 0)
			return api.Or(api.Time("lastUpdated", api.After, t), api.And(api.Time("lastUpdated", api.Exactly, t), api.GtInt("id", p.ID)))
		},
		byUpdate,
	},
	"updated_at desc": {
		"lastUpdated desc,id desc",
		func(p position) api.Expr {
			t := time.Unix(p.Time, 0)
			return api.Or(api.Time("lastUpdated", api.Before, t), api.And(api.Time("lastUpdated", api.Exactly, t), api.LtInt("id", p.ID)))
		},
		func(a, b *api.Ticket) int { return byUpdate(b, a) },
	},
	"id": {
		"id asc",
		func(p position) api.Expr { return api.GtInt("id", p.ID) },
		func(a, b *api.Ticket) int { return cmp.Compare(a.ID, b.ID) },
	},
}

func byUpdate(a, b *api.Ticket) int {
	return cmp.Or(cmp.Compare(a.Info.LastUpdated.Unix(), b.Info.LastUpdated.Unix()), cmp.Compare(a.ID, b.ID))
}

// batch is the next rows of one list.
type batch struct {
	list api.TicketList
	rows []*api.Row[api.Ticket]
	more bool // others follow
}

// found is a row with where the page after it begins.
type found struct {
	*api.Row[api.Ticket]
	next cursor
}

// merge puts the batches of lists together by an order, at most n rows. It stops
// where a batch is used up that others follow, since the next row may be theirs.
func merge(order order, after cursor, batches []batch, n int) (rows []found, more bool) {
	next, used := after, make([]int, len(batches))
	for _, b := range batches {
		if b.list != "" && len(b.rows) == 0 {
			next.of(b.list).Done = true
		}
	}
	for len(rows) < n {
		first, open := -1, false
		for k, b := range batches {
			switch {
			case used[k] == len(b.rows):
				open = open || b.more
			case first < 0 || order.compare(&b.rows[used[k]].Record, &batches[first].rows[used[first]].Record) < 0:
				first = k
			}
		}
		if first < 0 || open {
			break
		}
		b := batches[first]
		row := b.rows[used[first]]
		used[first]++
		*next.of(b.list) = position{
			Time: row.Record.Info.LastUpdated.Unix(), ID: row.Record.ID,
			Done: used[first] == len(b.rows) && !b.more,
		}
		rows = append(rows, found{row, next})
	}
	for k, b := range batches {
		more = more || b.more || used[k] < len(b.rows)
	}
	return rows, more
}
