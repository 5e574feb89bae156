package worktime

import (
	"net/http"
	"slices"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mailFlags act on the write that brings them and are not stored: answers
// show them as false.
var mailFlags = []string{"emailResourceFlag", "emailContactFlag", "emailCcFlag"}

var entryRules = &rest.Rules{
	Object: "timeEntry",
	ReadOnly: []string{
		"companyType", "businessGroupDesc", "location", "department", "agreementType", "opportunityRecid", "territory", "hoursBilled",
		"invoiceHours", "hourlyCost", "enteredBy", "dateEntered", "invoice", "mobileGuid", "agreementHours", "agreementAmount",
		"adjustment", "invoiceReady", "timeSheet", "status", "ticket", "project", "phase", "ticketBoard", "ticketStatus", "ticketType",
		"ticketSubType", "invoiceFlag", "extendedInvoiceAmount", "locationName",
	},
	Transient:     append([]string{"emailCc"}, mailFlags...),
	RequiredOnPut: []string{"billableOption"},
	Defaults:      entryDefaults,
	Complete:      completeEntry,
	Check:         checkEntry,
	Settle:        settleEntry,
	Saved:         entrySaved,
	CheckDelete:   func(_ *rest.Call, r *store.Record) *rest.Error { return locked(r) },
	Deleted:       func(c *rest.Call, r *store.Record) { sumTicket(c, r.Parent) },
	Audit: &rest.Audit{Type: "Time", Subject: "Time Entry", Members: []rest.Audited{
		{Member: "timeStart", Caption: "Start Time", SubType: "DateTime"},
		{Member: "timeEnd", Caption: "End Time", SubType: "DateTime"},
		{Member: "hoursDeduct", Caption: "Deduct Hours", SubType: "DeductHours"},
		{Member: "actualHours", Caption: "Actual Hours", SubType: "ActualHours"},
		{Member: "billableOption", Caption: "Billable Option", SubType: "Billable"},
		{Member: "workType", Caption: "Work Type", SubType: "WorkType"},
		{Member: "workRole", Caption: "Work Role", SubType: "WorkRole"},
		{Member: "member", Caption: "Member", SubType: "Member"},
		{Member: "notes", Caption: "Notes", SubType: "Notes"},
	}},
}

func entryDefaults(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	if w.IsNew() {
		w.New.Custom = c.EmptyCustom(seed.TimePod)
		v["status"], v["enteredBy"], v["dateEntered"] = "Open", c.Me(), render.Time(c.Now())
		v["mobileGuid"] = seed.StableGUID("time entry", c.World().Table(store.TimeEntries).NextID())
		v["invoiceFlag"] = false
		if v["chargeToId"] == nil {
			w.Default("chargeToType", "Company")
		}
	}
	w.Default("member", store.Ref(c.Member.ID))
	w.Default("hoursDeduct", 0.0)
	for _, flag := range append([]string{"addToDetailDescriptionFlag", "addToInternalAnalysisFlag", "addToResolutionFlag"}, mailFlags...) {
		w.Default(flag, false)
	}
}

// open are the statuses in which an entry can be changed; that the others
// lock it is reported for those that are billed and inferred for the rest.
var open = []string{"Open", "Rejected", "ErrorsCorrected", "RejectBySecondTier"}

// locked refuses to change an entry that is approved or billed. The words are
// inferred.
func locked(r *store.Record) *rest.Error {
	if slices.Contains(open, r.Text("status")) && !r.Flag("invoiceFlag") {
		return nil
	}
	return refuse("This time entry cannot be changed: its status is %s.", r.Text("status"))
}

// refuse is a refusal by the rules of time entry, whose code is recorded with
// one message alone.
func refuse(format string, args ...any) *rest.Error {
	return rest.NewError(http.StatusBadRequest, "TimeEntryApi", format, args...)
}

func checkEntry(c *rest.Call, w *rest.Change) *rest.Error {
	level := rest.Add
	if !w.IsNew() {
		level = rest.Edit
		if err := locked(w.Old); err != nil {
			return err
		}
	}
	if c.OnlyMine(seed.TimeEntry, level) && !rest.OfMember(c, w.New) {
		return rest.Forbidden()
	}
	for _, check := range []func(*rest.Call, *rest.Change) *rest.Error{checkMember, checkCharge, checkWorkRole, checkTimes, checkPeriod} {
		if err := check(c, w); err != nil {
			return err
		}
	}
	return nil
}

// checkMember refuses a member that cannot hold time: whose licence is for
// the API alone, or who has left.
func checkMember(c *rest.Call, w *rest.Change) *rest.Error {
	member, _ := c.World().Table(store.Members).Get(w.New.Ref("member"))
	switch {
	case member.Text("licenseClass") == "A":
		return rest.Forbidden()
	case member.Flag("inactiveFlag") && w.Moved("member"):
		return rest.InvalidObject("timeEntry", rest.InvalidField("member/id", "Member %s is inactive.", member.Text("identifier")))
	}
	return nil
}

// checkTimes refuses an entry that ends before it begins.
func checkTimes(_ *rest.Call, w *rest.Change) *rest.Error {
	from, to, deduct := span(w.New)
	if to.IsZero() {
		return nil
	}
	if to.Before(from) {
		return rest.InvalidObject("timeEntry", rest.InvalidField("timeEnd", "The timeEnd must be after the timeStart."))
	}
	if to.Sub(from) < deduct {
		return rest.InvalidObject("timeEntry", rest.InvalidField("hoursDeduct", "The hoursDeduct must not exceed the time entered."))
	}
	return nil
}

// span is an entry's start, end and break; the end is zero when it has none.
func span(r *store.Record) (from, to time.Time, deduct time.Duration) {
	from, _ = time.Parse(time.RFC3339, r.Text("timeStart"))
	if end := r.Text("timeEnd"); end != "" {
		to, _ = time.Parse(time.RFC3339, end)
	}
	return from, to, hours(r, "hoursDeduct")
}

func hours(r *store.Record, member string) time.Duration {
	n, _ := r.Values[member].(float64)
	return time.Duration(n * float64(time.Hour)).Round(time.Second)
}
