package rest

import "github.com/deskgate/deskgate/plugins/connectwise/simulator/store"

// Rules govern the writes of a resource.
type Rules struct {
	// Object names the record in "... object is invalid".
	Object string
	// ReadOnly are members that a write may name and that it does not change.
	ReadOnly []string
	// Transient are members that a write acts on and that are not stored.
	Transient []string
	// Required are asked for beside those that the vendor's schema marks.
	Required []string
	// RequiredOnPut are asked for by PUT, which replaces the record.
	RequiredOnPut []string
	// NoCreate, NoUpdate and KeepForever are whether records cannot be made,
	// changed or deleted here.
	NoCreate, NoUpdate, KeepForever bool
	// AddLevel is the level that a POST asks for; Add when empty. DeleteLevel
	// likewise.
	AddLevel, DeleteLevel Level
	// Board is the board that names of statuses, types and so on are looked
	// for on, when it is not the record's own member "board".
	Board func(c *Call, w *Change) int64
	// Defaults fills in what the caller left open, before references are
	// resolved; nil for none.
	Defaults func(c *Call, w *Change)
	// Complete fills in what depends on the references; nil for none.
	Complete func(c *Call, w *Change)
	// Check refuses a change once its references are resolved; nil for none.
	Check func(c *Call, w *Change) *Error
	// Settle derives values before the record is stored; nil for none.
	Settle func(c *Call, w *Change)
	// Saved does what follows from the change; nil for nothing.
	Saved func(c *Call, w *Change)
	// CheckDelete refuses to delete a record; nil for none.
	CheckDelete func(c *Call, r *store.Record) *Error
	// Deleted does what follows from a deletion; nil for nothing.
	Deleted func(c *Call, r *store.Record)
	// Audit says what the audit trail tells of changes; nil for nothing.
	Audit *Audit
}

// SetupRules are those of a setup table.
func SetupRules(object string) *Rules { return &Rules{Object: object} }

// Change is a write under way.
type Change struct {
	Res *Resource
	// Old is the record as it was; nil for a new one.
	Old *store.Record
	// New is the record as it will be.
	New *store.Record
	// Given are the transient members.
	Given store.Object
	// custom are the custom field values that the caller wrote.
	custom []any
}

// IsNew tells whether the change makes a record.
func (w *Change) IsNew() bool { return w.Old == nil }

// Flag is a transient flag with its default.
func (w *Change) Flag(name string, byDefault bool) bool {
	if b, ok := w.Given[name].(bool); ok {
		return b
	}
	return byDefault
}

// Default sets a member that has no value.
func (w *Change) Default(member string, value any) {
	if w.New.Values[member] == nil {
		w.New.Values[member] = value
	}
}

// DefaultOf is a reference to the record of a table that is marked as the
// default; nil when none is.
func (c *Call) DefaultOf(table string) any { return store.Default(c.World().Table(table).All()) }

// DefaultUnder is DefaultOf among the records under a parent, such as the
// statuses of a board.
func (c *Call) DefaultUnder(table string, parent int64) any {
	return store.Default(c.World().Table(table).Children(parent))
}

// Moved tells whether a member has another value than before.
func (w *Change) Moved(member string) bool {
	return w.Old == nil || w.Old.Values[member] != w.New.Values[member]
}
