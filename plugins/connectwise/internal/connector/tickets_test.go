package connector

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
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

func TestListFilters(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	since := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	sample := firstTicket(t, i, psav1.ListTicketsRequest_builder{Unassigned: new(false), Queue: []string{"Service Desk"}})
	word := strings.Fields(sample.GetTitle())[0]
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
		"updated before":    {psav1.ListTicketsRequest_builder{UpdatedBefore: timestamppb.New(since)}, `lastUpdated<[2026-08-01T00:00:00Z]`},
		"created since":     {psav1.ListTicketsRequest_builder{CreatedSince: timestamppb.New(since)}, `dateEntered>=[2026-08-01T00:00:00Z]`},
		"text":              {psav1.ListTicketsRequest_builder{Text: new(strings.ToUpper(word))}, `summary contains "` + word + `"`},
		"number":            {psav1.ListTicketsRequest_builder{Number: new(sample.GetNumber())}, `id=` + sample.GetId()},
		"text of a number":  {psav1.ListTicketsRequest_builder{Text: new(sample.GetNumber())}, `id=` + sample.GetId()},
		"queue of projects": {psav1.ListTicketsRequest_builder{Queue: []string{"Projects"}}, `board/name="Projects"`},
		"several":           {psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, Status: []string{"New"}, Unassigned: new(true)}, `board/name="Service Desk" and status/name="New" and owner/id=null`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.PageSize = new(int32(200))
			test.request.OrderBy = new("id")
			got := ids(walk(t, i, test.request))
			want := vendorIDs(t, sim, test.conditions)
			if len(want) == 0 {
				t.Fatal("no ticket of the seed fits, so that the test says nothing")
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %d tickets, ConnectWise has %d", len(got), len(want))
			}
		})
	}
}

// The filters whose values no seeded ticket has.
func TestListFiltersOfWhatWasWritten(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	all := walk(t, i, psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_SERVICE}, OrderBy: new("id")})
	id, parent := all[3].GetId(), all[9].GetId()
	update(t, i, id, psav1.Ticket_builder{
		Title: new("50%_off [sic] \"quoted\""), ExternalId: new("Ext-1"), Parent: refByID(parent),
		CustomFields: map[string]*structpb.Value{
			"1": value("HP-4711"), "2": value(4711.0), "3": value(true), "4": value("2031-05-17"), "5": value("502"), "10": value("a \"b\""),
			"vendor.poNumber": value("PO-4711"), "vendor.billTime": value("NoCharge"),
		},
	}, "title", "external_id", "parent", `custom_fields["1"]`, `custom_fields["2"]`, `custom_fields["3"]`, `custom_fields["4"]`, `custom_fields["5"]`,
		`custom_fields["10"]`, `custom_fields["vendor.poNumber"]`, `custom_fields["vendor.billTime"]`)
	field := func(id, text string) psav1.ListTicketsRequest_builder {
		return psav1.ListTicketsRequest_builder{CustomField: map[string]string{id: text}}
	}
	tests := map[string]struct {
		request psav1.ListTicketsRequest_builder
		finds   bool
	}{
		"external id":                 {psav1.ListTicketsRequest_builder{ExternalId: new("Ext-1")}, true},
		"external id in another case": {psav1.ListTicketsRequest_builder{ExternalId: new("ext-1")}, false},
		"parent":                      {psav1.ListTicketsRequest_builder{Parent: &parent}, true},
		"parent that is none":         {psav1.ListTicketsRequest_builder{Parent: new("x")}, false},
		"number that is none":         {psav1.ListTicketsRequest_builder{Number: new("T2026.1")}, false},
		"text with wildcards":         {psav1.ListTicketsRequest_builder{Text: new("50%_OFF [s")}, true},
		"wildcards are letters":       {psav1.ListTicketsRequest_builder{Text: new("50%off")}, false},
		"text with quotes":            {psav1.ListTicketsRequest_builder{Text: new(`"quoted"`)}, true},
		"text field":                  {field("1", "hp-4711"), true},
		"text field, part":            {field("1", "HP-471"), false},
		"number":                      {field("2", "4711"), true},
		"another number":              {field("2", "4712"), false},
		"date":                        {field("4", "2031-05-17"), true},
		"another date":                {field("4", "2031-05-18"), false},
		"option by id":                {psav1.ListTicketsRequest_builder{CustomField: map[string]string{"5": "502", "1": "HP-4711"}}, true},
		"option by name":              {psav1.ListTicketsRequest_builder{CustomField: map[string]string{"5": "software defect", "1": "HP-4711"}}, true},
		"another option":              {psav1.ListTicketsRequest_builder{CustomField: map[string]string{"5": "503", "1": "HP-4711"}}, false},
		"text with quotes in a field": {field("10", `a "b"`), true},
		"checkbox and another":        {psav1.ListTicketsRequest_builder{CustomField: map[string]string{"3": "true", "2": "4711"}}, true},
		"checkbox off":                {psav1.ListTicketsRequest_builder{CustomField: map[string]string{"3": "false", "2": "4711"}}, false},
		"builtin":                     {field("vendor.poNumber", "po-4711"), true},
		"builtin option":              {psav1.ListTicketsRequest_builder{CustomField: map[string]string{"vendor.billTime": "nocharge", "vendor.poNumber": "PO-4711"}}, true},
		"with a record type":          {psav1.ListTicketsRequest_builder{CustomField: map[string]string{"1": "HP-4711"}, RecordType: []string{"ServiceTicket"}}, true},
		"of another record type":      {psav1.ListTicketsRequest_builder{CustomField: map[string]string{"1": "HP-4711"}, RecordType: []string{"id:ProjectTicket"}}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := walk(t, i, test.request)
			switch {
			case test.finds && (len(got) != 1 || got[0].GetId() != id), !test.finds && len(got) > 0:
				t.Errorf("found %v", ids(got))
			case test.finds && got[0].GetCustomFields() != nil:
				t.Error("a row carries custom fields that were not asked for")
			}
		})
	}
	refused := map[string]psav1.ListTicketsRequest_builder{
		"record_type":                {RecordType: []string{"Incident"}},
		"custom_field.999":           field("999", "x"),
		"custom_field.Asset":         field("Asset", "x"),
		"custom_field.2":             field("2", "many"),
		"custom_field.3":             field("3", "maybe"),
		"custom_field.4":             field("4", "17.5.2031"),
		"custom_field.5":             field("5", "Sabotage"),
		"custom_field.vendor.team":   field("vendor.team", "Blue"),
		"custom_field.vendor.nobody": field("vendor.nobody", "x"),
		"external_id":                {ExternalId: new(`both " and '`)},
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for path, request := range refused {
		_, err := i.ListTickets(t.Context(), request.Build())
		if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != path {
			t.Errorf("%s: violations %+v", path, e.Violations)
		}
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

// A page costs one request for each list that may hold rows of it.
func TestListCostsOneRequestPerListWarm(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	service, project := psav1.Kind_SERVICE, psav1.Kind_PROJECT
	tests := map[string]struct {
		request psav1.ListTicketsRequest_builder
		want    int64
	}{
		"both":                        {psav1.ListTicketsRequest_builder{}, 2},
		"service":                     {psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{service}}, 1},
		"project":                     {psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{project}}, 1},
		"both by name":                {psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{project, service}}, 2},
		"neither":                     {psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_CHANGE}}, 0},
		"a queue of the service desk": {psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}}, 1},
		"a queue of projects":         {psav1.ListTicketsRequest_builder{Queue: []string{"Projects"}}, 1},
		"a queue and the other kind":  {psav1.ListTicketsRequest_builder{Queue: []string{"Projects"}, Kind: []psav1.Kind_V{service}}, 0},
		"a record type":               {psav1.ListTicketsRequest_builder{RecordType: []string{"Project Ticket"}}, 1},
		"an external id":              {psav1.ListTicketsRequest_builder{ExternalId: new("x")}, 1},
	}
	for name, test := range tests {
		ctx, cost := counted(t)
		test.request.PageSize = new(int32(100))
		if _, err := i.ListTickets(ctx, test.request.Build()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if cost.VendorRequests() != test.want {
			t.Errorf("%s: a page of 100 tickets cost %d vendor requests, want %d", name, cost.VendorRequests(), test.want)
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
