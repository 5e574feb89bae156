package timeentry

import (
	"context"
	"fmt"
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// UpdateTimeEntry changes a time entry, with one PATCH.
func (s *Service) UpdateTimeEntry(ctx context.Context, r *psav1.UpdateTimeEntryRequest) (*psav1.UpdateTimeEntryResponse, error) {
	t, err := s.target(ctx, r.GetTimeEntry(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	d := s.forUpdate(t, r)
	if err := d.refuseFixed(); err != nil {
		return nil, err
	}
	if err := d.resolve(ctx); err != nil {
		return nil, err
	}
	order, copied, err := s.orderOnUpdate(ctx, t, r.GetInput())
	if err != nil {
		return nil, err
	}
	w := receipt.Write{Asked: d.Asked, Before: t.before, Fields: d.Fields, Defaulted: d.Defaulted, DurationUnit: mapping.DurationUnit}
	ops := d.ops(w.Differing())
	if len(ops) == 0 {
		out := receipt.Unchanged(call.From(ctx), s.account.API.Root(), w)
		out.SetNotification(mail.Nothing(r.GetInput().GetNotify()))
		return psav1.UpdateTimeEntryResponse_builder{TimeEntry: t.before, Receipt: out}.Build(), nil
	}
	if err := t.refuseLocked("changed"); err != nil {
		return nil, err
	}
	ops = append(ops, mailOps(order, copied)...)
	var changed row
	if err := account.Planned(s.account.API.Patch(ctx, "update the time entry", path(d.current.ID), ops, &changed)); err != nil {
		return nil, inCallersWords(err)
	}
	if call.From(ctx).DryRun {
		out := receipt.DryRun(call.From(ctx), s.account.API.Root())
		out.SetNotification(order.Known)
		return psav1.UpdateTimeEntryResponse_builder{TimeEntry: t.before, Receipt: out}.Build(), nil
	}
	held := t.entry(changed, include.Whole(nil))
	w.Held = held
	out := receipt.Of(call.From(ctx), w)
	out.SetNotification(order.Known)
	if p := mapping.PartyByLogin(changed.Record.Info.UpdatedBy, t.names); p != nil {
		out.SetAttributedTo(p)
	}
	return psav1.UpdateTimeEntryResponse_builder{TimeEntry: held, Receipt: out}.Build(), nil
}

// target is a time entry that is to be changed or deleted, as it is before.
type target struct {
	reader
	row    row
	before *psav1.TimeEntry
}

// target reads an entry and compares the etag that the caller expects.
// ConnectWise has no such comparison, so that somebody can still come between
// (connectwise.md §3).
func (s *Service) target(ctx context.Context, id string, options *psav1.WriteOptions) (*target, error) {
	rd, err := newReader(ctx, s.account, include.Whole(nil))
	if err != nil {
		return nil, err
	}
	found, err := Read(ctx, s.account, id)
	if err != nil {
		return nil, err
	}
	t := &target{reader: rd, row: found, before: rd.entry(found, include.Whole(nil))}
	if options.HasIfMatch() && !etag.Matches(options.GetIfMatch(), t.before.GetEtag()) {
		return nil, fault.PreconditionFailed(t.before.GetEtag(), fmt.Sprintf("time entry %s has changed since: its etag is now %s", id, t.before.GetEtag()))
	}
	return t, nil
}

// refuseLocked refuses what ConnectWise has closed the books on.
func (t *target) refuseLocked(how string) error {
	if !t.before.GetLocked() {
		return nil
	}
	return fault.FailedPrecondition(reasonLocked, fmt.Sprintf("time entry %s cannot be %s any more: %s", t.before.GetId(), how, t.before.GetLockedReason()))
}

// refuseFixed names the fields that only a create takes, and those that no write
// does.
func (d *timeDraft) refuseFixed() error {
	var wrong []fault.Violation
	for _, field := range d.Fields {
		_, custom := receipt.CustomFieldID(field)
		switch {
		case field == "ticket" || field == "technician":
			wrong = append(wrong, fault.Violation{Field: field, Message: field + " of a time entry stays what it was made with: delete the entry and make another"})
		case !custom && !slices.Contains(writable, field):
			wrong = append(wrong, fault.Violation{Field: field, Message: "time entries have no field " + field + " that can be written", Allowed: writable})
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

var writable = []string{
	"started_at", "ended_at", "duration_seconds", "deduct_seconds", "billing", "work_type", "work_role", "summary",
	"summary_visibility", "internal_notes", "custom_fields",
}

func locationOf(t *api.TimeEntry) setup.Location {
	if t.Location != nil && t.Location.ID != 0 {
		return setup.Location{ID: t.Location.ID, Name: t.Location.Name}
	}
	return setup.Location{ID: t.LocationID}
}

// orderOnUpdate decides about mail because of a change of an entry. Whom it could
// reach stands in the ticket, which is read for that alone.
func (s *Service) orderOnUpdate(ctx context.Context, t *target, input *psav1.TimeEntry) (order mail.OfTime, copied string, err error) {
	n := input.GetNotify()
	visibility := t.before.GetSummaryVisibility()
	if input.HasSummaryVisibility() {
		visibility = input.GetSummaryVisibility()
	}
	var people mail.People
	if slices.Contains([]psav1.Notify_Choice_V{n.GetContact(), n.GetCc(), n.GetTechnicians()}, mail.Send) {
		ticket, err := s.account.ReadChargeable(ctx, t.before.GetTicket().GetId())
		if err != nil {
			return order, "", err
		}
		board, _ := s.account.Tables.Board(ctx, api.IDOf(ticket.Board))
		people, copied = mail.Of(&ticket.Ticket, board), ticket.CC
	}
	order, err = people.OnTime(n, visibility == psav1.Visibility_CUSTOMER)
	return order, copied, err
}

// mailOps are the flags for mail, where the caller chose: they act once.
func mailOps(order mail.OfTime, copied string) []api.Op {
	if !order.Asked {
		return nil
	}
	ops := []api.Op{
		api.Replace("emailContactFlag", order.Contact), api.Replace("emailCcFlag", order.CC), api.Replace("emailResourceFlag", order.Technicians),
	}
	if order.CC {
		ops = append(ops, api.Replace("emailCc", copied))
	}
	return ops
}

// DeleteTimeEntry deletes a time entry, and with it the text that it shows on the
// ticket.
func (s *Service) DeleteTimeEntry(ctx context.Context, r *psav1.DeleteTimeEntryRequest) (*psav1.DeleteTimeEntryResponse, error) {
	t, err := s.target(ctx, r.GetTimeEntry(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	if err := t.refuseLocked("deleted"); err != nil {
		return nil, err
	}
	out, err := s.account.Delete(ctx, "delete the time entry", path(t.row.Record.ID))
	if err != nil {
		return nil, err
	}
	return psav1.DeleteTimeEntryResponse_builder{Receipt: out}.Build(), nil
}

// Delete deletes a time entry. The name is that of the step.
func Delete(ctx context.Context, a *account.Account, name string, id int) error {
	_, err := a.API.Do(ctx, vendorhttp.Request{Name: name, Method: "DELETE", Path: path(id)})
	return account.Planned(err)
}
