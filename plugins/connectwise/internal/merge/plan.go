package merge

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// otherCompany is the code by which a caller accepts that tickets of different
// companies become one.
const otherCompany = "other_company"

// Reasons of merges that are refused.
const (
	reasonMerged = "ALREADY_MERGED"
	reasonStatus = "MERGE_STATUS"
)

// plan is a merge that may be made.
type plan struct {
	survivor   api.Row[api.Ticket]
	duplicates []duplicate
	groups     []group
}

// duplicate is a ticket that is to be merged.
type duplicate struct {
	field string
	row   api.Row[api.Ticket]
	done  bool // it is merged into the survivor already
}

// group is the duplicates of one board: a merge gives all that it takes the same
// status, and statuses belong to boards.
type group struct {
	board  setup.Board
	status setup.Status
	of     []int // indexes of the plan's duplicates
}

// refusals are all that is wrong with a merge: with the request, or with the
// tickets as they are.
type refusals struct{ request, state []fault.Violation }

func (r *refusals) ask(field, format string, args ...any) {
	r.request = append(r.request, fault.Violation{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (r *refusals) is(field, format string, args ...any) {
	r.state = append(r.state, fault.Violation{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (r *refusals) err() error {
	switch {
	case len(r.request) > 0:
		return fault.Invalid(append(r.request, r.state...)...)
	case len(r.state) > 0:
		e := fault.FailedPrecondition(reasonMerged, r.state[0].Message)
		e.Violations = r.state
		return e
	}
	return nil
}

// plan reads the tickets with one request and says everything that stands against
// their merge.
func (s *Service) plan(ctx context.Context, r *psav1.MergeTicketsRequest) (*plan, error) {
	survivor, err := account.RecordID("ticket", r.GetTicket())
	if err != nil {
		return nil, err
	}
	var wrong refusals
	ids := s.ids(r, survivor, &wrong)
	rows, err := s.read(ctx, append(slices.Clone(ids), survivor))
	if err != nil {
		return nil, err
	}
	p := &plan{}
	var found bool
	if p.survivor, found = rows[survivor]; !found {
		return nil, fault.NotFound(fmt.Sprintf("Service Ticket %d not found", survivor))
	}
	if into := p.survivor.Record.MergedParent; into != nil {
		wrong.is("ticket", "ticket %d is merged into ticket %d itself: merge into that one", survivor, into.ID)
	}
	for n, id := range ids {
		d := duplicate{field: fmt.Sprintf("duplicates[%d]", n)}
		if d.row, found = rows[id]; !found {
			if id != 0 {
				wrong.ask(d.field+".id", "there is no service ticket %d", id)
			}
			continue
		}
		into := d.row.Record.MergedParent
		d.done = into != nil && into.ID == survivor
		if into != nil && !d.done {
			wrong.is(d.field, "ticket %d is merged into ticket %d already, and no merge can be taken back", id, into.ID)
		}
		p.duplicates = append(p.duplicates, d)
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return p, p.confirm(r.GetOptions())
}

// ids are the duplicates asked for; 0 is one that is wrong in itself.
func (s *Service) ids(r *psav1.MergeTicketsRequest, survivor int, wrong *refusals) []int {
	ids := make([]int, len(r.GetDuplicates()))
	for n, ref := range r.GetDuplicates() {
		field := fmt.Sprintf("duplicates[%d]", n)
		id, err := strconv.Atoi(ref.GetId())
		switch {
		case !ref.HasId() || ref.HasName():
			wrong.ask(field+".id", "give the id of the ticket alone; names are not looked up")
		case err != nil || id <= 0 || strconv.Itoa(id) != ref.GetId():
			wrong.ask(field+".id", "there is no ticket %q at ConnectWise, where ids are numbers", ref.GetId())
		case id == survivor:
			wrong.ask(field+".id", "ticket %d is the one that survives: it is no duplicate of itself", id)
		case slices.Contains(ids, id):
			wrong.ask(field+".id", "ticket %d is named twice", id)
		default:
			ids[n] = id
		}
	}
	return ids
}

// read reads service tickets by their ids.
func (s *Service) read(ctx context.Context, ids []int) (map[int]api.Row[api.Ticket], error) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int) bool { return id == 0 })
	rows, err := api.Search[api.Row[api.Ticket]](ctx, s.account.API, "service/tickets", api.Query{
		Conditions: api.In("id", ids), OrderBy: "id asc", PageSize: len(ids),
	})
	if err != nil {
		return nil, err
	}
	found := map[int]api.Row[api.Ticket]{}
	for _, row := range rows {
		found[row.Record.ID] = row
	}
	return found, nil
}

// confirm asks the caller whether tickets of different companies are meant.
func (p *plan) confirm(options *psav1.WriteOptions) error {
	if slices.Contains(options.GetAccept(), otherCompany) {
		return nil
	}
	var others []string
	for _, d := range p.duplicates {
		if !d.done && api.IDOf(d.row.Record.Company) != api.IDOf(p.survivor.Record.Company) {
			others = append(others, fmt.Sprintf("ticket %d is of %s", d.row.Record.ID, nameOf(d.row.Record.Company)))
		}
	}
	if len(others) == 0 {
		return nil
	}
	text := fmt.Sprintf("%s, and ticket %d, which survives, of %s", strings.Join(others, ", "), p.survivor.Record.ID, nameOf(p.survivor.Record.Company))
	return fault.ConfirmationRequired("tickets of different companies would become one: "+text, fault.Confirmation{Code: otherCompany, Text: text})
}

func nameOf(company *api.Ref) string {
	if company == nil {
		return "no company"
	}
	return fmt.Sprintf("%q", company.Name)
}

// group sorts what is to be merged by board, and finds the status for each.
func (s *Service) group(ctx context.Context, p *plan) error {
	for n, d := range p.duplicates {
		if d.done {
			continue
		}
		boardID := api.IDOf(d.row.Record.Board)
		at := slices.IndexFunc(p.groups, func(g group) bool { return g.board.ID == boardID })
		if at < 0 {
			board, _ := s.account.Tables.Board(ctx, boardID)
			board.ID = boardID
			status, err := s.status(ctx, board)
			if err != nil {
				return err
			}
			p.groups = append(p.groups, group{board: board, status: status})
			at = len(p.groups) - 1
		}
		p.groups[at].of = append(p.groups[at].of, n)
	}
	return nil
}

// status is what duplicates of a board get: the configured one, or the first of
// the board's that closes a ticket.
func (s *Service) status(ctx context.Context, board setup.Board) (setup.Status, error) {
	if wanted := s.account.Config.MergeStatus; wanted != "" {
		found, err := s.account.Tables.PickStatus(ctx, board, "merge_status", catalogue.Reference{Name: wanted})
		if _, number := strconv.Atoi(wanted); fault.CodeOf(err) == fault.CodeInvalidArgument && number == nil {
			found, err = s.account.Tables.PickStatus(ctx, board, "merge_status", catalogue.Reference{ID: wanted})
		}
		if fault.CodeOf(err) == fault.CodeInvalidArgument {
			return found, fault.FailedPrecondition(reasonStatus, fmt.Sprintf("queue %q has no active status %q, which merge_status of the connection names; give the queue such a status, or set merge_status to one that all queues have", board.Name, wanted))
		}
		return found, err
	}
	set, err := s.account.Tables.Statuses(ctx, board.ID)
	if err != nil {
		return setup.Status{}, err
	}
	for _, status := range set.Values {
		if status.Closed && !status.Inactive {
			return status, nil
		}
	}
	return setup.Status{}, fault.FailedPrecondition(reasonStatus, fmt.Sprintf("queue %q has no active status that closes a ticket, which a merged duplicate gets; set merge_status of the connection", board.Name))
}
