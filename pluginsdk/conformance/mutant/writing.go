package main

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Mistakes of writing.
var (
	ignoresAField         = mutant{handle: withoutPriority}
	claimsWhatWasDropped  = mutant{handle: claimed}
	writesInADryRun       = mutant{handle: undry}
	plansNothing          = answering(func(r *psav1.UpdateTicketResponse) { r.GetReceipt().SetPlanned(nil) })
	internalNoteIsSeen    = mutant{handle: seen}
	customerNoteIsHidden  = mutant{handle: hidden}
	retriesAPost          = mutant{handle: twice}
	forgetsToClear        = asking(uncleared)
	ignoresIfMatch        = mutant{handle: unconditional}
	ignoresUnknownNames   = mutant{handle: lenient}
	createsTwice          = asking(func(r *psav1.CreateTicketRequest) { r.GetInput().ClearExternalId() })
	cutsLongText          = asking(func(r *psav1.CreateTicketRequest) { r.GetInput().SetTitle(cut(r.GetInput().GetTitle(), 40)) })
	swallowsLineBreaks    = asking(func(r *psav1.CreateInternalNoteRequest) { r.SetBody(strings.ReplaceAll(r.GetBody(), "\n", " ")) })
	roundsTime            = asking(func(r *psav1.CreateTimeEntryRequest) { roundUp(r.GetInput()) })
	changesWhatItMayNot   = asking(func(r *psav1.UpdateTicketRequest) { alsoTitle(r) })
	attributesToTheFirst  = mutant{handle: firstTechnician}
	losesTheEndOfAnUpload = mutant{stream: shortUpload}
	deletesNothing        = mutant{handle: undeleted}
)

// withoutPriority drops the priority from an update and says nothing of it.
func withoutPriority(c *call) (proto.Message, error) {
	r, ok := c.request.(*psav1.UpdateTicketRequest)
	if !ok || !slices.Contains(r.GetSetFields(), "priority") || len(r.GetSetFields()) == 1 {
		return forward(c)
	}
	r.SetSetFields(slices.DeleteFunc(r.GetSetFields(), func(f string) bool { return f == "priority" }))
	r.GetInput().ClearPriority()
	return forward(c)
}

// claimed drops the priority from an update and says that it was applied.
func claimed(c *call) (proto.Message, error) {
	r, ok := c.request.(*psav1.UpdateTicketRequest)
	if !ok || !slices.Contains(r.GetSetFields(), "priority") || r.GetOptions().GetDryRun() {
		return forward(c)
	}
	asked := r.GetInput().GetPriority()
	if len(r.GetSetFields()) == 1 {
		r.SetSetFields([]string{"title"}) // something to write, which changes nothing
		current, err := c.sendTo(c.ctx, "deskgate.psa.v1.TicketReader", "GetTicket", psav1.GetTicketRequest_builder{Ticket: new(r.GetTicket())}.Build())
		if err != nil {
			return current, err
		}
		if got, ok := current.(*psav1.GetTicketResponse); ok {
			r.GetInput().SetTitle(got.GetTicket().GetTitle())
		}
	} else {
		r.SetSetFields(slices.DeleteFunc(r.GetSetFields(), func(f string) bool { return f == "priority" }))
	}
	r.GetInput().ClearPriority()
	response, err := forward(c)
	if u, ok := response.(*psav1.UpdateTicketResponse); ok && err == nil {
		u.GetReceipt().SetApplied(append(u.GetReceipt().GetApplied(), "priority"))
		u.GetReceipt().SetOutcome(psav1.Receipt_Outcome_APPLIED)
		u.GetTicket().SetPriority(asked)
	}
	return response, err
}

// options are a write's options; nil where it has none.
func options(m proto.Message) *psav1.WriteOptions {
	f := field(m.ProtoReflect(), "options")
	if f == nil || !m.ProtoReflect().Has(f) {
		return nil
	}
	o, _ := m.ProtoReflect().Get(f).Message().Interface().(*psav1.WriteOptions)
	return o
}

// receipt is an answer's receipt; nil where it has none.
func receipt(m proto.Message) *psav1.Receipt {
	f := field(m.ProtoReflect(), "receipt")
	if f == nil || !m.ProtoReflect().Has(f) {
		return nil
	}
	r, _ := m.ProtoReflect().Get(f).Message().Interface().(*psav1.Receipt)
	return r
}

// undry plans a write, and makes it too.
func undry(c *call) (proto.Message, error) {
	o := options(c.request)
	if !o.GetDryRun() {
		return forward(c)
	}
	planned, err := forward(c)
	if err != nil {
		return planned, err
	}
	o.SetDryRun(false)
	if response, err := forward(c); err != nil {
		return response, err
	}
	return planned, nil
}

// seen writes a note that only technicians should see as one for the customer.
func seen(c *call) (proto.Message, error) {
	r, ok := c.request.(*psav1.CreateInternalNoteRequest)
	if !ok {
		return forward(c)
	}
	response, err := c.sendTo(c.ctx, "deskgate.psa.v1.CustomerNoteWriter", "CreateCustomerNote", psav1.CreateCustomerNoteRequest_builder{
		Ticket: new(r.GetTicket()), Body: new(r.GetBody()), Options: r.GetOptions(),
	}.Build())
	note, ok := response.(*psav1.CreateCustomerNoteResponse)
	if err != nil || !ok {
		return response, err
	}
	note.GetNote().SetVisibility(psav1.Visibility_INTERNAL)
	return psav1.CreateInternalNoteResponse_builder{Note: note.GetNote(), Receipt: note.GetReceipt()}.Build(), nil
}

// hidden writes a note for the customer as one that only technicians see.
func hidden(c *call) (proto.Message, error) {
	r, ok := c.request.(*psav1.CreateCustomerNoteRequest)
	if !ok {
		return forward(c)
	}
	response, err := c.sendTo(c.ctx, "deskgate.psa.v1.InternalNoteWriter", "CreateInternalNote", psav1.CreateInternalNoteRequest_builder{
		Ticket: new(r.GetTicket()), Body: new(r.GetBody()), Options: r.GetOptions(),
	}.Build())
	note, ok := response.(*psav1.CreateInternalNoteResponse)
	if err != nil || !ok {
		return response, err
	}
	note.GetNote().SetVisibility(psav1.Visibility_CUSTOMER)
	return psav1.CreateCustomerNoteResponse_builder{Note: note.GetNote(), Receipt: note.GetReceipt()}.Build(), nil
}

// twice makes every creation again.
func twice(c *call) (proto.Message, error) {
	response, err := forward(c)
	if creates(c.method) && !options(c.request).GetDryRun() && err == nil {
		if again, err := forward(c); err != nil {
			return again, err
		}
	}
	return response, err
}

func uncleared(r *psav1.UpdateTicketRequest) {
	input := r.GetInput().ProtoReflect()
	r.SetSetFields(slices.DeleteFunc(r.GetSetFields(), func(f string) bool {
		d := field(input, f)
		return d != nil && !input.Has(d) && len(r.GetSetFields()) > 1
	}))
	if len(r.GetSetFields()) == 1 && field(input, r.GetSetFields()[0]) != nil && !input.Has(field(input, r.GetSetFields()[0])) {
		r.SetSetFields([]string{"notify"})
	}
}

func unconditional(c *call) (proto.Message, error) {
	if o := options(c.request); o != nil {
		o.ClearIfMatch()
	}
	return forward(c)
}

// lenient leaves out the fields that a write is refused for.
func lenient(c *call) (proto.Message, error) {
	response, err := forward(c)
	f := refused(err)
	if f == nil || len(f.Violations) == 0 {
		return response, err
	}
	switch r := c.request.(type) {
	case *psav1.CreateTicketRequest:
		for _, v := range f.Violations {
			unset(r.GetInput().ProtoReflect(), top(v.Field))
		}
	case *psav1.UpdateTicketRequest:
		for _, v := range f.Violations {
			r.SetSetFields(slices.DeleteFunc(r.GetSetFields(), func(f string) bool { return f == top(v.Field) }))
			unset(r.GetInput().ProtoReflect(), top(v.Field))
		}
		if len(r.GetSetFields()) == 0 {
			return psav1.UpdateTicketResponse_builder{Receipt: psav1.Receipt_builder{Outcome: new(psav1.Receipt_Outcome_APPLIED)}.Build()}.Build(), nil
		}
	}
	return forward(c)
}

// top is the field that a violation's path begins with.
func top(path string) string {
	path = strings.TrimPrefix(path, "input.")
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return path
}

func cut(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}

// quarter is what a careless connector rounds to, in seconds.
const quarter = 15 * 60

func roundUp(e *psav1.TimeEntry) {
	if e.HasDurationSeconds() {
		e.SetDurationSeconds((e.GetDurationSeconds() + quarter - 1) / quarter * quarter)
	}
}

func alsoTitle(r *psav1.UpdateTicketRequest) {
	if !slices.Contains(r.GetSetFields(), "title") {
		r.SetSetFields(append(r.GetSetFields(), "title"))
		r.GetInput().SetTitle("Overwritten")
	}
}

// firstTechnician books time for the first technician there is.
func firstTechnician(c *call) (proto.Message, error) {
	r, ok := c.request.(*psav1.CreateTimeEntryRequest)
	if !ok || r.GetInput().HasTechnician() {
		return forward(c)
	}
	list, err := c.sendTo(c.ctx, "deskgate.psa.v1.TechnicianReader", "ListTechnicians", &psav1.ListTechniciansRequest{})
	if page, ok := list.(*psav1.ListTechniciansResponse); ok && err == nil {
		for _, t := range page.GetTechnicians() {
			if t.GetActive() && !t.GetAgentResource() {
				r.GetInput().SetTechnician(psav1.Reference_builder{Id: new(t.GetId())}.Build())
				break
			}
		}
	}
	return forward(c)
}

// shortUpload drops what of an upload comes after its first chunk.
func shortUpload(m proto.Message) bool {
	r, ok := m.(*psav1.CreateAttachmentRequest)
	if !ok || !has(r.ProtoReflect(), "chunk") {
		return true
	}
	return len(r.GetChunk()) == maxChunk
}

// maxChunk is the largest chunk of the contract: a shorter one is the last.
const maxChunk = 256 << 10

func has(m protoreflect.Message, name string) bool {
	f := field(m, name)
	return f != nil && m.Has(f)
}

// undeleted answers a deletion and makes none.
func undeleted(c *call) (proto.Message, error) {
	if !strings.HasPrefix(c.method, "Delete") {
		return forward(c)
	}
	o := options(c.request)
	dry := o.GetDryRun()
	if o == nil {
		o = &psav1.WriteOptions{}
		c.request.ProtoReflect().Set(field(c.request.ProtoReflect(), "options"), protoreflect.ValueOfMessage(o.ProtoReflect()))
	}
	o.SetDryRun(true)
	response, err := forward(c)
	if r := receipt(response); r != nil && !dry && err == nil {
		r.SetOutcome(psav1.Receipt_Outcome_APPLIED)
		r.SetPlanned(nil)
	}
	return response, err
}
