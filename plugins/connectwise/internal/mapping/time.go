package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/etag"
)

// DurationUnit is what durations are rounded to, in seconds: ConnectWise keeps
// hours with two decimals (connectwise.md §6).
const DurationUnit = 36

// What time is charged to where it is booked on a ticket (connectwise.md §10).
const (
	ChargedToService = "ServiceTicket"
	ChargedToProject = "ProjectTicket"
)

// OnTicket reports whether a time entry is booked on a ticket: time can also be
// charged to a company, an activity or a charge code.
func OnTicket(t *api.TimeEntry) bool {
	return t.ChargeToID > 0 && (t.ChargeToType == ChargedToService || strings.HasPrefix(t.ChargeToType, "Project"))
}

// TimeEntry maps what every list row carries, with the etag.
func TimeEntry(t *api.TimeEntry, n Names) *psav1.TimeEntry {
	created := t.Info.DateEntered
	if created.IsZero() {
		created = t.DateEnteredFlat
	}
	b := psav1.TimeEntry_builder{
		Id:                new(strconv.Itoa(t.ID)),
		Technician:        MemberReference(t.Member, n),
		StartedAt:         Timestamp(t.TimeStart),
		DeductSeconds:     new(int32(0)),
		BilledSeconds:     seconds(t.HoursBilled),
		Billing:           billing(t.BillableOption),
		WorkType:          Reference(t.WorkType),
		WorkRole:          Reference(t.WorkRole),
		Agreement:         Reference(t.Agreement),
		Summary:           text(Body(t.Notes)),
		SummaryVisibility: new(psav1.Visibility_INTERNAL),
		InternalNotes:     text(Body(t.InternalNotes)),
		Locked:            new(false),
		CreatedAt:         Timestamp(created),
		UpdatedAt:         Timestamp(t.Info.LastUpdated),
	}
	if deducted := seconds(t.HoursDeduct); deducted != nil {
		b.DeductSeconds = deducted
	}
	if OnTicket(t) {
		b.Ticket = psav1.Reference_builder{Id: new(strconv.Itoa(t.ChargeToID)), Name: new(strconv.Itoa(t.ChargeToID))}.Build()
	}
	if end := TimeEnd(t); !end.IsZero() {
		b.EndedAt = Timestamp(api.Stamp{Time: end})
		b.DurationSeconds = seconds(new(end.Sub(t.TimeStart.Time).Hours()))
	}
	if t.ToDiscussion || t.ToResolution {
		b.SummaryVisibility = new(psav1.Visibility_CUSTOMER)
	}
	if why := locked(t); why != "" {
		b.Locked, b.LockedReason = new(true), &why
	}
	entry := b.Build()
	entry.SetEtag(etag.Of(api.FormatTime(t.Info.LastUpdated.Time), entry, "custom_fields", "vendor"))
	return entry
}

// TimeEnd is when the work ended. An entry that was made by its hours alone may
// tell no end; it follows from these, to which those deducted come on top. The
// zero time is not known.
func TimeEnd(t *api.TimeEntry) time.Time {
	if !t.TimeEnd.IsZero() || t.TimeStart.IsZero() || t.ActualHours == nil {
		return t.TimeEnd.Time
	}
	hours := *t.ActualHours
	if t.HoursDeduct != nil {
		hours += *t.HoursDeduct
	}
	lasted := seconds(&hours)
	if lasted == nil {
		return time.Time{}
	}
	end := t.TimeStart.Add(time.Duration(*lasted) * time.Second)
	if end.Year() > 9999 {
		return time.Time{} // which no message can hold
	}
	return end
}

// open are the states of a time entry that can be changed (connectwise.md §10).
var open = []string{"", "Open", "Rejected", "ErrorsCorrected"}

// locked says why a time entry cannot be changed; "" is that it can.
func locked(t *api.TimeEntry) string {
	switch {
	case !slices.Contains(open, t.Status):
		return "its status at ConnectWise is " + t.Status
	case t.Invoice != nil && t.Invoice.ID != 0:
		return fmt.Sprintf("it is on invoice %d", t.Invoice.ID)
	case t.InvoiceFlag:
		return "it is on an invoice"
	}
	return ""
}

// The ways to bill, as the vendor writes them. NoDefault leaves it to the work
// type and the agreement.
var billingOptions = map[psav1.Billing_V]string{
	psav1.Billing_BILLABLE:     "Billable",
	psav1.Billing_NON_BILLABLE: "DoNotBill",
	psav1.Billing_NO_CHARGE:    "NoCharge",
	psav1.Billing_UNSPECIFIED:  "NoDefault",
}

// VendorBilling is how to bill as the vendor writes it.
func VendorBilling(b psav1.Billing_V) string { return billingOptions[b] }

func billing(option string) *psav1.Billing_V {
	for b, name := range billingOptions {
		if strings.EqualFold(name, option) && b != psav1.Billing_UNSPECIFIED {
			return &b
		}
	}
	return nil
}

// WorkType maps a kind of work.
func WorkType(w setup.WorkType, sort int) *psav1.WorkType {
	return psav1.WorkType_builder{
		Id: new(strconv.Itoa(w.ID)), Name: new(w.Name), Active: new(!w.Inactive), IsDefault: new(w.Default),
		Sort: new(int32(sort)), BillingDefault: billing(w.BillTime),
	}.Build()
}

// WorkRole maps a role; whose default it is depends on the technician.
func WorkRole(w setup.WorkRole, sort int, isDefault bool) *psav1.WorkRole {
	return psav1.WorkRole_builder{
		Id: new(strconv.Itoa(w.ID)), Name: new(w.Name), Active: new(!w.Inactive), IsDefault: new(isDefault), Sort: new(int32(sort)),
	}.Build()
}
