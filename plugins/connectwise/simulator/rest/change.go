package rest

import (
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// take sorts the members of a body into those stored, transient and ignored.
func (w *Change) take(values store.Object) {
	w.takeCustom(values)
	for name, v := range values {
		switch {
		case name == "id" || slices.Contains(w.Res.Rules.ReadOnly, name):
		case slices.Contains(w.Res.Rules.Transient, name):
			w.Given[name] = v
		default:
			w.New.Values[name] = v
		}
	}
}

// takeCustom moves custom field values out of the members.
func (w *Change) takeCustom(values store.Object) {
	if list, ok := values["customFields"].([]any); ok {
		w.custom = append(w.custom, list...)
	}
	delete(values, "customFields")
}

// fill sets defaults and resolves references.
func (w *Change) fill(c *Call, typ *schema.Type) *Error {
	r := w.Res.Rules
	if r.Defaults != nil {
		r.Defaults(c, w)
	}
	if details := w.resolve(c, typ); details != nil {
		return InvalidObject(r.Object, details...)
	}
	if r.Complete != nil {
		r.Complete(c, w)
	}
	return nil
}

// finish fills in, resolves, checks and stores a change; nothing is stored
// when it is refused.
func (w *Change) finish(c *Call, typ *schema.Type, required []string) *Error {
	r := w.Res.Rules
	w.dropEmpty(typ)
	if err := w.checkRequired(typ, required); err != nil {
		return err
	}
	if err := w.fill(c, typ); err != nil {
		return err
	}
	if details := append(w.checkLengths(typ), w.applyCustom(c)...); details != nil {
		return InvalidObject(r.Object, details...)
	}
	if r.Check != nil {
		if err := r.Check(c, w); err != nil {
			return err
		}
	}
	c.Stamp(w.New)
	if r.Settle != nil {
		r.Settle(c, w)
	}
	for name, v := range w.New.Values {
		if v == nil {
			delete(w.New.Values, name)
		}
	}
	c.World().Table(w.Res.Table).Put(w.New)
	r.Audit.saved(c, w)
	if r.Saved != nil {
		r.Saved(c, w)
	}
	return nil
}

// Stamp marks a record as written now by the caller.
func (c *Call) Stamp(r *store.Record) {
	r.Updated, r.UpdatedBy = c.Now(), c.Me()
	if r.Entered.IsZero() {
		r.Entered, r.EnteredBy = r.Updated, r.UpdatedBy
	}
}

// Update changes a record outside of a resource's own writes, as their
// consequence.
func (c *Call) Update(table string, id int64, change func(*store.Record)) *store.Record {
	t := c.World().Table(table)
	old, _ := t.Get(id)
	r := old.Clone()
	change(r)
	c.Stamp(r)
	return t.Put(r)
}

// Insert adds a record as the consequence of a write.
func (c *Call) Insert(table string, parent int64, values store.Object) *store.Record {
	r := &store.Record{Parent: parent, Values: values}
	c.Stamp(r)
	return c.World().Table(table).Put(r)
}

// checkRequired refuses a record that lacks what it needs.
func (w *Change) checkRequired(typ *schema.Type, more []string) *Error {
	names := append(append(append([]string{}, typ.Required...), w.Res.Rules.Required...), more...)
	var missing []Detail
	for _, name := range names {
		if v := w.New.Values[name]; v == nil || v == "" {
			missing = append(missing, RequiredField(name))
		}
	}
	if missing == nil {
		return nil
	}
	return InvalidObject(w.Res.Rules.Object, missing...)
}

// checkLengths refuses text that is longer than the vendor's schema allows.
// The words are inferred: no recorded answer shows them.
func (w *Change) checkLengths(typ *schema.Type) []Detail {
	var out []Detail
	for _, m := range typ.Members {
		s, ok := w.New.Values[m.Name].(string)
		if ok && m.MaxLength > 0 && len([]rune(s)) > m.MaxLength {
			out = append(out, InvalidField(m.Name, "The field %s must be a string with a maximum length of %d.", m.Name, m.MaxLength))
		}
	}
	return out
}
