package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// answers are a configuration's answers by question.
func answers(o object) map[string]any {
	out := map[string]any{}
	for _, q := range o["questions"].([]any) {
		entry := object(q.(map[string]any))
		out[entry.text("question")] = entry["answer"]
	}
	return out
}

func TestConfigurations(t *testing.T) {
	t.Parallel()
	tn := start(t)
	made := tn.want(201, "POST", "/company/configurations", `{"name":"ALD-SRV02","type":{"name":"Managed Server"},"company":{"id":250},"serialNumber":"X1",
		"questions":[{"questionId":502,"answer":64},{"questionId":503,"answer":"File Server"}],"customFields":[{"id":41,"value":"Spare"}]}`)
	for path, want := range map[string]any{
		"status/name": "Active", "activeFlag": true, "billFlag": false, "type/id": 15.0, "company/identifier": "AlderCreekDental",
	} {
		if made.at(path) != want {
			t.Errorf("%s is %v, want %v", path, made.at(path), want)
		}
	}
	if a := answers(made); len(a) != 3 || a["Memory (GB)"] != 64.0 || a["Role"] != "File Server" || a["Backup enabled"] != nil {
		t.Errorf("answers %v", a)
	}
	path := "/company/configurations/" + itoa(made.int("id"))
	got := tn.want(200, "PATCH", path, `[{"op":"replace","path":"questions","value":[{"questionId":501,"answer":true}]},{"op":"replace","path":"tagNumber","value":"HP-1"},{"op":"replace","path":"needsRenewalFlag","value":true}]`)
	if a := answers(got); a["Backup enabled"] != true || a["Memory (GB)"] != 64.0 || got["needsRenewalFlag"] != true {
		t.Errorf("after PATCH %v", got)
	}
	got = tn.want(200, "PATCH", path, `[{"op":"replace","path":"questions/1/answer","value":128}]`)
	if a := answers(got); a["Memory (GB)"] != 128.0 {
		t.Errorf("answers by index %v", a)
	}
	for method, body := range map[string]string{
		"PATCH": `[{"op":"replace","path":"type","value":{"id":16}}]`, "PUT": `{"name":"x","type":{"id":16},"company":{"id":250}}`,
	} {
		if got := tn.call(method, path, body); got.status != 400 || !strings.Contains(got.text, "changeType") {
			t.Errorf("%s of another type answered %d %s", method, got.status, got.text)
		}
	}
	tn.want(200, "PATCH", path, `[{"op":"replace","path":"type","value":{"id":15}}]`) // the one that it has
	got = tn.want(200, "PATCH", path+"/changeType", `[{"op":"replace","path":"type","value":{"id":16}}]`)
	if a := answers(got); got.int("type/id") != 16 || len(a) != 2 || a["Assigned user"] != nil {
		t.Errorf("of another type %v %v", got["type"], a)
	}
	ticket := tn.newTicket("")
	tn.want(201, "POST", ticket+"/configurations", `{"id":`+number(path)+`}`)
	if trail := tn.list("/system/audittrail?type=Configuration&id=" + number(path)); len(trail) != 2 || !strings.Contains(trail[1].text("text"), `Type has been changed from "Managed Server" to "Managed Workstation".`) {
		t.Errorf("trail %v", trail)
	}
	tn.want(403, "DELETE", path, "")
	if got := tn.as("acarter", "DELETE", path, ""); got.status != 204 || len(tn.list(ticket+"/configurations")) != 0 {
		t.Errorf("deleting answered %d", got.status)
	}
	seeded := tn.list(`/company/configurations?conditions=type/name = "Managed Server"&pageSize=1`)[0]
	if a := answers(seeded); len(a) != 3 || a["Memory (GB)"] == nil {
		t.Errorf("the seed's answers %v", a)
	}
}

func TestConfigurationRefusals(t *testing.T) {
	t.Parallel()
	tn := start(t)
	with := func(more string) string { return `{"name":"x","type":{"id":15},"company":{"id":250}` + more + `}` }
	for _, tt := range []struct {
		name, body, says string
		status           int
	}{
		{"no name", `{"type":{"id":15},"company":{"id":250}}`, "The name field is required.", 400},
		{"no type", `{"name":"x","company":{"id":250}}`, "The type field is required.", 400},
		{"no company", `{"name":"x","type":{"id":15}}`, "The company field is required.", 400},
		{"an unknown type", strings.Replace(with(""), "15", "404", 1), "type 404 not found", 400},
		{"a contact of another company", with(`,"contact":{"id":602}`), "contact 602 not found", 400},
		{"a site of another company", with(`,"site":{"id":2511}`), "site 2511 not found", 400},
		{"a question of another type", with(`,"questions":[{"questionId":511,"answer":"x"}]`), "question 511 not found", 400},
		{"an answer that is no number", with(`,"questions":[{"questionId":502,"answer":"much"}]`), "The answer to Memory (GB) is invalid.", 400},
		{"an answer that is not offered", with(`,"questions":[{"questionId":503,"answer":"Toaster"}]`), "The answer to Role is invalid.", 400},
		{"an unknown member", with(`,"mood":"x"`), "Could not find member 'mood' on object of type 'Configuration'", 400},
		{"a wrong type", with(`,"billFlag":"maybe"`), "System.Boolean", 500},
		{"a name too long", strings.Replace(with(""), `"x"`, `"`+strings.Repeat("x", 101)+`"`, 1), "maximum length of 100", 400},
	} {
		got := tn.call("POST", "/company/configurations", tt.body)
		if got.status != tt.status || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s answered %d %s, want %d and %q", tt.name, got.status, got.text, tt.status, tt.says)
		}
	}
	tn.setUp("PATCH", "/company/configurations/types/15/questions/502", `[{"op":"replace","path":"requiredFlag","value":true}]`)
	if got := tn.call("POST", "/company/configurations", with("")); got.status != 400 || !strings.Contains(got.text, "The Memory (GB) field is required.") {
		t.Errorf("a required question answered %d %s", got.status, got.text)
	}
}

func TestConfigurationsInBulk(t *testing.T) {
	t.Parallel()
	tn := start(t)
	got := tn.call("POST", "/company/configurations/bulk", `[{"name":"A","type":{"id":15},"company":{"id":250}},{"name":"B"},{"name":"C","mood":1}]`)
	var out struct {
		Payload []struct {
			Success       bool
			OriginalIndex int
			StatusCode    int
			Data, Error   object
		}
	}
	if err := json.Unmarshal([]byte(got.text), &out); err != nil || got.status != 207 || len(out.Payload) != 3 {
		t.Fatalf("answered %d %s", got.status, got.text)
	}
	first, second := out.Payload[0], out.Payload[1]
	if !first.Success || first.StatusCode != 201 || first.Data.text("name") != "A" || second.Success || second.StatusCode != 400 || second.Error.text("code") != "InvalidObject" || out.Payload[2].OriginalIndex != 2 {
		t.Errorf("results %+v", out.Payload)
	}
	id := itoa(first.Data.int("id"))
	got = tn.call("PUT", "/company/configurations/bulk", `[{"id":`+id+`,"name":"A2","type":{"id":15},"company":{"id":250}},{"id":404,"name":"x","type":{"id":15},"company":{"id":250}}]`)
	if got.status != 207 || !strings.Contains(got.text, "Configuration 404 not found") || tn.want(200, "GET", "/company/configurations/"+id, "").text("name") != "A2" {
		t.Errorf("replacing answered %d %s", got.status, got.text)
	}
	for text, says := range map[string]string{
		`{"name":"A"}`: "Unexpected character encountered while parsing value: {. Path '', line 1, position 1.",
		`[{}`:          "Unexpected end when reading JSON. Path '', line 1, position 3.",
	} {
		if got := tn.want(500, "POST", "/company/configurations/bulk", text); got.text("message") != says {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestQuestionsOfATypeAreSetup(t *testing.T) {
	t.Parallel()
	tn := start(t)
	if values := tn.list("/company/configurations/types/15/questions/503/values"); len(values) != 3 || values[0].text("question/question") != "Role" {
		t.Errorf("values %v", values)
	}
	tn.want(404, "GET", "/company/configurations/types/16/questions/503", "")
	if got := tn.as("acarter", "POST", "/company/configurations/types/16/questions", `{"fieldType":"Text","entryType":"EntryField","sequenceNumber":3,"question":"Desk"}`); got.status != 201 {
		t.Fatalf("a new question answered %d %s", got.status, got.text)
	}
	made := tn.want(201, "POST", "/company/configurations", `{"name":"x","type":{"id":16},"company":{"id":250}}`)
	if a := answers(made); len(a) != 3 {
		t.Errorf("answers %v", a)
	}
	tn.revoke("Table Setup:inquire")
	tn.want(403, "GET", "/company/configurations/types", "")
	tn.list("/company/configurations/types/info")
	tn.list("/company/configurations/statuses/info")
	tn.list("/company/communicationTypes/info")
	tn.list("/company/companies/info/types")
}

func TestContactsAreChecked(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for _, tt := range []struct{ body, says string }{
		{`{"lastName":"Kaplan"}`, "The firstName field is required."},
		{`{"firstName":"Rosa","company":{"id":404}}`, "company 404 not found"},
		{`{"firstName":"Rosa","company":{"id":250},"site":{"id":2511}}`, "site 2511 not found"},
		{`{"firstName":"Rosa","communicationItems":[{"type":{"id":404},"value":"x"}]}`, "type 404 not found"},
	} {
		if got := tn.call("POST", "/company/contacts", tt.body); got.status != 400 || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s answered %d %s", tt.body, got.status, got.text)
		}
	}
	made := tn.want(201, "POST", "/company/contacts", `{"firstName":"Rosa","company":{"id":250},"types":[{"id":2}],"department":{"name":"Office"},"ignoreDuplicates":true,
		"communicationItems":[{"type":{"name":"Direct"},"value":"2075550100","extension":"7","defaultFlag":true},{"type":{"name":"Mobile"},"value":"2075550101","defaultFlag":true},{"type":{"name":"Email"},"value":"rosa@aldercreek.example"}]}`)
	for path, want := range map[string]any{
		"site/name": "Main", "name": nil, "defaultPhoneNbr": "2075550101", "defaultPhoneType": "Mobile", "ignoreDuplicates": nil, "department/name": "Office",
	} {
		if made.at(path) != want {
			t.Errorf("%s is %v, want %v", path, made.at(path), want)
		}
	}
	if kind := object(made["types"].([]any)[0].(map[string]any)); kind.text("name") != "Approver" {
		t.Errorf("types %v", made["types"])
	}
	path := "/company/contacts/" + itoa(made.int("id"))
	got := tn.want(200, "PATCH", path, `[{"op":"remove","path":"communicationItems/1"},{"op":"replace","path":"/communicationItems/0/defaultFlag","value":true}]`)
	if got.text("defaultPhoneType") != "Direct" || got.text("defaultPhoneExtension") != "7" {
		t.Errorf("after the default moved %v", got)
	}
	if items := tn.list(path + `/communications?conditions=communicationType = "Email"`); len(items) != 1 || items[0].text("domain") != "@aldercreek.example" || items[0].int("contactId") != made.int("id") {
		t.Errorf("communications %v", items)
	}
	tn.want(201, "POST", path+"/notes", `{"text":"Prefers the phone."}`)
	if notes := tn.list(path + "/notes"); len(notes) != 1 || notes[0].text("enteredBy") != "deskgate-api" {
		t.Errorf("notes %v", notes)
	}
}

func TestDeleteContact(t *testing.T) {
	t.Parallel()
	tn := start(t)
	made := tn.want(201, "POST", "/company/contacts", `{"firstName":"Rosa","company":{"id":250}}`)
	path := "/company/contacts/" + itoa(made.int("id"))
	ticket := tn.newTicket(`,"contact":{"id":` + number(path) + `}`)
	tn.want(403, "DELETE", path, "")
	if got := tn.as("acarter", "DELETE", path, ""); got.status != 409 {
		t.Errorf("a contact of a ticket: %d %s", got.status, got.text)
	}
	if got := tn.as("acarter", "DELETE", path+"?transferContactId=404", ""); got.status != 400 {
		t.Errorf("handing over to nobody: %d", got.status)
	}
	if got := tn.as("acarter", "DELETE", path+"?transferContactId=601", ""); got.status != 204 {
		t.Errorf("handing over: %d %s", got.status, got.text)
	}
	if got := tn.want(200, "GET", ticket, ""); got.int("contact/id") != 601 {
		t.Errorf("the ticket's contact is %v", got["contact"])
	}
}

func TestSites(t *testing.T) {
	t.Parallel()
	tn := start(t)
	primary := tn.list("/company/companies/250/sites?conditions=primaryAddressFlag = true")[0]
	made := tn.as("acarter", "POST", "/company/companies/250/sites", `{"name":"Annex","primaryAddressFlag":true}`).object(t)
	if got := tn.want(200, "GET", "/company/companies/250", ""); got.int("site/id") != made.int("id") {
		t.Errorf("the company's site is %v", got["site"])
	}
	if got := tn.want(200, "GET", "/company/companies/250/sites/"+itoa(primary.int("id")), ""); got["primaryAddressFlag"] != false {
		t.Errorf("two primary sites")
	}
	if got := tn.as("acarter", "DELETE", "/company/companies/250/sites/"+itoa(made.int("id")), ""); got.status != 409 {
		t.Errorf("deleting the primary site answered %d", got.status)
	}
	tn.list("/company/companies/250/sites/info")
	if ticket := tn.want(201, "POST", "/service/tickets", `{"summary":"x","company":{"id":251},"site":{"name":"main"}}`); ticket.int("site/id") != 2511 {
		t.Errorf("a site by name is %v", ticket["site"])
	}
	tn.want(403, "POST", "/company/companies/250/sites", `{"name":"x"}`)
}

func TestAgreements(t *testing.T) {
	t.Parallel()
	tn := start(t)
	all := tn.list(`/finance/agreements?conditions=cancelledFlag = false and type/name = "Block Time"&pageSize=100`)
	if len(all) == 0 || all[0].text("agreementStatus") != "Active" || all[0]["applicationLimit"] != 20.0 || all[0].at("company/identifier") == nil {
		t.Errorf("agreements %v", all)
	}
	tn.want(404, "GET", "/finance/agreements/1", "")
	tn.want(405, "POST", "/finance/agreements", "{}")
	if types := tn.list("/finance/agreements/types"); len(types) != 2 {
		t.Errorf("types %v", types)
	}
}
