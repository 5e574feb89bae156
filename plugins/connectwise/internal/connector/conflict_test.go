package connector

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

var acceptConflict = psav1.WriteOptions_builder{Accept: []string{"schedule_conflict"}}.Build()

// wantConfirmation fails the test unless err asks to accept an overlap.
func wantConfirmation(t *testing.T, err error) string {
	t.Helper()
	e := wantFault(t, err, fault.CodeFailedPrecondition)
	if e.Reason != fault.ReasonConfirmationRequired || len(e.Confirmations) != 1 || e.Confirmations[0].Code != "schedule_conflict" {
		t.Fatalf("fault %+v", e)
	}
	return e.Confirmations[0].Text
}

// allowed returns what the writes of schedule entries said about overlaps.
func allowed(t *testing.T, sim *simulator.Running) []string {
	t.Helper()
	var seen []struct {
		Method, Path string
		Body         json.RawMessage
	}
	admin(t, sim, "GET", "requests", "", &seen)
	var list []string
	for _, r := range seen {
		if r.Method == "GET" || !strings.Contains(r.Path, "/schedule/entries") {
			continue
		}
		text := strings.Map(func(c rune) rune {
			if c == ' ' || c == '\\' {
				return -1
			}
			return c
		}, string(r.Body))
		switch {
		case strings.Contains(text, `allowScheduleConflictsFlag":true`), strings.Contains(text, `allowScheduleConflictsFlag","value":true`):
			list = append(list, r.Method+" allowed")
		case strings.Contains(text, `allowScheduleConflictsFlag":false`), strings.Contains(text, `allowScheduleConflictsFlag","value":false`):
			list = append(list, r.Method+" forbidden")
		default:
			list = append(list, r.Method+" unsaid")
		}
	}
	return list
}

func TestOverlapsAreConfirmed(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	first := plan(t, i, ticket, "bwalsh", hour(9), hour(11)).GetScheduleEntry()
	plan(t, i, ticket, "bwalsh", hour(11), hour(12)) // one after the other is no overlap
	admin(t, sim, "DELETE", "requests", "", nil)
	request := psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
		Ticket: refByID(ticket), Technician: ref("bwalsh"), Start: stamp(hour(10)), End: stamp(hour(12)),
	}.Build()}
	_, err := i.CreateScheduleEntry(t.Context(), request.Build())
	text := wantConfirmation(t, err)
	for _, part := range []string{"Brendan Walsh", first.GetTitle(), "2031-03-03T09:00:00Z", "2031-03-03T11:00:00Z", "2031-03-03T12:00:00Z"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not say %q", text, part)
		}
	}
	_, err = i.CreateScheduleEntry(dry(t), request.Build())
	wantConfirmation(t, err)
	if sent := writes(t, sim); len(sent) != 0 {
		t.Fatalf("sent %v", sent)
	}
	request.Options = psav1.WriteOptions_builder{Accept: []string{"something_else"}}.Build()
	_, err = i.CreateScheduleEntry(t.Context(), request.Build())
	wantConfirmation(t, err)
	request.Options = acceptConflict
	ctx, c := counted(t)
	both, err := i.CreateScheduleEntry(ctx, request.Build())
	if err != nil || both.GetReceipt().GetOutcome() != applied || c.VendorRequests() != 2 {
		t.Fatalf("receipt %v, %d requests, %v", both.GetReceipt(), c.VendorRequests(), err)
	}
	if got := allowed(t, sim); !slices.Equal(got, []string{"POST allowed"}) {
		t.Errorf("sent %v", got)
	}

	// A move is asked about where it goes, not where it comes from.
	late := plan(t, i, ticket, "bwalsh", hour(14), hour(15)).GetScheduleEntry().GetId()
	admin(t, sim, "DELETE", "requests", "", nil)
	move := psav1.UpdateScheduleEntryRequest_builder{
		ScheduleEntry: &late, Input: psav1.ScheduleEntry_builder{Start: stamp(hour(11)), State: new(psav1.ScheduleState_TENTATIVE)}.Build(), SetFields: []string{"start"},
	}
	_, err = i.UpdateScheduleEntry(t.Context(), move.Build())
	wantConfirmation(t, err)
	move.Input.SetStart(stamp(hour(13)))
	if _, err := i.UpdateScheduleEntry(t.Context(), move.Build()); err != nil {
		t.Error(err)
	}
	move.Input.SetStart(stamp(hour(11)))
	move.Options = acceptConflict
	if _, err := i.UpdateScheduleEntry(t.Context(), move.Build()); err != nil {
		t.Error(err)
	}
	// What does not move is not asked about, although it overlaps now.
	move.Options, move.SetFields = nil, []string{"state"}
	if _, err := i.UpdateScheduleEntry(t.Context(), move.Build()); err != nil {
		t.Error(err)
	}
	if got := allowed(t, sim); !slices.Equal(got, []string{"PATCH forbidden", "PATCH allowed", "PATCH unsaid"}) {
		t.Errorf("sent %v", got)
	}

	// Work that is done leaves the time free.
	done := psav1.UpdateScheduleEntryRequest_builder{
		ScheduleEntry: new(first.GetId()), Input: psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_DONE)}.Build(), SetFields: []string{"state"},
	}
	if _, err := i.UpdateScheduleEntry(t.Context(), done.Build()); err != nil {
		t.Fatal(err)
	}
	plan(t, i, ticket, "bwalsh", hour(9), hour(10))
}

// Where the connector cannot see the other entry, ConnectWise itself refuses.
func TestOverlapsThatOnlyConnectWiseSees(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	plan(t, i, ticket, "bwalsh", hour(9), hour(11))
	blind := func() {
		admin(t, sim, "POST", "faults", `{"match":{"method":"GET","path":"*/schedule/entries"},"fault":"status","status":403,"times":1}`, nil)
	}
	request := psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
		Ticket: refByID(ticket), Technician: ref("bwalsh"), Start: stamp(hour(10)), End: stamp(hour(12)),
	}.Build()}
	blind()
	_, err := i.CreateScheduleEntry(t.Context(), request.Build())
	wantConfirmation(t, err)
	if e := fault.From(err); e.Vendor == nil || e.Vendor.Status < 400 {
		t.Errorf("vendor %+v", e.Vendor)
	}
	late := plan(t, i, ticket, "bwalsh", hour(14), hour(15)).GetScheduleEntry().GetId()
	blind()
	_, err = i.UpdateScheduleEntry(t.Context(), psav1.UpdateScheduleEntryRequest_builder{
		ScheduleEntry: &late, Input: psav1.ScheduleEntry_builder{Start: stamp(hour(10)), End: stamp(hour(11))}.Build(), SetFields: []string{"start", "end"},
	}.Build())
	wantConfirmation(t, err)
	if held := vendorEntries(t, sim, ticket); len(held) != 2 {
		t.Errorf("ConnectWise holds %+v", held)
	}
}
