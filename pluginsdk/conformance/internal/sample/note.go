package sample

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Notes are the texts on tickets.
var Notes = Resource{
	Kind: record.Note, Create: "notes.create_internal", Update: "notes.update", message: &psav1.Note{},
	new: func(x *Tenant, _ string) record.Ref { return x.InternalNote(x.Ticket()) },
	value: func(x *Tenant, _ protoreflect.Message, field string) (proto.Message, string) {
		b := psav1.Note_builder{Body: new(x.Title("changed note") + "\nSecond line.")}
		switch field {
		case "body":
		case "title":
			b.Body, b.Title = nil, new(x.Title("note"))
		case "format":
			b.Format = new(psav1.Format_MARKDOWN)
		default:
			return b.Build(), none(field)
		}
		return b.Build(), ""
	},
}

// InternalNote writes an internal note on a ticket.
func (x *Tenant) InternalNote(t *psav1.Ticket) record.Ref {
	answer, err := psav1.NewInternalNoteWriterClient(x.t.Conn()).CreateInternalNote(x.t.Context(), psav1.CreateInternalNoteRequest_builder{
		Ticket: new(t.GetId()), Body: new(x.Title("note")),
	}.Build())
	if err != nil {
		x.t.Fatalf("notes.create_internal: %s", suite.Words(err))
	}
	return record.Ref{Kind: record.Note, ID: answer.GetNote().GetId(), OfTicket: t.GetId()}
}
