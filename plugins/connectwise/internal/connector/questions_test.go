package connector

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// answersOf are the answers of a configuration by question, seen without the
// connector.
func answersOf(t *testing.T, sim *simulator.Running, id string) map[int]any {
	t.Helper()
	var record struct {
		Questions []struct {
			QuestionID int
			Answer     any
		}
	}
	vendor(t, sim, "GET", "company/configurations/"+id, "", &record)
	answers := map[int]any{}
	for _, q := range record.Questions {
		answers[q.QuestionID] = q.Answer
	}
	return answers
}

// questionsOfServer answers the questions of a managed server, one of each sort.
func questionsOfServer(role string) map[string]*structpb.Value {
	return map[string]*structpb.Value{
		"vendor.questions.501": structpb.NewBoolValue(true), "vendor.questions.502": structpb.NewNumberValue(96), "vendor.questions.503": structpb.NewStringValue(role),
	}
}

func TestQuestionsOfConfigurations(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	defined, err := i.ListCustomFields(t.Context(), psav1.ListCustomFieldsRequest_builder{Resource: new("configuration")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]*psav1.CustomFieldDefinition{}
	for _, f := range defined.GetCustomFields() {
		ids[f.GetId()] = f
		if f.GetResource() != "configuration" || !f.GetWritable() || f.GetLabel() == "" {
			t.Errorf("field %v", f)
		}
	}
	role := ids["vendor.questions.503"]
	if role.GetLabel() != "Managed Server: Role" || role.GetType() != psav1.CustomFieldType_SELECT || len(role.GetOptions()) != 3 || role.GetOptions()[1].GetId() != "File Server" || !role.GetBuiltin() {
		t.Errorf("question %v", role)
	}
	if ids["vendor.questions.501"].GetType() != psav1.CustomFieldType_BOOL || ids["vendor.questions.522"].GetType() != psav1.CustomFieldType_DATE || len(ids) != len(defined.GetCustomFields()) {
		t.Errorf("fields %v", slices.Sorted(maps.Keys(ids)))
	}
	// What the records show is defined.
	for _, c := range allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{PageSize: new(int32(200)), Include: []psav1.Include_V{psav1.Include_CUSTOM_FIELDS}}) {
		for id := range c.GetCustomFields() {
			if ids[id] == nil {
				t.Fatalf("configuration %s shows %s, which nothing defines", c.GetId(), id)
			}
		}
	}

	created := createConfiguration(t, i, psav1.Configuration_builder{Name: new("ALD-SRV9"), Company: ref(clinic), Type: ref("Managed Server"), CustomFields: questionsOfServer("file server")})
	id := created.GetConfiguration().GetId()
	if r := created.GetReceipt(); r.GetOutcome() != applied || len(r.GetApplied()) != 6 {
		t.Errorf("receipt %v", r)
	}
	if got := answersOf(t, sim, id); got[501] != true || got[502] != 96.0 || got[503] != "File Server" {
		t.Errorf("ConnectWise holds %v", got)
	}
	if got := created.GetConfiguration().GetCustomFields(); got["vendor.questions.503"].GetStringValue() != "File Server" || got["vendor.questions.502"].GetNumberValue() != 96 {
		t.Errorf("configuration %v", got)
	}

	// One answer changes; the others are sent with it, and stay.
	field := `custom_fields["vendor.questions.502"]`
	admin(t, sim, "DELETE", "requests", "", nil)
	updated := updateConfiguration(t, i, id, psav1.Configuration_builder{CustomFields: map[string]*structpb.Value{"vendor.questions.502": structpb.NewNumberValue(128)}}, field)
	if r := updated.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{field}) || len(writes(t, sim)) != 1 {
		t.Errorf("receipt %v", r)
	}
	if got := answersOf(t, sim, id); got[501] != true || got[502] != 128.0 || got[503] != "File Server" {
		t.Errorf("ConnectWise holds %v", got)
	}
	cleared := updateConfiguration(t, i, id, psav1.Configuration_builder{}, field, `custom_fields["vendor.questions.503"]`)
	if got := answersOf(t, sim, id); cleared.GetReceipt().GetOutcome() != applied || got[501] != true || got[502] != nil || got[503] != nil {
		t.Errorf("receipt %v, ConnectWise holds %v", cleared.GetReceipt(), got)
	}

	admin(t, sim, "DELETE", "requests", "", nil)
	for name, test := range map[string]struct {
		id    string
		value *structpb.Value
		says  string
	}{
		"of another type": {"vendor.questions.511", structpb.NewStringValue("x"), `type "Managed Server" have no question 511`},
		"no number":       {"vendor.questions.502", structpb.NewStringValue("much"), "takes a number"},
		"no option":       {"vendor.questions.503", structpb.NewStringValue("Mail Server"), "no option"},
		"no such key":     {"vendor.questions.0502", structpb.NewNumberValue(1), "no custom field"},
	} {
		_, err := i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{
			Configuration: &id, Input: psav1.Configuration_builder{CustomFields: map[string]*structpb.Value{test.id: test.value}}.Build(), SetFields: []string{`custom_fields["` + test.id + `"]`},
		}.Build())
		if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != `custom_fields["`+test.id+`"]` || !strings.Contains(e.Message, test.says) || len(e.Violations[0].Allowed) == 0 && name != "no number" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	_, err = i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{
		Configuration: &id, Input: psav1.Configuration_builder{Type: ref("Network Device"), CustomFields: map[string]*structpb.Value{"vendor.questions.502": structpb.NewNumberValue(1)}}.Build(), SetFields: []string{"type", field},
	}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); !strings.Contains(e.Message, "another request") {
		t.Errorf("fault %+v", e)
	}
	if w := writes(t, sim); len(w) > 0 {
		t.Errorf("sent %v", w)
	}
}

// Where the definitions cannot be read, the record itself tells what it is asked.
func TestQuestionsWithoutDefinitions(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	admin(t, sim, "POST", "faults", `{"match":{"method":"GET","path":"*/questions"},"fault":"status","status":403,"times":99}`, nil)
	sample := allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{Type: []string{"Managed Server"}})[0]
	field := `custom_fields["vendor.questions.502"]`
	resp := updateConfiguration(t, i, sample.GetId(), psav1.Configuration_builder{CustomFields: map[string]*structpb.Value{"vendor.questions.502": structpb.NewNumberValue(7)}}, field)
	if resp.GetReceipt().GetOutcome() != applied || answersOf(t, sim, sample.GetId())[502] != 7.0 {
		t.Errorf("receipt %v", resp.GetReceipt())
	}
	if _, err := i.ListCustomFields(t.Context(), psav1.ListCustomFieldsRequest_builder{Resource: new("configuration")}.Build()); err != nil {
		t.Error(err)
	}
}

func TestConfigurationChangesType(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	made := createConfiguration(t, i, psav1.Configuration_builder{Name: new("ALD-X"), Company: ref(clinic), Type: ref("Managed Server"), CustomFields: questionsOfServer("602")})
	id := made.GetConfiguration().GetId()
	resp := updateConfiguration(t, i, id, psav1.Configuration_builder{Type: ref("network device"), Tag: new("T")}, "type", "tag")
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(stepsOf(r), []string{"configuration DONE", "type DONE"}) || !slices.Equal(r.GetApplied(), []string{"type", "tag"}) {
		t.Errorf("receipt %v", r)
	}
	if held := vendorConfiguration(t, sim, id); held.Type.Name != "Network Device" || held.TagNumber != "T" {
		t.Errorf("ConnectWise holds %+v", held)
	}
	alone := updateConfiguration(t, i, id, psav1.Configuration_builder{Type: ref("Managed Server")}, "type")
	if r := alone.GetReceipt(); r.GetOutcome() != applied || len(r.GetSteps()) > 0 {
		t.Errorf("receipt %v", r)
	}

	// The tag is done, the type is not: the receipt tells both.
	admin(t, sim, "POST", "faults", `{"match":{"method":"PATCH","path":"*/changeType"},"fault":"status","status":403,"times":1}`, nil)
	partly := updateConfiguration(t, i, id, psav1.Configuration_builder{Type: ref("Network Device"), Tag: new("U")}, "type", "tag")
	r := partly.GetReceipt()
	if r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || !slices.Equal(stepsOf(r), []string{"configuration DONE", "type FAILED"}) ||
		!slices.Equal(r.GetApplied(), []string{"tag"}) || len(r.GetDropped()) != 1 || r.GetDropped()[0].GetField() != "type" || partly.GetConfiguration().GetType().GetName() != "Managed Server" {
		t.Errorf("receipt %v", r)
	}
	// Nothing else is done: it is the error.
	admin(t, sim, "POST", "faults", `{"match":{"method":"PATCH","path":"*/changeType"},"fault":"status","status":403,"times":1}`, nil)
	_, err := i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{Configuration: &id, Input: psav1.Configuration_builder{Type: ref("Network Device")}.Build(), SetFields: []string{"type"}}.Build())
	wantFault(t, err, fault.CodePermissionDenied)
	// The answer is lost: what became of it is read, and not sent again.
	admin(t, sim, "POST", "faults", `{"match":{"method":"PATCH","path":"*/changeType"},"fault":"drop_after","times":1}`, nil)
	admin(t, sim, "DELETE", "requests", "", nil)
	lost := updateConfiguration(t, i, id, psav1.Configuration_builder{Type: ref("Network Device"), Tag: new("V")}, "type", "tag")
	if r := lost.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"type", "tag"}) || len(writes(t, sim)) != 2 {
		t.Errorf("receipt %v, sent %v", r, writes(t, sim))
	}
	// Neither is known.
	admin(t, sim, "POST", "faults", `{"match":{"method":"PATCH","path":"*/changeType"},"fault":"drop_after","times":1}`, nil)
	admin(t, sim, "POST", "faults", `{"match":{"method":"GET","path":"*/company/configurations/`+id+`"},"fault":"status","status":403,"times":1,"after":1}`, nil)
	unknown := updateConfiguration(t, i, id, psav1.Configuration_builder{Type: ref("Managed Server"), Tag: new("W")}, "type", "tag")
	if r := unknown.GetReceipt(); !slices.Equal(r.GetUnverifiable(), []string{"type"}) || !slices.Equal(r.GetApplied(), []string{"tag"}) || len(r.GetWarnings()) == 0 {
		t.Errorf("receipt %v", r)
	}
}

// The tenant's own custom fields of configurations.
func TestCustomFieldsOfConfigurations(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	defined, err := i.ListCustomFields(t.Context(), psav1.ListCustomFieldsRequest_builder{Resource: new("configuration")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	own := slices.DeleteFunc(defined.GetCustomFields(), func(f *psav1.CustomFieldDefinition) bool { return f.GetBuiltin() })
	if len(own) == 0 {
		t.Fatal("the seed has no custom field of configurations")
	}
	id := createConfiguration(t, i, ofClinic("ALD-C1")).GetConfiguration().GetId()
	set, fields := map[string]*structpb.Value{}, []string{}
	for _, f := range own {
		value := map[psav1.CustomFieldType_V]*structpb.Value{
			psav1.CustomFieldType_BOOL: structpb.NewBoolValue(true), psav1.CustomFieldType_NUMBER: structpb.NewNumberValue(5), psav1.CustomFieldType_DATE: structpb.NewStringValue("2027-01-01"),
		}[f.GetType()]
		if value == nil {
			value = structpb.NewStringValue("https://x.example")
		}
		if f.GetType() == psav1.CustomFieldType_SELECT {
			value = structpb.NewStringValue(f.GetOptions()[0].GetName())
		}
		set[f.GetId()] = value
		fields = append(fields, `custom_fields["`+f.GetId()+`"]`)
	}
	resp := updateConfiguration(t, i, id, psav1.Configuration_builder{CustomFields: set}, fields...)
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), fields) {
		t.Errorf("receipt %v", r)
	}
	var record struct{ CustomFields []struct{ Value any } }
	vendor(t, sim, "GET", "company/configurations/"+id, "", &record)
	for _, f := range record.CustomFields {
		if f.Value == nil {
			t.Errorf("ConnectWise holds %+v", record)
		}
	}
}

// maker serves one configuration and the manufacturers; what a PATCH sends is kept.
type maker struct {
	recordings
	forbidden bool
	sent      string
}

func (m *maker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/procurement/manufacturers"):
		if m.forbidden {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"code":"Security","message":"You do not have security permission to perform this action."}`))
			return
		}
		_, _ = w.Write([]byte(`[{"id":7,"name":"Dell"},{"id":8,"name":"Lenovo"},{"id":9,"name":"Compaq","inactiveFlag":true}]`))
	case strings.HasSuffix(r.URL.Path, "/company/configurations/5"):
		maker := ""
		if r.Method == http.MethodPatch {
			b, _ := io.ReadAll(r.Body)
			m.sent, maker = string(b), `"manufacturer":{"id":7,"name":"Dell"},`
		}
		_, _ = w.Write([]byte(`{"id":5,"name":"PC",` + maker + `"company":{"id":2},"_info":{"lastUpdated":"2026-01-01T00:00:00Z"}}`))
	default:
		m.recordings.ServeHTTP(w, r)
	}
}

func TestManufacturers(t *testing.T) {
	t.Parallel()
	m := &maker{recordings: readRecordings(t)}
	srv := httptest.NewServer(m)
	t.Cleanup(srv.Close)
	config := configFor(srv.URL)
	config.Company, config.AgentResource = "CW", "User1"
	i, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	write := func(maker *psav1.Reference) (*psav1.UpdateConfigurationResponse, error) {
		return i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{
			Configuration: new("5"), Input: psav1.Configuration_builder{Manufacturer: maker}.Build(), SetFields: []string{"manufacturer"},
		}.Build())
	}
	for _, maker := range []*psav1.Reference{ref("dell"), refByID("7"), psav1.Reference_builder{Id: new("7"), Name: new("Dell")}.Build()} {
		m.sent = ""
		resp, err := write(maker)
		if err != nil {
			t.Fatal(err)
		}
		var ops []struct {
			Path  string
			Value struct{ ID int }
		}
		if err := json.Unmarshal([]byte(m.sent), &ops); err != nil || len(ops) != 1 || ops[0].Path != "manufacturer" || ops[0].Value.ID != 7 || resp.GetReceipt().GetOutcome() != applied {
			t.Errorf("%v sent %s, receipt %v", maker, m.sent, resp.GetReceipt())
		}
	}
	for field, maker := range map[string]*psav1.Reference{"manufacturer.name": ref("Del"), "manufacturer": psav1.Reference_builder{Id: new("7"), Name: new("Lenovo")}.Build(), "manufacturer.id": refByID("x")} {
		_, err := write(maker)
		if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != field {
			t.Errorf("violations %+v", e.Violations)
		}
	}

	// The list takes a right of its own; an id does not need it.
	poor := &maker{recordings: readRecordings(t), forbidden: true}
	other := httptest.NewServer(poor)
	t.Cleanup(other.Close)
	config.Site = configFor(other.URL).Site
	if i, err = connect(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	if _, err := write(refByID("7")); err != nil {
		t.Error(err)
	}
	_, err = write(ref("Dell"))
	wantFault(t, err, fault.CodePermissionDenied)
}

// TestManufacturerByName writes a manufacturer that the tenant has, and one that it
// has not.
func TestManufacturerByName(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{Company: []string{clinic}})[0].GetId()
	resp := updateConfiguration(t, i, id, psav1.Configuration_builder{Manufacturer: ref("fortinet")}, "manufacturer")
	got := held[struct {
		Manufacturer struct {
			ID   int
			Name string
		}
	}](t, sim, "company/configurations/"+id).Manufacturer
	if m := resp.GetConfiguration().GetManufacturer(); got.Name != "Fortinet" || m.GetId() != itoa(got.ID) || m.GetName() != got.Name || resp.GetReceipt().GetOutcome() != applied {
		t.Errorf("%v, and ConnectWise holds %v; receipt %v", m, got, resp.GetReceipt())
	}
	_, err := i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{
		Configuration: &id, Input: psav1.Configuration_builder{Manufacturer: ref("Delll")}.Build(), SetFields: []string{"manufacturer"},
	}.Build())
	e := wantFault(t, err, fault.CodeInvalidArgument)
	if v := e.Violations[0]; v.Field != "manufacturer.name" || !slices.Equal(v.Allowed, []string{"Dell", "Fortinet", "HP", "Lenovo"}) {
		t.Errorf("violation %+v", v)
	}
}
