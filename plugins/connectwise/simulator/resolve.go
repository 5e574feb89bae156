package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// resolve turns the references that the caller wrote, by id, identifier or
// name, into those of the store. What is on a board is looked for on the
// record's board, also what the record had before: a ticket that changes its
// board needs a status, type and team of the new one in the same request
// (connectwise.md §7).
func (w *change) resolve(c *call, typ *schema.Type) []detail {
	var out []detail
	members := slices.Clone(typ.Members)
	// The board first: the others depend on it.
	slices.SortStableFunc(members, func(a, b *schema.Member) int { return boardLast(a) - boardLast(b) })
	for _, m := range members {
		if m.Kind == schema.Array && m.Ref != "" {
			out = append(out, w.resolveElements(c, m)...)
		}
		if !m.IsReference() {
			continue
		}
		ref := store.References[m.Ref]
		switch v := w.new.Values[m.Name].(type) {
		case store.Object:
			id, problem := w.lookUp(c, m, v)
			if problem != nil {
				out = append(out, *problem)
				continue
			}
			if id == 0 {
				w.new.Values[m.Name] = nil
				continue
			}
			w.new.Values[m.Name] = store.Ref(id)
		case store.Ref:
			if target, ok := c.world().Follow(m.Ref, int64(v)); ref.Scoped && ok && target.Parent != w.board() {
				text, _ := store.RefValue(m.Ref, target, "name").(string)
				out = append(out, notFoundDetail(w.missing(m, text), m.Name+"/name"))
			}
		}
	}
	return out
}

func boardLast(m *schema.Member) int {
	if m.Name == "board" {
		return 0
	}
	return 1
}

// board is the board that scoped names are looked for on.
func (w *change) board() int64 { return w.new.Ref("board") }

// lookUp finds the record that a reference means: by id when it has one. 0
// stands for an empty reference, which is null.
func (w *change) lookUp(c *call, m *schema.Member, v store.Object) (int64, *detail) {
	ref, known := store.References[m.Ref]
	for _, by := range []string{"id", "identifier", "name"} {
		want := v[by]
		if want == nil {
			continue
		}
		problem := notFoundDetail(w.missing(m, fmt.Sprint(want)), m.Name+"/"+by)
		if !known {
			return 0, &problem
		}
		table := c.world().Table(ref.Table)
		found, ok := table.Find(func(r *store.Record) bool {
			if ref.Scoped && r.Parent != w.board() {
				return false
			}
			if by == "id" {
				return r.ID == want
			}
			got, _ := store.RefValue(m.Ref, r, by).(string)
			return strings.EqualFold(got, fmt.Sprint(want))
		})
		if !ok {
			return 0, &problem
		}
		return found.ID, nil
	}
	return 0, nil
}

// resolveElements resolves the references in an array's elements.
func (w *change) resolveElements(c *call, m *schema.Member) []detail {
	list, _ := w.new.Values[m.Name].([]any)
	var out []detail
	for i, e := range list {
		object, ok := e.(store.Object)
		if !ok {
			continue
		}
		if strings.HasSuffix(m.Ref, "Reference") {
			id, problem := w.lookUp(c, &schema.Member{Name: m.Name, Kind: schema.Object, Ref: m.Ref}, object)
			if problem != nil {
				out = append(out, *problem)
				continue
			}
			list[i] = store.Ref(id)
			continue
		}
		for _, inner := range m.Type().Members {
			v, ok := object[inner.Name].(store.Object)
			if !ok || !inner.IsReference() {
				continue
			}
			id, problem := w.lookUp(c, inner, v)
			if problem != nil {
				out = append(out, *problem)
				continue
			}
			object[inner.Name] = store.Ref(id)
		}
	}
	return out
}

// labels name what a reference points to in "... 5 not found".
var labels = map[string]string{
	"ServiceStatusReference":  "Service Status",
	"ServiceTypeReference":    "Service Type",
	"ServiceSubTypeReference": "Service SubType",
	"ServiceItemReference":    "Service Item",
	"ServiceTeamReference":    "Service Team",
	"MemberReference":         "member",
	"CompanyReference":        "company",
	"ContactReference":        "contact",
}

func (w *change) missing(m *schema.Member, what string) string {
	label := labels[m.Ref]
	if label == "" {
		label = m.Name
	}
	text := label + " " + what + " not found"
	if store.References[m.Ref].Scoped {
		text += fmt.Sprintf(" for Service Board %d", w.board())
	}
	return text
}

// applyCustom stores the custom field values that the caller wrote. Fields
// that he left out keep theirs, and an empty array clears nothing
// (connectwise.md §8).
func (w *change) applyCustom(c *call) []detail {
	var out []detail
	definitions := c.world().Table(store.CustomFields)
	for _, e := range w.custom {
		field, _ := e.(store.Object)
		id, _ := field["id"].(int64)
		definition, ok := definitions.Get(id)
		if _, defined := w.new.Custom[id]; !ok || !defined {
			out = append(out, notFoundDetail(fmt.Sprintf("customField %d not found", id), "customFields/id"))
			continue
		}
		v, ok := customValue(definition, field["value"])
		if !ok {
			out = append(out, invalidField("customFields/value", "The value of %s is invalid.", definition.Text("caption")))
			continue
		}
		w.new.Custom[id] = v
	}
	for _, id := range sortedKeys(w.new.Custom) {
		definition, ok := definitions.Get(id)
		if v := w.new.Custom[id]; ok && definition.Flag("requiredFlag") && (v == nil || v == "") {
			out = append(out, requiredField(definition.Text("caption")))
		}
	}
	return out
}

func sortedKeys(m map[int64]any) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// customValue converts a value to a field's type; false when it does not fit.
func customValue(definition *store.Record, v any) (any, bool) {
	if v == nil || v == "" {
		return nil, true
	}
	text, isText := v.(string)
	switch definition.Text("fieldTypeIdentifier") {
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
		for _, layout := range []string{time.RFC3339, "2006-01-02"} {
			if at, err := time.Parse(layout, text); err == nil {
				return at.UTC().Format("2006-01-02T15:04:05Z"), true
			}
		}
		return nil, false
	}
	options, _ := definition.Values["options"].([]any)
	if len(options) == 0 || !isText {
		return text, isText
	}
	for _, o := range options {
		if option, _ := o.(store.Object); option["optionValue"] == text && option["inactiveFlag"] != true {
			return text, true
		}
	}
	return nil, false
}
