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
	var paged []string
	page := psav1.ListNotesRequest_builder{Ticket: &id, PageSize: new(int32(1))}
	for {
		resp, err := i.ListNotes(t.Context(), page.Build())
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range resp.GetNotes() {
			paged = append(paged, n.GetId())
		}
		if !resp.HasNextPageToken() {
			break
		}
		page.PageToken = new(resp.GetNextPageToken())
	}
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
