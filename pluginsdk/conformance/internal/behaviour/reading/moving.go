package reading

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// mover changes the records of a list while somebody walks over it. A nil one is
// an operation that the resource does not have.
type mover struct {
	list string
	// update is the operation that changes a record; field is the text that it
	// changes.
	update, field string
	// change writes the text into a record.
	change func(t *suite.T, row protoreflect.Message, text string) error
	// create is the operation that adds a record, like one that there is.
	create string
	add    func(t *suite.T, like protoreflect.Message, text string) error
	// remove is the operation that takes a record away; "" where there is none.
	remove string
	// own adds records and asks for these alone, where what a tenant has may be
	// locked; nil asks for all.
	own func(t *suite.T, add func(*suite.T, protoreflect.Message, string) error) proto.Message
}

var movers = []mover{
	{
		list: "tickets.list", update: "tickets.update", field: "title", change: func(t *suite.T, row protoreflect.Message, text string) error {
			_, err := psav1.NewTicketWriterClient(t.Conn()).UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
				Ticket: new(suite.ID(row)), SetFields: []string{"title"}, Input: psav1.Ticket_builder{Title: &text}.Build(),
			}.Build())
			return err
		},
		create: "tickets.create", add: func(t *suite.T, like protoreflect.Message, text string) error {
			ticket := psav1.Ticket_builder{Company: psav1.Reference_builder{Id: new(field.Text(like, "company.id"))}.Build()}.Build()
			if t.File.Fixtures.NewTicket != nil {
				ticket = proto.CloneOf(t.File.Fixtures.NewTicket)
			}
			ticket.SetTitle(text)
			_, err := psav1.NewTicketWriterClient(t.Conn()).CreateTicket(t.Context(), psav1.CreateTicketRequest_builder{Input: ticket}.Build())
			return err
		},
		remove: "tickets.delete",
	},
	{
		list: "contacts.list", update: "contacts.update", field: "title", change: func(t *suite.T, row protoreflect.Message, text string) error {
			_, err := psav1.NewContactWriterClient(t.Conn()).UpdateContact(t.Context(), psav1.UpdateContactRequest_builder{
				Contact: new(suite.ID(row)), SetFields: []string{"title"}, Input: psav1.Contact_builder{Title: &text}.Build(),
			}.Build())
			return err
		},
		create: "contacts.create", add: func(t *suite.T, like protoreflect.Message, text string) error {
			_, err := psav1.NewContactWriterClient(t.Conn()).CreateContact(t.Context(), psav1.CreateContactRequest_builder{Input: psav1.Contact_builder{
				FirstName: new("Conformance"), LastName: &text, Company: psav1.Reference_builder{Id: new(field.Text(like, "company.id"))}.Build(),
			}.Build()}.Build())
			return err
		},
	},
	{
		list: "configurations.list", update: "configurations.update", field: "tag", change: func(t *suite.T, row protoreflect.Message, text string) error {
			_, err := psav1.NewConfigurationWriterClient(t.Conn()).UpdateConfiguration(t.Context(), psav1.UpdateConfigurationRequest_builder{
				Configuration: new(suite.ID(row)), SetFields: []string{"tag"}, Input: psav1.Configuration_builder{Tag: &text}.Build(),
			}.Build())
			return err
		},
		create: "configurations.create", add: func(t *suite.T, like protoreflect.Message, text string) error {
			_, err := psav1.NewConfigurationWriterClient(t.Conn()).CreateConfiguration(t.Context(), psav1.CreateConfigurationRequest_builder{Input: psav1.Configuration_builder{
				Name: &text, Company: psav1.Reference_builder{Id: new(field.Text(like, "company.id"))}.Build(), Type: psav1.Reference_builder{Id: new(field.Text(like, "type.id"))}.Build(),
			}.Build()}.Build())
			return err
		},
	},
	{
		list: "time_entries.list", update: "time_entries.update", field: "summary", change: func(t *suite.T, row protoreflect.Message, text string) error {
			_, err := psav1.NewTimeWriterClient(t.Conn()).UpdateTimeEntry(t.Context(), psav1.UpdateTimeEntryRequest_builder{
				TimeEntry: new(suite.ID(row)), SetFields: []string{"summary"}, Input: psav1.TimeEntry_builder{Summary: &text}.Build(),
			}.Build())
			return err
		},
		create: "time_entries.create", add: func(t *suite.T, like protoreflect.Message, text string) error {
			_, err := psav1.NewTimeWriterClient(t.Conn()).CreateTimeEntry(t.Context(), psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
				Ticket: psav1.Reference_builder{Id: new(field.Text(like, "ticket.id"))}.Build(), DurationSeconds: new(int32(900)), Summary: &text,
			}.Build()}.Build())
			return err
		},
		remove: "time_entries.delete", own: ownTime,
	},
	{
		list:   "schedule_entries.list",
		create: "schedule_entries.create", add: func(t *suite.T, like protoreflect.Message, _ string) error {
			at, _ := field.Time(like, "end")
			_, err := psav1.NewScheduleWriterClient(t.Conn()).CreateScheduleEntry(t.Context(), psav1.CreateScheduleEntryRequest_builder{
				Input: psav1.ScheduleEntry_builder{
					Ticket: psav1.Reference_builder{Id: new(field.Text(like, "ticket.id"))}.Build(), Start: timestamppb.New(at), End: timestamppb.New(at.Add(15 * time.Minute)),
				}.Build(),
				Options: psav1.WriteOptions_builder{Accept: []string{"schedule_conflict"}}.Build(),
			}.Build())
			return err
		},
		remove: "schedule_entries.delete",
	},
	{
		list:   "attachments.list",
		create: "attachments.create", add: func(t *suite.T, like protoreflect.Message, text string) error {
			stream, err := psav1.NewAttachmentWriterClient(t.Conn()).CreateAttachment(t.Context())
			if err != nil {
				return err
			}
			for _, part := range []psav1.CreateAttachmentRequest_builder{
				{Ticket: new(field.Text(like, "ticket")), FileName: new(text + ".txt"), ContentType: new("text/plain")}, {Chunk: []byte(text)},
			} {
				if stream.Send(part.Build()) != nil {
					break // the answer tells why
				}
			}
			_, err = stream.CloseAndRecv()
			return err
		},
		remove: "attachments.delete",
	},
	{
		list:   "notes.list",
		create: "notes.create_internal", add: func(t *suite.T, like protoreflect.Message, text string) error {
			_, err := psav1.NewInternalNoteWriterClient(t.Conn()).CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{
				Ticket: new(field.Text(like, "ticket")), Body: &text,
			}.Build())
			return err
		},
		remove: "notes.delete",
	},
}

// ownTime books time on an open ticket and asks for the time booked there.
func ownTime(t *suite.T, add func(*suite.T, protoreflect.Message, string) error) proto.Message {
	if !t.Serves("tickets.list") || !t.Serves("time_entries.create") {
		return t.Request("time_entries.list")
	}
	newest := t.Request("tickets.list")
	suite.Set(newest.ProtoReflect(), "order_by", protoreflect.ValueOfString("updated_at desc"))
	response, err := t.Call(t.Context(), t.Conn(), "tickets.list", newest)
	t.Must(err)
	for _, ticket := range changeable(suite.Rows(response)) {
		entry := psav1.TimeEntry_builder{Ticket: psav1.Reference_builder{Id: new(suite.ID(ticket))}.Build()}.Build()
		for n := range 2 * stops {
			if err = add(t, entry.ProtoReflect(), fmt.Sprintf("conformance, entry %d", n)); err != nil {
				break // this ticket takes no time
			}
		}
		if err == nil {
			return psav1.ListTimeEntriesRequest_builder{Ticket: []string{suite.ID(ticket)}}.Build()
		}
	}
	t.Logf("no open ticket takes time: %s", suite.Words(err))
	return t.Request("time_entries.list")
}
