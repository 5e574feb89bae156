package simulator_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

// undocumented makes a request and returns what its log entry says of it.
func (t *tenant) undocumented(method, path, body string) []string {
	t.Helper()
	t.do("DELETE", t.sim.URL+"/_sim/requests", "")
	if body != "" {
		t = t.with("Content-Type", "application/json")
	}
	t.call(method, path, body)
	var log []sdk.Request
	if err := json.Unmarshal([]byte(t.do("GET", t.sim.URL+"/_sim/requests", "").text), &log); err != nil || len(log) != 1 {
		t.Fatalf("the log has %d entries, %v", len(log), err)
	}
	return log[0].Undocumented
}

func TestUndocumentedRequests(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for _, tt := range []struct{ method, path, body, says string }{
		{"GET", "/service/tickets?conditions=id = 1&orderBy=id&fields=id&page=1&pageSize=5", "", ""},
		{"GET", "/service/tickets/10001?fields=id", "", ""},
		{"GET", "/system/audittrail?type=Ticket&id=10001", "", ""},
		{"POST", "/service/tickets/search?page=1&pageSize=5", `{"conditions":"id = 1","childconditions":""}`, ""},
		{"POST", "/service/tickets?fields=id", `{"summary":"x","company":{"id":250},"initialDescription":"y"}`, ""},
		{"PATCH", "/company/contacts/601", `[{"op":"replace","path":"/communicationItems/0/value","value":"x"},{"op":"replace","path":"company/id","value":250}]`, ""},
		{"DELETE", "/schedule/entries/70001/true", "", ""},

		{"GET", "/service/tickets?condition=id = 1", "", `no query parameter "condition"`},
		{"GET", "/service/tickets?Conditions=id = 1", "", `no query parameter "Conditions"`},
		{"GET", "/system/members/153/moods", "", "there is no GET /system/members/153/moods"},
		{"DELETE", "/system/members/153", "", "there is no DELETE"},
		{"POST", "/service/tickets", `{"summary":"x","mood":1}`, "Could not find member 'mood' on object of type 'Ticket'"},
		{"POST", "/service/tickets", `{"summary":"x","board":1}`, "Error converting value"},
		{"PATCH", "/service/tickets/10001", `[{"op":"replace","path":"Summary","value":"x"}]`, `Ticket has no "Summary"`},
		{"PATCH", "/service/tickets/10001", `[{"op":"replace","path":"status/mood","value":"x"}]`, `Ticket has no "status/mood"`},
		{"PATCH", "/service/tickets/10001", `[{"op":"replace","path":"summary/0","value":"x"}]`, `Ticket has no "summary/0"`},
		{"PATCH", "/company/contacts/601", `[{"op":"remove","path":"communicationItems/first"}]`, `Contact has no "communicationItems/first"`},
		{"PATCH", "/service/tickets/10001", `{"op":"replace"}`, "JSON array"},
	} {
		got := tn.undocumented(tt.method, tt.path, tt.body)
		if tt.says == "" && got != nil || tt.says != "" && !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, tt.says) }) {
			t.Errorf("%s %s %s: %q, want %q", tt.method, tt.path, tt.body, got, tt.says)
		}
	}
	tn.do("DELETE", tn.sim.URL+"/_sim/requests", "")
	tn.companyInfo("mspdemo")
	tn.do("GET", tn.sim.URL+"/v4_6_release/service", "")
	log := tn.do("GET", tn.sim.URL+"/_sim/requests", "").text
	if strings.Count(log, "undocumented") != 1 || !strings.Contains(log, "/v4_6_release/service is no path of the API") {
		t.Errorf("the log %s", log)
	}
}
