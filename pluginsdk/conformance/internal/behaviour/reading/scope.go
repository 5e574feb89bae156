package reading

import (
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// over are the lists of what one record has, each with the list of those records.
var over = map[string]string{
	"notes.list": "tickets.list", "attachments.list": "tickets.list", "tickets.history": "tickets.list", "sites.list": "companies.list",
}

// enough are the rows that a list of one record's has to have for a check of it to
// tell something; looked is how many records are looked at to find them.
const (
	enough = 5
	looked = 200
)

// fullest is a list of one record's that has enough rows, or the most rows of all
// that were looked at. It is nil where none has any.
func fullest(t *suite.T, op string) proto.Message {
	var best proto.Message
	most := 0
	for _, row := range newestFirst(t, over[op]) {
		request := t.Ask(op, suite.ID(row))
		if n := len(t.List(t.Conn(), op, request)); n > most {
			most, best = n, request
		}
		if most >= enough {
			return best
		}
	}
	return best
}

// newestFirst are records to look at: the last of a list first, and the others from
// all over it.
func newestFirst(t *suite.T, list string) []protoreflect.Message {
	rows := filter.Spread(t.List(t.Conn(), list, t.Request(list)), looked)
	slices.Reverse(rows)
	return rows
}

// everything is a request for all that a list holds: of the fullest record where it
// is of one record's. It ends the check where there is nothing to list.
func everything(t *suite.T, op string) proto.Message {
	if over[op] == "" {
		grow(t, op, t.Request(op))
		return t.Request(op)
	}
	if !t.Serves(over[op]) {
		t.NotRun("%s is needed to find what has any", over[op])
	}
	request := fullest(t, op)
	if request == nil {
		t.NotRun("none of the %d records looked at has any", looked)
	}
	grow(t, op, request)
	return request
}

// withParts asks for what a list carries on request.
func withParts[E ~int32](request proto.Message, parts ...E) proto.Message {
	asked := proto.Clone(request)
	m := asked.ProtoReflect()
	f := m.Descriptor().Fields().ByName("include")
	if f == nil {
		return asked
	}
	list := m.Mutable(f).List()
	for _, part := range parts {
		list.Append(protoreflect.ValueOfEnum(protoreflect.EnumNumber(part)))
	}
	return asked
}
