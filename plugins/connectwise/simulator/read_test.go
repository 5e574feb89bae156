package simulator_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

func TestConditionsOverTickets(t *testing.T) {
	t.Parallel()
	tn := start(t)
	count := func(query string) int {
		t.Helper()
		return tn.want(200, "GET", "/service/tickets/count?"+query, "").int("count")
	}
	all := count("")
	closed, open := count("conditions=closedFlag = True"), count("conditions=ClosedFlag=false")
	if all != 420 || closed == 0 || open == 0 || closed+open != all {
		t.Errorf("%d tickets, %d closed, %d open", all, closed, open)
	}
}

func TestConditionsNarrow(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.want(200, "GET", "/service/tickets/10001", "")
	fits := []string{
		`id = 10001`,
		`ID in (1, 10001)`,
		`board/id in (1,2,3,4,5) and id=10001`,
		`(id = 10001 or id = 5) and (closedFlag = true)`,
		`company/identifier = "` + strings.ToLower(ticket.text("company/identifier")) + `" and id <= 10001`,
		`id = 10001 and owner/identifier != 'nobody'`,
		`id = 10001 and lastUpdated > [2020-01-01T00:00:00Z] and _info/dateEntered < [2027-01-01]`,
		`id=10001 and summary contains "` + strings.ToUpper(ticket.text("summary")[2:6]) + `"`,
		`id=10001 and summary not contains 'zzz' and summary like '%` + ticket.text("summary")[3:] + `'`,
		`id = 10001 and agreement/id = null and summary != null`,
		`id = 10001 and priority/level != null`,
	}
	for _, c := range fits {
		if ids := tn.ids("/service/tickets?fields=id&conditions=" + c); !reflect.DeepEqual(ids, []int{10001}) {
			t.Errorf("%s found %v", c, ids)
		}
	}
	for _, c := range []string{
		`id = 10001 and closedFlag = false`, `id = 10001 and owner/id = null`, `id = 10001 and summary not like '*'`,
		`id = 10001 and lastUpdated > [2027-01-01T00:00:00Z]`, `id not in (10001) and id <= 10001`,
	} {
		if ids := tn.ids("/service/tickets?conditions=" + c); len(ids) != 0 {
			t.Errorf("%s found %v", c, ids)
		}
	}
	for _, c := range []string{
		`id = 'x'`, `summary = 5`, `closedFlag = "true"`, `lastUpdated > "2026-01-01"`, `customFields/value = "x"`, `board/colour = 1`,
		`configurations/id = 1`, `id =`, `(id = 1`, `id = 1 or`, `summary contains 5`, `id ~ 5`, `summary = "x`,
	} {
		got := tn.want(400, "GET", "/service/tickets?conditions="+c, "")
		if got.text("code") != "ApiFindCondition" {
			t.Errorf("%s answered %v", c, got)
		}
	}
}

func TestChildAndCustomFieldConditions(t *testing.T) {
	t.Parallel()
	tn := start(t)
	contact := tn.list(`/company/contacts?pageSize=1&childConditions=communicationItems/communicationType = "Email"`)[0]
	items := contact["communicationItems"].([]any)
	mail := object(items[len(items)-1].(map[string]any)).text("value")
	found := tn.ids(`/company/contacts?childConditions=communicationItems/value = "` + mail + `" AND communicationItems/communicationType = "Email"`)
	if !slices.Contains(found, contact.int("id")) {
		t.Errorf("%s found %v", mail, found)
	}
	// Both terms must hold for one item.
	if ids := tn.ids(`/company/contacts?childConditions=communicationItems/value = "` + mail + `" AND communicationItems/communicationType = "Phone"`); len(ids) != 0 {
		t.Errorf("across items: %v", ids)
	}
	if ids := tn.ids("/company/companies?pageSize=100&childConditions=types/id = 5"); !reflect.DeepEqual(ids, []int{2}) {
		t.Errorf("companies of type 5: %v", ids)
	}
	path := tn.newTicket(`,"customFields":[{"id":1,"value":"HP-UNIQUE"}]`)
	for _, c := range []string{`caption = "Asset Tag" AND value = "hp-unique"`, `id = 1 and value contains "unique"`} {
		if ids := tn.ids("/service/tickets?customFieldConditions=" + c); len(ids) != 1 || !strings.HasSuffix(path, itoa(ids[0])) {
			t.Errorf("%s found %v, want %s", c, ids, path)
		}
	}
	if n := len(tn.ids(`/service/tickets?pageSize=1000&customFieldConditions=caption = "Users Affected" and value > 20`)); n == 0 || n == 421 {
		t.Errorf("numbers above 20: %d", n)
	}
}

func TestTicketsByConfiguration(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := tn.newTicket("")
	tn.want(201, "POST", path+"/configurations", `{"id":3000}`)
	ids := tn.ids("/service/tickets?conditions=configuration/id = 3000")
	if !slices.ContainsFunc(ids, func(id int) bool { return strings.HasSuffix(path, itoa(id)) }) {
		t.Errorf("found %v, want %s among them", ids, path)
	}
	link := tn.list(path + "/configurations")[0]
	if link.int("id") != 3000 || link.text("deviceIdentifier") == "" || link.text("_info/name") == "" {
		t.Errorf("link %v", link)
	}
	tn.want(204, "DELETE", path+"/configurations/3000", "")
	tn.want(404, "DELETE", path+"/configurations/3000", "")
}

func TestFieldsPruneTheAnswer(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for fields, want := range map[string]string{
		"id,summary,status/name":          "id status summary",
		"ID,_info":                        "_info id",
		"*":                               "id",
		"id,owner/identifier,nonsense/id": "id owner",
	} {
		got := tn.want(200, "GET", "/service/tickets/10001?fields="+fields, "")
		var names []string
		for name := range got {
			names = append(names, name)
		}
		slices.Sort(names)
		if strings.Join(names, " ") != want {
			t.Errorf("%s answers %v, want %s", fields, names, want)
		}
	}
	got := tn.want(200, "GET", "/service/tickets/10001?fields=status/name", "")
	if s := got["status"].(map[string]any); len(s) != 1 {
		t.Errorf("status is %v", s)
	}
}

func TestSearchByPost(t *testing.T) {
	t.Parallel()
	tn := start(t)
	got := tn.call("POST", "/service/tickets/search?pageSize=3&fields=id", `{"conditions":"id > 10001 and id < 10100","orderBy":"id desc","childconditions":"","customfieldconditions":""}`)
	var list []object
	if err := json.Unmarshal([]byte(got.text), &list); err != nil || len(list) != 3 || list[0].int("id") != 10099 {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got := tn.call("POST", "/service/tickets/search?pageSize=3", ""); got.status != 200 {
		t.Errorf("a search for everything: %d %s", got.status, got.text)
	}
	for _, tt := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"condition":"id = 1"}`, 400, "Could not find member 'condition' on object of type 'FilterValues'"},
		{`{"conditions":["id = 1"]}`, 500, "Unexpected character encountered while parsing value: [. Path 'conditions', line 1, position 15."},
		{`[]`, 500, "Unexpected character encountered while parsing value: [. Path '', line 1, position 1."},
	} {
		if got := tn.want(tt.status, "POST", "/service/tickets/search", tt.body); !strings.HasPrefix(got.text("message"), tt.says) {
			t.Errorf("%s: %v", tt.body, got)
		}
	}
}

// TestLongURLs holds that what is too long for a URL is asked by a search.
func TestLongURLs(t *testing.T) {
	t.Parallel()
	tn := start(t)
	path := "/service/tickets?fields=id&pageSize=1&conditions="
	root := len(tn.sim.URL + "/v4_6_release/apis/3.0")
	for length, status := range map[int]int{10_000: 200, 10_001: 414} {
		blanks := strings.Repeat("+", length-root-len(path)-len("id=1"))
		if got := tn.do("GET", tn.sim.URL+"/v4_6_release/apis/3.0"+path+"id=1"+blanks, ""); got.status != status {
			t.Errorf("a URL of %d characters: %d %.80s, want %d", length, got.status, got.text, status)
		}
	}
	if got := tn.call("POST", "/service/tickets/search?fields=id", `{"conditions":"id = 10001`+strings.Repeat(" ", 20_000)+`"}`); got.status != 200 {
		t.Errorf("the search: %d %.80s", got.status, got.text)
	}
}

func TestServiceAndProjectTicketsAreApart(t *testing.T) {
	t.Parallel()
	tn := start(t)
	project := tn.list("/project/tickets?pageSize=100")
	if len(project) != 24 {
		t.Fatalf("%d project tickets", len(project))
	}
	id := itoa(project[0].int("id"))
	if got := tn.want(404, "GET", "/service/tickets/"+id, ""); got.text("message") != "Service Ticket "+id+" not found" {
		t.Errorf("answered %v", got)
	}
	if ids := tn.ids("/service/tickets?conditions=id = " + id); len(ids) != 0 {
		t.Errorf("the service list has %v", ids)
	}
	if got := tn.want(200, "GET", "/project/tickets/"+id, ""); got.int("phase/id") == 0 || got["recordType"] != nil {
		t.Errorf("project ticket %v", got)
	}
	tn.want(404, "GET", "/project/tickets/10001", "")
	tn.want(404, "GET", "/project/tickets/10001/notes", "")
}

func TestRoutingAndVersions(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for _, path := range []string{"/SERVICE/Tickets/10001", "/service/slas", "/service/SLAs/info", "/system/securityroles"} {
		if got := tn.call("GET", path, ""); got.status != 200 {
			t.Errorf("%s answered %d", path, got.status)
		}
	}
	tn.want(405, "DELETE", "/system/members/153", "")
	got := tn.with("Accept", "application/vnd.connectwise.com+json; version=2025.8").call("GET", "/system/info", "")
	if ct := got.header.Get("Content-Type"); ct != "application/vnd.connectwise.com+json; version=2025.8" {
		t.Errorf("the version is not echoed: %s", ct)
	}
	doubled := *tn
	doubled.codebase = "v4_6_release/apis/3.0/v4_6_release/"
	if got := doubled.call("GET", "/system/info", ""); got.status != 400 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
		t.Errorf("a doubled path answered %d %s", got.status, got.text)
	}
	wrong := *tn
	wrong.user = "othermsp+Dg7PublicDemoKey"
	if got := wrong.call("GET", "/system/info", ""); got.status != 400 || got.text != "Cannot route. Codebase/company is invalid" {
		t.Errorf("another company answered %d %s", got.status, got.text)
	}
}

func TestExpiredCredentials(t *testing.T) {
	t.Parallel()
	tn := start(t, sdk.Options{Limits: sdk.LimitsOff, Start: startTime})
	tn.admin("faults", `{"fault":"expire_auth","times":1}`)
	if got := tn.want(401, "GET", "/service/tickets", ""); got.text("message") != "UserNotAuthenticated" {
		t.Errorf("answered %v", got)
	}
	tn.want(200, "GET", "/service/tickets/10001", "")
	for _, change := range []func(*tenant){
		func(t *tenant) { t.password = "wrong" },
		func(t *tenant) { t.user = "mspdemo+WrongPublicKey" },
		func(t *tenant) { t.user = "Dg7PublicDemoKey" },
	} {
		bad := *tn
		change(&bad)
		bad.want(401, "GET", "/service/tickets", "")
	}
}

// TestClientIDs: a client id is the vendor's to give, whichever tenant it is used with.
func TestClientIDs(t *testing.T) {
	t.Parallel()
	tn := start(t)
	const other = "7A1D9C02-55e4-4b7f-8d63-0c9b1e2f3a44"
	for _, id := range []string{"", "not-a-guid", other} {
		got := tn.with("clientId", id).call("GET", "/service/tickets", "")
		if got.status != 401 || !strings.Contains(got.text, `"code": "Unauthorized"`) {
			t.Errorf("the client id %q answered %d %s", id, got.status, got.text)
		}
	}
	clients := tn.sim.URL + "/_sim/clients/"
	if got := tn.do("PUT", clients+"integration", ""); got.status != 400 || !strings.Contains(got.text, "GUID") {
		t.Errorf("registering what is none answered %d %s", got.status, got.text)
	}
	tn.do("PUT", clients+other, "")
	tn.with("clientId", strings.ToLower(other)).want(200, "GET", "/service/tickets/10001", "")
	tn.do("DELETE", clients+seed.ClientID, "")
	tn.want(401, "GET", "/service/tickets/10001", "")
	tn.admin("reset", "")
	tn.want(200, "GET", "/service/tickets/10001", "")
	tn.with("clientId", other).want(401, "GET", "/service/tickets/10001", "")
}
