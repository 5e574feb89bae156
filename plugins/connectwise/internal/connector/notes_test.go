package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// outbox returns the mails that the tenant's rules would have sent about a ticket
// to its contact.
func outbox(t *testing.T, sim *simulator.Running, ticket string) []simulator.Mail {
	t.Helper()
	var mails []simulator.Mail
	admin(t, sim, "GET", "outbox", "", &mails)
	return slices.DeleteFunc(mails, func(m simulator.Mail) bool { return m.Ticket != ticket || m.Reason != "contact" })
}

// TestKindOfANewNote: what the answer to a write says of it, reads say too.
func TestKindOfANewNote(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
	bare := must(t, i.CreateTicket, psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{Title: new("x"), Company: refByID(company)}.Build()}.Build()).GetTicket().GetId()
	first := must(t, i.CreateCustomerNote, psav1.CreateCustomerNoteRequest_builder{Ticket: &bare, Body: new("It smokes.")}.Build()).GetNote()
	second := must(t, i.CreateInternalNote, psav1.CreateInternalNoteRequest_builder{Ticket: &bare, Body: new("Watching.")}.Build()).GetNote()
	for want, made := range map[psav1.NoteKind_V]*psav1.Note{psav1.NoteKind_DESCRIPTION: first, psav1.NoteKind_NOTE: second} {
		read := must(t, i.GetNote, psav1.GetNoteRequest_builder{Ticket: &bare, Note: new(made.GetId())}.Build()).GetNote()
		if read.GetKind() != want || made.HasKind() && made.GetKind() != want {
			t.Errorf("answered %v, read %v, want %s", made, read, want)
		}
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, Unassigned: new(false)}).GetId()
	internal, err := i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("Watching.\nStill.")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if r := internal.GetReceipt(); r.GetOutcome() != applied || r.GetAttributedTo().GetKind() != psav1.PartyKind_AGENT_RESOURCE || r.GetNotification().GetObserved() != mail.NotSent {
		t.Errorf("receipt %v", r)
	}
	var raw struct {
		DetailDescriptionFlag, InternalAnalysisFlag, ResolutionFlag bool
		Member                                                      struct{ Identifier string }
	}
	vendor(t, sim, "GET", "service/tickets/"+id+"/notes/"+internal.GetNote().GetId(), "", &raw)
	if raw.DetailDescriptionFlag || !raw.InternalAnalysisFlag || raw.ResolutionFlag || raw.Member.Identifier != i.account.Agent.Identifier {
		t.Errorf("ConnectWise holds %+v", raw)
	}
	if mails := outbox(t, sim, id); len(mails) > 0 {
		t.Errorf("an internal note mail.Sent %v", mails)
	}

	list, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &id}.Build())
	if err != nil {
		t.Fatal(err)
	}
	notes := list.GetNotes()
	if last := notes[len(notes)-1]; last.GetId() != internal.GetNote().GetId() || last.GetVisibility() != psav1.Visibility_INTERNAL {
		t.Errorf("the newest is not last: %v", last)
	}
	if n := slices.IndexFunc(notes, func(n *psav1.Note) bool { return n.GetKind() == psav1.NoteKind_DESCRIPTION }); n != 0 {
		t.Errorf("the description is at %d", n)
	}
	paged := idsOf(everyRow(t, i.ListNotes, psav1.ListNotesRequest_builder{Ticket: &id, PageSize: new(int32(1))}.Build(), (*psav1.ListNotesResponse).GetNotes))
	if len(paged) != len(notes) || paged[0] != notes[0].GetId() {
		t.Errorf("by pages %v, at once %d", paged, len(notes))
	}
	one, err := i.GetNote(t.Context(), psav1.GetNoteRequest_builder{Ticket: &id, Note: new(internal.GetNote().GetId())}.Build())
	if err != nil || one.GetNote().GetBody() != "Watching.\nStill." {
		t.Errorf("got %v, %v", one, err)
	}
	_, err = i.GetNote(t.Context(), psav1.GetNoteRequest_builder{Ticket: &id, Note: new("1")}.Build())
	wantFault(t, err, fault.CodeNotFound)
	_, err = i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: new("99999999"), Body: new("x")}.Build())
	wantFault(t, err, fault.CodeNotFound)
	_, err = i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("x"), Title: new("t")}.Build())
	wantFault(t, err, fault.CodeFieldNotSupported)
}

// Where ConnectWise keeps the text and not its format, the receipt says so.
func TestMarkdownIsKeptAsText(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
	resp, err := i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("* **bold**\n"), Format: new(psav1.Format_MARKDOWN)}.Build())
	if err != nil {
		t.Fatal(err)
	}
	r := resp.GetReceipt()
	if c := r.GetChanged(); len(c) != 1 || c[0].GetField() != "format" || c[0].GetCode() != psav1.DropCode_FORMAT || c[0].GetAsked().GetStringValue() != "MARKDOWN" || c[0].GetHolds().GetStringValue() != "PLAIN" {
		t.Errorf("receipt %v", r)
	}
	notes := vendorNotes(t, sim, id)
	if got := notes[len(notes)-1].Text; got != "* **bold**\n" || resp.GetNote().GetFormat() != psav1.Format_PLAIN {
		t.Errorf("ConnectWise holds %q", got)
	}
}

// Line ends that ConnectWise joins are told.
func TestCollapsedLineEndsAreTold(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
	admin(t, sim, "POST", "faults", `{"match":{"method":"POST","path":"*/notes"},"fault":"status","status":201,"times":1,
		"body":{"id":7,"text":"one two","internalAnalysisFlag":true,"member":{"id":151}}}`, nil)
	resp, err := i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("one\r\n\r\ntwo")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if c := resp.GetReceipt().GetChanged(); len(c) != 1 || c[0].GetField() != "body" || c[0].GetCode() != psav1.DropCode_FORMAT {
		t.Errorf("receipt %v", resp.GetReceipt())
	}
}

// Whether a note was mailed is said alike wherever it is read: nobody mails an
// internal note, and of a customer note ConnectWise tells only what forbids it.
func TestNotifiedIsSaidAlike(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, Unassigned: new(false)}).GetId()
	for _, on := range []string{"true", "false"} {
		vendor(t, sim, "PATCH", "service/tickets/"+id, `[{"op":"replace","path":"automaticEmailContactFlag","value":`+on+`}]`, nil)
		internal, err := i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("n")}.Build())
		if err != nil {
			t.Fatal(err)
		}
		customer, err := i.CreateCustomerNote(t.Context(), psav1.CreateCustomerNoteRequest_builder{Ticket: &id, Body: new("n")}.Build())
		if err != nil {
			t.Fatal(err)
		}
		made := mail.NotSent
		if on == "true" {
			made = mail.Unknown
		}
		if internal.GetNote().GetNotified() != mail.NotSent || customer.GetNote().GetNotified() != made {
			t.Errorf("flag %s: made, they are %s and %s", on, internal.GetNote().GetNotified(), customer.GetNote().GetNotified())
		}
	}
	list, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &id, PageSize: new(int32(200))}.Build())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list.GetNotes() {
		want := mail.NotSent
		if n.GetVisibility() == psav1.Visibility_CUSTOMER {
			want = mail.Unknown // what forbade it then may be gone now, and the other way round
		}
		one, err := i.GetNote(t.Context(), psav1.GetNoteRequest_builder{Ticket: &id, Note: new(n.GetId())}.Build())
		if err != nil || n.GetNotified() != want || one.GetNote().GetNotified() != want {
			t.Errorf("note %v, by itself %v, %v", n, one, err)
		}
	}
}

// An API member is a program, unless our own writes are attributed to it.
func TestAPIMembersAreNoTechnicians(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{})
	r := update(t, i, ticket.GetId(), psav1.Ticket_builder{Title: new("by a program")}, "title").GetReceipt()
	if r.GetAttributedTo().GetKind() != psav1.PartyKind_SYSTEM || r.GetAttributedTo().GetId() != "150" {
		t.Errorf("attributed to %v", r.GetAttributedTo())
	}
	made := create(t, i, psav1.Ticket_builder{Title: new("x"), Company: refByID(ticket.GetCompany().GetId())})
	if made.GetTicket().GetCreatedBy().GetKind() != psav1.PartyKind_SYSTEM {
		t.Errorf("created by %v", made.GetTicket().GetCreatedBy())
	}
	id := made.GetTicket().GetId()
	vendor(t, sim, "POST", "service/tickets/"+id+"/notes", `{"text":"by the API member","internalAnalysisFlag":true}`, nil)
	notes, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &id}.Build())
	if err != nil || notes.GetNotes()[0].GetAuthor().GetKind() != psav1.PartyKind_SYSTEM {
		t.Errorf("notes %v, %v", notes, err)
	}

	config := configFor(sim.URL)
	config.AgentResource = "150"
	own, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	if got := get(t, own, id).GetCreatedBy(); got.GetKind() != psav1.PartyKind_AGENT_RESOURCE {
		t.Errorf("created by %v", got)
	}
}

func TestNotesOfTimeEntriesAreListed(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	for _, ticket := range walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200))})[:120] {
		id := ticket.GetId()
		resp, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &id, Origin: []psav1.Origin_V{psav1.Origin_TIME_ENTRY}}.Build())
		if err != nil {
			t.Fatal(err)
		}
		if len(resp.GetNotes()) > 0 {
			n := resp.GetNotes()[0]
			if !strings.HasPrefix(n.GetId(), "time-") || !n.HasTimeEntry() || !n.HasCreatedAt() {
				t.Errorf("note %v", n)
			}
			return
		}
	}
	t.Error("no ticket of the seed has a time entry with a text")
}

func TestCustomerNotesAndMail(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, Contact: nil, Unassigned: new(false)}).GetId()
	setFlag := func(on string) {
		vendor(t, sim, "PATCH", "service/tickets/"+id, `[{"op":"replace","path":"automaticEmailContactFlag","value":`+on+`}]`, nil)
	}
	write := func(n psav1.Notify_builder) (*psav1.Receipt, error) {
		resp, err := i.CreateCustomerNote(t.Context(), psav1.CreateCustomerNoteRequest_builder{Ticket: &id, Body: new("Done."), Notify: n.Build()}.Build())
		return resp.GetReceipt(), err
	}
	mailedSince := func(before int) bool { return len(outbox(t, sim, id)) > before }

	setFlag("false")
	_, err := write(psav1.Notify_builder{Contact: new(mail.Send)})
	if e := wantFault(t, err, fault.CodeFailedPrecondition); !strings.Contains(e.Message, "automaticEmailContactFlag") {
		t.Errorf("fault %v", e)
	}
	if n := len(writes(t, sim)); n != 1 { // the flag alone
		t.Errorf("%d writes", n)
	}
	before := len(outbox(t, sim, id))
	r, err := write(psav1.Notify_builder{Contact: new(mail.Send), BestEffort: new(true)})
	if err != nil || r.GetNotification().GetExpected() != mail.NotSent || mailedSince(before) {
		t.Errorf("best effort with the flag off: %v, %v", r, err)
	}

	setFlag("true")
	if b, _ := i.account.Tables.Board(t.Context(), 1); b.SendToContact == nil || !*b.SendToContact {
		t.Fatal("the seed's Service Desk mails no contact, so that the test says nothing")
	}
	for name, test := range map[string]struct {
		notify psav1.Notify_builder
		mails  bool
	}{
		"default":  {psav1.Notify_builder{}, true},
		"send":     {psav1.Notify_builder{Contact: new(mail.Send)}, true},
		"suppress": {psav1.Notify_builder{Contact: new(mail.Suppress)}, false},
	} {
		before := len(outbox(t, sim, id))
		r, err := write(test.notify)
		if err != nil {
			t.Fatal(err)
		}
		if got := mailedSince(before); got != test.mails || (r.GetNotification().GetExpected() == mail.Sent) != test.mails {
			t.Errorf("%s: mail.Sent %t, receipt %v", name, got, r.GetNotification())
		}
	}
	if flags := vendorFlags(t, sim, id); !flags {
		t.Error("a note touched the ticket's flag")
	}
}

func vendorFlags(t *testing.T, sim *simulator.Running, id string) bool {
	t.Helper()
	var r struct{ AutomaticEmailContactFlag bool }
	vendor(t, sim, "GET", "service/tickets/"+id, "", &r)
	return r.AutomaticEmailContactFlag
}
