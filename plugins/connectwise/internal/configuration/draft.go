package configuration

import (
	"context"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// configurationDraft is a write of a configuration being prepared.
type configurationDraft struct {
	*draft.Draft[*psav1.Configuration]
	fields  setup.Set[setup.Field]
	current api.Configuration // zero for a create
	company api.Company       // whose it will be
	kind    api.Ref           // what it will be
	// retype is the type that a change brings, which has a request of its own.
	retype int
}

// The most characters that texts may have (the vendor's schema, 2025.8).
const (
	maxName       = 100
	maxSerial     = 250
	maxModel      = 50
	maxTag        = 50
	maxIP         = 50
	maxMAC        = 25
	maxOS         = 250
	maxExternalID = 100
)

func (d *configurationDraft) resolve(ctx context.Context) error {
	in := d.Input
	line := func(field, name, text string, limit int) draft.Writer {
		return draft.Writer{Field: field, Write: func(context.Context) error { return d.Text(field, name, text, limit) }}
	}
	day := func(field, name, day string) draft.Writer {
		return draft.Writer{Field: field, Write: func(context.Context) error { return d.Day(field, name, day) }}
	}
	return d.Resolve(ctx, []draft.Writer{
		{Field: "name", Write: func(context.Context) error { return d.NeededText("name", "name", in.GetName(), maxName) }},
		{Field: "type", Write: d.toType},
		{Field: "status", Write: d.status},
		{Field: "active", Write: func(context.Context) error {
			d.Set("active", "activeFlag", in.GetActive())
			return d.CannotClear("active")
		}},
		{Field: "company", Write: d.toCompany},
		{Field: "site", Write: d.site, Within: []string{"company"}},
		{Field: "contact", Write: d.contact, Within: []string{"company"}},
		line("serial_number", "serialNumber", in.GetSerialNumber(), maxSerial),
		line("tag", "tagNumber", in.GetTag(), maxTag),
		line("model", "modelNumber", in.GetModel(), maxModel),
		{Field: "manufacturer", Write: d.manufacturer},
		line("ip_address", "ipAddress", in.GetIpAddress(), maxIP),
		line("mac_address", "macAddress", in.GetMacAddress(), maxMAC),
		{Field: "os", Write: d.os},
		day("warranty_until", "warrantyExpirationDate", in.GetWarrantyUntil()),
		day("installed_on", "installationDate", in.GetInstalledOn()),
		{Field: "parent", Write: d.parent},
		line("external_id", "deviceIdentifier", in.GetExternalId(), maxExternalID),
		{Field: "custom_fields", Write: d.customFields},
	}, nil)
}

// toType sets the type, which changes by a request of its own (connectwise.md §12).
func (d *configurationDraft) toType(ctx context.Context) error {
	if err := d.CannotClear("type"); err != nil {
		return err
	}
	found, err := d.Account.Tables.PickConfigurationType(ctx, "type", catalogue.Named(d.Input.GetType()))
	if err != nil {
		return err
	}
	d.Asked.SetType(mapping.NewReference(found.ID, found.Name))
	if !d.Change {
		d.Set("type", "type", api.ID{ID: found.ID})
	} else if found.ID != d.kind.ID {
		d.retype = found.ID
	}
	d.kind = api.Ref{ID: found.ID, Name: found.Name}
	return nil
}

func (d *configurationDraft) status(ctx context.Context) error {
	if err := d.CannotClear("status"); err != nil {
		return err
	}
	found, err := d.Account.Tables.PickConfigurationStatus(ctx, "status", catalogue.Named(d.Input.GetStatus()))
	if err != nil {
		return err
	}
	d.Refer("status", "status", found.ID, found.Description, d.Asked.SetStatus)
	return nil
}

// toCompany sets the company. Site and contact belong to a company, so that those
// of the old one do not stay.
func (d *configurationDraft) toCompany(ctx context.Context) (err error) {
	if err := d.CannotClear("company"); err != nil {
		return err
	}
	var leaves bool
	d.company, leaves, err = d.Company(ctx, d.company, d.Input.GetCompany(), d.Asked.SetCompany)
	if leaves && d.current.Site != nil && !d.Has("site") {
		d.Drop("site", "site", "the site belongs to the company that the configuration leaves")
	}
	if leaves && d.current.Contact != nil && !d.Has("contact") {
		d.Drop("contact", "contact", "the contact belongs to the company that the configuration leaves")
	}
	return err
}

func (d *configurationDraft) site(ctx context.Context) error {
	return d.Site(ctx, d.company, d.Input.GetSite(), d.Asked.SetSite)
}

func (d *configurationDraft) contact(ctx context.Context) error {
	if d.Clears("contact") {
		d.Set("contact", "contact", nil)
		return nil
	}
	_, err := d.Contact(ctx, d.company, d.Input.GetContact(), d.Asked.SetContact)
	return err
}

// manufacturer sets the maker. An id alone is not looked up: ConnectWise refuses
// one that there is not, and the list takes a right of its own.
func (d *configurationDraft) manufacturer(ctx context.Context) error {
	ref := d.Input.GetManufacturer()
	if d.Clears("manufacturer") {
		d.Set("manufacturer", "manufacturer", nil)
		return nil
	}
	n, err := account.ReferenceID("manufacturer.id", "manufacturer", ref.GetId())
	if ref.HasName() {
		var found setup.Manufacturer
		found, err = d.Account.Tables.PickManufacturer(ctx, "manufacturer", catalogue.Named(ref))
		n = found.ID
	}
	if err != nil {
		return err
	}
	d.Refer("manufacturer", "manufacturer", n, ref.GetName(), d.Asked.SetManufacturer)
	return nil
}

// os sets the operating system. Where it is cleared, what ConnectWise keeps about it
// in detail would take its place, and is cleared too.
func (d *configurationDraft) os(context.Context) error {
	if d.Clears("os") && d.current.OSInfo != "" {
		d.Set("os", "osInfo", "")
	}
	return d.Text("os", "osType", d.Input.GetOs(), maxOS)
}

func (d *configurationDraft) parent(ctx context.Context) error {
	if d.Clears("parent") {
		d.Set("parent", "parentConfigurationId", nil)
		return nil
	}
	found, err := Pick(ctx, d.Account, "parent", d.company.ID, d.Input.GetParent())
	if err != nil {
		return err
	}
	if found.ID == d.current.ID {
		return fault.InvalidArgument("parent", "a configuration cannot be part of itself")
	}
	d.Asked.SetParent(mapping.NewReference(found.ID, ""))
	d.Set("parent", "parentConfigurationId", found.ID)
	return nil
}
