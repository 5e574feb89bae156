package sample

import (
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Write is a valid write of an operation, for checks that hold for all writes.
type Write struct {
	Operation string
	// Name tells apart the writes of one operation; "" is the only or plain one.
	Name string
	// Prepare makes what the write needs, and the write itself. It ends the check
	// where the tenant lacks something.
	Prepare func(*Tenant) write.Call
}

// Writes are valid writes of every operation of the contract that writes, but for
// raw calls.
func Writes() []Write {
	var all []Write
	for _, r := range []Resource{Tickets, TimeEntries, ScheduleEntries, Contacts, Configurations} {
		all = append(all, Write{r.Create, "", func(x *Tenant) write.Call { return r.Add(x.t, r.Input(x)) }})
	}
	all = append(all, Write{"tickets.create", "full", func(x *Tenant) write.Call { return Tickets.Add(x.t, Tickets.Full(x)) }})
	for _, r := range Resources() {
		all = append(all, Write{r.Update, "", func(x *Tenant) write.Call {
			ref, has := r.New(x, "")
			return r.Several(x, ref, has)
		}})
	}
	return append(all,
		Write{"tickets.transition", "", func(x *Tenant) write.Call { return x.Transition(x.Ticket()) }},
		Write{"tickets.merge", "", (*Tenant).Merge},
		Write{"notes.create_internal", "", func(x *Tenant) write.Call { return x.InternalNoteOn(x.Ticket(), x.Title("internal note")) }},
		Write{"notes.create_customer", "", func(x *Tenant) write.Call { return x.CustomerNoteOn(x.Ticket(), x.Title("customer note"), nil) }},
		Write{"replies.create", "", (*Tenant).Reply},
		Write{"attachments.create", "", func(x *Tenant) write.Call { return x.Upload(x.Ticket(), []byte("Hello, conformance.\n")) }},
		Write{"tickets.delete", "", func(x *Tenant) write.Call { return x.Delete("tickets.delete", Refer(x.Ticket())) }},
		Write{"notes.delete", "", func(x *Tenant) write.Call { return x.Delete("notes.delete", x.InternalNote(x.Ticket())) }},
		Write{"time_entries.delete", "", func(x *Tenant) write.Call { return x.deleteOf(TimeEntries) }},
		Write{"schedule_entries.delete", "", func(x *Tenant) write.Call { return x.deleteOf(ScheduleEntries) }},
		Write{"attachments.delete", "", func(x *Tenant) write.Call {
			return x.Delete("attachments.delete", x.Attached(x.Ticket()))
		}},
	)
}

// Delete is a deletion of a record.
func (x *Tenant) Delete(operation string, ref record.Ref) write.Call {
	request := x.t.Request(operation)
	ref.Point(request.ProtoReflect())
	return write.Call{Operation: operation, Request: request, Of: ref}
}

func (x *Tenant) deleteOf(r Resource) write.Call {
	ref, _ := r.New(x, "")
	return x.Delete(areaOf(r.Update)+".delete", ref)
}

// InternalNoteOn is an internal note to add to a ticket.
func (x *Tenant) InternalNoteOn(t *psav1.Ticket, body string) write.Call {
	return noteOn(t, "notes.create_internal", body, psav1.CreateInternalNoteRequest_builder{Ticket: new(t.GetId()), Body: &body}.Build())
}

// CustomerNoteOn is a note for the customer to add to a ticket.
func (x *Tenant) CustomerNoteOn(t *psav1.Ticket, body string, notify *psav1.Notify) write.Call {
	return noteOn(t, "notes.create_customer", body, psav1.CreateCustomerNoteRequest_builder{Ticket: new(t.GetId()), Body: &body, Notify: notify}.Build())
}

func noteOn(t *psav1.Ticket, operation, body string, request proto.Message) write.Call {
	return write.Call{
		Operation: operation, Request: request, Of: record.Ref{Kind: record.Note, OfTicket: t.GetId()},
		Asked: psav1.Note_builder{Body: &body}.Build(), Fields: []string{"body"},
	}
}

// Upload is a file to attach to a ticket.
func (x *Tenant) Upload(t *psav1.Ticket, content []byte) write.Call {
	asked := psav1.Attachment_builder{FileName: new("conformance.txt"), Title: new(x.Title("attachment"))}.Build()
	return write.Call{
		Operation: "attachments.create", Content: content, Of: record.Ref{Kind: record.Attachment, OfTicket: t.GetId()},
		Request: psav1.CreateAttachmentRequest_builder{Ticket: new(t.GetId()), FileName: new(asked.GetFileName()), Title: new(asked.GetTitle()), ContentType: new("text/plain")}.Build(),
		Asked:   asked, Fields: []string{"file_name", "title"}, Parts: []string{"content_type"},
	}
}

// Attached attaches a file to a ticket.
func (x *Tenant) Attached(t *psav1.Ticket) record.Ref {
	c := x.Upload(t, []byte("Hello, conformance.\n"))
	answer, err := c.Try(x.t, x.t.Conn())
	x.t.Must(err)
	return record.Ref{Kind: record.Attachment, ID: record.Text(answer.Record, "id"), OfTicket: t.GetId()}
}

// Transition moves a ticket to a status that it can have without anything more, with
// a comment.
func (x *Tenant) Transition(t *psav1.Ticket) write.Call {
	answer, err := psav1.NewTicketTransitionerClient(x.t.Conn()).ListTransitions(x.t.Context(), psav1.ListTransitionsRequest_builder{Ticket: new(t.GetId())}.Build())
	x.t.Must(err)
	for _, to := range answer.GetTransitions() {
		category := to.GetTo().GetCategory()
		if to.GetCurrent() || len(to.GetRequires()) > 0 || category == psav1.Category_CLOSED || category == psav1.Category_RESOLVED {
			continue
		}
		status := psav1.Status_builder{Id: new(to.GetTo().GetId())}.Build()
		return write.Call{
			Operation: "tickets.transition", Of: Refer(t), Asked: psav1.Ticket_builder{Status: status}.Build(), Fields: []string{"status"}, Parts: []string{"comment"},
			Request: psav1.TransitionTicketRequest_builder{Ticket: new(t.GetId()), To: status, Comment: new(x.Title("comment"))}.Build(),
		}
	}
	x.t.NotRun("ticket %s offers no transition that needs nothing more", t.GetId())
	return write.Call{}
}

// Merge merges a ticket into another of the same company, with a note.
func (x *Tenant) Merge() write.Call {
	survivor, duplicate := x.Ticket(), x.Ticket()
	if survivor.GetId() == duplicate.GetId() {
		x.t.NotRun("it takes two tickets to merge, and the connector creates none")
	}
	return x.MergeInto(survivor, duplicate)
}

// MergeInto merges tickets into one.
func (x *Tenant) MergeInto(survivor *psav1.Ticket, duplicates ...*psav1.Ticket) write.Call {
	b := psav1.MergeTicketsRequest_builder{Ticket: new(survivor.GetId()), Note: new(x.Title("merge note"))}
	for _, d := range duplicates {
		b.Duplicates = append(b.Duplicates, psav1.Reference_builder{Id: new(d.GetId())}.Build())
	}
	return write.Call{
		Operation: "tickets.merge", Request: b.Build(), Of: Refer(survivor), Asked: &psav1.Ticket{}, Parts: []string{"duplicates", "note"},
	}
}

// Reply answers the customer of a ticket, which is mailed where there is one such,
// and moves the ticket on.
func (x *Tenant) Reply() write.Call {
	t, mailed := x.Mailed()
	c := x.ReplyOn(t, x.Title("reply"))
	request, _ := c.Request.(*psav1.SendReplyRequest)
	request.SetBestEffort(!mailed)
	return c
}

// ReplyOn is an answer to the customer of a ticket.
func (x *Tenant) ReplyOn(t *psav1.Ticket, body string) write.Call {
	return write.Call{
		Operation: "replies.create", Of: record.Ref{Kind: record.Reply, OfTicket: t.GetId()},
		Request: psav1.SendReplyRequest_builder{Ticket: new(t.GetId()), Body: &body}.Build(),
		Asked:   psav1.Reply_builder{Body: &body}.Build(), Fields: []string{"body"},
	}
}

// areaOf is what an operation is about: tickets of tickets.update.
func areaOf(operation string) string {
	for i, c := range operation {
		if c == '.' {
			return operation[:i]
		}
	}
	return operation
}
