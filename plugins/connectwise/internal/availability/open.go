package availability

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// counts are numbers of tickets by what their status means.
type counts map[psav1.Category_V]int32

// openCategories are the categories of open tickets, which every workload tells.
var openCategories = []psav1.Category_V{
	psav1.Category_NEW, psav1.Category_IN_PROGRESS, psav1.Category_WAITING_CUSTOMER, psav1.Category_WAITING_OTHER, psav1.Category_RESOLVED,
}

const (
	ticketPage = 1000 // the vendor's cap (connectwise.md §4)
	// maxPages bounds what a list costs in one call.
	maxPages = 20
)

// openTickets counts the open tickets that members own, those of projects beside
// those of the service desk. It reads their owners and statuses, 1,000 a request: a
// count each of every category of every member would take five requests a member.
// No boards is all.
func (s *Service) openTickets(ctx context.Context, members, boards []int) (map[int]counts, error) {
	where := []api.Expr{api.EqBool("closedFlag", false), api.In("owner/id", members)}
	if len(boards) > 0 {
		where = append(where, api.In("board/id", boards))
	}
	open := map[int]counts{}
	for _, list := range s.account.TicketLists() {
		if err := s.count(ctx, list, api.And(where...), open); err != nil {
			return nil, account.OfProjects(list, err)
		}
	}
	return open, nil
}

// count counts the tickets of a list.
func (s *Service) count(ctx context.Context, list api.TicketList, where api.Expr, open map[int]counts) error {
	last := 0
	for range maxPages {
		rows, err := api.Search[api.Ticket](ctx, s.account.API, string(list), api.Query{
			Conditions: api.And(where, api.GtInt("id", last)), OrderBy: "id asc",
			Fields: []string{"id", "owner", "board", "status"}, PageSize: ticketPage,
		})
		if err != nil {
			return err
		}
		for _, t := range rows {
			owner := api.IDOf(t.Owner)
			if open[owner] == nil {
				open[owner] = counts{}
			}
			open[owner][s.category(ctx, t)]++
			last = max(last, t.ID)
		}
		if len(rows) < ticketPage {
			return nil
		}
	}
	return tooMany(maxPages * ticketPage)
}

// category is what the status of an open ticket means; one that the board does
// not know any more is work.
func (s *Service) category(ctx context.Context, t api.Ticket) psav1.Category_V {
	if status, ok := s.account.Tables.Status(ctx, api.IDOf(t.Board), api.IDOf(t.Status)); ok {
		return status.Category
	}
	return psav1.Category_IN_PROGRESS
}

// tooMany is the fault of more open tickets than one call may read.
func tooMany(limit int) error {
	return fault.FailedPrecondition("TOO_MANY", fmt.Sprintf("these technicians own more than %d open tickets; ask for fewer technicians, or for some queues", limit))
}
