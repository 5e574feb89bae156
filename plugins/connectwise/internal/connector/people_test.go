package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func allCompanies(t *testing.T, i *Instance, r psav1.ListCompaniesRequest_builder) []*psav1.Company {
	t.Helper()
	return everyRow(t, i.ListCompanies, r.Build(), (*psav1.ListCompaniesResponse).GetCompanies)
}

func TestCompanies(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	all := allCompanies(t, i, psav1.ListCompaniesRequest_builder{PageSize: new(int32(7)), Include: []psav1.Include_V{psav1.Include_CUSTOM_FIELDS}})
	if len(all) < 60 {
		t.Fatalf("%d companies", len(all))
	}
	sample := all[5]
	one, err := i.GetCompany(t.Context(), psav1.GetCompanyRequest_builder{Company: new(sample.GetId())}.Build())
	if err != nil || one.GetCompany().GetEtag() != sample.GetEtag() || one.GetCompany().GetName() != sample.GetName() {
		t.Errorf("row %v, one %v, %v", sample, one, err)
	}
	word := strings.Fields(sample.GetName())[0]
	found, err := i.ListCompanies(t.Context(), psav1.ListCompaniesRequest_builder{Text: new(strings.ToUpper(word)), PageSize: new(int32(200))}.Build())
	if err != nil {
		t.Fatal(err)
	}
	var want int
	for _, c := range all {
		if strings.Contains(strings.ToLower(c.GetName()), strings.ToLower(word)) {
			want++
		}
	}
	if len(found.GetCompanies()) != want {
		t.Errorf("%q: found %d, want %d", word, len(found.GetCompanies()), want)
	}
	for _, active := range []bool{true, false} {
		some, err := i.ListCompanies(t.Context(), psav1.ListCompaniesRequest_builder{Active: &active, PageSize: new(int32(200))}.Build())
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(slices.Clone(all), func(c *psav1.Company) bool { return c.GetActive() != active })
		if len(some.GetCompanies()) != len(want) {
			t.Errorf("active %t: %d, want %d", active, len(some.GetCompanies()), len(want))
		}
	}
	_, err = i.GetCompany(t.Context(), psav1.GetCompanyRequest_builder{Company: new("99999999")}.Build())
	wantFault(t, err, fault.CodeNotFound)
}

func allContacts(t *testing.T, i *Instance, r psav1.ListContactsRequest_builder) []*psav1.Contact {
	t.Helper()
	return everyRow(t, i.ListContacts, r.Build(), (*psav1.ListContactsResponse).GetContacts)
}

func TestContacts(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	all := allContacts(t, i, psav1.ListContactsRequest_builder{PageSize: new(int32(200))})
	if len(all) < 300 {
		t.Fatalf("%d contacts", len(all))
	}
	sample := all[42]
	byEmail := allContacts(t, i, psav1.ListContactsRequest_builder{Email: new(strings.ToUpper(sample.GetEmail()))})
	if len(byEmail) != 1 || byEmail[0].GetId() != sample.GetId() {
		t.Errorf("by e-mail %v", byEmail)
	}
	byCompany := allContacts(t, i, psav1.ListContactsRequest_builder{Company: []string{sample.GetCompany().GetName()}})
	for _, c := range byCompany {
		if c.GetCompany().GetId() != sample.GetCompany().GetId() {
			t.Errorf("contact of %v", c.GetCompany())
		}
	}
	if len(byCompany) == 0 {
		t.Error("the company has no contact")
	}
	for _, text := range []string{sample.GetName(), strings.ToLower(sample.GetFirstName()), "example", sample.GetEmail()[:5], "'"} {
		var want []string
		for _, c := range all {
			if account.Holds(text, append(c.GetEmails(), c.GetName())...) {
				want = append(want, c.GetId())
			}
		}
		var got []string
		for _, c := range allContacts(t, i, psav1.ListContactsRequest_builder{Text: &text, PageSize: new(int32(13))}) {
			got = append(got, c.GetId())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: found %d, want %d", text, len(got), len(want))
		}
	}
	one, err := i.GetContact(t.Context(), psav1.GetContactRequest_builder{Contact: new(sample.GetId())}.Build())
	if err != nil || one.GetContact().GetEtag() != sample.GetEtag() {
		t.Errorf("got %v, %v", one, err)
	}
	_, err = i.ListContacts(t.Context(), psav1.ListContactsRequest_builder{Text: new(`both " and '`)}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "text" {
		t.Errorf("violations %+v", e.Violations)
	}
}

func TestTechnicians(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	resp, err := i.ListTechnicians(t.Context(), psav1.ListTechniciansRequest_builder{PageSize: new(int32(200))}.Build())
	if err != nil {
		t.Fatal(err)
	}
	agents := 0
	for _, m := range resp.GetTechnicians() {
		if m.GetLogin() == "" || !m.GetCanHoldTime() {
			t.Errorf("technician %v", m)
		}
		if m.GetAgentResource() {
			agents++
		}
	}
	if len(resp.GetTechnicians()) != 14 || agents != 1 {
		t.Errorf("%d technicians, %d of them the agent resource", len(resp.GetTechnicians()), agents)
	}
	some, err := i.ListTechnicians(t.Context(), psav1.ListTechniciansRequest_builder{Text: new("reyes"), Active: new(true)}.Build())
	if err != nil || len(some.GetTechnicians()) != 1 || some.GetTechnicians()[0].GetLogin() != "mreyes" {
		t.Errorf("by text: %v, %v", some, err)
	}
	one, err := i.GetTechnician(t.Context(), psav1.GetTechnicianRequest_builder{Technician: new("153")}.Build())
	if err != nil || one.GetTechnician().GetName() != "Marco Reyes" || len(one.GetTechnician().GetQueues()) == 0 {
		t.Errorf("got %v, %v", one, err)
	}
	for _, id := range []string{"150", "9999"} { // an API member, nobody
		_, err = i.GetTechnician(t.Context(), psav1.GetTechnicianRequest_builder{Technician: &id}.Build())
		wantFault(t, err, fault.CodeNotFound)
	}
}

func TestCatalogues(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	queues, err := i.ListQueues(t.Context(), &psav1.ListQueuesRequest{})
	if err != nil || len(queues.GetQueues()) < 5 {
		t.Fatalf("queues %v, %v", queues, err)
	}
	projects := 0
	for _, q := range queues.GetQueues() {
		if slices.Contains(q.GetKinds(), psav1.Kind_PROJECT) {
			projects++
		} else if q.GetActive() && len(q.GetTeams()) == 0 {
			t.Errorf("queue %s has no team", q.GetName())
		}
	}
	if projects == 0 {
		t.Error("the project boards are missing")
	}
	statuses, err := i.ListStatuses(t.Context(), psav1.ListStatusesRequest_builder{Queue: new("Service Desk")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[psav1.Category_V]bool{}
	for _, s := range statuses.GetStatuses() {
		seen[s.GetCategory()] = true
		if s.GetQueue().GetName() != "Service Desk" || s.GetCategorySource() == 0 {
			t.Errorf("status %v", s)
		}
	}
	for _, c := range []psav1.Category_V{psav1.Category_NEW, psav1.Category_IN_PROGRESS, psav1.Category_WAITING_CUSTOMER, psav1.Category_CLOSED} {
		if !seen[c] {
			t.Errorf("Service Desk has no status of category %s", c)
		}
	}
	priorities, err := i.ListPriorities(t.Context(), &psav1.ListPrioritiesRequest{})
	if err != nil || len(priorities.GetPriorities()) < 4 {
		t.Errorf("priorities %v, %v", priorities, err)
	}
	types, err := i.ListTypes(t.Context(), psav1.ListTypesRequest_builder{Queue: new("Service Desk")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	perLevel := map[int32]int{}
	for _, c := range types.GetTypes() {
		perLevel[c.GetLevel()]++
		if (c.GetLevel() > 1) != (len(c.GetParents()) > 0) {
			t.Errorf("class %v", c)
		}
	}
	if perLevel[1] == 0 || perLevel[2] == 0 || perLevel[3] == 0 {
		t.Errorf("classes per level %v", perLevel)
	}
	sources, err := i.ListSources(t.Context(), &psav1.ListSourcesRequest{})
	if err != nil || len(sources.GetSources()) == 0 {
		t.Errorf("sources %v, %v", sources, err)
	}
	for resource, want := range map[string]int{"ticket": 11, "company": 2, "contact": 0} {
		fields, err := i.ListCustomFields(t.Context(), psav1.ListCustomFieldsRequest_builder{Resource: &resource}.Build())
		if err != nil {
			t.Fatal(err)
		}
		own := slices.DeleteFunc(fields.GetCustomFields(), func(f *psav1.CustomFieldDefinition) bool { return f.GetBuiltin() })
		if len(own) != want {
			t.Errorf("%s has %d custom fields, want %d", resource, len(own), want)
		}
	}
}
