package simulator_test

import (
	"strings"
	"testing"
)

// scheduled is a body that assigns a member to a ticket.
func scheduled(ticket, member, more string) string {
	return `{"objectId":` + number(ticket) + `,"type":{"identifier":"S"},"member":{"identifier":"` + member + `"}` + more + `}`
}

const slot = `,"dateStart":"2026-06-01T13:00:00Z","dateEnd":"2026-06-01T14:30:00Z"`

func TestScheduleEntriesAssign(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	resources := func() any { return tn.want(200, "GET", ticket, "")["resources"] }
	first := tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "mreyes", slot))
	for path, want := range map[string]any{
		"name": "Alder Creek Dental / Ticket# " + number(ticket) + " - Printer on fire", "status/name": "Firm", "hours": 1.5, "type/id": 4.0,
		"type/identifier": "S", "where/name": "Remote", "doneFlag": false, "startTimeSet": true, "allowScheduleConflictsFlag": nil,
	} {
		if first.at(path) != want {
			t.Errorf("%s is %v, want %v", path, first.at(path), want)
		}
	}
	second := tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "jokafor", "")) // an assignment without a slot
	if second["dateStart"] != nil || second["hours"] != nil || resources() != "mreyes, jokafor" {
		t.Errorf("entry %v, resources %v", second, resources())
	}
	path := "/schedule/entries/" + itoa(first.int("id"))
	tn.want(200, "PATCH", path, `[{"op":"replace","path":"member/identifier","value":"psharma"}]`)
	if resources() != "psharma, jokafor" {
		t.Errorf("after another member %v", resources())
	}
	done := tn.want(200, "PATCH", path, `[{"op":"replace","path":"doneFlag","value":true},{"op":"replace","path":"acknowledgedFlag","value":true}]`)
	if done["closeDate"] == nil || done["acknowledgedDate"] == nil {
		t.Errorf("done %v", done)
	}
	tn.want(204, "DELETE", path, "")
	tn.want(204, "DELETE", "/schedule/entries/"+itoa(second.int("id")), "")
	if resources() != nil {
		t.Errorf("after deletion %v", resources())
	}
	trail := tn.list("/schedule/entries?conditions=type/id=4 AND objectId=" + number(ticket))
	if len(trail) != 0 {
		t.Errorf("entries left %v", trail)
	}
	owner := tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "hnakamura", `,"ownerFlag":true`))
	if got := tn.want(200, "GET", ticket, ""); got.text("owner/identifier") != "hnakamura" {
		t.Errorf("the owner's entry %v gives the owner %v", owner, got["owner"])
	}
}

func TestScheduleDates(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	for more, want := range map[string]map[string]any{
		`,"dateStart":"2026-06-01T13:00:00Z","hours":2.5`:                                {"dateEnd": "2026-06-01T15:30:00Z", "hours": 2.5},
		`,"dateStart":"2026-06-02T00:00:00Z","dateEnd":"2026-06-02T00:00:00Z"`:           {"hours": 0.0}, // a to-do
		`,"dateStart":"2026-06-03T13:00:00Z","dateEnd":"2026-06-05T13:00:00Z","hours":1`: {"hours": 48.0},
	} {
		got := tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "mreyes", more))
		for path, v := range want {
			if got.at(path) != v {
				t.Errorf("%s: %s is %v, want %v", more, path, got.at(path), v)
			}
		}
		if got["hours"] == 48.0 {
			if pieces := tn.list("/schedule/entries/" + itoa(got.int("id")) + "/details"); len(pieces) != 3 || pieces[0].text("dateEnd") != "2026-06-04T00:00:00Z" {
				t.Errorf("pieces %v", pieces)
			}
		}
	}
	made := tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "jokafor", slot))
	path := "/schedule/entries/" + itoa(made.int("id"))
	got := tn.want(200, "PATCH", path, `[{"op":"replace","path":"dateStart","value":null},{"op":"replace","path":"dateEnd","value":null}]`)
	if got["dateStart"] != nil || got["hours"] != nil {
		t.Errorf("cleared to %v", got)
	}
}

func TestScheduleRefusals(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	project := itoa(tn.list("/project/tickets?pageSize=1")[0].int("id"))
	tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "mreyes", slot))
	overlapping := scheduled(ticket, "mreyes", `,"dateStart":"2026-06-01T14:00:00Z","dateEnd":"2026-06-01T16:00:00Z"`)
	before := tn.want(200, "GET", "/schedule/entries/count", "").int("count")
	for _, tt := range []struct {
		name, body, says string
		status           int
	}{
		{"no type", `{"objectId":` + number(ticket) + `,"member":{"id":153}}`, "The type field is required.", 400},
		{"no member", `{"objectId":` + number(ticket) + `,"type":{"id":4}}`, "The member field is required.", 400},
		{"no object", `{"member":{"id":153},"type":{"id":4}}`, "The objectId field is required.", 400},
		{"the sales type", strings.Replace(scheduled(ticket, "mreyes", ""), `"S"`, `"C"`, 1), "Activity " + number(ticket) + " not found", 400},
		{"the project's type", strings.Replace(scheduled(ticket, "mreyes", ""), `"S"`, `"P"`, 1), "Project Ticket " + number(ticket) + " not found", 400},
		{"a project's ticket", scheduled("/x/"+project, "mreyes", ""), "Service Ticket " + project + " not found", 400},
		{"an unknown type", strings.Replace(scheduled(ticket, "mreyes", ""), `"S"`, `"Z"`, 1), "type Z not found", 400},
		{"a member who left", scheduled(ticket, "rbeck", ""), "is inactive", 400},
		{"an unknown member", scheduled(ticket, "nobody", ""), "member nobody not found", 400},
		{"an end before the start", scheduled(ticket, "jokafor", `,"dateStart":"2026-06-01T14:00:00Z","dateEnd":"2026-06-01T13:00:00Z"`), "dateEnd", 400},
		{"an end without a start", scheduled(ticket, "jokafor", `,"dateEnd":"2026-06-01T13:00:00Z"`), "The dateStart field is required.", 400},
		{"a conflict", overlapping, "schedule conflict", 400},
		{"a name for the type", strings.Replace(scheduled(ticket, "mreyes", ""), `"identifier":"S"`, `"name":"Service"`, 1), "Could not find member 'name' on object of type 'ScheduleTypeReference'", 400},
	} {
		got := tn.call("POST", "/schedule/entries", tt.body)
		if got.status != tt.status || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s answered %d %s, want %d and %q", tt.name, got.status, got.text, tt.status, tt.says)
		}
	}
	if after := tn.want(200, "GET", "/schedule/entries/count", "").int("count"); after != before {
		t.Errorf("%d entries, before %d", after, before)
	}
	made := tn.want(201, "POST", "/schedule/entries", strings.TrimSuffix(overlapping, "}")+`,"allowScheduleConflictsFlag":true}`)
	// A change that leaves the time alone is no new conflict.
	tn.want(200, "PATCH", "/schedule/entries/"+itoa(made.int("id")), `[{"op":"replace","path":"status/id","value":1}]`)
	tn.want(400, "PATCH", "/schedule/entries/"+itoa(made.int("id")), `[{"op":"replace","path":"dateStart","value":"2026-06-01T13:30:00Z"}]`)
}

func TestScheduleMailsWhenAsked(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	path := func(more string) string {
		return "/schedule/entries/" + itoa(tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "mreyes", more)).int("id"))
	}
	silent, told := path(""), path(`,"notifyResource":true`)
	if got := tn.reasons(); got != "schedule" {
		t.Errorf("two assignments mailed %q", got)
	}
	mail := tn.outbox()[0]
	if mail.To[0] != "marco.reyes@harborpoint.example" || mail.Ticket != number(ticket) {
		t.Errorf("mail %+v", mail)
	}
	tn.want(204, "DELETE", silent, "")
	tn.want(400, "DELETE", told+"/maybe", "")
	tn.want(204, "DELETE", told+"/true", "")
	if got := tn.reasons(); got != "schedule schedule" {
		t.Errorf("after two deletions %q", got)
	}
	other := path("")
	tn.want(204, "DELETE", other+"/false", "")
	if len(tn.outbox()) != 2 {
		t.Errorf("a silent deletion mailed")
	}
}

func TestScheduleOfSeed(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for _, ticket := range tn.list(`/service/tickets?conditions=resources != null&pageSize=50`) {
		entries := tn.list("/schedule/entries?conditions=type/id = 4 and objectId = " + itoa(ticket.int("id")))
		if len(entries) != 1 || entries[0].text("member/identifier") != ticket.text("resources") || entries[0]["doneFlag"] != ticket["closedFlag"] {
			t.Errorf("ticket %d of %v has entries %v", ticket.int("id"), ticket["resources"], entries)
		}
	}
	if n := tn.want(200, "GET", `/schedule/entries/count?conditions=type/id = 4 and dateStart > [2026-03-02T09:00:00Z]`, "").int("count"); n < 10 {
		t.Errorf("%d visits to come", n)
	}
	off := tn.list(`/schedule/entries?conditions=type/identifier = "H"&pageSize=100`)
	if len(off) < 18 || off[0].text("name") != "Vacation" || off[0]["dateStart"] == nil {
		t.Errorf("time off %v", off)
	}
	project := tn.list(`/project/tickets?conditions=resources != null&pageSize=1`)[0]
	if entries := tn.list("/schedule/entries?conditions=type/id = 3 and objectId = " + itoa(project.int("id"))); len(entries) != 1 {
		t.Errorf("a project's ticket has %v", entries)
	}
}

func TestCalendarsAndHolidays(t *testing.T) {
	t.Parallel()
	tn := start(t)
	member := tn.want(200, "GET", "/system/members/mreyes", "")
	if member.text("timeZone/name") != "US Eastern" {
		t.Errorf("time zone %v", member["timeZone"])
	}
	calendar := tn.want(200, "GET", "/schedule/calendars/"+itoa(member.int("calendar/id")), "")
	if calendar.text("mondayStartTime") != "08:00:00" || calendar.text("fridayEndTime") != "17:00:00" || calendar["sundayStartTime"] != nil {
		t.Errorf("calendar %v", calendar)
	}
	holidays := tn.list("/schedule/holidayLists/" + itoa(calendar.int("holidayList/id")) + `/holidays?conditions=name contains "Christmas"`)
	if len(holidays) != 6 || holidays[0].text("timeStart") != "12:00:00" || holidays[1]["allDayFlag"] != true || holidays[1].text("date") != "2025-12-25" {
		t.Errorf("holidays %v", holidays)
	}
	tn.want(404, "GET", "/schedule/holidayLists/404/holidays", "")
	made := tn.as("acarter", "POST", "/schedule/holidayLists/1/holidays", `{"name":"Founders' Day","date":"2026-05-04"}`)
	if made.status != 201 || !strings.Contains(made.text, `"allDayFlag": true`) {
		t.Errorf("a new holiday answered %d %s", made.status, made.text)
	}
	tn.revoke("Table Setup:inquire")
	tn.want(403, "GET", "/schedule/calendars/1", "")
	tn.list("/schedule/types/info")
	tn.list("/schedule/statuses/info")
}

func TestScheduleRights(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	entry := "/schedule/entries/" + itoa(tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "mreyes", "")).int("id"))
	for _, tt := range []struct {
		right, method, path, body string
		status                    int
	}{
		{"Resource Scheduling:inquire", "GET", "/schedule/entries", "", 403},
		{"Resource Scheduling:inquire", "GET", "/schedule/details", "", 403},
		{"Resource Scheduling:inquire=My", "GET", entry, "", 403},
		{"Resource Scheduling:add", "POST", "/schedule/entries", scheduled(ticket, "mreyes", ""), 403},
		{"Resource Scheduling:add=My", "POST", "/schedule/entries", scheduled(ticket, "mreyes", ""), 403},
		{"Resource Scheduling:edit", "PATCH", entry, "[]", 403},
		{"Resource Scheduling:delete", "DELETE", entry, "", 403},
		{"Resource Scheduling:delete", "DELETE", entry + "/true", "", 403},
		{"Service Tickets:inquire", "GET", ticket + "/scheduleentries", "", 403},
	} {
		tn.revoke(tt.right)
		if got := tn.call(tt.method, tt.path, tt.body); got.status != tt.status {
			t.Errorf("without %s %s %s answered %d %s, want %d", tt.right, tt.method, tt.path, got.status, got.text, tt.status)
		}
	}
	if got := tn.as("mreyes", "POST", "/schedule/entries", scheduled(ticket, "jokafor", "")); got.status != 403 {
		t.Errorf("scheduling a colleague answered %d", got.status)
	}
}

func TestReferencesOfATicket(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	tn.book(ticket, `,"actualHours":1`)
	tn.want(201, "POST", "/schedule/entries", scheduled(ticket, "mreyes", ""))
	for name, want := range map[string]int{"timeentries": 1, "scheduleentries": 1, "activities": 0, "products": 0} {
		if got := tn.list(ticket + "/" + name); len(got) != want {
			t.Errorf("%s: %v", name, got)
		}
		if got := tn.want(200, "GET", ticket+"/"+name+"/count", "").int("count"); got != want {
			t.Errorf("%s: count %d", name, got)
		}
	}
	if ref := tn.list(ticket + "/scheduleentries")[0]; !strings.Contains(ref.text("description"), "Printer on fire") {
		t.Errorf("reference %v", ref)
	}
	tn.want(404, "GET", "/project/tickets/"+number(ticket)+"/timeentries", "")
}
