package seed

import (
	"math"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Charge codes.
const (
	vacationCode = 1
	sickCode     = 2
)

// timeEntry enters half an hour or so of work on a ticket. The caller fills
// in what is special.
func (b *builder) timeEntry(ticket, member *store.Record, from, to, entered time.Time, text string) *store.Record {
	by := member.Text("identifier")
	kind := "ServiceTicket"
	if ticket.Text("recordType") != kind {
		kind = "ProjectTicket"
	}
	values := store.Object{
		"company": ticket.Values["company"], "chargeToId": ticket.ID, "chargeToType": kind, "member": store.Ref(member.ID),
		"locationId": int64(headOffice), "businessUnitId": int64(serviceDept), "location": store.Ref(headOffice),
		"department": store.Ref(serviceDept), "workType": store.Ref(remoteType), "workRole": store.Ref(engineerRole),
		"timeStart": date(from), "timeEnd": date(to), "actualHours": Hours(to.Sub(from)), "hoursDeduct": 0.0, "notes": text,
		"addToDetailDescriptionFlag": false, "addToInternalAnalysisFlag": false, "addToResolutionFlag": false,
		"emailResourceFlag": false, "emailContactFlag": false, "emailCcFlag": false, "billableOption": "Billable",
		"enteredBy": by, "dateEntered": date(entered), "ticket": store.Ref(ticket.ID), "project": ticket.Values["project"],
		"phase": ticket.Values["phase"], "mobileGuid": StableGUID("time", ticket.ID, from.Unix()),
	}
	return b.world.Table(store.TimeEntries).Put(&store.Record{
		Parent: ticket.ID, Entered: entered, EnteredBy: by, Updated: entered, UpdatedBy: by, Values: values, Custom: emptyValues(TimePod),
	})
}

// Hours is a duration as records have it: hours to the hundredth.
func Hours(d time.Duration) float64 { return math.Round(d.Hours()*100) / 100 }

// time books the rest of each ticket's hours, and puts every entry on its
// sheet: older weeks are billed, the last ones approved, the current open.
func (b *builder) time() {
	for id, name := range map[int64]string{vacationCode: "Vacation", sickCode: "Sick Leave", 3: "Internal Meeting", 4: "Training"} {
		b.put(store.ChargeCodes, id, 0, store.Object{
			"name": name, "company": store.Ref(ownCompany), "billTime": "DoNotBill", "expenseEntryFlag": false,
			"allowAllExpenseTypeFlag": false, "timeEntryFlag": true,
		})
	}
	for _, ticket := range b.world.Table(store.Tickets).All() {
		b.bookRest(ticket)
	}
	invoice := int64(4001)
	for _, r := range b.world.Table(store.TimeEntries).All() {
		b.settleEntry(r, &invoice)
	}
}

var workTexts = []string{
	"Checked the history and the open alerts.", "Remote session.", "Phone call with the client.", "Updated the documentation.",
	"Configured and tested the change.", "Coordinated with the vendor.", "Follow-up and monitoring.",
}

// bookRest enters what is missing to the hours that a ticket shows. These
// entries are for the sheet alone: no note shows their text.
func (b *builder) bookRest(ticket *store.Record) {
	left, _ := ticket.Values["actualHours"].(float64)
	for _, r := range b.world.Table(store.TimeEntries).Children(ticket.ID) {
		hours, _ := r.Values["actualHours"].(float64)
		if hours > left { // a break was taken
			r.Values["hoursDeduct"], r.Values["actualHours"] = hours-left, left
			hours = left
		}
		left -= hours
	}
	responded, err := time.Parse(time.RFC3339, ticket.Text("dateResponded"))
	if err != nil {
		return
	}
	for left > 0 {
		hours := min(left, float64(1+b.rng.IntN(6))/4)
		length := time.Duration(hours * float64(time.Hour))
		from := b.between(responded, maxTime(responded, ticket.Updated)).Truncate(15 * time.Minute)
		from = minTime(from, b.start.Add(-length).Truncate(15*time.Minute))
		b.timeEntry(ticket, b.authorOf(ticket), from, from.Add(length), from.Add(length), pick(b, workTexts))
		left -= hours
	}
}

// settleEntry gives an entry its sheet, status and money.
func (b *builder) settleEntry(r *store.Record, invoice *int64) {
	from, err := time.Parse(time.RFC3339, r.Text("timeStart"))
	if err != nil {
		panic("seed: " + err.Error())
	}
	member, _ := b.world.Table(store.Members).Get(r.Ref("member"))
	hours, _ := r.Values["actualHours"].(float64)
	billed := math.Ceil(hours*4) / 4
	status := "Open"
	switch age := Week(b.start).Sub(Week(from)); {
	case age > 5*7*24*time.Hour:
		status = "Billed"
		if b.chance(30) {
			status = "BilledAgreement"
			r.Values["billableOption"], billed = "NoCharge", 0
		}
		*invoice++
		r.Values["invoice"] = store.Object{"id": *invoice, "identifier": "INV" + itoa(*invoice), "billingType": "Standard", "applyToType": "Ticket"}
		r.Values["invoiceFlag"] = true
	case age > 2*7*24*time.Hour:
		status = "ApprovedByTierTwo"
	case age > 7*24*time.Hour:
		status = "ApprovedByTierOne"
	case age > 0:
		status = "PendingApproval"
	}
	sheet := SheetOf(b.world, member, from)
	sheet.Values["status"] = sheetStatus(status)
	onSheet, _ := sheet.Values["hours"].(float64)
	sheet.Values["hours"] = onSheet + hours
	r.Values["timeSheet"], r.Values["status"] = store.Ref(sheet.ID), status
	r.Values["hoursBilled"], r.Values["invoiceHours"] = billed, billed
	role, _ := b.world.Table(store.WorkRoles).Get(r.Ref("workRole"))
	rate, _ := role.Values["hourlyRate"].(float64)
	r.Values["hourlyRate"], r.Values["extendedInvoiceAmount"] = rate, rate*billed
}

// sheetStatus is that of the sheet whose entries have a status: a sheet is
// approved, its entries are billed.
func sheetStatus(entry string) string {
	if entry == "Billed" || entry == "BilledAgreement" {
		return "ApprovedByTierTwo"
	}
	return entry
}

// Week is the Monday, at midnight, of the week that a time is in.
func Week(t time.Time) time.Time {
	day := t.UTC().Truncate(24 * time.Hour)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// SheetOf is a member's time sheet of the week that a time is in; it is made
// when there is none yet (connectwise.md §10).
func SheetOf(w *store.World, member *store.Record, at time.Time) *store.Record {
	monday := Week(at)
	id := monday.Unix()/(7*24*3600)*1000 + member.ID
	if sheet, ok := w.Table(store.TimeSheets).Get(id); ok {
		return sheet
	}
	year, week := monday.ISOWeek()
	last := monday.AddDate(0, 0, 6)
	return w.Table(store.TimeSheets).Put(&store.Record{
		ID: id, Entered: monday, EnteredBy: member.Text("identifier"), Updated: monday, UpdatedBy: member.Text("identifier"),
		Values: store.Object{
			"member": store.Ref(member.ID), "year": int64(year), "period": int64(week), "dateStart": date(monday), "dateEnd": date(last),
			"status": "Open", "deadline": date(last.AddDate(0, 0, 2)), "label": monday.Format("2006-01-02") + " to " + last.Format("2006-01-02"),
		},
	})
}
