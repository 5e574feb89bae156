package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func TestHistory(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := newTicket(t, i)
	id := ticket.GetId()
	for _, title := range []string{"one", "two", "three"} {
		if _, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{Ticket: &id, Input: psav1.Ticket_builder{Title: &title}.Build(), SetFields: []string{"title"}}.Build()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := i.TransitionTicket(t.Context(), psav1.TransitionTicketRequest_builder{Ticket: &id, To: to(psav1.Category_CLOSED)}.Build()); err != nil {
		t.Fatal(err)
	}
	var trail []struct{ Text, EnteredBy string }
	vendor(t, sim, "GET", "system/audittrail?type=Ticket&id="+id+"&pageSize=1000", "", &trail)
	if len(trail) < 3 {
		t.Fatalf("the trail holds %v, so that the test says nothing", trail)
	}
	ctx, count := counted(t)
	resp, err := i.ListTicketHistory(ctx, psav1.ListTicketHistoryRequest_builder{Ticket: &id}.Build())
	if err != nil || len(resp.GetHistory()) != len(trail) || resp.HasNextPageToken() || count.VendorRequests() != 1 {
		t.Fatalf("%d requests, %v, %v", count.VendorRequests(), resp, err)
	}
	texts := func(list []*psav1.HistoryEntry) (all []string) {
		for n, e := range list {
			if e.GetText() == "" || !e.HasAt() || e.GetActor().GetName() == "" || e.GetKind() == "" || e.HasField() || e.HasFrom() || e.HasTo() {
				t.Errorf("entry %v", e)
			}
			if n > 0 && e.GetAt().AsTime().Before(list[n-1].GetAt().AsTime()) {
				t.Errorf("%v is older than the one before", e)
			}
			all = append(all, e.GetText())
		}
		return all
	}
	whole := texts(resp.GetHistory())
	var want []string
	for _, line := range trail {
		want = append(want, strings.ReplaceAll(line.Text, "\r\n", "\n"))
	}
	slices.Sort(want)
	if got := slices.Sorted(slices.Values(whole)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}

	// By pages while the ticket goes on changing: what was there is there once.
	var paged []string
	page := psav1.ListTicketHistoryRequest_builder{Ticket: &id, PageSize: new(int32(1))}
	for n := 0; ; n++ {
		resp, err := i.ListTicketHistory(t.Context(), page.Build())
		if err != nil {
			t.Fatal(err)
		}
		paged = append(paged, texts(resp.GetHistory())...)
		if n < 3 {
			vendor(t, sim, "PATCH", "service/tickets/"+id, `[{"op":"replace","path":"summary","value":"`+strings.Repeat("x", n+1)+`"}]`, nil)
		}
		if !resp.HasNextPageToken() {
			break
		}
		page.PageToken = new(resp.GetNextPageToken())
	}
	if !slices.Equal(paged[:min(len(paged), len(whole))], whole) {
		t.Errorf("by pages %q, at once %q", paged, whole)
	}
	_, err = i.ListTicketHistory(t.Context(), psav1.ListTicketHistoryRequest_builder{Ticket: new("99999999")}.Build())
	wantFault(t, err, fault.CodeNotFound)
	_, err = i.ListTicketHistory(t.Context(), psav1.ListTicketHistoryRequest_builder{Ticket: &id, PageToken: new("x")}.Build())
	wantFault(t, err, fault.CodeInvalidArgument)
}

func TestHistoryOfProjectTickets(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := aProjectTicket(t, i).GetId()
	vendor(t, sim, "PATCH", "project/tickets/"+id, `[{"op":"replace","path":"summary","value":"changed"}]`, nil)
	fresh, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	for _, instance := range []*Instance{i, fresh} { // one knows the kind, one does not
		resp, err := instance.ListTicketHistory(t.Context(), psav1.ListTicketHistoryRequest_builder{Ticket: &id}.Build())
		if err != nil || len(resp.GetHistory()) == 0 || !strings.Contains(resp.GetHistory()[len(resp.GetHistory())-1].GetText(), "changed") {
			t.Errorf("%v, %v", resp, err)
		}
	}
}
