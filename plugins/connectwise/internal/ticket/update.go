package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// notHere are the fields of a ticket that its record does not hold: the first
// two are notes, the third is read by itself.
var notHere = []string{"description", "resolution", "configurations", "co_owners", "sla"}

// UpdateTicket changes a service ticket: one PATCH for all that the record
// holds, and a note each for the description and the resolution.
func (s *Service) UpdateTicket(ctx context.Context, r *psav1.UpdateTicketRequest) (*psav1.UpdateTicketResponse, error) {
	fields := slices.DeleteFunc(slices.Clone(r.GetSetFields()), func(f string) bool { return f == "notify" })
	current, before, err := s.ticketForWrite(ctx, r.GetTicket(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	d, err := s.newDraft(ctx, &current.Record, r.GetInput(), fields)
	if err != nil {
		return nil, err
	}
	quiet, known, err := mail.OnChange(r.GetInput().GetNotify(), d.has("status") || d.has("queue") || d.has("resolution"))
	if err != nil {
		return nil, err
	}
	var told story
	if d.has("description") || d.has("resolution") {
		if told, err = s.readStory(ctx, current.Record.ID); err != nil {
			return nil, err
		}
		told.show(before)
	}
	w := receipt.Write{Asked: d.asked, Before: before, Fields: fields, Defaulted: d.defaulted, Unread: notHere}
	pending := w.Differing()
	if len(pending) == 0 && len(d.defaulted) == 0 {
		out := receipt.Unchanged(call.From(ctx), fields...)
		out.SetNotification(mail.Nothing(r.GetInput().GetNotify()))
		return psav1.UpdateTicketResponse_builder{Ticket: before, Receipt: out}.Build(), nil
	}
	row, steps, err := s.sendUpdate(ctx, d, told, pending, quiet)
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.UpdateTicketResponse_builder{Ticket: before, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	held, err := s.wholeTicket(ctx, row)
	if err != nil {
		return nil, err
	}
	if d.has("description") || d.has("resolution") {
		if err := s.addDescription(ctx, held, row.Record.ID); err != nil {
			return nil, err
		}
	}
	w.Held = held
	out := receipt.Of(call.From(ctx), w)
	out.SetSteps(steps)
	out.SetNotification(known)
	s.account.Attribute(ctx, out, row.Record.Info.UpdatedBy)
	return psav1.UpdateTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// ticketForWrite reads a ticket that is to be changed, and compares the etag that
// the caller expects. ConnectWise has no such comparison, so that somebody can
// still come between (connectwise.md §3).
func (s *Service) ticketForWrite(ctx context.Context, id string, options *psav1.WriteOptions) (api.Row[api.Ticket], *psav1.Ticket, error) {
	row, err := s.account.ReadTicket(ctx, id)
	if err != nil {
		return row, nil, err
	}
	ticket, err := s.wholeTicket(ctx, row)
	if err != nil {
		return row, nil, err
	}
	if options.HasIfMatch() && !etag.Matches(options.GetIfMatch(), ticket.GetEtag()) {
		return row, nil, fault.PreconditionFailed(ticket.GetEtag(), fmt.Sprintf("ticket %s has changed since: its etag is now %s", id, ticket.GetEtag()))
	}
	return row, ticket, nil
}

// wholeTicket maps all that a record holds.
func (s *Service) wholeTicket(ctx context.Context, row api.Row[api.Ticket]) (*psav1.Ticket, error) {
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	fields, err := s.account.Tables.Fields(ctx, setup.Tickets)
	if err != nil {
		return nil, err
	}
	ticket := mapping.Ticket(&row.Record, names)
	mapping.AddCustomFields(ticket, &row.Record, fields)
	mapping.AddCoOwners(ticket, &row.Record, names)
	mapping.AddWatchers(ticket, &row.Record)
	mapping.AddSLA(ticket, &row.Record)
	return ticket, nil
}

// sendUpdate sends what differs. The resolution goes first, since a board can
// demand it; it is taken back if the record then is refused.
func (s *Service) sendUpdate(ctx context.Context, d *draft, told story, pending []string, quiet bool) (api.Row[api.Ticket], []*psav1.Step, error) {
	row := api.Row[api.Ticket]{Record: *d.current}
	steps := &receipt.Steps{}
	var resolution int
	if slices.Contains(pending, "resolution") {
		made, err := note.Post(ctx, s.account, "write the resolution", d.current.ID, note.Resolution(d.input.GetResolution().GetText()))
		if err != nil {
			return row, nil, err
		}
		resolution = made.ID
		steps.Done("resolution", strconv.Itoa(made.ID))
	}
	if ops := d.ops(pending, quiet); len(ops) > 0 {
		if err := account.Planned(s.account.API.Patch(ctx, "update the ticket", fmt.Sprintf("service/tickets/%d", d.current.ID), ops, &row)); err != nil {
			return row, nil, s.takeBack(ctx, d.current.ID, resolution, err)
		}
		steps.Done("ticket", strconv.Itoa(d.current.ID))
	}
	if slices.Contains(pending, "description") {
		id, err := s.writeDescription(ctx, d.current.ID, told, d.input.GetDescription())
		if err != nil && steps.Taken() == 0 {
			return row, nil, err
		}
		if err != nil {
			// The rest is done; the receipt shows that the description is not.
			steps.Failed("description", err)
		} else {
			steps.Done("description", strconv.Itoa(id))
		}
	}
	return row, steps.Several(), nil
}

// ops are the operations for the fields that differ, and for those that go with
// them.
func (d *draft) ops(pending []string, quiet bool) []api.Op {
	var ops []api.Op
	for _, m := range d.members {
		if slices.Contains(pending, m.field) || slices.Contains(d.defaulted, m.field) {
			ops = append(ops, api.Replace(m.name, m.value))
		}
	}
	isPending := func(id int) bool {
		return slices.Contains(pending, mapping.CustomFieldPath(strconv.Itoa(id)))
	}
	for id := range d.custom {
		if isPending(id) {
			ops = append(ops, api.Replace("customFields", d.allCustomFields(isPending)))
			break
		}
	}
	if len(ops) > 0 && quiet {
		ops = append(ops, api.Replace("processNotifications", false))
	}
	return ops
}

// writeDescription changes the first note of the discussion, which is the
// description, or adds one.
func (s *Service) writeDescription(ctx context.Context, ticketID int, told story, text string) (int, error) {
	if told.description == nil {
		made, err := note.Post(ctx, s.account, "write the description", ticketID, note.Discussion(text, false))
		return made.ID, err
	}
	path := fmt.Sprintf("service/tickets/%d/notes/%d", ticketID, told.description.ID)
	err := s.account.API.Patch(ctx, "update the description", path, []api.Op{api.Replace("text", mapping.Body(text))}, nil)
	return told.description.ID, account.Planned(err)
}

// takeBack deletes the note that was written ahead of a refused change, and says
// so. Where it is not known whether the change was refused, the note stays.
func (s *Service) takeBack(ctx context.Context, ticketID, noteID int, err error) error {
	if noteID == 0 {
		return err
	}
	e := *fault.From(err)
	left := fmt.Sprintf("; the resolution is written already, as note %d", noteID)
	if e.Code == fault.CodeOutcomeUnknown || e.Code == fault.CodeDeadlineExceeded {
		e.Message += left
		return &e
	}
	_, undo := s.account.API.Do(ctx, vendorhttp.Request{Name: "take the resolution back", Method: "DELETE", Path: fmt.Sprintf("service/tickets/%d/notes/%d", ticketID, noteID)})
	if undo != nil {
		e.Message += left + " (it could not be taken back)"
		return &e
	}
	e.Message += "; the resolution that was written ahead of it was taken back"
	e.Outcome = "" // nothing of this call is left at the PSA
	return &e
}
