package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

var _ psav1.TicketWriterServer = (*Instance)(nil)

// notHere are the fields of a ticket that its record does not hold: the first
// two are notes, the third is read by itself.
var notHere = []string{"description", "resolution", "configurations", "co_owners", "sla"}

// UpdateTicket changes a service ticket: one PATCH for all that the record
// holds, and a note each for the description and the resolution.
func (i *Instance) UpdateTicket(ctx context.Context, r *psav1.UpdateTicketRequest) (*psav1.UpdateTicketResponse, error) {
	fields := slices.DeleteFunc(slices.Clone(r.GetSetFields()), func(f string) bool { return f == "notify" })
	current, before, err := i.ticketForWrite(ctx, r.GetTicket(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	d, err := i.newDraft(ctx, &current.Record, r.GetInput(), fields)
	if err != nil {
		return nil, err
	}
	quiet, mail, err := ticketMail(r.GetInput().GetNotify(), d.has("status") || d.has("queue") || d.has("resolution"))
	if err != nil {
		return nil, err
	}
	var told story
	if d.has("description") || d.has("resolution") {
		if told, err = i.readStory(ctx, current.Record.ID); err != nil {
			return nil, err
		}
		told.show(before)
	}
	w := receipt.Write{Asked: d.asked, Before: before, Fields: fields, Defaulted: d.defaulted, Unread: notHere}
	pending := w.Differing()
	if len(pending) == 0 && len(d.defaulted) == 0 {
		out := receipt.Unchanged(call.From(ctx), fields...)
		out.SetNotification(unmailed(r.GetInput().GetNotify()))
		return psav1.UpdateTicketResponse_builder{Ticket: before, Receipt: out}.Build(), nil
	}
	row, steps, err := i.sendUpdate(ctx, d, told, pending, quiet)
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.UpdateTicketResponse_builder{Ticket: before, Receipt: receipt.DryRun(call.From(ctx), i.api.Root())}.Build(), nil
	}
	held, err := i.wholeTicket(ctx, row)
	if err != nil {
		return nil, err
	}
	if d.has("description") || d.has("resolution") {
		if err := i.addDescription(ctx, held, row.Record.ID); err != nil {
			return nil, err
		}
	}
	w.Held = held
	out := receipt.Of(call.From(ctx), w)
	out.SetSteps(steps)
	out.SetNotification(mail)
	i.attribute(ctx, out, row.Record.Info.UpdatedBy)
	return psav1.UpdateTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// ticketForWrite reads a ticket that is to be changed, and compares the etag that
// the caller expects. ConnectWise has no such comparison, so that somebody can
// still come between (connectwise.md §3).
func (i *Instance) ticketForWrite(ctx context.Context, id string, options *psav1.WriteOptions) (api.Row[api.Ticket], *psav1.Ticket, error) {
	row, err := i.readTicket(ctx, id)
	if err != nil {
		return row, nil, err
	}
	ticket, err := i.wholeTicket(ctx, row)
	if err != nil {
		return row, nil, err
	}
	if options.HasIfMatch() && !etag.Matches(options.GetIfMatch(), ticket.GetEtag()) {
		return row, nil, fault.PreconditionFailed(ticket.GetEtag(), fmt.Sprintf("ticket %s has changed since: its etag is now %s", id, ticket.GetEtag()))
	}
	return row, ticket, nil
}

// wholeTicket maps all that a record holds.
func (i *Instance) wholeTicket(ctx context.Context, row api.Row[api.Ticket]) (*psav1.Ticket, error) {
	names, err := i.names(ctx)
	if err != nil {
		return nil, err
	}
	fields, err := i.tables.Fields(ctx, setup.Tickets)
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
func (i *Instance) sendUpdate(ctx context.Context, d *draft, told story, pending []string, quiet bool) (api.Row[api.Ticket], []*psav1.Step, error) {
	row := api.Row[api.Ticket]{Record: *d.current}
	steps := newSteps()
	var resolution int
	if slices.Contains(pending, "resolution") {
		id, err := i.postNote(ctx, "write the resolution", d.current.ID, i.resolutionNote(d.input.GetResolution()))
		if err != nil {
			return row, nil, err
		}
		resolution = id
		steps.done("resolution", strconv.Itoa(id))
	}
	if ops := d.ops(pending, quiet); len(ops) > 0 {
		if err := planned(i.api.Patch(ctx, "update the ticket", fmt.Sprintf("service/tickets/%d", d.current.ID), ops, &row)); err != nil {
			return row, nil, i.takeBack(ctx, d.current.ID, resolution, err)
		}
		steps.done("ticket", strconv.Itoa(d.current.ID))
	}
	if slices.Contains(pending, "description") {
		id, err := i.writeDescription(ctx, d.current.ID, told, d.input.GetDescription())
		if err != nil && len(steps.list) == 0 {
			return row, nil, err
		}
		if err != nil {
			// The rest is done; the receipt shows that the description is not.
			steps.failed("description", err)
		} else {
			steps.done("description", strconv.Itoa(id))
		}
	}
	return row, steps.several(), nil
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
func (i *Instance) writeDescription(ctx context.Context, ticketID int, told story, text string) (int, error) {
	if told.description == nil {
		return i.postNote(ctx, "write the description", ticketID, newNote{Text: plainText(text), DetailDescription: true})
	}
	path := fmt.Sprintf("service/tickets/%d/notes/%d", ticketID, told.description.ID)
	err := i.api.Patch(ctx, "update the description", path, []api.Op{api.Replace("text", plainText(text))}, nil)
	return told.description.ID, planned(err)
}

// takeBack deletes the note that was written ahead of a refused change, and says
// so. Where it is not known whether the change was refused, the note stays.
func (i *Instance) takeBack(ctx context.Context, ticketID, noteID int, err error) error {
	if noteID == 0 {
		return err
	}
	e := *fault.From(err)
	left := fmt.Sprintf("; the resolution is written already, as note %d", noteID)
	if e.Code == fault.CodeOutcomeUnknown || e.Code == fault.CodeDeadlineExceeded {
		e.Message += left
		return &e
	}
	_, undo := i.api.Do(ctx, vendorhttp.Request{Name: "take the resolution back", Method: "DELETE", Path: fmt.Sprintf("service/tickets/%d/notes/%d", ticketID, noteID)})
	if undo != nil {
		e.Message += left + " (it could not be taken back)"
		return &e
	}
	e.Message += "; the resolution that was written ahead of it was taken back"
	e.Outcome = "" // nothing of this call is left at the PSA
	return &e
}

// planned is the error of a write, where a dry run's "not sent" is none.
func planned(err error) error {
	if errors.Is(err, vendorhttp.ErrDryRun) {
		return nil
	}
	return err
}

// attribute says whom the PSA lists as the writer.
func (i *Instance) attribute(ctx context.Context, r *psav1.Receipt, login string) {
	names, err := i.names(ctx)
	if err != nil {
		return // who it was is worth no failure of a write that is done
	}
	if p := mapping.PartyByLogin(login, names); p != nil {
		r.SetAttributedTo(p)
	}
}

// show puts the story into a ticket.
func (s story) show(ticket *psav1.Ticket) {
	if s.description != nil {
		ticket.SetDescription(mapping.Body(s.description.Text))
	}
	if s.resolution != nil {
		ticket.SetResolution(psav1.Resolution_builder{Text: new(mapping.Body(s.resolution.Text))}.Build())
	}
}

// stepList is the steps of a write.
type stepList struct{ list []*psav1.Step }

func newSteps() *stepList { return &stepList{} }

func (s *stepList) done(name, ref string) {
	s.list = append(s.list, psav1.Step_builder{Name: &name, State: new(psav1.Step_State_DONE), VendorRef: &ref}.Build())
}

func (s *stepList) failed(name string, err error) {
	s.list = append(s.list, psav1.Step_builder{Name: &name, State: new(psav1.Step_State_FAILED), Error: new(fault.From(err).Message)}.Build())
}

// several is the steps, where there is more than one: a single one says nothing.
func (s *stepList) several() []*psav1.Step {
	if len(s.list) < 2 {
		return nil
	}
	return s.list
}
