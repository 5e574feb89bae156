// Package record reads records as a check needs them: through the connector, and
// as the simulator holds them, and says where they differ from what they should
// hold.
package record

import (
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Kind is what a record is: the name that answers and witnesses have for it, and
// the operation that reads one.
type Kind struct {
	Name, Get string
	// OnTicket says that its id is one of a ticket's alone.
	OnTicket bool
}

// The kinds that writes make.
var (
	Ticket        = Kind{Name: "ticket", Get: "tickets.get"}
	Note          = Kind{Name: "note", Get: "notes.get", OnTicket: true}
	Reply         = Kind{Name: "reply", Get: "replies.get", OnTicket: true}
	TimeEntry     = Kind{Name: "time_entry", Get: "time_entries.get"}
	ScheduleEntry = Kind{Name: "schedule_entry", Get: "schedule_entries.get"}
	Attachment    = Kind{Name: "attachment", Get: "attachments.get", OnTicket: true}
	Contact       = Kind{Name: "contact", Get: "contacts.get"}
	Configuration = Kind{Name: "configuration", Get: "configurations.get"}
)

// Ref points at one record.
type Ref struct {
	Kind
	ID string
	// OfTicket is the ticket's id, for a record on a ticket.
	OfTicket string
}

// String is how messages name the record.
func (r Ref) String() string {
	name := strings.ReplaceAll(r.Name, "_", " ") + " " + r.ID
	if r.OnTicket {
		name += " of ticket " + r.OfTicket
	}
	return name
}

// Point sets the ids of a record in a request that is about it.
func (r Ref) Point(request protoreflect.Message) {
	suite.Set(request, r.Name, protoreflect.ValueOfString(r.ID))
	if r.OnTicket {
		suite.Set(request, Ticket.Name, protoreflect.ValueOfString(r.OfTicket))
	}
}

// Read reads the record over a connection.
func (r Ref) Read(t *suite.T, conn grpc.ClientConnInterface) (protoreflect.Message, error) {
	request := t.Request(r.Get)
	r.Point(request.ProtoReflect())
	answer, err := t.Call(t.Context(), conn, r.Get, request)
	if err != nil {
		return nil, err
	}
	return Member(answer.ProtoReflect(), r.Name), nil
}

// Anew reads the record by the process that has seen none of the check's writes. One
// that is not there is looked for again: some PSAs show a new record only a moment
// later. One that cannot be read ends the check.
func (r Ref) Anew(t *suite.T) protoreflect.Message {
	m, err := r.Read(t, t.Anew())
	for n := 1; n < looks && err != nil && suite.Fault(err).Code == fault.CodeNotFound; n++ {
		wait(t)
		m, err = r.Read(t, t.Anew())
	}
	if err != nil {
		t.Fatalf("%s cannot be read by another process: %s", r, suite.Words(err))
	}
	if m == nil {
		t.Fatalf("%s answers no %s", r.Get, r.Name)
	}
	return m
}

// Member is a message that a field holds; nil where it is not set.
func Member(m protoreflect.Message, field string) protoreflect.Message {
	if !suite.Has(m, field) {
		return nil
	}
	return m.Get(m.Descriptor().Fields().ByName(protoreflect.Name(field))).Message()
}

// customFields is the map of a record that is written key by key.
const customFields = "custom_fields"

// CustomPath is the path of a custom field.
func CustomPath(id string) string { return customFields + "[" + strconv.Quote(id) + "]" }

// customID is the id in the path of a custom field.
func customID(path string) (string, bool) {
	quoted, ok := strings.CutPrefix(path, customFields+"[")
	if !ok || !strings.HasSuffix(quoted, "]") {
		return "", false
	}
	id, err := strconv.Unquote(strings.TrimSuffix(quoted, "]"))
	return id, err == nil
}

// SetFields are the paths of the fields that a message holds, the custom fields
// one by one.
func SetFields(m protoreflect.Message) []string {
	var paths []string
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) {
			continue
		}
		if f.Name() != customFields {
			paths = append(paths, string(f.Name()))
			continue
		}
		m.Get(f).Map().Range(func(key protoreflect.MapKey, _ protoreflect.Value) bool {
			paths = append(paths, CustomPath(key.String()))
			return true
		})
	}
	return paths
}

// custom is the value of a custom field; nil where there is none.
func custom(m protoreflect.Message, id string) *structpb.Value {
	f := m.Descriptor().Fields().ByName(customFields)
	if f == nil {
		return nil
	}
	v := m.Get(f).Map().Get(protoreflect.ValueOfString(id).MapKey())
	if !v.IsValid() {
		return nil
	}
	value, _ := v.Message().Interface().(*structpb.Value)
	if _, null := value.GetKind().(*structpb.Value_NullValue); null {
		return nil
	}
	return value
}

// field is a top-level field of a record with its value, which is not valid where
// it is not set.
func field(m protoreflect.Message, name string) (protoreflect.FieldDescriptor, protoreflect.Value) {
	f := m.Descriptor().Fields().ByName(protoreflect.Name(name))
	if f == nil || !m.Has(f) {
		return f, protoreflect.Value{}
	}
	return f, m.Get(f)
}
