package connector

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// walk reads a whole list and returns the tickets in the order answered.
func walk(t *testing.T, i *Instance, r psav1.ListTicketsRequest_builder) []*psav1.Ticket {
	t.Helper()
	var all []*psav1.Ticket
	for range 1000 {
		resp, err := i.ListTickets(t.Context(), r.Build())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, resp.GetTickets()...)
		if !resp.HasNextPageToken() {
			return all
		}
		r.PageToken = new(resp.GetNextPageToken())
	}
	t.Fatal("the list does not end")
	return nil
}

func ids(tickets []*psav1.Ticket) []string {
	list := make([]string, len(tickets))
	for n, ticket := range tickets {
		list[n] = ticket.GetId()
	}
	return list
}

// vendorIDs returns the ids of the vendor's own answer to conditions.
func vendorIDs(t *testing.T, sim string, conditions string, get func(path string, into any)) []string {
	t.Helper()
	var rows []struct {
		ID int `json:"id"`
	}
	get("service/tickets?pageSize=1000&fields=id&orderBy=id%20asc&conditions="+conditions, &rows)
	list := make([]string, len(rows))
	for n, row := range rows {
		list[n] = strconv.Itoa(row.ID)
	}
	return list
}

func TestListWalksEveryTicketOnceInOrder(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	want := vendorIDs(t, sim.URL, "", func(path string, into any) { vendor(t, sim, "GET", path, "", into) })
	if len(want) < 400 {
		t.Fatalf("the seed has %d service tickets", len(want))
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
			list := ids(got)
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
	start := ids(walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200))}))
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
				vendor(t, sim, "PATCH", "service/tickets/"+start[page*20+n], `[{"op":"replace","path":"poNumber","value":"`+fmt.Sprint(page)+`"}]`, nil)
			}
		}
	}
	for _, id := range start {
		if !seen[id] {
			t.Errorf("ticket %s was lost", id)
		}
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	get := func(path string, into any) { vendor(t, sim, "GET", path, "", into) }
	since := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	sample := firstTicket(t, i, psav1.ListTicketsRequest_builder{Unassigned: new(false), Queue: []string{"Service Desk"}})
	tests := map[string]struct {
		request    psav1.ListTicketsRequest_builder
		conditions string // the vendor's own way to ask the same
	}{
		"queue by name":     {psav1.ListTicketsRequest_builder{Queue: []string{"service desk"}}, `board/name="Service Desk"`},
		"queue by id":       {psav1.ListTicketsRequest_builder{Queue: []string{"id:" + sample.GetQueue().GetId()}}, `board/id=` + sample.GetQueue().GetId()},
		"two queues":        {psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk", "Alerts"}}, `board/name in ("Service Desk","Alerts")`},
		"status of boards":  {psav1.ListTicketsRequest_builder{Status: []string{"New"}}, `status/name="New"`},
		"closed":            {psav1.ListTicketsRequest_builder{StatusCategory: []psav1.Category_V{psav1.Category_CLOSED}}, `closedFlag=true`},
		"owner by login":    {psav1.ListTicketsRequest_builder{Owner: []string{"mreyes"}}, `owner/identifier="mreyes"`},
		"owner by name":     {psav1.ListTicketsRequest_builder{Owner: []string{"Marco Reyes"}}, `owner/identifier="mreyes"`},
		"unassigned":        {psav1.ListTicketsRequest_builder{Unassigned: new(true)}, `owner/id=null`},
		"assigned":          {psav1.ListTicketsRequest_builder{Unassigned: new(false)}, `owner/id!=null`},
		"company by name":   {psav1.ListTicketsRequest_builder{Company: []string{sample.GetCompany().GetName()}}, `company/id=` + sample.GetCompany().GetId()},
		"company by id":     {psav1.ListTicketsRequest_builder{Company: []string{"id:" + sample.GetCompany().GetId()}}, `company/id=` + sample.GetCompany().GetId()},
		"contact by name":   {psav1.ListTicketsRequest_builder{Contact: []string{sample.GetContact().GetName()}, Company: []string{sample.GetCompany().GetId()}}, `contact/id=` + sample.GetContact().GetId()},
		"contact by e-mail": {psav1.ListTicketsRequest_builder{Contact: []string{sample.GetContact().GetEmail()}}, `contact/id=` + sample.GetContact().GetId()},
		"type":              {psav1.ListTicketsRequest_builder{Type: []string{sample.GetType().GetName()}}, `type/name="` + sample.GetType().GetName() + `"`},
		"priority":          {psav1.ListTicketsRequest_builder{Priority: []string{sample.GetPriority().GetName()}}, `priority/id=` + sample.GetPriority().GetId()},
		"updated since":     {psav1.ListTicketsRequest_builder{UpdatedSince: timestamppb.New(since)}, `lastUpdated>=[2026-08-01T00:00:00Z]`},
		"several":           {psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, Status: []string{"New"}, Unassigned: new(true)}, `board/name="Service Desk" and status/name="New" and owner/id=null`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.PageSize = new(int32(200))
			test.request.OrderBy = new("id")
			got := ids(walk(t, i, test.request))
			want := vendorIDs(t, sim.URL, strings.NewReplacer(" ", "%20", `"`, "%22", "+", "%2B", "&", "%26").Replace(test.conditions), get)
			if len(want) == 0 {
				t.Fatal("no ticket of the seed fits, so that the test says nothing")
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %d tickets, ConnectWise has %d", len(got), len(want))
			}
		})
	}
}

func TestListByCategoryAndLevelMeansWhatTheRowsSay(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	all := walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200)), OrderBy: new("id")})
	for _, category := range []psav1.Category_V{1, 2, 3, 4, 5, 6} {
		got := ids(walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200)), OrderBy: new("id"), StatusCategory: []psav1.Category_V{category}}))
		var want []string
		for _, ticket := range all {
			if ticket.GetStatus().GetCategory() == category {
				want = append(want, ticket.GetId())
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %d tickets, want %d", category, len(got), len(want))
		}
	}
	for level := int32(1); level <= 5; level++ {
		got := ids(walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200)), OrderBy: new("id"), PriorityLevel: []int32{level}}))
		var want []string
		for _, ticket := range all {
			if ticket.GetPriority().GetLevel() == level {
				want = append(want, ticket.GetId())
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("level %d: got %d tickets, want %d", level, len(got), len(want))
		}
	}
}

func TestListRefusesWhatItCannotFilter(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	tests := map[string]psav1.ListTicketsRequest_builder{
		"text":           {Text: new("printer")},
		"number":         {Number: new("10001")},
		"external_id":    {ExternalId: new("x")},
		"parent":         {Parent: new("10001")},
		"record_type":    {RecordType: []string{"ServiceTicket"}},
		"updated_before": {UpdatedBefore: timestamppb.Now()},
		"created_since":  {CreatedSince: timestamppb.Now()},
		"custom_field":   {CustomField: map[string]string{"1": "x"}},
		"kind":           {Kind: []psav1.Kind_V{psav1.Kind_PROJECT}},
	}
	for field, request := range tests {
		ctx, cost := counted(t)
		_, err := i.ListTickets(ctx, request.Build())
		e := wantFault(t, err, fault.CodeFieldNotSupported)
		if len(e.Violations) != 1 || e.Violations[0].Field != field {
			t.Errorf("%s: violations %v", field, e.Violations)
		}
		if cost.VendorRequests() != 0 {
			t.Errorf("%s: cost %d vendor requests", field, cost.VendorRequests())
		}
	}
}

func TestListNamesUnknownValues(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	_, err := i.ListTickets(t.Context(), psav1.ListTicketsRequest_builder{Queue: []string{"Servise Desk"}}.Build())
	e := wantFault(t, err, fault.CodeInvalidArgument)
	if v := e.Violations[0]; v.Field != "queue" || v.DidYouMean != "Service Desk" || !slices.Contains(v.Allowed, "Alerts") {
		t.Errorf("violation %+v", v)
	}
	for _, token := range []string{"x", "!!", "eyJ0IjoxfQ==", "eyJmb28iOjF9"} {
		_, err := i.ListTickets(t.Context(), psav1.ListTicketsRequest_builder{PageToken: &token}.Build())
		if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "page_token" {
			t.Errorf("%s: %v", token, e)
		}
	}
}

func TestListCostsOneRequestWarm(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	ctx, cost := counted(t)
	if _, err := i.ListTickets(ctx, psav1.ListTicketsRequest_builder{PageSize: new(int32(100))}.Build()); err != nil {
		t.Fatal(err)
	}
	if cost.VendorRequests() != 1 {
		t.Errorf("a page of 100 tickets cost %d vendor requests, want 1", cost.VendorRequests())
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
		if !ticket.HasDescription() {
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
