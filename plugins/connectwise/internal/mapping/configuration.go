package mapping

import (
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/etag"
)

// Configuration maps a configuration, without custom fields.
func Configuration(c *api.Configuration) *psav1.Configuration {
	b := psav1.Configuration_builder{
		Id:            new(strconv.Itoa(c.ID)),
		Name:          text(c.Name),
		Type:          Reference(c.Type),
		Status:        Reference(c.Status),
		Active:        c.Active,
		Company:       Reference(c.Company),
		Site:          Reference(c.Site),
		SerialNumber:  text(c.SerialNumber),
		Tag:           text(c.TagNumber),
		Model:         text(c.ModelNumber),
		Manufacturer:  Reference(c.Manufacturer),
		IpAddress:     text(c.IPAddress),
		MacAddress:    text(c.MACAddress),
		Os:            text(c.OSType),
		WarrantyUntil: day(c.WarrantyUntil),
		InstalledOn:   day(c.InstallationDate),
		ExternalId:    text(c.DeviceIdentifier),
		CreatedAt:     Timestamp(c.Info.DateEntered),
		UpdatedAt:     Timestamp(c.Info.LastUpdated),
	}
	if b.Os == nil {
		// Monitoring systems fill either.
		b.Os = text(c.OSInfo)
	}
	if who := Reference(c.Contact); who != nil {
		ref := &psav1.ContactReference{}
		ref.SetId(who.GetId())
		if who.HasName() {
			ref.SetName(who.GetName())
		}
		b.Contact = ref
	}
	if c.ParentID > 0 {
		b.Parent = NewReference(c.ParentID, "")
	}
	configuration := b.Build()
	configuration.SetEtag(etag.Of(api.FormatTime(c.Info.LastUpdated.Time), configuration, "custom_fields", "vendor"))
	return configuration
}

// day maps a time that stands for a day; the zero time is none.
func day(s api.Stamp) *string {
	if s.IsZero() {
		return nil
	}
	return new(s.Format(dateOnly))
}

// AddConfigurationFields adds the custom fields of a configuration, the builtin
// ones and the answers to the questions of its type among them.
func AddConfigurationFields(configuration *psav1.Configuration, row api.Row[api.Configuration], definitions setup.Set[setup.Field]) {
	fields := CustomFields(row.Record.CustomFields, definitions)
	AddBuiltins(fields, row.Raw, BuiltinsOf(setup.Configurations))
	for _, q := range row.Record.Questions {
		if v := answer(q.Record); v != nil {
			fields[QuestionID(q.Record.QuestionID)] = v
		}
	}
	configuration.SetCustomFields(fields)
}
