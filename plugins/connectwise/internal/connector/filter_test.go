package connector

import (
	"slices"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

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
			got := idsOf(walk(t, i, test.request))
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
				t.Errorf("found %v", idsOf(got))
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
		got := idsOf(walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200)), OrderBy: new("id"), StatusCategory: []psav1.Category_V{category}}))
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
		got := idsOf(walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200)), OrderBy: new("id"), PriorityLevel: []int32{level}}))
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
