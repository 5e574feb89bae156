package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
)

// TestAnswersFitTheVendorsSchemas validates what is answered against the
// vendor's schemas, with no members beyond them.
func TestAnswersFitTheVendorsSchemas(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(schema.Document())
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	for name, s := range doc.Components.Schemas {
		if len(s.Value.Properties) > 0 {
			s.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &closed}
		}
		// The document says that a custom field's value is an object; it is a
		// text, number or boolean (connectwise.md §8).
		if name == "CustomFieldValue" {
			s.Value.Properties["value"] = openapi3.NewSchemaRef("", openapi3.NewSchema())
		}
	}
	tn := start(t)
	tn.newTicket(`,"contact":{"id":601},"type":{"name":"Email"},"subType":{"name":"Delivery"},"item":{"name":"Outlook"}`)
	withTime := tn.list(`/service/tickets?conditions=closedFlag = true&pageSize=1`)[0].int("id")
	for path, typ := range map[string]string{
		"/service/tickets":                                 "Ticket",
		"/project/tickets":                                 "ProjectTicket",
		"/service/tickets/info":                            "TicketInfo",
		"/service/tickets/10001/notes":                     "ServiceNote",
		"/service/tickets/" + itoa(withTime) + "/allNotes": "ServiceTicketNote",
		"/service/boards":                                  "Board",
		"/service/boards/1/statuses":                       "BoardStatus",
		"/service/boards/1/statuses/info":                  "BoardStatusInfo",
		"/service/boards/1/types":                          "BoardType",
		"/service/boards/1/subtypes":                       "BoardSubType",
		"/service/boards/1/subtypes/info":                  "BoardSubTypeInfo",
		"/service/boards/1/items":                          "BoardItem",
		"/service/boards/1/teams":                          "BoardTeam",
		"/service/boards/1/teams/info":                     "BoardTeamInfo",
		"/service/boards/1/typeSubTypeItemAssociations":    "BoardTypeSubTypeItemAssociation",
		"/service/priorities":                              "Priority",
		"/service/sources":                                 "Source",
		"/service/sources/info":                            "SourceInfo",
		"/service/SLAs":                                    "SLA",
		"/company/companies":                               "Company",
		"/company/companies/info":                          "CompanyInfo",
		"/company/companies/250/sites":                     "CompanySite",
		"/company/contacts":                                "Contact",
		"/company/contacts/info":                           "ContactInfo",
		"/company/configurations":                          "Company.Configuration",
		"/company/communicationTypes":                      "CommunicationType",
		"/system/members":                                  "Member",
		"/system/info/members":                             "MemberInfo",
		"/system/userDefinedFields":                        "UserDefinedField",
		"/system/userDefinedFields/info":                   "UserDefinedFieldInfo",
		"/system/securityRoles":                            "SecurityRole",
		"/system/securityRoles/63/settings":                "SecurityRoleSetting",
		"/time/workTypes":                                  "WorkType",
		"/time/workRoles":                                  "WorkRole",
	} {
		got := tn.call("GET", path+"?pageSize=1000", "")
		var list []any
		if err := json.Unmarshal([]byte(got.text), &list); err != nil || len(list) == 0 {
			t.Errorf("%s answered %d %.200s", path, got.status, got.text)
			continue
		}
		s := doc.Components.Schemas[typ].Value
		for _, record := range list {
			if err := s.VisitJSON(record); err != nil {
				t.Errorf("%s: %.600s", path, strings.ReplaceAll(err.Error(), "\n", " "))
				break
			}
		}
	}
	info := tn.want(200, "GET", "/system/info", "")
	if err := doc.Components.Schemas["Info"].Value.VisitJSON(map[string]any(info)); err != nil {
		t.Errorf("/system/info: %v", err)
	}
}
