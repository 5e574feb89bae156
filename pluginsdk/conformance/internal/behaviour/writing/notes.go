package writing

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func noteWriting() []suite.Check {
	return []suite.Check{{
		Name: "notes/internal", About: "An internal note is one that only technicians see, for whoever reads it, and never mails the customer, on a ticket that mails its customer too.",
		Operations: []string{"notes.create_internal", "notes.get"}, Writes: true, Needs: []string{simulated.Outbox}, Run: internalNote,
	}, {
		Name: "notes/customer", About: "A note for the customer is one that the customer sees; whether it was mailed is told as it was.",
		Operations: []string{"notes.create_customer", "notes.get"}, Writes: true, Run: customerNote,
	}, {
		Name: "notes/notify", About: "A note for the customer that is to be mailed is mailed, one that is not to be is not, and what cannot be promised is refused.",
		Operations: []string{"notes.create_customer", "notes.get"}, Writes: true, Needs: []string{simulated.Outbox}, Run: notifiedNote,
	}, {
		Name: "notes/edited", About: "A changed note is seen by whom it was seen before.",
		Operations: []string{"notes.create_internal", "notes.create_customer", "notes.update", "notes.get"}, Writes: true, Run: editedNote,
	}, {
		Name: "notes/formats", About: "A note keeps its text and how it is marked up, or the receipt says FORMAT.",
		Operations: []string{"notes.create_internal", "notes.get"}, Writes: true, Run: noteFormats,
	}, {
		Name: "notes/order", About: "Another process lists the notes of a ticket with the newest last.",
		Operations: []string{"notes.create_internal", "notes.list"}, Writes: true, Run: noteOrder,
	}}
}

// noteOf is a note that a write has left.
func noteOf(m *write.Made) *psav1.Note {
	n, _ := m.After.Interface().(*psav1.Note)
	return n
}

// mailsTo are the mails after the first ones that have an address in them.
func mailsTo(t *suite.T, first int, address string) []simulated.Mail {
	var found []simulated.Mail
	for _, m := range outbox(t)[first:] {
		if address != "" && says(m, address) {
			found = append(found, m)
		}
	}
	return found
}

// customerOf is the address of a ticket's contact.
func customerOf(ticket *psav1.Ticket) string { return ticket.GetContact().GetEmail() }

func internalNote(t *suite.T) {
	x := sample.Of(t)
	ticket, mailed := x.Mailed()
	if !mailed {
		t.Logf("the conformance file has no fixtures.mailed_ticket: on this ticket a note for the customer may mail nobody either")
	}
	if mailed && t.Serves("notes.create_customer") {
		before := mailsOf(t)
		x.CustomerNoteOn(ticket, x.Title("customer note"), nil).Make(t)
		if len(mailsTo(t, before, customerOf(ticket))) == 0 {
			t.Errorf("a note for the customer on the ticket of fixtures.mailed_ticket mails %q nothing", customerOf(ticket))
		}
	}
	before := mailsOf(t)
	made := x.InternalNoteOn(ticket, x.Title("only for technicians")).Make(t)
	n := noteOf(made)
	if n.GetVisibility() != psav1.Visibility_INTERNAL {
		t.Errorf("notes.create_internal made a note that is %s", n.GetVisibility())
	}
	written(t, made, n)
	for _, m := range mailsTo(t, before, customerOf(ticket)) {
		t.Errorf("notes.create_internal mailed the customer: %v", m)
	}
	if o := made.Receipt.GetNotification().GetObserved(); o == psav1.Observed_SENT {
		t.Errorf("the receipt of an internal note says that the customer was mailed")
	}
}

// written judges who a note is by.
func written(t *suite.T, made *write.Made, n *psav1.Note) {
	to, by := made.Receipt.GetAttributedTo(), n.GetAuthor()
	if to.GetKind() == psav1.PartyKind_UNSPECIFIED {
		t.Errorf("the receipt of %s does not say who it is attributed to", made.Operation)
	}
	if to.GetId() != by.GetId() || to.GetKind() != by.GetKind() {
		t.Errorf("the receipt of %s attributes it to %s %s, and another process reads %s %s as its author", made.Operation, to.GetKind(), to.GetId(), by.GetKind(), by.GetId())
	}
	if n.GetOrigin() != psav1.Origin_NOTE {
		t.Errorf("a note that was just written has the origin %s", n.GetOrigin())
	}
	if n.GetTicket() != made.Of.OfTicket {
		t.Errorf("a note on ticket %s says that it is on %q", made.Of.OfTicket, n.GetTicket())
	}
}

func customerNote(t *suite.T) {
	x := sample.Of(t)
	ticket, _ := x.Mailed()
	before := mailsOf(t)
	made := x.CustomerNoteOn(ticket, x.Title("for the customer"), nil).Make(t)
	n := noteOf(made)
	if n.GetVisibility() != psav1.Visibility_CUSTOMER {
		t.Errorf("notes.create_customer made a note that is %s", n.GetVisibility())
	}
	written(t, made, n)
	told(t, made, before, customerOf(ticket))
}

// told holds what a receipt says of mail to the customer against the outbox.
func told(t *suite.T, made *write.Made, before int, customer string) {
	n := made.Receipt.GetNotification()
	if n == nil || n.GetObserved() == psav1.Observed_UNSPECIFIED || n.GetExpected() == psav1.Observed_UNSPECIFIED || n.GetRequested() == psav1.Notify_Choice_UNSPECIFIED {
		t.Errorf("the receipt of %s does not tell whether the customer is mailed: requested, expected and observed are needed", made.Operation)
		return
	}
	if !t.Simulator.Has[simulated.Outbox] || customer == "" {
		return
	}
	sent := len(mailsTo(t, before, customer)) > 0
	if sent && n.GetObserved() == psav1.Observed_NOT_SENT || !sent && n.GetObserved() == psav1.Observed_SENT {
		t.Errorf("the receipt of %s says that mail to %s was observed as %s; the outbox has it: %v", made.Operation, customer, n.GetObserved(), sent)
	}
	if sent && n.GetExpected() == psav1.Observed_NOT_SENT || !sent && n.GetExpected() == psav1.Observed_SENT {
		t.Errorf("the receipt of %s expects mail to %s to be %s; the outbox has it: %v", made.Operation, customer, n.GetExpected(), sent)
	}
}

func notifiedNote(t *suite.T) {
	x := sample.Of(t)
	ticket, mailed := x.Mailed()
	for _, choice := range []psav1.Notify_Choice_V{psav1.Notify_Choice_SEND, psav1.Notify_Choice_SUPPRESS} {
		notify := psav1.Notify_builder{Contact: &choice}.Build()
		before := mailsOf(t)
		made, refused := x.CustomerNoteOn(ticket, x.Title("note to "+choice.String()), notify).MakeUnless(t, fault.CodeFailedPrecondition, fault.CodeFieldNotSupported, fault.CodeInvalidArgument)
		if refused != nil {
			if mailed && choice == psav1.Notify_Choice_SEND {
				t.Errorf("a note on a ticket that mails its contact is refused with notify.contact SEND: %s", refused.Message)
			}
			continue
		}
		sent := len(mailsTo(t, before, customerOf(ticket))) > 0
		if sent != (choice == psav1.Notify_Choice_SEND) && customerOf(ticket) != "" {
			t.Errorf("a note with notify.contact %s was accepted, and mail to %s went out: %v", choice, customerOf(ticket), sent)
		}
		if r := made.Receipt.GetNotification().GetRequested(); r != choice {
			t.Errorf("the receipt of a note with notify.contact %s says that %s was requested", choice, r)
		}
	}
	// A ticket without a contact cannot promise anything.
	bare := x.Ticket()
	if bare.HasContact() {
		return
	}
	send := psav1.Notify_builder{Contact: new(psav1.Notify_Choice_SEND)}.Build()
	before := mailsOf(t)
	made, _ := x.CustomerNoteOn(bare, x.Title("note to nobody"), send).MakeUnless(t, fault.CodeFailedPrecondition, fault.CodeFieldNotSupported, fault.CodeInvalidArgument)
	if made != nil && mailsOf(t) == before {
		t.Errorf("a note with notify.contact SEND on a ticket without a contact is accepted, and mails nobody; what cannot be promised is refused")
	}
	send.SetBestEffort(true)
	_, _ = x.CustomerNoteOn(bare, x.Title("note if it goes"), send).MakeUnless(t, fault.CodeFieldNotSupported)
}

func editedNote(t *suite.T) {
	x := sample.Of(t)
	ticket, _ := x.Mailed()
	for want, call := range map[psav1.Visibility_V]write.Call{
		psav1.Visibility_INTERNAL: x.InternalNoteOn(ticket, x.Title("internal note")),
		psav1.Visibility_CUSTOMER: x.CustomerNoteOn(ticket, x.Title("customer note"), nil),
	} {
		made := call.Make(t)
		before := mailsOf(t)
		value := psav1.Note_builder{Body: new(x.Title("changed note"))}.Build()
		changed := sample.Notes.Set(t, made.Ref, value, "body").Make(t)
		if got := noteOf(changed).GetVisibility(); got != want {
			t.Errorf("a note that was %s is %s after its text was changed", want, got)
		}
		if sent := mailsTo(t, before, customerOf(ticket)); want == psav1.Visibility_INTERNAL && len(sent) > 0 {
			t.Errorf("changing an internal note mailed the customer: %v", sent)
		}
	}
}

func noteFormats(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	calls := []write.Call{x.InternalNoteOn(ticket, "Plain: *stars*, _lines_ and <b>no markup</b>.")}
	if t.Serves("notes.create_customer") {
		calls = append(calls, x.CustomerNoteOn(ticket, "# Title\n\nWith **bold**, `code` and\n\n- an item\n- another", nil))
	}
	for _, call := range calls {
		for _, format := range []psav1.Format_V{psav1.Format_PLAIN, psav1.Format_MARKDOWN} {
			formatted(call, format).Make(t)
		}
	}
}

// formatted is a note with a format.
func formatted(c write.Call, format psav1.Format_V) write.Call {
	c.Request, c.Asked = proto.Clone(c.Request), proto.Clone(c.Asked)
	for _, m := range []proto.Message{c.Request, c.Asked} {
		suite.Set(m.ProtoReflect(), "format", protoreflect.ValueOfEnum(format.Number()))
	}
	c.Fields = append([]string{"format"}, c.Fields...)
	return c
}

func noteOrder(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	var want []string
	for range 3 {
		want = append(want, x.InternalNoteOn(ticket, x.Title("note")).Make(t).Ref.ID)
	}
	request := psav1.ListNotesRequest_builder{Ticket: new(ticket.GetId())}.Build()
	var got []string
	for _, row := range t.List(t.Anew(), "notes.list", request) {
		got = append(got, suite.ID(row))
	}
	if len(got) < len(want) || strings.Join(got[len(got)-len(want):], " ") != strings.Join(want, " ") {
		t.Errorf("notes.list answers %s; the last ones were written in the order %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}
