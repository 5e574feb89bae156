package merge

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// merged is what became of a merge, by the indexes of the duplicates.
type merged struct {
	steps  receipt.Steps
	of     map[int]*trail
	failed map[int]error
	lost   map[int][]string
}

// send writes the note and then merges: a merge cannot be taken back, and a note
// can. It fails only where nothing of it is left at ConnectWise, or where that is
// not known.
func (s *Service) send(ctx context.Context, p *plan, text *string, e *emulation) (*merged, error) {
	m := &merged{of: map[int]*trail{}, failed: map[int]error{}, lost: map[int][]string{}}
	ahead, err := s.writeNote(ctx, p, text, m, e)
	if err != nil {
		return nil, err
	}
	for _, g := range p.groups {
		if e == nil {
			m.enter(p, g, s.mergeGroup(ctx, p, g))
			continue
		}
		for _, n := range g.of {
			t, err := e.merge(ctx, n, g.status.ID)
			m.enterOne(p, n, t, err)
			m.lost[n] = e.jobs[n].lost
		}
	}
	if len(m.failed) == p.pending() {
		return nil, note.TakeBack(ctx, s.account, p.list(), p.survivor.Record.ID, ahead, "note", m.worst(p))
	}
	return m, nil
}

// worst is the failure that a merge without any success ends in: one of which
// nothing is known before a refusal.
func (m *merged) worst(p *plan) error {
	var first error
	for _, g := range p.groups {
		for _, n := range g.of {
			if err := m.failed[n]; first == nil || lost.MayBeDone(err) {
				first = err
			}
		}
	}
	return first
}

// enter adds what became of a group that ConnectWise merged at once.
func (m *merged) enter(p *plan, g group, err error) {
	survivor := strconv.Itoa(p.survivor.Record.ID)
	name := "merge"
	if g.board.Name != "" {
		name = fmt.Sprintf("merge those of %s", g.board.Name)
	}
	if err != nil {
		m.steps.Failed(name, err)
	} else {
		m.steps.Done(name, survivor)
	}
	for _, n := range g.of {
		m.of[n] = &trail{}
		if err != nil {
			m.of[n].failed("merge", err)
			m.failed[n] = err
		} else {
			m.of[n].done("merge", survivor)
		}
	}
}

// enterOne adds what became of a duplicate that was merged by itself.
func (m *merged) enterOne(p *plan, n int, t *trail, err error) {
	id := strconv.Itoa(p.duplicates[n].row.Record.ID)
	m.of[n] = t
	if err != nil {
		m.failed[n] = err
		m.steps.Failed("merge "+id, err)
	} else {
		m.steps.Done("merge "+id, id)
	}
}

// mergeBody is the vendor's request; the ids are numbers (connectwise.md §7).
type mergeBody struct {
	IDs    []int  `json:"mergeTicketIds"`
	Status api.ID `json:"status"`
}

// mergeGroup merges the duplicates of one board. Where the answer is lost, the
// tickets tell whether they are merged.
func (s *Service) mergeGroup(ctx context.Context, p *plan, g group) error {
	body := mergeBody{Status: api.ID{ID: g.status.ID}}
	for _, n := range g.of {
		body.IDs = append(body.IDs, p.duplicates[n].row.Record.ID)
	}
	var answer struct {
		Success *bool  `json:"success"`
		Message string `json:"message"`
	}
	err := account.Planned(s.account.API.Post(ctx, "merge the tickets", p.list().One(p.survivor.Record.ID)+"/merge", body, &answer))
	if fault.CodeOf(err) == fault.CodeOutcomeUnknown && s.allMerged(ctx, p, body.IDs) {
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
	return fault.Renamed(err, func(string) string { return "duplicates" })
}

// allMerged reports whether tickets are merged for sure.
func (s *Service) allMerged(ctx context.Context, p *plan, ids []int) bool {
	rows, err := s.read(ctx, ids)
	return err == nil && !slices.ContainsFunc(ids, func(id int) bool { return !p.holds(rows[id]) })
}

// writeNote writes the note that goes with a merge, and returns its id. One that a
// merge before this wrote, which did not come to its end, is not written again.
func (s *Service) writeNote(ctx context.Context, p *plan, text *string, m *merged, e *emulation) (int, error) {
	if text == nil {
		return 0, nil
	}
	survivor := p.survivor.Record.ID
	found, err := "", error(nil)
	if e != nil {
		found = e.internal(e.notes, func(body string) bool { return body == mapping.Body(*text) })
	} else {
		found, err = s.findNote(ctx, p.list(), survivor, *text)
	}
	if err != nil {
		return 0, err
	}
	if found != "" {
		m.steps.Skipped("note", found)
		return 0, nil
	}
	made, err := note.Post(ctx, s.account, "write the note", p.list(), survivor, note.Internal(*text))
	if err != nil {
		return 0, err
	}
	m.steps.Done("note", strconv.Itoa(made.ID))
	return made.ID, nil
}

// findNote finds the internal note of a text by the agent resource: its id, or "".
func (s *Service) findNote(ctx context.Context, list api.TicketList, ticketID int, text string) (string, error) {
	rows, err := api.List[api.Note](ctx, s.account.API, list.Notes(ticketID), api.Query{
		Conditions: api.And(api.EqBool("internalAnalysisFlag", true), api.EqInt("member/id", s.account.Agent.ID)),
		OrderBy:    "id desc", PageSize: api.WidePage,
	})
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		if mapping.Body(row.Text) == mapping.Body(text) {
			return strconv.Itoa(row.ID), nil
		}
	}
	return "", nil
}
