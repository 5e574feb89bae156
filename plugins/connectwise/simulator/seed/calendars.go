package seed

import (
	"fmt"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Calendars, and the time zone of both offices.
const (
	// OfficeHours is the calendar of most members.
	OfficeHours = 1
	nightHours  = 2
	// OfficeHolidays is the holiday list of both calendars.
	OfficeHolidays = 1
	eastern        = 1
	systemEastern  = 35
)

// easternOffset is the zone's distance from UTC in winter; the seed's working
// hours are placed by it the year round.
const easternOffset = 5 * time.Hour

// calendars enters working hours and holidays.
func (b *builder) calendars() {
	// The system's zones have the names of Windows, by the report of a client that
	// looked at a tenant; their numbers are ours.
	for id, name := range map[int64]string{systemEastern: "Eastern Standard Time", 4: "Pacific Standard Time", 85: "GMT Standard Time", 110: "W. Europe Standard Time"} {
		b.put(store.SystemTimeZones, id, 0, store.Object{"name": name})
	}
	b.put(store.TimeZones, eastern, 0, store.Object{
		"name": "US Eastern", "timeZone": store.Ref(systemEastern), "offset": -5.0,
		"defaultFlag": true, "daylightSavingsFlag": true,
	})
	b.put(store.HolidayLists, OfficeHolidays, 0, store.Object{"name": "Office Holidays"})
	b.put(store.Calendars, OfficeHours, 0, calendarValues("Office Hours", []string{"monday", "tuesday", "wednesday", "thursday", "friday"}, "08:00:00", "17:00:00"))
	b.put(store.Calendars, nightHours, 0, calendarValues("Night Desk", []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}, "17:00:00", "23:00:00"))
	id := int64(1)
	for year := b.start.Year() - 1; year <= b.start.Year()+1; year++ {
		thanksgiving := time.Date(year, time.November, 1, 0, 0, 0, 0, time.UTC)
		for thanksgiving.Weekday() != time.Thursday {
			thanksgiving = thanksgiving.AddDate(0, 0, 1)
		}
		for _, h := range []store.Object{
			holidayValues("New Year's Day", fmt.Sprintf("%d-01-01", year), "", ""),
			holidayValues("Independence Day", fmt.Sprintf("%d-07-04", year), "", ""),
			holidayValues("Thanksgiving", thanksgiving.AddDate(0, 0, 21).Format(time.DateOnly), "", ""),
			holidayValues("Christmas Eve", fmt.Sprintf("%d-12-24", year), "12:00:00", "17:00:00"),
			holidayValues("Christmas Day", fmt.Sprintf("%d-12-25", year), "", ""),
		} {
			b.put(store.Holidays, id, OfficeHolidays, h)
			id++
		}
	}
}

// calendarValues are a calendar's working hours. The members are those of a
// client's types; that times of day are texts of this form, and that days off
// have none, follows a record of django-connectwise (PROVENANCE.txt).
func calendarValues(name string, days []string, from, to string) store.Object {
	values := store.Object{"name": name, "holidayList": store.Ref(OfficeHolidays)}
	for _, day := range days {
		values[day+"StartTime"], values[day+"EndTime"] = from, to
	}
	return values
}

// holidayValues are a holiday: the whole day without times. Shape as of
// calendarValues.
func holidayValues(name, day, from, to string) store.Object {
	values := store.Object{"name": name, "allDayFlag": from == "", "date": day, "holidayList": store.Ref(OfficeHolidays)}
	if from != "" {
		values["timeStart"], values["timeEnd"] = from, to
	}
	return values
}
