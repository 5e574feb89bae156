package sample

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Configurations are the things that the service provider looks after.
var Configurations = Resource{
	Kind: record.Configuration, Create: "configurations.create", Update: "configurations.update", message: &psav1.Configuration{},
	input: func(x *Tenant, field string) proto.Message { return x.NewConfiguration(field) },
	value: func(x *Tenant, has protoreflect.Message, field string) (proto.Message, string) {
		c, _ := has.Interface().(*psav1.Configuration)
		b, why := x.configurationValue(c, field)
		return b.Build(), why
	},
}

// NewConfiguration is a configuration that can be created and have another value in
// a field.
func (x *Tenant) NewConfiguration(field string) *psav1.Configuration {
	company := x.Company()
	if several := x.companyOfSites(); field == "site" && several != nil {
		company = several
	}
	b := psav1.Configuration_builder{Name: new(x.Title("configuration")), Company: company}
	if t, ok := other(x.configurationTypes(), "", (*psav1.ConfigurationType).GetActive); ok {
		b.Type = psav1.Reference_builder{Id: new(t.GetId())}.Build()
	}
	return b.Build()
}

func (x *Tenant) configurationTypes() []*psav1.ConfigurationType {
	return rows[*psav1.ConfigurationType](x, "catalogue.configuration_types", nil)
}

func (x *Tenant) configurationValue(c *psav1.Configuration, field string) (b psav1.Configuration_builder, why string) {
	switch field {
	case "name":
		b.Name = new(x.Title("changed configuration"))
	case "active":
		b.Active = new(!c.GetActive())
	case "serial_number":
		b.SerialNumber = new("SN-0042/7")
	case "tag":
		b.Tag = new("TAG 42")
	case "model":
		b.Model = new("Latitude 5540")
	case "ip_address":
		b.IpAddress = new("10.20.30.40")
	case "mac_address":
		b.MacAddress = new("00:1A:2B:3C:4D:5E")
	case "os":
		b.Os = new("Windows 11 Pro")
	case "warranty_until":
		b.WarrantyUntil = new("2031-02-28")
	case "installed_on":
		b.InstalledOn = new("2026-03-01")
	case "external_id":
		b.ExternalId = new(x.unique("conformance"))
	default:
		return x.configurationReference(c, field)
	}
	return b, ""
}

func (x *Tenant) configurationReference(c *psav1.Configuration, field string) (b psav1.Configuration_builder, why string) {
	switch field {
	case "type":
		if t, ok := other(x.configurationTypes(), c.GetType().GetId(), (*psav1.ConfigurationType).GetActive); ok {
			b.Type = reference(t)
			return b, ""
		}
	case "status":
		all := rows[*psav1.ConfigurationStatus](x, "catalogue.configuration_statuses", nil)
		if s, ok := other(all, c.GetStatus().GetId(), (*psav1.ConfigurationStatus).GetActive); ok {
			b.Status = reference(s)
			return b, ""
		}
	case "company":
		if o, ok := other(x.companies(), c.GetCompany().GetId(), (*psav1.Company).GetActive); ok {
			b.Company = reference(o)
			return b, ""
		}
	case "site":
		if s, ok := other(x.sites(c.GetCompany()), c.GetSite().GetId(), always); ok {
			b.Site = reference(s)
			return b, ""
		}
	case "contact":
		if p := x.Contact(c.GetCompany(), c.GetContact().GetId()); p != nil {
			b.Contact = psav1.ContactReference_builder{Id: new(p.GetId()), Name: new(p.GetName())}.Build()
			return b, ""
		}
	case "manufacturer":
		for _, o := range rows[*psav1.Configuration](x, "configurations.list", nil) {
			if o.GetManufacturer().HasId() && o.GetManufacturer().GetId() != c.GetManufacturer().GetId() {
				b.Manufacturer = byID(o.GetManufacturer())
				return b, ""
			}
		}
	case "parent":
		for _, o := range x.configurations(c.GetCompany()) {
			if o.GetId() != c.GetId() {
				b.Parent = psav1.Reference_builder{Id: new(o.GetId())}.Build()
				return b, ""
			}
		}
	}
	return b, none(field)
}
