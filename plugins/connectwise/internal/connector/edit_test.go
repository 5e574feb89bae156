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

// noted is a ticket of the Service Desk with a note of each visibility.
func noted(t *testing.T, i *Instance) (ticket string, internal, customer *psav1.Note) {
	t.Helper()
	ticket = firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, Unassigned: new(false)}).GetId()
	in, err := i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &ticket, Body: new("Watching.")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	out, err := i.CreateCustomerNote(t.Context(), psav1.CreateCustomerNoteRequest_builder{Ticket: &ticket, Body: new("On it.")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	return ticket, in.GetNote(), out.GetNote()
}

func editNote(ticket, note string, input psav1.Note_builder, fields ...string) *psav1.UpdateNoteRequest {
	return psav1.UpdateNoteRequest_builder{Ticket: &ticket, Note: &note, Input: input.Build(), SetFields: fields}.Build()
}

func TestUpdateNoteChangesItsTextAlone(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket, internal, customer := noted(t, i)
	for _, n := range []*psav1.Note{internal, customer} {
		var was map[string]any
		vendor(t, sim, "GET", "service/tickets/"+ticket+"/notes/"+n.GetId(), "", &was)
		admin(t, sim, "DELETE", "requests", "", nil)
		ctx, count := counted(t)
		resp, err := i.UpdateNote(ctx, editNote(ticket, n.GetId(), psav1.Note_builder{Body: new("Changed\r\ntext.")}, "body"))
		if err != nil {
			t.Fatal(err)
		}
		r := resp.GetReceipt()
		if r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"body"}) || len(r.GetChanged()) > 0 || r.GetAttributedTo().GetName() == "" || count.VendorRequests() != 3 {
			t.Errorf("%d requests, receipt %v", count.VendorRequests(), r)
		}
		if m := r.GetNotification(); m.GetExpected() != mail.NotSent || m.GetObserved() != mail.NotSent {
			t.Errorf("mail %v", m)
		}
		if got := resp.GetNote(); got.GetBody() != "Changed\ntext." || got.GetVisibility() != n.GetVisibility() || got.GetEtag() == n.GetEtag() || got.GetAuthor().GetId() != n.GetAuthor().GetId() {
			t.Errorf("note %v", got)
		}
		var is map[string]any
		vendor(t, sim, "GET", "service/tickets/"+ticket+"/notes/"+n.GetId(), "", &is)
		for _, flag := range []string{"detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag", "createdBy", "dateCreated"} {
			if is[flag] != was[flag] {
				t.Errorf("%s was %v and is %v", flag, was[flag], is[flag])
			}
		}
		if sent := writes(t, sim); !slices.Equal(sent, []string{"PATCH service/tickets/" + ticket + "/notes/" + n.GetId()}) {
			t.Errorf("sent %v", sent)
		}
		// What is read next is what was answered.
		one, err := i.GetNote(t.Context(), psav1.GetNoteRequest_builder{Ticket: &ticket, Note: new(n.GetId())}.Build())
		if err != nil || one.GetNote().GetEtag() != resp.GetNote().GetEtag() || one.GetNote().GetBody() != resp.GetNote().GetBody() {
			t.Errorf("read %v, %v", one, err)
		}

		admin(t, sim, "DELETE", "requests", "", nil)
		again, err := i.UpdateNote(t.Context(), editNote(ticket, n.GetId(), psav1.Note_builder{Body: new("Changed\ntext.")}, "body"))
		if err != nil || again.GetReceipt().GetOutcome() != unchanged || len(writes(t, sim)) > 0 {
			t.Errorf("the same text: %v, %v", again, err)
		}
	}
}

func TestNotesHaveOneEtagEverywhere(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	ticket, internal, customer := noted(t, i)
	list, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &ticket}.Build())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, n := range list.GetNotes() {
		one, err := i.GetNote(t.Context(), psav1.GetNoteRequest_builder{Ticket: &ticket, Note: new(n.GetId())}.Build())
		if err != nil || one.GetNote().GetEtag() != n.GetEtag() || n.GetEtag() == "" || seen[n.GetEtag()] != "" {
			t.Errorf("note %s: listed as %s, read as %v, %v", n.GetId(), n.GetEtag(), one, err)
		}
		seen[n.GetEtag()] = n.GetId()
	}
	for _, n := range []*psav1.Note{internal, customer} {
		if seen[n.GetEtag()] != n.GetId() {
			t.Errorf("note %s was answered with %s, and is listed with another", n.GetId(), n.GetEtag())
		}
	}
}

func TestNotesThatCannotBeEdited(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket, internal, customer := noted(t, i)
	timeTicket, timeNote := timeEntryText(t, i)
	text := psav1.Note_builder{Body: new("x")}
	stale := editNote(ticket, internal.GetId(), text, "body")
	stale.SetOptions(psav1.WriteOptions_builder{IfMatch: new(customer.GetEtag())}.Build())
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, c := range map[string]struct {
		request *psav1.UpdateNoteRequest
		code    fault.Code
		fields  []string
		says    string
	}{
		"of a time entry":     {editNote(timeTicket, timeNote, text, "body"), fault.CodeFailedPrecondition, nil, "time entry " + strings.TrimPrefix(timeNote, "time-")},
		"unknown":             {editNote(ticket, "1", text, "body"), fault.CodeNotFound, nil, "has no note"},
		"of another ticket":   {editNote(timeTicket, internal.GetId(), text, "body"), fault.CodeNotFound, nil, "has no note"},
		"of no ticket":        {editNote("99999999", internal.GetId(), text, "body"), fault.CodeNotFound, nil, "99999999"},
		"title":               {editNote(ticket, internal.GetId(), psav1.Note_builder{Title: new("x")}, "title"), fault.CodeFieldNotSupported, []string{"title"}, "no title"},
		"emptied":             {editNote(ticket, internal.GetId(), psav1.Note_builder{}, "body"), fault.CodeInvalidArgument, []string{"body"}, "emptied"},
		"without text":        {editNote(ticket, internal.GetId(), psav1.Note_builder{Notify: &psav1.Notify{}}, "notify"), fault.CodeInvalidArgument, []string{"body"}, "new text"},
		"everything wrong":    {editNote(ticket, internal.GetId(), psav1.Note_builder{Format: new(psav1.Format_HTML)}, "body", "format", "visibility"), fault.CodeInvalidArgument, []string{"body", "format", "visibility"}, ""},
		"changed since":       {stale, fault.CodePreconditionFailed, nil, internal.GetEtag()},
		"mail of an internal": {editNote(ticket, internal.GetId(), psav1.Note_builder{Body: new("x"), Notify: psav1.Notify_builder{Contact: new(mail.Send)}.Build()}, "body", "notify"), fault.CodeInvalidArgument, []string{"notify.contact"}, "internal"},
		"mail to others alone": {editNote(ticket, customer.GetId(), psav1.Note_builder{Body: new("x"), Notify: psav1.Notify_builder{Cc: new(mail.Send), Technicians: new(mail.Send), BestEffort: new(true)}.Build()}, "body", "notify"),
			fault.CodeInvalidArgument, []string{"notify.cc", "notify.technicians"}, "everybody or nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := i.UpdateNote(t.Context(), c.request)
			e := wantFault(t, err, c.code)
			var fields []string
			for _, v := range e.Violations {
				fields = append(fields, v.Field)
			}
			if !slices.Equal(fields, c.fields) || !strings.Contains(e.Message, c.says) {
				t.Errorf("fault %v at %v", e, fields)
			}
		})
	}
	_, err := i.DeleteNote(t.Context(), psav1.DeleteNoteRequest_builder{Ticket: &timeTicket, Note: &timeNote}.Build())
	wantFault(t, err, fault.CodeFailedPrecondition)
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

// timeEntryText is a note that is the text of a time entry, and its ticket.
func timeEntryText(t *testing.T, i *Instance) (ticket, note string) {
	t.Helper()
	for _, row := range walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200))}) {
		resp, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: new(row.GetId()), Origin: []psav1.Origin_V{psav1.Origin_TIME_ENTRY}}.Build())
		if err != nil {
			t.Fatal(err)
		}
		if len(resp.GetNotes()) > 0 {
			return row.GetId(), resp.GetNotes()[0].GetId()
		}
	}
	t.Fatal("no ticket of the seed has a time entry with a text")
	return "", ""
}

func TestMailAboutAChangedNote(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket, _, customer := noted(t, i)
	vendor(t, sim, "PATCH", "service/tickets/"+ticket, `[{"op":"replace","path":"automaticEmailContactFlag","value":true}]`, nil)
	for n, c := range []struct {
		notify psav1.Notify_builder
		mails  int
	}{
		{psav1.Notify_builder{}, 0},
		{psav1.Notify_builder{Contact: new(mail.Suppress)}, 0},
		{psav1.Notify_builder{Contact: new(mail.Send)}, 1},
	} {
		before := len(outbox(t, sim, ticket))
		resp, err := i.UpdateNote(t.Context(), editNote(ticket, customer.GetId(), psav1.Note_builder{Body: new("Version " + string(rune('a'+n))), Notify: c.notify.Build()}, "body", "notify"))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(outbox(t, sim, ticket)) - before; got != c.mails || (resp.GetReceipt().GetNotification().GetExpected() == mail.Sent) != (c.mails > 0) {
			t.Errorf("%v: %d mails, receipt %v", c.notify, got, resp.GetReceipt().GetNotification())
		}
	}
	vendor(t, sim, "PATCH", "service/tickets/"+ticket, `[{"op":"replace","path":"automaticEmailContactFlag","value":false}]`, nil)
	_, err := i.UpdateNote(t.Context(), editNote(ticket, customer.GetId(), psav1.Note_builder{Body: new("z"), Notify: psav1.Notify_builder{Contact: new(mail.Send)}.Build()}, "body", "notify"))
	wantFault(t, err, fault.CodeFailedPrecondition)
}

func TestDeleteNote(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket, internal, customer := noted(t, i)
	remove := psav1.DeleteNoteRequest_builder{Ticket: &ticket, Note: new(internal.GetId()), Options: psav1.WriteOptions_builder{IfMatch: new(internal.GetEtag())}.Build()}
	ctx, count := counted(t)
	resp, err := i.DeleteNote(ctx, remove.Build())
	if err != nil || resp.GetReceipt().GetOutcome() != applied || len(resp.GetReceipt().GetWarnings()) > 0 || count.VendorRequests() != 4 {
		t.Errorf("%d requests, receipt %v, %v", count.VendorRequests(), resp.GetReceipt(), err)
	}
	_, err = i.DeleteNote(t.Context(), remove.Build())
	wantFault(t, err, fault.CodeNotFound)

	// The first note of the discussion is the ticket's description.
	list, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &ticket}.Build())
	if err != nil {
		t.Fatal(err)
	}
	n := slices.IndexFunc(list.GetNotes(), func(n *psav1.Note) bool { return n.GetKind() == psav1.NoteKind_DESCRIPTION })
	remove = psav1.DeleteNoteRequest_builder{Ticket: &ticket, Note: new(list.GetNotes()[n].GetId())}
	resp, err = i.DeleteNote(t.Context(), remove.Build())
	if err != nil || len(resp.GetReceipt().GetWarnings()) != 1 {
		t.Errorf("the description: %v, %v", resp.GetReceipt(), err)
	}

	remove.Note = new(customer.GetId())
	admin(t, sim, "DELETE", "requests", "", nil)
	planned, err := i.DeleteNote(dry(t), remove.Build())
	if r := planned.GetReceipt(); err != nil || r.GetOutcome() != psav1.Receipt_Outcome_DRY_RUN || len(r.GetPlanned()) != 1 || len(r.GetReads()) != 2 || len(writes(t, sim)) > 0 ||
		r.GetPlanned()[0].GetPath() != "/service/tickets/"+ticket+"/notes/"+customer.GetId() {
		t.Errorf("dry run: %v, %v", r, err)
	}
}

// newTicket is a ticket that nothing hangs on.
func newTicket(t *testing.T, i *Instance) *psav1.Ticket {
	t.Helper()
	company := firstTicket(t, i, psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_SERVICE}}).GetCompany().GetId()
	resp, err := i.CreateTicket(t.Context(), psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{Title: new("Toner"), Company: refByID(company)}.Build()}.Build())
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetTicket()
}

func TestDeleteTicket(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	some := []*psav1.Ticket{newTicket(t, i), newTicket(t, i), newTicket(t, i), newTicket(t, i)}
	// ConnectWise keeps a ticket that time was booked on.
	booked, _ := timeEntryText(t, i)
	_, err := i.DeleteTicket(t.Context(), psav1.DeleteTicketRequest_builder{Ticket: &booked}.Build())
	if e := wantFault(t, err, fault.CodeFailedPrecondition); e.Vendor == nil || e.Vendor.Status != 409 {
		t.Errorf("fault %+v", e)
	}
	remove := func(n int, b psav1.DeleteTicketRequest_builder) (*psav1.Receipt, error) {
		b.Ticket = new(some[n].GetId())
		resp, err := i.DeleteTicket(t.Context(), b.Build())
		return resp.GetReceipt(), err
	}
	r, err := remove(0, psav1.DeleteTicketRequest_builder{Options: psav1.WriteOptions_builder{IfMatch: new(some[0].GetEtag())}.Build()})
	if err != nil || r.GetOutcome() != applied || r.GetVendorRequests() != 0 { // nobody counts here
		t.Errorf("receipt %v, %v", r, err)
	}
	_, err = i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: new(some[0].GetId())}.Build())
	wantFault(t, err, fault.CodeNotFound)
	_, err = remove(0, psav1.DeleteTicketRequest_builder{})
	wantFault(t, err, fault.CodeNotFound)

	_, err = remove(1, psav1.DeleteTicketRequest_builder{Options: psav1.WriteOptions_builder{IfMatch: new(some[0].GetEtag())}.Build()})
	wantFault(t, err, fault.CodePreconditionFailed)
	r, err = remove(1, psav1.DeleteTicketRequest_builder{Reason: new("a test")})
	if err != nil || r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || len(r.GetDropped()) != 1 || r.GetDropped()[0].GetField() != "reason" || r.GetDropped()[0].GetAsked().GetStringValue() != "a test" {
		t.Errorf("with a reason: %v, %v", r, err)
	}

	ctx, count := counted(t)
	if _, err := i.DeleteTicket(ctx, psav1.DeleteTicketRequest_builder{Ticket: new(some[2].GetId())}.Build()); err != nil || count.VendorRequests() != 3 {
		t.Errorf("%d requests, %v", count.VendorRequests(), err)
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	planned, err := i.DeleteTicket(dry(t), psav1.DeleteTicketRequest_builder{Ticket: new(some[3].GetId())}.Build())
	if p := planned.GetReceipt().GetPlanned(); err != nil || len(p) != 1 || p[0].GetMethod() != "DELETE" || p[0].GetPath() != "/service/tickets/"+some[3].GetId() || len(writes(t, sim)) > 0 {
		t.Errorf("dry run: %v, %v", planned, err)
	}
}

// TestDeletionsThatAreNotSure injects what can go wrong around a deletion.
func TestDeletionsThatAreNotSure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults  []string
		outcome psav1.Receipt_Outcome_V
		code    fault.Code
		gone    bool
	}{
		"the answer is lost":  {[]string{`{"match":{"method":"DELETE"},"fault":"drop_after","times":1}`}, 0, fault.CodeOutcomeUnknown, true},
		"the request is lost": {[]string{`{"match":{"method":"DELETE"},"fault":"drop_before","times":1}`}, 0, fault.CodeOutcomeUnknown, false},
		"nothing can be read after it": {
			[]string{`{"match":{"method":"GET","path":"*/service/tickets/*"},"after":1,"fault":"status","status":500,"times":3}`},
			psav1.Receipt_Outcome_UNVERIFIED, "", true,
		},
		"it is refused": {
			[]string{`{"match":{"method":"DELETE"},"fault":"status","status":403,"times":1,"body":{"code":"Security","message":"You do not have security permission to perform this action."}}`},
			0, fault.CodePermissionDenied, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			id := newTicket(t, i).GetId()
			admin(t, sim, "DELETE", "requests", "", nil)
			for _, f := range c.faults {
				admin(t, sim, "POST", "faults", f, nil)
			}
			resp, err := i.DeleteTicket(t.Context(), psav1.DeleteTicketRequest_builder{Ticket: &id}.Build())
			if fault.CodeOf(err) != c.code || resp.GetReceipt().GetOutcome() != c.outcome {
				t.Errorf("receipt %v, %v", resp.GetReceipt(), err)
			}
			admin(t, sim, "DELETE", "faults", "", nil)
			if status := vendor(t, sim, "GET", "service/tickets/"+id, "", nil); (status == 404) != c.gone {
				t.Errorf("ConnectWise answers %d", status)
			}
			if n := deletions(t, sim); n != 1 {
				t.Errorf("%d deletions were sent", n)
			}
		})
	}
}

func deletions(t *testing.T, sim *simulator.Running) int {
	t.Helper()
	return len(slices.DeleteFunc(writes(t, sim), func(w string) bool { return !strings.HasPrefix(w, "DELETE ") }))
}
