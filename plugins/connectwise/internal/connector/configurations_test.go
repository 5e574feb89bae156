package connector

import (
	"slices"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// vendorConfigurationRecord is what the simulator holds of a configuration, seen
// without the connector.
type vendorConfigurationRecord struct {
	ID                                                                              int
	Name, SerialNumber, ModelNumber, TagNumber, IPAddress, MACAddress               string
	OSType, OSInfo, DeviceIdentifier, WarrantyExpirationDate, InstallationDate, RAM string
	ParentConfigurationID                                                           int
	ActiveFlag                                                                      bool
	Type, Status, Company, Site, Contact, Location                                  *struct {
		ID   int
		Name string
	}
}

func vendorConfiguration(t *testing.T, sim *simulator.Running, id string) vendorConfigurationRecord {
	t.Helper()
	return held[vendorConfigurationRecord](t, sim, "company/configurations/"+id)
}

func allConfigurations(t *testing.T, i *Instance, r psav1.ListConfigurationsRequest_builder) []*psav1.Configuration {
	t.Helper()
	return everyRow(t, i.ListConfigurations, r.Build(), (*psav1.ListConfigurationsResponse).GetConfigurations)
}

func createConfiguration(t *testing.T, i *Instance, input psav1.Configuration_builder) *psav1.CreateConfigurationResponse {
	t.Helper()
	return must(t, i.CreateConfiguration, psav1.CreateConfigurationRequest_builder{Input: input.Build()}.Build())
}

func updateConfiguration(t *testing.T, i *Instance, id string, input psav1.Configuration_builder, fields ...string) *psav1.UpdateConfigurationResponse {
	t.Helper()
	return must(t, i.UpdateConfiguration, psav1.UpdateConfigurationRequest_builder{Configuration: &id, Input: input.Build(), SetFields: fields}.Build())
}

func TestConfigurations(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	all := allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{PageSize: new(int32(37)), Include: []psav1.Include_V{psav1.Include_CUSTOM_FIELDS}})
	if len(all) < 150 {
		t.Fatalf("%d configurations", len(all))
	}
	for n, c := range all {
		if n > 0 && len(all[n-1].GetId()) == len(c.GetId()) && all[n-1].GetId() >= c.GetId() {
			t.Fatalf("%s comes after %s", c.GetId(), all[n-1].GetId())
		}
	}
	sample := all[10]
	one, err := i.GetConfiguration(t.Context(), psav1.GetConfigurationRequest_builder{Configuration: new(sample.GetId())}.Build())
	if err != nil || !proto.Equal(one.GetConfiguration(), sample) || sample.GetEtag() == "" || !slices.Equal(one.GetOmitted(), []psav1.Include_V{psav1.Include_VENDOR}) {
		t.Errorf("row %v\none %v, %v", sample, one, err)
	}
	if sample.GetCustomFields()["vendor.billFlag"] == nil || !strings.Contains(sample.GetUrl(), "recid="+sample.GetId()) {
		t.Errorf("configuration %v", sample)
	}
	poor, err := i.ListConfigurations(t.Context(), psav1.ListConfigurationsRequest_builder{PageSize: new(int32(1)), ExternalId: new(sample.GetExternalId())}.Build())
	if err != nil || len(poor.GetConfigurations()) != 1 || poor.GetConfigurations()[0].GetEtag() != sample.GetEtag() || len(poor.GetConfigurations()[0].GetCustomFields()) > 0 {
		t.Errorf("without includes %v, %v", poor, err)
	}
	rich, err := i.ListConfigurations(t.Context(), psav1.ListConfigurationsRequest_builder{PageSize: new(int32(1)), Include: []psav1.Include_V{psav1.Include_VENDOR}}.Build())
	if err != nil || !strings.Contains(string(rich.GetConfigurations()[0].GetVendor()), "mobileGuid") {
		t.Errorf("with the record %v, %v", rich, err)
	}

	vendor(t, sim, "PATCH", "company/configurations/"+sample.GetId(), `[{"op":"replace","path":"activeFlag","value":false}]`, nil)
	sample.SetActive(false)
	word := strings.ToLower(sample.GetName()[:3])
	since := sample.GetUpdatedAt().AsTime().Add(time.Second)
	for name, filter := range map[string]struct {
		request psav1.ListConfigurationsRequest_builder
		keeps   func(*psav1.Configuration) bool
	}{
		"text":     {psav1.ListConfigurationsRequest_builder{Text: &word}, func(c *psav1.Configuration) bool { return strings.Contains(strings.ToLower(c.GetName()), word) }},
		"wildcard": {psav1.ListConfigurationsRequest_builder{Text: new("%")}, func(*psav1.Configuration) bool { return false }},
		"inactive": {psav1.ListConfigurationsRequest_builder{Active: new(false)}, func(c *psav1.Configuration) bool { return !c.GetActive() }},
		"active":   {psav1.ListConfigurationsRequest_builder{Active: new(true)}, (*psav1.Configuration).GetActive},
		"type": {psav1.ListConfigurationsRequest_builder{Type: []string{"network device", "15"}}, func(c *psav1.Configuration) bool {
			return c.GetType().GetName() == "Network Device" || c.GetType().GetId() == "15"
		}},
		"company":       {psav1.ListConfigurationsRequest_builder{Company: []string{sample.GetCompany().GetName()}}, func(c *psav1.Configuration) bool { return c.GetCompany().GetId() == sample.GetCompany().GetId() }},
		"serial number": {psav1.ListConfigurationsRequest_builder{SerialNumber: new(sample.GetSerialNumber())}, func(c *psav1.Configuration) bool { return c.GetSerialNumber() == sample.GetSerialNumber() }},
		"not quite it":  {psav1.ListConfigurationsRequest_builder{SerialNumber: new(strings.ToLower(sample.GetSerialNumber()))}, func(*psav1.Configuration) bool { return false }},
		"external id":   {psav1.ListConfigurationsRequest_builder{ExternalId: new(sample.GetExternalId())}, func(c *psav1.Configuration) bool { return c.GetExternalId() == sample.GetExternalId() }},
		"updated":       {psav1.ListConfigurationsRequest_builder{UpdatedSince: timestamppb.New(since)}, func(c *psav1.Configuration) bool { return c.GetId() == sample.GetId() }},
		"two": {psav1.ListConfigurationsRequest_builder{Type: []string{"Network Device"}, Company: []string{sample.GetCompany().GetName()}}, func(c *psav1.Configuration) bool {
			return c.GetType().GetName() == "Network Device" && c.GetCompany().GetId() == sample.GetCompany().GetId()
		}},
	} {
		want := idsOf(slices.DeleteFunc(slices.Clone(all), func(c *psav1.Configuration) bool { return !filter.keeps(c) }))
		filter.request.PageSize = new(int32(50))
		if got := idsOf(allConfigurations(t, i, filter.request)); !slices.Equal(got, want) {
			t.Errorf("%s: found %v, want %v", name, got, want)
		}
	}
	for field, bad := range map[string]psav1.ListConfigurationsRequest_builder{
		"type":          {Type: []string{"Toaster"}},
		"company":       {Company: []string{"Nobody Inc"}},
		"text":          {Text: new(`both " and '`)},
		"serial_number": {SerialNumber: new(`both " and '`)},
		"external_id":   {ExternalId: new(`both " and '`)},
	} {
		_, err := i.ListConfigurations(t.Context(), bad.Build())
		if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != field {
			t.Errorf("violations %+v", e.Violations)
		}
	}
	_, err = i.GetConfiguration(t.Context(), psav1.GetConfigurationRequest_builder{Configuration: new("999999")}.Build())
	wantFault(t, err, fault.CodeNotFound)

	// A page costs one request, whatever it names.
	ctx, c := counted(t)
	if _, err := i.ListConfigurations(ctx, psav1.ListConfigurationsRequest_builder{PageSize: new(int32(100)), Include: []psav1.Include_V{psav1.Include_CUSTOM_FIELDS}}.Build()); err != nil || c.VendorRequests() != 1 {
		t.Errorf("%d requests, %v", c.VendorRequests(), err)
	}
}

func TestConfigurationCatalogues(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	types, err := i.ListConfigurationTypes(t.Context(), &psav1.ListConfigurationTypesRequest{})
	if err != nil || len(types.GetConfigurationTypes()) < 3 || types.GetConfigurationTypes()[0].GetName() == "" || !types.GetConfigurationTypes()[0].GetActive() {
		t.Errorf("types %v, %v", types, err)
	}
	statuses, err := i.ListConfigurationStatuses(t.Context(), &psav1.ListConfigurationStatusesRequest{})
	if err != nil || len(statuses.GetConfigurationStatuses()) < 2 {
		t.Fatalf("statuses %v, %v", statuses, err)
	}
	if s := statuses.GetConfigurationStatuses()[0]; s.GetName() != "Active" || !s.GetIsDefault() || !s.GetActive() {
		t.Errorf("status %v", s)
	}
}

// ofClinic is a configuration of the company that the tests write to.
func ofClinic(name string) psav1.Configuration_builder {
	return psav1.Configuration_builder{Name: &name, Company: ref(clinic), Type: ref("Managed Workstation")}
}

func TestCreateConfiguration(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	sample := allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{Company: []string{clinic}})[0]
	input := ofClinic("ALD-WS99")
	input.Status, input.Site, input.Contact = ref("Active"), ref("Main"), psav1.ContactReference_builder{Id: new(sample.GetContact().GetId())}.Build()
	input.SerialNumber, input.Tag, input.Model = new("S-1"), new("T-1"), new("M-1")
	input.IpAddress, input.MacAddress, input.Os = new("10.0.0.9"), new("00:11:22:33:44:55"), new("Windows 11 Pro")
	input.WarrantyUntil, input.InstalledOn, input.Parent = new("2028-02-29"), new("2026-01-02"), ref(sample.GetName())
	input.ExternalId, input.Active = new("rmm-99"), new(true)
	input.CustomFields = map[string]*structpb.Value{"vendor.ram": structpb.NewStringValue("32 GB"), "vendor.purchaseDate": structpb.NewStringValue("2026-01-01")}
	resp := createConfiguration(t, i, input)
	c, r := resp.GetConfiguration(), resp.GetReceipt()
	if r.GetOutcome() != applied || len(r.GetApplied()) != 19 || r.GetAttributedTo().GetId() == "" || len(r.GetChanged())+len(r.GetDropped()) > 0 {
		t.Errorf("receipt %v", r)
	}
	if c.GetWarrantyUntil() != "2028-02-29" || c.GetInstalledOn() != "2026-01-02" || c.GetParent().GetId() != sample.GetId() || c.GetEtag() == "" {
		t.Errorf("configuration %v", c)
	}
	held := vendorConfiguration(t, sim, c.GetId())
	if held.Type.Name != "Managed Workstation" || held.Company.Name != clinic || held.Site.Name != "Main" || held.DeviceIdentifier != "rmm-99" ||
		held.OSType != "Windows 11 Pro" || held.RAM != "32 GB" || held.WarrantyExpirationDate != "2028-02-29T00:00:00Z" || !held.ActiveFlag {
		t.Errorf("ConnectWise holds %+v", held)
	}
}

func TestCreateConfigurationNeedsAType(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	input := psav1.Configuration_builder{Name: new("ALD-X1"), Company: ref(clinic)}
	_, err := i.CreateConfiguration(t.Context(), psav1.CreateConfigurationRequest_builder{Input: input.Build()}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "type" || !slices.Contains(e.Violations[0].Allowed, "Network Device") || !strings.Contains(e.Message, "defaults.configuration.type") {
		t.Errorf("fault %+v", e)
	}

	config := configFor(sim.URL)
	config.Defaults.Configuration.Type = "network device"
	withDefault, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(withDefault.Close)
	resp := createConfiguration(t, withDefault, input)
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Contains(r.GetDefaulted(), "type") || slices.Contains(r.GetApplied(), "type") {
		t.Errorf("receipt %v", r)
	}
	if got := vendorConfiguration(t, sim, resp.GetConfiguration().GetId()); got.Type.Name != "Network Device" {
		t.Errorf("type %v", got.Type)
	}

	config.Defaults.Configuration.Type = "Toaster"
	_, err = connect(t.Context(), config)
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "defaults.configuration.type" || !slices.Contains(e.Violations[0].Allowed, "Network Device") {
		t.Errorf("fault %+v", e)
	}
}

func TestCreateConfigurationOncePerExternalID(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	input := ofClinic("ALD-ONCE")
	input.ExternalId = new("rmm-once")
	first := createConfiguration(t, i, input).GetConfiguration().GetId()
	admin(t, sim, "DELETE", "requests", "", nil)
	again := createConfiguration(t, i, input)
	if again.GetConfiguration().GetId() != first || !again.GetReceipt().GetAlreadyExisted() || again.GetReceipt().GetOutcome() != unchanged || len(writes(t, sim)) > 0 {
		t.Errorf("the second answered %v", again)
	}
	other := input
	other.Name = new("ALD-OTHER")
	_, err := i.CreateConfiguration(t.Context(), psav1.CreateConfigurationRequest_builder{Input: other.Build()}.Build())
	if e := wantFault(t, err, fault.CodeAlreadyExists); e.ExistingID != first {
		t.Errorf("existing id %q", e.ExistingID)
	}
}

func TestUpdateConfigurationSetsAndClears(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	sample := allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{Company: []string{clinic}})[0]
	id := createConfiguration(t, i, ofClinic("ALD-WS98")).GetConfiguration().GetId()
	set := psav1.Configuration_builder{
		Name: new("ALD-WS97"), Status: ref("Retired"), Active: new(false), Site: ref("Main"), SerialNumber: new("S"), Tag: new("T"), Model: new("M"),
		IpAddress: new("10.0.0.1"), MacAddress: new("aa"), Os: new("Linux"), WarrantyUntil: new("2027-01-01"), InstalledOn: new("2026-01-01"),
		Parent: refByID(sample.GetId()), ExternalId: new("x"), Contact: psav1.ContactReference_builder{Name: new(sample.GetContact().GetName())}.Build(),
		CustomFields: map[string]*structpb.Value{"vendor.notes": structpb.NewStringValue("a\nb"), "vendor.osInfo": structpb.NewStringValue("kernel 6"), "vendor.billFlag": structpb.NewBoolValue(true)},
	}
	fields := []string{
		"name", "status", "active", "site", "contact", "serial_number", "tag", "model", "ip_address", "mac_address", "os", "warranty_until",
		"installed_on", "parent", "external_id", `custom_fields["vendor.notes"]`, `custom_fields["vendor.osInfo"]`, `custom_fields["vendor.billFlag"]`,
	}
	resp := updateConfiguration(t, i, id, set, fields...)
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), fields) || len(r.GetSteps()) > 0 {
		t.Errorf("receipt %v", r)
	}
	held := vendorConfiguration(t, sim, id)
	if held.Name != "ALD-WS97" || held.Status.Name != "Retired" || held.ActiveFlag || held.Contact.Name != sample.GetContact().GetName() || held.ParentConfigurationID == 0 || held.OSInfo != "kernel 6" {
		t.Errorf("ConnectWise holds %+v", held)
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	same := updateConfiguration(t, i, id, psav1.Configuration_builder{Name: new("ALD-WS97"), Type: resp.GetConfiguration().GetType(), Contact: resp.GetConfiguration().GetContact(), Parent: resp.GetConfiguration().GetParent()}, "name", "type", "contact", "parent")
	if r := same.GetReceipt(); r.GetOutcome() != unchanged || len(writes(t, sim)) > 0 {
		t.Errorf("receipt %v, sent %v", r, writes(t, sim))
	}
	clearing := []string{"site", "contact", "serial_number", "tag", "model", "ip_address", "mac_address", "os", "warranty_until", "installed_on", "parent", "external_id", `custom_fields["vendor.notes"]`}
	cleared := updateConfiguration(t, i, id, psav1.Configuration_builder{}, clearing...)
	if r := cleared.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), clearing) {
		t.Errorf("receipt %v", r)
	}
	if held := vendorConfiguration(t, sim, id); held.Site != nil || held.Contact != nil || held.OSType+held.OSInfo+held.DeviceIdentifier+held.WarrantyExpirationDate != "" || held.ParentConfigurationID != 0 {
		t.Errorf("ConnectWise holds %+v", held)
	}
}

func TestConfigurationChangesCompany(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	sample := allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{Company: []string{clinic}})[0]
	resp := updateConfiguration(t, i, sample.GetId(), psav1.Configuration_builder{Company: ref("Bayside Family Law")}, "company")
	if r := resp.GetReceipt(); r.GetOutcome() != applied || len(r.GetDefaulted()) > 0 || !slices.Equal(leftBehind(r), []string{"site", "contact"}) {
		t.Errorf("receipt %v", r)
	}
	if held := vendorConfiguration(t, sim, sample.GetId()); held.Company.Name != "Bayside Family Law" || held.Site != nil || held.Contact != nil {
		t.Errorf("ConnectWise holds %+v", held)
	}
	_, err := i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{
		Configuration: new(sample.GetId()), Input: psav1.Configuration_builder{Contact: psav1.ContactReference_builder{Id: new(sample.GetContact().GetId())}.Build()}.Build(), SetFields: []string{"contact"},
	}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "contact.id" || !strings.Contains(e.Message, "the configuration is of company") {
		t.Errorf("fault %+v", e)
	}
}

func TestUpdateConfigurationRefuses(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	sample := allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{Company: []string{clinic}})[0]
	id := sample.GetId()
	long := strings.Repeat("x", 251)
	tests := map[string]struct {
		input  psav1.Configuration_builder
		fields []string
		at     []string
	}{
		"no name":            {psav1.Configuration_builder{}, []string{"name"}, []string{"name"}},
		"no type":            {psav1.Configuration_builder{}, []string{"type"}, []string{"type"}},
		"no status":          {psav1.Configuration_builder{}, []string{"status"}, []string{"status"}},
		"no company":         {psav1.Configuration_builder{}, []string{"company"}, []string{"company"}},
		"neither on nor off": {psav1.Configuration_builder{}, []string{"active"}, []string{"active"}},
		"too long": {psav1.Configuration_builder{Name: &long, SerialNumber: &long, MacAddress: &long, Os: &long}, []string{"name", "serial_number", "mac_address", "os"},
			[]string{"name", "serial_number", "mac_address", "os"}},
		"no such day": {psav1.Configuration_builder{WarrantyUntil: new("2026-02-30"), InstalledOn: new("2026-13-01")}, []string{"warranty_until", "installed_on"}, []string{"warranty_until", "installed_on"}},
		"unknown names": {psav1.Configuration_builder{Type: ref("Toaster"), Status: ref("Broken"), Site: ref("Moon"), Parent: ref("Nothing"), Company: ref("Nobody Inc")},
			[]string{"type", "status", "site", "parent", "company"}, []string{"type.name", "status.name", "company.name", "site.name", "parent.name"}},
		"unknown contact":     {psav1.Configuration_builder{Contact: psav1.ContactReference_builder{Name: new("Nobody")}.Build()}, []string{"contact"}, []string{"contact.name"}},
		"part of itself":      {psav1.Configuration_builder{Parent: refByID(id)}, []string{"parent"}, []string{"parent"}},
		"parent of two names": {psav1.Configuration_builder{Parent: psav1.Reference_builder{Id: new(id), Name: new("x")}.Build()}, []string{"parent"}, []string{"parent"}},
		"no ids":              {psav1.Configuration_builder{Parent: refByID("x"), Manufacturer: refByID("y"), Company: refByID("0")}, []string{"parent", "manufacturer", "company"}, []string{"company.id", "manufacturer.id", "parent.id"}},
		"unknown custom":      {psav1.Configuration_builder{CustomFields: custom("vendor.color", "red")}, []string{`custom_fields["vendor.color"]`}, []string{`custom_fields["vendor.color"]`}},
		"builtin of a type":   {psav1.Configuration_builder{CustomFields: custom("vendor.billFlag", "yes")}, []string{`custom_fields["vendor.billFlag"]`}, []string{`custom_fields["vendor.billFlag"]`}},
		"a day that is none":  {psav1.Configuration_builder{CustomFields: custom("vendor.purchaseDate", "1.2.2026")}, []string{`custom_fields["vendor.purchaseDate"]`}, []string{`custom_fields["vendor.purchaseDate"]`}},
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, test := range tests {
		_, err := i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{Configuration: &id, Input: test.input.Build(), SetFields: test.fields}.Build())
		if fault.CodeOf(err) != fault.CodeInvalidArgument {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		var at []string
		for _, v := range fault.From(err).Violations {
			at = append(at, v.Field)
		}
		if !slices.Equal(at, test.at) {
			t.Errorf("%s: violations %q, want %q", name, at, test.at)
		}
	}
	if w := writes(t, sim); len(w) > 0 {
		t.Errorf("sent %v", w)
	}
	_, err := i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{Configuration: &id, Input: psav1.Configuration_builder{Company: refByID("99999999")}.Build(), SetFields: []string{"company"}}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); len(e.Violations) == 0 || e.Violations[0].Field != "company" {
		t.Errorf("fault %+v", e)
	}
}

func TestConfigurationWritesAreGuardedAndPlanned(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	created := createConfiguration(t, i, ofClinic("ALD-WS96")).GetConfiguration()
	id := created.GetId()
	change := func(etag string) error {
		_, err := i.UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{
			Configuration: &id, Input: psav1.Configuration_builder{Tag: new("T")}.Build(), SetFields: []string{"tag"},
			Options: psav1.WriteOptions_builder{IfMatch: &etag}.Build(),
		}.Build())
		return err
	}
	if e := wantFault(t, change(`"old"`), fault.CodePreconditionFailed); e.CurrentETag != created.GetEtag() {
		t.Errorf("current etag %s", e.CurrentETag)
	}
	if err := change(created.GetEtag()); err != nil {
		t.Error(err)
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	resp, err := i.UpdateConfiguration(dry(t), psav1.UpdateConfigurationRequest_builder{
		Configuration: &id, Input: psav1.Configuration_builder{Tag: new("U"), Type: ref("Network Device")}.Build(), SetFields: []string{"tag", "type"},
	}.Build())
	if err != nil {
		t.Fatal(err)
	}
	planned := resp.GetReceipt().GetPlanned()
	if len(planned) != 2 || planned[0].GetPath() != "/company/configurations/"+id || planned[1].GetPath() != "/company/configurations/"+id+"/changeType" || len(writes(t, sim)) > 0 {
		t.Errorf("planned %v, sent %v", planned, writes(t, sim))
	}
	ctx, c := counted(t)
	if _, err := i.UpdateConfiguration(ctx, psav1.UpdateConfigurationRequest_builder{Configuration: &id, Input: psav1.Configuration_builder{Tag: new("V")}.Build(), SetFields: []string{"tag"}}.Build()); err != nil || c.VendorRequests() != 2 {
		t.Errorf("%d requests, %v", c.VendorRequests(), err)
	}
}
