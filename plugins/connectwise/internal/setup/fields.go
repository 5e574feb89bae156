package setup

import (
	"context"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Resource is a list of records that have custom fields: its path.
type Resource string

// The resources.
const (
	ServiceTickets = Resource(api.ServiceTickets)
	ProjectTickets = Resource(api.ProjectTickets)
	Companies      = Resource("company/companies")
	Contacts       = Resource("company/contacts")
	Configurations = Resource("company/configurations")
	TimeEntries    = Resource("time/entries")
)

var neutralNames = map[Resource]string{
	ServiceTickets: "ticket", ProjectTickets: "ticket", Companies: "company", Contacts: "contact",
	Configurations: "configuration", TimeEntries: "time_entry",
}

// Neutral is what the neutral API calls the resource.
func (r Resource) Neutral() string { return neutralNames[r] }

// ResourceNamed is the resource that the neutral API calls so; empty for tickets,
// which are of two lists, and for what has no custom fields.
func ResourceNamed(name string) Resource {
	for _, r := range []Resource{Companies, Contacts, TimeEntries} {
		if r.Neutral() == name {
			return r
		}
	}
	return ""
}

// Tickets is the list of tickets that the resource is, if it is one.
func (r Resource) Tickets() (api.TicketList, bool) {
	return api.TicketList(r), r == ServiceTickets || r == ProjectTickets
}

// Field is the definition of a custom field.
type Field struct {
	api.UserDefinedField
	Type psav1.CustomFieldType_V
}

// Entry makes a field findable by its caption.
func (f Field) Entry() catalogue.Entry { return catalogue.Entry{ID: id(f.ID), Name: Clean(f.Caption)} }

// SortedOptions returns the values of a list, in the order shown.
func (f Field) SortedOptions() []api.UserDefinedOption {
	options := slices.Clone(f.Options)
	slices.SortStableFunc(options, func(a, b api.UserDefinedOption) int { return a.SortOrder - b.SortOrder })
	return options
}

// Clean removes what nobody sees: some captions and values hold zero-width
// characters (connectwise.md §8).
func Clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff':
			return -1
		}
		return r
	}, s))
}

// Fields returns the definitions of a resource's custom fields.
func (t *Tables) Fields(ctx context.Context, r Resource) (Set[Field], error) {
	return t.fields.Get(ctx, r)
}

// samples is how many records are looked at for the fields of a resource.
const samples = 5

// loadFields reads the definitions and keeps those of the resource. Which pod (a
// part of a screen) belongs to it is the tenant's numbering; the records
// themselves carry the fields of their screen, set or not (connectwise.md §8), so
// that a few of them tell the pods. A field whose pod no record shows is not known
// to belong here. Where the definitions cannot be read, the records are all that
// is known.
func (t *Tables) loadFields(ctx context.Context, r Resource) (Set[Field], error) {
	definitions, _, err := listOr[api.UserDefinedField](ctx, t.api, "system/userDefinedFields", "system/userDefinedFields/info")
	denied := fault.CodeOf(err) == fault.CodePermissionDenied
	if err != nil && !denied {
		return Set[Field]{}, err
	}
	type record struct {
		CustomFields []api.CustomField `json:"customFields"`
	}
	rows, err := api.List[record](ctx, t.api, string(r), api.Query{OrderBy: "id desc", PageSize: samples, Fields: []string{"id", "customFields"}})
	if err != nil {
		return Set[Field]{}, err
	}
	onRecords := map[int]bool{}
	for _, row := range rows {
		for n, f := range row.CustomFields {
			if denied && !onRecords[f.ID] {
				definitions = append(definitions, api.UserDefinedField{ID: f.ID, Caption: f.Caption, SequenceNumber: n, FieldType: f.Type})
			}
			onRecords[f.ID] = true
		}
	}
	pods := map[int]bool{}
	for _, d := range definitions {
		if d.PodID != 0 && onRecords[d.ID] {
			pods[d.PodID] = true
		}
	}
	var fields []Field
	for _, d := range definitions {
		// Not every record has all fields of a pod: some are of one location alone.
		if onRecords[d.ID] || pods[d.PodID] {
			fields = append(fields, Field{UserDefinedField: d, Type: FieldType(d.FieldType, d.EntryType)})
		}
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return a.SequenceNumber - b.SequenceNumber })
	return newSet(fields), nil
}

// FieldType is the neutral type of a field. A list is a list whatever it holds.
func FieldType(fieldType, entryType string) psav1.CustomFieldType_V {
	if entryType == "List" || entryType == "Option" {
		return psav1.CustomFieldType_SELECT
	}
	switch fieldType {
	case "TextArea":
		return psav1.CustomFieldType_TEXT
	case "Number", "Currency", "Percent":
		return psav1.CustomFieldType_NUMBER
	case "Checkbox":
		return psav1.CustomFieldType_BOOL
	case "Date":
		return psav1.CustomFieldType_DATE
	case "Hyperlink":
		return psav1.CustomFieldType_URL
	}
	return psav1.CustomFieldType_STRING
}
