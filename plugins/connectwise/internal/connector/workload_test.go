package connector

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func TestWorkload(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ctx, c := counted(t)
	resp, err := i.ListWorkloads(ctx, psav1.ListWorkloadsRequest_builder{PageSize: new(int32(200))}.Build())
	if err != nil {
		t.Fatal(err)
	}
	cold := c.VendorRequests()
	if cold > 8 {
		t.Errorf("%d requests cold", cold)
	}
	if _, err = i.ListWorkloads(ctx, psav1.ListWorkloadsRequest_builder{PageSize: new(int32(200))}.Build()); err != nil || c.VendorRequests()-cold != 3 {
		t.Errorf("%d requests warm, %v", c.VendorRequests()-cold, err)
	}
	var technicians psav1.ListTechniciansRequest_builder
	technicians.Active, technicians.PageSize = new(true), new(int32(200))
	known, err := i.ListTechnicians(t.Context(), technicians.Build())
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, technician := range known.GetTechnicians() {
		want = append(want, technician.GetId())
	}
	some := false
	for _, w := range resp.GetWorkloads() {
		id := w.GetTechnician().GetId()
		got = append(got, id)
		var sum int32
		categories := map[psav1.Category_V]bool{}
		for _, n := range w.GetOpen() {
			sum += n.GetCount()
			categories[n.GetCategory()] = true
		}
		var service, project struct{ Count int32 }
		where := "/count?conditions=" + url.QueryEscape("closedFlag=false and owner/id="+id)
		vendor(t, sim, "GET", "service/tickets"+where, "", &service)
		vendor(t, sim, "GET", "project/tickets"+where, "", &project)
		if sum != service.Count+project.Count || len(categories) != 5 {
			t.Errorf("%s has %v, and ConnectWise counts %d and %d", w.GetTechnician().GetName(), w.GetOpen(), service.Count, project.Count)
		}
		some = some || sum > 0
	}
	if !slices.Equal(got, want) || !some {
		t.Errorf("technicians %v, want %v", got, want)
	}
	// By category, and by queue, as the list of tickets tells.
	busy := resp.GetWorkloads()[slices.IndexFunc(resp.GetWorkloads(), func(w *psav1.Workload) bool {
		return slices.ContainsFunc(w.GetOpen(), func(n *psav1.CategoryCount) bool { return n.GetCount() > 1 })
	})].GetTechnician()
	one, err := i.ListWorkloads(t.Context(), psav1.ListWorkloadsRequest_builder{Technician: []string{busy.GetName()}, Queue: []string{"Service Desk"}}.Build())
	if err != nil || len(one.GetWorkloads()) != 1 {
		t.Fatalf("got %v, %v", one, err)
	}
	for _, n := range one.GetWorkloads()[0].GetOpen() {
		tickets, err := i.ListTickets(t.Context(), psav1.ListTicketsRequest_builder{
			Owner: []string{"id:" + busy.GetId()}, Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{n.GetCategory()}, PageSize: new(int32(200)),
		}.Build())
		if err != nil || len(tickets.GetTickets()) != int(n.GetCount()) {
			t.Errorf("%s: counted %d, listed %d, %v", n.GetCategory(), n.GetCount(), len(tickets.GetTickets()), err)
		}
	}
	_, err = i.ListWorkloads(t.Context(), psav1.ListWorkloadsRequest_builder{Technician: []string{"nobody"}, Queue: []string{"nowhere"}}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); len(e.Violations) != 2 {
		t.Errorf("violations %v", e.Violations)
	}
}

func TestWorkloadOfPlannedTime(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	giveCalendar(t, sim, "US Eastern")
	i, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	ticket := quietTicket(t, i, sim).GetId()
	plan(t, i, ticket, "jokafor", hour(15), hour(17))
	plan(t, i, ticket, "jokafor", hour(23), hour(25)) // half of it within the first day
	plannedBy(t, sim, fmt.Sprintf(`{"type":{"id":%d},"member":{"identifier":"jokafor"},"dateStart":"2031-03-03T13:00:00Z","dateEnd":"2031-03-03T15:00:00Z"}`, timeOff(t, sim)))
	now := planDay
	i.account.Now = func() time.Time { return now }
	of := func(r psav1.ListWorkloadsRequest_builder) *psav1.Workload {
		t.Helper()
		r.Technician = []string{"jokafor"}
		resp, err := i.ListWorkloads(t.Context(), r.Build())
		if err != nil || len(resp.GetWorkloads()) != 1 {
			t.Fatalf("got %v, %v", resp, err)
		}
		return resp.GetWorkloads()[0]
	}
	// A day of nine hours, two of them off; then a week that begins now, with a
	// holiday, half a day, an hour on Sunday, and eight hours a day at most.
	if w := of(psav1.ListWorkloadsRequest_builder{To: stamp(hour(24))}); w.GetScheduledSeconds() != 3*3600 || w.GetCapacitySeconds() != 7*3600 || !w.GetAsOf().AsTime().Equal(now) {
		t.Errorf("a day: %v", w)
	}
	if w := of(psav1.ListWorkloadsRequest_builder{}); w.GetScheduledSeconds() != 4*3600 || w.GetCapacitySeconds() != (7+8+8+4+1)*3600 {
		t.Errorf("a week: %v", w)
	}
	if w := of(psav1.ListWorkloadsRequest_builder{From: stamp(hour(-24)), To: stamp(hour(0))}); w.GetScheduledSeconds() != 0 || w.GetCapacitySeconds() != 3600 {
		t.Errorf("a Sunday: %v", w)
	}
	asAdmin(t, sim, "PATCH", "/system/members/"+joy, `[{"op":"replace","path":"calendar","value":null}]`)
	fresh, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fresh.Close)
	resp, err := fresh.ListWorkloads(t.Context(), psav1.ListWorkloadsRequest_builder{Technician: []string{"jokafor"}}.Build())
	if err != nil || resp.GetWorkloads()[0].HasCapacitySeconds() || !resp.GetWorkloads()[0].HasScheduledSeconds() {
		t.Errorf("without a calendar: %v, %v", resp, err)
	}
	for _, r := range []psav1.ListWorkloadsRequest_builder{{To: stamp(hour(-1))}, {From: stamp(hour(0)), To: stamp(hour(63 * 24))}} {
		_, err := i.ListWorkloads(t.Context(), r.Build())
		wantFault(t, err, fault.CodeInvalidArgument)
	}
}

// A calendar that cannot be read costs no request for each technician.
func TestWorkloadWithoutRights(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	for _, path := range []string{"*/schedule/calendars*", "*/schedule/types*"} {
		admin(t, sim, "POST", "faults", fmt.Sprintf(`{"match":{"method":"GET","path":%q},"fault":"status","status":403}`, path), nil)
	}
	ctx, c := counted(t)
	for range 2 {
		resp, err := i.ListWorkloads(ctx, psav1.ListWorkloadsRequest_builder{}.Build())
		if err != nil || len(resp.GetWorkloads()) < 5 || resp.GetWorkloads()[0].HasCapacitySeconds() {
			t.Errorf("got %v, %v", resp, err)
		}
	}
	if c.VendorRequests() > 9 { // three each time, and the two tables in their two forms
		t.Errorf("%d requests", c.VendorRequests())
	}
}

// The pages of one walk tell of one span, whatever the clock says by then.
func TestWorkloadPages(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	technicians := []string{"bwalsh", "cdubois", "jokafor"}
	for _, technician := range technicians {
		plan(t, i, ticket, technician, hour(1), hour(2))
	}
	now := planDay.Add(-7*24*time.Hour + 2*time.Hour)
	i.account.Now = func() time.Time { return now }
	r := psav1.ListWorkloadsRequest_builder{Technician: technicians, PageSize: new(int32(2))}
	var ids []string
	for {
		resp, err := i.ListWorkloads(t.Context(), r.Build())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range resp.GetWorkloads() {
			ids = append(ids, w.GetTechnician().GetId())
			if w.GetScheduledSeconds() != 3600 {
				t.Errorf("%s: %d seconds", w.GetTechnician().GetName(), w.GetScheduledSeconds())
			}
		}
		if !resp.HasNextPageToken() {
			break
		}
		r.PageToken = new(resp.GetNextPageToken())
		now = now.Add(30 * 24 * time.Hour)
	}
	numbers := []int{}
	for _, id := range ids {
		n, err := strconv.Atoi(id)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	if len(ids) != 3 || !slices.IsSorted(numbers) {
		t.Errorf("technicians %v", ids)
	}
}
