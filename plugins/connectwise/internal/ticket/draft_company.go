package ticket

import (
	"context"
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// toCompany sets the company. Contact and site belong to a company, so that
// those of the old one do not stay: the contact would get the new one's mail.
func (d *ticketDraft) toCompany(ctx context.Context) (err error) {
	if err := d.Stays("company"); err != nil {
		return err
	}
	var leaves bool
	d.company, leaves, err = d.Company(ctx, d.company, d.Input.GetCompany(), d.Asked.SetCompany)
	if leaves {
		d.leaveCompany()
	}
	return err
}

// leaveCompany clears what belongs to the company that the ticket leaves, unless
// the request says what comes there.
func (d *ticketDraft) leaveCompany() {
	t := d.current
	if !d.Has("contact") && (t.Contact != nil || t.ContactName != "" || t.ContactEmail != "") {
		d.Drop("contact", "contact", "the contact belongs to the company that the ticket leaves")
		d.clearContactCopies()
	}
	if !d.Has("site") && t.Site != nil {
		d.Drop("site", "site", "the site belongs to the company that the ticket leaves")
	}
	if !d.Has("agreement") && t.Agreement != nil {
		d.Warnings = append(d.Warnings, fmt.Sprintf("the agreement %q stays on the ticket; look whether it is one of the new company", t.Agreement.Name))
	}
}

// clearContactCopies clears what the ticket has copied from its contact: left
// there, mail would still go to the contact (connectwise.md §7).
func (d *ticketDraft) clearContactCopies() {
	for _, copied := range []string{"contactName", "contactPhoneNumber", "contactEmailAddress"} {
		d.Set("contact", copied, "")
	}
}

// contact sets the person at the company. A create that names a contact alone
// takes the company from it.
func (d *ticketDraft) contact(ctx context.Context) error {
	if d.Clears("contact") {
		d.Set("contact", "contact", nil)
		d.clearContactCopies()
		return nil
	}
	contact, err := d.Contact(ctx, d.company, d.Input.GetContact(), d.Asked.SetContact)
	if err != nil {
		return err
	}
	if c := contact.Company; d.company.ID == 0 && c != nil {
		d.company = api.Company{ID: c.ID, Name: c.Name}
		d.Fill("company", "company", api.ID{ID: c.ID})
	}
	return nil
}

func (d *ticketDraft) site(ctx context.Context) error {
	return d.Site(ctx, d.company, d.Input.GetSite(), d.Asked.SetSite)
}
