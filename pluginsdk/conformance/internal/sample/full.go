package sample

import (
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// notAtFirst are fields that a new record does not get along with all others: what
// would end it, what says where it is, and what another of its fields tells.
var notAtFirst = map[string][]string{
	"ticket":         {"queue", "company", "resolution", "record_type", "agreement"},
	"contact":        {"company", "active", "emails"},
	"configuration":  {"company", "type", "active"},
	"time_entry":     {"started_at", "ended_at", "duration_seconds"},
	"schedule_entry": {"technician", "start", "end", "state"},
}

// Input is a record of the resource that can be created, with what it needs alone.
func (r Resource) Input(x *Tenant) proto.Message { return r.input(x, "") }

// Full is a record that can be created with a value in as many fields as can go
// together and as the connector writes.
func (r Resource) Full(x *Tenant) proto.Message {
	_, has := r.New(x, "")
	full := proto.Clone(r.input(x, "")).ProtoReflect()
	for _, field := range r.Fields() {
		if slices.Contains(notAtFirst[r.Name], field) || Unsupported(x.t, r.Create, field) || suite.Has(full, field) {
			continue
		}
		value, why := r.value(x, has, field)
		if why != "" {
			continue
		}
		for _, path := range record.SetFields(value.ProtoReflect()) {
			if !suite.Has(full, path) {
				suite.Set(full, path, value.ProtoReflect().Get(full.Descriptor().Fields().ByName(protoreflect.Name(path))))
			}
		}
	}
	if t, ok := full.Interface().(*psav1.Ticket); ok {
		x.source(t)
	}
	return full.Interface()
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
