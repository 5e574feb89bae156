package ticket

import (
	"context"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
)

// toCompany sets the company. Contact and site belong to a company, so that
// those of the old one do not stay: the contact would get the new one's mail.
func (d *draft) toCompany(ctx context.Context) error {
	if err := d.cannotClear("company"); err != nil {
		return err
	}
	found, err := d.account.PickCompany(ctx, d.input.GetCompany())
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

// contact sets the person at the company. A create that names a contact alone
// takes the company from it.
func (d *draft) contact(ctx context.Context) error {
	if d.clears("contact") {
		d.set("contact", "contact", nil)
		d.clearContactCopies()
		return nil
	}
	contact, err := d.account.PickContact(ctx, "ticket", api.Company{ID: d.companyID, Name: d.company}, d.input.GetContact())
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

func (d *draft) site(ctx context.Context) error {
	if d.clears("site") {
		d.set("site", "site", nil)
		return nil
	}
	site, err := d.account.PickSite(ctx, api.Company{ID: d.companyID, Name: d.company}, d.input.GetSite())
	if err != nil {
		return err
	}
	d.asked.SetSite(mapping.NewReference(site.ID, site.Name))
	d.set("site", "site", api.ID{ID: site.ID})
	return nil
}
