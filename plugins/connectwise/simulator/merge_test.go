package simulator_test

import (
	"strings"
	"testing"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	tn := start(t)
	parent := tn.newTicket(`,"initialDescription":"The printer burns."`)
	const flags = `,"contact":{"id":601},"automaticEmailContactFlag":true,"processNotifications":false`
	one, two := tn.newTicket(flags+`,"initialDescription":"Smoke in the copy room."`), tn.newTicket(`,"summary":"Fire alarm"`)
	tn.book(one, `,"actualHours":1,"notes":"Opened the windows.","addToDetailDescriptionFlag":true`)
	got := tn.want(200, "POST", parent+"/merge", `{"mergeTicketIds":[`+number(one)+`,`+number(two)+`],"status":{"name":">Closed"}}`)
	if got["success"] != true || got["message"] == nil {
		t.Errorf("answered %v", got)
	}
	for _, path := range []string{one, two} {
		child := tn.want(200, "GET", path, "")
		if itoa(child.int("mergedParentTicket/id")) != number(parent) || child["closedFlag"] != true || child.text("status/name") != ">Closed" {
			t.Errorf("child %v %v", child["mergedParentTicket"], child["status"])
		}
	}
	if got := tn.want(200, "GET", parent, ""); got["hasMergedChildTicketFlag"] != true || got["closedFlag"] != false {
		t.Errorf("parent %v", got)
	}
	var texts []string
	for _, n := range tn.list(parent + "/allNotes") {
		texts = append(texts, n.text("text"))
		if merged := n["mergedFlag"] == true; merged == (n.text("text") == "The printer burns.") {
			t.Errorf("%q has mergedFlag %v", n.text("text"), merged)
		}
	}
	if got := strings.Join(texts, " "); got != "The printer burns. Smoke in the copy room. Opened the windows." {
		t.Errorf("allNotes %q", got)
	}
	if notes := tn.list(parent + "/notes"); len(notes) != 1 {
		t.Errorf("notes %v", notes)
	}
	if got := tn.reasons(); got != "contact" { // the new status of the child whose flag is set
		t.Errorf("mailed %q", got)
	}
	if got := tn.as("acarter", "DELETE", parent, ""); got.status != 409 {
		t.Errorf("deleting the parent answered %d", got.status)
	}
}

func TestMergeRefusals(t *testing.T) {
	t.Parallel()
	tn := start(t)
	parent, child := tn.newTicket(""), tn.newTicket("")
	other := tn.newTicket(`,"board":{"name":"Alerts"},"status":{"name":"New"},"team":{"name":"Alert Triage"}`)
	merged := tn.newTicket("")
	tn.want(200, "POST", parent+"/merge", `{"mergeTicketIds":[`+number(merged)+`],"status":{"id":107}}`)
	project := itoa(tn.list("/project/tickets?pageSize=1")[0].int("id"))
	before := tn.call("GET", child, "").text
	for _, tt := range []struct {
		name, path, ids, status, says string
		code                          int
	}{
		{"an unknown ticket", parent, "404", `{"id":107}`, "Service Ticket 404 not found", 400},
		{"a project's ticket", parent, project, `{"id":107}`, "not found", 400},
		{"itself", parent, number(parent), `{"id":107}`, "under itself", 400},
		{"a merged one", parent, number(merged), `{"id":107}`, "merged already", 400},
		{"into a merged one", merged, number(child), `{"id":107}`, "merged already", 400},
		{"no ticket", parent, "", `{"id":107}`, "The mergeTicketIds field is required.", 400},
		{"no status", parent, number(child), `null`, "The status field is required.", 400},
		{"a status of another board", parent, number(child), `{"id":305}`, "Service Status 305 not found for Service Board 1", 400},
		{"children of two boards", parent, number(child) + "," + number(other), `{"id":107}`, "Service Status 107 not found for Service Board 3", 400},
		{"an unknown parent", "/service/tickets/404", number(child), `{"id":107}`, "Service Ticket 404 not found", 404},
		{"texts", parent, `"x"`, `{"id":107}`, "System.Double", 500},
	} {
		got := tn.call("POST", tt.path+"/merge", `{"mergeTicketIds":[`+tt.ids+`],"status":`+tt.status+`}`)
		if got.status != tt.code || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s answered %d %s, want %d and %q", tt.name, got.status, got.text, tt.code, tt.says)
		}
	}
	for _, right := range []string{"Merge Tickets:edit", "Service Tickets:edit", "Close Service Tickets:edit"} {
		tn.revoke(right)
		tn.want(403, "POST", parent+"/merge", `{"mergeTicketIds":[`+number(child)+`],"status":{"id":107}}`)
	}
	if after := tn.call("GET", child, "").text; after != before {
		t.Errorf("the child changed to %s", after)
	}
	tn.want(405, "GET", parent+"/merge", "")
	tn.want(404, "POST", "/project/tickets/"+project+"/merge", "{}")
}

func TestChildrenOfATicket(t *testing.T) {
	t.Parallel()
	tn := start(t)
	parent, other := tn.newTicket(""), tn.newTicket("")
	child := tn.newTicket(`,"initialDescription":"Smoke."`)
	has := func(path string) any { return tn.want(200, "GET", path, "")["hasChildTicket"] }
	tn.want(200, "POST", parent+"/attachChildren", `{"childTicketIds":[`+number(child)+`]}`)
	if got := tn.want(200, "GET", child, ""); itoa(got.int("parentTicketId")) != number(parent) || has(parent) != true {
		t.Errorf("child of %v, parent has %v", got["parentTicketId"], has(parent))
	}
	if all := tn.list(parent + "/allNotes"); len(all) != 1 || all[0]["bundledFlag"] != true || itoa(all[0].int("ticket/id")) != number(child) {
		t.Errorf("allNotes %v", all)
	}
	tn.want(200, "PATCH", child, `[{"op":"replace","path":"parentTicketId","value":`+number(other)+`}]`)
	if has(parent) != false || has(other) != true {
		t.Errorf("after the move %v and %v", has(parent), has(other))
	}
	tn.want(400, "PATCH", child, `[{"op":"replace","path":"parentTicketId","value":404}]`)
	tn.want(400, "PATCH", child, `[{"op":"replace","path":"parentTicketId","value":`+number(child)+`}]`)
	tn.want(400, "POST", parent+"/attachChildren", `{"childTicketIds":[404]}`)
	tn.want(400, "POST", parent+"/attachChildren", `{}`)
	tn.want(204, "DELETE", other, "")
	if got := tn.want(200, "GET", child, ""); got["parentTicketId"] != nil {
		t.Errorf("the child of a deleted ticket has %v", got["parentTicketId"])
	}
}

func TestDeleteTicket(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket(`,"initialDescription":"Smoke."`)
	entry := "/schedule/entries/" + itoa(tn.want(201, "POST", "/schedule/entries", scheduled(path, "mreyes", "")).int("id"))
	tn.want(201, "POST", path+"/configurations", `{"id":3000}`)
	tn.want(204, "DELETE", path, "")
	for _, gone := range []string{path, path + "/notes", path + "/allNotes", entry, path + "/configurations"} {
		tn.want(404, "GET", gone, "")
	}
	tn.want(404, "DELETE", path, "")
	trail := tn.list("/system/audittrail?type=Ticket&id=" + number(path))
	if last := trail[len(trail)-1]; last.text("text") != "Service Ticket has been deleted." {
		t.Errorf("the trail ends with %v", last)
	}
	kept := tn.newTicket("")
	tn.book(kept, `,"actualHours":1`)
	if got := tn.call("DELETE", kept, ""); got.status != 409 {
		t.Errorf("a ticket with time: %d", got.status)
	}
}

func TestAuditTrail(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	tn.want(200, "PATCH", path, `[{"op":"replace","path":"status","value":{"name":"In Progress"}},{"op":"replace","path":"owner","value":{"identifier":"mreyes"}},{"op":"replace","path":"summary","value":"Printer put out"}]`)
	tn.as("jokafor", "PATCH", path, `[{"op":"replace","path":"priority","value":{"id":6}}]`)
	tn.want(201, "POST", path+"/notes", `{"text":"x","internalAnalysisFlag":true}`)
	tn.want(201, "POST", "/schedule/entries", scheduled(path, "mreyes", ""))
	tn.want(201, "POST", path+"/configurations", `{"id":3000}`)
	tn.want(204, "DELETE", path+"/configurations/3000", "")
	trail := tn.list("/system/audittrail?type=Ticket&id=" + number(path))
	var texts []string
	for _, e := range trail {
		texts = append(texts, e.text("text")+" "+e.text("enteredBy")+"/"+e.text("auditSource")+"/"+e.text("auditSubType"))
	}
	want := []string{
		`Service Ticket has been created. deskgate-api/API/Record`,
		`Summary has been changed from "Printer on fire" to "Printer put out". deskgate-api/API/Subject`,
		`Status has been changed from "New" to "In Progress". deskgate-api/API/Status`,
		`Ticket Owner has been changed from "" to "Marco Reyes". deskgate-api/API/Resources`,
		`Priority has been changed from "Priority 3 - Normal Response" to "Priority 1 - Critical". jokafor/Member/Ticket`,
		`Note has been created. deskgate-api/API/Record`,
		`Resource "mreyes" has been added. deskgate-api/API/Resources`,
		`Configuration "HAR-SRV01" has been added. deskgate-api/API/Configuration`,
		`Configuration "HAR-SRV01" has been removed. deskgate-api/API/Configuration`,
	}
	for i := range max(len(want), len(texts)) {
		if i >= len(texts) || i >= len(want) || texts[i] != want[i] {
			t.Fatalf("the trail is\n%s\nwant\n%s", strings.Join(texts, "\n"), strings.Join(want, "\n"))
		}
	}
	if trail[0]["id"] != nil || trail[0]["_info"] != nil || trail[0].text("auditType") != "Ticket" {
		t.Errorf("entry %v", trail[0])
	}
	tn.want(200, "PATCH", path, `[]`) // changes nothing and tells nothing
	if n := tn.want(200, "GET", "/system/audittrail/count?type=Ticket&id="+number(path), "").int("count"); n != len(want) {
		t.Errorf("count %d", n)
	}
	seeded := tn.list("/system/audittrail?type=ticket&id=10001")
	if len(seeded) < 3 || !strings.Contains(seeded[len(seeded)-1].text("text"), "Status has been changed from") {
		t.Errorf("the seed's trail %v", seeded)
	}
	paged := tn.with("pagination-type", "forward-only").call("GET", "/system/audittrail?type=Ticket&id="+number(path)+"&pageSize=2&page=2", "")
	if paged.status != 200 || rels(paged.header.Get("Link")) != "first prev next last" || !strings.Contains(paged.text, "In Progress") {
		t.Errorf("forward-only paging answered %d %v %s", paged.status, paged.header.Get("Link"), paged.text)
	}
	for _, query := range []string{"", "?type=Ticket", "?id=10001", "?type=Mood&id=1", "?type=Ticket&id=x"} {
		tn.want(400, "GET", "/system/audittrail"+query, "")
	}
	if got := tn.list("/system/audittrail?type=Invoice&id=1"); len(got) != 0 {
		t.Errorf("a kind without records: %v", got)
	}
	tn.revoke("Service Tickets:inquire")
	tn.want(403, "GET", "/system/audittrail?type=Ticket&id=10001", "")
}
