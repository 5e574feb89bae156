package contact

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// contactDraft is a write of a contact being prepared.
type contactDraft struct {
	*draft.Draft[*psav1.Contact]
	fields  setup.Set[setup.Field]
	current api.Contact    // zero for a create
	company api.Company    // whose it will be
	types   map[string]int // by field: the tenant's type that new ways to reach the contact get
}

// unsupported are the fields that ConnectWise has no place for.
var unsupported = []draft.Unsupported{
	{Field: "external_id", Why: "contacts have no place for an external id at ConnectWise"},
	{Field: "vip", Why: "ConnectWise does not mark contacts that get special care"},
}

// unsupportedNames are their names.
var unsupportedNames = []string{"external_id", "vip"}

func (d *contactDraft) resolve(ctx context.Context) error {
	if d.Has("emails") && !d.Has("email") {
		// The first of all addresses is the main one.
		d.Fields = append(d.Fields, "email")
		if list := d.Input.GetEmails(); len(list) > 0 {
			d.Asked.SetEmail(list[0])
		}
	}
	return d.Resolve(ctx, []draft.Writer{
		{Field: "first_name", Write: func(context.Context) error {
			return d.NeededText("first_name", "firstName", d.Input.GetFirstName(), 0)
		}},
		{Field: "last_name", Write: func(context.Context) error {
			return d.Text("last_name", "lastName", d.Input.GetLastName(), 0)
		}},
		{Field: "title", Write: func(context.Context) error { return d.Text("title", "title", d.Input.GetTitle(), 0) }},
		{Field: "active", Write: func(context.Context) error {
			d.Set("active", "inactiveFlag", !d.Input.GetActive())
			return d.CannotClear("active")
		}},
		{Field: "company", Write: d.toCompany},
		{Field: "site", Write: d.site, Within: []string{"company"}},
		{Field: "emails", Write: d.emails, Within: []string{"email"}},
		{Field: "email", Write: d.email, Within: []string{"emails"}},
		{Field: "phone", Write: func(ctx context.Context) error {
			return d.number(ctx, "phone", d.Input.GetPhone(), otherNumber, d.Asked.SetPhone)
		}},
		{Field: "mobile", Write: func(ctx context.Context) error {
			return d.number(ctx, "mobile", d.Input.GetMobile(), mobileNumber, d.Asked.SetMobile)
		}},
		{Field: "custom_fields", Write: d.customFields},
	}, unsupported)
}

// toCompany sets the company. A site belongs to a company, so that the one of the
// old company does not stay.
func (d *contactDraft) toCompany(ctx context.Context) (err error) {
	if err := d.CannotClear("company"); err != nil {
		return err
	}
	var leaves bool
	d.company, leaves, err = d.Company(ctx, d.company, d.Input.GetCompany(), d.Asked.SetCompany)
	if leaves && d.current.Site != nil && !d.Has("site") {
		d.Drop("site", "site", "the site belongs to the company that the contact leaves")
	}
	return err
}

func (d *contactDraft) site(ctx context.Context) error {
	return d.Site(ctx, d.company, d.Input.GetSite(), d.Asked.SetSite)
}

func (d *contactDraft) customFields(context.Context) error {
	return d.Custom(draft.CustomFields{
		Definitions: d.fields, Builtins: mapping.BuiltinsOf(setup.Contacts), Current: d.current.CustomFields,
		Values: d.Input.GetCustomFields(), Asked: d.Asked.GetCustomFields(), Held: d.Before.GetCustomFields(),
	})
}
