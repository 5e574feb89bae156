package mapping

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

const dateOnly = "2006-01-02"

// CustomFields maps the custom fields of a record; those without a value are
// left out. Fields whose definition nobody knows keep the form that the record
// has them in.
func CustomFields(fields []api.CustomField, definitions setup.Set[setup.Field]) map[string]*structpb.Value {
	m := make(map[string]*structpb.Value, len(fields))
	for _, f := range fields {
		definition, _ := definitions.ByID(f.ID)
		if v := customValue(f, definition); v != nil {
			m[strconv.Itoa(f.ID)] = v
		}
	}
	return m
}

func customValue(f api.CustomField, definition setup.Field) *structpb.Value {
	var raw any
	if len(f.Value) == 0 || json.Unmarshal(f.Value, &raw) != nil || raw == nil {
		return nil
	}
	s, isText := raw.(string)
	if isText {
		s = setup.Clean(s)
		if s == "" {
			return nil
		}
		raw = s
	}
	switch definition.Type {
	case psav1.CustomFieldType_SELECT:
		for _, o := range definition.SortedOptions() {
			if setup.Clean(o.Value) == fmt.Sprint(raw) {
				return structpb.NewStringValue(strconv.Itoa(o.ID))
			}
		}
	case psav1.CustomFieldType_DATE:
		if day, ok := dayOf(s); isText && ok {
			return structpb.NewStringValue(day)
		}
	case psav1.CustomFieldType_NUMBER:
		// JSON has no number that is none, nor one without an end.
		if n, err := strconv.ParseFloat(s, 64); isText && err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return structpb.NewNumberValue(n)
		}
	case psav1.CustomFieldType_BOOL:
		if b, err := strconv.ParseBool(strings.ToLower(s)); isText && err == nil {
			return structpb.NewBoolValue(b)
		}
	}
	switch raw.(type) {
	case []any, map[string]any:
		// No field holds such a thing: it is shown as it came, and not taken apart, for
		// it may be deeper than a message can be.
		return structpb.NewStringValue(setup.Clean(strings.ToValidUTF8(string(f.Value), "\uFFFD")))
	}
	v, err := structpb.NewValue(raw)
	if err != nil {
		return nil
	}
	return v
}

// dayOf returns the day that a time or a date begins with.
func dayOf(s string) (string, bool) {
	if len(s) < len(dateOnly) {
		return "", false
	}
	_, err := time.Parse(dateOnly, s[:len(dateOnly)])
	return s[:len(dateOnly)], err == nil
}

// CustomFieldPath is the path of a custom field in the neutral model.
func CustomFieldPath(id string) string { return `custom_fields["` + id + `"]` }

// VendorValue is a custom field's value as the vendor takes it; a nil value
// clears. What does not fit the definition is INVALID_ARGUMENT.
func VendorValue(f setup.Field, v *structpb.Value) (any, error) {
	path := CustomFieldPath(strconv.Itoa(f.ID))
	if f.ReadOnly || f.FieldType == "Button" {
		return nil, fault.InvalidArgument(path, fmt.Sprintf("the custom field %q is read-only at ConnectWise", setup.Clean(f.Caption)))
	}
	if isNull(v) {
		if f.Required {
			return nil, fault.InvalidArgument(path, fmt.Sprintf("the custom field %q is required and cannot be cleared", setup.Clean(f.Caption)))
		}
		return nil, nil
	}
	wrong := func(want string) error {
		return fault.InvalidArgument(path, fmt.Sprintf("the custom field %q takes %s", setup.Clean(f.Caption), want))
	}
	switch f.Type {
	case psav1.CustomFieldType_NUMBER:
		if _, ok := v.GetKind().(*structpb.Value_NumberValue); !ok {
			return nil, wrong("a number")
		}
		return v.GetNumberValue(), nil
	case psav1.CustomFieldType_BOOL:
		if _, ok := v.GetKind().(*structpb.Value_BoolValue); !ok {
			return nil, wrong("true or false")
		}
		return v.GetBoolValue(), nil
	}
	if _, ok := v.GetKind().(*structpb.Value_StringValue); !ok {
		return nil, wrong("a text")
	}
	s := v.GetStringValue()
	switch f.Type {
	case psav1.CustomFieldType_DATE:
		day, err := time.Parse(dateOnly, s)
		if err != nil {
			return nil, wrong("a date such as 2026-11-23")
		}
		return api.FormatTime(day), nil
	case psav1.CustomFieldType_SELECT:
		return option(f, path, s)
	}
	return s, nil
}

// FilterValue is the value that a filter names by text: as a condition takes it,
// and as it reads in a ticket.
func FilterValue(f setup.Field, path, text string) (literal any, reads string, err error) {
	wrong := func(want string) error {
		return fault.InvalidArgument(path, fmt.Sprintf("the custom field %q is filtered by %s", setup.Clean(f.Caption), want))
	}
	switch f.Type {
	case psav1.CustomFieldType_NUMBER:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			return nil, "", wrong("a number")
		}
		return n, text, nil
	case psav1.CustomFieldType_BOOL:
		b, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return nil, "", wrong("true or false")
		}
		return b, strconv.FormatBool(b), nil
	case psav1.CustomFieldType_DATE:
		day, err := time.Parse(dateOnly, text)
		if err != nil {
			return nil, "", wrong("a date such as 2026-11-23")
		}
		return day, text, nil
	case psav1.CustomFieldType_SELECT:
		for _, o := range f.SortedOptions() {
			if strconv.Itoa(o.ID) == text || strings.EqualFold(setup.Clean(o.Value), text) {
				return o.Value, strconv.Itoa(o.ID), nil
			}
		}
		_, err := option(f, path, text) // says which there are
		return nil, "", err
	}
	return text, text, nil
}

// option finds the option that a write names, by id or by name; the vendor takes
// its text, untouched.
func option(f setup.Field, path, asked string) (any, error) {
	var allowed []string
	for _, o := range f.SortedOptions() {
		if o.Inactive {
			continue
		}
		if strconv.Itoa(o.ID) == asked || strings.EqualFold(setup.Clean(o.Value), asked) {
			return o.Value, nil
		}
		allowed = append(allowed, setup.Clean(o.Value))
	}
	return nil, fault.InvalidArgument(path, fmt.Sprintf("the custom field %q has no option %q", setup.Clean(f.Caption), asked), allowed...)
}

func isNull(v *structpb.Value) bool {
	if v == nil || v.GetKind() == nil {
		return true
	}
	_, null := v.GetKind().(*structpb.Value_NullValue)
	return null
}

// Writable reports whether the records of a resource are written: companies are
// only read.
func Writable(r setup.Resource) bool { return r != setup.Companies }

// Definition maps the definition of a custom field.
func Definition(f setup.Field, r setup.Resource) *psav1.CustomFieldDefinition {
	list, ofTickets := r.Tickets()
	b := psav1.CustomFieldDefinition_builder{
		Id:       new(strconv.Itoa(f.ID)),
		Label:    new(setup.Clean(f.Caption)),
		Resource: new(r.Neutral()),
		Type:     new(f.Type),
		Required: new(f.Required),
		Writable: new(Writable(r) && !f.ReadOnly && f.FieldType != "Button"),
		Builtin:  new(false),
		Sort:     new(int32(f.SequenceNumber)),
	}
	if ofTickets {
		b.Kinds = []psav1.Kind_V{Kind(list)}
	}
	for _, o := range f.SortedOptions() {
		b.Options = append(b.Options, psav1.CustomFieldOption_builder{
			Id: new(strconv.Itoa(o.ID)), Name: new(setup.Clean(o.Value)), Active: new(!o.Inactive),
		}.Build())
	}
	return b.Build()
}

// HeldValue is the value that a record will show after a write of what
// VendorValue returned, where that is another than asked: whatever an option was
// named by, its id. nil is what was asked.
func HeldValue(f setup.Field, written any) *structpb.Value {
	s, ok := written.(string)
	if !ok || f.Type != psav1.CustomFieldType_SELECT {
		return nil
	}
	for _, o := range f.SortedOptions() {
		if o.Value == s {
			return structpb.NewStringValue(strconv.Itoa(o.ID))
		}
	}
	return nil
}
