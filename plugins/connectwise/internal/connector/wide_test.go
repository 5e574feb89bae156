package connector

import (
	"slices"
	"strconv"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

func TestListTooWideForTheServerIsReadInParts(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	want := idsOf(walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(60))})[:60])
	// The three tries of one request.
	admin(t, sim, "POST", "faults", `{"match":{"path":"*/service/tickets"},"fault":"status","status":500,"times":3,
		"body":{"code":"ConnectWiseApi","message":"A timeout has occured. Please try again."}}`, nil)
	resp, err := i.ListTickets(t.Context(), psav1.ListTicketsRequest_builder{PageSize: new(int32(60))}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if got := idsOf(resp.GetTickets()); !slices.Equal(got, want) {
		t.Errorf("got %d tickets, want the same %d", len(got), len(want))
	}
}

func TestQueryTooLongForAURLIsPosted(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	var some []int
	for n, id := range idsOf(walk(t, i, psav1.ListTicketsRequest_builder{OrderBy: new("id"), PageSize: new(int32(200))})) {
		if n%2 == 0 {
			number, err := strconv.Atoi(id)
			if err != nil {
				t.Fatal(err)
			}
			some = append(some, number)
		}
	}
	// Twice over, so that it is too long for sure.
	q := api.Query{Conditions: api.In("id", append(slices.Clone(some), some...)), OrderBy: "id asc", PageSize: 1000}
	admin(t, sim, "DELETE", "requests", "", nil)
	rows, err := api.Search[api.Ticket](t.Context(), i.account.API, "service/tickets", q)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, row := range rows {
		got = append(got, row.ID)
	}
	if !slices.Equal(got, some) {
		t.Errorf("got %d tickets, want %d", len(got), len(some))
	}
	var seen []struct{ Method, Path string }
	admin(t, sim, "GET", "requests", "", &seen)
	if len(seen) != 1 || seen[0].Method != "POST" {
		t.Errorf("requests %+v", seen)
	}
}
