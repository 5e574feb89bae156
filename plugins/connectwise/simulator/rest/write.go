package rest

import (
	"net/http"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Create serves POST.
func (res *Resource) Create(c *Call) (Answer, *Error) {
	l := res.Rules.AddLevel
	if l == "" {
		l = Add
	}
	if err := c.Allow(res.Right, l); err != nil {
		return Answer{}, err
	}
	r := &store.Record{Values: store.Object{}}
	if res.Parent != "" {
		if _, err := res.parentRecord(c, l); err != nil {
			return Answer{}, err
		}
		r.Parent = res.parentID(c)
	}
	w, typ, err := res.draft(c, r)
	if err != nil {
		return Answer{}, err
	}
	if err := w.finish(c, typ, nil); err != nil {
		return Answer{}, err
	}
	return c.Record(http.StatusCreated, typ.Name, w.New)
}

// draft reads a new record out of the body.
func (res *Resource) draft(c *Call, r *store.Record) (*Change, *schema.Type, *Error) {
	typ := schema.Lookup(res.typeName(c.World()))
	values, err := body.Decode(c.Body, typ)
	if err != nil {
		return nil, nil, BodyError(err)
	}
	w := &Change{Res: res, New: r, Given: store.Object{}}
	w.take(values)
	return w, typ, nil
}

// Preview answers the record that a POST would make, with what the caller
// left open filled in; nothing is stored or refused but unknown references.
func (res *Resource) Preview(c *Call) (Answer, *Error) {
	if err := c.Allow(res.Right, Add); err != nil {
		return Answer{}, err
	}
	w, typ, err := res.draft(c, &store.Record{Values: store.Object{}})
	if err != nil {
		return Answer{}, err
	}
	if err := w.fill(c, typ); err != nil {
		return Answer{}, err
	}
	if res.Rules.Settle != nil {
		res.Rules.Settle(c, w)
	}
	return c.Record(http.StatusOK, typ.Name, w.New)
}

// Replace serves PUT: what the body leaves out becomes null or its default.
func (res *Resource) Replace(c *Call) (Answer, *Error) {
	old, refused := res.One(c, Edit)
	if refused != nil {
		return Answer{}, refused
	}
	typ := schema.Lookup(res.typeName(c.World()))
	values, err := body.Decode(c.Body, typ)
	if err != nil {
		return Answer{}, BodyError(err)
	}
	r := old.Clone()
	for _, m := range typ.Members {
		if !slices.Contains(res.Rules.ReadOnly, m.Name) && m.Name != "id" {
			delete(r.Values, m.Name)
		}
	}
	w := &Change{Res: res, Old: old, New: r, Given: store.Object{}}
	w.take(values)
	if err := w.finish(c, typ, res.Rules.RequiredOnPut); err != nil {
		return Answer{}, err
	}
	return c.Record(http.StatusOK, typ.Name, w.New)
}

// Patch serves PATCH.
func (res *Resource) Patch(c *Call) (Answer, *Error) {
	old, refused := res.One(c, Edit)
	if refused != nil {
		return Answer{}, refused
	}
	typ := schema.Lookup(res.typeName(c.World()))
	ops, err := body.Operations(c.Body)
	if err != nil {
		return Answer{}, BodyError(err)
	}
	w := &Change{Res: res, Old: old, New: old.Clone(), Given: store.Object{}}
	for _, op := range ops {
		values := w.New.Values
		switch name := op.Member(); {
		case name == "id" || slices.Contains(res.Rules.ReadOnly, name):
			continue
		case slices.Contains(res.Rules.Transient, name):
			values = w.Given
		}
		if err := op.Apply(typ, values); err != nil {
			return Answer{}, BodyError(err)
		}
		w.takeCustom(w.New.Values)
	}
	if err := w.finish(c, typ, nil); err != nil {
		return Answer{}, err
	}
	return c.Record(http.StatusOK, typ.Name, w.New)
}

func (res *Resource) delete(c *Call) (Answer, *Error) {
	l := res.Rules.DeleteLevel
	if l == "" {
		l = Delete
	}
	r, err := res.One(c, l)
	if err != nil {
		return Answer{}, err
	}
	return res.Remove(c, r)
}

// Remove deletes a record that the caller may delete, and answers.
func (res *Resource) Remove(c *Call, r *store.Record) (Answer, *Error) {
	if res.Rules.CheckDelete != nil {
		if err := res.Rules.CheckDelete(c, r); err != nil {
			return Answer{}, err
		}
	}
	if c.inUse(res.Table, r.ID) {
		return Answer{}, Conflict("%s %d is in use and cannot be deleted.", res.Label, r.ID)
	}
	c.World().Table(res.Table).Delete(r.ID)
	res.Rules.Audit.deleted(c, r)
	if res.Rules.Deleted != nil {
		res.Rules.Deleted(c, r)
	}
	return Answer{Status: http.StatusNoContent}, nil
}

// users are the tables, and the types of their records, whose references keep
// a record from being deleted.
var users = []struct{ table, typ string }{
	{store.Tickets, "Ticket"}, {store.Tickets, "ProjectTicket"}, {store.TimeEntries, "TimeEntry"}, {store.Members, "Member"},
}

// inUse tells whether a record is referred to. That the vendor refuses to
// delete it then with 409 is documented, the body is not (connectwise.md §3,
// §18).
func (c *Call) inUse(table string, id int64) bool {
	for _, user := range users {
		for _, m := range schema.Lookup(user.typ).Members {
			if !m.IsReference() || store.References[m.Ref].Table != table {
				continue
			}
			if _, used := c.World().Table(user.table).Find(func(r *store.Record) bool { return r.Ref(m.Name) == id }); used {
				return true
			}
		}
	}
	return false
}
