package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// builtinPrefix begins the ids of vendor fields without a neutral place.
const builtinPrefix = "vendor."

// Builtin is a field of ConnectWise's records that reads and writes like a custom
// field.
type Builtin struct {
	Member   string // the member of the record, and its PATCH path
	Label    string
	Type     psav1.CustomFieldType_V
	Values   []string       // the values of the vendor's enum
	Max      int            // the most characters of a text
	Only     api.TicketList // the list whose tickets have it; both where empty
	ReadOnly bool
	read     func(*api.Ticket) *structpb.Value
}

// ID is the key in custom_fields.
func (b Builtin) ID() string { return builtinPrefix + b.Member }

// Builtins are the fields of tickets in the order listed (connectwise.md §7).
var Builtins = []Builtin{
	{Member: "team", Label: "Team", Only: api.ServiceTickets, Type: psav1.CustomFieldType_REFERENCE, read: refValue(func(t *api.Ticket) *api.Ref { return t.Team })},
	{Member: "serviceLocation", Label: "Service location", Type: psav1.CustomFieldType_REFERENCE, read: refValue(func(t *api.Ticket) *api.Ref { return t.ServiceLocation })},
	{Member: "location", Label: "Location", Type: psav1.CustomFieldType_REFERENCE, read: refValue(func(t *api.Ticket) *api.Ref { return t.Location })},
	{Member: "department", Label: "Department", Type: psav1.CustomFieldType_REFERENCE, read: refValue(func(t *api.Ticket) *api.Ref { return t.Department })},
	{Member: "automaticEmailContactFlag", Label: "Mail the contact automatically", Type: psav1.CustomFieldType_BOOL, read: boolValue(func(t *api.Ticket) *bool { return t.MailContact })},
	{Member: "automaticEmailResourceFlag", Label: "Mail the resources automatically", Type: psav1.CustomFieldType_BOOL, read: boolValue(func(t *api.Ticket) *bool { return t.MailResource })},
	{Member: "automaticEmailCcFlag", Label: "Mail the copied addresses automatically", Type: psav1.CustomFieldType_BOOL, read: boolValue(func(t *api.Ticket) *bool { return t.MailCC })},
	{Member: "customerUpdatedFlag", Label: "Customer updated", Type: psav1.CustomFieldType_BOOL, read: boolValue(func(t *api.Ticket) *bool { return t.CustomerUpdated })},
	{Member: "poNumber", Label: "Purchase order number", Only: api.ServiceTickets, Type: psav1.CustomFieldType_STRING, Max: 50, read: textValue(func(t *api.Ticket) *string { return t.PONumber })},
	{Member: "billTime", Label: "Bill time", Type: psav1.CustomFieldType_SELECT, Values: []string{"Billable", "DoNotBill", "NoCharge", "NoDefault"}, read: textValue(func(t *api.Ticket) *string { return t.BillTime })},
	{Member: "phase", Label: "Phase of the project", Only: api.ProjectTickets, Type: psav1.CustomFieldType_REFERENCE, read: refValue(func(t *api.Ticket) *api.Ref { return t.Phase })},
	{Member: "project", Label: "Project", Only: api.ProjectTickets, ReadOnly: true, Type: psav1.CustomFieldType_REFERENCE, read: refValue(func(t *api.Ticket) *api.Ref { return t.Project })},
	{Member: "wbsCode", Label: "WBS code", Only: api.ProjectTickets, Type: psav1.CustomFieldType_STRING, Max: 50, read: textValue(func(t *api.Ticket) *string { return t.WBSCode })},
}

// BuiltinByID returns the builtin field of tickets of an id.
func BuiltinByID(id string) (Builtin, bool) { return FindBuiltin(Builtins, id) }

// FindBuiltin returns that of some builtin fields which has an id.
func FindBuiltin(among []Builtin, id string) (Builtin, bool) {
	i := slices.IndexFunc(among, func(b Builtin) bool { return b.ID() == id })
	if i < 0 {
		return Builtin{}, false
	}
	return among[i], true
}

// On reports whether the tickets of a list have the field.
func (b Builtin) On(l api.TicketList) bool { return b.Only == "" || b.Only == l }

// BuiltinsOn are the builtin fields that the tickets of a list have.
func BuiltinsOn(l api.TicketList) []Builtin {
	return slices.DeleteFunc(slices.Clone(Builtins), func(b Builtin) bool { return !b.On(l) })
}

// AddCustomFields adds the custom fields of a ticket, the builtin ones among
// them.
func AddCustomFields(ticket *psav1.Ticket, t *api.Ticket, definitions setup.Set[setup.Field]) {
	m := CustomFields(t.CustomFields, definitions)
	for _, b := range Builtins {
		if v := b.read(t); v != nil {
			m[b.ID()] = v
		}
	}
	ticket.SetCustomFields(m)
}

// Value is the field's value on a ticket, nil where it has none.
func (b Builtin) Value(t *api.Ticket) *structpb.Value { return b.read(t) }

// Condition finds the tickets whose field has a value, written as text; path is
// that of the filter.
func (b Builtin) Condition(path, text string) (api.Expr, error) {
	switch b.Type {
	case psav1.CustomFieldType_BOOL:
		v, err := strconv.ParseBool(text)
		if err != nil {
			return "", fault.InvalidArgument(path, b.ID()+" is true or false", "true", "false")
		}
		return api.EqBool(b.Member, v), nil
	case psav1.CustomFieldType_REFERENCE:
		n, err := strconv.Atoi(text)
		if err != nil || n <= 0 {
			return "", fault.InvalidArgument(path, b.ID()+" is filtered by the id of a record")
		}
		return api.EqInt(b.Member+"/id", n), nil
	}
	where, err := api.EqText(b.Member, text)
	if err != nil {
		return "", fault.InvalidArgument(path, strings.TrimPrefix(err.Error(), "api: "))
	}
	return where, nil
}

// VendorValue is a builtin field's value as the vendor takes it; null clears.
func (b Builtin) VendorValue(v *structpb.Value) (any, error) {
	path := CustomFieldPath(b.ID())
	if b.ReadOnly {
		return nil, fault.InvalidArgument(path, b.ID()+" is read-only at ConnectWise")
	}
	if isNull(v) {
		switch b.Type {
		case psav1.CustomFieldType_BOOL, psav1.CustomFieldType_SELECT:
			return nil, fault.InvalidArgument(path, fmt.Sprintf("%s has always a value and cannot be cleared", b.ID()))
		case psav1.CustomFieldType_STRING, psav1.CustomFieldType_TEXT, psav1.CustomFieldType_URL:
			return "", nil
		}
		return nil, nil
	}
	switch b.Type {
	case psav1.CustomFieldType_BOOL:
		if _, ok := v.GetKind().(*structpb.Value_BoolValue); !ok {
			return nil, fault.InvalidArgument(path, b.ID()+" takes true or false", "true", "false")
		}
		return v.GetBoolValue(), nil
	case psav1.CustomFieldType_NUMBER:
		if _, ok := v.GetKind().(*structpb.Value_NumberValue); !ok {
			return nil, fault.InvalidArgument(path, b.ID()+" takes a number")
		}
		return v.GetNumberValue(), nil
	case psav1.CustomFieldType_REFERENCE:
		n, err := strconv.Atoi(v.GetStringValue())
		if err != nil || n <= 0 {
			return nil, fault.InvalidArgument(path, b.ID()+" takes the id of a record, as a text")
		}
		return api.ID{ID: n}, nil
	}
	if _, ok := v.GetKind().(*structpb.Value_StringValue); !ok {
		return nil, fault.InvalidArgument(path, b.ID()+" takes a text")
	}
	s := v.GetStringValue()
	if b.Type == psav1.CustomFieldType_DATE {
		day, err := time.Parse(dateOnly, s)
		if err != nil {
			return nil, fault.InvalidArgument(path, b.ID()+" takes a date such as 2026-11-23")
		}
		return api.FormatTime(day), nil
	}
	if len(b.Values) > 0 {
		for _, allowed := range b.Values {
			if strings.EqualFold(allowed, s) {
				return allowed, nil
			}
		}
		return nil, fault.InvalidArgument(path, fmt.Sprintf("%s has no value %q", b.ID(), s), b.Values...)
	}
	if b.Max > 0 && len([]rune(s)) > b.Max {
		return nil, fault.InvalidArgument(path, fmt.Sprintf("%s holds at most %d characters at ConnectWise", b.ID(), b.Max))
	}
	return s, nil
}

// Definition maps the definition of a builtin field of a resource.
func (b Builtin) Definition(r setup.Resource, sort int) *psav1.CustomFieldDefinition {
	d := psav1.CustomFieldDefinition_builder{
		Id:       new(b.ID()),
		Label:    new(b.Label),
		Resource: new(r.Neutral()),
		Type:     new(b.Type),
		Required: new(false),
		Writable: new(Writable(r) && !b.ReadOnly),
		Builtin:  new(true),
		Sort:     new(int32(sort)),
	}
	if b.Only != "" {
		d.Kinds = []psav1.Kind_V{Kind(b.Only)}
	}
	if b.Max > 0 {
		d.MaxLength = new(int32(b.Max))
	}
	for _, v := range b.Values {
		d.Options = append(d.Options, psav1.CustomFieldOption_builder{Id: new(v), Name: new(v), Active: new(true)}.Build())
	}
	return d.Build()
}

func refValue(get func(*api.Ticket) *api.Ref) func(*api.Ticket) *structpb.Value {
	return func(t *api.Ticket) *structpb.Value {
		if r := get(t); r != nil && r.ID != 0 {
			return structpb.NewStringValue(strconv.Itoa(r.ID))
		}
		return nil
	}
}

func boolValue(get func(*api.Ticket) *bool) func(*api.Ticket) *structpb.Value {
	return func(t *api.Ticket) *structpb.Value {
		if b := get(t); b != nil {
			return structpb.NewBoolValue(*b)
		}
		return nil
	}
}

func textValue(get func(*api.Ticket) *string) func(*api.Ticket) *structpb.Value {
	return func(t *api.Ticket) *structpb.Value {
		if s := get(t); s != nil && *s != "" {
			return structpb.NewStringValue(*s)
		}
		return nil
	}
}
