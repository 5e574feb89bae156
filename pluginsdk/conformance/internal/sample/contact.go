package sample

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Contacts are the people at the companies.
var Contacts = Resource{
	Kind: record.Contact, Create: "contacts.create", Update: "contacts.update", message: &psav1.Contact{},
	input: func(x *Tenant, field string) proto.Message { return x.NewContact(field) },
	value: func(x *Tenant, has protoreflect.Message, field string) (proto.Message, string) {
		c, _ := has.Interface().(*psav1.Contact)
		b, why := x.contactValue(c, field)
		return b.Build(), why
	},
}

// Company is the company that new records are made for.
func (x *Tenant) Company() *psav1.Reference {
	t := x.NewTicket()
	if !t.HasCompany() {
		x.t.NotRun("no company is found to write for; give fixtures.new_ticket one")
	}
	if t.GetCompany().HasId() {
		return byID(t.GetCompany())
	}
	for _, c := range x.companies() {
		if c.GetName() == t.GetCompany().GetName() {
			return byID(reference(c))
		}
	}
	return t.GetCompany()
}

// NewContact is a contact that can be created and have another value in a field.
func (x *Tenant) NewContact(field string) *psav1.Contact {
	company := x.Company()
	if several := x.companyOfSites(); field == "site" && several != nil {
		company = several
	}
	return psav1.Contact_builder{
		FirstName: new("Conny"), LastName: new("Formance " + x.unique("N")), Company: company, Email: new(x.address()),
	}.Build()
}

// address is an e-mail address that nobody has.
func (x *Tenant) address() string { return fmt.Sprintf("%s@conformance.example", x.unique("conny")) }

func (x *Tenant) contactValue(c *psav1.Contact, field string) (b psav1.Contact_builder, why string) {
	switch field {
	case "first_name":
		b.FirstName = new("Zoë")
	case "last_name":
		b.LastName = new("Ångström-O'Neill")
	case "email":
		b.Email = new(x.address())
	case "emails":
		b.Email = new(x.address())
		b.Emails = []string{*b.Email, x.address()}
	case "phone":
		b.Phone = new("2075550142")
	case "mobile":
		b.Mobile = new("2075550143")
	case "title":
		b.Title = new("Head of Dispatch")
	case "active":
		b.Active = new(!c.GetActive())
	case "company":
		found, ok := other(x.companies(), c.GetCompany().GetId(), (*psav1.Company).GetActive)
		if !ok {
			return b, none(field)
		}
		b.Company = reference(found)
	case "site":
		found, ok := other(x.sites(c.GetCompany()), c.GetSite().GetId(), always)
		if !ok {
			return b, none("site of the contact's company")
		}
		b.Site = reference(found)
	case "vip":
		b.Vip = new(!c.GetVip())
	case "external_id":
		b.ExternalId = new(x.unique("conformance"))
	default:
		return b, none(field)
	}
	return b, ""
}
