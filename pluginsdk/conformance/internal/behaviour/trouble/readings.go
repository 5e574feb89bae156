package trouble

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// reading is a read that can be asked here.
type reading struct {
	operation string
	request   proto.Message
}

// ids finds a record for each field of a request that names one.
type ids struct {
	t     *suite.T
	found map[string]string
}

// listed are the lists that records are found by, by the name that a request has
// for such a record.
var listed = map[string]string{
	"ticket": "tickets.list", "company": "companies.list", "contact": "contacts.list",
	"configuration": "configurations.list", "technician": "technicians.list",
	"time_entry": "time_entries.list", "schedule_entry": "schedule_entries.list",
}

// below are the lists of what belongs to a ticket.
var below = map[string]string{"note": "notes.list", "attachment": "attachments.list"}

// readings are the reads that are served and can be asked here: of a record that
// there is none of, nothing can be read.
func readings(t *suite.T) []reading {
	x := &ids{t: t, found: map[string]string{}}
	x.below()
	var all []reading
	for _, name := range t.Served() {
		if !t.Reads(name) || t.Streams(name) || name == "raw.read" || name == "replies.get" {
			continue
		}
		if request := x.request(name); request != nil {
			all = append(all, reading{name, request})
		}
	}
	return all
}

// request makes a request of a read, or nil where a record is missing.
func (x *ids) request(operation string) proto.Message {
	request := x.t.Request(operation)
	m := request.ProtoReflect()
	fields := m.Descriptor().Fields()
	for n := range fields.Len() {
		f := fields.Get(n)
		name := string(f.Name())
		switch {
		case name == "page_size":
			suite.Set(m, name, protoreflect.ValueOfInt32(5))
		case f.IsList() || listed[name] == "" && below[name] == "":
		default:
			id := x.id(operation, name)
			if id == "" {
				return nil
			}
			suite.Set(m, name, protoreflect.ValueOfString(id))
		}
	}
	if operation == "technicians.availability" || operation == "technicians.workload" { // not a time that begins now
		from := time.Date(2030, 6, 3, 0, 0, 0, 0, time.UTC)
		suite.Set(m, "from", protoreflect.ValueOfMessage(timestamppb.New(from).ProtoReflect()))
		suite.Set(m, "to", protoreflect.ValueOfMessage(timestamppb.New(from.AddDate(0, 0, 7)).ProtoReflect()))
	}
	return request
}

// id is the id of a record for a field: of a ticket, one that has what the
// operation reads.
func (x *ids) id(operation, field string) string {
	if field == "ticket" {
		for child, list := range below {
			if operation == list || x.t.Request(operation).ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(child)) != nil {
				return x.found["ticket of "+child]
			}
		}
	}
	if id, ok := x.found[field]; ok || below[field] != "" {
		return id
	}
	for _, row := range firstOf(x.t, listed[field], nil, 1) {
		x.found[field] = suite.ID(row)
	}
	return x.found[field]
}

// someTickets are how many tickets are looked through for notes and attachments.
const someTickets = 25

// below finds a ticket with a note, and one with an attachment.
func (x *ids) below() {
	for child, list := range below {
		if !x.t.Serves(list) {
			continue
		}
		for _, ticket := range firstOf(x.t, "tickets.list", nil, someTickets) {
			rows := firstOf(x.t, list, func(m protoreflect.Message) {
				suite.Set(m, "ticket", protoreflect.ValueOfString(suite.ID(ticket)))
			}, 1)
			if len(rows) > 0 {
				x.found["ticket of "+child], x.found[child] = suite.ID(ticket), suite.ID(rows[0])
				break
			}
		}
	}
}

// firstOf is the first page of a list that is served, asked for n rows.
func firstOf(t *suite.T, list string, ask func(protoreflect.Message), n int32) []protoreflect.Message {
	if !t.Serves(list) {
		return nil
	}
	request := t.Request(list)
	suite.Set(request.ProtoReflect(), "page_size", protoreflect.ValueOfInt32(n))
	if ask != nil {
		ask(request.ProtoReflect())
	}
	response, err := t.Call(t.Context(), t.Conn(), list, request)
	if err != nil {
		t.Fatalf("%s: %s", list, suite.Words(err))
	}
	return suite.Rows(response)
}
