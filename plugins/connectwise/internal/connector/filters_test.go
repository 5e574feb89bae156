package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Every filter of companies gives what a look at all of them gives.
func TestCompanyFilters(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	list := func(r psav1.ListCompaniesRequest_builder) []*psav1.Company {
		t.Helper()
		r.PageSize = new(int32(23))
		return allCompanies(t, i, r)
	}
	// One that is inactive by its status alone.
	admin(t, sim, "POST", "act", `{"as":"acarter","method":"PATCH","path":"/company/companies/255","body":[{"op":"replace","path":"status","value":{"id":2}}]}`, nil)
	all := list(psav1.ListCompaniesRequest_builder{})
	times := make([]int64, len(all))
	for n, c := range all {
		times[n] = c.GetUpdatedAt().GetSeconds()
	}
	slices.Sort(times)
	middle := &timestamppb.Timestamp{Seconds: times[len(times)/2]}
	late := &timestamppb.Timestamp{Seconds: times[len(times)-1], Nanos: 1}
	for name, filter := range map[string]struct {
		request psav1.ListCompaniesRequest_builder
		keeps   func(*psav1.Company) bool
	}{
		"updated":                {psav1.ListCompaniesRequest_builder{UpdatedSince: middle}, func(c *psav1.Company) bool { return c.GetUpdatedAt().GetSeconds() >= middle.GetSeconds() }},
		"within the second":      {psav1.ListCompaniesRequest_builder{UpdatedSince: late}, func(c *psav1.Company) bool { return c.GetUpdatedAt().GetSeconds() >= late.GetSeconds() }},
		"active":                 {psav1.ListCompaniesRequest_builder{Active: new(true)}, (*psav1.Company).GetActive},
		"inactive":               {psav1.ListCompaniesRequest_builder{Active: new(false)}, func(c *psav1.Company) bool { return !c.GetActive() }},
		"text":                   {psav1.ListCompaniesRequest_builder{Text: new("LAW")}, func(c *psav1.Company) bool { return strings.Contains(strings.ToLower(c.GetName()), "law") }},
		"text with an ampersand": {psav1.ListCompaniesRequest_builder{Text: new("& f")}, func(c *psav1.Company) bool { return strings.Contains(strings.ToLower(c.GetName()), "& f") }},
		"all three": {psav1.ListCompaniesRequest_builder{Text: new("e"), Active: new(true), UpdatedSince: middle}, func(c *psav1.Company) bool {
			return c.GetActive() && strings.Contains(strings.ToLower(c.GetName()), "e") && c.GetUpdatedAt().GetSeconds() >= middle.GetSeconds()
		}},
		"what the server expands": {psav1.ListCompaniesRequest_builder{Text: new("%")}, func(*psav1.Company) bool { return false }},
	} {
		var want, got []string
		for _, c := range all {
			if filter.keeps(c) {
				want = append(want, c.GetId())
			}
		}
		for _, c := range list(filter.request) {
			got = append(got, c.GetId())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: found %v, want %v", name, got, want)
		}
	}
	inactive := list(psav1.ListCompaniesRequest_builder{Active: new(false)})
	if len(inactive) < 2 || inactive[0].GetId() != "255" {
		t.Errorf("inactive %v", inactive)
	}
	// Few that are inactive among many cost no walk over all.
	ctx, c := counted(t)
	if _, err := i.ListCompanies(ctx, psav1.ListCompaniesRequest_builder{Active: new(false)}.Build()); err != nil || c.VendorRequests() != 1 {
		t.Errorf("%d requests, %v", c.VendorRequests(), err)
	}
}

// Every filter of contacts gives what a look at all of them gives.
func TestContactFilters(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	all := allContacts(t, i, psav1.ListContactsRequest_builder{PageSize: new(int32(200))})
	times := make([]int64, len(all))
	for n, c := range all {
		times[n] = c.GetUpdatedAt().GetSeconds()
	}
	slices.Sort(times)
	middle := &timestamppb.Timestamp{Seconds: times[len(times)/2]}
	since := func(c *psav1.Contact) bool { return c.GetUpdatedAt().GetSeconds() >= middle.GetSeconds() }
	sample := all[7]
	with := func(text string) func(*psav1.Contact) bool {
		return func(c *psav1.Contact) bool {
			return slices.ContainsFunc(append(c.GetEmails(), c.GetName()), func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(text)) })
		}
	}
	company := sample.GetCompany()
	for name, filter := range map[string]struct {
		request psav1.ListContactsRequest_builder
		keeps   func(*psav1.Contact) bool
	}{
		"updated":  {psav1.ListContactsRequest_builder{UpdatedSince: middle}, since},
		"active":   {psav1.ListContactsRequest_builder{Active: new(true)}, (*psav1.Contact).GetActive},
		"inactive": {psav1.ListContactsRequest_builder{Active: new(false)}, func(c *psav1.Contact) bool { return !c.GetActive() }},
		"companies": {psav1.ListContactsRequest_builder{Company: []string{company.GetName(), "id:251"}}, func(c *psav1.Contact) bool {
			return c.GetCompany().GetId() == company.GetId() || c.GetCompany().GetId() == "251"
		}},
		"of a company that was deleted": {psav1.ListContactsRequest_builder{Company: []string{"Willow Bend Dermatology"}}, func(c *psav1.Contact) bool {
			return c.GetCompany().GetName() == "Willow Bend Dermatology"
		}},
		"text":   {psav1.ListContactsRequest_builder{Text: new("o'b")}, with("o'b")},
		"domain": {psav1.ListContactsRequest_builder{Text: new("@ALDER")}, with("@alder")},
		"all of them": {psav1.ListContactsRequest_builder{Text: new("a"), Active: new(true), UpdatedSince: middle, Company: []string{company.GetId()}}, func(c *psav1.Contact) bool {
			return with("a")(c) && c.GetActive() && since(c) && c.GetCompany().GetId() == company.GetId()
		}},
		"email and text": {psav1.ListContactsRequest_builder{Email: new(sample.GetEmail()), Text: new("zzz")}, func(*psav1.Contact) bool { return false }},
	} {
		var want, got []string
		for _, c := range all {
			if filter.keeps(c) {
				want = append(want, c.GetId())
			}
		}
		filter.request.PageSize = new(int32(31))
		for _, c := range allContacts(t, i, filter.request) {
			got = append(got, c.GetId())
		}
		if !slices.Equal(got, want) || len(want) == 0 && name != "email and text" {
			t.Errorf("%s: found %d, want %d", name, len(got), len(want))
		}
	}
}

// What a record shows among its custom fields is defined, and the other way round
// what is defined can be read of some record.
func TestCustomFieldsOfEveryResource(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	for resource, test := range map[string]struct {
		own, builtin int
		writable     bool
	}{
		"ticket": {11, 13, true}, "company": {2, 15, false}, "contact": {0, 12, true}, "time_entry": {3, 0, true},
	} {
		resp, err := i.ListCustomFields(t.Context(), psav1.ListCustomFieldsRequest_builder{Resource: &resource}.Build())
		if err != nil {
			t.Errorf("%s: %v", resource, err)
			continue
		}
		own, builtin, ids := 0, 0, map[string]bool{}
		for _, f := range resp.GetCustomFields() {
			ids[f.GetId()] = true
			if f.GetBuiltin() {
				builtin++
			} else {
				own++
			}
			if f.GetResource() != resource || f.GetLabel() == "" || f.GetType() == psav1.CustomFieldType_UNSPECIFIED || f.GetBuiltin() != strings.HasPrefix(f.GetId(), "vendor.") {
				t.Errorf("%s has %v", resource, f)
			}
			if f.GetWritable() != test.writable && f.GetId() != "vendor.project" {
				t.Errorf("%s of %s can be written: %t", f.GetId(), resource, f.GetWritable())
			}
		}
		if own != test.own || builtin != test.builtin || len(ids) != own+builtin {
			t.Errorf("%s has %d fields of its own and %d builtin ones", resource, own, builtin)
		}
	}
	defined := func(resource string) map[string]bool {
		resp, err := i.ListCustomFields(t.Context(), psav1.ListCustomFieldsRequest_builder{Resource: &resource}.Build())
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, f := range resp.GetCustomFields() {
			ids[f.GetId()] = true
		}
		return ids
	}
	fields := []psav1.Include_V{psav1.Include_CUSTOM_FIELDS}
	ofContacts, ofCompanies := defined("contact"), defined("company")
	for _, c := range allContacts(t, i, psav1.ListContactsRequest_builder{Include: fields, PageSize: new(int32(200))}) {
		for id := range c.GetCustomFields() {
			if !ofContacts[id] {
				t.Fatalf("contact %s shows %s, which nothing defines", c.GetId(), id)
			}
		}
	}
	resp, err := i.ListCompanies(t.Context(), psav1.ListCompaniesRequest_builder{Include: fields, PageSize: new(int32(200))}.Build())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range resp.GetCompanies() {
		for id := range c.GetCustomFields() {
			if !ofCompanies[id] {
				t.Fatalf("company %s shows %s, which nothing defines", c.GetId(), id)
			}
		}
		if c.GetCustomFields()["vendor.territory"] == nil || !strings.Contains(c.GetUrl(), "routeTo=AccountFV") {
			t.Fatalf("company %v", c)
		}
	}
}
