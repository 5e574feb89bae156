package account

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// companies are found by their name and by their code.
var companies = Records[api.Company]{
	What: "company", Many: "companies", Path: "company/companies", Fields: []string{"id", "name", "identifier"},
	Entry: func(c api.Company) catalogue.Entry {
		return catalogue.Entry{ID: strconv.Itoa(c.ID), Name: c.Name, Also: []string{c.Identifier}}
	},
}

// PickCompany finds the company that a reference means. An id alone is not looked
// up: ConnectWise refuses one that there is not.
func (a *Account) PickCompany(ctx context.Context, ref *psav1.Reference) (api.Company, error) {
	if !ref.HasId() {
		found, err := a.companiesNamed(ctx, "company.name", ref.GetName(), living)
		if err != nil {
			return api.Company{}, err
		}
		return companies.One("company.name", "", ref.GetName(), found)
	}
	n, err := ReferenceID("company.id", companies.What, ref.GetId())
	if err != nil || !ref.HasName() {
		return api.Company{ID: n}, err
	}
	found, err := companies.Read(ctx, a, "company.id", n)
	if err == nil && !strings.EqualFold(ref.GetName(), found.Name) && !strings.EqualFold(ref.GetName(), found.Identifier) {
		err = catalogue.Contradiction("company", fmt.Sprintf("company %d is %q", n, found.Name), fmt.Sprintf("the name says %q", ref.GetName()))
	}
	return found, err
}

// contacts are found by their full name and by their addresses.
var contacts = Records[api.Contact]{
	What: "contact", Many: "contacts", Path: "company/contacts",
	Entry: func(c api.Contact) catalogue.Entry {
		return catalogue.Entry{ID: strconv.Itoa(c.ID), Name: c.FullName(), Also: mapping.Emails(&c)}
	},
}

// PickContact finds the contact that a reference means, at the company that the
// record (such as a ticket) will be of: nobody else may get its mail. Company 0 is
// any.
func (a *Account) PickContact(ctx context.Context, record string, company api.Company, ref *psav1.ContactReference) (api.Contact, error) {
	if !ref.HasId() {
		return a.oneContact(ctx, company, ref)
	}
	n, err := ReferenceID("contact.id", contacts.What, ref.GetId())
	if err != nil {
		return api.Contact{}, err
	}
	found, err := contacts.Read(ctx, a, "contact.id", n)
	switch {
	case err != nil:
		return found, err
	case company.ID != 0 && found.Company != nil && found.Company.ID != company.ID:
		return found, fault.InvalidArgument("contact.id", fmt.Sprintf("contact %d (%s) is of company %d (%s), and the %s is of company %s; give a contact of that company, or change the company too",
			n, found.FullName(), found.Company.ID, found.Company.Name, record, inWords(company)))
	}
	return found, agrees(found, ref)
}

func inWords(c api.Company) string {
	if c.Name == "" {
		return strconv.Itoa(c.ID)
	}
	return fmt.Sprintf("%d (%s)", c.ID, c.Name)
}

// agrees refuses a reference whose name or address is not the contact's.
func agrees(found api.Contact, ref *psav1.ContactReference) error {
	is := fmt.Sprintf("contact %d is %q", found.ID, found.FullName())
	if ref.HasName() && !strings.EqualFold(strings.TrimSpace(ref.GetName()), found.FullName()) {
		return catalogue.Contradiction("contact", is, fmt.Sprintf("the name says %q", ref.GetName()))
	}
	emails := mapping.Emails(&found)
	if ref.HasEmail() && !slices.ContainsFunc(emails, func(e string) bool { return strings.EqualFold(e, ref.GetEmail()) }) {
		return catalogue.Contradiction("contact", is+" with the addresses "+strings.Join(emails, ", "), fmt.Sprintf("the e-mail address says %q", ref.GetEmail()))
	}
	return nil
}

// oneContact finds the one contact of an address or a name.
func (a *Account) oneContact(ctx context.Context, company api.Company, ref *psav1.ContactReference) (api.Contact, error) {
	path, asked := "contact.name", ref.GetName()
	if ref.HasEmail() {
		path, asked = "contact.email", ref.GetEmail()
	}
	found, err := a.ContactsNamed(ctx, path, company.ID, asked)
	if err != nil {
		return api.Contact{}, err
	}
	if len(found) > 1 && ref.HasName() && ref.HasEmail() {
		found = slices.DeleteFunc(found, func(c api.Contact) bool { return agrees(c, ref) != nil })
	}
	of := ""
	if company.ID != 0 {
		of = " at company " + inWords(company)
	}
	one, err := contacts.One(path, of, asked, found)
	if err != nil {
		return one, err
	}
	return one, agrees(one, ref)
}

// site is a place of a company, as a reference finds it.
type site struct{ api.Site }

// Entry makes a site findable.
func (s site) Entry() catalogue.Entry {
	return catalogue.Entry{ID: strconv.Itoa(s.ID), Name: s.Name, Inactive: !s.InUse()}
}

// PickSite finds the site of a company that a reference means.
func (a *Account) PickSite(ctx context.Context, company api.Company, ref *psav1.Reference) (api.Site, error) {
	if company.ID == 0 {
		return api.Site{}, fault.InvalidArgument("site", "a site belongs to a company: give the company too")
	}
	rows, err := api.All[site](ctx, a.API, fmt.Sprintf("company/companies/%d/sites", company.ID), api.Query{})
	if err != nil {
		return api.Site{}, err
	}
	found, err := catalogue.List[site]{What: "site of company " + inWords(company), Values: rows}.Pick("site", catalogue.Named(ref))
	return found.Site, err
}
