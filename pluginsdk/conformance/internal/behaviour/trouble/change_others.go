package trouble

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// A time at which nobody works.
var (
	visitStart = time.Date(2031, 5, 4, 3, 0, 0, 0, time.UTC)
	visitEnd   = visitStart.Add(time.Hour)
	laterEnd   = visitEnd.Add(time.Hour)
)

func otherChanges() []change {
	return []change{{
		operation: "time_entries.create", also: []string{"tickets.list", "time_entries.list"}, makes: true, twice: true,
		prepare: func(t *suite.T, mark string) proto.Message { return newTime(workTicket(t, mark), mark) },
		found: func(t *suite.T, r proto.Message, mark string) []string {
			ticket := r.(*psav1.CreateTimeEntryRequest).GetInput().GetTicket().GetId() //nolint:forcetypeassert // prepare made it
			return rowsWith(t, "time_entries.list", timesOf(ticket), textOf("summary", mark))
		},
	}, {
		operation: "time_entries.update", also: []string{"tickets.list", "time_entries.get", "time_entries.create"},
		prepare: func(t *suite.T, mark string) proto.Message {
			entry := made(t, "time_entries.create", newTime(workTicket(t, mark), "Before "+mark))
			return psav1.UpdateTimeEntryRequest_builder{
				TimeEntry: new(suite.ID(entry)), SetFields: []string{"summary"}, Input: psav1.TimeEntry_builder{Summary: &mark}.Build(),
			}.Build()
		},
		found: func(t *suite.T, r proto.Message, mark string) []string {
			id := r.(*psav1.UpdateTimeEntryRequest).GetTimeEntry() //nolint:forcetypeassert // prepare made it
			response, err := t.Call(t.Context(), t.Anew(), "time_entries.get", psav1.GetTimeEntryRequest_builder{TimeEntry: &id}.Build())
			t.Must(err)
			return ifHeld(id, suite.Text(recordOf(response), "summary") == mark)
		},
	}, {
		operation: "time_entries.delete", also: []string{"tickets.list", "time_entries.list", "time_entries.create"},
		prepare: func(t *suite.T, mark string) proto.Message {
			entry := made(t, "time_entries.create", newTime(workTicket(t, mark), mark))
			return psav1.DeleteTimeEntryRequest_builder{TimeEntry: new(suite.ID(entry))}.Build()
		},
		found: func(t *suite.T, r proto.Message, _ string) []string {
			id := r.(*psav1.DeleteTimeEntryRequest).GetTimeEntry() //nolint:forcetypeassert // prepare made it
			left := rowsWith(t, "time_entries.list", &psav1.ListTimeEntriesRequest{}, func(row protoreflect.Message) bool { return suite.ID(row) == id })
			return ifHeld(id, len(left) == 0)
		},
	}, {
		operation: "schedule_entries.create", also: []string{"tickets.list", "schedule_entries.list"}, makes: true,
		prepare: func(t *suite.T, mark string) proto.Message { return newVisit(workTicket(t, mark)) },
		found: func(t *suite.T, r proto.Message, _ string) []string {
			ticket := r.(*psav1.CreateScheduleEntryRequest).GetInput().GetTicket().GetId() //nolint:forcetypeassert // prepare made it
			return visits(t, ticket, func(v *psav1.ScheduleEntry) bool { return v.GetStart().AsTime().Equal(visitStart) })
		},
	}, {
		operation: "schedule_entries.update", also: []string{"tickets.list", "tickets.create", "schedule_entries.list", "schedule_entries.create"},
		prepare: func(t *suite.T, mark string) proto.Message {
			visit := made(t, "schedule_entries.create", newVisit(workTicket(t, mark)))
			return psav1.UpdateScheduleEntryRequest_builder{
				ScheduleEntry: new(suite.ID(visit)), SetFields: []string{"end"}, Input: psav1.ScheduleEntry_builder{End: timestamppb.New(laterEnd)}.Build(),
				Options: acceptConflicts(),
			}.Build()
		},
		found: func(t *suite.T, _ proto.Message, mark string) []string {
			return visitsTo(t, mark, laterEnd)
		},
	}, {
		operation: "schedule_entries.delete", also: []string{"tickets.list", "tickets.create", "schedule_entries.list", "schedule_entries.create"},
		prepare: func(t *suite.T, mark string) proto.Message {
			visit := made(t, "schedule_entries.create", newVisit(workTicket(t, mark)))
			return psav1.DeleteScheduleEntryRequest_builder{ScheduleEntry: new(suite.ID(visit))}.Build()
		},
		found: func(t *suite.T, r proto.Message, mark string) []string {
			id := r.(*psav1.DeleteScheduleEntryRequest).GetScheduleEntry() //nolint:forcetypeassert // prepare made it
			return ifHeld(id, len(visitsTo(t, mark, visitEnd)) == 0)
		},
	}, {
		operation: "attachments.create", also: []string{"tickets.list", "attachments.list"}, makes: true,
		prepare: func(t *suite.T, mark string) proto.Message { return newAttachment(workTicket(t, mark), mark) },
		found: func(t *suite.T, r proto.Message, mark string) []string {
			return rowsWith(t, "attachments.list", ofTicket(t, "attachments.list", r), textOf("file_name", mark+".txt"))
		},
	}, {
		operation: "attachments.delete", also: []string{"tickets.list", "attachments.list", "attachments.create"},
		prepare: func(t *suite.T, mark string) proto.Message {
			ticket := workTicket(t, mark)
			attachment := made(t, "attachments.create", newAttachment(ticket, mark))
			return psav1.DeleteAttachmentRequest_builder{Ticket: &ticket, Attachment: new(suite.ID(attachment))}.Build()
		},
		found: gone("attachments.list", "attachment"),
	}, {
		operation: "contacts.create", also: []string{"contacts.list", "companies.list"}, makes: true,
		prepare: func(t *suite.T, mark string) proto.Message { return newContact(t, mark) },
		found: func(t *suite.T, r proto.Message, mark string) []string {
			company := r.(*psav1.CreateContactRequest).GetInput().GetCompany().GetId() //nolint:forcetypeassert // prepare made it
			return rowsWith(t, "contacts.list", psav1.ListContactsRequest_builder{Company: []string{"id:" + company}}.Build(), textOf("last_name", mark))
		},
	}, {
		operation: "contacts.update", also: []string{"contacts.list", "contacts.get", "companies.list", "contacts.create"},
		prepare: func(t *suite.T, mark string) proto.Message {
			contact := made(t, "contacts.create", newContact(t, mark))
			return psav1.UpdateContactRequest_builder{
				Contact: new(suite.ID(contact)), SetFields: []string{"title"}, Input: psav1.Contact_builder{Title: &mark}.Build(),
			}.Build()
		},
		found: func(t *suite.T, r proto.Message, mark string) []string {
			id := r.(*psav1.UpdateContactRequest).GetContact() //nolint:forcetypeassert // prepare made it
			response, err := t.Call(t.Context(), t.Anew(), "contacts.get", psav1.GetContactRequest_builder{Contact: &id}.Build())
			t.Must(err)
			return ifHeld(id, suite.Text(recordOf(response), "title") == mark)
		},
	}, {
		operation: "configurations.create", also: []string{"configurations.list", "companies.list", "catalogue.configuration_types"}, makes: true,
		prepare: func(t *suite.T, mark string) proto.Message { return newConfiguration(t, mark) },
		found: func(t *suite.T, r proto.Message, mark string) []string {
			company := r.(*psav1.CreateConfigurationRequest).GetInput().GetCompany().GetId() //nolint:forcetypeassert // prepare made it
			return rowsWith(t, "configurations.list", psav1.ListConfigurationsRequest_builder{Company: []string{"id:" + company}}.Build(), textOf("name", mark))
		},
	}, {
		operation: "configurations.update", also: []string{"configurations.list", "configurations.get", "companies.list", "catalogue.configuration_types", "configurations.create"},
		prepare: func(t *suite.T, mark string) proto.Message {
			configuration := made(t, "configurations.create", newConfiguration(t, "Before "+mark))
			return psav1.UpdateConfigurationRequest_builder{
				Configuration: new(suite.ID(configuration)), SetFields: []string{"name"}, Input: psav1.Configuration_builder{Name: &mark}.Build(),
			}.Build()
		},
		found: func(t *suite.T, r proto.Message, mark string) []string {
			id := r.(*psav1.UpdateConfigurationRequest).GetConfiguration() //nolint:forcetypeassert // prepare made it
			response, err := t.Call(t.Context(), t.Anew(), "configurations.get", psav1.GetConfigurationRequest_builder{Configuration: &id}.Build())
			t.Must(err)
			return ifHeld(id, suite.Text(recordOf(response), "name") == mark)
		},
	}}
}

func newTime(ticket, summary string) *psav1.CreateTimeEntryRequest {
	return psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
		Ticket: psav1.Reference_builder{Id: &ticket}.Build(), StartedAt: timestamppb.New(time.Now().Add(-2 * time.Hour).Truncate(time.Minute)),
		DurationSeconds: new(int32(900)), Summary: &summary,
	}.Build()}.Build()
}

func timesOf(ticket string) *psav1.ListTimeEntriesRequest {
	return psav1.ListTimeEntriesRequest_builder{Ticket: []string{ticket}}.Build()
}

func newVisit(ticket string) *psav1.CreateScheduleEntryRequest {
	return psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
		Ticket: psav1.Reference_builder{Id: &ticket}.Build(), Start: timestamppb.New(visitStart), End: timestamppb.New(visitEnd),
	}.Build(), Options: acceptConflicts()}.Build()
}

func acceptConflicts() *psav1.WriteOptions {
	return psav1.WriteOptions_builder{Accept: []string{"schedule_conflict"}}.Build()
}

// visits are the schedule entries of a ticket of which keep is true.
func visits(t *suite.T, ticket string, keep func(*psav1.ScheduleEntry) bool) []string {
	return rowsWith(t, "schedule_entries.list", psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}}.Build(), func(row protoreflect.Message) bool {
		v, ok := row.Interface().(*psav1.ScheduleEntry)
		return ok && keep(v)
	})
}

// visitsTo are the schedule entries, on the tickets with a title, that end then: an
// entry's id may change with it.
func visitsTo(t *suite.T, title string, end time.Time) []string {
	var found []string
	for _, ticket := range ticketsTitled(t, title) {
		found = append(found, visits(t, ticket, func(v *psav1.ScheduleEntry) bool { return v.GetEnd().AsTime().Equal(end) })...)
	}
	return found
}

func newAttachment(ticket, name string) *psav1.CreateAttachmentRequest {
	return psav1.CreateAttachmentRequest_builder{
		Ticket: &ticket, FileName: new(name + ".txt"), ContentType: new("text/plain"), ContentBase64: new("aGVsbG8="),
	}.Build()
}

func newContact(t *suite.T, lastName string) *psav1.CreateContactRequest {
	return psav1.CreateContactRequest_builder{Input: psav1.Contact_builder{
		FirstName: new("Jo"), LastName: &lastName, Company: companyOf(t),
	}.Build()}.Build()
}

func newConfiguration(t *suite.T, name string) *psav1.CreateConfigurationRequest {
	b := psav1.Configuration_builder{Name: &name, Company: companyOf(t)}
	types, err := t.Call(t.Context(), t.Conn(), "catalogue.configuration_types", t.Request("catalogue.configuration_types"))
	t.Must(err)
	for _, row := range suite.Rows(types) {
		if typ, ok := row.Interface().(*psav1.ConfigurationType); ok && typ.GetActive() {
			b.Type = psav1.Reference_builder{Id: new(typ.GetId())}.Build()
			break
		}
	}
	return psav1.CreateConfigurationRequest_builder{Input: b.Build()}.Build()
}

// companyOf is a customer: that of the fixtures' ticket by its id, or else of any
// open one.
func companyOf(t *suite.T) *psav1.Reference {
	if asked := t.File.Fixtures.NewTicket.GetCompany(); asked != nil {
		for _, row := range t.List(t.Conn(), "companies.list", t.Request("companies.list")) {
			if suite.ID(row) == asked.GetId() || suite.Text(row, "name") == asked.GetName() {
				return psav1.Reference_builder{Id: new(suite.ID(row))}.Build()
			}
		}
		t.NotRun("there is no company as fixtures.new_ticket has it")
	}
	return psav1.Reference_builder{Id: new(someTicket(t).GetCompany().GetId())}.Build()
}
