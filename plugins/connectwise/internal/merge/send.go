package merge

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// merged is what became of a merge.
type merged struct {
	steps  receipt.Steps
	of     map[int]*receipt.Steps // by the index of the duplicate
	failed map[int]error          // by the index of the duplicate
}

// mergeBody is the vendor's request; the ids are numbers (connectwise.md §7).
type mergeBody struct {
	IDs    []int  `json:"mergeTicketIds"`
	Status api.ID `json:"status"`
}

// send writes the note and then merges, board by board: a merge cannot be taken
// back, and a note can. It fails only where nothing of it is left at ConnectWise,
// or where that is not known.
func (s *Service) send(ctx context.Context, p *plan, text *string) (*merged, error) {
	m := &merged{of: map[int]*receipt.Steps{}, failed: map[int]error{}}
	survivor := p.survivor.Record.ID
	ahead, err := s.writeNote(ctx, p, text, m)
	if err != nil {
		return nil, err
	}
	for _, g := range p.groups {
		m.enter(g, survivor, s.mergeGroup(ctx, p, g))
	}
	if len(m.failed) == p.pending() {
		return nil, note.TakeBack(ctx, s.account, survivor, ahead, m.worst(p))
	}
	return m, nil
}

// worst is the failure that a merge without any success ends in: one of which
// nothing is known before a refusal.
func (m *merged) worst(p *plan) error {
	var first error
	for _, g := range p.groups {
		err := m.failed[g.of[0]]
		if code := fault.CodeOf(err); first == nil || code == fault.CodeOutcomeUnknown || code == fault.CodeDeadlineExceeded {
			first = err
		}
	}
	return first
}

// enter adds what became of a group.
func (m *merged) enter(g group, survivor int, err error) {
	name := "merge"
	if g.board.Name != "" {
		name = fmt.Sprintf("merge those of %s", g.board.Name)
	}
	if err != nil {
		m.steps.Failed(name, err)
	} else {
		m.steps.Done(name, strconv.Itoa(survivor))
	}
	for _, n := range g.of {
		m.of[n] = &receipt.Steps{}
		if err != nil {
			m.of[n].Failed("merge", err)
			m.failed[n] = err
		} else {
			m.of[n].Done("merge", strconv.Itoa(survivor))
		}
	}
}

// pending is how many duplicates are to be merged.
func (p *plan) pending() int {
	n := 0
	for _, g := range p.groups {
		n += len(g.of)
	}
	return n
}

// mergeGroup merges the duplicates of one board. Where the answer is lost, the
// tickets tell whether they are merged.
func (s *Service) mergeGroup(ctx context.Context, p *plan, g group) error {
	survivor := p.survivor.Record.ID
	body := mergeBody{Status: api.ID{ID: g.status.ID}}
	for _, n := range g.of {
		body.IDs = append(body.IDs, p.duplicates[n].row.Record.ID)
	}
	var answer struct {
		Success *bool  `json:"success"`
		Message string `json:"message"`
	}
	err := account.Planned(s.account.API.Post(ctx, "merge the tickets", fmt.Sprintf("service/tickets/%d/merge", survivor), body, &answer))
	if fault.CodeOf(err) == fault.CodeOutcomeUnknown && s.allMerged(ctx, body.IDs, survivor) {
		return nil
	}
	if err == nil && answer.Success != nil && !*answer.Success {
		e := fault.FailedPrecondition("RULE", "ConnectWise did not merge the tickets: "+answer.Message)
		return e.WithVendor(200, "", answer.Message)
	}
	return ofDuplicates(err)
}

// ofDuplicates names the field of the request that a refusal speaks of: the
// vendor's own names are not the caller's.
func ofDuplicates(err error) error {
	if fault.CodeOf(err) != fault.CodeInvalidArgument {
		return err
	}
	e := *fault.From(err)
	e.Violations = slices.Clone(e.Violations)
	for n := range e.Violations {
		e.Violations[n].Field = "duplicates"
	}
	return &e
}

// allMerged reports whether tickets are merged into another for sure.
func (s *Service) allMerged(ctx context.Context, ids []int, survivor int) bool {
	rows, err := s.read(ctx, ids)
	return err == nil && !slices.ContainsFunc(ids, func(id int) bool { return !isMerged(rows[id], survivor) })
}

func isMerged(row api.Row[api.Ticket], survivor int) bool {
	return row.Record.MergedParent != nil && row.Record.MergedParent.ID == survivor
}

// writeNote writes the note that goes with a merge, and returns its id. One that a
// merge before this wrote, which did not come to its end, is not written again.
func (s *Service) writeNote(ctx context.Context, p *plan, text *string, m *merged) (int, error) {
	if text == nil {
		return 0, nil
	}
	survivor := p.survivor.Record.ID
	if p.pending() < len(p.duplicates) {
		found, err := s.findNote(ctx, survivor, *text)
		if err != nil {
			return 0, err
		}
		if found != 0 {
			m.steps.Skipped("note", strconv.Itoa(found))
			return 0, nil
		}
	}
	made, err := note.Post(ctx, s.account, "write the note", api.ServiceTickets, survivor, note.Internal(*text))
	if err != nil {
		return 0, err
	}
	m.steps.Done("note", strconv.Itoa(made.ID))
	return made.ID, nil
}

// findNote finds the internal note of a text by the agent resource, or 0.
func (s *Service) findNote(ctx context.Context, ticketID int, text string) (int, error) {
	rows, err := api.List[api.Note](ctx, s.account.API, fmt.Sprintf("service/tickets/%d/notes", ticketID), api.Query{
		Conditions: api.And(api.EqBool("internalAnalysisFlag", true), api.EqInt("member/id", s.account.Agent.ID)),
		OrderBy:    "id desc", PageSize: api.WidePage,
	})
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		if mapping.Body(row.Text) == mapping.Body(text) {
			return row.ID, nil
		}
	}
	return 0, nil
}

// results are what became of each duplicate, in the order of the request. rows are
// the tickets as they are now; nil is not known.
func (m *merged) results(p *plan, rows map[int]api.Row[api.Ticket]) []*psav1.MergedTicket {
	list := make([]*psav1.MergedTicket, len(p.duplicates))
	for n, d := range p.duplicates {
		b := psav1.MergedTicket_builder{Id: new(strconv.Itoa(d.row.Record.ID))}
		if d.done {
			b.Merged, b.AlreadyMerged = new(true), new(true)
		} else if rows != nil {
			b.Merged = new(isMerged(rows[d.row.Record.ID], p.survivor.Record.ID))
		}
		if steps := m.of[n]; steps != nil {
			b.Steps = steps.All()
		}
		list[n] = b.Build()
	}
	return list
}
