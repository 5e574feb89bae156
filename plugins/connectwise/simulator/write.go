package simulator

import (
	"errors"
	"net/http"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// rules govern the writes of a resource.
type rules struct {
	// object names the record in "... object is invalid".
	object string
	// readOnly are members that a write may name and that it does not change.
	readOnly []string
	// transient are members that a write acts on and that are not stored.
	transient []string
	// required are asked for beside those that the vendor's schema marks.
	required []string
	// requiredOnPut are asked for by PUT, which replaces the record.
	requiredOnPut []string
	// keepForever is whether the record cannot be deleted.
	keepForever bool
	// addLevel is the level that a POST asks for; add when empty.
	addLevel level
	// defaults fills in what the caller left open, before references are
	// resolved; nil for none.
	defaults func(c *call, w *change)
	// check refuses a change once its references are resolved; nil for none.
	check func(c *call, w *change) *apiError
	// settle derives values before the record is stored; nil for none.
	settle func(c *call, w *change)
	// saved does what follows from the change; nil for nothing.
	saved func(c *call, w *change)
}

// change is a write under way.
type change struct {
	res *resource
	// old is the record as it was; nil for a new one.
	old *store.Record
	// new is the record as it will be.
	new *store.Record
	// given are the transient members.
	given store.Object
	// custom are the custom field values that the caller wrote, by id.
	custom []any
}

// flag is a transient flag with its default.
func (w *change) flag(name string, byDefault bool) bool {
	if b, ok := w.given[name].(bool); ok {
		return b
	}
	return byDefault
}

func (res *resource) create(c *call) (answer, *apiError) {
	l := res.rules.addLevel
	if l == "" {
		l = add
	}
	if err := c.allow(res.right, l); err != nil {
		return answer{}, err
	}
	r := &store.Record{Values: store.Object{}}
	if res.parent != "" {
		if _, err := res.parentRecord(c, l); err != nil {
			return answer{}, err
		}
		r.Parent = c.id(0)
	}
	typ := schema.Lookup(res.typeName(c.world()))
	values, err := body.Decode(c.body, typ)
	if err != nil {
		return answer{}, bodyError(err)
	}
	w := &change{res: res, new: r, given: store.Object{}}
	w.take(values)
	if err := w.finish(c, typ, nil); err != nil {
		return answer{}, err
	}
	return c.record(http.StatusCreated, typ.Name, w.new)
}

// replace serves PUT: what the body leaves out becomes null or its default.
func (res *resource) replace(c *call) (answer, *apiError) {
	old, refused := res.one(c, edit)
	if refused != nil {
		return answer{}, refused
	}
	typ := schema.Lookup(res.typeName(c.world()))
	values, err := body.Decode(c.body, typ)
	if err != nil {
		return answer{}, bodyError(err)
	}
	r := old.Clone()
	for _, m := range typ.Members {
		if !slices.Contains(res.rules.readOnly, m.Name) && m.Name != "id" {
			delete(r.Values, m.Name)
		}
	}
	w := &change{res: res, old: old, new: r, given: store.Object{}}
	w.take(values)
	if err := w.finish(c, typ, res.rules.requiredOnPut); err != nil {
		return answer{}, err
	}
	return c.record(http.StatusOK, typ.Name, w.new)
}

func (res *resource) patch(c *call) (answer, *apiError) {
	old, refused := res.one(c, edit)
	if refused != nil {
		return answer{}, refused
	}
	typ := schema.Lookup(res.typeName(c.world()))
	ops, err := body.Operations(c.body)
	if err != nil {
		return answer{}, bodyError(err)
	}
	w := &change{res: res, old: old, new: old.Clone(), given: store.Object{}}
	for _, op := range ops {
		values := w.new.Values
		switch name := op.Member(); {
		case name == "id" || slices.Contains(res.rules.readOnly, name):
			continue
		case slices.Contains(res.rules.transient, name):
			values = w.given
		}
		if err := op.Apply(typ, values); err != nil {
			return answer{}, bodyError(err)
		}
		w.takeCustom(w.new.Values)
	}
	if err := w.finish(c, typ, nil); err != nil {
		return answer{}, err
	}
	return c.record(http.StatusOK, typ.Name, w.new)
}

func (res *resource) delete(c *call) (answer, *apiError) {
	r, err := res.one(c, remove)
	if err != nil {
		return answer{}, err
	}
	if err := inUse(c, res, r); err != nil {
		return answer{}, err
	}
	c.world().Table(res.table).Delete(r.ID)
	if res.table == store.Tickets {
		for _, below := range []string{store.Notes, store.TimeNotes, store.TicketConfigurations} {
			table := c.world().Table(below)
			for _, child := range table.Children(r.ID) {
				table.Delete(child.ID)
			}
		}
	}
	return answer{status: http.StatusNoContent}, nil
}

// inUse refuses to delete what a ticket refers to. That it is 409 is
// documented, its body is not (connectwise.md §3, §18).
func inUse(c *call, res *resource, r *store.Record) *apiError {
	member, ok := map[string]string{
		store.Boards: "board", store.Statuses: "status", store.Types: "type", store.SubTypes: "subType", store.Items: "item",
		store.Teams: "team", store.Priorities: "priority", store.Sources: "source", store.Companies: "company", store.Contacts: "contact",
	}[res.table]
	if !ok {
		return nil
	}
	_, used := c.world().Table(store.Tickets).Find(func(t *store.Record) bool { return t.Ref(member) == r.ID })
	if !used {
		return nil
	}
	return newError(http.StatusConflict, "Conflict", "%s %d is in use and cannot be deleted.", res.label, r.ID)
}

// take sorts the members of a body into those stored, transient and ignored.
func (w *change) take(values store.Object) {
	w.takeCustom(values)
	for name, v := range values {
		switch {
		case name == "id" || slices.Contains(w.res.rules.readOnly, name):
		case slices.Contains(w.res.rules.transient, name):
			w.given[name] = v
		default:
			w.new.Values[name] = v
		}
	}
}

// takeCustom moves custom field values out of the members.
func (w *change) takeCustom(values store.Object) {
	if list, ok := values["customFields"].([]any); ok {
		w.custom = append(w.custom, list...)
	}
	delete(values, "customFields")
}

// finish fills in, resolves, checks and stores a change; nothing is stored
// when it is refused.
func (w *change) finish(c *call, typ *schema.Type, required []string) *apiError {
	r := w.res.rules
	if err := w.checkRequired(typ, required); err != nil {
		return err
	}
	if r.defaults != nil {
		r.defaults(c, w)
	}
	if details := w.resolve(c, typ); details != nil {
		return invalidObject(r.object, details...)
	}
	if details := append(w.checkLengths(typ), w.applyCustom(c)...); details != nil {
		return invalidObject(r.object, details...)
	}
	if r.check != nil {
		if err := r.check(c, w); err != nil {
			return err
		}
	}
	now := c.t.setup.Clock.Now()
	by := c.member.Text("identifier")
	w.new.Updated, w.new.UpdatedBy = now, by
	if w.old == nil {
		w.new.Entered, w.new.EnteredBy = now, by
	}
	if r.settle != nil {
		r.settle(c, w)
	}
	for name, v := range w.new.Values {
		if v == nil {
			delete(w.new.Values, name)
		}
	}
	c.world().Table(w.res.table).Put(w.new)
	if r.saved != nil {
		r.saved(c, w)
	}
	return nil
}

// checkRequired refuses a record that lacks what it needs.
func (w *change) checkRequired(typ *schema.Type, more []string) *apiError {
	names := append(append(append([]string{}, typ.Required...), w.res.rules.required...), more...)
	var missing []detail
	for _, name := range names {
		if v := w.new.Values[name]; v == nil || v == "" {
			missing = append(missing, requiredField(name))
		}
	}
	if missing == nil {
		return nil
	}
	return invalidObject(w.res.rules.object, missing...)
}

// checkLengths refuses text that is longer than the vendor's schema allows.
// The words are inferred: no recorded answer shows them.
func (w *change) checkLengths(typ *schema.Type) []detail {
	var out []detail
	for _, m := range typ.Members {
		s, ok := w.new.Values[m.Name].(string)
		if ok && m.MaxLength > 0 && len([]rune(s)) > m.MaxLength {
			out = append(out, invalidField(m.Name, "The field %s must be a string with a maximum length of %d.", m.Name, m.MaxLength))
		}
	}
	return out
}

func bodyError(err error) *apiError {
	var refused *body.Error
	if !errors.As(err, &refused) {
		panic("simulator: " + err.Error())
	}
	e := newError(refused.Status, refused.Code, "%s", refused.Message)
	if refused.NullErrors {
		e = e.withNullErrors()
	}
	return e
}

// malformedBody refuses a search whose body is not what it should be.
func malformedBody(err error) *apiError {
	return newError(http.StatusInternalServerError, "ConnectWiseApi", "Unexpected character encountered while parsing value. %s", err)
}
