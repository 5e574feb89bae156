package connector

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// vendorContactRecord is what the simulator holds of a contact, seen without the
// connector.
type vendorContactRecord struct {
	ID                         int
	FirstName, LastName, Title string
	InactiveFlag               bool
	NickName, Gender           string
	Company, Site              *struct {
		ID   int
		Name string
	}
	CommunicationItems []struct {
		ID                int
		Type              struct{ ID int }
		Value, Extension  string
		DefaultFlag       bool
		CommunicationType string
	}
}

func vendorContact(t *testing.T, sim *simulator.Running, id string) vendorContactRecord {
	t.Helper()
	return held[vendorContactRecord](t, sim, "company/contacts/"+id)
}

// ways are a contact's ways to be reached in short: "Email 1 a@x default".
func (r vendorContactRecord) ways() []string {
	var list []string
	for _, c := range r.CommunicationItems {
		way := c.CommunicationType + " " + strconv.Itoa(c.Type.ID) + " " + c.Value
		if c.Extension != "" {
			way += " x" + c.Extension
		}
		if c.DefaultFlag {
			way += " default"
		}
		list = append(list, way)
	}
	return list
}

func createContact(t *testing.T, i *Instance, input psav1.Contact_builder) *psav1.CreateContactResponse {
	t.Helper()
	return must(t, i.CreateContact, psav1.CreateContactRequest_builder{Input: input.Build()}.Build())
}

func updateContact(t *testing.T, i *Instance, id string, input psav1.Contact_builder, fields ...string) *psav1.UpdateContactResponse {
	t.Helper()
	return must(t, i.UpdateContact, psav1.UpdateContactRequest_builder{Contact: &id, Input: input.Build(), SetFields: fields}.Build())
}

func wantWays(t *testing.T, sim *simulator.Running, id string, want ...string) {
	t.Helper()
	if got := vendorContact(t, sim, id).ways(); !slices.Equal(got, want) {
		t.Errorf("ConnectWise reaches the contact by\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const clinic = "Alder Creek Dental"

func TestCreateContact(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	resp := createContact(t, i, psav1.Contact_builder{
		FirstName: new("Ann"), LastName: new("Lee"), Company: ref(clinic), Site: ref("main"), Title: new("Nurse"), Active: new(true),
		Emails: []string{"ann@clinic.example", "lee@home.example"}, Phone: new("2075550100 ext 12"), Mobile: new("2075550101"),
		CustomFields: map[string]*structpb.Value{"vendor.nickName": structpb.NewStringValue("Annie"), "vendor.gender": structpb.NewStringValue("female")},
	})
	c, r := resp.GetContact(), resp.GetReceipt()
	want := []string{"first_name", "last_name", "company", "site", "emails", "phone", "mobile", "title", "active", `custom_fields["vendor.gender"]`, `custom_fields["vendor.nickName"]`, "email"}
	if r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), want) || r.GetAttributedTo().GetId() == "" {
		t.Errorf("receipt %v", r)
	}
	if c.GetEmail() != "ann@clinic.example" || c.GetPhone() != "2075550100 x12" || c.GetMobile() != "2075550101" || c.GetName() != "Ann Lee" || c.GetEtag() == "" {
		t.Errorf("contact %v", c)
	}
	held := vendorContact(t, sim, c.GetId())
	if held.Company.Name != clinic || held.Site.Name != "Main" || held.InactiveFlag || held.Title != "Nurse" || held.NickName != "Annie" || held.Gender != "Female" {
		t.Errorf("ConnectWise holds %+v", held)
	}
	wantWays(t, sim, c.GetId(), "Email 1 ann@clinic.example default", "Email 1 lee@home.example", "Phone 2 2075550100 x12 default", "Phone 4 2075550101")

	one, err := i.GetContact(t.Context(), psav1.GetContactRequest_builder{Contact: new(c.GetId())}.Build())
	if err != nil || one.GetContact().GetEtag() != c.GetEtag() {
		t.Errorf("read again %v, %v", one, err)
	}
	// A mobile number alone is the default of the telephone numbers.
	alone := createContact(t, i, psav1.Contact_builder{FirstName: new("Bo"), Company: ref(clinic), Mobile: new("2075550102")})
	wantWays(t, sim, alone.GetContact().GetId(), "Phone 4 2075550102 default")
}

func TestCreateContactOncePerAddress(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	input := psav1.Contact_builder{FirstName: new("Ann"), LastName: new("Lee"), Company: ref(clinic), Email: new("ann@clinic.example")}
	first := createContact(t, i, input).GetContact().GetId()
	updateContact(t, i, first, psav1.Contact_builder{Active: new(false)}, "active")
	admin(t, sim, "DELETE", "requests", "", nil)
	again := psav1.Contact_builder{FirstName: new("Anna"), Company: ref(clinic), Emails: []string{"new@clinic.example", "ANN@clinic.example"}}
	_, err := i.CreateContact(t.Context(), psav1.CreateContactRequest_builder{Input: again.Build()}.Build())
	if e := wantFault(t, err, fault.CodeAlreadyExists); e.ExistingID != first || !strings.Contains(e.Message, "inactive") || !strings.Contains(e.Message, "ann@clinic.example") {
		t.Errorf("fault %+v", e)
	}
	if w := writes(t, sim); len(w) > 0 {
		t.Errorf("sent %v", w)
	}
	// The same address at another company is another person's affair.
	again.Company = ref("Bayside Family Law")
	createContact(t, i, again)
}

func TestUpdateContactSetsAndClears(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := createContact(t, i, psav1.Contact_builder{
		FirstName: new("Ann"), LastName: new("Lee"), Company: ref(clinic), Site: ref("Main"), Title: new("Nurse"),
		Emails: []string{"ann@clinic.example", "lee@home.example"}, Phone: new("2075550100"),
	}).GetContact().GetId()

	resp := updateContact(t, i, id, psav1.Contact_builder{
		FirstName: new("Anna"), LastName: new("Leigh"), Title: new("Doctor"), Active: new(false), Email: new("anna@clinic.example"),
		Phone: new("2075550199 x7"), Mobile: new("2075550198"),
		CustomFields: map[string]*structpb.Value{"vendor.birthDay": structpb.NewStringValue("1980-02-03"), "vendor.unsubscribeFlag": structpb.NewBoolValue(true)},
	}, "first_name", "last_name", "title", "active", "email", "phone", "mobile", `custom_fields["vendor.birthDay"]`, `custom_fields["vendor.unsubscribeFlag"]`)
	if r := resp.GetReceipt(); r.GetOutcome() != applied || len(r.GetApplied()) != 9 || len(r.GetSteps()) != 0 {
		t.Errorf("receipt %v", r)
	}
	wantWays(t, sim, id, "Email 1 anna@clinic.example default", "Email 1 lee@home.example", "Phone 2 2075550199 x7 default", "Phone 4 2075550198")
	if c := resp.GetContact(); c.GetName() != "Anna Leigh" || c.GetActive() || !slices.Equal(c.GetEmails(), []string{"anna@clinic.example", "lee@home.example"}) {
		t.Errorf("contact %v", c)
	}

	// What is read can be sent back, and nothing is sent for it.
	admin(t, sim, "DELETE", "requests", "", nil)
	c := resp.GetContact()
	echo := psav1.Contact_builder{
		FirstName: new(c.GetFirstName()), Company: c.GetCompany(), Site: c.GetSite(), Emails: c.GetEmails(), Email: new(c.GetEmail()),
		Phone: new(c.GetPhone()), Mobile: new(c.GetMobile()),
	}
	same := updateContact(t, i, id, echo, "first_name", "company", "site", "email", "emails", "phone", "mobile")
	if r := same.GetReceipt(); r.GetOutcome() != unchanged || len(writes(t, sim)) != 0 {
		t.Errorf("receipt %v, sent %v", r, writes(t, sim))
	}

	// One that is there becomes the main one; the others stay.
	updateContact(t, i, id, psav1.Contact_builder{Email: new("lee@home.example")}, "email")
	wantWays(t, sim, id, "Email 1 anna@clinic.example", "Email 1 lee@home.example default", "Phone 2 2075550199 x7 default", "Phone 4 2075550198")

	cleared := updateContact(t, i, id, psav1.Contact_builder{}, "last_name", "title", "phone", "mobile", "emails", `custom_fields["vendor.birthDay"]`)
	if r := cleared.GetReceipt(); r.GetOutcome() != applied || len(r.GetApplied()) != 7 {
		t.Errorf("receipt %v", r)
	}
	wantWays(t, sim, id)
	if held := vendorContact(t, sim, id); held.LastName != "" || held.Title != "" {
		t.Errorf("ConnectWise holds %+v", held)
	}
	// A contact is always of a site: one that has none gets the company's main one.
	kept := updateContact(t, i, id, psav1.Contact_builder{}, "site").GetReceipt()
	if kept.GetOutcome() != psav1.Receipt_Outcome_NOT_APPLIED || len(kept.GetDropped()) != 1 || kept.GetDropped()[0].GetField() != "site" {
		t.Errorf("receipt %v", kept)
	}
}

func TestUpdateContactAddresses(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := createContact(t, i, psav1.Contact_builder{
		FirstName: new("Ann"), Company: ref(clinic), Phone: new("2075550100"), Emails: []string{"a@x.example", "b@x.example", "c@x.example"},
	}).GetContact().GetId()
	for _, step := range []struct {
		emails []string
		want   []string
	}{
		{[]string{"b@x.example", "a@x.example", "c@x.example"}, []string{"Email 1 a@x.example", "Email 1 b@x.example default", "Email 1 c@x.example", "Phone 2 2075550100 default"}},
		{[]string{"d@x.example", "B@x.example"}, []string{"Email 1 d@x.example default", "Email 1 B@x.example", "Phone 2 2075550100 default"}},
		{[]string{"e@x.example", "f@x.example", "d@x.example"}, []string{"Email 1 d@x.example", "Email 1 e@x.example default", "Phone 2 2075550100 default", "Email 1 f@x.example"}},
		{[]string{"f@x.example"}, []string{"Phone 2 2075550100 default", "Email 1 f@x.example default"}},
	} {
		resp := updateContact(t, i, id, psav1.Contact_builder{Emails: step.emails}, "emails")
		if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Contains(r.GetApplied(), "emails") || !slices.Contains(r.GetApplied(), "email") {
			t.Errorf("%v: receipt %v", step.emails, r)
		}
		wantWays(t, sim, id, step.want...)
	}
	updateContact(t, i, id, psav1.Contact_builder{}, "email")
	wantWays(t, sim, id, "Phone 2 2075550100 default")
	updateContact(t, i, id, psav1.Contact_builder{Email: new("g@x.example")}, "email")
	wantWays(t, sim, id, "Phone 2 2075550100 default", "Email 1 g@x.example default")

	// Another number takes the place of the one that goes: the receipt says so.
	vendor(t, sim, "PATCH", "company/contacts/"+id, `[{"op":"add","path":"/communicationItems/2","value":{"type":{"id":2},"value":"2075550111"}}]`, nil)
	resp := updateContact(t, i, id, psav1.Contact_builder{}, "phone")
	if r := resp.GetReceipt(); r.GetOutcome() == applied || len(r.GetWarnings()) != 1 || resp.GetContact().GetPhone() != "2075550111" {
		t.Errorf("receipt %v", r)
	}
}

func TestUpdateContactRefuses(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := createContact(t, i, psav1.Contact_builder{FirstName: new("Ann"), Company: ref(clinic), Emails: []string{"a@x.example", "b@x.example"}}).GetContact().GetId()
	admin(t, sim, "DELETE", "requests", "", nil)
	tests := map[string]struct {
		input  psav1.Contact_builder
		fields []string
		code   fault.Code
		at     []string
	}{
		"no first name":         {psav1.Contact_builder{}, []string{"first_name"}, fault.CodeInvalidArgument, []string{"first_name"}},
		"an empty first name":   {psav1.Contact_builder{FirstName: new(" ")}, []string{"first_name"}, fault.CodeInvalidArgument, []string{"first_name"}},
		"no company":            {psav1.Contact_builder{}, []string{"company"}, fault.CodeInvalidArgument, []string{"company"}},
		"neither on nor off":    {psav1.Contact_builder{}, []string{"active"}, fault.CodeInvalidArgument, []string{"active"}},
		"two lines":             {psav1.Contact_builder{Title: new("a\nb")}, []string{"title"}, fault.CodeInvalidArgument, []string{"title"}},
		"unknown company":       {psav1.Contact_builder{Company: ref("Nobody Inc")}, []string{"company"}, fault.CodeInvalidArgument, []string{"company.name"}},
		"unknown site":          {psav1.Contact_builder{Site: ref("Moon")}, []string{"site"}, fault.CodeInvalidArgument, []string{"site.name"}},
		"no addresses":          {psav1.Contact_builder{Email: new("a"), Phone: new(" x ")}, []string{"email"}, fault.CodeInvalidArgument, []string{"email"}},
		"a bad one among many":  {psav1.Contact_builder{Emails: []string{"a@x.example", "b c@x.example"}}, []string{"emails"}, fault.CodeInvalidArgument, []string{"emails[1]"}},
		"one address twice":     {psav1.Contact_builder{Emails: []string{"a@x.example", "A@x.example"}}, []string{"emails"}, fault.CodeInvalidArgument, []string{"emails[1]"}},
		"main and all disagree": {psav1.Contact_builder{Email: new("z@x.example"), Emails: []string{"a@x.example", "b@x.example"}}, []string{"email", "emails"}, fault.CodeInvalidArgument, []string{"email"}},
		"which address is next": {psav1.Contact_builder{}, []string{"email"}, fault.CodeInvalidArgument, []string{"email"}},
		"no number":             {psav1.Contact_builder{Phone: new(" "), Mobile: new("")}, []string{"phone", "mobile"}, fault.CodeInvalidArgument, []string{"phone", "mobile"}},
		"everything at once": {psav1.Contact_builder{Email: new("a"), CustomFields: custom("vendor.gender", "Robot")},
			[]string{"first_name", "email", `custom_fields["vendor.gender"]`}, fault.CodeInvalidArgument, []string{"first_name", "email", `custom_fields["vendor.gender"]`}},
		"unknown custom field": {psav1.Contact_builder{CustomFields: custom("77", "x")}, []string{`custom_fields["77"]`}, fault.CodeInvalidArgument, []string{`custom_fields["77"]`}},
		"external id":          {psav1.Contact_builder{ExternalId: new("x")}, []string{"external_id"}, fault.CodeFieldNotSupported, []string{"external_id"}},
		"special care":         {psav1.Contact_builder{Vip: new(true)}, []string{"vip"}, fault.CodeFieldNotSupported, []string{"vip"}},
		"no such field":        {psav1.Contact_builder{}, []string{"shoe_size"}, fault.CodeInvalidArgument, []string{"shoe_size"}},
	}
	for name, test := range tests {
		_, err := i.UpdateContact(t.Context(), psav1.UpdateContactRequest_builder{Contact: &id, Input: test.input.Build(), SetFields: test.fields}.Build())
		e := fault.From(err)
		if fault.CodeOf(err) != test.code {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		var at []string
		for _, v := range e.Violations {
			at = append(at, v.Field)
		}
		if !slices.Equal(at, test.at) {
			t.Errorf("%s: violations %q, want %q", name, at, test.at)
		}
	}
	if w := writes(t, sim); len(w) > 0 {
		t.Errorf("sent %v", w)
	}
	_, err := i.CreateContact(t.Context(), psav1.CreateContactRequest_builder{Input: psav1.Contact_builder{LastName: new("Lee"), Company: ref(clinic)}.Build()}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "first_name" {
		t.Errorf("violations %+v", e.Violations)
	}
}

func TestContactChangesCompany(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := createContact(t, i, psav1.Contact_builder{FirstName: new("Ann"), Company: ref(clinic), Site: ref("Main")}).GetContact().GetId()
	old := vendorContact(t, sim, id).Site.ID
	resp := updateContact(t, i, id, psav1.Contact_builder{Company: ref("Bayside Family Law")}, "company")
	if r := resp.GetReceipt(); r.GetOutcome() != applied || len(r.GetDefaulted()) > 0 || !slices.Equal(leftBehind(r), []string{"site"}) || r.GetChanged()[0].GetHolds() == nil {
		t.Errorf("receipt %v", r)
	}
	if held := vendorContact(t, sim, id); held.Company.Name != "Bayside Family Law" || held.Site == nil || held.Site.ID == old {
		t.Errorf("ConnectWise holds %+v", held)
	}
	// The site of the new company, by the same request.
	updateContact(t, i, id, psav1.Contact_builder{Company: ref(clinic), Site: ref("Main")}, "company", "site")
	if held := vendorContact(t, sim, id); held.Company.Name != clinic || held.Site == nil || held.Site.ID != old {
		t.Errorf("ConnectWise holds %+v", held)
	}
}

func TestContactWritesAreGuardedAndPlanned(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	created := createContact(t, i, psav1.Contact_builder{FirstName: new("Ann"), Company: ref(clinic), Email: new("a@x.example")}).GetContact()
	id := created.GetId()
	change := func(etag string) error {
		_, err := i.UpdateContact(t.Context(), psav1.UpdateContactRequest_builder{
			Contact: &id, Input: psav1.Contact_builder{Title: new("Nurse")}.Build(), SetFields: []string{"title"},
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
	resp, err := i.UpdateContact(dry(t), psav1.UpdateContactRequest_builder{
		Contact: &id, Input: psav1.Contact_builder{Title: new("Doctor"), Emails: []string{"b@x.example", "a@x.example"}}.Build(), SetFields: []string{"title", "emails"},
	}.Build())
	if err != nil {
		t.Fatal(err)
	}
	planned := resp.GetReceipt().GetPlanned()
	if len(planned) != 1 || planned[0].GetMethod() != "PATCH" || planned[0].GetPath() != "/company/contacts/"+id || len(planned[0].GetBody().GetListValue().GetValues()) != 3 || len(writes(t, sim)) != 0 {
		t.Errorf("planned %v, sent %v", planned, writes(t, sim))
	}
	made, err := i.CreateContact(dry(t), psav1.CreateContactRequest_builder{Input: psav1.Contact_builder{FirstName: new("Bo"), Company: ref(clinic)}.Build()}.Build())
	if err != nil || len(made.GetReceipt().GetPlanned()) != 1 || made.GetReceipt().GetPlanned()[0].GetPath() != "/company/contacts" || len(writes(t, sim)) != 0 {
		t.Errorf("planned %v, %v, sent %v", made, err, writes(t, sim))
	}

	// A change costs a read and a write.
	ctx, c := counted(t)
	if _, err := i.UpdateContact(ctx, psav1.UpdateContactRequest_builder{Contact: &id, Input: psav1.Contact_builder{Title: new("Chef")}.Build(), SetFields: []string{"title"}}.Build()); err != nil || c.VendorRequests() != 2 {
		t.Errorf("%d requests, %v", c.VendorRequests(), err)
	}
	_, err = i.UpdateContact(t.Context(), psav1.UpdateContactRequest_builder{Contact: new("999999"), Input: psav1.Contact_builder{Title: new("x")}.Build(), SetFields: []string{"title"}}.Build())
	wantFault(t, err, fault.CodeNotFound)
}

func TestContactThatIsNotTaken(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := createContact(t, i, psav1.Contact_builder{FirstName: new("Ann"), Company: ref(clinic), Title: new("Nurse"), Email: new("a@x.example")}).GetContact().GetId()
	var record json.RawMessage
	vendor(t, sim, "GET", "company/contacts/"+id, "", &record)
	// A server that answers success and keeps what it has.
	admin(t, sim, "POST", "faults", fmt.Sprintf(`{"match":{"method":"PATCH","path":"*/company/contacts/%s"},"fault":"status","status":200,"times":1,"body":%s}`, id, record), nil)
	resp := updateContact(t, i, id, psav1.Contact_builder{Title: new("Doctor"), Emails: []string{"b@x.example"}, Mobile: new("5"), CustomFields: custom("vendor.nickName", "x")}, "title", "emails", "mobile", `custom_fields["vendor.nickName"]`)
	r := resp.GetReceipt()
	var dropped []string
	for _, d := range r.GetDropped() {
		dropped = append(dropped, d.GetField())
	}
	if r.GetOutcome() != psav1.Receipt_Outcome_NOT_APPLIED || !slices.Equal(dropped, []string{"title", "emails", "mobile", `custom_fields["vendor.nickName"]`, "email"}) {
		t.Errorf("receipt %v", r)
	}
	// One whose answer says nothing of what is now held is not repeated.
	admin(t, sim, "DELETE", "requests", "", nil)
	admin(t, sim, "POST", "faults", `{"match":{"method":"PATCH","path":"*/company/contacts/*"},"fault":"truncate","times":1}`, nil)
	_, err := i.UpdateContact(t.Context(), psav1.UpdateContactRequest_builder{Contact: &id, Input: psav1.Contact_builder{Title: new("Chef")}.Build(), SetFields: []string{"title"}}.Build())
	wantFault(t, err, fault.CodeOutcomeUnknown)
	if w := writes(t, sim); len(w) != 1 {
		t.Errorf("sent %v", w)
	}
	// The PSA's own refusal, at the neutral path.
	_, err = i.UpdateContact(t.Context(), psav1.UpdateContactRequest_builder{Contact: &id, Input: psav1.Contact_builder{Company: refByID("99999999")}.Build(), SetFields: []string{"company"}}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "company" || e.Vendor == nil {
		t.Errorf("fault %+v", e)
	}
}
