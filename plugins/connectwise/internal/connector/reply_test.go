package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// mailing opens a connection that replies by a way, and a ticket whose contact
// has an address. The ticket mails its contact only if on.
func mailing(t *testing.T, way string, on bool) (*Instance, *simulator.Running, *psav1.Ticket) {
	t.Helper()
	i, sim := openAtNoon(t, func(c *account.Config) { c.CustomerNotification = way })
	ticket := openTicket(t, i)
	if !strings.Contains(ticket.GetContact().GetEmail(), "@") {
		t.Fatalf("the ticket's contact is %v", ticket.GetContact())
	}
	value := "false"
	if on {
		value = "true"
	}
	vendor(t, sim, "PATCH", "service/tickets/"+ticket.GetId(), `[{"op":"replace","path":"automaticEmailContactFlag","value":`+value+`},
		{"op":"replace","path":"automaticEmailCcFlag","value":`+value+`},{"op":"replace","path":"automaticEmailCc","value":"boss@client.example"}]`, nil)
	return i, sim, ticket
}

// sentTo are the addresses that mail about a ticket went to.
func sentTo(t *testing.T, sim *simulator.Running, ticket string) []string {
	t.Helper()
	var all []simulator.Mail
	admin(t, sim, "GET", "outbox", "", &all)
	var to []string
	for _, m := range all {
		if m.Ticket == ticket && m.Reason != "resource" {
			to = append(to, m.To...)
		}
	}
	return to
}

func answerBy(t *testing.T, i *Instance, b psav1.SendReplyRequest_builder) *psav1.SendReplyResponse {
	t.Helper()
	return must(t, i.SendReply, b.Build())
}

func TestReplyByNote(t *testing.T) {
	t.Parallel()
	i, sim, ticket := mailing(t, "", true)
	id, address := ticket.GetId(), ticket.GetContact().GetEmail()
	resp := answerBy(t, i, psav1.SendReplyRequest_builder{
		Ticket: &id, To: []string{strings.ToUpper(address)}, Cc: []string{"boss@client.example"}, Subject: new("Printer"), Body: new("Works again.\nThanks."),
		StatusAfter: psav1.Status_builder{Category: new(psav1.Category_WAITING_CUSTOMER)}.Build(),
	})
	got, r := resp.GetReply(), resp.GetReceipt()
	if got.GetState() != psav1.ReplyState_UNKNOWN || !strings.HasPrefix(got.GetId(), "note-") || got.GetNote().GetId() != strings.TrimPrefix(got.GetId(), "note-") ||
		got.GetBody() != "Works again.\nThanks." || got.GetAuthor().GetKind() != psav1.PartyKind_AGENT_RESOURCE || !slices.Equal(got.GetRecipients(), []string{address, "boss@client.example"}) {
		t.Errorf("reply %v", got)
	}
	if to := sentTo(t, sim, id); !slices.Contains(to, address) || !slices.Contains(to, "boss@client.example") {
		t.Errorf("mail went to %v", to)
	}
	if r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || len(r.GetDropped()) != 1 || r.GetDropped()[0].GetField() != "subject" ||
		!slices.Equal(r.GetApplied(), []string{"body", "status_after"}) || !slices.Equal(r.GetUnverifiable(), []string{"to", "cc"}) ||
		r.GetNotification().GetExpected() != mail.Sent || r.GetNotification().GetObserved() != mail.Unknown || len(r.GetSteps()) != 2 || r.GetSupport() != psav1.Support_EMULATED {
		t.Errorf("receipt %v", r)
	}
	if status, _ := i.account.Tables.Status(t.Context(), vendorTicket(t, sim, id).Board.ID, vendorTicket(t, sim, id).Status.ID); status.Category != psav1.Category_WAITING_CUSTOMER {
		t.Errorf("the ticket has the status %+v", status)
	}
	back, err := i.GetReply(t.Context(), psav1.GetReplyRequest_builder{Ticket: &id, Reply: new(got.GetId())}.Build())
	got.SetRecipients(nil) // not known any more
	if err != nil || !proto.Equal(back.GetReply(), got) {
		t.Errorf("read back %v, %v", back, err)
	}
	// The status is there already: no second step.
	again := answerBy(t, i, psav1.SendReplyRequest_builder{Ticket: &id, Body: new("y"), StatusAfter: psav1.Status_builder{Category: new(psav1.Category_WAITING_CUSTOMER)}.Build()})
	if r := again.GetReceipt(); r.GetOutcome() != applied || len(r.GetSteps()) > 0 || !slices.Contains(r.GetApplied(), "status_after") {
		t.Errorf("receipt %v", r)
	}
}

func TestReplyByTimeEntry(t *testing.T) {
	t.Parallel()
	i, sim, ticket := mailing(t, pluginsdk.MailByTimeEntry, false)
	id, address := ticket.GetId(), ticket.GetContact().GetEmail()
	for name, test := range map[string]struct {
		time  *psav1.ReplyTime
		hours float64
		work  string
	}{
		"of no time": {hours: 0, work: "Remote Support"},
		"with time": {
			time:  psav1.ReplyTime_builder{DurationSeconds: new(int32(900)), Billing: new(psav1.Billing_NO_CHARGE), WorkType: ref("Regular"), WorkRole: ref("Field Technician")}.Build(),
			hours: 0.25, work: "Regular",
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(sentTo(t, sim, id))
			resp := answerBy(t, i, psav1.SendReplyRequest_builder{Ticket: &id, Cc: []string{"aide@client.example"}, Body: new("Works again."), TimeEntry: test.time})
			got, r := resp.GetReply(), resp.GetReceipt()
			entry := vendorEntry(t, sim, got.GetTimeEntry().GetId())
			if entry.ActualHours != test.hours || entry.WorkType.Name != test.work || entry.Member.Identifier != seed.AgentMember || !entry.AddToDetailDescriptionFlag || entry.AddToInternalAnalysisFlag {
				t.Errorf("ConnectWise holds %+v", entry)
			}
			if to := sentTo(t, sim, id)[before:]; !slices.Equal(to, []string{address, "aide@client.example"}) || !slices.Equal(got.GetRecipients(), to) {
				t.Errorf("mail went to %v, and the reply says %v", to, got.GetRecipients())
			}
			if got.GetId() != "time-"+got.GetTimeEntry().GetId() || got.GetNote().GetId() != got.GetId() || r.GetOutcome() != psav1.Receipt_Outcome_UNVERIFIED || !slices.Equal(r.GetUnverifiable(), []string{"cc"}) || r.GetNotification().GetExpected() != mail.Sent || r.GetAttributedTo().GetKind() != psav1.PartyKind_AGENT_RESOURCE {
				t.Errorf("reply %v, receipt %v", got, r)
			}
			if test.time != nil && !slices.Contains(r.GetApplied(), "time_entry.work_role") {
				t.Errorf("receipt %v", r)
			}
			back, err := i.GetReply(t.Context(), psav1.GetReplyRequest_builder{Ticket: &id, Reply: new(got.GetId())}.Build())
			got.SetRecipients(nil)
			if err != nil || !proto.Equal(back.GetReply(), got) {
				t.Errorf("read back %v, %v", back, err)
			}
			notes, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: &id}.Build())
			if err != nil || !slices.ContainsFunc(notes.GetNotes(), func(n *psav1.Note) bool {
				return n.GetId() == got.GetNote().GetId() && n.GetVisibility() == psav1.Visibility_CUSTOMER && n.GetOrigin() == psav1.Origin_TIME_ENTRY
			}) {
				t.Errorf("it is no note of the ticket: %v, %v", notes, err)
			}
		})
	}
	if vendorFlags(t, sim, id) {
		t.Error("a reply touched the ticket's flag")
	}
}

func TestReplyRefusesBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	off, offSim, offTicket := mailing(t, pluginsdk.MailByNote, false)
	on, onSim, onTicket := mailing(t, pluginsdk.MailByNote, true)
	timed, timedSim, timedTicket := mailing(t, pluginsdk.MailByTimeEntry, true)
	none, noneSim, noneTicket := mailing(t, pluginsdk.MailByNothing, true)
	tests := map[string]struct {
		i      *Instance
		ticket *psav1.Ticket
		ask    psav1.SendReplyRequest_builder
		code   fault.Code
		fields []string
		says   string
	}{
		"switched off":         {none, noneTicket, psav1.SendReplyRequest_builder{}, fault.CodeNotSupported, nil, "customer_notification"},
		"the flag is off":      {off, offTicket, psav1.SendReplyRequest_builder{}, fault.CodeFailedPrecondition, nil, "automaticEmailContactFlag"},
		"attachments":          {on, onTicket, psav1.SendReplyRequest_builder{Attachments: []string{"1"}}, fault.CodeFieldNotSupported, []string{"attachments"}, ""},
		"somebody else":        {on, onTicket, psav1.SendReplyRequest_builder{To: []string{onTicket.GetContact().GetEmail(), "rival@y.example"}}, fault.CodeInvalidArgument, []string{"to[1]"}, "cc"},
		"a copy to a stranger": {on, onTicket, psav1.SendReplyRequest_builder{Cc: []string{"rival@y.example"}}, fault.CodeInvalidArgument, []string{"cc[0]"}, "watchers"},
		"no such ticket":       {on, psav1.Ticket_builder{Id: new("99999999")}.Build(), psav1.SendReplyRequest_builder{}, fault.CodeNotFound, nil, ""},
		"everything at once": {
			timed, timedTicket, psav1.SendReplyRequest_builder{
				To: []string{"rival@y.example"}, StatusAfter: psav1.Status_builder{Name: new("Nowhere")}.Build(),
				TimeEntry: psav1.ReplyTime_builder{WorkType: ref("Nothing"), WorkRole: ref("Harbor Technician")}.Build(),
			},
			fault.CodeInvalidArgument, []string{"to[0]", "time_entry.work_type.name", "time_entry.work_role.name", "status_after.name"}, "",
		},
	}
	sims := []*simulator.Running{offSim, onSim, timedSim, noneSim}
	for _, sim := range sims {
		admin(t, sim, "DELETE", "requests", "", nil)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.ask.Ticket, test.ask.Body = new(test.ticket.GetId()), new("x")
			_, err := test.i.SendReply(t.Context(), test.ask.Build())
			e := wantFault(t, err, test.code)
			var fields []string
			for _, v := range e.Violations {
				fields = append(fields, v.Field)
			}
			if !slices.Equal(fields, test.fields) || !strings.Contains(e.Error(), test.says) {
				t.Errorf("violations at %v: %v", fields, e)
			}
		})
	}
	for _, sim := range sims {
		if sent := writes(t, sim); len(sent) > 0 {
			t.Errorf("sent %v", sent)
		}
	}
	best := answerBy(t, off, psav1.SendReplyRequest_builder{Ticket: new(offTicket.GetId()), Body: new("x"), BestEffort: new(true)})
	if n := best.GetReceipt().GetNotification(); n.GetRequested() != mail.Send || n.GetExpected() != mail.NotSent || len(best.GetReply().GetRecipients()) > 0 || len(sentTo(t, offSim, offTicket.GetId())) > 0 {
		t.Errorf("best effort: %v", best)
	}
}

func TestStepsOfAReply(t *testing.T) {
	t.Parallel()
	i, sim, ticket := mailing(t, pluginsdk.MailByNote, true)
	id := ticket.GetId()
	ask := psav1.SendReplyRequest_builder{
		Ticket: &id, Body: new("Works again."), TimeEntry: psav1.ReplyTime_builder{DurationSeconds: new(int32(900))}.Build(),
		StatusAfter: psav1.Status_builder{Category: new(psav1.Category_WAITING_CUSTOMER)}.Build(),
	}
	entries := func() int { return len(bookedEntries(t, sim, "conditions=chargeToId="+id)) }
	broken := func(faults ...string) {
		for _, f := range faults {
			admin(t, sim, "POST", "faults", `{"match":{`+f+`,"times":1}`, nil)
		}
		admin(t, sim, "DELETE", "requests", "", nil)
	}
	const (
		noNote   = `"method":"POST","path":"*/notes"},"fault":"status","status":403`
		lostNote = `"method":"POST","path":"*/notes"},"fault":"drop_after"`
		noUndo   = `"method":"DELETE","path":"*/time/entries/*"},"fault":"status","status":403`
		noTime   = `"method":"POST","path":"*/time/entries"},"fault":"status","status":403`
		noStatus = `"method":"PATCH","path":"*/service/tickets/*"},"fault":"status","status":403`
		lost     = `"method":"PATCH","path":"*/service/tickets/*"},"fault":"drop_after"`
	)
	for _, test := range []struct {
		name   string
		faults []string
		code   fault.Code
		says   string
		more   int // entries left
		sent   int // writes
	}{
		{"the time is refused", []string{noTime}, fault.CodePermissionDenied, "", 0, 1},
		{"the note is refused", []string{noNote}, fault.CodePermissionDenied, "was taken back", 0, 3},
		{"the note is refused and the time stays", []string{noNote, noUndo}, fault.CodePermissionDenied, "could not be taken back", 1, 3},
		{"the answer to the note is lost", []string{lostNote}, fault.CodeOutcomeUnknown, "is booked already", 1, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := entries()
			broken(test.faults...)
			_, err := i.SendReply(t.Context(), ask.Build())
			e := wantFault(t, err, test.code)
			if !strings.Contains(e.Message, test.says) || entries()-before != test.more || len(writes(t, sim)) != test.sent {
				t.Errorf("fault %v, %d more entries, sent %v", e, entries()-before, writes(t, sim))
			}
		})
	}
	status := vendorTicket(t, sim, id).Status.ID
	broken(noStatus)
	ctx, _ := counted(t) // the call has written before: that says nothing of what is refused
	resp, err := i.SendReply(ctx, ask.Build())
	if err != nil {
		t.Fatal(err)
	}
	r := resp.GetReceipt()
	if r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || len(r.GetDropped()) != 1 || r.GetDropped()[0].GetField() != "status_after" || r.GetDropped()[0].GetCode() != psav1.DropCode_ACL ||
		len(r.GetSteps()) != 3 || r.GetSteps()[2].GetState() != psav1.Step_State_FAILED || vendorTicket(t, sim, id).Status.ID != status {
		t.Errorf("the status is refused: %v", r)
	}
	if evidence := r.GetNotification().GetEvidence(); evidence == "" || strings.Contains(evidence, "change of status") {
		t.Errorf("the status is refused, and of mail is said %q", evidence)
	}
	if !resp.GetReply().HasTimeEntry() || !slices.Contains(r.GetApplied(), "time_entry.duration_seconds") {
		t.Errorf("the time is %v, %v", resp.GetReply(), r)
	}
	if e := vendorEntry(t, sim, resp.GetReply().GetTimeEntry().GetId()); e.AddToDetailDescriptionFlag || e.ActualHours != 0.25 {
		t.Errorf("ConnectWise holds %+v", e)
	}
	broken(lost)
	r = answerBy(t, i, ask).GetReceipt()
	if !slices.Contains(r.GetUnverifiable(), "status_after") || len(r.GetWarnings()) == 0 || !strings.Contains(r.GetNotification().GetEvidence(), "the change of status can mail too") {
		t.Errorf("the answer to the status is lost: %v", r)
	}
}

func TestReplyInDryRuns(t *testing.T) {
	t.Parallel()
	for way, wantPlanned := range map[string][]string{
		pluginsdk.MailByNote:      {"POST /time/entries", "POST /service/tickets/", "PATCH /service/tickets/"},
		pluginsdk.MailByTimeEntry: {"POST /time/entries", "PATCH /service/tickets/"},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			i, sim, ticket := mailing(t, way, true)
			admin(t, sim, "DELETE", "requests", "", nil)
			resp, err := i.SendReply(dry(t), psav1.SendReplyRequest_builder{
				Ticket: new(ticket.GetId()), Body: new("x"), TimeEntry: psav1.ReplyTime_builder{DurationSeconds: new(int32(60))}.Build(),
				StatusAfter: psav1.Status_builder{Category: new(psav1.Category_WAITING_CUSTOMER)}.Build(),
			}.Build())
			if err != nil {
				t.Fatal(err)
			}
			r := resp.GetReceipt()
			if len(r.GetPlanned()) != len(wantPlanned) || r.GetNotification().GetExpected() != mail.Sent || len(resp.GetReply().GetRecipients()) == 0 {
				t.Fatalf("planned %v", resp)
			}
			for n, p := range r.GetPlanned() {
				if !strings.HasPrefix(p.GetMethod()+" "+p.GetPath(), wantPlanned[n]) {
					t.Errorf("planned %s %s, want %s", p.GetMethod(), p.GetPath(), wantPlanned[n])
				}
			}
			if sent := writes(t, sim); len(sent) > 0 {
				t.Errorf("sent %v", sent)
			}
		})
	}
}

func TestWhatIsNoReply(t *testing.T) {
	t.Parallel()
	i, sim, ticket := mailing(t, pluginsdk.MailByNote, true)
	id := ticket.GetId()
	internal, err := i.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("x")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	entry := book(t, i, psav1.TimeEntry_builder{Ticket: refByID(id), DurationSeconds: new(int32(60)), Summary: new("x")}).GetTimeEntry()
	elsewhere := book(t, i, psav1.TimeEntry_builder{
		Ticket:          refByID(firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Alerts"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW, psav1.Category_IN_PROGRESS}}).GetId()),
		DurationSeconds: new(int32(60)), Summary: new("x"), SummaryVisibility: new(psav1.Visibility_CUSTOMER),
	}).GetTimeEntry()
	sample := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}})
	described := create(t, i, psav1.Ticket_builder{Title: new("x"), Description: new("x"), Company: refByID(sample.GetCompany().GetId()), Queue: ref("Service Desk")}).GetTicket().GetId()
	var notes []struct{ ID int }
	vendor(t, sim, "GET", "service/tickets/"+described+"/notes", "", &notes)
	_, err = i.GetReply(t.Context(), psav1.GetReplyRequest_builder{Ticket: &described, Reply: new("note-" + itoa(notes[0].ID))}.Build())
	wantFault(t, err, fault.CodeNotFound)
	// The first text that the customer reads is a reply all the same, where it was sent as one.
	bare := create(t, i, psav1.Ticket_builder{Title: new("x"), Contact: psav1.ContactReference_builder{Id: new(ticket.GetContact().GetId())}.Build(), Queue: ref("Service Desk")}).GetTicket().GetId()
	first := answerBy(t, i, psav1.SendReplyRequest_builder{Ticket: &bare, Body: new("Hello."), BestEffort: new(true)}).GetReply()
	if got := must(t, i.GetReply, psav1.GetReplyRequest_builder{Ticket: &bare, Reply: new(first.GetId())}.Build()).GetReply(); got.GetBody() != "Hello." {
		t.Errorf("reply %v", got)
	}
	// Of a text that shows in two places one is none of a reply's.
	var twofold struct{ ID int }
	vendor(t, sim, "POST", "service/tickets/"+id+"/notes", `{"text":"x","detailDescriptionFlag":true,"resolutionFlag":true}`, &twofold)
	for _, id := range []string{
		"note-" + itoa(twofold.ID), "note-" + internal.GetNote().GetId(), "note-99999999", "note-x", "time-" + entry.GetId(), "time-" + elsewhere.GetId(), "time-99999999", "time-", "4711", "mail-1",
	} {
		_, err := i.GetReply(t.Context(), psav1.GetReplyRequest_builder{Ticket: new(ticket.GetId()), Reply: &id}.Build())
		wantFault(t, err, fault.CodeNotFound)
	}
}
