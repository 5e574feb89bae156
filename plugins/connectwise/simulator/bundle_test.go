package simulator_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
)

// bundled posts a bundle and returns its results, whatever became of them.
func (t *tenant) bundled(status int, path string, requests ...string) []object {
	t.Helper()
	got := t.want(status, "POST", path, `{"requests":[`+strings.Join(requests, ",")+`]}`)
	list, ok := got["results"].([]any)
	if !ok || len(list) != len(requests) {
		t.Fatalf("%d requests have the results %v", len(requests), got)
	}
	out := make([]object, len(list))
	for i, r := range list {
		out[i] = r.(map[string]any)
	}
	return out
}

// TestBundle reads many things at once, and compares each with the same read
// alone.
func TestBundle(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for request, alone := range map[string]string{
		`{"Version":"2025.1","SequenceNumber":1,"ResourceType":"ticket","ApiRequest":{"Filters":{"conditions":"summary like '%a%' and board/name='Service Desk'"}}}`:                       `/service/tickets?conditions=summary like "%a%" and board/name = "Service Desk"`,
		`{"sequenceNumber":2,"resourceType":"Company","apiRequest":{"filters":{"orderBy":"name desc","childConditions":"types/id=1"},"page":{"page":2,"pageSize":10},"fields":"id,name"}}`: `/company/companies?childConditions=types/id=1&orderBy=name desc&page=2&pageSize=10&fields=id,name`,
		`{"sequenceNumber":3,"resourceType":"BoardStatus","apiRequest":{"parentId":2}}`:                                                                                                    "/service/boards/2/statuses",
		`{"sequenceNumber":4,"resourceType":"serviceticketnote","apiRequest":{"parentId":10001}}`:                                                                                          "/service/tickets/10001/allNotes",
		`{"sequenceNumber":5,"resourceType":"Configuration","apiRequest":{"page":{"pageId":3005,"pageSize":3}}}`:                                                                           "/company/configurations?conditions=id > 3005&pageSize=3",
		`{"sequenceNumber":6,"resourceType":"ticket","apiRequest":{"filters":{"customFieldConditions":"value != null"},"page":{"pageSize":2}}}`:                                            "/service/tickets?customFieldConditions=value != null&pageSize=2",
		`{"sequenceNumber":7,"resourceType":"ProjectTicket"}`:                                                                                                                              "/project/tickets",
	} {
		got := tn.bundled(200, "/system/bundles", request)[0]
		want := tn.list(alone)
		var entities []object
		text, _ := json.Marshal(got["entities"])
		if err := json.Unmarshal(text, &entities); err != nil || len(want) == 0 || !reflect.DeepEqual(entities, want) {
			t.Errorf("%s has %d entities, alone %d", request, len(entities), len(want))
		}
		if got["success"] != true || got.int("statusCode") != 200 || got.int("count") != len(want) || !strings.Contains(strings.ToLower(request), `"sequencenumber":`+itoa(got.int("sequenceNumber"))) {
			t.Errorf("%s: %v", request, got)
		}
	}
	one := tn.bundled(200, "/system/bundles", `{"resourceType":"Member","apiRequest":{"id":153}}`)[0]
	if entities := one["entities"].([]any); len(entities) != 1 || object(entities[0].(map[string]any)).text("identifier") != "mreyes" {
		t.Errorf("one member: %v", one)
	}
	counts := tn.bundled(200, "/system/bundles/count", `{"resourceType":"Contact"}`, `{"resourceType":"ServiceNote","apiRequest":{"parentId":10001}}`)
	for i, path := range []string{"/company/contacts/count", "/service/tickets/10001/notes/count"} {
		if want := tn.want(200, "GET", path, ""); counts[i].int("count") != want.int("count") || counts[i]["entities"] != nil {
			t.Errorf("counted %v, want %v", counts[i], want)
		}
	}
}

// TestBundleFailsInPart: each read succeeds or fails for itself.
func TestBundleFailsInPart(t *testing.T) {
	t.Parallel()
	tn := start(t)
	tn.revoke("Company Maintenance:inquire")
	requests := []string{
		`{"sequenceNumber":0,"resourceType":"Ticket","apiRequest":{"page":{"pageSize":1}}}`,
		`{"sequenceNumber":1,"resourceType":"Company"}`,
		`{"sequenceNumber":2,"resourceType":"Ticket","apiRequest":{"id":404}}`,
		`{"sequenceNumber":3,"resourceType":"Ticket","apiRequest":{"filters":{"conditions":"mood = 1"}}}`,
		`{"sequenceNumber":4,"resourceType":"ServiceNote"}`,
		`{"sequenceNumber":5,"resourceType":"Mood"}`,
		`{"sequenceNumber":6,"resourceType":"Ticket","version":"2019.3"}`,
		`{"sequenceNumber":7,"resourceType":"PurchaseOrder"}`,
		`{"sequenceNumber":8,"resourceType":"Board","apiRequest":{"page":{"page":-1}}}`,
	}
	want := []string{"", "403 Security", "404 NotFound", "400 ApiFindCondition", "400 InvalidObject", "400 ConnectWiseApi", "400 ConnectWiseApi", "400 ConnectWiseApi", "400 ConnectWiseApi"}
	for i, got := range tn.bundled(207, "/system/bundles", requests...) {
		said := ""
		if got["success"] != true {
			said = strconv.Itoa(got.int("statusCode")) + " " + got.text("error/code")
		}
		if said != want[i] || got.int("sequenceNumber") != i || (want[i] == "") != (got["entities"] != nil) {
			t.Errorf("%s: %q, want %q: %v", requests[i], said, want[i], got)
		}
	}
	for _, body := range []string{`{}`, `{"requests":[{"resourceType":"Ticket","mood":1}]}`, `{"requests":null}`} {
		tn.want(400, "POST", "/system/bundles", body)
	}
	poor := tn.withKey(seed.DispatcherMember)
	if got := poor.bundled(207, "/system/bundles", `{"resourceType":"SecurityRole"}`)[0]; got.int("statusCode") != 403 {
		t.Errorf("a poor role reads roles in a bundle: %v", got)
	}
}

// TestBundlesFitTheVendorsSchema.
func TestBundlesFitTheVendorsSchema(t *testing.T) {
	t.Parallel()
	s := vendorSchemas(t)["BundleResult"].Value
	// The document shows of an entity what all records share.
	s.Properties["entities"].Value.Items.Value.AdditionalProperties.Has = new(true)
	for _, r := range start(t).bundled(207, "/system/bundles", `{"sequenceNumber":1,"resourceType":"Ticket"}`, `{"resourceType":"Ticket","apiRequest":{"id":404}}`) {
		if err := s.VisitJSON(map[string]any(r)); err != nil {
			t.Error(err)
		}
	}
}
