package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCreateTicketDefaults(t *testing.T) {
	t.Parallel()
	tn := start(t)
	got := tn.want(201, "POST", "/service/tickets", `{"summary":"Printer on fire","company":{"identifier":"AlderCreekDental"},"initialDescription":"Smoke.","initialInternalAnalysis":"Bring the extinguisher.","closedFlag":true,"resources":"mreyes"}`)
	for path, want := range map[string]any{
		"board/name": "Service Desk", "status/name": "New", "team/name": "Service Desk Team", "priority/name": "Priority 3 - Normal Response",
		"source/name": "Call", "severity": "Medium", "impact": "Medium", "recordType": "ServiceTicket", "billTime": "NoDefault",
		"automaticEmailContactFlag": false, "closedFlag": false, "approved": true, "company/name": "Alder Creek Dental",
		"site/name": "Main", "serviceLocation/name": "Remote", "sla/name": "Standard SLA", "_info/enteredBy": "deskgate-api",
		"type": nil, "contact": nil, "owner": nil, "resources": nil, "initialDescription": nil, "processNotifications": nil,
	} {
		if got.at(path) != want {
			t.Errorf("%s is %v, want %v", path, got.at(path), want)
		}
	}
	notes := tn.list("/service/tickets/" + itoa(got.int("id")) + "/notes")
	if len(notes) != 2 || notes[0].text("text") != "Smoke." || notes[0]["detailDescriptionFlag"] != true || notes[1]["internalAnalysisFlag"] != true {
		t.Errorf("notes %v", notes)
	}
	if n := len(got["customFields"].([]any)); n != 10 {
		t.Errorf("%d custom fields", n)
	}
}

func TestPatchForms(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	for _, tt := range []struct {
		name, ops, at string
		want          any
	}{
		{"whole reference by id", `[{"op":"replace","path":"status","value":{"id":103}}]`, "status/name", "In Progress"},
		{"whole reference by name", `[{"op":"replace","path":"/status","value":{"name":"waiting parts"}}]`, "status/id", 105.0},
		{"inner path by id", `[{"op":"replace","path":"status/id","value":104}]`, "status/name", "Waiting Client Response"},
		{"inner path by identifier", `[{"op":"replace","path":"owner/identifier","value":"mreyes"}]`, "owner/id", 153.0},
		{"replace of the absent", `[{"op":"replace","path":"poNumber","value":"PO-1"}]`, "poNumber", "PO-1"},
		{"null clears", `[{"op":"replace","path":"poNumber","value":null}]`, "poNumber", nil},
		{"add", `[{"op":"add","path":"externalXRef","value":"x-1"}]`, "externalXRef", "x-1"},
		{"remove", `[{"op":"remove","path":"owner"}]`, "owner", nil},
		{"in order", `[{"op":"replace","path":"summary","value":"a"},{"op":"replace","path":"summary","value":"b"}]`, "summary", "b"},
		{"wrong case has no effect", `[{"op":"replace","path":"Summary","value":"c"}]`, "summary", "b"},
		{"unknown path has no effect", `[{"op":"replace","path":"mood","value":"c"}]`, "summary", "b"},
		{"read-only has no effect", `[{"op":"replace","path":"closedFlag","value":true}]`, "closedFlag", false},
		{"type triple", `[{"op":"replace","path":"type","value":{"name":"Email"}},{"op":"replace","path":"subType","value":{"name":"Delivery"}},{"op":"replace","path":"item","value":{"name":"Outlook"}}]`, "item/name", "Outlook"},
		{"text with a number", `[{"op":"replace","path":"summary","value":42}]`, "summary", "42"},
	} {
		if got := tn.want(200, "PATCH", path, tt.ops); got.at(tt.at) != tt.want {
			t.Errorf("%s: %s is %v, want %v", tt.name, tt.at, got.at(tt.at), tt.want)
		}
	}
}

func TestRefusedWritesChangeNothing(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	before := tn.call("GET", path, "").text
	for _, tt := range []struct {
		name, method, body, says string
		status                   int
	}{
		{"a bare object", "PATCH", `{"op":"replace","path":"summary","value":"x"}`, "JSON array", 400},
		{"another operation", "PATCH", `[{"op":"move","path":"summary"}]`, "move", 400},
		{"broken JSON", "PATCH", `[{"op":`, "Unexpected end when reading JSON. Path '[0]'", 500},
		{"no operation", "PATCH", `[{"op":1}]`, `Error converting value {\"op\":1} to type 'PatchOperation'. Path '[0]'.`, 500},
		{"a status of another board", "PATCH", `[{"op":"replace","path":"status","value":{"id":203}}]`, "Service Status 203 not found for Service Board 1", 400},
		{"a board without its status", "PATCH", `[{"op":"replace","path":"board","value":{"name":"Alerts"}}]`, "Service Status New not found for Service Board 3", 400},
		{"a project board", "PATCH", `[{"op":"replace","path":"board","value":{"id":6}},{"op":"replace","path":"status","value":{"id":601}},{"op":"replace","path":"team","value":{"id":681}}]`, "Service Board 6 not found", 400},
		{"a subtype of another type", "PATCH", `[{"op":"replace","path":"type","value":{"name":"Email"}},{"op":"replace","path":"subType","value":{"name":"VPN"}}]`, "Service SubType VPN", 400},
		{"an item of another type", "PATCH", `[{"op":"replace","path":"type","value":{"name":"Email"}},{"op":"replace","path":"subType","value":{"name":"Delivery"}},{"op":"replace","path":"item","value":{"name":"Printer"}}]`, "Service Item Printer", 400},
		{"a member who does not exist", "PATCH", `[{"op":"replace","path":"owner","value":{"identifier":"nobody"}}]`, "member nobody not found", 400},
		{"a long summary", "PATCH", `[{"op":"replace","path":"summary","value":"` + strings.Repeat("x", 101) + `"}]`, "maximum length of 100", 400},
		{"no summary", "PATCH", `[{"op":"replace","path":"summary","value":""}]`, "The summary field is required.", 400},
		{"a severity that is none", "PATCH", `[{"op":"replace","path":"severity","value":"Dire"}]`, "Error converting value", 500},
		{"milliseconds", "PATCH", `[{"op":"replace","path":"requiredDate","value":"2026-03-01T10:00:00.123Z"}]`, "Unsupported format applied to requiredDate", 400},
		{"an option that is none", "PATCH", `[{"op":"replace","path":"customFields","value":[{"id":6,"value":"Platinum"}]}]`, "Coverage", 400},
		{"a field of another screen", "PATCH", `[{"op":"replace","path":"customFields","value":[{"id":31,"value":true}]}]`, "customField 31 not found", 400},
		{"an empty company", "PATCH", `[{"op":"replace","path":"company","value":{}}]`, "The company field is required.", 400},
		{"half of a PUT", "PUT", `{"summary":"x","company":{"id":250}}`, "The board field is required.", 400},
		{"an unknown member in a reference", "PUT", `{"summary":"x","company":{"id":250,"mood":1}}`, "Could not find member 'mood' on object of type 'CompanyReference'", 400},
	} {
		got := tn.call(tt.method, path, tt.body)
		if got.status != tt.status || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s answered %d %s, want %d and %q", tt.name, got.status, got.text, tt.status, tt.says)
		}
	}
	if after := tn.call("GET", path, "").text; after != before {
		t.Errorf("the ticket changed from\n%s\nto\n%s", before, after)
	}
}

func TestMoveToAnotherBoardAndClose(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	tn.admin("clock", `{"advance":"90m"}`)
	got := tn.want(200, "PATCH", path, `[
		{"op":"replace","path":"board","value":{"name":"Managed Services"}},
		{"op":"replace","path":"status","value":{"name":">Closed"}},
		{"op":"replace","path":"team","value":{"name":"Infrastructure Team"}},
		{"op":"replace","path":"type","value":{"name":"Backup"}}]`)
	for at, want := range map[string]any{
		"board/id": 2.0, "status/id": 206.0, "closedFlag": true, "closedBy": "deskgate-api", "resolveMinutes": 90.0, "resolvedBy": "deskgate-api",
	} {
		if got.at(at) != want {
			t.Errorf("%s is %v, want %v", at, got.at(at), want)
		}
	}
	if !strings.HasPrefix(got.text("closedDate"), "2026-03-02T10:30:") || got.text("closedDate") != got.text("dateResolved") {
		t.Errorf("closed %s, resolved %s", got.text("closedDate"), got.text("dateResolved"))
	}
	got = tn.want(200, "PATCH", path, `[{"op":"replace","path":"status","value":{"name":"In Progress"}}]`)
	if got["closedFlag"] != false || got["closedDate"] != nil || got["dateResolved"] != nil {
		t.Errorf("reopened: %v %v %v", got["closedFlag"], got["closedDate"], got["dateResolved"])
	}
}

func TestPutReplaces(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket(`,"poNumber":"PO-1","customFields":[{"id":1,"value":"HP-1"}]`)
	body := tn.want(200, "GET", path, "")
	delete(body, "poNumber")
	delete(body, "customFields")
	body["summary"] = "Printer put out"
	text, _ := json.Marshal(body)
	got := tn.want(200, "PUT", path, string(text))
	if got.text("summary") != "Printer put out" || got["poNumber"] != nil || got.text("mobileGuid") != body.text("mobileGuid") || got.text("_info/dateEntered") != body.text("_info/dateEntered") {
		t.Errorf("after PUT: %v", got)
	}
	if field := object(got["customFields"].([]any)[0].(map[string]any)); field.text("value") != "HP-1" {
		t.Errorf("the custom field is %v", field)
	}
}

func TestCustomFieldsOfEveryType(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	values := map[int]any{
		1: "HP-00042", 2: 17.0, 3: true, 4: "2026-04-01T00:00:00Z", 5: "Configuration", 6: "Gold",
		7: "https://vendor.example/case/1", 8: 99.5, 9: "2075550123", 10: "Ring twice.\nThen wait.",
	}
	for id, v := range values {
		op, _ := json.Marshal([]any{map[string]any{"op": "replace", "path": "customFields", "value": []any{map[string]any{"id": id, "value": v}}}})
		tn.want(200, "PATCH", path, string(op))
	}
	tn.want(200, "PATCH", path, `[{"op":"replace","path":"customFields","value":[]}]`) // clears nothing
	for _, f := range tn.want(200, "GET", path, "")["customFields"].([]any) {
		field := object(f.(map[string]any))
		if field["value"] != values[field.int("id")] {
			t.Errorf("%s is %v, want %v", field.text("caption"), field["value"], values[field.int("id")])
		}
	}
	tn.want(200, "PATCH", path, `[{"op":"replace","path":"customFields","value":[{"id":1,"value":null}]}]`)
	if f := object(tn.want(200, "GET", path, "")["customFields"].([]any)[0].(map[string]any)); f["value"] != nil {
		t.Errorf("cleared to %v", f["value"])
	}
	tn.admin("act", `{"as":"acarter","method":"PATCH","path":"/system/userDefinedFields/1","body":[{"op":"replace","path":"requiredFlag","value":true}]}`)
	if got := tn.want(400, "PATCH", path, `[{"op":"replace","path":"summary","value":"x"}]`); !strings.Contains(tn.call("PATCH", path, `[{"op":"replace","path":"summary","value":"x"}]`).text, "The Asset Tag field is required.") {
		t.Errorf("answered %v", got)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	before := tn.want(200, "GET", path, "").text("_info/lastUpdated")
	tn.admin("clock", `{"advance":"1m"}`)
	internal := tn.want(201, "POST", path+"/notes", `{"text":"Fuser is broken","internalAnalysisFlag":true}`)
	asAgent := tn.want(201, "POST", path+"/notes", `{"text":"On our way","detailDescriptionFlag":true,"member":{"identifier":"deskgate"},"customerUpdatedFlag":true}`)
	if internal.text("createdBy") != "deskgate-api" || asAgent.text("createdBy") != "deskgate" || asAgent.text("_info/enteredBy") != "deskgate-api" {
		t.Errorf("authors %v, %v", internal, asAgent)
	}
	if internal["internalFlag"] != true || internal["externalFlag"] != true || internal["processNotifications"] != nil {
		t.Errorf("flags %v", internal)
	}
	ticket := tn.want(200, "GET", path, "")
	if ticket.text("_info/lastUpdated") <= before || ticket["customerUpdatedFlag"] != true {
		t.Errorf("the ticket was not touched: %v %v", ticket.text("_info/lastUpdated"), ticket["customerUpdatedFlag"])
	}
	note := path + "/notes/" + itoa(internal.int("id"))
	if got := tn.want(200, "PATCH", note, `[{"op":"replace","path":"text","value":"Fuser replaced"}]`); got.text("text") != "Fuser replaced" {
		t.Errorf("patched %v", got)
	}
	tn.want(400, "PATCH", note, `[{"op":"replace","path":"internalAnalysisFlag","value":false}]`)
	if all := tn.list(path + "/allNotes"); len(all) != 2 || all[0].text("noteType") != "TicketNote" {
		t.Errorf("allNotes %v", all)
	}
	tn.want(204, "DELETE", note, "")
	tn.want(404, "GET", note, "")
	tn.want(404, "POST", "/service/tickets/404/notes", `{"text":"x","resolutionFlag":true}`)
	tn.want(400, "GET", path+`/allNotes?conditions=noteType = "TicketNote"`, "")
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	tn := start(t)
	const flags = `,"contact":{"id":601},"automaticEmailContactFlag":true,"automaticEmailCcFlag":true,"automaticEmailCc":"boss@aldercreek.example"`
	for _, tt := range []struct {
		name string
		do   func()
		want string
	}{
		{"create", func() { tn.newTicket(flags) }, "contact cc"},
		{"create in silence", func() { tn.newTicket(flags + `,"processNotifications":false`) }, ""},
		{"create without flags", func() { tn.newTicket(`,"contact":{"id":601}`) }, ""},
		{"a board that mails nobody", func() { tn.newTicket(flags + `,"board":{"name":"Internal IT"}`) }, ""},
		{"a note by default", func() { note(tn, flags, "detailDescriptionFlag", "") }, ""},
		{"a customer note that asks", func() { note(tn, flags, "detailDescriptionFlag", `,"processNotifications":true`) }, "contact cc"},
		{"an internal note that asks", func() { note(tn, flags, "internalAnalysisFlag", `,"processNotifications":true`) }, ""},
		{"a new status", func() {
			path := tn.newTicket(flags + `,"processNotifications":false`)
			tn.want(200, "PATCH", path, `[{"op":"replace","path":"status","value":{"id":103}}]`)
		}, "contact cc"},
		{"a new status in silence", func() {
			path := tn.newTicket(flags + `,"processNotifications":false`)
			tn.want(200, "PATCH", path, `[{"op":"replace","path":"status","value":{"id":103}},{"op":"replace","path":"processNotifications","value":false}]`)
		}, ""},
		{"a status that has no template", func() {
			path := tn.newTicket(flags + `,"processNotifications":false`)
			tn.want(200, "PATCH", path, `[{"op":"replace","path":"status","value":{"name":"Waiting Parts"}}]`)
		}, ""},
		{"a status whose template was taken away", func() {
			tn.setUp("PATCH", "/service/boards/1/statuses/103", `[{"op":"replace","path":"emailTemplate","value":null}]`)
			path := tn.newTicket(flags + `,"processNotifications":false`)
			tn.want(200, "PATCH", path, `[{"op":"replace","path":"status","value":{"id":103}}]`)
		}, ""},
		{"a board without a template for contacts", func() {
			tn.setUp("PATCH", "/service/boards/1", `[{"op":"replace","path":"contactTemplate","value":null}]`)
			tn.newTicket(flags)
		}, ""},
		{"no template for new tickets", func() {
			tn.setUp("DELETE", "/service/emailTemplates/1", "")
			tn.newTicket(flags)
		}, ""},
		{"a merge", func() {
			child := tn.newTicket(flags + `,"processNotifications":false`)
			tn.want(200, "POST", tn.newTicket("")+"/merge", `{"mergeTicketIds":[`+number(child)+`],"status":{"name":">Closed"}}`)
		}, "contact cc"},
		{"resources", func() {
			path := tn.newTicket(`,"automaticEmailResourceFlag":true`)
			tn.want(201, "POST", "/schedule/entries", scheduled(path, "mreyes", ""))
			tn.want(201, "POST", path+"/notes", `{"text":"x","internalAnalysisFlag":true,"processNotifications":true}`)
		}, "resource"},
	} {
		tn.admin("reset", "")
		tt.do()
		mails := tn.outbox()
		var reasons []string
		for _, m := range mails {
			reasons = append(reasons, m.Reason)
			if strings.Contains(m.Subject, "[") {
				t.Errorf("%s: subject %q", tt.name, m.Subject)
			}
			if m.Reason == "cc" && m.To[0] != "boss@aldercreek.example" {
				t.Errorf("%s: %+v", tt.name, m)
			}
		}
		if got := strings.Join(reasons, " "); got != tt.want {
			t.Errorf("%s mailed %q, want %q", tt.name, got, tt.want)
		}
	}
}

func note(tn *tenant, flags, kind, more string) {
	path := tn.newTicket(flags + `,"processNotifications":false`)
	tn.want(201, "POST", path+"/notes", `{"text":"hello","`+kind+`":true`+more+`}`)
}
