package connector

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// sameJSON compares two texts as JSON.
func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal([]byte(a), &x), json.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatalf("%v in %.300s and %.300s", err, a, b)
	}
	return reflect.DeepEqual(x, y)
}

// walkTime lists every page. between runs after each page, with its number.
func walkTime(t *testing.T, i *Instance, b psav1.ListTimeEntriesRequest_builder, between func(page int)) []*psav1.TimeEntry {
	t.Helper()
	var all []*psav1.TimeEntry
	for page := 1; ; page++ {
		resp, err := i.ListTimeEntries(t.Context(), b.Build())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, resp.GetTimeEntries()...)
		if !resp.HasNextPageToken() {
			return all
		}
		b.PageToken = new(resp.GetNextPageToken())
		if between != nil {
			between(page)
		}
	}
}

func bookedIDs(entries []*psav1.TimeEntry) []string {
	list := idsOf(entries)
	slices.Sort(list)
	return list
}

func TestFiltersOfTime(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	all := slices.DeleteFunc(bookedEntries(t, sim, ""), func(b booked) bool { return b.ChargeToType != "ServiceTicket" && b.ChargeToType != "ProjectTicket" })
	if len(all) < 100 {
		t.Fatalf("the seed has %d entries", len(all))
	}
	slices.SortFunc(all, func(a, b booked) int { return a.ID - b.ID })
	middle := all[len(all)/2]
	parse := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	begun, changed := parse(middle.TimeStart), parse(middle.Info.LastUpdated)
	half := begun.Add(time.Second / 2)
	tickets := []string{strconv.Itoa(all[0].ChargeToID), strconv.Itoa(middle.ChargeToID)}
	tests := map[string]struct {
		ask  psav1.ListTimeEntriesRequest_builder
		keep func(booked) bool
	}{
		"all":             {psav1.ListTimeEntriesRequest_builder{}, func(booked) bool { return true }},
		"ticket":          {psav1.ListTimeEntriesRequest_builder{Ticket: tickets[1:]}, func(b booked) bool { return b.ChargeToID == middle.ChargeToID }},
		"tickets":         {psav1.ListTimeEntriesRequest_builder{Ticket: append(tickets, "nonsense")}, func(b booked) bool { return b.ChargeToID == middle.ChargeToID || b.ChargeToID == all[0].ChargeToID }},
		"no ticket":       {psav1.ListTimeEntriesRequest_builder{Ticket: []string{"nonsense"}}, func(booked) bool { return false }},
		"technician":      {psav1.ListTimeEntriesRequest_builder{Technician: []string{"jokafor"}}, func(b booked) bool { return b.Member.Identifier == "jokafor" }},
		"technicians":     {psav1.ListTimeEntriesRequest_builder{Technician: []string{"Joy Okafor", "id:153"}}, func(b booked) bool { return b.Member.Identifier == "jokafor" || b.Member.ID == 153 }},
		"worked from":     {psav1.ListTimeEntriesRequest_builder{WorkedFrom: timestamppb.New(begun)}, func(b booked) bool { return !parse(b.TimeStart).Before(begun) }},
		"worked to":       {psav1.ListTimeEntriesRequest_builder{WorkedTo: timestamppb.New(begun)}, func(b booked) bool { return parse(b.TimeStart).Before(begun) }},
		"from a fraction": {psav1.ListTimeEntriesRequest_builder{WorkedFrom: timestamppb.New(half)}, func(b booked) bool { return parse(b.TimeStart).After(half) }},
		"to a fraction":   {psav1.ListTimeEntriesRequest_builder{WorkedTo: timestamppb.New(half)}, func(b booked) bool { return parse(b.TimeStart).Before(half) }},
		"updated since":   {psav1.ListTimeEntriesRequest_builder{UpdatedSince: timestamppb.New(changed)}, func(b booked) bool { return !parse(b.Info.LastUpdated).Before(changed) }},
		"several together": {psav1.ListTimeEntriesRequest_builder{Technician: []string{middle.Member.Identifier}, Ticket: tickets, WorkedFrom: timestamppb.New(begun)}, func(b booked) bool {
			return b.Member.ID == middle.Member.ID && (b.ChargeToID == middle.ChargeToID || b.ChargeToID == all[0].ChargeToID) && !parse(b.TimeStart).Before(begun)
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			for _, b := range all {
				if test.keep(b) {
					want = append(want, strconv.Itoa(b.ID))
				}
			}
			slices.Sort(want)
			test.ask.PageSize = new(int32(200))
			got := walkTime(t, i, test.ask, nil)
			if !slices.Equal(bookedIDs(got), want) {
				t.Errorf("got %d entries, want %d", len(got), len(want))
			}
			if name == "all" && !slices.IsSortedFunc(got, func(a, b *psav1.TimeEntry) int { return a.GetUpdatedAt().AsTime().Compare(b.GetUpdatedAt().AsTime()) }) {
				t.Error("they are not in the order of their last change")
			}
		})
	}
	_, err := i.ListTimeEntries(t.Context(), psav1.ListTimeEntriesRequest_builder{Technician: []string{"Nobody"}}.Build())
	wantFault(t, err, fault.CodeInvalidArgument)
	_, err = i.ListTimeEntries(t.Context(), psav1.ListTimeEntriesRequest_builder{WorkedFrom: timestamppb.New(half), WorkedTo: timestamppb.New(begun)}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "worked_to" {
		t.Errorf("fault %v", e)
	}
	_, err = i.ListTimeEntries(t.Context(), psav1.ListTimeEntriesRequest_builder{PageToken: new("nonsense")}.Build())
	wantFault(t, err, fault.CodeInvalidArgument)
}

// TestNoTimeIsLostWhilePagesAreWalked changes entries under the walk: those that
// were there and those that change are all seen.
func TestNoTimeIsLostWhilePagesAreWalked(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	entry := anEntry(t, i)
	open := bookedEntries(t, sim, `conditions=status="Open"+and+chargeToType="ServiceTicket"`)
	before := walkTime(t, i, psav1.ListTimeEntriesRequest_builder{PageSize: new(int32(200))}, nil)
	seen := map[string]bool{}
	for _, e := range walkTime(t, i, psav1.ListTimeEntriesRequest_builder{PageSize: new(int32(37))}, func(page int) {
		// Each change puts an entry at the end of the order.
		changed := open[page%len(open)].ID
		admin(t, sim, "POST", "clock", `{"advance":"1s"}`, nil)
		vendor(t, sim, "PATCH", fmt.Sprintf("time/entries/%d", changed), fmt.Sprintf(`[{"op":"replace","path":"notes","value":"page %d"},{"op":"replace","path":"billableOption","value":"Billable"}]`, page), nil)
	}) {
		seen[e.GetId()] = true
	}
	for _, e := range before {
		if !seen[e.GetId()] {
			t.Errorf("entry %s is lost", e.GetId())
		}
	}
	if !seen[entry.GetId()] {
		t.Error("the newest entry is lost")
	}
}

func TestPagesOfTimeCostOneRequestEach(t *testing.T) {
	t.Parallel()
	i, _ := openAtNoon(t, nil)
	ctx, calls := counted(t)
	list, err := i.ListTimeEntries(ctx, psav1.ListTimeEntriesRequest_builder{PageSize: new(int32(50))}.Build())
	if err != nil || len(list.GetTimeEntries()) != 50 || calls.VendorRequests() != 1 {
		t.Fatalf("%d entries, %v, for %d requests", len(list.GetTimeEntries()), err, calls.VendorRequests())
	}
	if !slices.Equal(list.GetOmitted(), []psav1.Include_V{psav1.Include_CUSTOM_FIELDS, psav1.Include_VENDOR}) {
		t.Errorf("omitted %v", list.GetOmitted())
	}
	first := list.GetTimeEntries()[0]
	one, err := i.GetTimeEntry(t.Context(), psav1.GetTimeEntryRequest_builder{TimeEntry: new(first.GetId()), Include: []psav1.Include_V{psav1.Include_VENDOR}}.Build())
	if err != nil || one.GetTimeEntry().GetEtag() != first.GetEtag() || first.GetEtag() == "" || len(one.GetTimeEntry().GetVendor()) == 0 || len(one.GetOmitted()) > 0 {
		t.Errorf("a list and a Get differ: %v, %v", one, err)
	}
	whole, err := i.ListTimeEntries(t.Context(), psav1.ListTimeEntriesRequest_builder{
		PageSize: new(int32(1)), Include: []psav1.Include_V{psav1.Include_CUSTOM_FIELDS, psav1.Include_VENDOR},
	}.Build())
	if err != nil || len(whole.GetOmitted()) > 0 || whole.GetTimeEntries()[0].GetEtag() != first.GetEtag() || len(whole.GetTimeEntries()[0].GetVendor()) == 0 {
		t.Errorf("got %v, %v", whole, err)
	}
}

func TestListsOfWork(t *testing.T) {
	t.Parallel()
	i, _ := openAtNoon(t, nil)
	types, err := i.ListWorkTypes(t.Context(), &psav1.ListWorkTypesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	n := slices.IndexFunc(types.GetWorkTypes(), func(w *psav1.WorkType) bool { return w.GetIsDefault() })
	if len(types.GetWorkTypes()) < 4 || n < 0 || types.GetWorkTypes()[n].GetName() != "Regular" || types.GetWorkTypes()[n].GetBillingDefault() != psav1.Billing_BILLABLE || !types.GetWorkTypes()[n].GetActive() {
		t.Errorf("work types %v", types.GetWorkTypes())
	}
	roles := func(technician string) (names []string, own string, err error) {
		b := psav1.ListWorkRolesRequest_builder{}
		if technician != "" {
			b.Technician = &technician
		}
		resp, err := i.ListWorkRoles(t.Context(), b.Build())
		for _, w := range resp.GetWorkRoles() {
			names = append(names, w.GetName())
			if w.GetIsDefault() {
				own += w.GetName()
			}
		}
		return names, own, err
	}
	for technician, want := range map[string]struct {
		harbor bool
		own    string
		none   bool
	}{
		"":             {harbor: true},
		"Joy Okafor":   {own: "Systems Engineer"},
		"id:154":       {own: "Systems Engineer"},
		seed.APIMember: {none: true},
	} {
		names, own, err := roles(technician)
		if err != nil || own != want.own || slices.Contains(names, "Harbor Technician") != want.harbor || (len(names) == 0) != want.none || !want.none && !slices.Contains(names, "Field Technician") {
			t.Errorf("%q: %v, by default %q, %v", technician, names, own, err)
		}
	}
	names, _, err := roles("id:154")
	if err != nil {
		t.Fatal(err)
	}
	joy, err := i.GetTechnician(t.Context(), psav1.GetTechnicianRequest_builder{Technician: new("154")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, r := range joy.GetTechnician().GetWorkRoles() {
		shown = append(shown, r.GetName())
	}
	if !slices.Equal(shown, names) {
		t.Errorf("the technician's record has the roles %v, the catalogue %v", shown, names)
	}
	_, _, err = roles("Nobody")
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "technician" {
		t.Errorf("fault %v", e)
	}
}
