package simulator_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
)

// vendorSchemas are the vendor's schemas, closed against members beyond them.
func vendorSchemas(t *testing.T) openapi3.Schemas {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(schema.Document())
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	anything := openapi3.NewSchemaRef("", openapi3.NewSchema())
	for name, s := range doc.Components.Schemas {
		if len(s.Value.Properties) > 0 {
			s.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &closed}
		}
		// The document says that these values are objects; they are texts,
		// numbers or booleans (connectwise.md §8).
		switch name {
		case "CustomFieldValue":
			s.Value.Properties["value"] = anything
		case "ConfigurationQuestion":
			s.Value.Properties["answer"] = anything
		}
	}
	return doc.Components.Schemas
}

// examples are ids of records that have something in every list under them.
func examples(tn *tenant) map[string]string {
	service := tn.newTicket(`,"initialDescription":"Smoke."`)
	tn.want(201, "POST", service+"/configurations", `{"id":3000}`)
	project := "/project/tickets/" + itoa(tn.want(201, "POST", "/project/tickets", `{"summary":"Cable the rack","phase":{"id":411},"initialDescription":"Two racks."}`).int("id"))
	for kind, path := range map[string]string{"S": service, "P": project} {
		tn.want(201, "POST", path+"/tasks", `{"notes":"Check the label"}`)
		tn.want(201, "POST", "/schedule/entries", `{"objectId":`+number(path)+`,"type":{"identifier":"`+kind+`"},"member":{"id":151}}`)
	}
	tn.want(201, "POST", "/company/contacts/601/notes", `{"text":"Prefers the phone."}`)
	tn.setUp("POST", "/company/companies/250/notes", `{"text":"Pays on time."}`)
	for _, id := range []string{"10001", number(service), number(project)} {
		tn.upload("/system/documents", map[string]string{"recordType": "Ticket", "recordId": id}, "notes.txt", "Smoke.")
	}
	tn.want(201, "POST", project+"/configurations", `{"id":3000}`)
	tn.want(201, "POST", "/time/entries", `{"chargeToId":`+number(project)+`,"chargeToType":"ProjectTicket","member":{"id":151},"timeStart":"2026-03-02T08:00:00Z","actualHours":1}`)
	tn.want(201, "POST", "/schedule/entries", `{"objectId":`+strings.TrimPrefix(service, "/service/tickets/")+`,"type":{"id":4},"member":{"id":151}}`)
	entry := tn.want(201, "POST", "/time/entries", `{"chargeToId":`+strings.TrimPrefix(service, "/service/tickets/")+`,"chargeToType":"ServiceTicket",
		"member":{"id":151},"timeStart":"2026-03-02T08:00:00Z","actualHours":1,"billableOption":"Billable","notes":"Put out.","addToDetailDescriptionFlag":true}`).int("id")
	return map[string]string{
		"/service/tickets/{}": strings.TrimPrefix(service, "/service/tickets/"), "/project/tickets/{}": number(project), "/project/projects/{}": "41",
		"/service/boards/{}": "1", "/system/locations/{}": "2", "/time/entries/{}": itoa(entry),
		"/schedule/entries/{}": itoa(tn.list("/schedule/entries?conditions=dateStart != null&pageSize=1")[0].int("id")), "/schedule/holidaylists/{}": "1",
		"/company/contacts/{}": "601", "/company/configurations/types/{}": "15", "/company/configurations/types/15/questions/{}": "503", "/company/companies/{}": "250", "/system/securityroles/{}": "63",
	}
}

// fill puts examples in place of a path's parameters.
func fill(t *testing.T, path string, examples map[string]string) string {
	t.Helper()
	bare := parameter.ReplaceAllString(path, "{}")
	for strings.Contains(bare, "{}") {
		prefix := bare[:strings.Index(bare, "{}")+2]
		id, ok := examples[prefix]
		if !ok {
			t.Fatalf("no example of %s", prefix)
		}
		bare = strings.Replace(bare, "{}", id, 1)
	}
	return bare
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// beyond are the operations that the documents lack and prose has.
var beyond = []string{}

// needs are the parameters without which a list answers nothing.
var needs = map[string]string{"/system/documents": "&recordType=Ticket&recordId=10001", "/system/audittrail": "&type=Ticket&id=10001"}

// maybeEmpty are the lists that have nothing in a new tenant.
var maybeEmpty = []string{
	"/service/tickets/{id}/activities", "/service/tickets/{id}/products", "/project/tickets/{id}/activities", "/project/tickets/{id}/products",
}

// TestAnswersFitTheVendorsSchemas reads every list that is served and
// validates all its records against the vendor's schemas, with no members
// beyond them; and a record by its id, where it has a path.
func TestAnswersFitTheVendorsSchemas(t *testing.T) {
	t.Parallel()
	schemas := vendorSchemas(t)
	tn := start(t)
	tn.newTicket(`,"contact":{"id":601},"type":{"name":"Email"},"subType":{"name":"Delivery"},"item":{"name":"Outlook"}`)
	ids := examples(tn)
	for _, route := range simulator.Routes() {
		path, isGet := strings.CutPrefix(route, "GET ")
		op, _, documented := schema.Find("GET", path)
		typ, isList := strings.CutPrefix(op.Answer, "[]")
		if !isGet || !documented || !isList {
			continue
		}
		s, ok := schemas[typ]
		if !ok {
			t.Errorf("%s answers %s, whose schema is not kept", path, typ)
			continue
		}
		bare := fill(t, path, ids)
		got := tn.call("GET", bare+"?pageSize=1000"+needs[path], "")
		var list []map[string]any
		if err := json.Unmarshal([]byte(got.text), &list); err != nil || len(list) == 0 && !slices.Contains(maybeEmpty, path) {
			t.Errorf("%s answered %d %.200s", bare, got.status, got.text)
			continue
		}
		for _, record := range list {
			if err := s.Value.VisitJSON(record); err != nil {
				t.Errorf("%s: %.600s", bare, strings.ReplaceAll(err.Error(), "\n", " "))
				break
			}
		}
	}
	info := tn.want(200, "GET", "/system/info", "")
	if err := schemas["Info"].Value.VisitJSON(map[string]any(info)); err != nil {
		t.Errorf("/system/info: %v", err)
	}
}

// TestOperationsAreTheVendors: nothing is served that the vendor's documents
// do not have.
func TestOperationsAreTheVendors(t *testing.T) {
	t.Parallel()
	for _, route := range simulator.Routes() {
		method, path, _ := strings.Cut(route, " ")
		_, _, documented := schema.Find(method, path)
		if known := slices.Contains(beyond, route); documented == known {
			t.Errorf("%s: in the vendor's documents %v, in the list of those beyond them %v", route, documented, known)
		}
	}
}
