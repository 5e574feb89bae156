package seed

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Types and statuses of schedule entries. The ids of those that come with the
// product are the same on every tenant (connectwise.md §11).
const (
	SalesSchedule   = 1
	ProjectSchedule = 3
	ServiceSchedule = 4
	timeOffSchedule = 14
	sickSchedule    = 15

	tentativeStatus = 1
	FirmStatus      = 2

	firstScheduleEntry = 70001
)

// scheduleSetup enters what entries are made of.
func (b *builder) scheduleSetup() {
	for _, t := range []struct {
		id               int64
		name, identifier string
		where, charge    any
		system           bool
	}{
		{SalesSchedule, "Sales", "C", store.Ref(onSite), nil, true},
		{ProjectSchedule, "Project", "P", store.Ref(RemoteLocation), nil, true},
		{ServiceSchedule, "Service", "S", store.Ref(RemoteLocation), nil, true},
		{timeOffSchedule, "Time Off", "H", nil, store.Ref(vacationCode), false},
		{sickSchedule, "Sick Leave", "K", nil, store.Ref(sickCode), false},
	} {
		b.put(store.ScheduleTypes, t.id, 0, store.Object{
			"name": t.name, "identifier": t.identifier, "where": t.where, "chargeCode": t.charge, "systemFlag": t.system,
		})
	}
	b.put(store.ScheduleStatuses, tentativeStatus, 0, store.Object{"name": "Tentative", "defaultFlag": false, "showAsTentativeFlag": true})
	b.put(store.ScheduleStatuses, FirmStatus, 0, store.Object{"name": "Firm", "defaultFlag": true, "showAsTentativeFlag": false})
	for id, minutes := range map[int64]int64{1: 0, 2: 5, 3: 10, 4: 15, 5: 30} {
		b.put(store.Reminders, id, 0, store.Object{"time": minutes, "name": fmt.Sprintf("%d minutes", minutes), "defaultFlag": id == 4})
	}
}

// schedule assigns each ticket to the member that it shows as its resource,
// some with a visit in the coming days, and gives members their days off.
func (b *builder) schedule() {
	b.world.Table(store.ScheduleEntries).StartAt(firstScheduleEntry)
	busy := map[int64][][2]time.Time{}
	for i, m := range scheduled() {
		member, _ := b.world.Table(store.Members).Get(m.id)
		past, next := b.start.AddDate(0, 0, -30-7*(i%5)), b.start.AddDate(0, 0, 9+5*(i%6))
		b.daysOff(busy, member, timeOffSchedule, vacationCode, past, 1+i%3)
		b.daysOff(busy, member, timeOffSchedule, vacationCode, next, 2+i%4)
		if i%4 == 1 {
			b.daysOff(busy, member, sickSchedule, sickCode, b.start.AddDate(0, 0, -9), 1)
		}
	}
	for _, ticket := range b.world.Table(store.Tickets).All() {
		member, ok := b.world.Table(store.Members).Find(func(m *store.Record) bool {
			return ticket.Text("resources") != "" && m.Text("identifier") == ticket.Text("resources")
		})
		if ok {
			b.assignment(busy, ticket, member)
		}
	}
}

// workday is when a day's work begins, in UTC.
func workday(t time.Time) time.Time {
	return t.Truncate(24 * time.Hour).Add(8*time.Hour + easternOffset)
}

func (b *builder) daysOff(busy map[int64][][2]time.Time, member *store.Record, kind, code int64, day time.Time, days int) {
	for day.Weekday() != time.Monday {
		day = day.AddDate(0, 0, 1)
	}
	from := workday(day)
	to := from.AddDate(0, 0, days-1).Add(9 * time.Hour)
	busy[member.ID] = append(busy[member.ID], [2]time.Time{from, to})
	charge, _ := b.world.Table(store.ChargeCodes).Get(code)
	b.scheduleEntry(member, kind, 0, from.AddDate(0, 0, -21), store.Object{
		"objectId": code, "name": charge.Values["name"], "dateStart": date(from), "dateEnd": date(to), "hours": Hours(to.Sub(from)),
		"doneFlag": to.Before(b.start),
	})
}

func (b *builder) assignment(busy map[int64][][2]time.Time, ticket, member *store.Record) {
	kind := int64(ServiceSchedule)
	if ticket.Text("recordType") != "ServiceTicket" {
		kind = ProjectSchedule
	}
	responded, err := time.Parse(time.RFC3339, ticket.Text("dateResponded"))
	if err != nil {
		responded = ticket.Entered
	}
	values := store.Object{
		"objectId": ticket.ID, "name": ScheduleName(b.world, ticket), "doneFlag": ticket.Flag("closedFlag"),
		"ownerFlag": ticket.Ref("owner") == member.ID, "where": ticket.Values["serviceLocation"],
	}
	if closed, ok := ticket.Values["closedDate"].(string); ok {
		values["closeDate"] = closed
	}
	if !ticket.Flag("closedFlag") && b.chance(60) {
		b.visit(busy, member.ID, values)
	}
	b.scheduleEntry(member, kind, ticket.ID, responded, values)
}

// visit finds an hour or two in the next two weeks that the member has free.
func (b *builder) visit(busy map[int64][][2]time.Time, member int64, values store.Object) {
	for range 20 {
		from := workday(b.start.AddDate(0, 0, 1+b.rng.IntN(14))).Add(time.Duration(b.rng.IntN(14)) * 30 * time.Minute)
		to := from.Add(time.Duration(2+b.rng.IntN(3)) * 30 * time.Minute)
		weekend := from.Weekday() == time.Saturday || from.Weekday() == time.Sunday
		taken := slices.ContainsFunc(busy[member], func(s [2]time.Time) bool { return from.Before(s[1]) && s[0].Before(to) })
		if weekend || taken {
			continue
		}
		busy[member] = append(busy[member], [2]time.Time{from, to})
		values["dateStart"], values["dateEnd"], values["hours"] = date(from), date(to), Hours(to.Sub(from))
		if b.chance(20) {
			values["status"] = store.Ref(tentativeStatus)
		}
		return
	}
}

func (b *builder) scheduleEntry(member *store.Record, kind, parent int64, entered time.Time, values store.Object) {
	entered = minTime(entered, b.start)
	all := store.Object{
		"member": store.Ref(member.ID), "type": store.Ref(kind), "status": store.Ref(FirmStatus), "acknowledgedFlag": false,
		"ownerFlag": false, "meetingFlag": false, "mobileGuid": StableGUID("schedule", member.ID, kind, parent, entered.Unix()),
		"startTimeSet": values["dateStart"] != nil, "endTimeSet": values["dateEnd"] != nil,
	}
	maps.Copy(all, values)
	by := member.Text("identifier")
	b.world.Table(store.ScheduleEntries).Put(&store.Record{
		Parent: parent, Entered: entered, EnteredBy: by, Updated: entered, UpdatedBy: by, Values: all,
	})
}

// ScheduleName is the name that the vendor gives an entry of a ticket
// (connectwise.md §11).
func ScheduleName(w *store.World, ticket *store.Record) string {
	company, _ := w.Table(store.Companies).Get(ticket.Ref("company"))
	return fmt.Sprintf("%s / Ticket# %d - %s", company.Text("name"), ticket.ID, ticket.Text("summary"))
}
