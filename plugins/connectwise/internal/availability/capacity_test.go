package availability

import (
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

func TestCapacity(t *testing.T) {
	t.Parallel()
	vienna := zone(t, "Europe/Vienna")
	w, err := weekOf(api.Calendar{MondayStart: "08:00", MondayEnd: "17:00", TuesdayStart: "08:00", TuesdayEnd: "12:00"})
	if err != nil {
		t.Fatal(err)
	}
	in := span{instant(t, "2026-03-01T00:00:00Z"), instant(t, "2026-03-05T00:00:00Z")} // Monday is the 2nd
	h := &hours{zone: vienna, working: w.working(in, vienna)}
	for name, test := range map[string]struct {
		daily *float64
		off   []span
		want  time.Duration
	}{
		"the calendar":        {nil, nil, 13 * time.Hour},
		"breaks are no work":  {new(8.0), nil, 12 * time.Hour},
		"no capacity set":     {new(0.0), nil, 13 * time.Hour},
		"a day off":           {new(8.0), []span{{instant(t, "2026-03-02T00:00:00Z"), instant(t, "2026-03-02T23:00:00Z")}}, 4 * time.Hour},
		"off in the breaks":   {new(8.0), []span{{instant(t, "2026-03-02T07:00:00Z"), instant(t, "2026-03-02T08:00:00Z")}}, 12 * time.Hour},
		"off for two of nine": {new(8.0), []span{{instant(t, "2026-03-02T07:00:00Z"), instant(t, "2026-03-02T09:00:00Z")}}, 11 * time.Hour},
	} {
		got := h.capacity(setup.Member{Member: api.Member{DailyCapacity: test.daily}}, in, test.off)
		if want := int64(test.want / time.Second); got != want {
			t.Errorf("%s: %d seconds, want %d", name, got, want)
		}
	}
}

func TestEntriesOfAMember(t *testing.T) {
	t.Parallel()
	in := span{instant(t, "2026-03-02T00:00:00Z"), instant(t, "2026-03-03T00:00:00Z")}
	entry := func(kind int, from, to string) api.ScheduleEntry {
		return api.ScheduleEntry{
			ObjectID: 7, Name: "x", Member: &api.Ref{ID: 1}, Type: &api.Ref{ID: kind},
			DateStart: api.Stamp{Time: instant(t, from)}, DateEnd: api.Stamp{Time: instant(t, to)},
		}
	}
	vacation := setup.ScheduleType{ScheduleType: api.ScheduleType{ID: 9, Name: "Vacation", ChargeCode: &api.Ref{ID: 3}}}
	types := setup.ScheduleTypes{Set: setup.SetOf(vacation), Project: 12}
	done := entry(4, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")
	done.Done = true
	days := entry(4, "2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z")
	days.Hours = new(12.0)
	other := entry(4, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")
	other.Member = &api.Ref{ID: 2}
	unnamed := entry(9, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")
	unnamed.Name = ""
	for name, test := range map[string]struct {
		entry   api.ScheduleEntry
		busy    int
		off     int
		ticket  int
		seconds int64
		label   string
	}{
		"on a service ticket":  {entry(4, "2026-03-02T08:00:00Z", "2026-03-02T09:30:00Z"), 1, 0, 7, 5400, "x"},
		"on a project ticket":  {entry(12, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z"), 1, 0, 7, 3600, "x"},
		"on an activity":       {entry(1, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z"), 1, 0, 0, 3600, "x"},
		"time off":             {entry(9, "2026-03-01T00:00:00Z", "2026-03-09T00:00:00Z"), 0, 1, 0, 0, "x"},
		"time off, unnamed":    {unnamed, 0, 1, 0, 0, "Vacation"},
		"done":                 {done, 0, 0, 0, 0, ""},
		"cut by the span":      {entry(4, "2026-03-01T23:00:00Z", "2026-03-02T01:00:00Z"), 1, 0, 7, 3600, "x"},
		"a share of some days": {days, 1, 0, 7, 21600, "x"},
		"another member's":     {other, 0, 0, 0, 0, ""},
		"an assignment":        {api.ScheduleEntry{Member: &api.Ref{ID: 1}, Type: &api.Ref{ID: 4}}, 0, 0, 0, 0, ""},
		"a to-do":              {entry(4, "2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z"), 0, 0, 0, 0, ""},
	} {
		busy, off, seconds := planned{entries: []api.ScheduleEntry{test.entry}, types: types, typed: true}.of(1, in)
		if len(busy) != test.busy || len(off) != test.off || seconds != test.seconds {
			t.Errorf("%s: busy %v, off %v, %d seconds", name, busy, off, seconds)
			continue
		}
		for _, l := range append(busy, off...) {
			if l.ticket != test.ticket || l.label != test.label || l.from.Before(in.from) || l.to.After(in.to) {
				t.Errorf("%s: %+v", name, l)
			}
		}
	}
}
