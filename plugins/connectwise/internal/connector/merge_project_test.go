package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// mergeField is a custom field of project tickets in the seed, which stands for one
// that a tenant would make for it. Its values are cleared first.
const mergeField = "Story Points"

// openMerging connects with a place for what project tickets are merged into, and
// returns two tickets of one project's company.
func openMerging(t *testing.T) (*Instance, *simulator.Running, *psav1.Ticket, *psav1.Ticket) {
	t.Helper()
	sim := startSimulator(t)
	var rows []struct{ ID int }
	vendor(t, sim, "GET", "project/tickets?pageSize=1000&fields=id", "", &rows)
	for _, row := range rows {
		vendor(t, sim, "PATCH", fmt.Sprintf("project/tickets/%d", row.ID), `[{"op":"replace","path":"customFields","value":[{"id":21,"value":null}]}]`, nil)
	}
	// The seed's role lets nobody delete notes of projects; this tenant's does.
	admin(t, sim, "POST", "act", `{"as":"`+seed.AdminMember+`","method":"PATCH","path":"/system/members/150","body":[{"op":"replace","path":"securityRole","value":{"id":1}}]}`, nil)
	config := configFor(sim.URL)
	config.MergeField = mergeField
	i, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	by := map[string]*psav1.Ticket{}
	for _, ticket := range walk(t, i, psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_PROJECT}, PageSize: new(int32(200))}) {
		if first, ok := by[ticket.GetCompany().GetId()]; ok {
			return i, sim, first, ticket
		}
		by[ticket.GetCompany().GetId()] = ticket
	}
	t.Fatal("the seed has no company with two project tickets")
	return nil, nil, nil, nil
}

// addDocument puts a file on a project ticket without the connector.
func addDocument(t *testing.T, i *Instance, ticket, name, content string, private bool) {
	t.Helper()
	form := vendorhttp.Form([]vendorhttp.FormField{
		{Name: "recordType", Value: "ProjectTicket"}, {Name: "recordId", Value: ticket}, {Name: "title", Value: name}, {Name: "privateFlag", Value: fmt.Sprint(private)},
	}, &vendorhttp.FormFile{Field: "file", Name: name, Content: strings.NewReader(content)})
	if _, err := i.account.API.Do(t.Context(), vendorhttp.Request{Method: "POST", Path: "system/documents", Upload: form}); err != nil {
		t.Fatal(err)
	}
}

func TestMergeOfProjectTickets(t *testing.T) {
	t.Parallel()
	i, sim, s, d := openMerging(t)
	survivor, duplicate := s.GetId(), d.GetId()
	for _, body := range []string{"It is broken.", "Ordered a part."} {
		if _, err := i.CreateCustomerNote(t.Context(), psav1.CreateCustomerNoteRequest_builder{Ticket: &duplicate, Body: &body}.Build()); err != nil {
			t.Fatal(err)
		}
	}
	addDocument(t, i, duplicate, "plan.txt", "the plan", false)
	addDocument(t, i, duplicate, "secret.txt", "the secret", true)
	request := mergeOf(survivor, duplicate)
	request.Note = new("the same work")

	admin(t, sim, "DELETE", "requests", "", nil)
	planned, err := i.MergeTickets(dry(t), request.Build())
	if err != nil {
		t.Fatal(err)
	}
	var plan []string
	for _, p := range planned.GetReceipt().GetPlanned() {
		plan = append(plan, p.GetMethod()+" "+strings.TrimPrefix(p.GetPath(), "/"))
	}
	want := []string{
		"POST project/tickets/" + survivor + "/notes", // the caller's
		"POST project/tickets/" + survivor + "/notes", // the digest
		"POST system/documents", "POST system/documents",
		"POST project/tickets/" + duplicate + "/notes",
		"PATCH project/tickets/" + duplicate,
	}
	if !slices.Equal(plan, want) || len(writes(t, sim)) > 0 || planned.GetReceipt().GetSupport() != psav1.Support_EMULATED || len(planned.GetDuplicates()[0].GetSteps()) > 0 {
		t.Errorf("planned %v, sent %v", plan, writes(t, sim))
	}

	before := len(outbox(t, sim, survivor))
	admin(t, sim, "DELETE", "requests", "", nil)
	resp, err := i.MergeTickets(t.Context(), request.Build())
	if err != nil {
		t.Fatal(err)
	}
	if sent := writes(t, sim); !slices.Equal(sent, want) {
		t.Errorf("sent %v", sent)
	}
	if mails := len(outbox(t, sim, survivor)) - before; mails != 0 {
		t.Errorf("%d mails to the contact of the survivor", mails)
	}
	r := resp.GetReceipt()
	if r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"duplicates[0]", "note"}) || r.GetSupport() != psav1.Support_EMULATED || r.GetNotification().GetExpected() != mail.Unknown || len(r.GetWarnings()) > 0 {
		t.Errorf("receipt %v", r)
	}
	if m := resp.GetDuplicates()[0]; !m.GetMerged() || len(m.GetSteps()) != 5 || slices.Contains(m.GetLost(), "notes") || slices.Contains(m.GetLost(), "attachments") {
		t.Errorf("duplicate %v", m)
	}
	// Every later read shows it, from a list as from the ticket itself.
	one, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &duplicate}.Build())
	if err != nil || one.GetTicket().GetMergedInto().GetId() != survivor || one.GetTicket().GetStatus().GetCategory() != psav1.Category_CLOSED {
		t.Errorf("it reads %v, %v", one.GetTicket(), err)
	}
	row := firstTicket(t, i, psav1.ListTicketsRequest_builder{Number: &duplicate})
	if row.GetMergedInto().GetId() != survivor || row.GetEtag() != one.GetTicket().GetEtag() || len(row.GetCustomFields()) > 0 {
		t.Errorf("in a list it is %v", row)
	}
	notes, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &survivor, PageSize: new(int32(200))}.Build())
	if err != nil {
		t.Fatal(err)
	}
	digests := slices.DeleteFunc(slices.Clone(notes.GetNotes()), func(n *psav1.Note) bool { return !strings.HasPrefix(n.GetBody(), "Merged from "+duplicate) })
	if len(digests) != 1 || digests[0].GetVisibility() != psav1.Visibility_INTERNAL || !strings.Contains(digests[0].GetBody(), "It is broken.") || !strings.Contains(digests[0].GetBody(), "[customer") {
		t.Errorf("digests %v", digests)
	}
	files, err := i.ListAttachments(t.Context(), psav1.ListAttachmentsRequest_builder{Ticket: &survivor}.Build())
	if err != nil {
		t.Fatal(err)
	}
	sees := map[string]psav1.Visibility_V{}
	for _, a := range files.GetAttachments() {
		sees[fmt.Sprintf("%s of %d", a.GetFileName(), a.GetSize())] = a.GetVisibility()
	}
	if sees["plan.txt of 8"] != psav1.Visibility_CUSTOMER || sees["secret.txt of 10"] != psav1.Visibility_INTERNAL {
		t.Errorf("files %v", files)
	}

	admin(t, sim, "DELETE", "requests", "", nil)
	again, err := i.MergeTickets(t.Context(), request.Build())
	if err != nil || again.GetReceipt().GetOutcome() != unchanged || !again.GetDuplicates()[0].GetAlreadyMerged() || len(writes(t, sim)) > 0 {
		t.Errorf("again %v, %v", again, err)
	}
}

func TestMergeOfProjectTicketsLeavesWhatIsAsked(t *testing.T) {
	t.Parallel()
	i, sim, s, d := openMerging(t)
	survivor, duplicate := s.GetId(), d.GetId()
	if _, err := i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &duplicate, Body: new("x")}.Build()); err != nil {
		t.Fatal(err)
	}
	addDocument(t, i, duplicate, "plan.txt", "the plan", false)
	vendor(t, sim, "PATCH", "project/tickets/"+survivor, `[{"op":"replace","path":"automaticEmailCc","value":"boss@one.example;"}]`, nil)
	vendor(t, sim, "PATCH", "project/tickets/"+duplicate, `[{"op":"replace","path":"automaticEmailCc","value":"BOSS@one.example;two@two.example;"}]`, nil)
	request := mergeOf(survivor, duplicate)
	request.Carry = psav1.Carry_builder{Notes: new(psav1.Carry_Notes_NONE), Attachments: new(psav1.Carry_Attachments_NONE), People: new(true)}.Build()
	request.Notify = psav1.Notify_builder{Contact: new(mail.Suppress)}.Build()
	admin(t, sim, "DELETE", "requests", "", nil)
	resp, err := i.MergeTickets(t.Context(), request.Build())
	if err != nil {
		t.Fatal(err)
	}
	if sent := writes(t, sim); !slices.Equal(sent, []string{"PATCH project/tickets/" + survivor, "POST project/tickets/" + duplicate + "/notes", "PATCH project/tickets/" + duplicate}) {
		t.Errorf("sent %v", sent)
	}
	if m := resp.GetDuplicates()[0]; !m.GetMerged() || !slices.Contains(m.GetLost(), "notes") || !slices.Contains(m.GetLost(), "attachments") || resp.GetReceipt().GetNotification().GetObserved() != mail.NotSent {
		t.Errorf("answered %v", resp)
	}
	var psa struct{ AutomaticEmailCc string }
	vendor(t, sim, "GET", "project/tickets/"+survivor, "", &psa)
	if !strings.HasPrefix(psa.AutomaticEmailCc, "boss@one.example;") || strings.Count(psa.AutomaticEmailCc, "@one.example") != 1 || !strings.Contains(psa.AutomaticEmailCc, "two@two.example") {
		t.Errorf("copied on the survivor are %q", psa.AutomaticEmailCc)
	}
	_, err = i.MergeTickets(t.Context(), mergeOf(survivor, newTicket(t, i).GetId()).Build())
	if e := wantFault(t, err, fault.CodeFailedPrecondition); e.Reason != "KIND_MISMATCH" || !strings.Contains(e.Message, "SERVICE") || !strings.Contains(e.Message, "PROJECT") {
		t.Errorf("of two kinds: %v", e)
	}
}

// TestPeopleOfSeveralDuplicates copies each address once, and not the survivor's own
// contact.
func TestPeopleOfSeveralDuplicates(t *testing.T) {
	t.Parallel()
	i, sim, _, _ := openMerging(t)
	var ids []string
	for n, cc := range []string{"boss@one.example", "two@two.example;THREE@two.example", "Two@two.example;four@two.example"} {
		var made struct{ ID int }
		vendor(t, sim, "POST", "project/tickets", fmt.Sprintf(`{"summary":"Rack %d","phase":{"id":411},"contactEmailAddress":"ann@one.example","automaticEmailCc":%q}`, n, cc), &made)
		ids = append(ids, itoa(made.ID))
	}
	request := mergeOf(ids[0], ids[1], ids[2])
	request.Carry = psav1.Carry_builder{People: new(true)}.Build()
	must(t, i.MergeTickets, request.Build())
	got := held[struct{ AutomaticEmailCc, ContactEmailAddress string }](t, sim, "project/tickets/"+ids[0])
	want := []string{"boss@one.example", "two@two.example", "THREE@two.example", "four@two.example"}
	if cc := strings.FieldsFunc(got.AutomaticEmailCc, func(r rune) bool { return r == ';' }); !slices.Equal(cc, want) || got.ContactEmailAddress != "ann@one.example" {
		t.Errorf("copied on the survivor are %v; the ticket is %+v", cc, got)
	}
}

// TestProjectTicketsAreNotMergedWithoutAPlace holds that nothing is written where
// later reads could not show the merge.
func TestProjectTicketsAreNotMergedWithoutAPlace(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	two := walk(t, i, psav1.ListTicketsRequest_builder{Kind: []psav1.Kind_V{psav1.Kind_PROJECT}, PageSize: new(int32(200))})
	admin(t, sim, "DELETE", "requests", "", nil)
	_, err := i.MergeTickets(t.Context(), mergeOf(two[0].GetId(), two[1].GetId()).Build())
	if e := wantFault(t, err, fault.CodeNotSupported); !strings.Contains(e.Message, "merge_field") {
		t.Errorf("fault %v", e)
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
	for name, says := range map[string]string{"No Such Field": "no custom field", "Asset Tag": "no custom field"} { // the second is of service tickets
		config := configFor(sim.URL)
		config.MergeField = name
		_, err := connect(t.Context(), config)
		if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "merge_field.name" && e.Violations[0].Field != "merge_field" || !strings.Contains(e.Message, says) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestStepsOfAnEmulatedMergeThatFail injects a fault into each step: what the steps
// before it made is taken back.
func TestStepsOfAnEmulatedMergeThatFail(t *testing.T) {
	t.Parallel()
	const refuse = `"fault":"status","status":403,"times":1,"body":{"code":"Security","message":"You do not have security permission to perform this action."}`
	for name, c := range map[string]struct {
		faults []string // S and D stand for the tickets
		code   fault.Code
		says   string
		merged bool
		left   []string // what is left of what was written, by its path
	}{
		"the digest":      {[]string{`{"match":{"method":"POST","path":"*/tickets/S/notes"},"after":1,` + refuse + `}`}, fault.CodePermissionDenied, "note that was written ahead of it was taken back", false, nil},
		"the attachment":  {[]string{`{"match":{"method":"POST","path":"*/documents"},` + refuse + `}`}, fault.CodePermissionDenied, "what was written before it was taken back", false, nil},
		"the download":    {[]string{`{"match":{"method":"GET","path":"*/download"},` + refuse + `}`}, fault.CodePermissionDenied, "what was written before it was taken back", false, nil},
		"the mark":        {[]string{`{"match":{"method":"POST","path":"*/tickets/D/notes"},` + refuse + `}`}, fault.CodePermissionDenied, "what was written before it was taken back", false, nil},
		"the closing":     {[]string{`{"match":{"method":"PATCH","path":"*/tickets/D"},` + refuse + `}`}, fault.CodePermissionDenied, "what was written before it was taken back", false, nil},
		"its lost answer": {[]string{`{"match":{"method":"PATCH","path":"*/tickets/D"},"fault":"drop_after","times":1}`}, "", "", true, []string{"notes", "documents"}},
		"its lost request": {
			[]string{`{"match":{"method":"PATCH","path":"*/tickets/D"},"fault":"drop_before","times":1}`}, fault.CodeOutcomeUnknown, "written already", false, []string{"notes", "documents"},
		},
		"the taking back": {
			[]string{`{"match":{"method":"PATCH","path":"*/tickets/D"},` + refuse + `}`, `{"match":{"method":"DELETE","path":"*/documents/*"},` + refuse + `}`},
			fault.CodePermissionDenied, "left at ConnectWise: /system/documents/", false, []string{"documents"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim, s, d := openMerging(t)
			survivor, duplicate := s.GetId(), d.GetId()
			addDocument(t, i, duplicate, "plan.txt", "the plan", false)
			count := func(path string) int {
				var rows []struct{ ID int }
				vendor(t, sim, "GET", path, "", &rows)
				return len(rows)
			}
			notesOf := func(ticket string) int { return count("project/tickets/" + ticket + "/notes?pageSize=1000") }
			documents := func() int { return count("system/documents?recordType=ProjectTicket&recordId=" + survivor) }
			notes, marks, files := notesOf(survivor), notesOf(duplicate), documents()
			request := mergeOf(survivor, duplicate)
			request.Note = new("the same work")
			for _, f := range c.faults {
				admin(t, sim, "POST", "faults", strings.NewReplacer("/S", "/"+survivor, "/D", "/"+duplicate).Replace(f), nil)
			}
			ctx, sent := counted(t)
			resp, err := i.MergeTickets(ctx, request.Build())
			admin(t, sim, "DELETE", "faults", "", nil)
			if fault.CodeOf(err) != c.code || err != nil && !strings.Contains(fault.From(err).Message, c.says) || err == nil && resp.GetDuplicates()[0].GetMerged() != c.merged {
				t.Errorf("answered %v, %v", resp, err)
			}
			if err != nil && c.code != fault.CodeOutcomeUnknown && (c.left == nil) != (fault.From(err).Outcome == "" && sent.Writes() == 0) {
				t.Errorf("the outcome is %q with %d writes", fault.From(err).Outcome, sent.Writes())
			}
			if got := notesOf(survivor) > notes; got != slices.Contains(c.left, "notes") {
				t.Errorf("notes are left on the survivor: %t", got)
			}
			if got := documents() > files; got != slices.Contains(c.left, "documents") {
				t.Errorf("documents are left on the survivor: %t", got)
			}
			if got := notesOf(duplicate) > marks; got != slices.Contains(c.left, "notes") {
				t.Errorf("the mark is left on the duplicate: %t", got)
			}
			// A repeat comes to the end, and doubles nothing.
			if _, err := i.MergeTickets(t.Context(), request.Build()); err != nil {
				t.Errorf("again: %v", err)
			}
			if on, of := notesOf(survivor)-notes, notesOf(duplicate)-marks; on != 2 || of != 1 {
				t.Errorf("after a repeat the survivor has %d notes more, the duplicate %d", on, of)
			}
			if got := documents() - files; got != 1 {
				t.Errorf("after a repeat the survivor has %d documents more", got)
			}
			one, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &duplicate}.Build())
			if err != nil || one.GetTicket().GetMergedInto().GetId() != survivor {
				t.Errorf("after a repeat it reads %v, %v", one.GetTicket(), err)
			}
		})
	}
}
