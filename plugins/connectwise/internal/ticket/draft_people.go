package ticket

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func (d *draft) company(ctx context.Context) error {
	if err := d.cannotClear("company"); err != nil {
		return err
	}
	ref := d.input.GetCompany()
	n, err := strconv.Atoi(ref.GetId())
	if !ref.HasId() {
		n, err = d.oneCompany(ctx, ref.GetName())
	} else if err != nil || n <= 0 {
		err = fault.InvalidArgument("company.id", fmt.Sprintf("there is no company %q at ConnectWise, where ids are numbers", ref.GetId()))
	}
	if err != nil {
		return err
	}
	d.companyID = n
	d.asked.SetCompany(mapping.NewReference(n, ref.GetName()))
	d.set("company", "company", api.ID{ID: n})
	return nil
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
		// The ticket has a copy of these: left there, mail would still go to the
		// contact (connectwise.md §7).
		for _, copied := range []string{"contactName", "contactPhoneNumber", "contactEmailAddress"} {
			d.set("contact", copied, "")
		}
		return nil
	}
	contact, err := d.pickContact(ctx)
	if err != nil {
		return err
	}
	if d.companyID == 0 && contact.Company != nil {
		d.companyID = contact.Company.ID
		d.fill("company", "company", api.ID{ID: contact.Company.ID})
	}
	d.asked.SetContact(psav1.ContactReference_builder{Id: new(strconv.Itoa(contact.ID))}.Build())
	d.set("contact", "contact", api.ID{ID: contact.ID})
	return nil
}

func (d *draft) pickContact(ctx context.Context) (api.Contact, error) {
	ref := d.input.GetContact()
	if ref.HasId() {
		n, err := strconv.Atoi(ref.GetId())
		if err != nil || n <= 0 {
			return api.Contact{}, fault.InvalidArgument("contact.id", fmt.Sprintf("there is no contact %q at ConnectWise, where ids are numbers", ref.GetId()))
		}
		if d.companyID != 0 {
			return api.Contact{ID: n}, nil
		}
		var contact api.Contact
		err = d.account.API.Get(ctx, "company/contacts/"+strconv.Itoa(n), api.Query{}, &contact)
		if fault.CodeOf(err) == fault.CodeNotFound {
			err = fault.InvalidArgument("contact.id", fmt.Sprintf("there is no contact %d", n))
		}
		return contact, err
	}
	path, asked := "contact.name", ref.GetName()
	if ref.HasEmail() {
		path, asked = "contact.email", ref.GetEmail()
	}
	found, err := d.account.ContactsNamed(ctx, path, d.companyID, asked)
	if err != nil {
		return api.Contact{}, err
	}
	switch len(found) {
	case 0:
		of := ""
		if d.companyID != 0 {
			of = " at this company"
		}
		return api.Contact{}, fault.InvalidArgument(path, fmt.Sprintf("no contact%s is %q", of, asked))
	case 1:
		return found[0], nil
	}
	ids := make([]int, len(found))
	for n, c := range found {
		ids[n] = c.ID
	}
	return api.Contact{}, fault.InvalidArgument(path, fmt.Sprintf("%d contacts are %q; give the id", len(found), asked), texts(ids)...)
}

// named is a record that is picked by name among few.
type named struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Inactive bool   `json:"inactiveFlag"`
}

// RecordID is the id that lists are walked by.
func (n named) RecordID() int { return n.ID }

// Entry makes the record findable.
func (n named) Entry() catalogue.Entry {
	return catalogue.Entry{ID: strconv.Itoa(n.ID), Name: n.Name, Inactive: n.Inactive}
}

// pickAmong finds the record of a list that a reference names.
func (d *draft) pickAmong(ctx context.Context, field, what, path string, ref *psav1.Reference) (named, error) {
	rows, err := api.All[named](ctx, d.account.API, path, api.Query{})
	if err != nil {
		return named{}, err
	}
	return catalogue.List[named]{What: what, Values: rows}.Pick(field, catalogue.Named(ref))
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

func (d *draft) workType(ctx context.Context) error {
	if d.clears("work_type") {
		d.set("work_type", "workType", nil)
		return nil
	}
	found, err := d.pickAmong(ctx, "work_type", "work type", "time/workTypes", d.input.GetWorkType())
	if err != nil {
		return err
	}
	d.asked.SetWorkType(mapping.NewReference(found.ID, found.Name))
	d.set("work_type", "workType", api.ID{ID: found.ID})
	return nil
}

func (d *draft) owner(ctx context.Context) error {
	if d.clears("owner") {
		d.set("owner", "owner", nil)
		return nil
	}
	member, err := d.account.Tables.PickMember(ctx, "owner", catalogue.Named(d.input.GetOwner()))
	if err != nil {
		return err
	}
	d.asked.SetOwner(mapping.NewReference(member.ID, member.FullName()))
	d.set("owner", "owner", api.ID{ID: member.ID})
	return nil
}

// maxCC is how long the list of copied addresses can be (connectwise.md §7).
const maxCC = 1000

func (d *draft) watchers(context.Context) error {
	var addresses []string
	for n, w := range d.input.GetWatchers() {
		address := strings.TrimSpace(w.GetEmail())
		if address == "" || strings.ContainsAny(address, "; \t\r\n") || !strings.Contains(address, "@") {
			return fault.InvalidArgument(fmt.Sprintf("watchers[%d].email", n), "ConnectWise copies e-mail addresses: give one")
		}
		addresses = append(addresses, address)
	}
	cc := strings.Join(addresses, ";")
	if err := tooLong("watchers", cc, maxCC); err != nil {
		return err
	}
	asked := make([]*psav1.Party, len(addresses))
	for n, address := range addresses {
		asked[n] = psav1.Party_builder{Email: new(address)}.Build()
	}
	d.asked.SetWatchers(asked)
	d.set("watchers", "automaticEmailCc", cc)
	return nil
}

func texts(ids []int) []string {
	list := make([]string, len(ids))
	for n, id := range ids {
		list[n] = strconv.Itoa(id)
	}
	return list
}
