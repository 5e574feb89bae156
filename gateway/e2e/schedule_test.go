package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// psaEntries are the schedule entries of a ticket as the PSA holds them.
func (w *world) psaEntries(ticket string) []map[string]any {
	w.t.Helper()
	return objects(w.vendor("/schedule/entries?pageSize=1000&conditions=" + url.QueryEscape("objectId="+ticket)).list("items"))
}

// unplanned is an open ticket that nobody is scheduled on, owned by a technician
// whom tests do not plan.
func (w *world) unplanned() string {
	w.t.Helper()
	company := w.get("/companies?active=true&page_size=1").want(w.t, 200).text("companies", 0, "id")
	return w.do("full", "POST", "/tickets", encode(w.t, map[string]any{
		"title": "Replace the switch", "company": map[string]any{"id": company}, "queue": map[string]any{"name": "Service Desk"},
		"owner": map[string]any{"name": "Marco Reyes"},
	})).want(w.t, http.StatusCreated).text("ticket", "id")
}

// TestSchedule is a dispatcher's work: who is free, plan, move, take off.
func TestSchedule(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	ticket := w.unplanned()
	joy := w.get("/technicians?text=jokafor").want(t, 200).text("technicians", 0, "id")
	day := "from=2026-03-04T00:00:00Z&to=2026-03-05T00:00:00Z"
	before := w.get("/technicians/"+joy+"/availability?"+day).want(t, 200)
	if before.text("availability", "working_confidence") != "EXACT" || len(before.list("availability", "working")) == 0 || before.text("availability", "time_zone") == "" {
		t.Fatalf("Joy Okafor's day: %s", before.body)
	}

	// A free hour of her working time.
	body := `{"ticket":{"id":"` + ticket + `"},"technician":{"name":"Joy Okafor"},"start":"2026-03-04T17:00:00Z","end":"2026-03-04T18:00:00Z"}`
	writes := w.watch()
	dry := w.do("full", "POST", "/schedule-entries?dry_run=true", body).want(t, 200)
	if len(writes()) != 0 || dry.text("receipt", "planned", 0, "path") != "/schedule/entries" || dry.at("receipt", "planned", 0, "body", "allowScheduleConflictsFlag") != false {
		t.Errorf("a dry run answered %s, and sent %v", dry.body, writes())
	}
	made := w.do("full", "POST", "/schedule-entries", body).want(t, http.StatusCreated)
	id := made.text("schedule_entry", "id")
	if !strings.HasSuffix(made.header.Get("Location"), "/schedule-entries/"+id) || !strings.Contains(made.text("receipt", "warnings", 0), "co_owners") {
		t.Errorf("answered %s at %s", made.body, made.header.Get("Location"))
	}
	w.applied(made, "end", "start", "technician", "ticket")
	if held := w.psaEntries(ticket); len(held) != 1 || text(held[0], "member", "identifier") != "jokafor" || text(held[0], "dateStart") != "2026-03-04T17:00:00Z" {
		t.Errorf("the PSA holds %v", held)
	}
	read := w.get("/tickets/"+ticket).want(t, 200)
	if read.text("ticket", "co_owners", 0, "id") != joy || len(read.list("ticket", "co_owners")) != 1 {
		t.Errorf("the ticket has the co-owners %v", read.at("ticket", "co_owners"))
	}
	if after := w.get("/technicians/"+joy+"/availability?"+day).want(t, 200); len(after.list("availability", "busy")) != len(before.list("availability", "busy"))+1 {
		t.Errorf("busy %v, before %v", after.at("availability", "busy"), before.at("availability", "busy"))
	}

	// The same hour again asks for a confirmation, and writes nothing unless it is
	// given.
	again := strings.ReplaceAll(body, "18:00", "17:30")
	refused := w.do("full", "POST", "/schedule-entries", again).want(t, http.StatusUnprocessableEntity)
	if refused.text("code") != "failed_precondition" || refused.text("reason") != "CONFIRMATION_REQUIRED" || refused.text("confirmations", 0, "code") != "schedule_conflict" || !strings.Contains(refused.text("confirmations", 0, "text"), "Joy Okafor") {
		t.Errorf("answered %s", refused.body)
	}
	if held := w.psaEntries(ticket); len(held) != 1 {
		t.Errorf("the PSA holds %v", held)
	}
	twice := w.do("full", "POST", "/schedule-entries?accept=schedule_conflict", again).want(t, http.StatusCreated).text("schedule_entry", "id")

	// Move it, but only as it was read; then it is done.
	etag := made.text("schedule_entry", "etag")
	moved := w.do("full", "PATCH", "/schedule-entries/"+id, `{"start":"2026-03-04T19:00:00Z","end":"2026-03-04T20:00:00Z"}`, "If-Match", etag).want(t, 200)
	w.applied(moved, "end", "start")
	w.do("full", "PATCH", "/schedule-entries/"+id, `{"end":"2026-03-04T21:00:00Z"}`, "If-Match", etag).want(t, http.StatusPreconditionFailed)
	w.do("full", "PATCH", "/schedule-entries/"+id, `{"state":"DONE"}`).want(t, 200)
	if held := w.vendor("/schedule/entries/" + id); held.at("doneFlag") != true || held.text("dateEnd") != "2026-03-04T20:00:00Z" {
		t.Errorf("the PSA holds %s", held.body)
	}
	w.do("full", "PATCH", "/schedule-entries/"+id, `{"title":"x"}`).want(t, http.StatusNotImplemented)
	w.do("full", "PATCH", "/schedule-entries/"+id, `{"state":"CANCELED"}`).want(t, http.StatusBadRequest)

	// Find it, by whom and when and what.
	for query, want := range map[string][]string{
		"ticket=" + ticket: {id, twice},
		"technician=Joy%20Okafor&from=2026-03-04T18:30:00Z&to=2026-03-05T00:00:00Z&ticket=" + ticket: {id},
		"technician=id:" + joy + "&to=2026-03-04T18:00:00Z&ticket=" + ticket:                         {twice},
	} {
		var got []string
		for _, e := range objects(w.get("/schedule-entries?"+query).want(t, 200).list("schedule_entries")) {
			got = append(got, text(e, "id"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", query, got, want)
		}
	}
	page := w.get("/schedule-entries?page_size=1&ticket="+ticket).want(t, 200)
	next := w.get("/schedule-entries?page_size=1&ticket="+ticket+"&page_token="+page.text("next_page_token")).want(t, 200)
	if page.text("schedule_entries", 0, "id") != id || next.text("schedule_entries", 0, "id") != twice || next.text("next_page_token") != "" || next.header.Get("X-Vendor-Requests") != "1" {
		t.Errorf("pages %s and %s", page.body, next.body)
	}

	// Take both off; the ticket is hers no more.
	w.do("full", "DELETE", "/schedule-entries/"+id+"?notify_technician=true", nil).want(t, 200).byKeyholder(t)
	w.do("full", "DELETE", "/schedule-entries/"+twice, nil).want(t, 200)
	w.do("full", "DELETE", "/schedule-entries/"+twice, nil).want(t, http.StatusNotFound)
	if held := w.psaEntries(ticket); len(held) != 0 {
		t.Errorf("the PSA holds %v", held)
	}
	if read := w.get("/tickets/"+ticket).want(t, 200); len(read.list("ticket", "co_owners")) != 0 {
		t.Errorf("the ticket has the co-owners %v", read.at("ticket", "co_owners"))
	}
	statuses := w.get("/schedule-statuses").want(t, 200)
	if len(statuses.list("schedule_statuses")) < 2 || statuses.text("schedule_statuses", 0, "state") == "" {
		t.Errorf("statuses %s", statuses.body)
	}
	w.do("readonly", "GET", "/schedule-entries", nil).want(t, http.StatusForbidden)
}

// TestCoOwners assigns technicians to a ticket, and shows it by the PSA's own
// schedule.
func TestCoOwners(t *testing.T) {
	t.Parallel()
	w := start(t)
	ticket := w.unplanned()
	set := func(body string) reply {
		t.Helper()
		r := w.do("full", "PATCH", "/tickets/"+ticket, body).want(t, 200)
		w.applied(r, "co_owners")
		return r
	}
	members := func() string {
		var logins []string
		for _, e := range w.psaEntries(ticket) {
			if e["dateStart"] != nil {
				t.Errorf("an assignment plans: %v", e)
			}
			logins = append(logins, text(e, "member", "identifier"))
		}
		slices.Sort(logins)
		return strings.Join(logins, " ")
	}
	set(`{"co_owners":[{"name":"Joy Okafor"},{"name":"Brendan Walsh"}]}`)
	if got := members(); got != "bwalsh jokafor" {
		t.Errorf("the PSA has %s", got)
	}
	changed := set(`{"co_owners":[{"name":"Claire Dubois"},{"name":"Joy Okafor"}]}`)
	if got := members(); got != "cdubois jokafor" || len(changed.list("receipt", "steps")) != 2 {
		t.Errorf("the PSA has %s after %v", got, changed.at("receipt", "steps"))
	}
	// They are found by who is on the ticket, and plan nothing.
	var names []string
	for _, co := range objects(w.get("/tickets/"+ticket).want(t, 200).list("ticket", "co_owners")) {
		names = append(names, text(co, "name"))
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"Claire Dubois", "Joy Okafor"}) {
		t.Errorf("co-owners %v", names)
	}
	if planned := w.get("/schedule-entries?ticket="+ticket).want(t, 200).list("schedule_entries"); len(planned) != 0 {
		t.Errorf("planned %v", planned)
	}
	writes := w.watch()
	dry := w.do("full", "PATCH", "/tickets/"+ticket+"?dry_run=true", `{"title":"x","co_owners":null}`).want(t, 200)
	if len(writes()) != 0 || len(dry.list("receipt", "planned")) != 3 {
		t.Errorf("a dry run answered %s", dry.body)
	}
	set(`{"co_owners":[]}`)
	if got := members(); got != "" {
		t.Errorf("the PSA has %s", got)
	}
	refused := w.do("full", "PATCH", "/tickets/"+ticket, `{"co_owners":[{"name":"Marco Reyes"},{"name":"nobody"}]}`).want(t, http.StatusBadRequest)
	if len(refused.list("violations")) != 2 {
		t.Errorf("answered %s", refused.body)
	}
}

// TestWorkloads counts as the PSA's own API does.
func TestWorkloads(t *testing.T) {
	t.Parallel()
	w := start(t)
	all := w.get("/technician-workloads?page_size=200").want(t, 200)
	if len(all.list("workloads")) < 5 {
		t.Fatalf("workloads %s", all.body)
	}
	for _, one := range objects(all.list("workloads")) {
		id := text(one, "technician", "id")
		sum := 0.0
		for _, n := range objects((reply{json: one}).list("open")) {
			count, _ := n["count"].(float64)
			sum += count
		}
		where := "/count?conditions=" + url.QueryEscape("closedFlag=false and owner/id="+id)
		service, _ := w.vendor("/service/tickets" + where).at("count").(float64)
		project, _ := w.vendor("/project/tickets" + where).at("count").(float64)
		if sum != service+project {
			t.Errorf("%s has %v open tickets, and the PSA counts %v and %v", text(one, "technician", "name"), sum, service, project)
		}
	}
	again := w.get("/technician-workloads?page_size=200").want(t, 200)
	if cost := again.header.Get("X-Vendor-Requests"); cost != "3" {
		t.Errorf("all of them cost %s requests", cost)
	}
	w.get("/technician-workloads?technician=nobody").want(t, http.StatusBadRequest)
}

// TestAvailabilityDays asks for days on which clocks change, for a holiday, and
// for who has no calendar.
func TestAvailabilityDays(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.sim, w.simURL = launch(t, regexp.MustCompile(`(http://127\.0\.0\.1:\d+)`), nil,
		"deskgate-simulator-connectwise", "--listen", "127.0.0.1:0", "--limits", "off", "--exit-with-stdin", "--start", theDay)
	w.act("acarter", "PATCH", "/system/members/161", []any{map[string]any{"op": "replace", "path": "calendar", "value": nil}})
	w.serve(w.simURL)
	spans := func(login, from, to string) (reply, []string) {
		t.Helper()
		id := w.get("/technicians?text="+login).want(t, 200).text("technicians", 0, "id")
		r := w.get("/technicians/"+id+"/availability?from="+from+"&to="+to).want(t, 200)
		var list []string
		for _, in := range objects(r.list("availability", "working")) {
			list = append(list, text(in, "start")+" "+text(in, "end"))
		}
		return r, list
	}
	// The night desk works from 17:00 to 23:00 every day; the clocks go forward on
	// the 8th of March and back on the 1st of November.
	for days, want := range map[[2]string][]string{
		{"2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z"}: {"2026-03-07T22:00:00Z 2026-03-08T04:00:00Z", "2026-03-08T21:00:00Z 2026-03-09T03:00:00Z"},
		{"2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z"}: {"2026-10-31T21:00:00Z 2026-11-01T03:00:00Z", "2026-11-01T22:00:00Z 2026-11-02T04:00:00Z"},
	} {
		if _, got := spans("nightdesk", days[0], days[1]); !slices.Equal(got, want) {
			t.Errorf("the night desk works %v, want %v", got, want)
		}
	}
	holiday, got := spans("jokafor", "2026-12-24T00:00:00Z", "2026-12-26T05:00:00Z")
	if !slices.Equal(got, []string{"2026-12-24T13:00:00Z 2026-12-24T17:00:00Z"}) || !strings.Contains(holiday.body, "Christmas Day") {
		t.Errorf("at Christmas: %s", holiday.body)
	}
	none, got := spans("lmoreno", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z")
	if none.text("availability", "working_confidence") != "UNKNOWN" || len(got) != 0 || !strings.Contains(none.text("availability", "sources", 1), "no calendar") {
		t.Errorf("without a calendar: %s", none.body)
	}
	id := none.text("availability", "technician", "id")
	w.get("/technicians/"+id+"/availability?from=2026-03-04T00:00:00Z").want(t, http.StatusBadRequest)
	w.get("/technicians/"+id+"/availability?from=2026-03-04T00:00:00Z&to=2026-05-06T00:00:00Z").want(t, http.StatusBadRequest)
}
