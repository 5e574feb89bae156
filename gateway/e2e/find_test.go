package e2e

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// psaTest is a filter's meaning, said about the PSA's own record.
type psaTest func(map[string]any) bool

func psaIs(want any, path ...any) psaTest {
	return func(t map[string]any) bool { return (reply{json: t}).at(path...) == want }
}

func anyOf(tests ...psaTest) psaTest {
	return func(t map[string]any) bool {
		return slices.ContainsFunc(tests, func(f psaTest) bool { return f(t) })
	}
}

func allOf(tests ...psaTest) psaTest {
	return func(t map[string]any) bool {
		return !slices.ContainsFunc(tests, func(f psaTest) bool { return !f(t) })
	}
}

// statusIn are the tickets whose status has one of the names; none of the
// simulated boards uses one name for two categories.
func statusIn(names ...string) psaTest {
	return func(t map[string]any) bool { return slices.Contains(names, text(t, "status", "name")) }
}

// filterCases are the filters of tickets.list with what they mean.
var filterCases = map[string]struct {
	query string
	want  psaTest
}{
	"nothing":                  {"", func(map[string]any) bool { return true }},
	"kind":                     {"kind=SERVICE", func(t map[string]any) bool { return !isProject(t) }},
	"kind of projects":         {"kind=PROJECT", isProject},
	"both kinds":               {"kind=PROJECT,SERVICE", func(map[string]any) bool { return true }},
	"record type":              {"record_type=Service%20Ticket", func(t map[string]any) bool { return !isProject(t) }},
	"record type of projects":  {"record_type=ProjectTicket,id:ProjectIssue", isProject},
	"queue of projects":        {"queue=Projects", psaIs("Projects", "board", "name")},
	"number":                   {"number=10300", psaIs(10300.0, "id")},
	"text":                     {"text=MAILBOX", func(t map[string]any) bool { return strings.Contains(strings.ToLower(text(t, "summary")), "mailbox") }},
	"text that is a number":    {"text=10300", psaIs(10300.0, "id")},
	"updated before":           {"updated_before=2025-09-01T00:00:00Z", func(t map[string]any) bool { return text(t, "_info", "lastUpdated") < "2025-09-01T00:00:00Z" }},
	"created since":            {"created_since=2025-09-01T00:00:00.5Z", func(t map[string]any) bool { return text(t, "_info", "dateEntered") >= "2025-09-01T00:00:00Z" }},
	"custom field":             {"custom_field.5=Configuration", func(t map[string]any) bool { return psaField(reply{json: t}, 5) == "Configuration" }},
	"checkbox":                 {"custom_field.3=true", func(t map[string]any) bool { return psaField(reply{json: t}, 3) == true }},
	"custom field of projects": {"custom_field.21=3", func(t map[string]any) bool { return psaField(reply{json: t}, 21) == 3.0 }},
	"vendor's field":           {"custom_field.vendor.automaticEmailContactFlag=true", psaIs(true, "automaticEmailContactFlag")},
	"two custom fields": {"custom_field.5=502&custom_field.3=true", func(t map[string]any) bool {
		return psaField(reply{json: t}, 5) == "Software defect" && psaField(reply{json: t}, 3) == true
	}},
	"kind that is not there":        {"kind=INCIDENT", func(map[string]any) bool { return false }},
	"status by name":                {"status=Waiting%20Parts", statusIn("Waiting Parts")},
	"status by name, another case":  {"status=waiting%20parts", statusIn("Waiting Parts")},
	"status by id":                  {"status=102", psaIs(102.0, "status", "id")},
	"status by forced id":           {"status=id:102", psaIs(102.0, "status", "id")},
	"two statuses by comma":         {"status=Scheduled,Dispatched", statusIn("Scheduled", "Dispatched")},
	"two statuses repeated":         {"status=Scheduled&status=Dispatched", statusIn("Scheduled", "Dispatched")},
	"category new":                  {"status_category=NEW", statusIn("New")},
	"category in progress":          {"status_category=IN_PROGRESS", statusIn("Assigned", "In Progress", "Scheduled", "Monitoring", "Dispatched")},
	"category waiting for customer": {"status_category=WAITING_CUSTOMER", statusIn("Waiting Client Response")},
	"category waiting for others":   {"status_category=WAITING_OTHER", statusIn("Waiting Parts")},
	"category resolved":             {"status_category=RESOLVED", statusIn("Completed")},
	"category closed":               {"status_category=CLOSED", psaIs(true, "closedFlag")},
	"every open category":           {"status_category=NEW,IN_PROGRESS,WAITING_CUSTOMER,WAITING_OTHER,RESOLVED", psaIs(false, "closedFlag")},
	"two categories":                {"status_category=NEW,WAITING_OTHER", statusIn("New", "Waiting Parts")},
	"queue by name":                 {"queue=Field%20Service", psaIs("Field Service", "board", "name")},
	"queue by id":                   {"queue=4", psaIs(4.0, "board", "id")},
	"two queues":                    {"queue=Alerts,id:4", anyOf(psaIs("Alerts", "board", "name"), psaIs(4.0, "board", "id"))},
	"owner by name":                 {"owner=Joy%20Okafor", psaIs("jokafor", "owner", "identifier")},
	"owner by login":                {"owner=jokafor", psaIs("jokafor", "owner", "identifier")},
	"owner by id":                   {"owner=155", psaIs(155.0, "owner", "id")},
	"two owners":                    {"owner=155&owner=Joy%20Okafor", anyOf(psaIs(155.0, "owner", "id"), psaIs("jokafor", "owner", "identifier"))},
	"unassigned":                    {"unassigned=true", psaIs(nil, "owner")},
	"assigned":                      {"unassigned=false", func(t map[string]any) bool { return t["owner"] != nil }},
	"company by name":               {"company=Meridian%20Title%20%26%20Escrow", psaIs("Meridian Title & Escrow", "company", "name")},
	"company by code":               {"company=ChapmanFreightLines", psaIs("ChapmanFreightLines", "company", "identifier")},
	"company by id":                 {"company=id:291", psaIs(291.0, "company", "id")},
	"contact by name":               {"contact=Dana%20O'Brien", psaIs("Dana O'Brien", "contact", "name")},
	"contact by address":            {"contact=dana.obrien@chapmanfreight.example", psaIs("dana.obrien@chapmanfreight.example", "contactEmailAddress")},
	"contact by id":                 {"contact=729", psaIs(729.0, "contact", "id")},
	"type by name":                  {"type=Network", psaIs("Network", "type", "name")},
	"type by id":                    {"type=122,321", anyOf(psaIs(122.0, "type", "id"), psaIs(321.0, "type", "id"))},
	"type within a queue":           {"queue=Alerts&type=Capacity", allOf(psaIs("Alerts", "board", "name"), psaIs("Capacity", "type", "name"))},
	"priority by name":              {"priority=Priority%201%20-%20Critical", psaIs("Priority 1 - Critical", "priority", "name")},
	"priority by id":                {"priority=5", psaIs(5.0, "priority", "id")},
	"priority by level":             {"priority_level=1,2", anyOf(psaIs(6.0, "priority", "id"), psaIs(5.0, "priority", "id"))},
	"several filters": {"queue=Service%20Desk,Managed%20Services&status_category=IN_PROGRESS,WAITING_CUSTOMER&unassigned=false&priority_level=3", allOf(
		anyOf(psaIs("Service Desk", "board", "name"), psaIs("Managed Services", "board", "name")),
		statusIn("Assigned", "In Progress", "Scheduled", "Waiting Client Response"),
		func(t map[string]any) bool { return t["owner"] != nil }, psaIs(4.0, "priority", "id"),
	)},
	"a status of another queue": {"queue=Alerts&status_category=WAITING_CUSTOMER", func(map[string]any) bool { return false }},
}

// TestFilters compares every filter with a look at all tickets of the PSA.
func TestFilters(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	all := w.tickets()
	some := 0
	for name, c := range filterCases {
		t.Run(name, func(t *testing.T) {
			want := []string{}
			for _, ticket := range all {
				if c.want(ticket) {
					want = append(want, text(ticket, "id"))
				}
			}
			if len(want) > 0 {
				some++
			}
			if got := w.walk(t, c.query, "id"); !slices.Equal(got, want) {
				t.Errorf("?%s finds %d tickets, the PSA has %d of them: %v, %v", c.query, len(got), len(want), got, want)
			}
		})
	}
	if some < len(filterCases)-4 {
		t.Errorf("%d filters of %d match nothing: the cases do not fit the simulated data", len(filterCases)-some, len(filterCases))
	}
}

// TestUpdatedSince finds what changed at that second and after it.
func TestUpdatedSince(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	all := w.tickets()
	updated := func(ticket map[string]any) string { return text(ticket, "_info", "lastUpdated") }
	slices.SortFunc(all, func(a, b map[string]any) int { return cmp.Compare(updated(a), updated(b)) })
	since := updated(all[len(all)/2])
	want := []string{}
	for _, ticket := range all {
		if updated(ticket) >= since {
			want = append(want, text(ticket, "id"))
		}
	}
	slices.Sort(want)
	if got := w.walk(t, "updated_since="+since, "id"); !slices.Equal(got, want) {
		t.Errorf("%d tickets since %s, want %d", len(got), since, len(want))
	}
	// The same moment, said in another zone and with a fraction.
	zoned := strings.TrimSuffix(since, "Z") + ".5" + url.QueryEscape("+00:00")
	if got := w.walk(t, "updated_since="+zoned, "id"); !slices.Equal(got, want) {
		t.Errorf("%d tickets since %s, want %d", len(got), zoned, len(want))
	}
}

// TestOrder compares each order with the PSA's own values.
func TestOrder(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	all := w.tickets()
	byUpdate := func(a, b map[string]any) int {
		return cmp.Or(cmp.Compare(text(a, "_info", "lastUpdated"), text(b, "_info", "lastUpdated")), cmp.Compare(text(a, "id"), text(b, "id")))
	}
	for order, less := range map[string]func(a, b map[string]any) int{
		"updated_at":      byUpdate,
		"updated_at desc": func(a, b map[string]any) int { return byUpdate(b, a) },
		"id":              func(a, b map[string]any) int { return cmp.Compare(text(a, "id"), text(b, "id")) },
	} {
		want := []string{}
		for _, ticket := range slices.SortedFunc(slices.Values(all), less) {
			want = append(want, text(ticket, "id"))
		}
		if got := w.walk(t, "", order); !slices.Equal(got, want) {
			t.Errorf("order_by=%s gives %v, want %v", order, got, want)
		}
	}
}

// TestComma finds a company whose name has a comma in it.
func TestComma(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	w.act("sgrant", "PATCH", "/company/companies/285", []any{map[string]any{"op": "replace", "path": "name", "value": "Meridian, Title & Escrow"}})
	want := []string{}
	for _, ticket := range w.tickets() {
		if psaIs(285.0, "company", "id")(ticket) {
			want = append(want, text(ticket, "id"))
		}
	}
	if got := w.walk(t, "company=Meridian%2C%20Title%20%26%20Escrow", "id"); !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("found %v, want %v", got, want)
	}
	r := w.get("/tickets?company=Meridian,%20Title%20%26%20Escrow").want(t, 400)
	if r.text("violations", 0, "field") != "company" {
		t.Errorf("an unescaped comma answers %s", r.body)
	}
}

// TestFiltersRefused goes through the filters that are wrong or not served.
func TestFiltersRefused(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	w.get("/tickets?page_size=1").want(t, 200)
	for query, c := range map[string]struct {
		status      int
		code, field string
		names       string // what the answer has to say
	}{
		"record_type=Incident":                {400, "invalid_argument", "record_type", "Project Ticket"},
		"custom_field.999=x":                  {400, "invalid_argument", "custom_field.999", "Asset Tag"},
		"custom_field.2=many":                 {400, "invalid_argument", "custom_field.2", "number"},
		"custom_field.5=Sabotage":             {400, "invalid_argument", "custom_field.5", "Hardware failure"},
		"queue=Servce%20Desk":                 {400, "invalid_argument", "queue", "Service Desk"},
		"queue=id:4711":                       {400, "invalid_argument", "queue", "Alerts"},
		"status=Wating%20Parts":               {400, "invalid_argument", "status", "Waiting Parts"},
		"queue=Alerts&status=Waiting%20Parts": {400, "invalid_argument", "status", "Monitoring"},
		"owner=Joy":                           {400, "invalid_argument", "owner", "Joy Okafor"},
		"type=Netwrk":                         {400, "invalid_argument", "type", "Network"},
		"priority=Urgent":                     {400, "invalid_argument", "priority", "Priority 1 - Critical"},
		"priority_level=9":                    {400, "invalid_argument", "priority_level[0]", ""},
		"company=Nobody%20Ltd":                {400, "invalid_argument", "company", "Nobody Ltd"},
		"contact=No%20Body":                   {400, "invalid_argument", "contact", "No Body"},
		"status_category=OPEN":                {400, "invalid_argument", "status_category", "WAITING_CUSTOMER"},
		"unassigned=perhaps":                  {400, "invalid_argument", "unassigned", "true"},
		"order_by=title":                      {400, "invalid_argument", "order_by", "updated_at desc"},
		"updated_since=yesterday":             {400, "invalid_argument", "updated_since", ""},
		"que=Alerts":                          {400, "invalid_argument", "que", "queue"},
	} {
		r := w.get("/tickets?" + query)
		said := r.text("violations", 0, "field")
		if r.status != c.status || r.text("code") != c.code || said != c.field || !strings.Contains(r.body, c.names) {
			t.Errorf("?%s answers %d %s", query, r.status, r.body)
		}
	}
}

// TestWithoutProjects serves the service desk alone.
func TestWithoutProjects(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay, "include_project_tickets = false")
	want := []string{}
	for _, ticket := range w.tickets() {
		if !isProject(ticket) {
			want = append(want, text(ticket, "id"))
		}
	}
	if got := w.walk(t, "", "id"); !slices.Equal(got, want) {
		t.Errorf("the walk has %d tickets, want %d", len(got), len(want))
	}
	r := w.get("/tickets?kind=PROJECT").want(t, http.StatusNotImplemented)
	if r.text("code") != "field_not_supported" || r.text("violations", 0, "field") != "kind" || r.header.Get("X-Vendor-Requests") != "0" {
		t.Errorf("kind=PROJECT answers %s", r.body)
	}
}

// walk reads all pages of a query, and returns the ids in the order that they
// come in.
func (w *world) walk(t *testing.T, query, order string) []string {
	t.Helper()
	ids := []string{}
	token := ""
	for range 100 {
		page := w.get(fmt.Sprintf("/tickets?page_size=47&order_by=%s&%s%s", url.QueryEscape(order), query, token)).want(t, 200)
		for n := range page.list("tickets") {
			ids = append(ids, page.text("tickets", n, "id"))
		}
		if page.text("next_page_token") == "" {
			return ids
		}
		token = "&page_token=" + url.QueryEscape(page.text("next_page_token"))
	}
	t.Fatal("the walk does not end")
	return nil
}
