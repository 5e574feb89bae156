package connector

import (
	"slices"

	"google.golang.org/protobuf/proto"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// smallest is the least that an operation can be asked, or the least of one of its
// parts.
type smallest struct {
	operation string
	part      string // in the words of the probe; "" is the operation itself
	within    string // a part that this one is a case of
	way       string // how the connection answers customers, where that is the matter
	request   func(n *tenant) proto.Message
	// lacks tells, of an answer that is no refusal, that the part is not in it.
	lacks func(answer proto.Message, err error) bool
}

var smallestCalls = slices.Concat(ticketCalls, recordCalls)

// The parts of operations, in the words of the probe.
const (
	ofProjects      = "tickets of projects"
	closingTickets  = "closing tickets"
	closingProjects = "closing tickets of projects"
	addingCoOwners  = "adding co-owners"
	removing        = "removing co-owners"
	copiedFiles     = "attachments of merged tickets of projects"

	companyByName       = "finding companies by name"
	contactByName       = "finding contacts by name"
	configurationByName = "finding configurations by name"
	itsConfigurations   = "setting configurations"
	theContact          = "setting the contact"
	theSite             = "setting the site"
)

var ticketCalls = []smallest{
	{operation: "tickets.list", request: func(*tenant) proto.Message {
		return psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_SERVICE}, PageSize: new(int32(1))}.Build()
	}},
	{operation: "tickets.list", part: ofProjects, request: func(*tenant) proto.Message {
		return psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_PROJECT}, PageSize: new(int32(1))}.Build()
	}},
	{operation: "tickets.list", part: companyByName, request: func(n *tenant) proto.Message {
		return psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_SERVICE}, Company: []string{n.sample.GetCompany().GetName()}}.Build()
	}},
	{operation: "tickets.list", part: contactByName, request: func(n *tenant) proto.Message {
		return psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_SERVICE}, Contact: []string{n.sample.GetContact().GetEmail()}}.Build()
	}},
	{operation: "tickets.get", request: func(n *tenant) proto.Message {
		return psav1.GetTicketRequest_builder{Ticket: new(n.ticket())}.Build()
	}},
	{operation: "tickets.get", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.GetTicketRequest_builder{Ticket: new(n.project())}.Build()
	}},
	{operation: "tickets.history", request: func(n *tenant) proto.Message {
		return psav1.ListTicketHistoryRequest_builder{Ticket: new(n.ticket())}.Build()
	}},
	{operation: "tickets.history", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.ListTicketHistoryRequest_builder{Ticket: new(n.project())}.Build()
	}},
	{operation: "tickets.create", request: func(n *tenant) proto.Message { return n.newTicket() }},
	{operation: "tickets.create", part: addingCoOwners, request: func(n *tenant) proto.Message {
		r := n.newTicket()
		r.GetInput().SetCoOwners(refs("bwalsh"))
		return r
	}},
	{operation: "tickets.create", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
			Kind: new(psav1.Kind_PROJECT), Title: new("Cables"), CustomFields: custom("vendor.phase", n.phase),
		}.Build()}.Build()
	}},
	{operation: "tickets.create", part: companyByName, request: func(n *tenant) proto.Message {
		r := n.newTicket()
		r.GetInput().SetCompany(ref(n.sample.GetCompany().GetName()))
		return r
	}},
	{operation: "tickets.create", part: theContact, request: func(n *tenant) proto.Message {
		r := n.newTicket()
		r.GetInput().SetContact(n.contact())
		return r
	}},
	{operation: "tickets.create", part: theSite, request: func(n *tenant) proto.Message {
		r := n.newTicket()
		r.GetInput().SetSite(n.site())
		return r
	}},
	{operation: "tickets.create", part: itsConfigurations, request: func(n *tenant) proto.Message {
		r := n.newTicket()
		r.GetInput().SetConfigurations([]*psav1.Reference{refByID(n.configuration())})
		return r
	}},
	{operation: "tickets.create", part: configurationByName, within: itsConfigurations, request: func(n *tenant) proto.Message {
		r := n.newTicket()
		r.GetInput().SetConfigurations(refs(n.device()))
		return r
	}},
	{operation: "tickets.update", request: func(n *tenant) proto.Message {
		return change(n.ticket(), psav1.Ticket_builder{Title: new("Changed")}, "title")
	}},
	{operation: "tickets.update", part: ofProjects, request: func(n *tenant) proto.Message {
		return change(n.project(), psav1.Ticket_builder{Title: new("Changed")}, "title")
	}},
	{operation: "tickets.update", part: closingTickets, request: func(n *tenant) proto.Message {
		return change(n.ticket(), psav1.Ticket_builder{Status: to(psav1.Category_CLOSED)}, "status")
	}},
	{operation: "tickets.update", part: closingProjects, within: ofProjects, request: func(n *tenant) proto.Message {
		return change(n.project(), psav1.Ticket_builder{Status: to(psav1.Category_CLOSED)}, "status")
	}},
	{operation: "tickets.update", part: addingCoOwners, request: func(n *tenant) proto.Message {
		return change(n.ticket(), psav1.Ticket_builder{CoOwners: refs("bwalsh")}, "co_owners")
	}},
	{operation: "tickets.update", part: removing, request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		n.visit(ticket, "")
		return change(ticket, psav1.Ticket_builder{}, "co_owners")
	}},
	{operation: "tickets.update", part: companyByName, request: func(n *tenant) proto.Message {
		return change(n.ticket(), psav1.Ticket_builder{Company: ref(n.sample.GetCompany().GetName())}, "company")
	}},
	{operation: "tickets.update", part: theContact, request: func(n *tenant) proto.Message {
		return change(n.ticket(), psav1.Ticket_builder{Contact: n.contact()}, "contact")
	}},
	{operation: "tickets.update", part: theSite, request: func(n *tenant) proto.Message {
		return change(n.ticket(), psav1.Ticket_builder{Site: n.site()}, "site")
	}},
	{operation: "tickets.update", part: configurationByName, request: func(n *tenant) proto.Message {
		return change(n.ticket(), psav1.Ticket_builder{Configurations: refs(n.device())}, "configurations")
	}},
	{operation: "tickets.delete", request: func(n *tenant) proto.Message {
		return psav1.DeleteTicketRequest_builder{Ticket: new(n.ticket())}.Build()
	}},
	{operation: "tickets.delete", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.DeleteTicketRequest_builder{Ticket: new(n.project())}.Build()
	}},
	{operation: "tickets.transitions", request: func(n *tenant) proto.Message {
		return psav1.ListTransitionsRequest_builder{Ticket: new(n.ticket())}.Build()
	}},
	{operation: "tickets.transitions", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.ListTransitionsRequest_builder{Ticket: new(n.project())}.Build()
	}},
	{operation: "tickets.transition", request: func(n *tenant) proto.Message { return transition(n.ticket(), psav1.Category_IN_PROGRESS) }},
	{operation: "tickets.transition", part: ofProjects, request: func(n *tenant) proto.Message { return transition(n.project(), psav1.Category_IN_PROGRESS) }},
	{operation: "tickets.transition", part: closingTickets, request: func(n *tenant) proto.Message { return transition(n.ticket(), psav1.Category_CLOSED) }},
	{operation: "tickets.transition", part: closingProjects, within: ofProjects, request: func(n *tenant) proto.Message { return transition(n.project(), psav1.Category_CLOSED) }},
	{operation: "tickets.merge", request: func(n *tenant) proto.Message { return mergeOf(n.ticket(), n.ticket()).Build() }},
	{operation: "tickets.merge", part: ofProjects, request: func(n *tenant) proto.Message {
		b := mergeOf(n.project(), n.project())
		b.Carry = psav1.Carry_builder{Attachments: new(psav1.Carry_Attachments_NONE)}.Build()
		return b.Build()
	}},
	{operation: "tickets.merge", part: copiedFiles, within: ofProjects, request: func(n *tenant) proto.Message {
		duplicate := n.project()
		n.file(duplicate)
		return mergeOf(n.project(), duplicate).Build()
	}},

	{operation: "notes.list", request: func(n *tenant) proto.Message {
		return psav1.ListNotesRequest_builder{Ticket: new(n.ticket())}.Build()
	}},
	{operation: "notes.list", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.ListNotesRequest_builder{Ticket: new(n.project())}.Build()
	}},
	{operation: "notes.get", request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		return psav1.GetNoteRequest_builder{Ticket: &ticket, Note: new(n.note(ticket, "internalAnalysisFlag"))}.Build()
	}},
	{operation: "notes.get", part: ofProjects, request: func(n *tenant) proto.Message {
		ticket := n.project()
		return psav1.GetNoteRequest_builder{Ticket: &ticket, Note: new(n.projectNote(ticket, "internalAnalysisFlag"))}.Build()
	}},
	{operation: "notes.create_internal", request: func(n *tenant) proto.Message {
		return psav1.CreateInternalNoteRequest_builder{Ticket: new(n.ticket()), Body: new("Seen.")}.Build()
	}},
	{operation: "notes.create_internal", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.CreateInternalNoteRequest_builder{Ticket: new(n.project()), Body: new("Seen.")}.Build()
	}},
	{operation: "notes.create_customer", request: func(n *tenant) proto.Message {
		return psav1.CreateCustomerNoteRequest_builder{Ticket: new(n.ticket()), Body: new("Seen.")}.Build()
	}},
	{operation: "notes.create_customer", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.CreateCustomerNoteRequest_builder{Ticket: new(n.project()), Body: new("Seen.")}.Build()
	}},
	{operation: "notes.update", request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		return editNote(ticket, n.note(ticket, "internalAnalysisFlag"), psav1.Note_builder{Body: new("Changed.")}, "body")
	}},
	{operation: "notes.update", part: ofProjects, request: func(n *tenant) proto.Message {
		ticket := n.project()
		return editNote(ticket, n.projectNote(ticket, "internalAnalysisFlag"), psav1.Note_builder{Body: new("Changed.")}, "body")
	}},
	{operation: "notes.delete", request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		return psav1.DeleteNoteRequest_builder{Ticket: &ticket, Note: new(n.note(ticket, "internalAnalysisFlag"))}.Build()
	}},
	{operation: "notes.delete", part: ofProjects, request: func(n *tenant) proto.Message {
		ticket := n.project()
		return psav1.DeleteNoteRequest_builder{Ticket: &ticket, Note: new(n.projectNote(ticket, "internalAnalysisFlag"))}.Build()
	}},

	{operation: "replies.create", request: func(n *tenant) proto.Message {
		return psav1.SendReplyRequest_builder{Ticket: new(n.ticket()), Body: new("Seen."), BestEffort: new(true)}.Build()
	}},
	{operation: "replies.create", part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.SendReplyRequest_builder{Ticket: new(n.project()), Body: new("Seen."), BestEffort: new(true)}.Build()
	}},
	{operation: "replies.create", part: "replies that are sure to be mailed", request: func(n *tenant) proto.Message {
		return psav1.SendReplyRequest_builder{Ticket: new(n.ticket()), Body: new("Seen.")}.Build()
	}, lacks: func(_ proto.Message, err error) bool { return fault.CodeOf(err) == fault.CodeFailedPrecondition }},
	{operation: "replies.create", way: pluginsdk.MailByTimeEntry, request: func(n *tenant) proto.Message {
		return psav1.SendReplyRequest_builder{Ticket: new(n.ticket()), Body: new("Seen.")}.Build()
	}},
	{operation: "replies.get", request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		return psav1.GetReplyRequest_builder{Ticket: &ticket, Reply: new("note-" + n.note(ticket, "detailDescriptionFlag"))}.Build()
	}},
	{operation: "replies.get", part: ofProjects, request: func(n *tenant) proto.Message {
		ticket := n.project()
		return psav1.GetReplyRequest_builder{Ticket: &ticket, Reply: new("note-" + n.projectNote(ticket, "detailDescriptionFlag"))}.Build()
	}},
	{operation: "replies.create", way: pluginsdk.MailByTimeEntry, part: ofProjects, request: func(n *tenant) proto.Message {
		return psav1.SendReplyRequest_builder{Ticket: new(n.project()), Body: new("Seen."), BestEffort: new(true)}.Build()
	}},
	{operation: "replies.get", way: pluginsdk.MailByTimeEntry, request: func(n *tenant) proto.Message {
		ticket := n.ticket()
		return psav1.GetReplyRequest_builder{Ticket: &ticket, Reply: new("time-" + n.time(ticket))}.Build()
	}},
}

func (n *tenant) newTicket() *psav1.CreateTicketRequest {
	return psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{Title: new("Toner"), Company: refByID(n.sample.GetCompany().GetId())}.Build()}.Build()
}

func change(ticket string, input psav1.Ticket_builder, field string) proto.Message {
	return psav1.UpdateTicketRequest_builder{Ticket: &ticket, Input: input.Build(), SetFields: []string{field}}.Build()
}

func transition(ticket string, c psav1.Category_V) proto.Message {
	return psav1.TransitionTicketRequest_builder{Ticket: &ticket, To: to(c)}.Build()
}
