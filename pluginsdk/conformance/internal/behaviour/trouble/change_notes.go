package trouble

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func noteChanges() []change {
	return []change{{
		operation: "notes.create_internal", also: []string{"tickets.list", "notes.list"}, makes: true, twice: true,
		prepare: func(t *suite.T, mark string) proto.Message { return internalNote(workTicket(t, mark), mark) },
		found:   notesOf,
	}, {
		operation: "notes.create_customer", also: []string{"tickets.list", "notes.list"}, makes: true, twice: true,
		prepare: func(t *suite.T, mark string) proto.Message {
			return psav1.CreateCustomerNoteRequest_builder{Ticket: new(workTicket(t, mark)), Body: &mark}.Build()
		},
		found: notesOf,
	}, {
		operation: "notes.update", also: []string{"tickets.list", "notes.list", "notes.create_internal"},
		prepare: func(t *suite.T, mark string) proto.Message {
			ticket := workTicket(t, mark)
			note := made(t, "notes.create_internal", internalNote(ticket, "Before "+mark))
			return psav1.UpdateNoteRequest_builder{
				Ticket: &ticket, Note: new(suite.ID(note)), SetFields: []string{"body"}, Input: psav1.Note_builder{Body: &mark}.Build(),
			}.Build()
		},
		found: notesOf,
	}, {
		operation: "notes.delete", also: []string{"tickets.list", "notes.list", "notes.create_internal"},
		prepare: func(t *suite.T, mark string) proto.Message {
			ticket := workTicket(t, mark)
			note := made(t, "notes.create_internal", internalNote(ticket, mark))
			return psav1.DeleteNoteRequest_builder{Ticket: &ticket, Note: new(suite.ID(note))}.Build()
		},
		found: gone("notes.list", "note"),
	}, {
		operation: "replies.create", also: []string{"tickets.list", "notes.list"}, makes: true, twice: true,
		prepare: func(t *suite.T, mark string) proto.Message {
			// Whether a PSA mails hangs on what its tenant has set.
			return psav1.SendReplyRequest_builder{Ticket: new(workTicket(t, mark)), Body: &mark, BestEffort: new(true)}.Build()
		},
		found: notesOf,
	}}
}

func internalNote(ticket, body string) *psav1.CreateInternalNoteRequest {
	return psav1.CreateInternalNoteRequest_builder{Ticket: &ticket, Body: &body}.Build()
}

// notesOf are the notes with the mark on the ticket that a request names.
func notesOf(t *suite.T, r proto.Message, mark string) []string {
	return rowsWith(t, "notes.list", ofTicket(t, "notes.list", r), textOf("body", mark))
}

// ofTicket asks a list for what belongs to the ticket that a request names.
func ofTicket(t *suite.T, list string, r proto.Message) proto.Message {
	request := t.Request(list)
	suite.Set(request.ProtoReflect(), "ticket", protoreflect.ValueOfString(suite.Text(r.ProtoReflect(), "ticket")))
	return request
}

// gone shows a deletion: the record that the request names is not in the list of
// its ticket any more.
func gone(list, field string) func(*suite.T, proto.Message, string) []string {
	return func(t *suite.T, r proto.Message, _ string) []string {
		id := suite.Text(r.ProtoReflect(), field)
		left := rowsWith(t, list, ofTicket(t, list, r), func(row protoreflect.Message) bool { return suite.ID(row) == id })
		return ifHeld(id, len(left) == 0)
	}
}
