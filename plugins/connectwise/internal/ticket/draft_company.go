package ticket

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

// toCompany sets the company. Contact and site belong to a company, so that
// those of the old one do not stay: the contact would get the new one's mail.
func (d *draft) toCompany(ctx context.Context) error {
	if err := d.cannotClear("company"); err != nil {
		return err
	}
	found, err := d.pickCompany(ctx, d.input.GetCompany())
	if err != nil {
		return err
	}
	leaves := d.current != nil && found.ID != d.companyID
	d.companyID, d.company = found.ID, found.Name
	d.asked.SetCompany(mapping.NewReference(found.ID, found.Name))
	d.set("company", "company", api.ID{ID: found.ID})
	if leaves {
		d.leaveCompany()
	}
	return nil
}

// leaveCompany clears what belongs to the company that the ticket leaves, unless
// the request says what comes there.
func (d *draft) leaveCompany() {
	t := d.current
	if !d.has("contact") && (t.Contact != nil || t.ContactName != "" || t.ContactEmail != "") {
		d.fill("contact", "contact", nil)
		d.clearContactCopies()
	}
	if !d.has("site") && t.Site != nil {
		d.fill("site", "site", nil)
	}
	if !d.has("agreement") && t.Agreement != nil {
		d.warnings = append(d.warnings, fmt.Sprintf("the agreement %q stays on the ticket; look whether it is one of the new company", t.Agreement.Name))
	}
}

// clearContactCopies clears what the ticket has copied from its contact: left
// there, mail would still go to the contact (connectwise.md §7).
func (d *draft) clearContactCopies() {
	for _, copied := range []string{"contactName", "contactPhoneNumber", "contactEmailAddress"} {
		d.set("contact", copied, "")
	}
}

// pickCompany finds the company that a reference means. An id alone is not
// looked up: ConnectWise refuses one that there is not.
func (d *draft) pickCompany(ctx context.Context, ref *psav1.Reference) (api.Company, error) {
	if !ref.HasId() {
		id, err := d.oneCompany(ctx, ref.GetName())
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
	err = d.account.API.Get(ctx, fmt.Sprintf("company/companies/%d", n), api.Query{Fields: []string{"id", "name", "identifier"}}, &found)
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
func (d *draft) oneCompany(ctx context.Context, name string) (int, error) {
	ids, err := d.account.CompaniesNamed(ctx, "company.name", name)
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

// contact sets the person at the company. A create that names a contact alone
// takes the company from it.
func (d *draft) contact(ctx context.Context) error {
	if d.clears("contact") {
		d.set("contact", "contact", nil)
		d.clearContactCopies()
		return nil
	}
	contact, err := d.pickContact(ctx, d.input.GetContact())
	if err != nil {
		return err
	}
	if d.companyID == 0 && contact.Company != nil {
		d.companyID, d.company = contact.Company.ID, contact.Company.Name
		d.fill("company", "company", api.ID{ID: contact.Company.ID})
	}
	d.asked.SetContact(psav1.ContactReference_builder{Id: new(strconv.Itoa(contact.ID))}.Build())
	d.set("contact", "contact", api.ID{ID: contact.ID})
	return nil
}

// pickContact finds the contact that a reference means, at the company of the
// ticket: nobody else may get its mail.
func (d *draft) pickContact(ctx context.Context, ref *psav1.ContactReference) (api.Contact, error) {
	if !ref.HasId() {
		return d.oneContact(ctx, ref)
	}
	n, err := strconv.Atoi(ref.GetId())
	if err != nil || n <= 0 {
		return api.Contact{}, fault.InvalidArgument("contact.id", fmt.Sprintf("there is no contact %q at ConnectWise, where ids are numbers", ref.GetId()))
	}
	var found api.Contact
	err = d.account.API.Get(ctx, fmt.Sprintf("company/contacts/%d", n), api.Query{}, &found)
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		return found, fault.InvalidArgument("contact.id", fmt.Sprintf("there is no contact %d", n))
	case err != nil:
		return found, err
	case d.companyID != 0 && found.Company != nil && found.Company.ID != d.companyID:
		return found, fault.InvalidArgument("contact.id", fmt.Sprintf("contact %d (%s) is of company %d (%s), and the ticket is of company %s; give a contact of that company, or change the company too",
			n, found.FullName(), found.Company.ID, found.Company.Name, d.companyInWords()))
	}
	return found, agrees(found, ref)
}

func (d *draft) companyInWords() string {
	if d.company == "" {
		return strconv.Itoa(d.companyID)
	}
	return fmt.Sprintf("%d (%s)", d.companyID, d.company)
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
func (d *draft) oneContact(ctx context.Context, ref *psav1.ContactReference) (api.Contact, error) {
	path, asked := "contact.name", ref.GetName()
	if ref.HasEmail() {
		path, asked = "contact.email", ref.GetEmail()
	}
	found, err := d.account.ContactsNamed(ctx, path, d.companyID, asked)
	if err != nil {
		return api.Contact{}, err
	}
	if len(found) > 1 && ref.HasName() && ref.HasEmail() {
		found = slices.DeleteFunc(found, func(c api.Contact) bool { return agrees(c, ref) != nil })
	}
	switch len(found) {
	case 0:
		of := ""
		if d.companyID != 0 {
			of = " at company " + d.companyInWords()
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

func (d *draft) site(ctx context.Context) error {
	if d.clears("site") {
		d.set("site", "site", nil)
		return nil
	}
	if d.companyID == 0 {
		return fault.InvalidArgument("site", "a site belongs to a company: give the company too")
	}
	site, err := d.pickAmong(ctx, "site", "site of this company", fmt.Sprintf("company/companies/%d/sites", d.companyID), d.input.GetSite())
	if err != nil {
		return err
	}
	d.asked.SetSite(mapping.NewReference(site.ID, site.Name))
	d.set("site", "site", api.ID{ID: site.ID})
	return nil
}

func texts(ids []int) []string {
	list := make([]string, len(ids))
	for n, id := range ids {
		list[n] = strconv.Itoa(id)
	}
	return list
}
