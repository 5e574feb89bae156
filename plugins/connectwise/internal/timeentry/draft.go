package timeentry

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// draft is a write of a time entry being prepared: the fields asked for, as
// members of the vendor's record.
type draft struct {
	account *account.Account
	input   *psav1.TimeEntry // as asked
	asked   *psav1.TimeEntry // as asked, with the ids that names mean
	fields  []string         // the fields asked for, notify apart
	at      setup.Location   // where the ticket is served from: it allows the roles

	span      span
	members   []member
	custom    map[int]any // values by the custom field's id
	defaulted []string
	warnings  []string
}

// member is one member of the vendor's record and the field that it serves.
type member struct {
	field string
	name  string
	value any
}

func newDraft(a *account.Account, input *psav1.TimeEntry, fields []string, at setup.Location) *draft {
	return &draft{
		account: a, input: input, asked: proto.CloneOf(input), at: at, custom: map[int]any{},
		fields: slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return f == "notify" }),
	}
}

func (d *draft) set(field, name string, value any) {
	d.members = append(d.members, member{field, name, value})
}

// has reports whether a field was asked for.
func (d *draft) has(field string) bool { return slices.Contains(d.fields, field) }

// clears reports whether a field that was asked for is to be emptied.
func (d *draft) clears(field string) bool { return d.has(field) && !hasField(d.input, field) }

func hasField(m *psav1.TimeEntry, field string) bool {
	r := m.ProtoReflect()
	fd := r.Descriptor().Fields().ByName(protoreflect.Name(field))
	return fd != nil && r.Has(fd)
}

// resolve finds what the fields asked for mean. Everything that is wrong with
// them is said at once.
func (d *draft) resolve(ctx context.Context, before *span) error {
	var wrong []fault.Violation
	var filled []string
	d.span, filled, wrong = spanOf(d.input, d.has, before, d.account.Now())
	d.defaulted = append(d.defaulted, slices.DeleteFunc(filled, d.has)...)
	if d.clears("deduct_seconds") {
		d.asked.SetDeductSeconds(0) // an entry has always a number there
	}
	for _, write := range []func(context.Context) error{
		d.billing, d.workType, d.workRole, d.summary, d.visibility, d.internalNotes, d.customFields,
	} {
		err := write(ctx)
		if err != nil && fault.CodeOf(err) != fault.CodeInvalidArgument {
			return err
		}
		if err != nil {
			wrong = append(wrong, fault.From(err).Violations...)
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

// billing of which nobody says how is the vendor's affair: the work type and the
// agreement decide.
func (d *draft) billing(context.Context) error {
	if d.has("billing") {
		d.set("billing", "billableOption", mapping.VendorBilling(d.input.GetBilling()))
	}
	return nil
}

func (d *draft) workType(ctx context.Context) error {
	if !d.has("work_type") {
		return nil
	}
	if err := d.cannotClear("work_type"); err != nil {
		return err
	}
	found, err := d.account.Tables.PickWorkType(ctx, "work_type", catalogue.Named(d.input.GetWorkType()))
	if err != nil {
		return err
	}
	d.asked.SetWorkType(mapping.NewReference(found.ID, found.Name))
	d.set("work_type", "workType", api.ID{ID: found.ID})
	return nil
}

func (d *draft) workRole(ctx context.Context) error {
	if !d.has("work_role") {
		return nil
	}
	if err := d.cannotClear("work_role"); err != nil {
		return err
	}
	found, err := d.account.Tables.PickWorkRole(ctx, d.at, "work_role", catalogue.Named(d.input.GetWorkRole()))
	if err != nil {
		return err
	}
	d.asked.SetWorkRole(mapping.NewReference(found.ID, found.Name))
	d.set("work_role", "workRole", api.ID{ID: found.ID})
	return nil
}

func (d *draft) summary(context.Context) error {
	if !d.has("summary") {
		return nil
	}
	if err := d.cannotClear("summary"); err != nil {
		return err
	}
	d.set("summary", "notes", mapping.Body(d.input.GetSummary()))
	return nil
}

// visibility puts the summary where its readers look. Exactly one of the flags is
// set, and all of them are sent, so that no default decides who reads it
// (connectwise.md §10).
func (d *draft) visibility(context.Context) error {
	if !d.has("summary_visibility") {
		return nil
	}
	if err := d.cannotClear("summary_visibility"); err != nil {
		return err
	}
	d.show(d.input.GetSummaryVisibility() == psav1.Visibility_CUSTOMER)
	return nil
}

func (d *draft) show(customer bool) {
	d.set("summary_visibility", "addToDetailDescriptionFlag", customer)
	d.set("summary_visibility", "addToInternalAnalysisFlag", !customer)
	d.set("summary_visibility", "addToResolutionFlag", false)
}

func (d *draft) internalNotes(context.Context) error {
	if d.has("internal_notes") {
		d.set("internal_notes", "internalNotes", mapping.Body(d.input.GetInternalNotes()))
	}
	return nil
}

func (d *draft) customFields(ctx context.Context) error {
	var definitions setup.Set[setup.Field]
	var wrong []fault.Violation
	for _, field := range d.fields {
		id, ok := receipt.CustomFieldID(field)
		if !ok {
			continue
		}
		if definitions.Values == nil {
			var err error
			if definitions, err = d.account.Tables.Fields(ctx, setup.TimeEntries); err != nil {
				return err
			}
		}
		if err := d.customField(field, id, definitions); err != nil {
			wrong = append(wrong, fault.From(err).Violations...)
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

func (d *draft) customField(field, id string, definitions setup.Set[setup.Field]) error {
	n, _ := strconv.Atoi(id)
	definition, ok := definitions.ByID(n)
	if !ok || strconv.Itoa(n) != id {
		var allowed []string
		for _, f := range definitions.Values {
			allowed = append(allowed, fmt.Sprintf("%d (%s)", f.ID, setup.Clean(f.Caption)))
		}
		return fault.InvalidArgument(field, fmt.Sprintf("time entries have no custom field %q", id), allowed...)
	}
	v, err := mapping.VendorValue(definition, d.input.GetCustomFields()[id])
	if err != nil {
		return err
	}
	d.custom[n] = v
	if held := mapping.HeldValue(definition, v); held != nil {
		d.asked.GetCustomFields()[id] = held
	}
	return nil
}

func (d *draft) cannotClear(field string) error {
	if d.clears(field) {
		return fault.InvalidArgument(field, fmt.Sprintf("ConnectWise cannot clear %s of a time entry", field))
	}
	return nil
}

// body is the record to create, of a member and on a ticket.
func (d *draft) body(t account.Chargeable, memberID int) map[string]any {
	charge := mapping.ChargedToService
	if t.Project {
		charge = mapping.ChargedToProject
	}
	body := map[string]any{
		"chargeToId": t.ID, "chargeToType": charge, "member": api.ID{ID: memberID},
		"timeStart": api.FormatTime(d.span.start), "timeEnd": api.FormatTime(d.span.end),
	}
	for _, m := range d.members {
		body[m.name] = m.value
	}
	if d.span.deduct > 0 {
		body["hoursDeduct"] = hours(d.span.deduct)
	}
	if len(d.custom) > 0 {
		body["customFields"] = mapping.AllCustomFields(nil, d.custom)
	}
	return body
}

// ops are the operations for the fields that differ from the record as it is.
func (d *draft) ops(pending []string, current *api.TimeEntry, before span) []api.Op {
	var ops []api.Op
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
	billed := false
	for _, m := range d.members {
		if slices.Contains(pending, m.field) {
			ops = append(ops, api.Replace(m.name, m.value))
			billed = billed || m.field == "billing"
		}
	}
	changed := map[int]any{}
	for id, v := range d.custom {
		if slices.Contains(pending, mapping.CustomFieldPath(strconv.Itoa(id))) {
			changed[id] = v
		}
	}
	if len(changed) > 0 {
		ops = append(ops, api.Replace("customFields", mapping.AllCustomFields(current.CustomFields, changed)))
	}
	if len(ops) > 0 && !billed {
		// Every update has to say it (connectwise.md §10).
		option := current.BillableOption
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
