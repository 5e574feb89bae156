package rest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// EmptyCustom gives a new record the fields that are defined for its screen.
func (c *Call) EmptyCustom(pod int64) map[int64]any {
	out := map[int64]any{}
	for _, d := range c.World().Table(store.CustomFields).All() {
		if d.Values["podId"] != pod {
			continue
		}
		out[d.ID] = nil
		if d.Text("fieldTypeIdentifier") == "Checkbox" {
			out[d.ID] = false
		}
	}
	return out
}

// applyCustom stores the custom field values that the caller wrote. Fields
// that he left out keep theirs, and an empty array clears nothing
// (connectwise.md §8).
func (w *Change) applyCustom(c *Call) []Detail {
	var out []Detail
	definitions := c.World().Table(store.CustomFields)
	for _, e := range w.custom {
		field, _ := e.(store.Object)
		id, _ := field["id"].(int64)
		definition, ok := definitions.Get(id)
		if _, defined := w.New.Custom[id]; !ok || !defined {
			out = append(out, NotFoundDetail(fmt.Sprintf("customField %d not found", id), "customFields/id"))
			continue
		}
		v, ok := customValue(definition, field["value"])
		if !ok {
			out = append(out, InvalidField("customFields/value", "The value of %s is invalid.", definition.Text("caption")))
			continue
		}
		w.New.Custom[id] = v
	}
	for _, id := range slices.Sorted(maps.Keys(w.New.Custom)) {
		definition, ok := definitions.Get(id)
		if v := w.New.Custom[id]; ok && definition.Flag("requiredFlag") && (v == nil || v == "") {
			out = append(out, RequiredField(definition.Text("caption")))
		}
	}
	return out
}

// customValue converts a value to a field's type; false when it does not fit.
func customValue(definition *store.Record, v any) (any, bool) {
	options, _ := definition.Values["options"].([]any)
	if len(options) == 0 || v == nil || v == "" {
		return FieldValue(definition.Text("fieldTypeIdentifier"), v)
	}
	for _, o := range options {
		if option, _ := o.(store.Object); option["optionValue"] == v && option["inactiveFlag"] != true {
			return v, true
		}
	}
	return nil, false
}

// FieldValue converts a value to one of the types that fields and questions
// have (connectwise.md §8); false when it does not fit. Empty text is null.
func FieldValue(fieldType string, v any) (any, bool) {
	if v == nil || v == "" {
		return nil, true
	}
	text, isText := v.(string)
	switch fieldType {
	case "Number", "Currency", "Percent":
		n, ok := v.(float64)
		if isText {
			_, err := fmt.Sscan(text, &n)
			ok = err == nil
		}
		return n, ok
	case "Checkbox":
		on, ok := v.(bool)
		return on, ok
	case "Date":
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if at, err := time.Parse(layout, text); err == nil {
				return render.Time(at), true
			}
		}
		return nil, false
	}
	return text, isText
}
