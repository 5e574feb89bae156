// Package merge makes one ticket of several.
package merge

import (
	"context"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/ticket"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

var _ psav1.TicketMergerServer = (*Service)(nil)

// Operations says how merges are served.
var Operations = []pluginsdk.OperationSupport{{
	Operation: "tickets.merge",
	Reason: "service tickets by ConnectWise itself, one merge for each queue of the duplicates, and carry has no effect then; " +
		"tickets of projects by notes, copies and the connection's merge_field, and not without it; " +
		"duplicates get merge_status or their queue's first closed status; If-Match is a comparison before the write: somebody can come between",
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
	whole, err := ticket.Whole(ctx, s.account, p.list())
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
	w := receipt.Write{Asked: &psav1.Ticket{}, Before: before, Held: before}
	if !p.emulated() {
		carried(r.GetCarry(), &w)
	}
	if p.pending() == 0 {
		return s.nothing(ctx, p, r, w)
	}
	e, known, err := s.prepare(ctx, p, r)
	if err != nil {
		return nil, err
	}
	m, err := s.send(ctx, p, noteOf(r), e)
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		out := receipt.DryRun(call.From(ctx), s.account.API.Root())
		return answer(p, before, (&merged{lost: m.lost}).results(p, nil), out, known), nil
	}
	rows, err := s.read(ctx, p.ids())
	held := before
	if row, ok := rows[p.survivor.Record.ID]; ok {
		held = whole(row)
	}
	w.Held = held
	m.tell(p, rows, err, &w)
	if r.HasNote() {
		w.Parts = append(w.Parts, receipt.Part{Field: "note", Asked: r.GetNote()})
	}
	out := receipt.Of(call.From(ctx), w)
	out.SetSteps(m.steps.Several())
	account.Attribute(out, rows[p.survivor.Record.ID].Record.Info.UpdatedBy, p.names)
	return answer(p, held, m.results(p, rows), out, known), nil
}

// prepare decides about mail and, where ConnectWise has no merge, reads what the
// emulation needs.
func (s *Service) prepare(ctx context.Context, p *plan, r *psav1.MergeTicketsRequest) (*emulation, *psav1.Notification, error) {
	decision, err := p.mail(r.GetNotify())
	if err != nil || !p.emulated() {
		return nil, decision.Known, err
	}
	e := &emulation{Service: s, p: p, carry: r.GetCarry(), quiet: decision.Quiet}
	return e, decision.Known, e.prepare(ctx)
}

// mail decides about mail: an emulated merge is changes of tickets.
func (p *plan) mail(n *psav1.Notify) (mail.Decision, error) {
	if p.emulated() {
		return mail.OnChange(n, true)
	}
	known, err := mail.OnMerge(n)
	return mail.Decision{Known: known}, err
}

func noteOf(r *psav1.MergeTicketsRequest) *string {
	if !r.HasNote() {
		return nil
	}
	return new(r.GetNote())
}

func answer(p *plan, ticket *psav1.Ticket, duplicates []*psav1.MergedTicket, out *psav1.Receipt, known *psav1.Notification) *psav1.MergeTicketsResponse {
	if out.GetOutcome() != psav1.Receipt_Outcome_DRY_RUN {
		out.SetNotification(known)
	}
	if p.emulated() {
		out.SetSupport(psav1.Support_EMULATED)
	}
	return psav1.MergeTicketsResponse_builder{Ticket: ticket, Duplicates: duplicates, Receipt: out, Omitted: include.Record().Omitted(include.OfTickets)}.Build()
}

// nothing answers a merge that was made before.
func (s *Service) nothing(ctx context.Context, p *plan, r *psav1.MergeTicketsRequest, w receipt.Write) (*psav1.MergeTicketsResponse, error) {
	for _, d := range p.duplicates {
		w.Parts = append(w.Parts, receipt.Part{Field: d.field, Asked: strconv.Itoa(d.row.Record.ID)})
	}
	if r.HasNote() {
		found, err := s.findNote(ctx, p.list(), p.survivor.Record.ID, r.GetNote())
		if err != nil {
			return nil, err
		}
		part := receipt.Part{Field: "note", Asked: r.GetNote()}
		if found == "" {
			part.Skipped = "the tickets are merged already, and a note goes with a merge alone; add it as a note"
		}
		w.Parts = append(w.Parts, part)
	}
	out := receipt.Unchanged(call.From(ctx), s.account.API.Root(), w)
	before, _ := w.Before.(*psav1.Ticket)
	return answer(p, before, (&merged{}).results(p, nil), out, mail.Nothing(r.GetNotify())), nil
}
