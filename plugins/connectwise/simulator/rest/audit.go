package rest

import (
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Audit says what the audit trail tells of a collection's changes. The trail
// is prose without old and new values apart (connectwise.md §12); its exact
// words are recorded nowhere and stand in this file alone.
type Audit struct {
	// Type is the kind of record in the trail's "type" parameter.
	Type string
	// Subject names the record in prose.
	Subject string
	// Of is the record whose trail it is; the record itself when nil.
	Of func(*store.Record) int64
	// Members are those whose changes are told.
	Members []Audited
}

// Audited is a member whose changes are told.
type Audited struct {
	Member string
	// Caption names it in prose, SubType in the entry.
	Caption, SubType string
}

func (a *Audit) of(r *store.Record) int64 {
	if a.Of != nil {
		return a.Of(r)
	}
	return r.ID
}

// saved tells of a change; a nil Audit tells nothing.
func (a *Audit) saved(c *Call, w *Change) {
	if a == nil {
		return
	}
	if w.IsNew() {
		c.Audit(a.Type, a.of(w.New), "Record", a.Subject+" has been created.")
		return
	}
	for _, m := range a.Members {
		if from, to := c.shown(w, m.Member, w.Old), c.shown(w, m.Member, w.New); from != to {
			c.Audit(a.Type, a.of(w.New), m.SubType, changedText(m.Caption, from, to))
		}
	}
}

func (a *Audit) deleted(c *Call, r *store.Record) {
	if a != nil {
		c.Audit(a.Type, a.of(r), "Record", a.Subject+" has been deleted.")
	}
}

// changedText is the prose of a changed member.
func changedText(caption, from, to string) string {
	return fmt.Sprintf("%s has been changed from %q to %q.", caption, from, to)
}

// shown is a member as prose shows it: references by name.
func (c *Call) shown(w *Change, member string, r *store.Record) string {
	v := r.Values[member]
	if ref, ok := v.(store.Ref); ok {
		m, _ := schema.Lookup(w.Res.typeName(c.World())).Member(member)
		target, _ := c.World().Follow(m.Ref, int64(ref))
		for _, name := range []string{"name", "identifier"} {
			if text, ok := store.RefValue(m.Ref, target, name).(string); ok && text != "" {
				return text
			}
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// Audit enters an entry into the audit trail of a record.
func (c *Call) Audit(typ string, id int64, subType, text string) {
	c.World().Table(store.AuditTrail).Put(&store.Record{
		Parent: id, Values: AuditEntry(text, render.Time(c.Now()), c.Me(), typ, subType, c.auditSource()),
	})
}

// auditSource is how the caller came in.
func (c *Call) auditSource() string {
	if c.acting() {
		return "Member"
	}
	return "API"
}

// AuditEntry are the values of an entry.
func AuditEntry(text, date, by, typ, subType, source string) store.Object {
	return store.Object{
		"text": text, "enteredDate": date, "enteredBy": by, "auditType": typ, "auditSubType": subType, "auditSource": source,
	}
}
