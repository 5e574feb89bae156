package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// CreateScheduleEntry plans a technician's work on a ticket: a request each to
// see the ticket, to look for overlaps, and to create.
func (s *Service) CreateScheduleEntry(ctx context.Context, r *psav1.CreateScheduleEntryRequest) (*psav1.CreateScheduleEntryResponse, error) {
	rd, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	d, to, err := s.forCreate(ctx, r.GetInput())
	if err != nil {
		return nil, err
	}
	if !accepted(r.GetOptions()) {
		if err := d.askFirst(ctx); err != nil {
			return nil, err
		}
	}
	var row entryRow
	err = account.Planned(s.account.API.Post(ctx, "create the schedule entry", entriesPath, d.body(to, accepted(r.GetOptions())), &row))
	if err != nil {
		return nil, refused(err)
	}
	if call.From(ctx).DryRun {
		return psav1.CreateScheduleEntryResponse_builder{ScheduleEntry: d.asked, Receipt: s.account.Plan(ctx, told(d.input, nil))}.Build(), nil
	}
	return d.created(ctx, rd, row, to.joins(d.member)), nil
}

// forCreate resolves a create. Everything that is wrong with it is said at once.
func (s *Service) forCreate(ctx context.Context, input *psav1.ScheduleEntry) (*draft, target, error) {
	d, err := newDraft(ctx, s.account, nil, input, receipt.SetFields(input, "notify_technician"))
	if err != nil {
		return nil, target{}, err
	}
	to, err := s.target(ctx, input.GetTicket())
	if fault.CodeOf(err) == fault.CodeInvalidArgument {
		d.wrong = append(d.wrong, fault.From(err).Violations...)
	} else if err != nil {
		return nil, to, err
	}
	if len(d.wrong) > 0 {
		return nil, to, fault.Invalid(d.wrong...)
	}
	d.asked.SetTicket(mapping.TicketReference(to.ticketID))
	return d, to, nil
}

// created answers a create with the entry that it has made; joins is what a person
// should know of who is on the ticket by it.
func (d *draft) created(ctx context.Context, rd reader, row entryRow, joins string) *psav1.CreateScheduleEntryResponse {
	held := rd.entry(row, include.Set{})
	w := receipt.Write{Asked: d.asked, Held: held, Fields: d.fields}
	if joins != "" {
		w.Warnings = []string{joins}
	}
	out := receipt.Of(call.From(ctx), w)
	out.SetNotification(told(d.input, row.Record.NotificationSent))
	account.Attribute(out, cmp.Or(row.Record.Info.EnteredBy, row.Record.Info.UpdatedBy), rd.names)
	return psav1.CreateScheduleEntryResponse_builder{ScheduleEntry: held, Receipt: out}.Build()
}

// UpdateScheduleEntry moves an entry, or gives it to another technician: a
// request each to see it, to look for overlaps where it moves, and to change it.
func (s *Service) UpdateScheduleEntry(ctx context.Context, r *psav1.UpdateScheduleEntryRequest) (*psav1.UpdateScheduleEntryResponse, error) {
	fields := changed(r)
	rd, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	row, err := s.readForWrite(ctx, rd, r.GetScheduleEntry(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	before := rd.entry(row, include.Set{})
	d, err := newDraft(ctx, s.account, &row.Record, r.GetInput(), fields)
	if err != nil {
		return nil, err
	}
	if slices.Contains(fields, "ticket") {
		d.refuse("ticket", "an entry stays on its ticket; delete it, and plan the work on the other ticket")
	}
	if len(fields) == 0 {
		d.refuse("notify_technician", "ConnectWise tells the technician of a change: give what changes too")
	}
	if len(d.wrong) > 0 {
		return nil, fault.Invalid(d.wrong...)
	}
	// The state tells of the status, and the other way round.
	w := receipt.Write{Asked: d.asked, Before: before, Fields: fields, Unread: []string{"state", "status"}}
	pending := w.Differing()
	if len(pending) == 0 {
		out := receipt.Unchanged(call.From(ctx), s.account.API.Root(), w)
		out.SetNotification(mail.Nothing(nil))
		return psav1.UpdateScheduleEntryResponse_builder{ScheduleEntry: before, Receipt: out}.Build(), nil
	}
	if moves(pending) && !accepted(r.GetOptions()) {
		if err := d.askFirst(ctx); err != nil {
			return nil, err
		}
	}
	ops := d.ops(pending, accepted(r.GetOptions()))
	var after entryRow
	err = account.Planned(s.account.API.Patch(ctx, "update the schedule entry", entryPath(row.Record.ID), ops, &after))
	if err != nil {
		return nil, refused(err)
	}
	if call.From(ctx).DryRun {
		return psav1.UpdateScheduleEntryResponse_builder{ScheduleEntry: before, Receipt: s.account.Plan(ctx, told(r.GetInput(), nil))}.Build(), nil
	}
	held := rd.entry(after, include.Set{})
	w.Held = held
	if slices.Contains(pending, "technician") {
		w.Warnings = []string{fmt.Sprintf("%s is among the technicians of ticket %d now (co_owners), and %s only by another schedule entry there: ConnectWise assigns by schedule entries",
			d.member.FullName(), row.Record.ObjectID, before.GetTechnician().GetName())}
	}
	out := receipt.Of(call.From(ctx), w)
	out.SetNotification(told(r.GetInput(), after.Record.NotificationSent))
	account.Attribute(out, after.Record.Info.UpdatedBy, rd.names)
	return psav1.UpdateScheduleEntryResponse_builder{ScheduleEntry: held, Receipt: out}.Build(), nil
}

// changed are the fields that an update asks to change.
func changed(r *psav1.UpdateScheduleEntryRequest) []string {
	return slices.DeleteFunc(slices.Clone(r.GetSetFields()), func(f string) bool { return f == "notify_technician" })
}

// DeleteScheduleEntry takes an entry off the schedule.
func (s *Service) DeleteScheduleEntry(ctx context.Context, r *psav1.DeleteScheduleEntryRequest) (*psav1.DeleteScheduleEntryResponse, error) {
	rd, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	row, err := s.readForWrite(ctx, rd, r.GetScheduleEntry(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	out, err := s.delete(ctx, row.Record.ID, r)
	if err != nil || call.From(ctx).DryRun {
		return psav1.DeleteScheduleEntryResponse_builder{Receipt: out}.Build(), err
	}
	before := rd.entry(row, include.Set{})
	out.SetWarnings(append(out.GetWarnings(), fmt.Sprintf("%s is among the technicians of ticket %d (co_owners) only by another schedule entry there now: ConnectWise assigns by schedule entries",
		before.GetTechnician().GetName(), row.Record.ObjectID)))
	return deleted(r, out), nil
}

// deleted answers a deletion.
func deleted(r *psav1.DeleteScheduleEntryRequest, out *psav1.Receipt) *psav1.DeleteScheduleEntryResponse {
	asked := psav1.ScheduleEntry_builder{}
	if r.HasNotifyTechnician() {
		asked.NotifyTechnician = new(r.GetNotifyTechnician())
	}
	out.SetNotification(told(asked.Build(), nil))
	return psav1.DeleteScheduleEntryResponse_builder{Receipt: out}.Build()
}

// readForWrite reads an entry that is to be changed, and compares the etag that
// the caller expects. ConnectWise has no such comparison, so that somebody can
// still come between (connectwise.md §3).
func (s *Service) readForWrite(ctx context.Context, rd reader, id string, options *psav1.WriteOptions) (entryRow, error) {
	row, err := s.read(ctx, id)
	if err != nil || !options.HasIfMatch() {
		return row, err
	}
	if now := rd.entry(row, include.Set{}).GetEtag(); !etag.Matches(options.GetIfMatch(), now) {
		return row, fault.PreconditionFailed(now, fmt.Sprintf("schedule entry %s has changed since: its etag is now %s", id, now))
	}
	return row, nil
}

// delete deletes an entry and reads it again.
func (s *Service) delete(ctx context.Context, id int, r *psav1.DeleteScheduleEntryRequest) (*psav1.Receipt, error) {
	path := entryPath(id)
	if r.HasNotifyTechnician() {
		path += "/" + strconv.FormatBool(r.GetNotifyTechnician()) // connectwise.md §11
	}
	_, err := s.account.API.Do(ctx, vendorhttp.Request{Name: "delete the schedule entry", Method: http.MethodDelete, Path: path})
	if errors.Is(err, vendorhttp.ErrDryRun) {
		out := receipt.DryRun(call.From(ctx), s.account.API.Root())
		out.SetAttributedTo(account.Keyholder())
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	return receipt.Deleted(call.From(ctx), account.Keyholder(), s.account.Gone(ctx, entryPath(id))), nil
}

// told is what is known of mail because of an entry. ConnectWise mails the
// technician of one, and no customer.
func told(input *psav1.ScheduleEntry, sent *bool) *psav1.Notification {
	evidence := "ConnectWise mails nobody but the technician because of a schedule entry, unless a workflow rule of the tenant does; "
	switch {
	case !input.HasNotifyTechnician():
		evidence += "whether the technician is told was left to it"
	case input.GetNotifyTechnician():
		evidence += "it was asked to tell the technician"
	default:
		evidence += "it was asked not to tell the technician"
	}
	if sent != nil {
		evidence += map[bool]string{true: ", and says that it did", false: ", and says that it has not"}[*sent]
	}
	return psav1.Notification_builder{
		Requested: new(mail.ByDefault), Expected: new(mail.NotSent), Observed: new(mail.Unknown), Evidence: &evidence,
	}.Build()
}
