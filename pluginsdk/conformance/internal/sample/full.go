package sample

import (
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// apart are fields that no check writes along with all others: what would end a
// record or put it elsewhere, and what another field tells.
var apart = map[string][]string{
	"ticket":         {"queue", "company", "resolution", "record_type", "agreement"},
	"contact":        {"company", "active", "emails"},
	"configuration":  {"company", "active"},
	"time_entry":     {"duration_seconds"},
	"schedule_entry": {"state"},
}

// Input is a record of the resource that can be created, with what it needs alone.
func (r Resource) Input(x *Tenant) proto.Message { return r.input(x, "") }

// Full is a record that can be created with a value in as many fields as can go
// together and as the connector writes.
func (r Resource) Full(x *Tenant) proto.Message {
	_, has := r.New(x, "")
	full := proto.Clone(r.input(x, ""))
	r.fill(x, full, has, r.Create)
	if t, ok := full.(*psav1.Ticket); ok {
		x.source(t)
	}
	return full
}

// Several is an update of as many fields of a record as can change together and as
// the connector writes.
func (r Resource) Several(x *Tenant, ref record.Ref, has protoreflect.Message) write.Call {
	value := proto.Clone(r.message)
	r.fill(x, value, has, r.Update)
	return r.Set(x.t, ref, value, record.SetFields(value.ProtoReflect())...)
}

// fill gives a record other values than another has, where it has none itself.
func (r Resource) fill(x *Tenant, to proto.Message, has protoreflect.Message, operation string) {
	m := to.ProtoReflect()
	for _, field := range r.Fields() {
		if slices.Contains(apart[r.Name], field) || Unsupported(x.t, operation, field) || suite.Has(m, field) {
			continue
		}
		value, why := r.value(x, has, field)
		if why != "" {
			continue
		}
		for _, path := range record.SetFields(value.ProtoReflect()) {
			if !suite.Has(m, path) {
				suite.Set(m, path, value.ProtoReflect().Get(m.Descriptor().Fields().ByName(protoreflect.Name(path))))
			}
		}
	}
}

// Moved is an update that puts a ticket into another queue, with a status and a type
// of that queue by their names; false where there is no such queue.
func (x *Tenant) Moved(t *psav1.Ticket) (*psav1.Ticket, bool) {
	for _, q := range x.Queues(t) {
		if q.GetId() == t.GetQueue().GetId() {
			continue
		}
		there := proto.CloneOf(t)
		there.SetQueue(reference(q))
		status, ok := other(x.Statuses(t, q.GetId()), t.GetStatus().GetId(), free)
		if !ok {
			continue
		}
		b := psav1.Ticket_builder{
			Title: new(x.Title("moved")), Queue: psav1.Reference_builder{Name: new(q.GetName())}.Build(),
			Status: psav1.Status_builder{Name: new(status.GetName())}.Build(),
		}
		if d, ok := other(x.Types(there, 1), "", always); ok {
			b.Type = psav1.Reference_builder{Name: new(d.GetName())}.Build()
		}
		return b.Build(), true
	}
	return nil, false
}

// source says how a ticket came in, where the catalogue knows a way that new tickets
// do not have by themselves.
func (x *Tenant) source(t *psav1.Ticket) {
	usable := func(s *psav1.SourceDefinition) bool { return s.GetActive() && !s.GetIsDefault() }
	if s, ok := other(rows[*psav1.SourceDefinition](x, "catalogue.sources", nil), "", usable); ok && !Unsupported(x.t, "tickets.create", "source") {
		t.SetSource(reference(s))
	}
}

// Siblings are the ids of the records among which a new one has to appear: those of
// its ticket or company, as another process lists them.
func (r Resource) Siblings(x *Tenant, input proto.Message) []string {
	operation := lists[r.Name]
	if operation == "" || !x.t.Serves(operation) {
		return nil
	}
	request := x.t.Request(operation)
	m := input.ProtoReflect()
	for _, of := range []string{"ticket", "company"} {
		f := request.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(of))
		ref := record.Member(m, of)
		if f == nil || ref == nil || !suite.Has(ref, "id") {
			continue
		}
		id := suite.Text(ref, "id")
		if of == "company" {
			id = "id:" + id
		}
		request.ProtoReflect().Mutable(f).List().Append(protoreflect.ValueOfString(id))
		break
	}
	var ids []string
	for _, row := range x.t.List(x.t.Anew(), operation, request) {
		ids = append(ids, suite.ID(row))
	}
	return ids
}

var lists = map[string]string{
	"ticket": "tickets.list", "contact": "contacts.list", "configuration": "configurations.list",
	"time_entry": "time_entries.list", "schedule_entry": "schedule_entries.list",
}
