package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

var updateGolden = flag.Bool("update", false, "write the golden files in place of comparing with them")

// recordings is what real servers were recorded to answer.
type recordings map[string]any

func readRecordings(t *testing.T) recordings {
	t.Helper()
	b, err := os.ReadFile("../../testdata/vendor/records-django-connectwise.json")
	if err != nil {
		t.Fatal(err)
	}
	var r recordings
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	// Both kinds of tickets are of one sequence of ids; the recorded ones are of two
	// tenants.
	r.record(t, "API_PROJECT_TICKET")["id"] = 70.0
	// The recorded member has no calendar; the one that was recorded becomes theirs.
	r.record(t, "API_MEMBER")["calendar"] = map[string]any{"id": 1.0, "name": "Standard Calendar"}
	return r
}

// record is the recorded record of a name, or the first of a list.
func (r recordings) record(t *testing.T, name string) map[string]any {
	t.Helper()
	v := r[name]
	if list, ok := v.([]any); ok {
		v = list[0]
	}
	record, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("%s is no record", name)
	}
	return record
}

// served says where the recorded answers are found. An old server has no allNotes.
var served = map[string]string{
	"service/priorities":                           "API_SERVICE_PRIORITY_LIST",
	"service/sources":                              "API_SOURCE",
	"service/boards":                               "API_BOARD",
	"service/boards/1/statuses":                    "API_BOARD_STATUS_LIST",
	"service/boards/1/types":                       "API_TYPE",
	"service/boards/1/subtypes":                    "API_SUBTYPE",
	"service/boards/1/items":                       "API_ITEM",
	"service/boards/1/typeSubTypeItemAssociations": "API_TYPE_SUBTYPE_ITEM_ASSOCIATION",
	"service/boards/1/teams":                       "API_SERVICE_TEAM_LIST",
	"service/tickets":                              "API_SERVICE_TICKET",
	"service/tickets/69/notes":                     "API_SERVICE_NOTE_LIST",
	"service/tickets/69/configurations":            "",
	"project/tickets":                              "API_PROJECT_TICKET",
	"project/tickets/70/notes":                     "",
	"project/tickets/70/configurations":            "",
	"company/companies":                            "API_COMPANY",
	"company/companies/2/sites":                    "API_COMPANY_SITE_LIST",
	"company/contacts":                             "API_COMPANY_CONTACT_LIST",
	"company/communicationTypes":                   "API_COMMUNICATION_TYPE_LIST",
	"company/configurations":                       "",
	"company/configurations/types":                 "API_CONFIGURATION_TYPES",
	"company/configurations/types/1/questions":     "",
	"company/configurations/statuses":              "API_CONFIGURATION_STATUS",
	"system/members":                               "API_MEMBER",
	"system/userDefinedFields":                     "",
	"system/timeZoneSetups":                        "",
	"time/entries":                                 "API_TIME_ENTRY",
	"time/workTypes":                               "API_WORK_TYPE",
	"time/workRoles":                               "API_WORK_ROLE",
	"schedule/entries":                             "API_SCHEDULE_ENTRIES",
	"schedule/statuses":                            "API_SCHEDULE_STATUS_LIST",
	"schedule/types":                               "API_SCHEDULE_TYPE_LIST",
	"schedule/calendars":                           "API_SCHEDULE_CALENDAR",
	"schedule/holidayLists/1/holidays":             "API_SCHEDULE_HOLIDAY_MODEL_LIST",
}

// ServeHTTP answers a list, or the record of an id in it; it knows no conditions.
func (r recordings) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if q.URL.Path == "/login/companyinfo/CW" {
		_ = json.NewEncoder(w).Encode(r["API_COMPANY_INFO"])
		return
	}
	_, path, _ := strings.Cut(q.URL.Path, "/v2017_3/apis/3.0/")
	if name, ok := served[path]; ok {
		list := []any{}
		switch v := r[name].(type) {
		case []any:
			list = v
		case map[string]any:
			list = []any{v}
		}
		_ = json.NewEncoder(w).Encode(list)
		return
	}
	if at := strings.LastIndex(path, "/"); at > 0 && served[path[:at]] != "" {
		v := r[served[path[:at]]]
		if list, ok := v.([]any); ok {
			v = list[0]
		}
		if record, ok := v.(map[string]any); ok && fmt.Sprint(record["id"]) == path[at+1:] {
			_ = json.NewEncoder(w).Encode(record)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte(`{"code":"NotFound","message":"Not found"}`))
}

// replay connects to a server that answers what was recorded.
func replay(t *testing.T, r recordings) (*Instance, error) {
	t.Helper()
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	config := configFor(srv.URL)
	config.Company, config.AgentResource = "CW", "User1"
	config.TimeZones = map[string]string{"US Pacific": "America/Los_Angeles", "US Eastern": "America/New_York"}
	i, err := connect(t.Context(), config)
	if err == nil {
		t.Cleanup(i.Close)
	}
	return i, err
}

// answerOf is an answer of the connector as text, without what passes.
func answerOf(t *testing.T, call func() (proto.Message, error)) string {
	t.Helper()
	m, err := call()
	if err != nil {
		return "error: " + err.Error()
	}
	raw, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	text := regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(b.String(), "HOST")
	return regexp.MustCompile(`"as_of": "[^"]+"`).ReplaceAllString(text, `"as_of": "NOW"`)
}

// questions are what is asked of the connector for the recorded answers.
func questions(ctx context.Context, i *Instance) map[string]func() (proto.Message, error) {
	whole := []psav1.Include_V{
		psav1.Include_CUSTOM_FIELDS, psav1.Include_DESCRIPTION, psav1.Include_CO_OWNERS, psav1.Include_WATCHERS, psav1.Include_SLA, psav1.Include_CONFIGURATIONS,
	}
	ofPeople := []psav1.Include_V{psav1.Include_CUSTOM_FIELDS}
	return map[string]func() (proto.Message, error){
		"tickets": func() (proto.Message, error) {
			return i.ListTickets(ctx, psav1.ListTicketsRequest_builder{Include: whole}.Build())
		},
		"ticket": func() (proto.Message, error) {
			return i.GetTicket(ctx, psav1.GetTicketRequest_builder{Ticket: new("69")}.Build())
		},
		"project_ticket": func() (proto.Message, error) {
			return i.GetTicket(ctx, psav1.GetTicketRequest_builder{Ticket: new("70")}.Build())
		},
		"notes": func() (proto.Message, error) {
			return i.ListNotes(ctx, psav1.ListNotesRequest_builder{Ticket: new("69")}.Build())
		},
		"companies": func() (proto.Message, error) {
			return i.ListCompanies(ctx, psav1.ListCompaniesRequest_builder{Include: ofPeople}.Build())
		},
		"company": func() (proto.Message, error) {
			return i.GetCompany(ctx, psav1.GetCompanyRequest_builder{Company: new("2")}.Build())
		},
		"sites": func() (proto.Message, error) {
			return i.ListSites(ctx, psav1.ListSitesRequest_builder{Company: new("2")}.Build())
		},
		"contacts": func() (proto.Message, error) {
			return i.ListContacts(ctx, psav1.ListContactsRequest_builder{Include: ofPeople}.Build())
		},
		"contact": func() (proto.Message, error) {
			return i.GetContact(ctx, psav1.GetContactRequest_builder{Contact: new("2")}.Build())
		},
		"technicians": func() (proto.Message, error) { return i.ListTechnicians(ctx, &psav1.ListTechniciansRequest{}) },
		"technician": func() (proto.Message, error) {
			return i.GetTechnician(ctx, psav1.GetTechnicianRequest_builder{Technician: new("176")}.Build())
		},
		"queues":     func() (proto.Message, error) { return i.ListQueues(ctx, &psav1.ListQueuesRequest{}) },
		"statuses":   func() (proto.Message, error) { return i.ListStatuses(ctx, &psav1.ListStatusesRequest{}) },
		"types":      func() (proto.Message, error) { return i.ListTypes(ctx, &psav1.ListTypesRequest{}) },
		"priorities": func() (proto.Message, error) { return i.ListPriorities(ctx, &psav1.ListPrioritiesRequest{}) },
		"sources":    func() (proto.Message, error) { return i.ListSources(ctx, &psav1.ListSourcesRequest{}) },
		"time_entries": func() (proto.Message, error) {
			return i.ListTimeEntries(ctx, psav1.ListTimeEntriesRequest_builder{Include: ofPeople}.Build())
		},
		"time_entry": func() (proto.Message, error) {
			return i.GetTimeEntry(ctx, psav1.GetTimeEntryRequest_builder{TimeEntry: new("2")}.Build())
		},
		"work_types": func() (proto.Message, error) { return i.ListWorkTypes(ctx, &psav1.ListWorkTypesRequest{}) },
		"work_roles": func() (proto.Message, error) { return i.ListWorkRoles(ctx, &psav1.ListWorkRolesRequest{}) },
		"schedule_entries": func() (proto.Message, error) {
			return i.ListScheduleEntries(ctx, &psav1.ListScheduleEntriesRequest{})
		},
		"schedule_entry": func() (proto.Message, error) {
			return i.GetScheduleEntry(ctx, psav1.GetScheduleEntryRequest_builder{ScheduleEntry: new("11")}.Build())
		},
		"schedule_statuses": func() (proto.Message, error) {
			return i.ListScheduleStatuses(ctx, &psav1.ListScheduleStatusesRequest{})
		},
		"availability": func() (proto.Message, error) { return i.GetAvailability(ctx, weekOf(2005, time.May, 1)) },
		"holidays":     func() (proto.Message, error) { return i.GetAvailability(ctx, weekOf(2018, time.November, 18)) },
		"workloads": func() (proto.Message, error) {
			week := weekOf(2018, time.November, 18)
			return i.ListWorkloads(ctx, psav1.ListWorkloadsRequest_builder{Technician: []string{"id:176"}, From: week.GetFrom(), To: week.GetTo()}.Build())
		},
		"configuration_types": func() (proto.Message, error) {
			return i.ListConfigurationTypes(ctx, &psav1.ListConfigurationTypesRequest{})
		},
		"configuration_statuses": func() (proto.Message, error) {
			return i.ListConfigurationStatuses(ctx, &psav1.ListConfigurationStatusesRequest{})
		},
	}
}

// weekOf asks when the recorded member can work within seven days.
func weekOf(year int, month time.Month, day int) *psav1.GetAvailabilityRequest {
	from := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return psav1.GetAvailabilityRequest_builder{
		Technician: new("176"), From: timestamppb.New(from), To: timestamppb.New(from.AddDate(0, 0, 7)),
	}.Build()
}

// TestRecordedAnswers compares what the connector makes of recorded answers with
// what callers are known to get; run it with -update after a change that is meant.
func TestRecordedAnswers(t *testing.T) {
	t.Parallel()
	i, err := replay(t, readRecordings(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, ask := range questions(t.Context(), i) {
		got := answerOf(t, ask)
		file := filepath.Join("testdata", "recorded", name+".json")
		if *updateGolden {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s:\n%s", name, file, got)
		}
	}
}

// claims are the records that the connector reads, and the answers that their
// members have to reach. Members that serve other ends say which.
var claims = []struct {
	recording string
	record    any
	answers   []string
	elsewhere map[string]string
}{
	{"API_SERVICE_TICKET", api.Ticket{}, []string{"ticket", "tickets"}, map[string]string{
		"recordType":  "the path says it",
		"contactName": "the contact's own name goes before it",
		"resources":   "the owner is the only one",
	}},
	{"API_PROJECT_TICKET", api.Ticket{}, []string{"project_ticket", "tickets"}, map[string]string{
		"contactName": "the contact's own name goes before it",
	}},
	{"API_SERVICE_NOTE_LIST", api.Note{}, []string{"notes", "ticket"}, map[string]string{
		"ticketId": "the path says it", "createdBy": "the member goes before it", "dateCreated": "_info says the same time",
	}},
	{"API_COMPANY", api.Company{}, []string{"company", "companies"}, nil},
	{"API_COMPANY_SITE_LIST", api.Site{}, []string{"sites"}, nil},
	{"API_COMPANY_CONTACT_LIST", api.Contact{}, []string{"contact", "contacts"}, nil},
	{"API_MEMBER", api.Member{}, []string{"technician", "technicians", "availability", "workloads"}, map[string]string{
		"defaultLocation": "it tells which work roles the member may book", "workRole": "it is the default of those",
		"licenseClass": "of the classes, only the one of API members is told apart",
		"_info":        "technicians have no version",
	}},
	{"API_BOARD", api.Board{}, []string{"queues", "technician"}, nil},
	{"API_BOARD_STATUS_LIST", api.BoardStatus{}, []string{"statuses"}, nil},
	{"API_TYPE", api.BoardType{}, []string{"types"}, nil},
	{"API_SUBTYPE", api.BoardSubType{}, []string{"types"}, nil},
	{"API_ITEM", api.BoardItem{}, []string{"types"}, nil},
	{"API_SERVICE_TEAM_LIST", api.Team{}, []string{"queues"}, map[string]string{
		"members":     "who works in a team is not said of queues",
		"defaultFlag": "a ticket that changes its board takes the default team",
	}},
	{"API_SERVICE_PRIORITY_LIST", api.Priority{}, []string{"priorities"}, nil},
	{"API_SOURCE", api.Source{}, []string{"sources"}, nil},
	{"API_TIME_ENTRY", api.TimeEntry{}, []string{"time_entry", "time_entries"}, map[string]string{
		"timeEnd": "the start and the hours say the same time", "actualHours": "the start and the end say the same",
		"locationId": "it tells which work roles a write may name", "invoice": "the status says that it is billed",
	}},
	{"API_WORK_TYPE", api.WorkType{}, []string{"work_types"}, nil},
	{"API_WORK_ROLE", api.WorkRole{}, []string{"work_roles"}, nil},
	{"API_SCHEDULE_ENTRIES", api.ScheduleEntry{}, []string{"schedule_entry", "schedule_entries"}, map[string]string{
		"hours": "the member works all of the time, so that it says what the start and the end do",
	}},
	{"API_SCHEDULE_STATUS_LIST", api.ScheduleStatus{}, []string{"schedule_statuses"}, nil},
	{"API_SCHEDULE_CALENDAR", api.Calendar{}, []string{"availability", "holidays"}, nil},
	{"API_SCHEDULE_HOLIDAY_MODEL_LIST", api.Holiday{}, []string{"holidays"}, map[string]string{"id": "holidays have no identity"}},
	{"API_CONFIGURATION_TYPES", api.ConfigurationType{}, []string{"configuration_types"}, nil},
	{"API_CONFIGURATION_STATUS", api.ConfigurationStatus{}, []string{"configuration_statuses"}, nil},
}

// TestRecordedMembersAreUsed takes each member that the connector reads out of the
// recorded record: an answer that stays the same has lost it.
func TestRecordedMembersAreUsed(t *testing.T) {
	t.Parallel()
	i, err := replay(t, readRecordings(t))
	if err != nil {
		t.Fatal(err)
	}
	whole := questions(t.Context(), i)
	for _, c := range claims {
		t.Run(c.recording, func(t *testing.T) {
			t.Parallel()
			for _, member := range members(reflect.TypeOf(c.record)) {
				altered := readRecordings(t)
				record := altered.record(t, c.recording)
				if member == "-" || empty(record[member]) || c.elsewhere[member] != "" {
					continue
				}
				delete(record, member)
				if member == "id" {
					record[member] = 4711.0
				}
				i, err := replay(t, altered)
				if err != nil {
					continue // without the member nothing works
				}
				poorer := questions(t.Context(), i)
				if !slices.ContainsFunc(c.answers, func(name string) bool { return answerOf(t, whole[name]) != answerOf(t, poorer[name]) }) {
					t.Errorf("%s of %s does not reach any of %v", member, c.recording, c.answers)
				}
			}
		})
	}
}

// members are the members of a record that the connector reads.
func members(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		names = append(names, f.Tag.Get("json"))
	}
	return names
}

// empty reports whether a member holds nothing: to take it out changes nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return v == nil || v == false || v == "" || v == 0.0
}
