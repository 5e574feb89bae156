package rest

import "github.com/deskgate/deskgate/plugins/connectwise/simulator/store"

// Target is a kind of record that others name by its id alone, with the kind
// beside it: what time is charged to, what an entry of the schedule is for,
// what a document hangs on.
type Target struct {
	Table string
	// Label names a record in "... 5 not found".
	Label string
	// Is says which of the table's records are of the kind; all when nil.
	Is func(*store.Record) bool
}

// Find is the target's record with the id. The zero Target has none.
func (t Target) Find(w *store.World, id int64) (*store.Record, bool) {
	if t.Table == "" {
		return nil, false
	}
	r, ok := w.Table(t.Table).Get(id)
	return r, ok && (t.Is == nil || t.Is(r))
}
