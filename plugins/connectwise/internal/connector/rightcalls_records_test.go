package connector

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
)

var recordCalls = []smallest{
	{operation: "time_entries.list", request: func(*tenant) proto.Message {
		return psav1.ListTimeEntriesRequest_builder{PageSize: new(int32(1))}.Build()
	}},
	{operation: "time_entries.get", request: func(n *tenant) proto.Message {
		return psav1.GetTimeEntryRequest_builder{TimeEntry: new(n.time(n.ticket()))}.Build()
	}},
	{operation: "time_entries.create", request: func(n *tenant) proto.Message {
		return psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
			Ticket: refByID(n.ticket()), StartedAt: timestamppb.New(noon.Add(-time.Hour)), DurationSeconds: new(int32(900)), Summary: new("Looked."),
		}.Build()}.Build()
	}},
	{operation: "time_entries.create", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
			Ticket: refByID(n.project()), StartedAt: timestamppb.New(noon.Add(-time.Hour)), DurationSeconds: new(int32(900)), Summary: new("Looked."),
		}.Build()}.Build()
	}},
	{operation: "time_entries.update", request: func(n *tenant) proto.Message {
		return psav1.UpdateTimeEntryRequest_builder{
			TimeEntry: new(n.time(n.ticket())), Input: psav1.TimeEntry_builder{Summary: new("Changed.")}.Build(), SetFields: []string{"summary"},
		}.Build()
	}},
	{operation: "time_entries.delete", request: func(n *tenant) proto.Message {
		return psav1.DeleteTimeEntryRequest_builder{TimeEntry: new(n.time(n.ticket()))}.Build()
	}},

	{operation: "schedule_entries.list", request: func(*tenant) proto.Message {
		return psav1.ListScheduleEntriesRequest_builder{PageSize: new(int32(1))}.Build()
	}},
	{operation: "schedule_entries.get", request: func(n *tenant) proto.Message {
		return psav1.GetScheduleEntryRequest_builder{ScheduleEntry: new(n.planned())}.Build()
	}},
	{operation: "schedule_entries.create", request: func(n *tenant) proto.Message { return planOn(n.ticket()) }},
	{operation: "schedule_entries.create", part: ofProjects, request: func(n *tenant) proto.Message { return planOn(n.project()) }},
	{operation: "schedule_entries.create", part: "setting the state", request: func(n *tenant) proto.Message {
		r := planOn(n.ticket())
		r.GetInput().SetState(psav1.ScheduleState_TENTATIVE)
		return r
	}},
	{operation: "schedule_entries.update", request: func(n *tenant) proto.Message {
		return n.shifted(psav1.ScheduleEntry_builder{End: stamp(hour(11))}, "end")
	}},
	{operation: "schedule_entries.update", part: "setting the state", request: func(n *tenant) proto.Message {
		return n.shifted(psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_TENTATIVE)}, "state")
	}},
	{operation: "schedule_entries.delete", request: func(n *tenant) proto.Message {
		return psav1.DeleteScheduleEntryRequest_builder{ScheduleEntry: new(n.planned())}.Build()
	}},

	{operation: "attachments.list", request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		n.file(ticket)
		return psav1.ListAttachmentsRequest_builder{Ticket: &ticket}.Build()
	}},
	{operation: "attachments.list", part: "tickets without attachments", request: func(n *tenant) proto.Message {
		return psav1.ListAttachmentsRequest_builder{Ticket: new(n.ticket())}.Build()
	}},
	{operation: "attachments.list", part: ofProjects, request: func(n *tenant) proto.Message {
		ticket := n.project()
		n.file(ticket)
		return psav1.ListAttachmentsRequest_builder{Ticket: &ticket}.Build()
	}},
	{operation: "attachments.get", request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		return psav1.GetAttachmentRequest_builder{Ticket: &ticket, Attachment: new(n.file(ticket))}.Build()
	}},
	{operation: "attachments.get", part: ofProjects, request: func(n *tenant) proto.Message {
		ticket := n.project()
		return psav1.GetAttachmentRequest_builder{Ticket: &ticket, Attachment: new(n.file(ticket))}.Build()
	}},
	{operation: "attachments.download", request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		return psav1.DownloadAttachmentRequest_builder{Ticket: &ticket, Attachment: new(n.file(ticket))}.Build()
	}},
	{operation: "attachments.download", part: ofProjects, request: func(n *tenant) proto.Message {
		ticket := n.project()
		return psav1.DownloadAttachmentRequest_builder{Ticket: &ticket, Attachment: new(n.file(ticket))}.Build()
	}},
	{operation: "attachments.create", request: func(n *tenant) proto.Message { return aFile(n.ticket()) }},
	{operation: "attachments.create", part: ofProjects, request: func(n *tenant) proto.Message { return aFile(n.project()) }},
	{operation: "attachments.delete", request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		return psav1.DeleteAttachmentRequest_builder{Ticket: &ticket, Attachment: new(n.file(ticket))}.Build()
	}},
	{operation: "attachments.delete", part: ofProjects, request: func(n *tenant) proto.Message {
		ticket := n.project()
		return psav1.DeleteAttachmentRequest_builder{Ticket: &ticket, Attachment: new(n.file(ticket))}.Build()
	}},

	{operation: "companies.list", request: func(*tenant) proto.Message {
		return psav1.ListCompaniesRequest_builder{PageSize: new(int32(1))}.Build()
	}},
	{operation: "companies.get", request: func(n *tenant) proto.Message {
		return psav1.GetCompanyRequest_builder{Company: new(n.sample.GetCompany().GetId())}.Build()
	}},
	{operation: "sites.list", request: func(n *tenant) proto.Message {
		return psav1.ListSitesRequest_builder{Company: new(n.sample.GetCompany().GetId())}.Build()
	}},

	{operation: "contacts.list", request: func(*tenant) proto.Message { return psav1.ListContactsRequest_builder{PageSize: new(int32(1))}.Build() }},
	{operation: "contacts.list", part: companyByName, request: func(n *tenant) proto.Message {
		return psav1.ListContactsRequest_builder{Company: []string{n.sample.GetCompany().GetName()}}.Build()
	}},
	{operation: "contacts.get", request: func(n *tenant) proto.Message {
		return psav1.GetContactRequest_builder{Contact: new(n.sample.GetContact().GetId())}.Build()
	}},
	{operation: "contacts.create", request: func(n *tenant) proto.Message { return n.newContact(n.company()) }},
	{operation: "contacts.create", part: companyByName, request: func(n *tenant) proto.Message { return n.newContact(ref(n.sample.GetCompany().GetName())) }},
	{operation: "contacts.create", part: theSite, request: func(n *tenant) proto.Message {
		r := n.newContact(n.company())
		r.GetInput().SetSite(n.site())
		return r
	}},
	{operation: "contacts.update", request: func(n *tenant) proto.Message { return n.person(psav1.Contact_builder{Title: new(n.word())}, "title") }},
	{operation: "contacts.update", part: companyByName, request: func(n *tenant) proto.Message {
		return n.person(psav1.Contact_builder{Company: ref(n.sample.GetCompany().GetName())}, "company")
	}},
	{operation: "contacts.update", part: theSite, request: func(n *tenant) proto.Message { return n.person(psav1.Contact_builder{Site: n.site()}, "site") }},

	{operation: "configurations.list", request: func(*tenant) proto.Message {
		return psav1.ListConfigurationsRequest_builder{PageSize: new(int32(1))}.Build()
	}},
	{operation: "configurations.list", part: companyByName, request: func(n *tenant) proto.Message {
		return psav1.ListConfigurationsRequest_builder{Company: []string{n.sample.GetCompany().GetName()}}.Build()
	}},
	{operation: "configurations.get", request: func(n *tenant) proto.Message {
		return psav1.GetConfigurationRequest_builder{Configuration: new(n.configuration())}.Build()
	}},
	{operation: "configurations.create", request: func(n *tenant) proto.Message { return n.newDevice(n.company()) }},
	{operation: "configurations.create", part: companyByName, request: func(n *tenant) proto.Message { return n.newDevice(ref(n.sample.GetCompany().GetName())) }},
	{operation: "configurations.create", part: theContact, request: func(n *tenant) proto.Message {
		r := n.newDevice(n.company())
		r.GetInput().SetContact(n.contact())
		return r
	}},
	{operation: "configurations.create", part: theSite, request: func(n *tenant) proto.Message {
		r := n.newDevice(n.company())
		r.GetInput().SetSite(n.site())
		return r
	}},
	{operation: "configurations.update", request: func(n *tenant) proto.Message {
		return n.changed(psav1.Configuration_builder{SerialNumber: new(n.word())}, "serial_number")
	}},
	{operation: "configurations.update", part: companyByName, request: func(n *tenant) proto.Message {
		return n.changed(psav1.Configuration_builder{Company: ref(n.sample.GetCompany().GetName())}, "company")
	}},
	{operation: "configurations.update", part: theContact, request: func(n *tenant) proto.Message {
		return n.changed(psav1.Configuration_builder{Contact: n.contact()}, "contact")
	}},
	{operation: "configurations.update", part: theSite, request: func(n *tenant) proto.Message {
		return n.changed(psav1.Configuration_builder{Site: n.site()}, "site")
	}},

	{operation: "technicians.list", request: func(*tenant) proto.Message {
		return psav1.ListTechniciansRequest_builder{PageSize: new(int32(1))}.Build()
	}},
	{operation: "technicians.get", request: func(*tenant) proto.Message { return psav1.GetTechnicianRequest_builder{Technician: new("153")}.Build() }},
	{operation: "technicians.availability", request: available},
	{operation: "technicians.availability", part: "working hours", request: available, lacks: func(r proto.Message, _ error) bool {
		return r.(*psav1.GetAvailabilityResponse).GetAvailability().GetWorkingConfidence() == psav1.Confidence_UNKNOWN
	}},
	{operation: "technicians.availability", part: "what is planned", request: available, lacks: func(r proto.Message, _ error) bool {
		return r.(*psav1.GetAvailabilityResponse).GetAvailability().GetBusyConfidence() == psav1.Confidence_UNKNOWN
	}},
	{operation: "technicians.workload", request: workload},
	{operation: "technicians.workload", part: "the capacity", request: workload, lacks: func(r proto.Message, _ error) bool {
		list := r.(*psav1.ListWorkloadsResponse).GetWorkloads()
		return len(list) > 0 && !list[0].HasCapacitySeconds()
	}},

	{operation: "catalogue.queues", request: func(*tenant) proto.Message { return &psav1.ListQueuesRequest{} }},
	{operation: "catalogue.statuses", request: func(*tenant) proto.Message { return &psav1.ListStatusesRequest{} }},
	{operation: "catalogue.priorities", request: func(*tenant) proto.Message { return &psav1.ListPrioritiesRequest{} }},
	{operation: "catalogue.types", request: func(*tenant) proto.Message { return &psav1.ListTypesRequest{} }},
	{operation: "catalogue.record_types", request: func(*tenant) proto.Message { return &psav1.ListRecordTypesRequest{} }},
	{operation: "catalogue.sources", request: func(*tenant) proto.Message { return &psav1.ListSourcesRequest{} }},
	{operation: "catalogue.work_types", request: func(*tenant) proto.Message { return &psav1.ListWorkTypesRequest{} }},
	{operation: "catalogue.work_roles", request: func(*tenant) proto.Message { return &psav1.ListWorkRolesRequest{} }},
	{operation: "catalogue.configuration_types", request: func(*tenant) proto.Message { return &psav1.ListConfigurationTypesRequest{} }},
	{operation: "catalogue.configuration_statuses", request: func(*tenant) proto.Message { return &psav1.ListConfigurationStatusesRequest{} }},
	{operation: "catalogue.schedule_statuses", request: func(*tenant) proto.Message { return &psav1.ListScheduleStatusesRequest{} }},
	{operation: "catalogue.custom_fields", part: "those of tickets", request: fieldsOf("ticket")},
	{operation: "catalogue.custom_fields", part: "those of time entries", request: fieldsOf("time_entry")},
	{operation: "catalogue.custom_fields", part: "those of companies", request: fieldsOf("company")},
	{operation: "catalogue.custom_fields", part: "those of contacts", request: fieldsOf("contact")},
	{operation: "catalogue.custom_fields", part: "those of configurations", request: fieldsOf("configuration")},
}

func fieldsOf(resource string) func(*tenant) proto.Message {
	return func(*tenant) proto.Message { return psav1.ListCustomFieldsRequest_builder{Resource: &resource}.Build() }
}

func available(*tenant) proto.Message {
	return psav1.GetAvailabilityRequest_builder{Technician: new("153"), From: stamp(noon), To: stamp(noon.Add(24 * time.Hour))}.Build()
}

func workload(*tenant) proto.Message {
	return psav1.ListWorkloadsRequest_builder{Technician: []string{seed.TechnicianMember}}.Build()
}

func planOn(ticket string) *psav1.CreateScheduleEntryRequest {
	return psav1.CreateScheduleEntryRequest_builder{
		Input:   psav1.ScheduleEntry_builder{Ticket: refByID(ticket), Start: stamp(hour(9)), End: stamp(hour(10))}.Build(),
		Options: psav1.WriteOptions_builder{Accept: []string{"schedule_conflict"}}.Build(),
	}.Build()
}

// shifted changes a new visit.
func (n *tenant) shifted(input psav1.ScheduleEntry_builder, field string) proto.Message {
	return psav1.UpdateScheduleEntryRequest_builder{
		ScheduleEntry: new(n.planned()), Input: input.Build(), SetFields: []string{field}, Options: psav1.WriteOptions_builder{Accept: []string{"schedule_conflict"}}.Build(),
	}.Build()
}

func (n *tenant) newContact(company *psav1.Reference) *psav1.CreateContactRequest {
	return psav1.CreateContactRequest_builder{Input: psav1.Contact_builder{FirstName: new("Jo"), LastName: new(n.word()), Company: company}.Build()}.Build()
}

// person changes a new contact.
func (n *tenant) person(input psav1.Contact_builder, field string) proto.Message {
	made := n.post("company/contacts", `{"firstName":"Jo","lastName":%q,"company":{"id":%s}}`, n.word(), n.sample.GetCompany().GetId())
	return psav1.UpdateContactRequest_builder{Contact: &made, Input: input.Build(), SetFields: []string{field}}.Build()
}

func (n *tenant) newDevice(company *psav1.Reference) *psav1.CreateConfigurationRequest {
	return psav1.CreateConfigurationRequest_builder{Input: psav1.Configuration_builder{Name: new(n.word()), Company: company, Type: refByID(n.deviceType)}.Build()}.Build()
}

// changed changes a new configuration.
func (n *tenant) changed(input psav1.Configuration_builder, field string) proto.Message {
	return psav1.UpdateConfigurationRequest_builder{Configuration: new(n.configuration()), Input: input.Build(), SetFields: []string{field}}.Build()
}
