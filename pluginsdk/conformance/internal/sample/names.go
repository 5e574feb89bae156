package sample

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// nameless are references to records that people know by number, not by name.
var nameless = []string{"parent", "problem", "agreement", "manufacturer", "ticket"}

// Named are the fields of the resource that refer to one record by id or name.
func (r Resource) Named() []string {
	var names []string
	fields := r.message.ProtoReflect().Descriptor().Fields()
	for _, name := range r.Fields() {
		f := fields.ByName(protoreflect.Name(name))
		if f.IsList() || f.Message() == nil || f.Message().Fields().ByName("name") == nil || slices.Contains(nameless, name) {
			continue
		}
		names = append(names, name)
	}
	return names
}

// unlisted are fields whose values are too many for a refusal to list.
var unlisted = []string{"company", "contact", "site", "owner", "technician"}

// Listed tells whether a refused name comes with all names that are allowed.
func (r Resource) Listed(field string) bool { return !slices.Contains(unlisted, field) }

// Inactive is the id of a value for a field that old records may have and that no
// write may give; none where the catalogue has no such value.
func (x *Tenant) Inactive(r Resource, has protoreflect.Message, field string) []string {
	ticket, _ := has.Interface().(*psav1.Ticket)
	switch {
	case field == "owner" || field == "technician":
		return inactive(rows[*psav1.Technician](x, "technicians.list", nil))
	case ticket == nil:
		return nil
	case field == "queue":
		return inactive(rows[*psav1.Queue](x, "catalogue.queues", nil))
	case field == "status" && ticket.HasQueue():
		return inactive(rows[*psav1.StatusDefinition](x, "catalogue.statuses", with("queue", "id:"+ticket.GetQueue().GetId())))
	case field == "priority":
		return inactive(rows[*psav1.PriorityDefinition](x, "catalogue.priorities", nil))
	}
	return nil
}

func inactive[V interface {
	named
	GetActive() bool
	HasActive() bool
}](all []V) []string {
	for _, v := range all {
		if v.HasActive() && !v.GetActive() {
			return []string{v.GetId()}
		}
	}
	return nil
}

// Levels are the levels of priorities with how many active ones are of each.
func (x *Tenant) Levels() map[int32]int {
	levels := map[int32]int{1: 0, 2: 0, 3: 0, 4: 0, 5: 0}
	for _, p := range rows[*psav1.PriorityDefinition](x, "catalogue.priorities", nil) {
		if p.GetActive() {
			levels[p.GetLevel()]++
		}
	}
	return levels
}

// StatusElsewhere is a status of another queue whose name no status of the ticket's
// own queue has; nil where statuses do not belong to queues.
func (x *Tenant) StatusElsewhere(t *psav1.Ticket) (*psav1.Queue, *psav1.StatusDefinition) {
	own := map[string]bool{}
	for _, s := range rows[*psav1.StatusDefinition](x, "catalogue.statuses", with("queue", "id:"+t.GetQueue().GetId())) {
		own[s.GetName()] = true
	}
	for _, q := range x.Queues(t) {
		if q.GetId() == t.GetQueue().GetId() {
			continue
		}
		if s, ok := other(x.Statuses(t, q.GetId()), "", func(s *psav1.StatusDefinition) bool { return free(s) && !own[s.GetName()] }); ok {
			return q, s
		}
	}
	return nil, nil
}
