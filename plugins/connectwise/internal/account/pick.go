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

// PickCompany finds the company that a reference means. An id alone is not looked
// up: ConnectWise refuses one that there is not.
func (a *Account) PickCompany(ctx context.Context, ref *psav1.Reference) (api.Company, error) {
	if !ref.HasId() {
		id, err := a.oneCompany(ctx, ref.GetName())
		return api.Company{ID: id, Name: ref.GetName()}, err
	}
	n, err := strconv.Atoi(ref.GetId())
	if err != nil || n <= 0 {
		return api.Company{}, fault.InvalidArgument("company.id", fmt.Sprintf("there is no company %q at ConnectWise, where ids are numbers", ref.GetId()))
	}
	if !ref.HasName() {
		return api.Company{ID: n}, nil
	}
	var found api.Company
	err = a.API.Get(ctx, fmt.Sprintf("company/companies/%d", n), api.Query{Fields: []string{"id", "name", "identifier"}}, &found)
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		return found, fault.InvalidArgument("company.id", fmt.Sprintf("there is no company %d", n))
	case err != nil:
		return found, err
	case !strings.EqualFold(ref.GetName(), found.Name) && !strings.EqualFold(ref.GetName(), found.Identifier):
		return found, catalogue.Contradiction("company", fmt.Sprintf("company %d is %q", n, found.Name), fmt.Sprintf("the name says %q", ref.GetName()))
	}
	return found, nil
}

// oneCompany finds the one company of a name.
func (a *Account) oneCompany(ctx context.Context, name string) (int, error) {
	ids, err := a.CompaniesNamed(ctx, "company.name", name)
	if err != nil {
		return 0, err
	}
	switch len(ids) {
	case 0:
		return 0, fault.InvalidArgument("company.name", fmt.Sprintf("no company is named %q", name))
	case 1:
		return ids[0], nil
	}
	return 0, fault.InvalidArgument("company.name", fmt.Sprintf("%d companies are named %q; give the id", len(ids), name), texts(ids)...)
}

// PickContact finds the contact that a reference means, at the company that the
// record (such as a ticket) will be of: nobody else may get its mail. Company 0 is
// any.
func (a *Account) PickContact(ctx context.Context, record string, company api.Company, ref *psav1.ContactReference) (api.Contact, error) {
	if !ref.HasId() {
		return a.oneContact(ctx, company, ref)
	}
	n, err := strconv.Atoi(ref.GetId())
	if err != nil || n <= 0 {
		return api.Contact{}, fault.InvalidArgument("contact.id", fmt.Sprintf("there is no contact %q at ConnectWise, where ids are numbers", ref.GetId()))
	}
	var found api.Contact
	err = a.API.Get(ctx, fmt.Sprintf("company/contacts/%d", n), api.Query{}, &found)
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		return found, fault.InvalidArgument("contact.id", fmt.Sprintf("there is no contact %d", n))
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
	switch len(found) {
	case 0:
		of := ""
		if company.ID != 0 {
			of = " at company " + inWords(company)
		}
		return api.Contact{}, fault.InvalidArgument(path, fmt.Sprintf("no contact%s is %q", of, asked))
	case 1:
		return found[0], agrees(found[0], ref)
	}
	ids := make([]int, len(found))
	for n, c := range found {
		ids[n] = c.ID
	}
	return api.Contact{}, fault.InvalidArgument(path, fmt.Sprintf("%d contacts are %q; give the id", len(found), asked), texts(ids)...)
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

func texts(ids []int) []string {
	list := make([]string, len(ids))
	for n, id := range ids {
		list[n] = strconv.Itoa(id)
	}
	return list
}
