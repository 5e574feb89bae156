package simulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

// number is the id that a path ends with.
func number(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// book enters time on a service ticket and returns the entry's path.
func (t *tenant) book(ticket, members string) string {
	t.Helper()
	made := t.want(201, "POST", "/time/entries", timeOn(ticket, members))
	return "/time/entries/" + itoa(made.int("id"))
}

func timeOn(ticket, members string) string {
	return `{"chargeToId":` + number(ticket) + `,"chargeToType":"ServiceTicket","member":{"identifier":"mreyes"},"timeStart":"2026-03-02T08:00:00Z"` + members + `}`
}

func (t *tenant) outbox() []sdk.Mail {
	t.Helper()
	var mails []sdk.Mail
	if err := json.Unmarshal([]byte(t.do("GET", t.sim.URL+"/_sim/outbox", "").text), &mails); err != nil {
		t.Fatal(err)
	}
	return mails
}

// reasons are why the mails were sent, in their order.
func (t *tenant) reasons() string {
	t.Helper()
	var out []string
	for _, m := range t.outbox() {
		out = append(out, m.Reason)
	}
	return strings.Join(out, " ")
}

// setUp makes a change as the administrator, which must be taken.
func (t *tenant) setUp(method, path, body string) reply {
	t.Helper()
	r := t.as("acarter", method, path, body)
	if r.status >= 300 {
		t.Fatalf("%s %s %s answered %d %s", method, path, body, r.status, r.text)
	}
	return r
}

func (t *tenant) as(member, method, path, body string) reply {
	t.Helper()
	if body == "" {
		body = "null"
	}
	return t.do("POST", t.sim.URL+"/_sim/act", fmt.Sprintf(`{"as":%q,"method":%q,"path":%q,"body":%s}`, member, method, path, body))
}

func TestTimeEntryDefaults(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	for _, tt := range []struct {
		members string
		want    map[string]any
	}{
		{`,"timeEnd":"2026-03-02T09:10:00Z"`, map[string]any{
			"actualHours": 1.17, "hoursBilled": 1.25, "billableOption": "Billable", "workType/name": "Remote Support", "workRole/name": "Systems Engineer",
			"locationId": 2.0, "location/name": "Portland Office", "department/name": "Professional Services", "company/identifier": "AlderCreekDental",
			"ticket/id": nil, "status": "Open", "hoursDeduct": 0.0, "enteredBy": "deskgate-api", "member/identifier": "mreyes", "invoiceFlag": false,
			"timeSheet/name": "2026-03-02 to 2026-03-08", "emailContactFlag": false, "hourlyRate": 165.0, "extendedInvoiceAmount": 206.25,
		}},
		{`,"actualHours":0.1`, map[string]any{"timeEnd": "2026-03-02T08:06:00Z", "actualHours": 0.1, "hoursBilled": 0.25}},
		{`,"timeEnd":"2026-03-02T10:00:00Z","hoursDeduct":0.5`, map[string]any{"actualHours": 1.5, "hoursBilled": 1.5}},
		{`,"actualHours":1,"hoursDeduct":0.5`, map[string]any{"timeEnd": "2026-03-02T09:30:00Z", "actualHours": 1.0}},
		{`,"timeEnd":"2026-03-02T09:00:00Z","actualHours":5`, map[string]any{"actualHours": 1.0}},
		{`,"actualHours":0`, map[string]any{"actualHours": 0.0, "hoursBilled": 0.0, "timeEnd": "2026-03-02T08:00:00Z"}},
		{`,"actualHours":1,"workType":{"name":"after hours"},"workRole":{"name":"Help Desk Technician"}`, map[string]any{"workType/id": 4.0, "workRole/id": 12.0, "hourlyRate": 165.0}},
		{`,"actualHours":1,"billableOption":"DoNotBill"`, map[string]any{"billableOption": "DoNotBill", "hoursBilled": 0.0}},
		{`,"actualHours":1,"billableOption":"NoDefault"`, map[string]any{"billableOption": "Billable"}},
	} {
		got := tn.want(201, "POST", "/time/entries", timeOn(ticket, tt.members))
		for path, want := range tt.want {
			if path == "ticket/id" {
				want = float64(got.int("chargeToId"))
			}
			if got.at(path) != want {
				t.Errorf("%s: %s is %v, want %v", tt.members, path, got.at(path), want)
			}
		}
	}
}

func TestTimeEntryRefusals(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	project := itoa(tn.list("/project/tickets?pageSize=1")[0].int("id"))
	before := len(tn.list("/time/entries?pageSize=1000&conditions=chargeToId = " + number(ticket)))
	for _, tt := range []struct {
		name, body, says string
		status           int
	}{
		{"no timeStart", `{"chargeToId":1,"chargeToType":"ServiceTicket"}`, "The timeStart field is required.", 400},
		{"milliseconds", `{"timeStart":"2026-03-02T08:00:00.123Z"}`, `"Unsupported format applied to timeStart"`, 400},
		{"an API member", strings.Replace(timeOn(ticket, ""), "mreyes", "deskgate-api", 1), "security permission", 403},
		{"the caller by default", strings.Replace(timeOn(ticket, ""), `"member":{"identifier":"mreyes"},`, "", 1), "security permission", 403},
		{"a member who left", strings.Replace(timeOn(ticket, ""), "mreyes", "rbeck", 1), "is inactive", 400},
		{"an unknown member", strings.Replace(timeOn(ticket, ""), "mreyes", "nobody", 1), "member nobody not found", 400},
		{"no such ticket", timeOn("/x/404", ""), "Service Ticket 404 not found", 400},
		{"a project's ticket", timeOn("/x/"+project, ""), "Service Ticket " + project + " not found", 400},
		{"a role of another location", timeOn(ticket, `,"workRole":{"name":"Harbor Technician"}`), "Work Role Harbor Technician not found for Location 2", 400},
		{"an unknown work type", timeOn(ticket, `,"workType":{"name":"Leisure"}`), "workType Leisure not found", 400},
		{"an end before the start", timeOn(ticket, `,"timeEnd":"2026-03-02T07:00:00Z"`), "timeEnd", 400},
		{"a break longer than the time", timeOn(ticket, `,"timeEnd":"2026-03-02T08:30:00Z","hoursDeduct":1`), "hoursDeduct", 400},
		{"nothing to charge to", `{"member":{"id":153},"timeStart":"2026-03-02T08:00:00Z"}`, "The company field is required.", 400},
		{"a kind missing", `{"chargeToId":1,"member":{"id":153},"timeStart":"2026-03-02T08:00:00Z"}`, "The chargeToType field is required.", 400},
		{"a kind that is none", timeOn(ticket, `,"chargeToType":"Coffee"`), "Error converting value", 500},
		{"a period long over", strings.Replace(timeOn(ticket, ""), "2026-03-02T08", "2025-03-03T08", 1), "report periods", 400},
		{"a period not set up", strings.Replace(timeOn(ticket, ""), "2026-03-02T08", "2026-12-01T08", 1), "report periods", 400},
		{"an unknown member of the body", timeOn(ticket, `,"mood":"good"`), "Could not find member 'mood' on object of type 'TimeEntry'", 400},
		{"a wrong type", timeOn(ticket, `,"actualHours":"much"`), "System.Double", 500},
	} {
		got := tn.call("POST", "/time/entries", tt.body)
		if got.status != tt.status || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s answered %d %s, want %d and %q", tt.name, got.status, got.text, tt.status, tt.says)
		}
	}
	tn.want(200, "PATCH", ticket, `[{"op":"replace","path":"status","value":{"name":">Closed"}}]`)
	if got := tn.call("POST", "/time/entries", timeOn(ticket, "")); got.status != 400 || !strings.Contains(got.text, "TimeEntryApi") {
		t.Errorf("a closed ticket answered %d %s", got.status, got.text)
	}
	if after := len(tn.list("/time/entries?pageSize=1000&conditions=chargeToId = " + number(ticket))); after != before {
		t.Errorf("%d entries after refusals, %d before", after, before)
	}
}

func TestTimeEntryChanges(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	entry := tn.book(ticket, `,"timeEnd":"2026-03-02T09:00:00Z","notes":"Looked at it."`)
	other := tn.book(ticket, `,"actualHours":0.5`)
	hours := func() any { return tn.want(200, "GET", ticket, "")["actualHours"] }
	if hours() != 1.5 {
		t.Errorf("the ticket has %v hours", hours())
	}
	got := tn.want(200, "PATCH", entry, `[{"op":"replace","path":"actualHours","value":4}]`)
	if got["actualHours"] != 1.0 {
		t.Errorf("actualHours beside timeEnd took effect: %v", got["actualHours"])
	}
	tn.want(200, "PATCH", entry, `[{"op":"replace","path":"timeEnd","value":"2026-03-02T11:00:00Z"},{"op":"replace","path":"status","value":"Billed"}]`)
	if hours() != 3.5 {
		t.Errorf("after a longer end the ticket has %v hours", hours())
	}
	body := tn.want(200, "GET", entry, "")
	delete(body, "billableOption")
	text, _ := json.Marshal(body)
	if got := tn.call("PUT", entry, string(text)); got.status != 400 || !strings.Contains(got.text, "The billableOption field is required.") {
		t.Errorf("a PUT without billableOption answered %d %s", got.status, got.text)
	}
	body["billableOption"], body["notes"] = "NoCharge", "Never mind."
	text, _ = json.Marshal(body)
	if got := tn.want(200, "PUT", entry, string(text)); got.text("notes") != "Never mind." || got["hoursBilled"] != 0.0 || got.text("status") != "Open" {
		t.Errorf("after PUT %v", got)
	}
	if audits := tn.list(entry + "/audits"); len(audits) < 3 || audits[0].text("message") != "Time Entry has been created." || audits[0].text("source") != "API" {
		t.Errorf("audits %v", audits)
	}
	tn.want(204, "DELETE", other, "")
	if hours() != 3.0 {
		t.Errorf("after a deletion the ticket has %v hours", hours())
	}
	if got := tn.call("DELETE", ticket, ""); got.status != 409 {
		t.Errorf("deleting a ticket with time answered %d", got.status)
	}
}

func TestTimeIsLockedByApproval(t *testing.T) {
	t.Parallel()
	tn := start(t)
	entry := tn.book(tn.newTicket(""), `,"actualHours":1`)
	sheet := "/time/sheets/" + itoa(tn.want(200, "GET", entry, "").int("timeSheet/id"))
	step := func(who, name string, want int) {
		t.Helper()
		if got := tn.as(who, "POST", sheet+"/"+name, "{}"); got.status != want {
			t.Errorf("%s by %s answered %d %s", name, who, got.status, got.text)
		}
	}
	step("mreyes", "submit", 200)
	step("mreyes", "approve", 403)
	for _, r := range []reply{
		tn.call("PATCH", entry, `[{"op":"replace","path":"notes","value":"x"}]`), tn.call("DELETE", entry, ""),
		tn.call("POST", "/time/entries", timeOn(tn.newTicket(""), "")),
	} {
		if r.status != 400 || !strings.Contains(r.text, "TimeEntryApi") {
			t.Errorf("on a sheet that is handed in: %d %s", r.status, r.text)
		}
	}
	step("sgrant", "reject", 200)
	tn.want(200, "PATCH", entry, `[{"op":"replace","path":"notes","value":"x"}]`)
	step("mreyes", "submit", 200)
	step("sgrant", "approve", 200)
	step("sgrant", "approve", 200)
	if got := tn.want(200, "GET", entry, "").text("status"); got != "ApprovedByTierTwo" {
		t.Errorf("after two approvals %s", got)
	}
	step("sgrant", "approve", 400)
	step("sgrant", "reverse", 200)
	tn.want(204, "DELETE", entry, "")

	billed := tn.list(`/time/entries?conditions=status = "Billed"&pageSize=1`)[0]
	if billed["invoiceFlag"] != true || billed.at("invoice/id") == nil {
		t.Errorf("billed entry %v", billed)
	}
	if got := tn.call("DELETE", "/time/entries/"+itoa(billed.int("id")), ""); got.status != 400 || !strings.Contains(got.text, "Billed") {
		t.Errorf("deleting a billed entry answered %d %s", got.status, got.text)
	}
}

func TestTimeUnderAnAgreement(t *testing.T) {
	t.Parallel()
	tn := start(t)
	find := func(kind string) (agreement, company string) {
		a := tn.list(`/finance/agreements?conditions=type/name = "` + kind + `"&pageSize=1`)[0]
		return itoa(a.int("id")), itoa(a.int("company/id"))
	}
	for kind, want := range map[string]string{"Managed Services": "NoCharge", "Block Time": "Billable"} {
		agreement, company := find(kind)
		made := tn.want(201, "POST", "/service/tickets", `{"summary":"x","company":{"id":`+company+`},"agreement":{"id":`+agreement+`}}`)
		if made.text("agreementType") != kind {
			t.Errorf("the ticket's agreementType is %v", made["agreementType"])
		}
		entry := tn.want(201, "POST", "/time/entries", timeOn("/x/"+itoa(made.int("id")), `,"actualHours":0.3,"billableOption":"Billable"`))
		if entry.text("billableOption") != want || entry.text("agreement/type") != kind {
			t.Errorf("%s: option %v, agreement %v", kind, entry["billableOption"], entry["agreement"])
		}
		if want == "Billable" && entry["hoursBilled"] != 0.5 {
			t.Errorf("%v hours billed of 0.3", entry["hoursBilled"])
		}
	}
}

func TestTimeOnOtherThings(t *testing.T) {
	t.Parallel()
	tn := start(t)
	project := itoa(tn.list("/project/tickets?conditions=closedFlag = false&pageSize=1")[0].int("id"))
	for body, want := range map[string]map[string]any{
		`"chargeToId":` + project + `,"chargeToType":"ProjectTicket"`: {"chargeToType": "ProjectTicket"},
		`"chargeToId":3,"chargeToType":"ChargeCode"`:                  {"billableOption": "DoNotBill", "company/id": 2.0},
		`"company":{"id":250}`:                                        {"chargeToType": "Company", "chargeToId": 250.0},
		`"chargeToId":251,"chargeToType":"Company"`:                   {"company/id": 251.0},
	} {
		got := tn.want(201, "POST", "/time/entries", `{`+body+`,"member":{"id":153},"timeStart":"2026-03-02T08:00:00Z","actualHours":1}`)
		for path, v := range want {
			if got.at(path) != v {
				t.Errorf("%s: %s is %v, want %v", body, path, got.at(path), v)
			}
		}
	}
	if got := tn.want(200, "GET", "/project/tickets/"+project, ""); got["actualHours"] == 0.0 {
		t.Errorf("the project's ticket has %v hours", got["actualHours"])
	}
	if got := tn.call("POST", "/time/entries", `{"chargeToId":5,"chargeToType":"Activity","member":{"id":153},"timeStart":"2026-03-02T08:00:00Z"}`); !strings.Contains(got.text, "Activity 5 not found") {
		t.Errorf("an activity answered %s", got.text)
	}
}

func TestTimePreviewStoresNothing(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	before := tn.want(200, "GET", "/time/entries/count", "").int("count")
	got := tn.want(200, "POST", "/time/entries/defaults", timeOn(ticket, `,"actualHours":1`))
	if got.text("workRole/name") != "Systems Engineer" || got["timeEnd"] != "2026-03-02T09:00:00Z" || got["id"] != nil {
		t.Errorf("defaults %v", got)
	}
	if after := tn.want(200, "GET", "/time/entries/count", "").int("count"); after != before {
		t.Errorf("%d entries, before %d", after, before)
	}
}
