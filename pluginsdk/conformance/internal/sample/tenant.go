// Package sample makes valid writes of whatever the tenant behind a connection
// has: its catalogue, its other records, and the fixtures of the conformance file.
package sample

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Tenant is what a check knows of the tenant. It is read as it is asked for, and
// kept.
type Tenant struct {
	t       *suite.T
	lists   map[string][]protoreflect.Message
	counter int
	ticket  *psav1.Ticket // that all texts of a check go to
	record  record.Ref    // that all texts of a check change
}

// Of returns the tenant of a check.
func Of(t *suite.T) *Tenant {
	return &Tenant{t: t, lists: map[string][]protoreflect.Message{}}
}

// Title makes a title that no other record has, and that is short enough for every
// PSA.
func (x *Tenant) Title(about string) string {
	x.counter++
	return fmt.Sprintf("Conformance %s %d", about, x.counter)
}

// rows are the records of a list, or nothing where the connector does not serve it.
// set makes the request.
func rows[Row any](x *Tenant, operation string, set func(protoreflect.Message)) []Row {
	if !x.t.Serves(operation) {
		return nil
	}
	request := x.t.Request(operation)
	if set != nil {
		set(request.ProtoReflect())
	}
	key := operation + " " + fmt.Sprint(request)
	if _, known := x.lists[key]; !known {
		x.lists[key] = x.list(operation, request)
	}
	var all []Row
	for _, m := range x.lists[key] {
		if row, ok := m.Interface().(Row); ok {
			all = append(all, row)
		}
	}
	return all
}

func (x *Tenant) list(operation string, request proto.Message) []protoreflect.Message {
	if request.ProtoReflect().Descriptor().Fields().ByName("page_size") != nil {
		return x.t.List(x.t.Conn(), operation, request)
	}
	answer, err := x.t.Call(x.t.Context(), x.t.Conn(), operation, request)
	if err != nil {
		x.t.Fatalf("%s: %s", operation, suite.Words(err))
	}
	return suite.Rows(answer)
}

// with sets text fields of a request; a list takes one value.
func with(pairs ...string) func(protoreflect.Message) {
	return func(m protoreflect.Message) {
		for i := 0; i+1 < len(pairs); i += 2 {
			f := m.Descriptor().Fields().ByName(protoreflect.Name(pairs[i]))
			if f.IsList() {
				m.Mutable(f).List().Append(protoreflect.ValueOfString(pairs[i+1]))
				continue
			}
			m.Set(f, protoreflect.ValueOfString(pairs[i+1]))
		}
	}
}

// Tickets are the tickets of the tenant, as a list has them.
func (x *Tenant) Tickets() []*psav1.Ticket { return rows[*psav1.Ticket](x, "tickets.list", nil) }

// NewTicket is a ticket that can be created.
func (x *Tenant) NewTicket() *psav1.Ticket {
	if f := x.t.File.Fixtures.NewTicket; f != nil {
		ticket := proto.CloneOf(f)
		ticket.SetTitle(x.Title("ticket"))
		return ticket
	}
	b := psav1.Ticket_builder{Title: new(x.Title("ticket"))}
	for _, t := range x.Tickets() {
		if t.HasCompany() && open(t) && t.GetKind() != psav1.Kind_PROJECT {
			b.Company = byID(t.GetCompany())
			if t.HasQueue() {
				b.Queue = byID(t.GetQueue())
			}
			return b.Build()
		}
	}
	for _, c := range rows[*psav1.Company](x, "companies.list", nil) {
		if c.GetActive() {
			b.Company = psav1.Reference_builder{Id: new(c.GetId())}.Build()
			return b.Build()
		}
	}
	x.t.NotRun("no company is found that a ticket could be created for; give fixtures.new_ticket")
	return nil
}

func open(t *psav1.Ticket) bool {
	c := t.GetStatus().GetCategory()
	return c != psav1.Category_CLOSED && c != psav1.Category_RESOLVED
}

func byID(r *psav1.Reference) *psav1.Reference {
	return psav1.Reference_builder{Id: new(r.GetId())}.Build()
}

// Ticket is a ticket for the check to write on: a new one where the connector
// creates tickets, else one that is there and open. It is read anew.
func (x *Tenant) Ticket() *psav1.Ticket { return x.Make(x.NewTicket) }

// Make is the ticket of Ticket, made of another input.
func (x *Tenant) Make(input func() *psav1.Ticket) *psav1.Ticket {
	ref := record.Ref{Kind: record.Ticket}
	if x.t.Serves("tickets.create") {
		ref.ID = x.create(input())
	} else {
		ref.ID = x.openTicket()
	}
	ticket, _ := ref.Anew(x.t).Interface().(*psav1.Ticket)
	return ticket
}

// create creates a ticket to write on. It has a description, as tickets have: at some
// PSA the first text for the customer would become that.
func (x *Tenant) create(input *psav1.Ticket) string {
	if !input.HasDescription() && !Unsupported(x.t, "tickets.create", "description") {
		input = proto.CloneOf(input)
		input.SetDescription("What it is about.")
	}
	made, err := psav1.NewTicketWriterClient(x.t.Conn()).CreateTicket(x.t.Context(), psav1.CreateTicketRequest_builder{Input: input}.Build())
	if err != nil {
		x.t.Fatalf("a ticket to write on cannot be created: %s", suite.Words(err))
	}
	return made.GetTicket().GetId()
}

func (x *Tenant) openTicket() string {
	tickets := x.Tickets()
	i := slices.IndexFunc(tickets, open)
	if i < 0 {
		x.t.NotRun("there is no open ticket to write on, and the connector creates none")
	}
	return tickets[i].GetId()
}

// Mailed is a ticket whose contact is mailed when a note for the customer is
// written, and whether there is one: else it is any ticket.
func (x *Tenant) Mailed() (ticket *psav1.Ticket, mailed bool) {
	f := x.t.File.Fixtures.MailedTicket
	if f == nil || !x.t.Serves("tickets.create") {
		return x.Ticket(), false
	}
	input := proto.CloneOf(f)
	input.SetTitle(x.Title("ticket"))
	return x.Make(func() *psav1.Ticket { return input }), true
}

// Refer points at a ticket.
func Refer(t *psav1.Ticket) record.Ref { return record.Ref{Kind: record.Ticket, ID: t.GetId()} }
