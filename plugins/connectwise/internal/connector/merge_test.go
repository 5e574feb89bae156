package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// mergeOf asks for a merge into a ticket.
func mergeOf(survivor string, duplicates ...string) psav1.MergeTicketsRequest_builder {
	b := psav1.MergeTicketsRequest_builder{Ticket: &survivor}
	for _, id := range duplicates {
		b.Duplicates = append(b.Duplicates, refByID(id))
	}
	return b
}

// ofOneCompany are tickets of a queue and one company.
func ofOneCompany(t *testing.T, i *Instance, queue string, n int) []*psav1.Ticket {
	t.Helper()
	by := map[string][]*psav1.Ticket{}
	for _, ticket := range walk(t, i, psav1.ListTicketsRequest_builder{
		Queue: []string{queue}, PageSize: new(int32(200)), OrderBy: new("id"),
	}) {
		company := ticket.GetCompany().GetId()
		if by[company] = append(by[company], ticket); len(by[company]) == n {
			return by[company]
		}
	}
	t.Fatalf("the seed has no company with %d tickets in %s", n, queue)
	return nil
}

func TestMergesThatAreRefused(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	same := ofOneCompany(t, i, "Service Desk", 3)
	s, a, b := same[0].GetId(), same[1].GetId(), same[2].GetId()
	var other string
	for _, ticket := range walk(t, i, psav1.ListTicketsRequest_builder{PageSize: new(int32(200))}) {
		if ticket.GetCompany().GetId() != same[0].GetCompany().GetId() {
			other = ticket.GetId()
		}
	}
	with := func(b psav1.MergeTicketsRequest_builder, change func(*psav1.MergeTicketsRequest_builder)) psav1.MergeTicketsRequest_builder {
		change(&b)
		return b
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, c := range map[string]struct {
		request psav1.MergeTicketsRequest_builder
		code    fault.Code
		fields  []string
		says    string
	}{
		"an unknown survivor": {mergeOf("99999999", a), fault.CodeNotFound, nil, "99999999"},
		"no survivor at all":  {mergeOf("x", a), fault.CodeNotFound, nil, "ids are numbers"},
		"everything wrong": {
			with(mergeOf(s, s, a, a, "99999999", "x"), func(b *psav1.MergeTicketsRequest_builder) { b.Duplicates = append(b.Duplicates, ref("Printer")) }),
			fault.CodeInvalidArgument, []string{"duplicates[0].id", "duplicates[2].id", "duplicates[4].id", "duplicates[5].id", "duplicates[3].id"}, "survives",
		},
		"another company": {mergeOf(s, a, other), fault.CodeFailedPrecondition, nil, "different companies"},
		"an old etag": {
			with(mergeOf(s, a), func(b *psav1.MergeTicketsRequest_builder) {
				b.Options = psav1.WriteOptions_builder{IfMatch: new(same[1].GetEtag())}.Build()
			}), fault.CodePreconditionFailed, nil, same[0].GetEtag(),
		},
		"mail that cannot be kept back": {
			with(mergeOf(s, a, b), func(b *psav1.MergeTicketsRequest_builder) {
				b.Notify = psav1.Notify_builder{Contact: new(mail.Suppress)}.Build()
			}), fault.CodeFailedPrecondition, nil, "best_effort",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := i.MergeTickets(t.Context(), c.request.Build())
			e := wantFault(t, err, c.code)
			var fields []string
			for _, v := range e.Violations {
				fields = append(fields, v.Field)
			}
			if !slices.Equal(fields, c.fields) || !strings.Contains(e.Message, c.says) {
				t.Errorf("%v at %v", e, fields)
			}
		})
	}
	_, err := i.MergeTickets(t.Context(), mergeOf(s, other).Build())
	if e := wantFault(t, err, fault.CodeFailedPrecondition); e.Reason != fault.ReasonConfirmationRequired || len(e.Confirmations) != 1 || e.Confirmations[0].Code != "other_company" || !strings.Contains(e.Confirmations[0].Text, other) {
		t.Errorf("fault %+v", e)
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestMergeStatus(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	desk, alerts := ofOneCompany(t, i, "Service Desk", 2), ofOneCompany(t, i, "Alerts", 1)
	request := mergeOf(desk[0].GetId(), desk[1].GetId(), alerts[0].GetId())
	request.Note, request.Options = new("the same"), psav1.WriteOptions_builder{Accept: []string{"other_company"}}.Build()
	planned := func() ([]*psav1.VendorRequest, error) {
		ctx := dry(t)
		resp, err := i.MergeTickets(ctx, request.Build())
		return resp.GetReceipt().GetPlanned(), err
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	plan, err := planned()
	if err != nil || len(plan) != 3 {
		t.Fatalf("planned %v, %v", plan, err)
	}
	if plan[0].GetPath() != "/service/tickets/"+desk[0].GetId()+"/notes" || !plan[0].GetBody().GetStructValue().GetFields()["internalAnalysisFlag"].GetBoolValue() {
		t.Errorf("the first step is %v", plan[0])
	}
	// A merge for each board, with a status of that board that closes.
	statuses := map[float64]bool{}
	for n, ticket := range []*psav1.Ticket{desk[1], alerts[0]} {
		body := plan[n+1].GetBody().GetStructValue().GetFields()
		ids := body["mergeTicketIds"].GetListValue().GetValues()
		if plan[n+1].GetMethod() != "POST" || plan[n+1].GetPath() != "/service/tickets/"+desk[0].GetId()+"/merge" || len(ids) != 1 || fmt.Sprint(ids[0].GetNumberValue()) != ticket.GetId() {
			t.Errorf("step %d is %v", n+1, plan[n+1])
		}
		id := body["status"].GetStructValue().GetFields()["id"].GetNumberValue()
		statuses[id] = true
		var status struct{ ClosedStatus bool }
		vendor(t, sim, "GET", fmt.Sprintf("service/boards/%s/statuses/%v", ticket.GetQueue().GetId(), id), "", &status)
		if !status.ClosedStatus {
			t.Errorf("status %v of queue %v does not close", id, ticket.GetQueue())
		}
	}
	if len(statuses) != 2 {
		t.Errorf("statuses %v", statuses)
	}

	i.account.Config.MergeStatus = "Monitoring" // of Alerts alone
	if _, err := planned(); fault.CodeOf(err) != fault.CodeFailedPrecondition || !strings.Contains(err.Error(), `"Service Desk" has no active status "Monitoring"`) {
		t.Errorf("a status of another queue: %v", err)
	}
	request = mergeOf(desk[0].GetId(), alerts[0].GetId())
	request.Options = psav1.WriteOptions_builder{Accept: []string{"other_company"}}.Build()
	for _, name := range []string{"Monitoring", fmt.Sprint(statusID(t, i, alerts[0].GetQueue().GetId(), "Monitoring"))} {
		i.account.Config.MergeStatus = name
		plan, err = planned()
		if err != nil || len(plan) != 1 || plan[0].GetBody().GetStructValue().GetFields()["status"].GetStructValue().GetFields()["id"].GetNumberValue() != float64(statusID(t, i, alerts[0].GetQueue().GetId(), "Monitoring")) {
			t.Errorf("%s: planned %v, %v", name, plan, err)
		}
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("the dry runs sent %v", sent)
	}
}

// statusID is the id of a status of a queue.
func statusID(t *testing.T, i *Instance, queue, name string) int {
	t.Helper()
	var board int
	if _, err := fmt.Sscan(queue, &board); err != nil {
		t.Fatal(err)
	}
	set, err := i.account.Tables.Statuses(t.Context(), board)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range set.Values {
		if s.Name == name {
			return s.ID
		}
	}
	t.Fatalf("queue %s has no status %s", queue, name)
	return 0
}

func TestMerge(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	desk, alerts := ofOneCompany(t, i, "Service Desk", 3), ofOneCompany(t, i, "Alerts", 1)
	survivor := desk[0].GetId()
	request := mergeOf(survivor, desk[1].GetId(), alerts[0].GetId(), desk[2].GetId())
	request.Note, request.Carry = new("the same printer"), psav1.Carry_builder{People: new(true)}.Build()
	request.Options = psav1.WriteOptions_builder{Accept: []string{"other_company"}, IfMatch: new(desk[0].GetEtag())}.Build()
	if _, err := i.MergeTickets(dry(t), request.Build()); err != nil { // loads the tables
		t.Fatal(err)
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	ctx, count := counted(t)
	resp, err := i.MergeTickets(ctx, request.Build())
	if err != nil {
		t.Fatal(err)
	}
	// The tickets, whether the note is there, the note, a merge for each queue, the
	// tickets again.
	if sent := writes(t, sim); count.VendorRequests() != 6 || !slices.Equal(sent, []string{"POST service/tickets/" + survivor + "/notes", "POST service/tickets/" + survivor + "/merge", "POST service/tickets/" + survivor + "/merge"}) {
		t.Errorf("%d requests, sent %v", count.VendorRequests(), sent)
	}
	r := resp.GetReceipt()
	if r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"duplicates[0]", "duplicates[1]", "duplicates[2]", "note"}) || len(r.GetSteps()) != 3 || r.GetSupport() != psav1.Support_NATIVE ||
		len(r.GetWarnings()) != 1 || !strings.Contains(r.GetWarnings()[0], "carry") || r.GetNotification().GetExpected() != mail.Unknown || r.GetAttributedTo().GetName() == "" || r.GetVendorRequests() != 6 {
		t.Errorf("receipt %v", r)
	}
	for n, want := range []*psav1.Ticket{desk[1], alerts[0], desk[2]} {
		d := resp.GetDuplicates()[n]
		if d.GetId() != want.GetId() || !d.GetMerged() || d.GetAlreadyMerged() || len(d.GetSteps()) != 1 || d.GetSteps()[0].GetVendorRef() != survivor {
			t.Errorf("duplicate %v", d)
		}
		one, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: new(want.GetId())}.Build())
		if err != nil || one.GetTicket().GetMergedInto().GetId() != survivor || one.GetTicket().GetStatus().GetCategory() != psav1.Category_CLOSED {
			t.Errorf("it reads %v, %v", one.GetTicket(), err)
		}
		var psa struct {
			MergedParentTicket struct{ ID int }
			ClosedFlag         bool
		}
		vendor(t, sim, "GET", "service/tickets/"+want.GetId(), "", &psa)
		if fmt.Sprint(psa.MergedParentTicket.ID) != survivor || !psa.ClosedFlag {
			t.Errorf("ConnectWise holds %+v", psa)
		}
	}
	var notes []struct {
		Text                                        string
		InternalAnalysisFlag, DetailDescriptionFlag bool
	}
	vendor(t, sim, "GET", "service/tickets/"+survivor+"/notes?orderBy=id%20desc&pageSize=1", "", &notes)
	if notes[0].Text != "the same printer" || !notes[0].InternalAnalysisFlag || notes[0].DetailDescriptionFlag {
		t.Errorf("the note is %+v", notes[0])
	}

	// Once more: nothing is written, the note least of all.
	admin(t, sim, "DELETE", "requests", "", nil)
	request.Options = psav1.WriteOptions_builder{Accept: []string{"other_company"}}.Build()
	again, err := i.MergeTickets(t.Context(), request.Build())
	if err != nil || again.GetReceipt().GetOutcome() != unchanged || len(writes(t, sim)) > 0 || !again.GetDuplicates()[1].GetAlreadyMerged() || !again.GetDuplicates()[1].GetMerged() {
		t.Errorf("again %v, %v, sent %v", again, err, writes(t, sim))
	}
	request.Note = new("another note")
	again, err = i.MergeTickets(t.Context(), request.Build())
	if d := again.GetReceipt().GetDropped(); err != nil || len(d) != 1 || d[0].GetField() != "note" || len(writes(t, sim)) > 0 {
		t.Errorf("with another note %v, %v", again, err)
	}

	// Elsewhere it is too late.
	other := newTicket(t, i)
	_, err = i.MergeTickets(t.Context(), mergeOf(other.GetId(), desk[1].GetId()).Build())
	if e := wantFault(t, err, fault.CodeFailedPrecondition); e.Reason != "ALREADY_MERGED" || !strings.Contains(e.Message, "merged into ticket "+survivor+" already") {
		t.Errorf("fault %+v", e)
	}
	_, err = i.MergeTickets(t.Context(), mergeOf(desk[1].GetId(), other.GetId()).Build())
	if e := wantFault(t, err, fault.CodeFailedPrecondition); !strings.Contains(e.Message, "merge into that one") {
		t.Errorf("fault %+v", e)
	}
}

func TestNotesOfMergedTicketsAreChangedWhereTheyWereWritten(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	two := ofOneCompany(t, i, "Service Desk", 2)
	survivor, duplicate := two[0].GetId(), two[1].GetId()
	made, err := i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &duplicate, Body: new("of the duplicate")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.MergeTickets(t.Context(), mergeOf(survivor, duplicate).Build()); err != nil {
		t.Fatal(err)
	}
	list, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &survivor, Origin: []psav1.Origin_V{psav1.Origin_MERGED}, PageSize: new(int32(200))}.Build())
	if err != nil {
		t.Fatal(err)
	}
	n := slices.IndexFunc(list.GetNotes(), func(n *psav1.Note) bool { return n.GetId() == made.GetNote().GetId() })
	if n < 0 {
		t.Fatalf("the survivor shows %v", list.GetNotes())
	}
	id := list.GetNotes()[n].GetId()
	_, err = i.UpdateNote(t.Context(), editNote(survivor, id, psav1.Note_builder{Body: new("x")}, "body"))
	if e := wantFault(t, err, fault.CodeFailedPrecondition); e.Reason != "MERGED" || !strings.Contains(e.Message, "ticket "+duplicate) {
		t.Errorf("fault %+v", e)
	}
	_, err = i.DeleteNote(t.Context(), psav1.DeleteNoteRequest_builder{Ticket: &survivor, Note: &id}.Build())
	wantFault(t, err, fault.CodeFailedPrecondition)
	if _, err := i.UpdateNote(t.Context(), editNote(duplicate, id, psav1.Note_builder{Body: new("x")}, "body")); err != nil {
		t.Errorf("on the ticket itself: %v", err)
	}
}

// TestMergesThatFail injects what can go wrong around the requests of a merge.
func TestMergesThatFail(t *testing.T) {
	t.Parallel()
	const refused = `"fault":"status","status":400,"times":1,"body":{"code":"InvalidObject","message":"ticketMerge object is invalid","errors":[{"code":"InvalidField","message":"It is locked.","resource":"ticketMerge","field":"mergeTicketIds"}]}`
	for name, c := range map[string]struct {
		faults   []string
		code     fault.Code
		says     string
		outcome  psav1.Receipt_Outcome_V
		merged   []bool // as answered; nil is not known
		notes    int    // that the survivor has more
		notMerge int    // how many merges are not made
	}{
		"all are refused": {
			[]string{`{"match":{"method":"POST","path":"*/merge"},` + strings.Replace(refused, `"times":1`, `"times":2`, 1) + `}`},
			fault.CodeInvalidArgument, "taken back", 0, nil, 0, 2,
		},
		"one is refused": {
			[]string{`{"match":{"method":"POST","path":"*/merge"},"after":1,` + refused + `}`},
			"", "", psav1.Receipt_Outcome_PARTLY_APPLIED, []bool{true, false}, 1, 1,
		},
		"the note is refused": {
			[]string{`{"match":{"method":"POST","path":"*/notes"},"fault":"status","status":403,"times":1,"body":{"code":"Security","message":"You do not have security permission to perform this action."}}`},
			fault.CodePermissionDenied, "", 0, nil, 0, 2,
		},
		"an answer is lost": {
			[]string{`{"match":{"method":"POST","path":"*/merge"},"fault":"drop_after","times":1}`},
			"", "", applied, []bool{true, true}, 1, 0,
		},
		"a request is lost": {
			[]string{`{"match":{"method":"POST","path":"*/merge"},"fault":"drop_before","times":1}`},
			"", "", psav1.Receipt_Outcome_UNVERIFIED, []bool{false, true}, 1, 1, // of the other nobody knows
		},
		"all requests are lost": {
			[]string{`{"match":{"method":"POST","path":"*/merge"},"fault":"drop_before","times":2}`},
			fault.CodeOutcomeUnknown, "written already", 0, nil, 1, 2,
		},
		"it says that it did not": {
			[]string{`{"match":{"method":"POST","path":"*/merge"},"fault":"status","status":200,"times":2,"body":{"success":false,"message":"Not today."}}`},
			fault.CodeFailedPrecondition, "Not today", 0, nil, 0, 2,
		},
		"it says that it did": {
			[]string{`{"match":{"method":"POST","path":"*/merge"},"after":1,"fault":"status","status":200,"times":1,"body":{"success":true,"message":""}}`},
			"", "", psav1.Receipt_Outcome_PARTLY_APPLIED, []bool{true, false}, 1, 1,
		},
		"nothing can be read after it": {
			[]string{`{"match":{"method":"GET","path":"*/service/tickets"},"after":1,"fault":"status","status":500,"times":3}`},
			"", "", psav1.Receipt_Outcome_UNVERIFIED, nil, 1, 0, // the note; of the merges nobody knows
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			desk, alerts := ofOneCompany(t, i, "Service Desk", 2), ofOneCompany(t, i, "Alerts", 1)
			survivor := desk[0].GetId()
			notes := func() int {
				var rows []struct{ ID int }
				vendor(t, sim, "GET", "service/tickets/"+survivor+"/notes?pageSize=1000", "", &rows)
				return len(rows)
			}
			before := notes()
			request := mergeOf(survivor, desk[1].GetId(), alerts[0].GetId())
			request.Note, request.Options = new("the same"), psav1.WriteOptions_builder{Accept: []string{"other_company"}}.Build()
			if _, err := i.MergeTickets(dry(t), request.Build()); err != nil { // loads the tables
				t.Fatal(err)
			}
			for _, f := range c.faults {
				admin(t, sim, "POST", "faults", f, nil)
			}
			ctx, _ := counted(t)
			resp, err := i.MergeTickets(ctx, request.Build())
			admin(t, sim, "DELETE", "faults", "", nil)
			if fault.CodeOf(err) != c.code || err != nil && !strings.Contains(fault.From(err).Message, c.says) || resp.GetReceipt().GetOutcome() != c.outcome {
				t.Errorf("receipt %v, %v", resp.GetReceipt(), err)
			}
			for n, d := range resp.GetDuplicates() {
				if d.HasMerged() != (c.merged != nil) || c.merged != nil && d.GetMerged() != c.merged[n] {
					t.Errorf("duplicate %v", d)
				}
			}
			if got := notes() - before; got != c.notes {
				t.Errorf("the survivor has %d notes more, want %d", got, c.notes)
			}
			not := 0
			for _, id := range []string{desk[1].GetId(), alerts[0].GetId()} {
				var psa struct{ MergedParentTicket *struct{ ID int } }
				vendor(t, sim, "GET", "service/tickets/"+id, "", &psa)
				if psa.MergedParentTicket == nil {
					not++
				}
			}
			if not != c.notMerge {
				t.Errorf("%d are not merged, want %d", not, c.notMerge)
			}
			if merges := len(slices.DeleteFunc(writes(t, sim), func(w string) bool { return !strings.HasSuffix(w, "/merge") })); merges > 2 {
				t.Errorf("%d merges were sent", merges)
			}
			// A repeat does what is left, and writes the note once.
			if err != nil && c.code != fault.CodeOutcomeUnknown {
				return
			}
			last, err := i.MergeTickets(t.Context(), request.Build())
			if err != nil || !last.GetDuplicates()[0].GetMerged() || !last.GetDuplicates()[1].GetMerged() {
				t.Errorf("again %v, %v", last, err)
			}
			if got := notes() - before; got != 1 && c.code != fault.CodeOutcomeUnknown {
				t.Errorf("after a repeat the survivor has %d notes more", got)
			}
		})
	}
}
