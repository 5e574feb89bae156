// Package store holds the simulated tenant's records: tables of records that
// refer to each other by id.
package store

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
)

// Ref is a reference to another record by id. Which table it is in follows
// from the reference type of the member that holds it (see [References]).
type Ref int64

// Object holds the values of a record or of an object in it by member name.
// A value is nil, bool, int64, float64, string, Ref, Object or []any of
// these; dates are strings as the API writes them.
type Object map[string]any

// Clone copies an object with everything in it.
func (o Object) Clone() Object {
	out := make(Object, len(o))
	for k, v := range o {
		out[k] = cloneValue(v)
	}
	return out
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case Object:
		return v.Clone()
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = cloneValue(v[i])
		}
		return out
	}
	return v
}

// Record is one record. Once it is in a table it is not changed: a write puts
// a new one in its place.
type Record struct {
	ID int64
	// Parent is the id of the record in whose path this one stands: the board
	// of a status, the ticket of a note.
	Parent int64
	Values Object
	// Custom holds custom field values by definition id.
	Custom map[int64]any
	// Content is a document's file; it is not changed.
	Content          []byte
	Entered, Updated time.Time
	EnteredBy        string
	UpdatedBy        string
}

// Clone copies a record, to be changed and put back.
func (r *Record) Clone() *Record {
	out := *r
	out.Values = r.Values.Clone()
	out.Custom = maps.Clone(r.Custom)
	return &out
}

// Text is a string value; "" when it is absent.
func (r *Record) Text(member string) string {
	s, _ := r.Values[member].(string)
	return s
}

// Flag is a boolean value; false when it is absent.
func (r *Record) Flag(member string) bool {
	b, _ := r.Values[member].(bool)
	return b
}

// Ref is a referenced id; 0 when it is absent.
func (r *Record) Ref(member string) int64 {
	id, _ := r.Values[member].(Ref)
	return int64(id)
}

// Table is a table of records.
type Table struct {
	Name string
	// Type of the full record; projections answer with other types.
	Type    *schema.Type
	records map[int64]*Record
	ids     []int64           // ascending
	under   map[int64][]int64 // by parent, ascending
	next    int64
}

// Get finds a record by id.
func (t *Table) Get(id int64) (*Record, bool) {
	r, ok := t.records[id]
	return r, ok
}

// Len is the number of records.
func (t *Table) Len() int { return len(t.ids) }

// All lists the records by ascending id.
func (t *Table) All() []*Record {
	out := make([]*Record, len(t.ids))
	for i, id := range t.ids {
		out[i] = t.records[id]
	}
	return out
}

// Children lists the records under a parent by ascending id.
func (t *Table) Children(parent int64) []*Record {
	var out []*Record
	for _, id := range t.under[parent] {
		out = append(out, t.records[id])
	}
	return out
}

// Find returns the first record, by ascending id, that fits.
func (t *Table) Find(fits func(*Record) bool) (*Record, bool) {
	for _, id := range t.ids {
		if r := t.records[id]; fits(r) {
			return r, true
		}
	}
	return nil, false
}

// NextID is the id that the next record without one gets.
func (t *Table) NextID() int64 { return t.next }

// StartAt sets the id of the next record.
func (t *Table) StartAt(id int64) { t.next = max(t.next, id) }

// Put adds a record or replaces the one with its id. A record without an id
// gets the next one.
func (t *Table) Put(r *Record) *Record {
	if r.ID == 0 {
		r.ID = t.next
	}
	t.next = max(t.next, r.ID+1)
	r.Values["id"] = r.ID
	old, ok := t.records[r.ID]
	if !ok {
		t.ids = insert(t.ids, r.ID)
	}
	if ok && old.Parent != r.Parent {
		t.under[old.Parent] = remove(t.under[old.Parent], r.ID)
	}
	if !ok || old.Parent != r.Parent {
		t.under[r.Parent] = insert(t.under[r.Parent], r.ID)
	}
	t.records[r.ID] = r
	return r
}

func insert(ids []int64, id int64) []int64 {
	at, _ := slices.BinarySearch(ids, id)
	return slices.Insert(ids, at, id)
}

func remove(ids []int64, id int64) []int64 {
	at, _ := slices.BinarySearch(ids, id)
	return slices.Delete(ids, at, at+1)
}

// Delete removes a record.
func (t *Table) Delete(id int64) {
	r, ok := t.records[id]
	if !ok {
		return
	}
	delete(t.records, id)
	t.ids = remove(t.ids, id)
	t.under[r.Parent] = remove(t.under[r.Parent], id)
}

// Default is a reference to the record that is marked as the default; nil when
// none is.
func Default(records []*Record) any {
	for _, r := range records {
		if r.Flag("defaultFlag") {
			return Ref(r.ID)
		}
	}
	return nil
}

// World is the whole state. Whoever reads holds the lock for reading, whoever
// writes for writing; the tables do no locking of their own.
type World struct {
	sync.RWMutex
	tables map[string]*Table
}

// NewWorld returns a world of empty tables.
func NewWorld() *World {
	w := &World{tables: make(map[string]*Table, len(tableTypes))}
	for name, typ := range tableTypes {
		w.tables[name] = &Table{Name: name, Type: schema.Lookup(typ), records: map[int64]*Record{}, under: map[int64][]int64{}, next: 1}
	}
	return w
}

// Table returns a table. It panics on a name that does not exist: names are
// the constants of this package.
func (w *World) Table(name string) *Table {
	t, ok := w.tables[name]
	if !ok {
		panic("store: no table " + name)
	}
	return t
}

// HasTable tells whether there is a table of that name.
func (w *World) HasTable(name string) bool {
	_, ok := w.tables[name]
	return ok
}

// TableNames lists the tables by name.
func (w *World) TableNames() []string {
	return slices.Sorted(maps.Keys(w.tables))
}
