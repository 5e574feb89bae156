package sample

import (
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Tickets are the tickets of a PSA.
var Tickets = Resource{
	Kind: record.Ticket, Create: "tickets.create", Update: "tickets.update", message: &psav1.Ticket{},
	input: func(x *Tenant, field string) proto.Message { return x.ticketFor(field) },
	new: func(x *Tenant, field string) record.Ref {
		return Refer(x.Make(func() *psav1.Ticket { return x.ticketFor(field) }))
	},
	value: func(x *Tenant, has protoreflect.Message, field string) (proto.Message, string) {
		ticket, _ := has.Interface().(*psav1.Ticket)
		b, why := x.ticketValue(ticket, field)
		return b.Build(), why
	},
}

type ticketValue = psav1.Ticket_builder

// An hour and a half, which no PSA rounds; and a moment that looks otherwise in
// every time zone.
const estimate = 90 * 60

var due = time.Date(2031, 1, 15, 10, 20, 30, 0, time.UTC)

// ticketFor is a ticket that can be created and have another value in a field.
func (x *Tenant) ticketFor(field string) *psav1.Ticket {
	input := x.NewTicket()
	var company *psav1.Reference
	switch field {
	case "site":
		company = x.companyOfSites()
	case "agreement":
		for _, t := range x.Tickets() {
			if t.HasAgreement() && t.HasCompany() {
				company = byID(t.GetCompany())
			}
		}
	}
	if company != nil && !input.HasContact() {
		input.SetCompany(company)
	}
	return input
}

// ticketValue is another value for a field of a ticket.
func (x *Tenant) ticketValue(t *psav1.Ticket, field string) (b ticketValue, why string) {
	switch field {
	case "title":
		b.Title = new(x.Title("changed title"))
	case "description":
		b.Description = new(x.Title("description") + "\nSecond line.")
	case "impact":
		b.Impact = new(otherGrade(t.GetImpact()))
	case "urgency":
		b.Urgency = new(otherGrade(t.GetUrgency()))
	case "due_at":
		b.DueAt = timestamppb.New(due)
	case "estimated_seconds":
		b.EstimatedSeconds = new(int32(estimate))
	case "external_id":
		b.ExternalId = new(x.unique("conformance"))
	case "resolution":
		return x.resolution(t)
	case "queue", "status", "type", "subtype", "item", "priority", "record_type":
		return x.catalogued(t, field)
	default:
		return x.related(t, field)
	}
	return b, ""
}

func otherGrade(g psav1.Grade_V) psav1.Grade_V {
	if g == psav1.Grade_HIGH {
		return psav1.Grade_LOW
	}
	return psav1.Grade_HIGH
}

func (x *Tenant) resolution(t *psav1.Ticket) (b ticketValue, why string) {
	r := psav1.Resolution_builder{Text: new(x.Title("resolution"))}
	codes := rows[*psav1.ResolutionCode](x, "catalogue.resolution_codes", nil)
	usable := func(c *psav1.ResolutionCode) bool { return c.GetActive() && ofKind(t, c.GetKinds()) }
	if code, ok := other(codes, "", usable); ok {
		r.Code = reference(code)
	}
	b.Resolution = r.Build()
	return b, ""
}

// ofKind tells whether tickets of a ticket's kind have something; no kinds are all.
func ofKind(t *psav1.Ticket, kinds []psav1.Kind_V) bool {
	return len(kinds) == 0 || slices.Contains(kinds, t.GetKind())
}

func reference(v named) *psav1.Reference {
	return psav1.Reference_builder{Id: new(v.GetId()), Name: new(v.GetName())}.Build()
}

// Queues are the queues that a ticket can be in.
func (x *Tenant) Queues(t *psav1.Ticket) []*psav1.Queue {
	return slices.DeleteFunc(rows[*psav1.Queue](x, "catalogue.queues", nil), func(q *psav1.Queue) bool {
		return !q.GetActive() || !ofKind(t, q.GetKinds())
	})
}

// Statuses are the statuses that a ticket can have in a queue, "" for any.
func (x *Tenant) Statuses(t *psav1.Ticket, queue string) []*psav1.StatusDefinition {
	set := with()
	if queue != "" {
		set = with("queue", "id:"+queue)
	}
	return slices.DeleteFunc(rows[*psav1.StatusDefinition](x, "catalogue.statuses", set), func(s *psav1.StatusDefinition) bool {
		return !s.GetActive() || !ofKind(t, s.GetKinds())
	})
}

// Types are the values of a level of the classification in a ticket's queue.
func (x *Tenant) Types(t *psav1.Ticket, level int32) []*psav1.TypeDefinition {
	set := with()
	if t.HasQueue() {
		set = with("queue", "id:"+t.GetQueue().GetId())
	}
	return slices.DeleteFunc(rows[*psav1.TypeDefinition](x, "catalogue.types", set), func(d *psav1.TypeDefinition) bool {
		return !d.GetActive() || d.GetLevel() != level || !ofKind(t, d.GetKinds())
	})
}

// catalogued is another value out of the catalogue, or what other tickets have
// where the connector serves none.
func (x *Tenant) catalogued(t *psav1.Ticket, field string) (b ticketValue, why string) {
	ok := false
	switch field {
	case "queue":
		var q *psav1.Queue
		if q, ok = other(x.Queues(t), t.GetQueue().GetId(), always); ok {
			b.Queue = reference(q)
		}
	case "status":
		var s *psav1.StatusDefinition
		if s, ok = other(x.Statuses(t, t.GetQueue().GetId()), t.GetStatus().GetId(), free); ok {
			b.Status = psav1.Status_builder{Id: new(s.GetId()), Name: new(s.GetName())}.Build()
		}
	case "priority":
		var p *psav1.PriorityDefinition
		if p, ok = other(rows[*psav1.PriorityDefinition](x, "catalogue.priorities", nil), t.GetPriority().GetId(), (*psav1.PriorityDefinition).GetActive); ok {
			b.Priority = psav1.Priority_builder{Id: new(p.GetId()), Name: new(p.GetName())}.Build()
		}
	case "type":
		var d *psav1.TypeDefinition
		if d, ok = other(x.Types(t, 1), t.GetType().GetId(), always); ok {
			b.Type = reference(d)
		}
	case "subtype", "item":
		b, ok = x.classified(t, field == "item")
	case "record_type":
		usable := func(r *psav1.RecordType) bool { return r.GetActive() && r.GetKind() == t.GetKind() }
		var r *psav1.RecordType
		if r, ok = other(rows[*psav1.RecordType](x, "catalogue.record_types", nil), t.GetRecordType().GetId(), usable); ok {
			b.RecordType = reference(r)
		}
	}
	if !ok {
		b, ok = x.seen(t, field)
	}
	if !ok {
		return b, none(field)
	}
	return b, ""
}

func always[V any](V) bool { return true }

// free tells whether a ticket can have a status without anything else, and be
// changed further.
func free(s *psav1.StatusDefinition) bool {
	c := s.GetCategory()
	return len(s.GetRequires()) == 0 && c != psav1.Category_RESOLVED && c != psav1.Category_CLOSED
}

// classified is a type with a subtype, and an item below both if it is asked for.
func (x *Tenant) classified(t *psav1.Ticket, item bool) (b ticketValue, ok bool) {
	for _, s := range x.Types(t, 2) {
		if s.GetId() == t.GetSubtype().GetId() || len(s.GetParents()) == 0 {
			continue
		}
		b.Type, b.Subtype = s.GetParents()[0], reference(s)
		if !item {
			return b, true
		}
		if i, ok := other(x.Types(t, 3), t.GetItem().GetId(), func(d *psav1.TypeDefinition) bool { return hangsBelow(d, s) }); ok {
			b.Item = reference(i)
			return b, true
		}
	}
	return b, false
}

func hangsBelow(d, parent *psav1.TypeDefinition) bool {
	return slices.ContainsFunc(d.GetParents(), func(p *psav1.Reference) bool { return p.GetId() == parent.GetId() })
}

// seen is a value that another ticket of the same queue and kind has.
func (x *Tenant) seen(t *psav1.Ticket, field string) (b ticketValue, ok bool) {
	for _, o := range x.Tickets() {
		if o.GetQueue().GetId() != t.GetQueue().GetId() || o.GetKind() != t.GetKind() || !open(o) {
			continue
		}
		switch {
		case field == "status" && o.HasStatus() && o.GetStatus().GetId() != t.GetStatus().GetId():
			b.Status = psav1.Status_builder{Id: new(o.GetStatus().GetId()), Name: new(o.GetStatus().GetName())}.Build()
		case field == "priority" && o.HasPriority() && o.GetPriority().GetId() != t.GetPriority().GetId():
			b.Priority = psav1.Priority_builder{Id: new(o.GetPriority().GetId()), Name: new(o.GetPriority().GetName())}.Build()
		case field == "type" && o.HasType() && o.GetType().GetId() != t.GetType().GetId():
			b.Type = reference(o.GetType())
		default:
			continue
		}
		return b, true
	}
	return b, false
}
