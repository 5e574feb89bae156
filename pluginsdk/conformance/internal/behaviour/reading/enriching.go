package behaviour

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// enrich gives some tickets what filters look for and a tenant may have none of:
// a ticket above them, an id of the caller's. What cannot be written is left.
func enrich(t *suite.T) {
	if t.Simulator == nil || !t.Serves("tickets.update") {
		return
	}
	rows := t.List(t.Conn(), "tickets.list", t.Request("tickets.list"))
	open := changeable(rows)
	if len(open) < 4 {
		return
	}
	some := filter.Spread(open, 4)
	parent := suite.ID(some[0])
	for field, ticket := range map[string]*psav1.Ticket{
		"parent":      psav1.Ticket_builder{Parent: psav1.Reference_builder{Id: &parent}.Build()}.Build(),
		"external_id": psav1.Ticket_builder{ExternalId: new("conformance-1")}.Build(),
	} {
		if anyHas(rows, field) {
			continue
		}
		for _, row := range some[1:3] {
			_, err := psav1.NewTicketWriterClient(t.Conn()).UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
				Ticket: new(suite.ID(row)), Input: ticket, SetFields: []string{field},
			}.Build())
			if err != nil {
				t.Logf("no ticket has a value in %s, and none can be given: %s", field, suite.Words(err))
				break
			}
			if field == "external_id" {
				break
			}
		}
	}
}

// attach adds files to the ticket that a list of attachments is about, where that
// can be undone: tenants have few tickets with several.
func attach(t *suite.T, list protoreflect.Message, n int) {
	if t.Simulator == nil || !t.Serves("attachments.create") {
		return
	}
	for i := range n {
		stream, err := psav1.NewAttachmentWriterClient(t.Conn()).CreateAttachment(t.Context())
		t.Must(err)
		for _, part := range []psav1.CreateAttachmentRequest_builder{
			{Ticket: new(suite.Text(list, "ticket")), FileName: new(fmt.Sprintf("conformance %d.txt", i)), ContentType: new("text/plain")},
			{Chunk: []byte(strings.Repeat("conformance\n", i+1))},
		} {
			if err := stream.Send(part.Build()); err != nil {
				break // the answer tells why
			}
		}
		if _, err = stream.CloseAndRecv(); err != nil {
			t.Logf("no more than %d attachments on one ticket: %s", i, suite.Words(err))
			return
		}
	}
}

// changeable are the tickets that a PSA lets anybody change: those that are open.
func changeable(rows []protoreflect.Message) []protoreflect.Message {
	var open []protoreflect.Message
	for _, row := range rows {
		switch record.Text(row, "status.category") {
		case "RESOLVED", "CLOSED":
		default:
			if record.Text(row, "kind") != "PROJECT" {
				open = append(open, row)
			}
		}
	}
	return open
}

func anyHas(rows []protoreflect.Message, field string) bool {
	for _, row := range rows {
		if record.Has(row, field) {
			return true
		}
	}
	return false
}
