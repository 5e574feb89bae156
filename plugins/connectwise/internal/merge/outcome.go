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
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/ticket"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// MergeOutcome finds out what became of a merge: whether the duplicates show that
// they are merged, and whether the note is there.
func (s *Service) MergeOutcome(ctx context.Context, r *psav1.MergeTicketsRequest, l lost.Write) (pluginsdk.Outcome, error) {
	p, err := s.plan(ctx, r)
	if err != nil {
		return l.Unfit(err)
	}
	survivor := p.survivor.Record.ID
	var there, missing []string
	for _, d := range p.duplicates {
		if what := fmt.Sprintf("ticket %d merged", d.row.Record.ID); d.done {
			there = append(there, what)
		} else {
			missing = append(missing, what)
		}
	}
	if r.HasNote() {
		found, why, err := note.Find(ctx, s.account, p.list(), survivor, note.Internal(r.GetNote()), "", l)
		switch {
		case err != nil:
			return l.Unfit(err)
		case found != nil:
			there = append(there, fmt.Sprintf("note %d", found.ID))
		default:
			missing = append(missing, "the note ("+why.Reason+")")
		}
	}
	switch {
	case len(there) == 0 && p.emulated() && p.touched(l):
		return l.Unknown("none of the duplicates is merged into ticket %d, and the tickets have been changed since: to send the merge again completes it", survivor), nil
	case len(there) == 0:
		return l.Absent("none of the duplicates is merged into ticket %d", survivor), nil
	case len(missing) > 0:
		return l.Unknown("ticket %d has %s, and not %s", survivor, strings.Join(there, ", "), strings.Join(missing, ", ")), nil
	}
	answer, err := s.merged(ctx, p, r)
	if err != nil {
		return l.Unfit(err)
	}
	return l.Happened(answer, "ticket %d has %s", survivor, strings.Join(there, ", ")), nil
}

// merged answers a merge that is done as asked.
func (s *Service) merged(ctx context.Context, p *plan, r *psav1.MergeTicketsRequest) (*psav1.MergeTicketsResponse, error) {
	whole, err := ticket.Whole(ctx, s.account, p.list())
	if err != nil {
		return nil, err
	}
	held := whole(p.survivor)
	w := receipt.Write{Asked: &psav1.Ticket{}, Before: held, Held: held}
	if !p.emulated() {
		carried(r.GetCarry(), &w)
	}
	rows := map[int]api.Row[api.Ticket]{}
	for n, d := range p.duplicates {
		p.duplicates[n].done = false // it is this merge that did it
		rows[d.row.Record.ID] = d.row
		w.Parts = append(w.Parts, receipt.Part{Field: d.field, Asked: strconv.Itoa(d.row.Record.ID)})
	}
	if r.HasNote() {
		w.Parts = append(w.Parts, receipt.Part{Field: "note", Asked: r.GetNote()})
	}
	known := mail.Lost(r.GetNotify())
	if decision, err := p.mail(r.GetNotify()); err == nil {
		known = decision.Known
	}
	out := receipt.Of(call.From(ctx), w)
	account.Attribute(out, p.survivor.Record.Info.UpdatedBy, p.names)
	return answer(p, held, (&merged{}).results(p, rows), out, known), nil
}

// touched reports whether one of the tickets may have been changed since.
func (p *plan) touched(l lost.Write) bool {
	return l.Touched(p.survivor.Record.Info.LastUpdated.Time) ||
		slices.ContainsFunc(p.duplicates, func(d duplicate) bool { return l.Touched(d.row.Record.Info.LastUpdated.Time) })
}
