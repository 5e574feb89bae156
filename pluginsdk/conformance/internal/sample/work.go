package sample

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// TimeEntries are the work that was done on tickets.
var TimeEntries = Resource{
	Kind: record.TimeEntry, Create: "time_entries.create", Update: "time_entries.update", message: &psav1.TimeEntry{},
	input: func(x *Tenant, _ string) proto.Message { return x.NewTimeEntry(x.Ticket()) },
	value: func(x *Tenant, has protoreflect.Message, field string) (proto.Message, string) {
		e, _ := has.Interface().(*psav1.TimeEntry)
		b, why := x.timeValue(e, field)
		return b.Build(), why
	},
}

// Worked is when work on a new ticket was done: before the ticket came, on the same
// day, for a length that is no quarter of an hour.
func Worked(t *psav1.Ticket) (from, to time.Time) {
	now := t.GetCreatedAt().AsTime()
	if !t.HasCreatedAt() {
		now = time.Now().UTC()
	}
	from = now.Truncate(time.Minute).Add(-2 * time.Hour)
	if from.Day() != now.Day() {
		from = now.Truncate(24 * time.Hour)
	}
	return from, from.Add(47 * time.Minute)
}

// NewTimeEntry is time that can be booked on a ticket.
func (x *Tenant) NewTimeEntry(t *psav1.Ticket) *psav1.TimeEntry {
	from, to := Worked(t)
	return psav1.TimeEntry_builder{
		Ticket: psav1.Reference_builder{Id: new(t.GetId())}.Build(), StartedAt: timestamppb.New(from), EndedAt: timestamppb.New(to),
		Summary: new(x.Title("work")),
	}.Build()
}

func (x *Tenant) timeValue(e *psav1.TimeEntry, field string) (b psav1.TimeEntry_builder, why string) {
	switch field {
	case "started_at":
		b.StartedAt = timestamppb.New(e.GetStartedAt().AsTime().Add(-11 * time.Minute))
	case "ended_at":
		b.EndedAt = timestamppb.New(e.GetEndedAt().AsTime().Add(-11 * time.Minute))
	case "duration_seconds":
		b.DurationSeconds = new(e.GetDurationSeconds() + 13*60)
	case "deduct_seconds":
		b.DeductSeconds = new(int32(36 * 10)) // a tenth of an hour
	case "billing":
		b.Billing = new(psav1.Billing_NO_CHARGE)
		if e.GetBilling() == psav1.Billing_NO_CHARGE {
			b.Billing = new(psav1.Billing_BILLABLE)
		}
	case "work_type":
		w, ok := other(rows[*psav1.WorkType](x, "catalogue.work_types", nil), e.GetWorkType().GetId(), (*psav1.WorkType).GetActive)
		if !ok {
			return b, none(field)
		}
		b.WorkType = reference(w)
	case "work_role":
		all := rows[*psav1.WorkRole](x, "catalogue.work_roles", with("technician", "id:"+e.GetTechnician().GetId()))
		w, ok := other(all, e.GetWorkRole().GetId(), (*psav1.WorkRole).GetActive)
		if !ok {
			return b, none(field)
		}
		b.WorkRole = reference(w)
	case "summary":
		b.Summary = new(x.Title("changed work") + "\nSecond line.")
	case "summary_visibility":
		b.SummaryVisibility = new(psav1.Visibility_CUSTOMER)
	case "internal_notes":
		b.InternalNotes = new(x.Title("internal notes"))
	default:
		return b, none(field)
	}
	return b, ""
}

// ScheduleEntries are the times at which technicians work on tickets.
var ScheduleEntries = Resource{
	Kind: record.ScheduleEntry, Create: "schedule_entries.create", Update: "schedule_entries.update", message: &psav1.ScheduleEntry{},
	input: func(x *Tenant, _ string) proto.Message { return x.NewScheduleEntry(x.Ticket()) },
	value: func(x *Tenant, has protoreflect.Message, field string) (proto.Message, string) {
		e, _ := has.Interface().(*psav1.ScheduleEntry)
		b, why := x.scheduleValue(e, field)
		return b.Build(), why
	},
}

// planned is when work is planned: far from whatever else is.
var planned = time.Date(2031, 3, 12, 9, 7, 0, 0, time.UTC)

// NewScheduleEntry is work that can be planned on a ticket, each on a day of its own.
func (x *Tenant) NewScheduleEntry(t *psav1.Ticket) *psav1.ScheduleEntry {
	x.counter++
	start := planned.AddDate(0, 0, x.counter)
	return psav1.ScheduleEntry_builder{
		Ticket: psav1.Reference_builder{Id: new(t.GetId())}.Build(), Technician: x.Technician(t.GetOwner().GetId()),
		Start: timestamppb.New(start), End: timestamppb.New(start.Add(85 * time.Minute)),
	}.Build()
}

func (x *Tenant) scheduleValue(e *psav1.ScheduleEntry, field string) (b psav1.ScheduleEntry_builder, why string) {
	switch field {
	case "technician":
		p := x.Technician(e.GetTechnician().GetId())
		if p == nil {
			return b, none(field)
		}
		b.Technician = p
	case "start":
		b.Start = timestamppb.New(e.GetStart().AsTime().Add(-25 * time.Minute))
	case "end":
		b.End = timestamppb.New(e.GetEnd().AsTime().Add(25 * time.Minute))
	case "state":
		b.State = new(psav1.ScheduleState_TENTATIVE)
		if e.GetState() == psav1.ScheduleState_TENTATIVE {
			b.State = new(psav1.ScheduleState_CONFIRMED)
		}
	case "status":
		s, ok := other(rows[*psav1.ScheduleStatus](x, "catalogue.schedule_statuses", nil), e.GetStatus().GetId(), (*psav1.ScheduleStatus).GetActive)
		if !ok {
			return b, none(field)
		}
		b.Status = reference(s)
	case "title":
		b.Title = new(x.Title("visit"))
	case "notes":
		b.Notes = new("Ring twice.\nAsk for the key.")
	default:
		return b, none(field)
	}
	return b, ""
}
