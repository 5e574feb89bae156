package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCreateProjectTicket(t *testing.T) {
	t.Parallel()
	tn := start(t)
	got := tn.want(201, "POST", "/project/tickets", `{"summary":"Cable the rack","phase":{"id":421},"initialDescription":"Two racks."}`)
	for path, want := range map[string]any{
		"project/name": "Server refresh", "phase/name": "Build", "board/name": "Projects", "status/name": "New", "status/id": 601.0,
		"isIssueFlag": false, "closedFlag": false, "company/id": 264.0, "location/name": "Portland Office", "department/name": "Projects",
		"priority/name": "Priority 3 - Normal Response", "approved": true, "wbsCode": "1.5",
		// what project tickets do not have
		"recordType": nil, "team": nil, "severity": nil, "impact": nil, "sla": nil, "externalXRef": nil,
	} {
		if got.at(path) != want {
			t.Errorf("%s is %v, want %v", path, got.at(path), want)
		}
	}
	path := "/project/tickets/" + itoa(got.int("id"))
	tn.want(404, "GET", "/service/tickets/"+number(path), "")
	if n := len(got["customFields"].([]any)); n != 1 {
		t.Errorf("%d custom fields", n)
	}
	service := number(tn.newTicket(""))
	if next := itoa(got.int("id") + 1); service != next {
		t.Errorf("the next service ticket is %s, want %s: one number space", service, next)
	}
	issue := tn.want(201, "POST", "/project/tickets", `{"summary":"Wrong cable","phase":{"id":421},"isIssueFlag":true}`)
	var all []object
	if err := json.Unmarshal([]byte(tn.do("GET", tn.sim.URL+"/_sim/state/tickets", "").text), &all); err != nil {
		t.Fatal(err)
	}
	if last := all[len(all)-1]; last.int("id") != issue.int("id") || last["isIssueFlag"] != true {
		t.Errorf("the state ends with %v", last)
	}
	for id, want := range map[string]int{itoa(issue.int("id")): 1, "1": 0, "x": 0} {
		var found []object
		if err := json.Unmarshal([]byte(tn.do("GET", tn.sim.URL+"/_sim/state/tickets?id="+id, "").text), &found); err != nil {
			t.Fatal(err)
		}
		if len(found) != want || want == 1 && found[0]["isIssueFlag"] != true {
			t.Errorf("the state of %s is %v", id, found)
		}
	}
}

func TestProjectTicketChanges(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := "/project/tickets/" + itoa(tn.want(201, "POST", "/project/tickets", `{"summary":"x","phase":{"id":411}}`).int("id"))
	for _, tt := range []struct {
		ops, at string
		want    any
	}{
		{`[{"op":"replace","path":"status","value":{"name":"In Progress"}}]`, "status/id", 602.0},
		{`[{"op":"replace","path":"phase","value":{"id":422}}]`, "project/id", 42.0},
		{`[{"op":"replace","path":"type","value":{"name":"Migration"}},{"op":"replace","path":"subType","value":{"name":"Cutover"}}]`, "subType/name", "Cutover"},
		{`[{"op":"replace","path":"owner/identifier","value":"dfischer"}]`, "owner/id", 160.0},
		{`[{"op":"replace","path":"customFields","value":[{"id":21,"value":3.5}]}]`, "summary", "x"},
		{`[{"op":"replace","path":"status","value":{"name":">Closed"}}]`, "closedFlag", true},
	} {
		if got := tn.want(200, "PATCH", path, tt.ops); got.at(tt.at) != tt.want {
			t.Errorf("%s: %s is %v, want %v", tt.ops, tt.at, got.at(tt.at), tt.want)
		}
	}
	for _, tt := range []struct{ method, path, body, says string }{
		{"POST", "/project/tickets", `{"summary":"x"}`, "The phase field is required."},
		{"POST", "/project/tickets", `{"phase":{"id":411}}`, "The summary field is required."},
		{"POST", "/project/tickets", `{"summary":"x","phase":{"id":404}}`, "phase 404 not found"},
		{"POST", "/project/tickets", `{"summary":"x","phase":{"id":411},"severity":"High"}`, "Could not find member 'severity' on object of type 'ProjectTicket'"},
		{"POST", "/project/tickets", `{"summary":"x","phase":{"id":411},"board":{"id":1}}`, "Service Board 1 not found"},
		{"PATCH", path, `[{"op":"replace","path":"status","value":{"id":101}}]`, "Service Status 101 not found for Service Board 6"},
		{"PUT", path, `{"summary":"x","phase":{"id":411}}`, "The board field is required."},
	} {
		if got := tn.call(tt.method, tt.path, tt.body); got.status != 400 || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s %s answered %d %s, want %q", tt.method, tt.body, got.status, got.text, tt.says)
		}
	}
	tn.revoke("Project Tickets:edit")
	tn.want(403, "PATCH", path, "[]")
	tn.revoke("Service Tickets:edit")
	tn.want(200, "PATCH", path, "[]")
	tn.revoke("Close Project Tickets:edit")
	tn.want(200, "PATCH", path, `[{"op":"replace","path":"status","value":{"name":"New"}}]`)
	tn.want(403, "PATCH", path, `[{"op":"replace","path":"status","value":{"name":">Closed"}}]`)
	tn.revoke("Project Tickets:add")
	tn.want(403, "POST", "/project/tickets", `{"summary":"x","phase":{"id":411}}`)
	tn.want(403, "DELETE", path, "") // the role may not
	if got := tn.as("acarter", "DELETE", path, ""); got.status != 204 {
		t.Errorf("an administrator's deletion answered %d %s", got.status, got.text)
	}
}

func TestProjectTicketNotes(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := "/project/tickets/" + itoa(tn.want(201, "POST", "/project/tickets", `{"summary":"x","phase":{"id":411}}`).int("id"))
	note := tn.want(201, "POST", path+"/notes", `{"text":"Half done","internalAnalysisFlag":true,"member":{"identifier":"deskgate"}}`)
	if note["dateCreated"] != nil || note["createdBy"] != nil || note.text("member/identifier") != "deskgate" || note.int("ticketId") == 0 {
		t.Errorf("note %v", note)
	}
	if got := tn.call("POST", path+"/notes", `{"text":"x"}`); got.status != 400 || !strings.Contains(got.text, "ticketNote object is invalid") {
		t.Errorf("a note shown nowhere answered %d %s", got.status, got.text)
	}
	tn.want(400, "POST", path+"/notes", `{"text":"x","resolutionFlag":true,"sentimentScore":1}`) // not a member of this type
	tn.want(200, "PATCH", path+"/notes/"+itoa(note.int("id")), `[{"op":"replace","path":"text","value":"Done"}]`)
	if all := tn.list(path + "/allNotes"); len(all) != 1 || all[0].text("text") != "Done" {
		t.Errorf("allNotes %v", all)
	}
	tn.want(404, "GET", "/service/tickets/"+number(path)+"/notes", "")
	found := tn.call("POST", "/project/tickets/search", `{"conditions":"id = `+number(path)+`"}`)
	if found.status != 200 || !strings.Contains(found.text, `"id": `+number(path)) {
		t.Errorf("search answered %d %s", found.status, found.text)
	}
}

func TestProjectsAndPhases(t *testing.T) {
	t.Parallel()
	tn := start(t)
	projects := tn.list(`/project/projects?conditions=status/name = "Open"`)
	if len(projects) != 3 || projects[0].text("manager/identifier") != "dfischer" || projects[0].text("board/name") != "Projects" {
		t.Errorf("projects %v", projects)
	}
	if phases := tn.list("/project/projects/41/phases"); len(phases) != 2 || phases[0].text("description") != "Planning" || phases[0].int("projectId") != 41 {
		t.Errorf("phases %v", phases)
	}
	tn.want(404, "GET", "/project/projects/41/phases/421", "") // of another project
	tn.want(404, "GET", "/project/projects/404/phases", "")
	tn.want(403, "POST", "/project/projects/41/phases", `{"description":"Aftercare"}`)
	made := tn.as("acarter", "POST", "/project/projects", `{"name":"New network","board":{"name":"Projects"},"company":{"id":250},"billingMethod":"FixedFee","estimatedStart":"2026-04-01","estimatedEnd":"2026-06-01"}`)
	if made.status != 201 || !strings.Contains(made.text, `"name": "Open"`) {
		t.Fatalf("a new project answered %d %s", made.status, made.text)
	}
	for body, says := range map[string]string{
		`{"name":"x"}`: "The billingMethod field is required.",
		`{"name":"x","board":{"id":1},"company":{"id":250},"billingMethod":"FixedFee","estimatedStart":"2026-04-01","estimatedEnd":"2026-06-01"}`: "Project Board Service Desk not found",
	} {
		if got := tn.as("acarter", "POST", "/project/projects", body); got.status != 400 || !strings.Contains(got.text, says) {
			t.Errorf("%s answered %d %s", body, got.status, got.text)
		}
	}
	if got := tn.as("acarter", "DELETE", "/project/projects/41", ""); got.status != 409 {
		t.Errorf("deleting a project with phases answered %d", got.status)
	}
	if got := tn.as("acarter", "DELETE", "/project/projects/41/phases/411", ""); got.status != 409 {
		t.Errorf("deleting a phase with tickets answered %d", got.status)
	}
	tn.revoke("Project Headers:inquire")
	tn.want(403, "GET", "/project/projects", "")
	tn.want(403, "GET", "/project/projects/41/phases", "")
	tn.list("/project/projects/41/notes")
}

func TestConversions(t *testing.T) {
	t.Parallel()
	tn := start(t)
	service := tn.newTicket(`,"type":{"name":"Email"},"initialDescription":"Smoke."`)
	id := number(service)
	tn.want(400, "POST", service+"/convert", `{"phase":{"id":411}}`) // wbsCode is required too
	if got := tn.want(200, "POST", service+"/convert", `{"phase":{"id":411},"wbsCode":"1.9","recordType":"ProjectTicket"}`); got["success"] != true {
		t.Errorf("answered %v", got)
	}
	tn.want(404, "GET", service, "")
	got := tn.want(200, "GET", "/project/tickets/"+id, "")
	if got.text("wbsCode") != "1.9" || got.text("status/name") != "New" || got.int("board/id") != 6 || got["type"] != nil {
		t.Errorf("converted %v", got)
	}
	if notes := tn.list("/project/tickets/" + id + "/notes"); len(notes) != 1 {
		t.Errorf("notes %v", notes)
	}
	tn.want(200, "POST", "/project/tickets/"+id+"/convert", `{"recordType":"ServiceTicket"}`)
	if got := tn.want(200, "GET", service, ""); got.text("severity") != "Medium" || got["phase"] != nil || got.int("board/id") != 1 {
		t.Errorf("converted back %v", got)
	}
	copied := tn.want(200, "POST", service+"/copy", "")
	if copied.int("id") <= 0 || itoa(copied.int("id")) == id || copied.text("summary") != "Printer on fire" || copied.text("_info/enteredBy") != "deskgate-api" {
		t.Errorf("copied %v", copied)
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	task := tn.want(201, "POST", path+"/tasks", `{"notes":"Order the part"}`)
	tn.want(201, "POST", path+"/tasks", `{"notes":"Fit the part"}`)
	if task["closedFlag"] != false || task.int("priority") != 1 || itoa(task.int("ticketId")) != number(path) {
		t.Errorf("task %v", task)
	}
	tn.want(200, "PATCH", path+"/tasks/"+itoa(task.int("id")), `[{"op":"replace","path":"closedFlag","value":true}]`)
	if open := tn.list(path + "/tasks?conditions=closedFlag = false"); len(open) != 1 || open[0].int("priority") != 2 {
		t.Errorf("open %v", open)
	}
	tn.want(204, "DELETE", path+"/tasks/"+itoa(task.int("id")), "")
	if n := tn.want(200, "GET", path+"/tasks/count", "").int("count"); n != 1 {
		t.Errorf("%d tasks", n)
	}
}
