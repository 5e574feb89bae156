package rest

import (
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/audit"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Audit says what the audit trail tells of a collection's changes.
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
		c.Audit(a.Type, a.of(w.New), "Record", audit.Created(a.Subject))
		return
	}
	for _, m := range a.Members {
		if from, to := c.shown(w, m.Member, w.Old), c.shown(w, m.Member, w.New); from != to {
			c.Audit(a.Type, a.of(w.New), m.SubType, audit.Changed(m.Caption, from, to))
		}
	}
}

func (a *Audit) deleted(c *Call, r *store.Record) {
	if a != nil {
		c.Audit(a.Type, a.of(r), "Record", audit.Deleted(a.Subject))
	}
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
	source := audit.API
	if c.acting() {
		source = audit.Member
	}
	c.World().Table(store.AuditTrail).Put(audit.Entry(typ, id, subType, text, render.Time(c.Now()), c.Me(), source))
}
