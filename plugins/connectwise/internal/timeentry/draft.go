package timeentry

import (
	"context"
	"slices"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
)

// record is what errors call a time entry.
const record = "time entry"

// timeDraft is a write of a time entry being prepared.
type timeDraft struct {
	*draft.Draft[*psav1.TimeEntry]
	current api.TimeEntry  // zero for a create
	at      setup.Location // where the ticket is served from: it allows the roles
	span    span
}

// forCreate is the draft of a new time entry.
func forCreate(a *account.Account, input *psav1.TimeEntry, at setup.Location) *timeDraft {
	return &timeDraft{Draft: draft.New(a, record, input, "notify"), at: at}
}

// forUpdate is the draft of a change of a time entry.
func (s *Service) forUpdate(t *target, r *psav1.UpdateTimeEntryRequest) *timeDraft {
	fields := slices.DeleteFunc(slices.Clone(r.GetSetFields()), func(f string) bool { return f == "notify" })
	return &timeDraft{
		Draft: draft.Of(s.account, record, t.before, r.GetInput(), fields), current: t.row.Record, at: locationOf(&t.row.Record),
	}
}

// resolve finds what the fields asked for mean. Everything that is wrong with
// them is said at once.
func (d *timeDraft) resolve(ctx context.Context) error {
	var before *span
	if d.Change {
		before = new(spanIn(&d.current))
	}
	s, filled, wrong := spanOf(d.Input, d.Has, before, d.Account.Now())
	d.span = s
	d.Defaulted = append(d.Defaulted, slices.DeleteFunc(filled, d.Has)...)
	if d.Has("deduct_seconds") && d.Clears("deduct_seconds") {
		d.Asked.SetDeductSeconds(0) // an entry has always a number there
	}
	return d.Write(ctx, []draft.Writer{
		{Field: "billing", Write: d.billing},
		{Field: "work_type", Write: d.workType},
		{Field: "work_role", Write: d.workRole},
		{Field: "summary", Write: d.summary},
		{Field: "summary_visibility", Write: d.visibility},
		{Field: "internal_notes", Write: d.internalNotes},
		{Field: "custom_fields", Write: d.customFields},
	}, wrong...)
}

// billing of which nobody says how is the vendor's affair: the work type and the
// agreement decide.
func (d *timeDraft) billing(context.Context) error {
	d.Set("billing", "billableOption", mapping.VendorBilling(d.Input.GetBilling()))
	return nil
}

func (d *timeDraft) workType(ctx context.Context) error {
	if err := d.Stays("work_type"); err != nil {
		return err
	}
	found, err := d.Account.Tables.PickWorkType(ctx, "work_type", catalogue.Named(d.Input.GetWorkType()))
	if err != nil {
		return err
	}
	d.Refer("work_type", "workType", found.ID, found.Name, d.Asked.SetWorkType)
	return nil
}

func (d *timeDraft) workRole(ctx context.Context) error {
	if err := d.Stays("work_role"); err != nil {
		return err
	}
	found, err := d.Account.Tables.PickWorkRole(ctx, d.at, "work_role", catalogue.Named(d.Input.GetWorkRole()))
	if err != nil {
		return err
	}
	d.Refer("work_role", "workRole", found.ID, found.Name, d.Asked.SetWorkRole)
	return nil
}

func (d *timeDraft) summary(context.Context) error {
	if err := d.Stays("summary"); err != nil {
		return err
	}
	d.Set("summary", "notes", mapping.Body(d.Input.GetSummary()))
	return nil
}

// visibility puts the summary where its readers look. Exactly one of the flags is
// set, and all of them are sent, so that no default decides who reads it
// (connectwise.md §10).
func (d *timeDraft) visibility(context.Context) error {
	if err := d.Stays("summary_visibility"); err != nil {
		return err
	}
	d.show(d.Input.GetSummaryVisibility() == psav1.Visibility_CUSTOMER)
	return nil
}

func (d *timeDraft) show(customer bool) {
	d.Set("summary_visibility", "addToDetailDescriptionFlag", customer)
	d.Set("summary_visibility", "addToInternalAnalysisFlag", !customer)
	d.Set("summary_visibility", "addToResolutionFlag", false)
}

func (d *timeDraft) internalNotes(context.Context) error {
	d.Set("internal_notes", "internalNotes", mapping.Body(d.Input.GetInternalNotes()))
	return nil
}

func (d *timeDraft) customFields(ctx context.Context) error {
	definitions, err := d.Account.Tables.Fields(ctx, setup.TimeEntries)
	if err != nil {
		return err
	}
	return d.Custom(draft.CustomFields{
		Definitions: definitions, Current: d.current.CustomFields,
		Values: d.Input.GetCustomFields(), Asked: d.Asked.GetCustomFields(), Held: d.Before.GetCustomFields(),
	})
}

// body is the record to create, of a member and on a ticket.
func (d *timeDraft) body(t account.Chargeable, memberID int) map[string]any {
	charge := mapping.ChargedToService
	if t.Project {
		charge = mapping.ChargedToProject
	}
	body := d.Body()
	body["chargeToId"], body["chargeToType"], body["member"] = t.ID, charge, api.ID{ID: memberID}
	body["timeStart"], body["timeEnd"] = api.FormatTime(d.span.start), api.FormatTime(d.span.end)
	if d.span.deduct > 0 {
		body["hoursDeduct"] = hours(d.span.deduct)
	}
	return body
}

// ops are the operations for the fields that differ from the record as it is.
func (d *timeDraft) ops(pending []string) []api.Op {
	var ops []api.Op
	before := spanIn(&d.current)
	if !d.span.start.Equal(before.start) {
		ops = append(ops, api.Replace("timeStart", api.FormatTime(d.span.start)))
	}
	// Never the hours alone: where both are kept, those are ignored.
	if !d.span.end.Equal(before.end) || len(ops) > 0 {
		ops = append(ops, api.Replace("timeEnd", api.FormatTime(d.span.end)))
	}
	if slices.Contains(pending, "deduct_seconds") {
		ops = append(ops, api.Replace("hoursDeduct", hours(d.span.deduct)))
	}
	ops = append(ops, d.Ops(pending)...)
	if len(ops) > 0 && !slices.Contains(pending, "billing") {
		// Every update has to say it (connectwise.md §10).
		option := d.current.BillableOption
		if option == "" {
			option = mapping.VendorBilling(psav1.Billing_UNSPECIFIED)
		}
		ops = append(ops, api.Replace("billableOption", option))
	}
	return ops
}

// spanIn is when the work of a record was done.
func spanIn(t *api.TimeEntry) span {
	s := span{start: t.TimeStart.Time, end: mapping.TimeEnd(t)}
	if s.end.IsZero() {
		s.end = s.start
	}
	if t.HoursDeduct != nil {
		s.deduct = time.Duration(*t.HoursDeduct * float64(time.Hour)).Round(time.Second)
	}
	return s
}
