package worktime

import (
	"math"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// settleEntry derives hours, money and the sheet.
func settleEntry(c *rest.Call, w *rest.Change) {
	settleHours(w.New)
	settleBilling(c, w.New)
	v := w.New.Values
	if location, ok := v["locationId"].(int64); ok {
		v["location"] = store.Ref(location)
	}
	if department, ok := v["businessUnitId"].(int64); ok {
		v["department"] = store.Ref(department)
	}
}

// settleHours derives the duration from the end, or the end from the
// duration: where there is an end it decides, so that changing actualHours
// alone has no effect.
func settleHours(r *store.Record) {
	from, to, deduct := span(r)
	if from.IsZero() {
		return // a preview may lack it
	}
	if to.IsZero() {
		to = from.Add(hours(r, "actualHours") + deduct)
		r.Values["timeEnd"] = render.Time(to)
	}
	r.Values["actualHours"] = seed.Hours(to.Sub(from) - deduct)
}

// settleBilling decides how the time is billed: as asked, unless the
// agreement says otherwise; hours that are billed are rounded up as the work
// type says, a quarter under an agreement.
func settleBilling(c *rest.Call, r *store.Record) {
	v := r.Values
	workType, _ := c.World().Table(store.WorkTypes).Get(r.Ref("workType"))
	agreement, covered := c.World().Table(store.Agreements).Get(r.Ref("agreement"))
	v["agreementType"] = nil
	if covered {
		v["agreementType"] = agreement.Values["typeName"]
	}
	option := r.Text("billableOption")
	if option == "" || option == "NoDefault" {
		option = either(workType, "billTime", "Billable")
	}
	if covered && agreement.Flag("coverAgreementTime") && option == "Billable" {
		option = either(agreement, "billTime", option)
	}
	v["billableOption"] = option

	step, least := number(workType, "roundBillHoursTo"), number(workType, "hoursMin")
	if covered {
		step = 0.25
	}
	billed := number(r, "actualHours")
	switch {
	case option != "Billable" || billed == 0:
		billed = 0
	case step > 0:
		billed = max(least, math.Ceil(billed/step-1e-9)*step)
	}
	v["hoursBilled"], v["invoiceHours"] = billed, billed
	role, _ := c.World().Table(store.WorkRoles).Get(r.Ref("workRole"))
	rate := number(role, "hourlyRate") * max(1, number(workType, "rate"))
	v["hourlyRate"], v["extendedInvoiceAmount"] = rate, math.Round(rate*billed*100)/100
}

// either is a member of a record, unless it is absent or leaves the question
// open.
func either(r *store.Record, member, otherwise string) string {
	if r == nil || r.Text(member) == "" || r.Text(member) == "NoDefault" {
		return otherwise
	}
	return r.Text(member)
}

func number(r *store.Record, member string) float64 {
	if r == nil {
		return 0
	}
	n, _ := r.Values[member].(float64)
	return n
}

// Periods are open for time from some weeks back to some weeks ahead; how
// many is the tenant's set-up.
const (
	weeksBack  = 5
	weeksAhead = 4
)

// checkPeriod refuses time in a week that is closed or not set up yet, and on
// a sheet that is handed in. That the message speaks of report periods is
// reported, the rest of it is inferred.
func checkPeriod(c *rest.Call, w *rest.Change) *rest.Error {
	from, _, _ := span(w.New)
	week, now := seed.Week(from), seed.Week(c.Now())
	if week.Before(now.AddDate(0, 0, -7*weeksBack)) || week.After(now.AddDate(0, 0, 7*weeksAhead)) {
		return refuse("There are no open report periods for %s.", from.Format("01/02/2006"))
	}
	if !w.IsNew() && !w.Moved("member") && seed.Week(start(w.Old)).Equal(week) {
		return nil
	}
	member, _ := c.World().Table(store.Members).Get(w.New.Ref("member"))
	sheet := seed.SheetOf(c.World(), member, from)
	if status := sheet.Text("status"); status != "Open" && status != "Rejected" && status != "ErrorsCorrected" {
		return refuse("There are no open report periods for %s: the time sheet of %s is %s.", from.Format("01/02/2006"), member.Text("identifier"), status)
	}
	return nil
}

func start(r *store.Record) time.Time {
	from, _, _ := span(r)
	return from
}
