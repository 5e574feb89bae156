package connector

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// walk reads a whole list and returns the tickets in the order answered.
func walk(t *testing.T, i *Instance, r psav1.ListTicketsRequest_builder) []*psav1.Ticket {
	t.Helper()
	return everyRow(t, i.ListTickets, r.Build(), (*psav1.ListTicketsResponse).GetTickets)
}

// vendorIDs returns the ids of the vendor's own answer to conditions, of the lists
// given, or of both.
func vendorIDs(t *testing.T, sim *simulator.Running, conditions string, lists ...string) []string {
	t.Helper()
	if len(lists) == 0 {
		lists = []string{"service", "project"}
	}
	var all []int
	for _, list := range lists {
		var rows []struct{ ID int }
		vendor(t, sim, "GET", list+"/tickets?pageSize=1000&fields=id&conditions="+url.QueryEscape(conditions), "", &rows)
		for _, row := range rows {
			all = append(all, row.ID)
		}
	}
	slices.Sort(all)
	list := make([]string, len(all))
	for n, id := range all {
		list[n] = strconv.Itoa(id)
	}
	return list
}

func TestListWalksEveryTicketOnceInOrder(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	want := vendorIDs(t, sim, "")
	if projects := vendorIDs(t, sim, "", "project"); len(want) < 400 || len(projects) < 20 {
		t.Fatalf("the seed has %d tickets, %d of projects", len(want), len(projects))
	}
	orders := map[string]func(a, b *psav1.Ticket) bool{
		"updated_at":      func(a, b *psav1.Ticket) bool { return !a.GetUpdatedAt().AsTime().After(b.GetUpdatedAt().AsTime()) },
		"updated_at desc": func(a, b *psav1.Ticket) bool { return !a.GetUpdatedAt().AsTime().Before(b.GetUpdatedAt().AsTime()) },
		"id": func(a, b *psav1.Ticket) bool {
			return len(a.GetId()) < len(b.GetId()) || len(a.GetId()) == len(b.GetId()) && a.GetId() < b.GetId()
		},
	}
	for order, before := range orders {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			got := walk(t, i, psav1.ListTicketsRequest_builder{OrderBy: new(order), PageSize: new(int32(37))})
			for n := 1; n < len(got); n++ {
				if !before(got[n-1], got[n]) {
					t.Errorf("%s (%v) stands before %s (%v)", got[n-1].GetId(), got[n-1].GetUpdatedAt().AsTime(), got[n].GetId(), got[n].GetUpdatedAt().AsTime())
				}
			}
			list := idsOf(got)
			slices.Sort(list)
			if !slices.Equal(list, want) {
				t.Errorf("the walk has %d tickets, ConnectWise %d", len(list), len(want))
			}
		})
	}
}

func TestListLosesNothingWhileRowsChange(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	start := idsOf(walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200))}))
	seen := map[string]bool{}
	r := psav1.ListTicketsRequest_builder{PageSize: new(int32(20))}
	for page := 0; ; page++ {
		resp, err := i.ListTickets(t.Context(), r.Build())
		if err != nil {
			t.Fatal(err)
		}
		for _, ticket := range resp.GetTickets() {
			seen[ticket.GetId()] = true
		}
		if !resp.HasNextPageToken() {
			break
		}
		r.PageToken = new(resp.GetNextPageToken())
		// Rows of pages gone by move to the end: page numbers would lose as many.
		if page < 5 {
			for n := range 3 {
				for _, list := range []string{"service", "project"} { // one of them has it
					vendor(t, sim, "PATCH", list+"/tickets/"+start[page*20+n], `[{"op":"replace","path":"wbsCode","value":"`+fmt.Sprint(page)+`"}]`, nil)
				}
			}
		}
	}
	for _, id := range start {
		if !seen[id] {
			t.Errorf("ticket %s was lost", id)
		}
	}
}

func TestIncludesAreThereOrOmitted(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	plain := firstTicket(t, i, psav1.ListTicketsRequest_builder{Unassigned: new(false)})
	if plain.HasDescription() || plain.GetCustomFields() != nil || plain.GetVendor() != nil || plain.HasSla() {
		t.Error("a plain row carries parts that were not asked for")
	}
	resp, err := i.ListTickets(t.Context(), psav1.ListTicketsRequest_builder{
		PageSize: new(int32(100)), Include: []psav1.Include_V{psav1.Include_DESCRIPTION, psav1.Include_VENDOR},
	}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(resp.GetTickets()); n != 25 || !resp.HasNextPageToken() {
		t.Errorf("a page with descriptions has %d rows, want %d and more to follow", n, 25)
	}
	if slices.Contains(resp.GetOmitted(), psav1.Include_VENDOR) || !slices.Contains(resp.GetOmitted(), psav1.Include_SLA) {
		t.Errorf("omitted %v", resp.GetOmitted())
	}
	for _, ticket := range resp.GetTickets() {
		var record map[string]any
		if err := json.Unmarshal(ticket.GetVendor(), &record); err != nil || fmt.Sprint(record["id"]) != ticket.GetId() {
			t.Fatalf("ticket %s: vendor record %.60s", ticket.GetId(), ticket.GetVendor())
		}
		if !ticket.HasDescription() && ticket.GetKind() == psav1.Kind_SERVICE { // the seed's projects have no notes
			t.Errorf("ticket %s has no description", ticket.GetId())
		}
	}
	one, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: new(plain.GetId())}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if one.GetTicket().GetEtag() != plain.GetEtag() {
		t.Errorf("etag of the row %s, of the ticket %s", plain.GetEtag(), one.GetTicket().GetEtag())
	}
	if !slices.Equal(one.GetOmitted(), []psav1.Include_V{psav1.Include_VENDOR}) || !one.GetTicket().HasDescription() {
		t.Errorf("a Get omits %v", one.GetOmitted())
	}
}

func TestGetOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	for _, id := range []string{"99999999", "abc", "-1", "1/../2", "007"} {
		_, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
		wantFault(t, err, fault.CodeNotFound)
	}
}
