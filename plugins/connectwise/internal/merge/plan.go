package merge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
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
	reasonKind   = "KIND_MISMATCH"
	reasonStatus = "MERGE_STATUS"
)

// plan is a merge that may be made.
type plan struct {
	names      mapping.Names
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
type refusals struct {
	request, state []fault.Violation
	reason         string // of the first that the tickets are refused for
}

func (r *refusals) ask(field, format string, args ...any) {
	r.request = append(r.request, fault.Violation{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (r *refusals) is(reason, field, format string, args ...any) {
	r.reason = cmp.Or(r.reason, reason)
	r.state = append(r.state, fault.Violation{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (r *refusals) err() error {
	switch {
	case len(r.request) > 0:
		return fault.Invalid(append(r.request, r.state...)...)
	case len(r.state) > 0:
		e := fault.FailedPrecondition(r.reason, r.state[0].Message)
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
	rows, err := s.read(ctx, append([]int{survivor}, ids...))
	if err != nil {
		return nil, err
	}
	names, err := s.account.TicketNames(ctx)
	if err != nil {
		return nil, err
	}
	p := &plan{names: names}
	var found bool
	if p.survivor, found = rows[survivor]; !found {
		return nil, fault.NotFound(fmt.Sprintf("there is no ticket %d at ConnectWise", survivor))
	}
	if into := mapping.MergedInto(&p.survivor.Record, names).GetId(); into != "" {
		wrong.is(reasonMerged, "ticket", "ticket %d is merged into ticket %s itself: merge into that one", survivor, into)
	}
	for n, id := range ids {
		d := duplicate{field: fmt.Sprintf("duplicates[%d]", n)}
		if d.row, found = rows[id]; !found {
			if id != 0 {
				wrong.ask(d.field+".id", "there is no ticket %d at ConnectWise", id)
			}
			continue
		}
		if d.row.Record.List != p.list() {
			wrong.is(reasonKind, d.field, "ticket %d is of the kind %s, and ticket %d, which survives, of the kind %s: they cannot become one", id, mapping.Kind(d.row.Record.List), survivor, mapping.Kind(p.list()))
		}
		d.done = p.holds(d.row)
		if into := mapping.MergedInto(&d.row.Record, names).GetId(); into != "" && !d.done {
			wrong.is(reasonMerged, d.field, "ticket %d is merged into ticket %s already, and no merge can be taken back", id, into)
		}
		p.duplicates = append(p.duplicates, d)
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	if p.emulated() && s.account.MergeField.ID == 0 {
		return nil, fault.NotSupported("ConnectWise merges service tickets alone, and the record of a project's ticket has no place for what it was merged into: set merge_field of the connection to a custom field of project tickets")
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

// read reads tickets by their ids: one request for each list that they are in, as
// far as that is known.
func (s *Service) read(ctx context.Context, ids []int) (map[int]api.Row[api.Ticket], error) {
	found := map[int]api.Row[api.Ticket]{}
	lists := s.account.TicketLists()
	// Where the first is known to be of projects, so are probably the others.
	if list, _ := s.account.ListOf(ids[0]); list == api.ProjectTickets {
		slices.Reverse(lists)
	}
	var closed error
	for _, list := range lists {
		missing := slices.DeleteFunc(slices.Clone(ids), func(id int) bool { _, ok := found[id]; return ok || id == 0 })
		if len(missing) == 0 {
			break
		}
		rows, err := api.SearchRows[api.Ticket](ctx, s.account.API, string(list), api.Query{
			Conditions: api.In("id", missing), OrderBy: "id asc", PageSize: len(missing),
		}, true)
		if fault.CodeOf(err) == fault.CodePermissionDenied { // they may all be in the other
			closed = account.OfProjects(list, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			row.Record.List = list
			found[row.Record.ID] = *row
		}
		s.account.Saw(rows...)
	}
	if closed != nil && slices.ContainsFunc(ids, func(id int) bool { _, ok := found[id]; return !ok && id != 0 }) {
		return nil, closed
	}
	return found, nil
}

// list is the list that the survivor is in, and with it the duplicates.
func (p *plan) list() api.TicketList { return p.survivor.Record.List }

// emulated reports whether ConnectWise has no merge for the tickets.
func (p *plan) emulated() bool { return p.list() == api.ProjectTickets }

// holds reports whether a ticket shows that it is merged into the survivor.
func (p *plan) holds(row api.Row[api.Ticket]) bool {
	return mapping.MergedInto(&row.Record, p.names).GetId() == strconv.Itoa(p.survivor.Record.ID)
}

// pending is how many duplicates are to be merged.
func (p *plan) pending() int {
	n := 0
	for _, g := range p.groups {
		n += len(g.of)
	}
	return n
}

// ids are all tickets of a plan.
func (p *plan) ids() []int {
	ids := []int{p.survivor.Record.ID}
	for _, d := range p.duplicates {
		ids = append(ids, d.row.Record.ID)
	}
	return ids
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
