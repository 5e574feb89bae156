package ticket

import (
	"context"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// notHere are the fields of a ticket that its record does not hold, or that only
// ConnectWise itself writes: the first two are notes, the third is read by itself.
var notHere = []string{"description", "resolution", "configurations", "co_owners", "sla"}

// change is a write of a ticket that exists.
type change struct {
	ticket  string
	options *psav1.WriteOptions
	input   *psav1.Ticket
	fields  []string
	paths   map[string]string // what the caller calls fields, where that is another name
	notify  *psav1.Notify
	comment *comment // goes with a move to another status, and only with one
}

// comment is a note on a change of status.
type comment struct {
	text       string
	toCustomer bool
}

// skipped is a comment on a ticket that does not move.
func (c *comment) skipped() receipt.Part {
	return receipt.Part{Field: "comment", Asked: c.text, Skipped: "the ticket has the status already, and a comment goes with a move alone; add it as a note"}
}

// UpdateTicket changes a ticket: one PATCH for all that the record holds, a
// schedule entry for each co-owner who comes or goes, and a note each for the
// description and the resolution.
func (s *Service) UpdateTicket(ctx context.Context, r *psav1.UpdateTicketRequest) (*psav1.UpdateTicketResponse, error) {
	did, err := s.change(ctx, updateOf(r))
	if err != nil {
		return nil, err
	}
	return did.toUpdate(), nil
}

// answer is what a write of a ticket answers.
type answer struct {
	ticket  *psav1.Ticket
	receipt *psav1.Receipt
	omitted []psav1.Include_V
}

// answer answers with the ticket. A part that the write did not read is named as
// omitted, so that nobody takes it for empty.
func (t *target) answer(ticket *psav1.Ticket, out *psav1.Receipt) *answer {
	if !t.parts.Has(psav1.Include_CONFIGURATIONS) {
		ticket.SetConfigurations(nil)
	}
	return &answer{ticket, out, t.parts.Omitted(include.OfTickets)}
}

func (a *answer) toUpdate() *psav1.UpdateTicketResponse {
	return psav1.UpdateTicketResponse_builder{Ticket: a.ticket, Receipt: a.receipt, Omitted: a.omitted}.Build()
}

// updateOf is the change that an update asks for.
func updateOf(r *psav1.UpdateTicketRequest) change {
	return change{
		ticket: r.GetTicket(), options: r.GetOptions(), input: r.GetInput(), notify: r.GetInput().GetNotify(),
		fields: slices.DeleteFunc(slices.Clone(r.GetSetFields()), func(f string) bool { return f == "notify" }),
	}
}

// change brings a ticket to the state asked for, and sends only what it does not
// hold yet.
func (s *Service) change(ctx context.Context, c change) (*answer, error) {
	t, err := s.target(ctx, c.ticket, c.options)
	if err != nil {
		return nil, err
	}
	d, err := s.draftOf(ctx, t, c)
	if err != nil {
		return nil, err
	}
	var told story
	if d.Has("description") || d.Has("resolution") {
		if told, err = s.readStory(ctx, t.list(), t.id()); err != nil {
			return nil, err
		}
		told.show(t.before)
		t.parts[psav1.Include_DESCRIPTION] = true
	}
	w := receipt.Write{
		Asked: d.Asked, Before: t.before, Fields: c.fields, Defaulted: d.Defaulted, Unread: notHere,
		DurationUnit: mapping.DurationUnit, Warnings: d.Warnings,
	}
	pending := w.Differing()
	moves := slices.Contains(pending, "status") || slices.Contains(pending, "queue")
	if c.comment != nil && !moves {
		if err := mail.OnSkipped(c.notify); err != nil {
			return nil, err
		}
		w.Parts = []receipt.Part{c.comment.skipped()}
		c.comment = nil
	}
	if len(pending) == 0 && !d.Along() {
		out := receipt.Unchanged(call.From(ctx), s.account.API.Root(), w)
		out.SetNotification(mail.Nothing(c.notify))
		return t.answer(t.before, out), nil
	}
	job, known, err := s.plan(ctx, t, d, c, pending, moves)
	if err != nil {
		return nil, err
	}
	w.Warnings = d.Warnings
	did, err := s.send(ctx, t, told, job)
	if err != nil {
		return nil, d.inCallersWords(err)
	}
	if call.From(ctx).DryRun {
		return t.answer(t.before, s.account.Plan(ctx, known)), nil
	}
	if c.comment != nil {
		w.Parts = append(w.Parts, receipt.Part{Field: "comment", Asked: c.comment.text, Err: did.refused["comment"]})
	}
	w.Refused = did.refused
	return s.settle(ctx, t, d, did, w, known)
}

// plan says what is to be sent, and what then is known of mail.
func (s *Service) plan(ctx context.Context, t *target, d *ticketDraft, c change, pending []string, moves bool) (work, *psav1.Notification, error) {
	var job work
	var decision mail.Decision
	var err error
	switch {
	case c.comment == nil:
		decision, err = mail.OnChange(c.notify, moves)
	case c.comment.toCustomer:
		board, _ := s.account.Tables.Board(ctx, api.IDOf(t.row.Record.Board))
		people := mail.Of(&t.row.Record, board)
		if decision, err = mail.OnComment(c.notify, &people); err == nil {
			job.comment = new(note.Discussion(c.comment.text, decision.Process))
		}
	default:
		decision, err = mail.OnComment(c.notify, nil)
		job.comment = new(note.Internal(c.comment.text))
	}
	if err != nil {
		return job, nil, err
	}
	if slices.Contains(pending, "resolution") {
		job.resolution = new(note.Resolution(d.Input.GetResolution().GetText()))
	}
	if slices.Contains(pending, "description") {
		job.description = new(d.Input.GetDescription())
	}
	if slices.Contains(pending, "configurations") {
		job.links = d.links
	}
	job.ops = d.ops(pending, decision.Quiet)
	if d.team != nil {
		job.team, err = d.assignment(ctx, c.notify)
	}
	return job, decision.Known, err
}

// settle answers a write that is done: the record and the notes are those that
// ConnectWise answered. A note that came after the record's own answer moved the
// record's version, which is read once more.
func (s *Service) settle(ctx context.Context, t *target, d *ticketDraft, did *done, w receipt.Write, known *psav1.Notification) (*answer, error) {
	if did.stale {
		row, err := s.account.ReadTicket(ctx, strconv.Itoa(t.id()))
		if err == nil {
			did.row = row
		} else {
			w.Unverifiable = append(w.Unverifiable, assigned(w.Fields)...)
			w.Warnings = append(w.Warnings, "the ticket could not be read again after the rest was written, so that its etag and updated_at are older than it is: "+fault.From(err).Message)
		}
	}
	held := t.whole(did.row)
	did.told.show(held)
	s.showLinks(ctx, t, did.linked, held, &w)
	w.Held = held
	out := receipt.Of(call.From(ctx), w)
	d.Tell(out, held)
	out.SetSteps(did.steps.Several())
	out.SetNotification(known)
	if did.asAgent {
		out.SetAttributedTo(mapping.MemberParty(s.account.Agent, t.names))
	} else {
		account.Attribute(out, did.row.Record.Info.UpdatedBy, t.names)
	}
	return t.answer(held, out), nil
}

// ops are the operations for the fields that differ, and for those that go with
// them.
func (d *ticketDraft) ops(pending []string, quiet bool) []api.Op {
	ops := d.Ops(pending)
	if len(ops) > 0 && quiet {
		ops = append(ops, api.Replace("processNotifications", false))
	}
	return ops
}
