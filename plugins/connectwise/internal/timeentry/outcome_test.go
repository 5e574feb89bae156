package timeentry

import (
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

func TestIsBookedAs(t *testing.T) {
	t.Parallel()
	held := func(change func(*api.TimeEntry)) *api.TimeEntry {
		e := &api.TimeEntry{
			ChargeToID: 7, ChargeToType: mapping.ChargedToService, TimeStart: api.Stamp{Time: at("10:00:00")}, TimeEnd: api.Stamp{Time: at("11:00:00")},
			Notes: "Looked\r\nat it.", ToInternal: true,
		}
		if change != nil {
			change(e)
		}
		return e
	}
	quarter := 0.25
	full := entry{StartedAt: stamp("10:00:00.5"), EndedAt: stamp("11:00:00"), DurationSeconds: new(int32(3600)), Summary: new("Looked\nat it."), InternalNotes: new("Loud.")}
	loud := func(e *api.TimeEntry) { e.InternalNotes = "Loud." }
	for name, c := range map[string]struct {
		asked entry
		held  *api.TimeEntry
		want  bool
	}{
		"all of it":                {full, held(loud), true},
		"a duration alone":         {entry{DurationSeconds: new(int32(3600)), Summary: new("Looked at it.")}, held(nil), true},
		"another text":             {entry{DurationSeconds: new(int32(3600)), Summary: new("Looked.")}, held(nil), false},
		"other notes":              {full, held(nil), false},
		"for the customer to see":  {full, held(func(e *api.TimeEntry) { loud(e); e.ToDiscussion = true }), false},
		"another start":            {full, held(func(e *api.TimeEntry) { loud(e); e.TimeStart.Time = at("10:00:01") }), false},
		"another end":              {full, held(func(e *api.TimeEntry) { loud(e); e.TimeEnd.Time = at("11:00:01") }), false},
		"another duration":         {entry{DurationSeconds: new(int32(900)), Summary: new("Looked at it.")}, held(nil), false},
		"with something deducted":  {full, held(func(e *api.TimeEntry) { loud(e); e.HoursDeduct = &quarter }), false},
		"what was deducted is so":  {entry{DurationSeconds: new(int32(3600)), DeductSeconds: new(int32(900)), Summary: new("Looked at it.")}, held(func(e *api.TimeEntry) { e.HoursDeduct = &quarter }), true},
		"on no ticket":             {full, held(func(e *api.TimeEntry) { loud(e); e.ChargeToType = "ChargeCode" }), false},
		"without an end, as some ": {entry{DurationSeconds: new(int32(0)), Summary: new("Looked at it.")}, held(func(e *api.TimeEntry) { e.TimeEnd.Time = time.Time{} }), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &Booking{timeDraft: forCreate(nil, c.asked.Build(), setup.Location{})}
			if got := b.isBookedAs(c.held); got != c.want {
				t.Errorf("is booked as asked: %v", got)
			}
		})
	}
}
