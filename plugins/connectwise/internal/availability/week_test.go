package availability

import (
	"slices"
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// texts are spans as a person reads them.
func texts(spans []span) []string {
	list := []string{}
	for _, s := range spans {
		list = append(list, s.from.Format("01-02T15:04Z")+" "+s.to.Format("01-02T15:04Z"))
	}
	return list
}

func TestWorkingHours(t *testing.T) {
	t.Parallel()
	office := api.Calendar{
		MondayStart: "08:00:00", MondayEnd: "17:00:00", TuesdayStart: "08:00:00", TuesdayEnd: "17:00:00",
		FridayStart: "8:00 AM", FridayEnd: "12:00 PM", SundayStart: "09:00", SundayEnd: "10:00",
	}
	night := api.Calendar{SaturdayStart: "22:00:00", SaturdayEnd: "06:00:00", SundayStart: "22:00:00", SundayEnd: "06:00:00"}
	small := api.Calendar{SundayStart: "02:30:00", SundayEnd: "05:00:00", MondayStart: "00:00:00", MondayEnd: "24:00:00"}
	short := api.Calendar{SundayStart: "00:30:00", SundayEnd: "02:30:00"}
	for name, test := range map[string]struct {
		calendar api.Calendar
		zone     string
		from, to string
		want     []string
	}{
		"a week": {
			office, "America/New_York", "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z",
			[]string{"01-05T13:00Z 01-05T22:00Z", "01-06T13:00Z 01-06T22:00Z", "01-09T13:00Z 01-09T17:00Z", "01-11T14:00Z 01-11T15:00Z"},
		},
		"cut at both ends": {
			office, "America/New_York", "2026-01-05T15:00:00Z", "2026-01-06T14:30:00Z",
			[]string{"01-05T15:00Z 01-05T22:00Z", "01-06T13:00Z 01-06T14:30Z"},
		},
		"the day after the clocks go forward": { // on 2026-03-08 in the United States
			office, "America/New_York", "2026-03-06T00:00:00Z", "2026-03-10T00:00:00Z",
			[]string{"03-06T13:00Z 03-06T17:00Z", "03-08T13:00Z 03-08T14:00Z", "03-09T12:00Z 03-09T21:00Z"},
		},
		"the clocks go forward at night": { // the night of 2026-03-29 in Europe has seven hours
			night, "Europe/Vienna", "2026-03-28T00:00:00Z", "2026-03-30T23:00:00Z",
			[]string{"03-28T21:00Z 03-29T04:00Z", "03-29T20:00Z 03-30T04:00Z"},
		},
		"the clocks go back at night": { // that of 2026-10-25 has nine
			night, "Europe/Vienna", "2026-10-24T00:00:00Z", "2026-10-26T23:00:00Z",
			[]string{"10-24T20:00Z 10-25T05:00Z", "10-25T21:00Z 10-26T05:00Z"},
		},
		"a night shift that began before": {
			night, "Europe/Vienna", "2026-06-14T02:00:00Z", "2026-06-14T12:00:00Z",
			[]string{"06-14T02:00Z 06-14T04:00Z"},
		},
		"a start that the clocks leap over": {
			small, "Europe/Vienna", "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"03-29T01:00Z 03-29T03:00Z"},
		},
		"an end that comes twice": {
			short, "Europe/Vienna", "2026-10-24T00:00:00Z", "2026-10-25T12:00:00Z",
			[]string{"10-24T22:30Z 10-25T01:30Z"},
		},
		"a whole day": {
			small, "Asia/Kolkata", "2026-06-14T12:00:00Z", "2026-06-16T00:00:00Z",
			[]string{"06-14T18:30Z 06-15T18:30Z"},
		},
		"no calendar": {api.Calendar{}, "Etc/UTC", "2026-06-14T12:00:00Z", "2026-06-16T00:00:00Z", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := weekOf(test.calendar)
			if err != nil {
				t.Fatal(err)
			}
			got := texts(w.working(span{instant(t, test.from), instant(t, test.to)}, zone(t, test.zone)))
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestHoursThatAreNone(t *testing.T) {
	t.Parallel()
	for _, c := range []api.Calendar{
		{MondayStart: "08:00:00"}, {MondayEnd: "17:00:00"}, {SundayStart: "eight", SundayEnd: "17:00"}, {SundayStart: "25:00", SundayEnd: "26:00"},
	} {
		if w, err := weekOf(c); err == nil {
			t.Errorf("%+v is %v", c, w)
		}
	}
	if w, err := weekOf(api.Calendar{MondayStart: "00:00:00", MondayEnd: "00:00:00"}); err != nil || w != (week{}) {
		t.Errorf("a day without length is no day off: %v, %v", w, err)
	}
}

func TestHolidays(t *testing.T) {
	t.Parallel()
	vienna, no := zone(t, "Europe/Vienna"), false
	for name, test := range map[string]struct {
		holiday api.Holiday
		want    []string
	}{
		"a day":             {api.Holiday{Date: "2026-12-25"}, []string{"12-24T23:00Z 12-25T23:00Z"}},
		"a day with a time": {api.Holiday{Date: "2026-12-25T00:00:00Z"}, []string{"12-24T23:00Z 12-25T23:00Z"}},
		"a short day":       {api.Holiday{Date: "2026-03-29"}, []string{"03-28T23:00Z 03-29T22:00Z"}},
		"an afternoon":      {api.Holiday{Date: "2026-12-24", AllDay: &no, TimeStart: "12:00:00", TimeEnd: "17:00:00"}, []string{"12-24T11:00Z 12-24T16:00Z"}},
		"to midnight":       {api.Holiday{Date: "2026-12-24", AllDay: &no, TimeStart: "12:00:00", TimeEnd: "00:00:00"}, []string{"12-24T11:00Z 12-24T23:00Z"}},
		"no day":            {api.Holiday{Date: "Christmas"}, []string{}},
		"no time":           {api.Holiday{Date: "2026-12-24", AllDay: &no, TimeStart: "noon"}, []string{}},
		"empty":             {api.Holiday{}, []string{}},
	} {
		got := []string{}
		if s, ok := holidayOf(test.holiday, vienna); ok {
			got = texts([]span{s})
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestWithout(t *testing.T) {
	t.Parallel()
	at := func(from, to int) span {
		hour := func(h int) time.Time { return time.Date(2026, 1, 1, h, 0, 0, 0, time.UTC) }
		return span{hour(from), hour(to)}
	}
	for name, test := range map[string]struct{ spans, out, want []span }{
		"nothing":         {[]span{at(8, 12)}, nil, []span{at(8, 12)}},
		"the middle":      {[]span{at(8, 12)}, []span{at(9, 10)}, []span{at(8, 9), at(10, 12)}},
		"all":             {[]span{at(8, 12)}, []span{at(7, 13)}, nil},
		"across two":      {[]span{at(8, 12), at(13, 17)}, []span{at(11, 14)}, []span{at(8, 11), at(14, 17)}},
		"touching":        {[]span{at(8, 12)}, []span{at(12, 13), at(7, 8)}, []span{at(8, 12)}},
		"overlapping out": {[]span{at(8, 12)}, []span{at(9, 11), at(10, 12)}, []span{at(8, 9)}},
		"unsorted":        {[]span{at(13, 17), at(8, 12), at(11, 14)}, nil, []span{at(8, 17)}},
	} {
		if got := texts(without(test.spans, test.out)); !slices.Equal(got, texts(test.want)) {
			t.Errorf("%s: got %q, want %q", name, got, texts(test.want))
		}
	}
}

// Whatever a calendar holds, nobody works outside of the span, nor twice at once.
func FuzzWorkingHours(f *testing.F) {
	f.Add("08:00:00", "17:00:00", "Europe/Vienna", int64(1774656000), int64(86400))
	f.Add("22:00", "6:00 AM", "America/New_York", int64(1793404800), int64(200000))
	f.Add("", "24:00", "Australia/Lord_Howe", int64(1775300000), int64(5000000))
	f.Fuzz(func(t *testing.T, start, end, name string, from, length int64) {
		zone, err := time.LoadLocation(name)
		if err != nil || length <= 0 || length > 62*86400 || from < 0 || from > 1<<33 {
			t.Skip("a zone that the system does not know, or a span beyond the 62 days from 1970 to 2242 that are tried")
		}
		w, err := weekOf(api.Calendar{MondayStart: start, MondayEnd: end, SundayStart: start, SundayEnd: end})
		if err != nil {
			return
		}
		in := span{time.Unix(from, 0), time.Unix(from+length, 0)}
		before := in.from
		for _, s := range w.working(in, zone) {
			if s.from.Before(before) || s.to.After(in.to) || !s.from.Before(s.to) {
				t.Fatalf("%v after %v within %v", s, before, in)
			}
			before = s.to
		}
	})
}
