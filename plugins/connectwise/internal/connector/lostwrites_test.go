package connector

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// lostWrite is a kind of write.
type lostWrite struct {
	// method and path are the request to ConnectWise whose answer is lost.
	method, path string
	// request makes what the write needs, and what it asks.
	request func(t *testing.T, i *Instance, sim *simulator.Running) proto.Message
	// half says that a part of the write stays undone when the answer is lost.
	half bool
	// create says that the write makes a record.
	create bool
	// way is how the connection answers customers.
	way string
	// once says that ConnectWise takes no second one just the same.
	once bool
	// blind says that the call itself looks once, and is not to see anything.
	blind bool
}

var lostWrites = map[string]lostWrite{
	"tickets.create": {method: "POST", path: "service/tickets", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
		return psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
			Title: new(`The "big" printer isn't on`), Description: new("On floor 3."), Company: refByID(company), Priority: psav1.Priority_builder{Level: new(int32(2))}.Build(),
		}.Build()}.Build()
	}},
	"tickets.create by its external id": {method: "POST", path: "service/tickets", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
		return psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{Title: new("Once"), Company: refByID(company), ExternalId: new("key-1")}.Build()}.Build()
	}},
	"tickets.create in a project": {method: "POST", path: "project/tickets", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		phase := aProjectTicket(t, i).GetCustomFields()["vendor.phase"].GetStringValue()
		return psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
			Kind: new(psav1.Kind_PROJECT), Title: new("Pull the cables"), CustomFields: custom("vendor.phase", phase),
		}.Build()}.Build()
	}},
	"tickets.update": {method: "PATCH", path: "service/tickets/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.UpdateTicketRequest_builder{
			Ticket: new(firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()), SetFields: []string{"title", "estimated_seconds", "owner"},
			Input: psav1.Ticket_builder{Title: new("Changed"), EstimatedSeconds: new(int32(1000))}.Build(),
		}.Build()
	}},
	"tickets.update of the description": {method: "PATCH", path: "service/tickets/*/notes/*", request: func(t *testing.T, i *Instance, sim *simulator.Running) proto.Message {
		ticket, _, _ := noted(t, i)
		return psav1.UpdateTicketRequest_builder{Ticket: &ticket, SetFields: []string{"description"}, Input: psav1.Ticket_builder{Description: new("Anew.")}.Build()}.Build()
	}},
	"tickets.transition": {method: "PATCH", path: "service/tickets/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.TransitionTicketRequest_builder{Ticket: new(openTicket(t, i).GetId()), To: to(psav1.Category_CLOSED)}.Build()
	}},
	"tickets.transition, at the resolution": {method: "POST", path: "service/tickets/*/notes", half: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.TransitionTicketRequest_builder{Ticket: new(openTicket(t, i).GetId()), To: to(psav1.Category_CLOSED), Resolution: resolved("Done.")}.Build()
	}},
	"tickets.delete": {method: "DELETE", path: "service/tickets/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
		return psav1.DeleteTicketRequest_builder{Ticket: new(create(t, i, psav1.Ticket_builder{Title: new("A test"), Company: refByID(company)}).GetTicket().GetId())}.Build()
	}},
	"tickets.merge": {method: "POST", path: "service/tickets/*/merge", blind: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		same := ofOneCompany(t, i, "Service Desk", 3)
		return mergeOf(same[0].GetId(), same[1].GetId(), same[2].GetId()).Build()
	}},
	"tickets.merge, at the note": {method: "POST", path: "service/tickets/*/notes", half: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		same := ofOneCompany(t, i, "Service Desk", 2)
		b := mergeOf(same[0].GetId(), same[1].GetId())
		b.Note = new("The same.")
		return b.Build()
	}},
	"notes.create_internal": {method: "POST", path: "service/tickets/*/notes", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateInternalNoteRequest_builder{Ticket: new(openTicket(t, i).GetId()), Body: new("Watching.\r\n\r\nStill.")}.Build()
	}},
	"notes.create_internal in a project": {method: "POST", path: "project/tickets/*/notes", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateInternalNoteRequest_builder{Ticket: new(aProjectTicket(t, i).GetId()), Body: new("Cables are here.")}.Build()
	}},
	"notes.create_customer": {method: "POST", path: "service/tickets/*/notes", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateCustomerNoteRequest_builder{Ticket: new(openTicket(t, i).GetId()), Body: new("On it.")}.Build()
	}},
	"notes.update": {method: "PATCH", path: "service/tickets/*/notes/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		ticket, internal, _ := noted(t, i)
		return editNote(ticket, internal.GetId(), psav1.Note_builder{Body: new("Changed.")}, "body")
	}},
	"notes.delete": {method: "DELETE", path: "service/tickets/*/notes/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		ticket, internal, _ := noted(t, i)
		return psav1.DeleteNoteRequest_builder{Ticket: &ticket, Note: new(internal.GetId())}.Build()
	}},
	"replies.create by note": {method: "POST", path: "service/tickets/*/notes", create: true, request: aReply},
	"replies.create by time": {method: "POST", path: "time/entries", create: true, way: pluginsdk.MailByTimeEntry, request: aReply},
	"replies.create and a status": {method: "POST", path: "service/tickets/*/notes", half: true, request: func(t *testing.T, i *Instance, sim *simulator.Running) proto.Message {
		r := aReply(t, i, sim).(*psav1.SendReplyRequest)
		r.SetStatusAfter(to(psav1.Category_WAITING_CUSTOMER))
		return r
	}},
	"replies.create with time, at the time": {method: "POST", path: "time/entries", half: true, request: func(t *testing.T, i *Instance, sim *simulator.Running) proto.Message {
		r := aReply(t, i, sim).(*psav1.SendReplyRequest)
		r.SetTimeEntry(psav1.ReplyTime_builder{DurationSeconds: new(int32(900))}.Build())
		return r
	}},
	"time_entries.create": {method: "POST", path: "time/entries", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
			Ticket: refByID(openTicket(t, i).GetId()), StartedAt: timestamppb.New(noon.Add(-time.Hour)), DurationSeconds: new(int32(900)), Summary: new("Looked."),
		}.Build()}.Build()
	}},
	"time_entries.create that ended now": {method: "POST", path: "time/entries", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
			Ticket: refByID(openTicket(t, i).GetId()), DurationSeconds: new(int32(900)), Summary: new("Looked."),
		}.Build()}.Build()
	}},
	"time_entries.update": {method: "PATCH", path: "time/entries/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.UpdateTimeEntryRequest_builder{
			TimeEntry: new(anEntry(t, i).GetId()), Input: psav1.TimeEntry_builder{Summary: new("Looked again."), DurationSeconds: new(int32(1800))}.Build(),
			SetFields: []string{"summary", "duration_seconds"},
		}.Build()
	}},
	"time_entries.delete": {method: "DELETE", path: "time/entries/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.DeleteTimeEntryRequest_builder{TimeEntry: new(anEntry(t, i).GetId())}.Build()
	}},
	"schedule_entries.create": {method: "POST", path: "schedule/entries", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		r := aVisit(t, i)
		r.SetOptions(psav1.WriteOptions_builder{Accept: []string{"schedule_conflict"}}.Build())
		return r
	}},
	"schedule_entries.update": {method: "PATCH", path: "schedule/entries/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		made, err := i.CreateScheduleEntry(t.Context(), aVisit(t, i))
		if err != nil {
			t.Fatal(err)
		}
		return psav1.UpdateScheduleEntryRequest_builder{
			ScheduleEntry: new(made.GetScheduleEntry().GetId()), SetFields: []string{"end", "state"},
			Input: psav1.ScheduleEntry_builder{End: timestamppb.New(made.GetScheduleEntry().GetEnd().AsTime().Add(time.Hour)), State: new(psav1.ScheduleState_TENTATIVE)}.Build(),
		}.Build()
	}},
	"schedule_entries.delete": {method: "DELETE", path: "schedule/entries/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		made, err := i.CreateScheduleEntry(t.Context(), aVisit(t, i))
		if err != nil {
			t.Fatal(err)
		}
		return psav1.DeleteScheduleEntryRequest_builder{ScheduleEntry: new(made.GetScheduleEntry().GetId())}.Build()
	}},
	"attachments.create": {method: "POST", path: "system/documents", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateAttachmentRequest_builder{Ticket: new(openTicket(t, i).GetId()), FileName: new("log.txt"), ContentBase64: new("aGVsbG8=")}.Build()
	}},
	"attachments.create of a link": {method: "POST", path: "system/documents", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateAttachmentRequest_builder{Ticket: new(openTicket(t, i).GetId()), Title: new("Runbook"), Link: new("https://kb.example/5")}.Build()
	}},
	"attachments.delete": {method: "DELETE", path: "system/documents/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		ticket := openTicket(t, i).GetId()
		made, err := invoke(t.Context(), t, i, psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("log.txt"), ContentBase64: new("aGVsbG8=")}.Build())
		if err != nil {
			t.Fatal(err)
		}
		return psav1.DeleteAttachmentRequest_builder{Ticket: &ticket, Attachment: new(recordOf(made))}.Build()
	}},
	"contacts.create": {method: "POST", path: "company/contacts", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return aContact(t, i, "jo@brandt.example")
	}, once: true},
	"contacts.create without an address": {method: "POST", path: "company/contacts", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return aContact(t, i, "")
	}},
	"contacts.update": {method: "PATCH", path: "company/contacts/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		made, err := i.CreateContact(t.Context(), aContact(t, i, "jo@brandt.example"))
		if err != nil {
			t.Fatal(err)
		}
		return psav1.UpdateContactRequest_builder{
			Contact: new(made.GetContact().GetId()), SetFields: []string{"title", "phone"},
			Input: psav1.Contact_builder{Title: new("Head of paper"), Phone: new("+1 503 555 0100")}.Build(),
		}.Build()
	}},
	"configurations.create": {method: "POST", path: "company/configurations", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return aConfiguration(t, i, "")
	}},
	"configurations.create by its external id": {method: "POST", path: "company/configurations", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return aConfiguration(t, i, "rmm-77")
	}},
	"configurations.update": {method: "PATCH", path: "company/configurations/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		made, err := i.CreateConfiguration(t.Context(), aConfiguration(t, i, ""))
		if err != nil {
			t.Fatal(err)
		}
		return psav1.UpdateConfigurationRequest_builder{
			Configuration: new(made.GetConfiguration().GetId()), SetFields: []string{"serial_number"},
			Input: psav1.Configuration_builder{SerialNumber: new("SN-1")}.Build(),
		}.Build()
	}},
}

func aContact(t *testing.T, i *Instance, email string) *psav1.CreateContactRequest {
	b := psav1.Contact_builder{FirstName: new("Jo"), LastName: new("Brandt"), Company: refByID(firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId())}
	if email != "" {
		b.Email = &email
	}
	return psav1.CreateContactRequest_builder{Input: b.Build()}.Build()
}

func aConfiguration(t *testing.T, i *Instance, external string) *psav1.CreateConfigurationRequest {
	types, err := i.ListConfigurationTypes(t.Context(), psav1.ListConfigurationTypesRequest_builder{}.Build())
	if err != nil {
		t.Fatal(err)
	}
	b := psav1.Configuration_builder{
		Name: new("PRN-9"), Company: refByID(firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()),
		Type: refByID(types.GetConfigurationTypes()[0].GetId()),
	}
	if external != "" {
		b.ExternalId = &external
	}
	return psav1.CreateConfigurationRequest_builder{Input: b.Build()}.Build()
}

// aReply is a reply on a ticket that mails its contact.
func aReply(t *testing.T, i *Instance, sim *simulator.Running) proto.Message {
	ticket := openTicket(t, i).GetId()
	vendor(t, sim, "PATCH", "service/tickets/"+ticket, `[{"op":"replace","path":"automaticEmailContactFlag","value":true}]`, nil)
	return psav1.SendReplyRequest_builder{Ticket: &ticket, Body: new("It works again.")}.Build()
}

// aVisit plans work at a time when nobody works.
func aVisit(t *testing.T, i *Instance) *psav1.CreateScheduleEntryRequest {
	start := time.Date(2031, 5, 4, 3, 0, 0, 0, time.UTC)
	return psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
		Ticket: refByID(openTicket(t, i).GetId()), Start: timestamppb.New(start), End: timestamppb.New(start.Add(time.Hour)),
	}.Build()}.Build()
}
