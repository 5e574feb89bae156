package draft

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// customFields is the name that the writer of custom fields has.
const customFields = "custom_fields"

func isCustom(field string) bool {
	_, ok := receipt.CustomFieldID(field)
	return ok || field == customFields
}

// CustomFields is what the custom fields of a record are written by.
type CustomFields struct {
	Definitions setup.Set[setup.Field]
	Builtins    []mapping.Builtin
	// Current are those that the record holds.
	Current []api.CustomField
	// Other prepares fields of other kinds; it reports false for an id that it does
	// not know. It may be nil.
	Other func(field, id string, value *structpb.Value) (known bool, err error)
	// Values and Asked are the custom fields asked for; ids replace names in Asked.
	Values, Asked map[string]*structpb.Value
	// Held are those of the record before.
	Held map[string]*structpb.Value
}

// Custom prepares the custom fields asked for, the builtin ones among them. All
// that is wrong with them is said at once.
func (d *Draft[T]) Custom(c CustomFields) error {
	values := map[int]any{}
	var fields []string
	var wrong []fault.Violation
	for _, field := range d.Fields {
		id, ok := receipt.CustomFieldID(field)
		if held := c.Held[id]; !ok || held != nil && proto.Equal(held, c.Values[id]) {
			continue // no custom field, or sent back as it was read
		}
		own, err := d.customField(c, field, id, values)
		if own {
			fields = append(fields, field)
		}
		if fault.CodeOf(err) == fault.CodeInvalidArgument {
			wrong = append(wrong, fault.From(err).Violations...)
			continue
		}
		if err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	if len(values) > 0 {
		d.SetFor(fields, "customFields", whole(c.Current, values))
	}
	return nil
}

// customField prepares one custom field; own reports whether it is one of the
// tenant's own.
func (d *Draft[T]) customField(c CustomFields, field, id string, values map[int]any) (own bool, err error) {
	value := c.Values[id]
	if builtin, ok := mapping.FindBuiltin(c.Builtins, id); ok {
		v, err := builtin.VendorValue(value)
		if s, ok := v.(string); ok && len(builtin.Values) > 0 {
			c.Asked[id] = structpb.NewStringValue(s)
		}
		d.Set(field, builtin.Member, v)
		return false, err
	}
	if c.Other != nil {
		if known, err := c.Other(field, id, value); known {
			return false, err
		}
	}
	n, _ := strconv.Atoi(id)
	definition, ok := c.Definitions.ByID(n)
	if !ok || strconv.Itoa(n) != id {
		return false, d.unknown(c, field, id)
	}
	v, err := mapping.VendorValue(definition, value)
	if err != nil {
		return false, err
	}
	values[n] = v
	if held := mapping.HeldValue(definition, v); held != nil {
		c.Asked[id] = held
	}
	return true, nil
}

func (d *Draft[T]) unknown(c CustomFields, field, id string) error {
	var allowed []string
	for _, f := range c.Definitions.Values {
		allowed = append(allowed, fmt.Sprintf("%d (%s)", f.ID, setup.Clean(f.Caption)))
	}
	for _, b := range c.Builtins {
		allowed = append(allowed, b.ID())
	}
	return fault.InvalidArgument(field, fmt.Sprintf("a %s has no custom field %q", d.Record, id), allowed...)
}

// customMember is a custom field as a write takes it.
type customMember struct {
	ID    int `json:"id"`
	Value any `json:"value"`
}

// whole is the whole array with the changes: whether the vendor keeps what is left
// out is contested, so that everything is sent (connectwise.md §8).
func whole(current []api.CustomField, values map[int]any) []customMember {
	var list []customMember
	for _, f := range current {
		if _, ok := values[f.ID]; ok {
			continue
		}
		value := f.Value
		if len(value) == 0 {
			value = json.RawMessage("null")
		}
		list = append(list, customMember{f.ID, value})
	}
	for id, v := range values {
		list = append(list, customMember{id, v})
	}
	slices.SortFunc(list, func(a, b customMember) int { return a.ID - b.ID })
	return list
}
