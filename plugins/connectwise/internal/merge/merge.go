// Package merge makes one ticket of several.
package merge

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/ticket"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

var _ psav1.TicketMergerServer = (*Service)(nil)

// Operations says how merges are served.
var Operations = []pluginsdk.OperationSupport{{
	Operation: "tickets.merge",
	Reason:    "one merge for each queue of the duplicates, which get merge_status or the queue's first closed status; carry has no effect: ConnectWise merges by itself; If-Match is a comparison before the write: somebody can come between",
}}

// Service merges the tickets of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// MergeTickets merges duplicates into the ticket that survives.
func (s *Service) MergeTickets(ctx context.Context, r *psav1.MergeTicketsRequest) (*psav1.MergeTicketsResponse, error) {
	p, err := s.plan(ctx, r)
	if err != nil {
		return nil, err
	}
	whole, err := ticket.Whole(ctx, s.account)
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	before := whole(p.survivor)
	if err := account.Expect(r.GetOptions(), before.GetEtag(), "ticket "+before.GetId()); err != nil {
		return nil, err
	}
	if err := s.group(ctx, p); err != nil {
		return nil, err
	}
	w := receipt.Write{Asked: &psav1.Ticket{}, Before: before}
	carried(r.GetCarry(), &w)
	if p.pending() == 0 {
		return s.nothing(ctx, p, r, w)
	}
	known, err := mail.OnMerge(r.GetNotify())
	if err != nil {
		return nil, err
	}
	m, err := s.send(ctx, p, noteOf(r))
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.MergeTicketsResponse_builder{
			Ticket: before, Duplicates: m.results(p, nil), Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root()),
		}.Build(), nil
	}
	rows, err := s.read(ctx, p.ids())
	w.Held = before
	if row, ok := rows[p.survivor.Record.ID]; ok {
		w.Held = whole(row)
	}
	m.tell(p, rows, err, &w)
	if r.HasNote() {
		w.Parts = append(w.Parts, receipt.Part{Field: "note", Asked: r.GetNote()})
	}
	out := receipt.Of(call.From(ctx), w)
	out.SetSteps(m.steps.Several())
	out.SetNotification(known)
	account.Attribute(out, rows[p.survivor.Record.ID].Record.Info.UpdatedBy, names)
	held, _ := w.Held.(*psav1.Ticket)
	return psav1.MergeTicketsResponse_builder{Ticket: held, Duplicates: m.results(p, rows), Receipt: out}.Build(), nil
}

// ids are all tickets of a plan.
func (p *plan) ids() []int {
	ids := []int{p.survivor.Record.ID}
	for _, d := range p.duplicates {
		ids = append(ids, d.row.Record.ID)
	}
	return ids
}

func noteOf(r *psav1.MergeTicketsRequest) *string {
	if !r.HasNote() {
		return nil
	}
	return new(r.GetNote())
}

// nothing answers a merge that was made before.
func (s *Service) nothing(ctx context.Context, p *plan, r *psav1.MergeTicketsRequest, w receipt.Write) (*psav1.MergeTicketsResponse, error) {
	for _, d := range p.duplicates {
		w.Parts = append(w.Parts, receipt.Part{Field: d.field, Asked: strconv.Itoa(d.row.Record.ID)})
	}
	if r.HasNote() {
		found, err := s.findNote(ctx, p.survivor.Record.ID, r.GetNote())
		if err != nil {
			return nil, err
		}
		part := receipt.Part{Field: "note", Asked: r.GetNote()}
		if found == 0 {
			part.Skipped = "the tickets are merged already, and a note goes with a merge alone; add it as a note"
		}
		w.Parts = append(w.Parts, part)
	}
	out := receipt.Unchanged(call.From(ctx), w)
	out.SetNotification(mail.Nothing(r.GetNotify()))
	before, _ := w.Before.(*psav1.Ticket)
	return psav1.MergeTicketsResponse_builder{Ticket: before, Duplicates: (&merged{}).results(p, nil), Receipt: out}.Build(), nil
}

// carried says what becomes of the caller's wishes about what goes along: a merge
// of ConnectWise's own takes none (connectwise.md §7).
func carried(c *psav1.Carry, w *receipt.Write) {
	if c == nil {
		return
	}
	w.Warnings = append(w.Warnings, "carry has no effect: ConnectWise merges by itself, and shows the notes of the duplicates on the ticket that survives")
	stay := func(field string, asked bool) {
		if asked {
			w.Parts = append(w.Parts, receipt.Part{Field: "carry." + field, Asked: "NONE", Skipped: "ConnectWise merges by itself: nothing of a duplicate can be kept from going along"})
		}
	}
	stay("notes", c.GetNotes() == psav1.Carry_Notes_NONE)
	stay("attachments", c.GetAttachments() == psav1.Carry_Attachments_NONE)
}

// tell adds to the receipt what became of each duplicate: what the tickets show,
// and not what was answered.
func (m *merged) tell(p *plan, rows map[int]api.Row[api.Ticket], unread error, w *receipt.Write) {
	for n, d := range p.duplicates {
		id := d.row.Record.ID
		part := receipt.Part{Field: d.field, Asked: strconv.Itoa(id)}
		switch err := m.failed[n]; {
		case d.done, rows != nil && isMerged(rows[id], p.survivor.Record.ID):
		case err != nil:
			part.Err = err
		case unread != nil:
			part.Err = fault.OutcomeUnknown("ConnectWise answered success, and the ticket could not be read again: " + fault.From(unread).Message)
		default:
			part.Skipped = fmt.Sprintf("ConnectWise answered success, and ticket %d does not show that it is merged", id)
		}
		w.Parts = append(w.Parts, part)
	}
	if rows == nil || len(m.failed) == p.pending() {
		return
	}
	var survivor struct {
		HasMerged *bool `json:"hasMergedChildTicketFlag"`
	}
	if json.Unmarshal(rows[p.survivor.Record.ID].Raw, &survivor) == nil && survivor.HasMerged != nil && !*survivor.HasMerged {
		w.Warnings = append(w.Warnings, "ConnectWise does not show yet on the ticket that survives that others are merged into it")
	}
}
