package availability

import (
	"fmt"
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// shift is the working hours of a day by the wall clock. One that ends before it
// begins ends on the day after, as a night shift does.
type shift struct{ start, end time.Duration }

// week is the shifts of the days of a week; a day off has none.
type week [7]*shift

// weekOf reads the working hours of a calendar. A day whose hours are missing, or
// begin and end at the same time, is a day off.
func weekOf(c api.Calendar) (week, error) {
	var w week
	for day, hours := range map[time.Weekday][2]string{
		time.Monday:    {c.MondayStart, c.MondayEnd},
		time.Tuesday:   {c.TuesdayStart, c.TuesdayEnd},
		time.Wednesday: {c.WednesdayStart, c.WednesdayEnd},
		time.Thursday:  {c.ThursdayStart, c.ThursdayEnd},
		time.Friday:    {c.FridayStart, c.FridayEnd},
		time.Saturday:  {c.SaturdayStart, c.SaturdayEnd},
		time.Sunday:    {c.SundayStart, c.SundayEnd},
	} {
		if hours[0] == "" && hours[1] == "" {
			continue
		}
		start, okStart := clock(hours[0])
		end, okEnd := clock(hours[1])
		if !okStart || !okEnd {
			return week{}, fmt.Errorf("the hours of %s, %q to %q, are no times of day", day, hours[0], hours[1])
		}
		if start != end {
			w[day] = &shift{start, end}
		}
	}
	return w, nil
}

// clockLayouts are the ways to write a time of day that are tried: the form that
// the vendor uses is not recorded (connectwise.md §16).
var clockLayouts = []string{"15:04:05", "15:04", "3:04 PM", "3:04:05 PM", "3:04PM", time.RFC3339Nano, "2006-01-02T15:04:05"}

// clock reads a time of day.
func clock(text string) (time.Duration, bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if strings.HasPrefix(text, "24:00") {
		return 24 * time.Hour, true
	}
	for _, layout := range clockLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second, true
		}
	}
	return 0, false
}

// date is a day without a place.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	year, month, day := t.Date()
	return date{year, month, day}
}

// parseDate reads the day of a date or a time; a holiday is a day wherever one is.
func parseDate(text string) (date, bool) {
	t, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
	return dateOf(t), err == nil
}

func (d date) plus(days int) date {
	return dateOf(time.Date(d.year, d.month, d.day+days, 0, 0, 0, 0, time.UTC))
}

func (d date) weekday() time.Weekday {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Weekday()
}

// end says which of two instants a time of day means that comes twice.
type end int

const (
	first end = iota
	last
)

// at is the instant at which the wall clocks of a zone show a time of a day. On
// the day that they are put forward, a time that they leap over is the instant of
// the leap; on the day that they are put back, a time that comes twice is its
// first or its last instant.
func (d date) at(clock time.Duration, zone *time.Location, which end) time.Time {
	wall := time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Add(clock)
	// No zone changes its clocks twice within these days.
	_, before := wall.Add(-26 * time.Hour).In(zone).Zone()
	_, after := wall.Add(26 * time.Hour).In(zone).Zone()
	early := wall.Add(-time.Duration(before) * time.Second).In(zone)
	late := wall.Add(-time.Duration(after) * time.Second).In(zone)
	shows := func(t time.Time) bool {
		_, offset := t.Zone()
		return t.Add(time.Duration(offset) * time.Second).Equal(wall)
	}
	switch {
	case shows(early) && shows(late):
		if early.After(late) {
			early, late = late, early
		}
		if which == last {
			return late.UTC()
		}
		return early.UTC()
	case shows(early):
		return early.UTC()
	case shows(late):
		return late.UTC()
	}
	leap, _ := early.ZoneBounds()
	return leap.UTC()
}

// whole is a day from midnight to midnight, 23 to 25 hours.
func (d date) whole(zone *time.Location) span {
	return span{d.at(0, zone, first), d.plus(1).at(0, zone, first)}
}

// days are the days of a zone that a span touches.
func days(in span, zone *time.Location) []date {
	var list []date
	for d := dateOf(in.from.In(zone)); d.whole(zone).from.Before(in.to); d = d.plus(1) {
		list = append(list, d)
	}
	return list
}

// working is the working hours within a span.
func (w week) working(in span, zone *time.Location) []span {
	var spans []span
	touched := days(in, zone)
	if len(touched) > 0 {
		touched = append([]date{touched[0].plus(-1)}, touched...) // whose night shift may reach into it
	}
	for _, d := range touched {
		shift := w[d.weekday()]
		if shift == nil {
			continue
		}
		ends := d
		if shift.end <= shift.start {
			ends = d.plus(1)
		}
		s := span{d.at(shift.start, zone, first), ends.at(shift.end, zone, last)}
		if s, ok := s.within(in); ok {
			spans = append(spans, s)
		}
	}
	return union(spans)
}

// holidayOf is the time of a holiday in a zone; false where it is not to be read.
func holidayOf(h api.Holiday, zone *time.Location) (span, bool) {
	day, ok := parseDate(h.Date)
	if !ok {
		return span{}, false
	}
	if h.AllDay == nil || *h.AllDay {
		return day.whole(zone), true
	}
	start, okStart := clock(h.TimeStart)
	end, okEnd := clock(h.TimeEnd)
	if !okStart || !okEnd {
		return span{}, false
	}
	ends := day
	if end <= start {
		ends = day.plus(1)
	}
	return span{day.at(start, zone, first), ends.at(end, zone, last)}, true
}
