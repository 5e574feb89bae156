package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// asAdmin makes a change as an administrator of the tenant, and returns the id of
// what it made.
func asAdmin(t *testing.T, sim *simulator.Running, method, path, body string) int {
	t.Helper()
	var answer struct {
		ID      int
		Message string
		Errors  []struct{ Message, Field string }
	}
	if status := admin(t, sim, "POST", "act", fmt.Sprintf(`{"as":"acarter","method":%q,"path":%q,"body":%s}`, method, path, body), &answer); status >= 300 {
		t.Fatalf("%s %s answered %d: %s %v", method, path, status, answer.Message, answer.Errors)
	}
	return answer.ID
}

// Joy Okafor is member 154 of the seed.
const joy = "154"

// giveCalendar gives Joy Okafor working hours and holidays, and the tenant's time
// zone, which is that of the American east, a name.
func giveCalendar(t *testing.T, sim *simulator.Running, zone string) {
	t.Helper()
	list := asAdmin(t, sim, "POST", "/schedule/holidayLists", `{"name":"Test holidays"}`)
	asAdmin(t, sim, "POST", fmt.Sprintf("/schedule/holidayLists/%d/holidays", list), `{"name":"Test Day","date":"2031-03-06"}`)
	asAdmin(t, sim, "POST", fmt.Sprintf("/schedule/holidayLists/%d/holidays", list), `{"name":"Short Day","date":"2031-03-07","allDayFlag":false,"timeStart":"12:00:00","timeEnd":"17:00:00"}`)
	calendar := asAdmin(t, sim, "POST", "/schedule/calendars", fmt.Sprintf(`{"name":"Test hours","holidayList":{"id":%d},
		"mondayStartTime":"08:00:00","mondayEndTime":"17:00:00","tuesdayStartTime":"08:00:00","tuesdayEndTime":"17:00:00",
		"wednesdayStartTime":"08:00:00","wednesdayEndTime":"17:00:00","thursdayStartTime":"08:00:00","thursdayEndTime":"17:00:00",
		"fridayStartTime":"08:00:00","fridayEndTime":"17:00:00","sundayStartTime":"08:00:00","sundayEndTime":"09:00:00"}`, list))
	asAdmin(t, sim, "PATCH", "/system/timeZoneSetups/1", fmt.Sprintf(`[{"op":"replace","path":"name","value":%q}]`, zone))
	asAdmin(t, sim, "PATCH", "/system/members/"+joy, fmt.Sprintf(`[{"op":"replace","path":"calendar","value":{"id":%d}}]`, calendar))
}

func whenAvailable(t *testing.T, i *Instance, from, to time.Time) *psav1.Availability {
	t.Helper()
	resp, err := i.GetAvailability(t.Context(), psav1.GetAvailabilityRequest_builder{Technician: new(joy), From: stamp(from), To: stamp(to)}.Build())
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetAvailability()
}

// spans are intervals as a person reads them.
func spans(list []*psav1.Interval) []string {
	out := []string{}
	for _, in := range list {
		text := in.GetStart().AsTime().Format("01-02T15:04Z") + " " + in.GetEnd().AsTime().Format("01-02T15:04Z")
		if in.GetTicket().GetId() != "" {
			text += " #" + in.GetTicket().GetId()
		}
		if in.GetLabel() == "Test Day" || in.GetLabel() == "Short Day" {
			text += " " + in.GetLabel()
		}
		out = append(out, text)
	}
	return out
}

const (
	exact   = psav1.Confidence_EXACT
	unknown = psav1.Confidence_UNKNOWN
)

func wantConfidence(t *testing.T, a *psav1.Availability, working, off, busy psav1.Confidence_V) {
	t.Helper()
	if a.GetWorkingConfidence() != working || a.GetTimeOffConfidence() != off || a.GetBusyConfidence() != busy || len(a.GetSources()) == 0 {
		t.Errorf("confidence %s, %s, %s, from %q", a.GetWorkingConfidence(), a.GetTimeOffConfidence(), a.GetBusyConfidence(), a.GetSources())
	}
}

func TestAvailability(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	giveCalendar(t, sim, "GMT-5/Eastern Time: US & Canada")
	i, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	ticket := quietTicket(t, i, sim).GetId()
	plan(t, i, ticket, "jokafor", hour(15), hour(16))
	done := plan(t, i, ticket, "jokafor", hour(17), hour(18)).GetScheduleEntry()
	if _, err := i.UpdateScheduleEntry(t.Context(), psav1.UpdateScheduleEntryRequest_builder{
		ScheduleEntry: new(done.GetId()), Input: psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_DONE)}.Build(), SetFields: []string{"state"},
	}.Build()); err != nil {
		t.Fatal(err)
	}
	plan(t, i, ticket, "bwalsh", hour(19), hour(20))
	plannedBy(t, sim, fmt.Sprintf(`{"type":{"id":%d},"member":{"identifier":"jokafor"},"dateStart":"2031-03-04T13:00:00Z","dateEnd":"2031-03-05T22:00:00Z"}`, timeOff(t, sim)))
	plannedBy(t, sim, fmt.Sprintf(`{"type":{"id":4},"objectId":%s,"member":{"identifier":"jokafor"}}`, ticket))

	// Monday, the 3rd, to the Sunday on which the clocks go forward, and the Monday
	// after.
	a := whenAvailable(t, i, hour(0), hour(8*24))
	if got, want := spans(a.GetWorking()), []string{
		"03-03T13:00Z 03-03T22:00Z", "03-04T13:00Z 03-04T22:00Z", "03-05T13:00Z 03-05T22:00Z",
		"03-07T13:00Z 03-07T17:00Z", "03-09T12:00Z 03-09T13:00Z", "03-10T12:00Z 03-10T21:00Z",
	}; !slices.Equal(got, want) {
		t.Errorf("working %q, want %q", got, want)
	}
	if got, want := spans(a.GetTimeOff()), []string{
		"03-04T13:00Z 03-05T22:00Z", "03-06T05:00Z 03-07T05:00Z Test Day", "03-07T17:00Z 03-07T22:00Z Short Day",
	}; !slices.Equal(got, want) {
		t.Errorf("time off %q, want %q", got, want)
	}
	if got, want := spans(a.GetBusy()), []string{"03-03T15:00Z 03-03T16:00Z #" + ticket}; !slices.Equal(got, want) {
		t.Errorf("busy %q, want %q", got, want)
	}
	wantConfidence(t, a, exact, exact, exact)
	if a.GetTimeZone() != "America/New_York" || a.GetTechnician().GetName() != "Joy Okafor" || a.GetBusy()[0].GetLabel() == "" {
		t.Errorf("%v", a)
	}
	// What is kept costs nothing again.
	ctx, c := counted(t)
	if _, err := i.GetAvailability(ctx, psav1.GetAvailabilityRequest_builder{Technician: new(joy), From: stamp(hour(14)), To: stamp(hour(15))}.Build()); err != nil || c.VendorRequests() != 1 {
		t.Errorf("%d requests, %v", c.VendorRequests(), err)
	}
	one, err := i.GetTechnician(t.Context(), psav1.GetTechnicianRequest_builder{Technician: new(joy)}.Build())
	if err != nil || one.GetTechnician().GetTimeZone() != "America/New_York" {
		t.Errorf("technician %v, %v", one, err)
	}
	for what, id := range map[string]string{"nobody": "99999999", "a program": "150", "no id": "joy"} {
		_, err := i.GetAvailability(t.Context(), psav1.GetAvailabilityRequest_builder{Technician: &id, From: stamp(hour(0)), To: stamp(hour(1))}.Build())
		if fault.CodeOf(err) != fault.CodeNotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, to := range []time.Time{hour(0), hour(63 * 24)} {
		_, err := i.GetAvailability(t.Context(), psav1.GetAvailabilityRequest_builder{Technician: new(joy), From: stamp(hour(0)), To: stamp(to)}.Build())
		wantFault(t, err, fault.CodeInvalidArgument)
	}
}

func TestAvailabilityThatIsNotKnown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		zone               string
		config             func(*account.Config)
		after              string // a change of the member
		fault              string // a path that the API member may not read
		working, off, busy psav1.Confidence_V
		says               string
		inZone             string
	}{
		"no calendar": {
			zone: "US Eastern", after: `[{"op":"replace","path":"calendar","value":null}]`,
			working: unknown, off: unknown, busy: exact, says: "no calendar", inZone: "America/New_York",
		},
		"a zone of the tenant's own name": {
			zone: "Branch office", working: exact, off: exact, busy: exact, says: "America/New_York", inZone: "America/New_York",
		},
		"a zone that the configuration names": {
			zone: "Branch office", config: func(c *account.Config) { c.TimeZones = map[string]string{"Branch office": "Europe/Vienna"} },
			working: exact, off: exact, busy: exact, says: "Europe/Vienna", inZone: "Europe/Vienna",
		},
		"a zone that nobody can know": {
			zone: "Branch office", fault: "*/system/timeZoneSetups*", working: unknown, off: unknown, busy: exact, says: "time_zones",
		},
		"no time zone": {
			zone: "US Eastern", after: `[{"op":"replace","path":"timeZone","value":null}]`,
			working: unknown, off: unknown, busy: exact, says: "time zone",
		},
		"calendars that cannot be read": {
			zone: "US Eastern", fault: "*/schedule/calendars*", working: unknown, off: unknown, busy: exact, says: "calendar", inZone: "America/New_York",
		},
		"holidays that cannot be read": {
			zone: "US Eastern", fault: "*/schedule/holidayLists/*", working: exact, off: unknown, busy: exact, says: "holidays", inZone: "America/New_York",
		},
		"entries that cannot be read": {
			zone: "US Eastern", fault: "*/schedule/entries*", working: exact, off: unknown, busy: unknown, says: "schedule entries cannot", inZone: "America/New_York",
		},
		"types that cannot be read": {
			zone: "US Eastern", fault: "*/schedule/types*", working: exact, off: unknown, busy: exact, says: "types of schedule entries", inZone: "America/New_York",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := startSimulator(t)
			giveCalendar(t, sim, test.zone)
			if test.after != "" {
				asAdmin(t, sim, "PATCH", "/system/members/"+joy, test.after)
			}
			config := configFor(sim.URL)
			if test.config != nil {
				test.config(&config)
			}
			i, err := connect(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(i.Close)
			if test.fault != "" {
				admin(t, sim, "POST", "faults", fmt.Sprintf(`{"match":{"method":"GET","path":%q},"fault":"status","status":403}`, test.fault), nil)
			}
			a := whenAvailable(t, i, hour(0), hour(24))
			wantConfidence(t, a, test.working, test.off, test.busy)
			if !strings.Contains(strings.Join(a.GetSources(), "\n"), test.says) || a.GetTimeZone() != test.inZone {
				t.Errorf("zone %q, from %q", a.GetTimeZone(), a.GetSources())
			}
			if test.working == unknown && len(a.GetWorking()) != 0 || test.working == exact && len(a.GetWorking()) != 1 {
				t.Errorf("working %v", a.GetWorking())
			}
		})
	}
}

func TestCheckOfWorkingHours(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	asAdmin(t, sim, "PATCH", "/system/members/"+joy, `[{"op":"replace","path":"calendar","value":null}]`)
	i, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	if got, findings := levels(t, i); got["working_hours"] != pluginsdk.Warning || !strings.Contains(findings["working_hours"].Message, "Joy Okafor") || strings.Contains(findings["working_hours"].Message, "Marco Reyes") {
		t.Errorf("finding %+v", findings["working_hours"])
	}
	asAdmin(t, sim, "PATCH", "/system/timeZoneSetups/1", `[{"op":"replace","path":"name","value":"Branch office"}]`)
	strange, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(strange.Close)
	// A right that is missing is asked for once, and not for each member.
	admin(t, sim, "POST", "faults", `{"match":{"method":"GET","path":"*/system/timeZoneSetups*"},"fault":"status","status":403}`, nil)
	ctx, c := counted(t)
	if resp, err := strange.ListTechnicians(ctx, psav1.ListTechniciansRequest_builder{PageSize: new(int32(200))}.Build()); err != nil || c.VendorRequests() > 4 || resp.GetTechnicians()[0].HasTimeZone() {
		t.Errorf("%d requests, %v, %v", c.VendorRequests(), resp, err)
	}
	if got, findings := levels(t, strange); got["working_hours"] != pluginsdk.Warning || !strings.Contains(findings["working_hours"].Advice, "Branch office") {
		t.Errorf("finding %+v", findings["working_hours"])
	}
}
