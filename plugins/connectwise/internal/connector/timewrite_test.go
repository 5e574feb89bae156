package connector

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// lastBody is the body of the last write that the simulator has seen.
func lastBody(t *testing.T, sim *simulator.Running) string {
	t.Helper()
	var seen []struct{ Method, Body string }
	admin(t, sim, "GET", "requests", "", &seen)
	body := ""
	for _, r := range seen {
		if r.Method != http.MethodGet {
			body = r.Body
		}
	}
	return body
}

// paths are the paths of a PATCH.
func patched(body string) []string {
	var paths []string
	for part := range strings.SplitSeq(body, `"path":"`) {
		if path, _, ok := strings.Cut(part, `"`); ok && !strings.HasPrefix(part, "[") {
			paths = append(paths, path)
		}
	}
	return paths
}

func anEntry(t *testing.T, i *Instance) *psav1.TimeEntry {
	t.Helper()
	start := noon.Add(-2 * time.Hour)
	return book(t, i, psav1.TimeEntry_builder{
		Ticket: refByID(openTicket(t, i).GetId()), StartedAt: timestamppb.New(start), DurationSeconds: new(int32(3600)), Summary: new("First."), Billing: new(psav1.Billing_NON_BILLABLE),
	}).GetTimeEntry()
}

func TestTimeIsChanged(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	entry := anEntry(t, i)
	started := entry.GetStartedAt().AsTime()
	tests := []struct {
		name   string
		input  psav1.TimeEntry_builder
		fields []string
		sent   []string // the paths of the PATCH
		holds  func(booked) bool
	}{
		{
			"the text alone", psav1.TimeEntry_builder{Summary: new("Second.")}, []string{"summary"}, []string{"notes", "billableOption"},
			func(b booked) bool { return b.Notes == "Second." && b.BillableOption == "DoNotBill" },
		},
		{
			"longer", psav1.TimeEntry_builder{DurationSeconds: new(int32(5400))}, []string{"duration_seconds"}, []string{"timeEnd", "billableOption"},
			func(b booked) bool {
				return b.TimeStart == started.Format(time.RFC3339) && b.TimeEnd == started.Add(90*time.Minute).Format(time.RFC3339) && b.ActualHours == 1.5
			},
		},
		{
			"moved, with a break", psav1.TimeEntry_builder{StartedAt: timestamppb.New(started.Add(-time.Hour)), DurationSeconds: new(int32(5400)), DeductSeconds: new(int32(1800))},
			[]string{"started_at", "duration_seconds", "deduct_seconds"}, []string{"timeStart", "timeEnd", "hoursDeduct", "billableOption"},
			func(b booked) bool {
				return b.TimeStart == started.Add(-time.Hour).Format(time.RFC3339) && b.HoursDeduct == 0.5 && b.ActualHours == 1
			},
		},
		{
			"the break forgotten", psav1.TimeEntry_builder{}, []string{"deduct_seconds"}, []string{"hoursDeduct", "billableOption"},
			func(b booked) bool { return b.HoursDeduct == 0 && b.ActualHours == 1.5 },
		},
		{
			"billed, as other work", psav1.TimeEntry_builder{Billing: new(psav1.Billing_BILLABLE), WorkType: ref("Emergency"), WorkRole: ref("Field Technician")},
			[]string{"billing", "work_type", "work_role"}, []string{"billableOption", "workType", "workRole"},
			func(b booked) bool {
				return b.BillableOption == "Billable" && b.WorkType.Name == "Emergency" && b.WorkRole.Name == "Field Technician"
			},
		},
		{
			"shown to the customer", psav1.TimeEntry_builder{SummaryVisibility: new(psav1.Visibility_CUSTOMER), InternalNotes: new("Quietly.")},
			[]string{"summary_visibility", "internal_notes"}, []string{"addToDetailDescriptionFlag", "addToInternalAnalysisFlag", "addToResolutionFlag", "internalNotes", "billableOption"},
			func(b booked) bool {
				return b.AddToDetailDescriptionFlag && !b.AddToInternalAnalysisFlag && b.InternalNotes == "Quietly."
			},
		},
		{
			"nothing internal any more", psav1.TimeEntry_builder{}, []string{"internal_notes"}, []string{"internalNotes", "billableOption"},
			func(b booked) bool { return b.InternalNotes == "" },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			admin(t, sim, "DELETE", "requests", "", nil)
			resp := changeTime(t, i, entry.GetId(), test.input, test.fields...)
			if r := resp.GetReceipt(); r.GetOutcome() != applied || len(r.GetApplied()) != len(test.fields) || len(r.GetChanged()) > 0 || r.GetNotification().GetExpected() != mail.NotSent {
				t.Errorf("receipt %v", r)
			}
			if got := vendorEntry(t, sim, entry.GetId()); !test.holds(got) {
				t.Errorf("ConnectWise holds %+v", got)
			}
			if got := patched(lastBody(t, sim)); !slices.Equal(got, test.sent) {
				t.Errorf("sent %v, want %v", got, test.sent)
			}
			admin(t, sim, "DELETE", "requests", "", nil)
			again := changeTime(t, i, entry.GetId(), test.input, test.fields...)
			if again.GetReceipt().GetOutcome() != unchanged || len(writes(t, sim)) > 0 {
				t.Errorf("the same again: %v, sent %v", again.GetReceipt(), writes(t, sim))
			}
		})
	}
}

// What is no longer in the lists may stay where it is: callers send back what they
// read.
func TestTimeIsSentBackAsItWasRead(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	entry := anEntry(t, i)
	if !entry.HasWorkType() || !entry.HasWorkRole() {
		t.Fatalf("the entry has no work type or role: %v", entry)
	}
	for _, list := range []string{"workTypes", "workRoles"} {
		admin(t, sim, "POST", "faults", `{"match":{"path":"*/time/`+list+`"},"fault":"status","status":200,"body":[]}`, nil)
	}
	resp := changeTime(t, i, entry.GetId(), psav1.TimeEntry_builder{
		WorkType: entry.GetWorkType(), WorkRole: entry.GetWorkRole(), Summary: new("Second."),
	}, "work_type", "work_role", "summary")
	if r := resp.GetReceipt(); r.GetOutcome() != applied || len(r.GetApplied()) != 3 {
		t.Errorf("receipt %v", r)
	}
	if got := patched(lastBody(t, sim)); !slices.Equal(got, []string{"notes", "billableOption"}) {
		t.Errorf("sent %v", got)
	}
}

func TestTimeThatCannotBeChanged(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	entry := anEntry(t, i)
	locked := bookedEntries(t, sim, `conditions=status="Billed"+and+chargeToType="ServiceTicket"`)
	if len(locked) == 0 {
		t.Fatal("the seed has no billed time")
	}
	lockedID := fmt.Sprint(locked[0].ID)
	charged := bookedEntries(t, sim, `conditions=chargeToType="ChargeCode"`)
	tests := map[string]struct {
		id     string
		input  psav1.TimeEntry_builder
		fields []string
		match  string
		code   fault.Code
		says   string
	}{
		"another ticket":     {entry.GetId(), psav1.TimeEntry_builder{Ticket: ref("1")}, []string{"ticket"}, "", fault.CodeInvalidArgument, "make another"},
		"another technician": {entry.GetId(), psav1.TimeEntry_builder{Technician: ref("Joy Okafor")}, []string{"technician"}, "", fault.CodeInvalidArgument, "make another"},
		"no such field":      {entry.GetId(), psav1.TimeEntry_builder{}, []string{"colour"}, "", fault.CodeInvalidArgument, "colour"},
		"clear the summary":  {entry.GetId(), psav1.TimeEntry_builder{}, []string{"summary"}, "", fault.CodeInvalidArgument, "cannot clear"},
		"clear the work":     {entry.GetId(), psav1.TimeEntry_builder{}, []string{"work_type"}, "", fault.CodeInvalidArgument, "cannot clear"},
		"an older version":   {entry.GetId(), psav1.TimeEntry_builder{Summary: new("x")}, []string{"summary"}, `"0123"`, fault.CodePreconditionFailed, "has changed"},
		"billed":             {lockedID, psav1.TimeEntry_builder{Summary: new("x")}, []string{"summary"}, "", fault.CodeFailedPrecondition, "Billed"},
		"missing":            {"99999999", psav1.TimeEntry_builder{Summary: new("x")}, []string{"summary"}, "", fault.CodeNotFound, ""},
		"no id":              {"x", psav1.TimeEntry_builder{Summary: new("x")}, []string{"summary"}, "", fault.CodeNotFound, "numbers"},
	}
	if len(charged) > 0 {
		tests["on no ticket"] = struct {
			id     string
			input  psav1.TimeEntry_builder
			fields []string
			match  string
			code   fault.Code
			says   string
		}{fmt.Sprint(charged[0].ID), psav1.TimeEntry_builder{Summary: new("x")}, []string{"summary"}, "", fault.CodeNotFound, "no ticket"}
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := psav1.UpdateTimeEntryRequest_builder{TimeEntry: &test.id, Input: test.input.Build(), SetFields: test.fields}
			if test.match != "" {
				b.Options = psav1.WriteOptions_builder{IfMatch: &test.match}.Build()
			}
			_, err := i.UpdateTimeEntry(t.Context(), b.Build())
			if e := wantFault(t, err, test.code); !strings.Contains(e.Error(), test.says) {
				t.Errorf("fault %v", e)
			}
		})
	}
	_, err := i.DeleteTimeEntry(t.Context(), psav1.DeleteTimeEntryRequest_builder{TimeEntry: &lockedID}.Build())
	wantFault(t, err, fault.CodeFailedPrecondition)
	_, err = i.DeleteTimeEntry(t.Context(), psav1.DeleteTimeEntryRequest_builder{
		TimeEntry: new(entry.GetId()), Options: psav1.WriteOptions_builder{IfMatch: new(`"0123"`)}.Build(),
	}.Build())
	wantFault(t, err, fault.CodePreconditionFailed)
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestTimeIsDeleted(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	entry := anEntry(t, i)
	request := psav1.DeleteTimeEntryRequest_builder{TimeEntry: new(entry.GetId()), Options: psav1.WriteOptions_builder{IfMatch: new(entry.GetEtag())}.Build()}.Build()
	planned, err := i.DeleteTimeEntry(dry(t), request)
	if err != nil || len(planned.GetReceipt().GetPlanned()) != 1 || planned.GetReceipt().GetPlanned()[0].GetMethod() != "DELETE" {
		t.Errorf("planned %v, %v", planned, err)
	}
	vendorEntry(t, sim, entry.GetId()) // it is still there
	resp, err := i.DeleteTimeEntry(t.Context(), request)
	if err != nil || resp.GetReceipt().GetOutcome() != applied {
		t.Fatalf("receipt %v, %v", resp, err)
	}
	if status := vendor(t, sim, "GET", "time/entries/"+entry.GetId(), "", nil); status != http.StatusNotFound {
		t.Errorf("ConnectWise answers %d", status)
	}
	_, err = i.DeleteTimeEntry(t.Context(), request)
	wantFault(t, err, fault.CodeNotFound)
}

func TestTimeMailsWhomItIsToldTo(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	id := openTicket(t, i).GetId()
	// The ticket itself mails nobody, and copies somebody.
	vendor(t, sim, "PATCH", "service/tickets/"+id, `[{"op":"replace","path":"automaticEmailContactFlag","value":false},{"op":"replace","path":"automaticEmailCcFlag","value":false},
		{"op":"replace","path":"automaticEmailResourceFlag","value":false},{"op":"replace","path":"automaticEmailCc","value":"boss@client.example"}]`, nil)
	mails := func() map[string]int {
		var all []simulator.Mail
		admin(t, sim, "GET", "outbox", "", &all)
		count := map[string]int{}
		for _, m := range all {
			if m.Ticket == id {
				count[m.Reason]++
			}
		}
		return count
	}
	customer := psav1.Visibility_CUSTOMER
	for _, test := range []struct {
		name     string
		notify   psav1.Notify_builder
		reasons  []string
		expected psav1.Observed_V
	}{
		{"by default", psav1.Notify_builder{}, nil, mail.NotSent},
		{"suppressed", psav1.Notify_builder{Contact: new(mail.Suppress), Technicians: new(mail.Suppress)}, nil, mail.NotSent},
		{"the contact", psav1.Notify_builder{Contact: new(mail.Send)}, []string{"contact"}, mail.Sent},
		{"those copied", psav1.Notify_builder{Cc: new(mail.Send)}, []string{"cc"}, mail.Sent},
		{"the technicians", psav1.Notify_builder{Technicians: new(mail.Send)}, []string{"resource"}, mail.NotSent},
		{"all", psav1.Notify_builder{Contact: new(mail.Send), Cc: new(mail.Send), Technicians: new(mail.Send)}, []string{"contact", "cc", "resource"}, mail.Sent},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := mails()
			resp := book(t, i, psav1.TimeEntry_builder{
				Ticket: refByID(id), DurationSeconds: new(int32(60)), Summary: new("Done."), SummaryVisibility: &customer, Notify: test.notify.Build(),
			})
			after := mails()
			for _, reason := range []string{"contact", "cc", "resource"} {
				if sent := after[reason] > before[reason]; sent != slices.Contains(test.reasons, reason) {
					t.Errorf("mail to the %s: %v", reason, sent)
				}
			}
			if n := resp.GetReceipt().GetNotification(); n.GetExpected() != test.expected || n.GetObserved() == mail.Sent || n.GetEvidence() == "" {
				t.Errorf("notification %v", n)
			}
			before = after
			changed := changeTime(t, i, resp.GetTimeEntry().GetId(), psav1.TimeEntry_builder{Summary: new("Done again."), Notify: test.notify.Build()}, "summary", "notify")
			after = mails()
			for _, reason := range []string{"contact", "cc", "resource"} {
				if sent := after[reason] > before[reason]; sent != slices.Contains(test.reasons, reason) {
					t.Errorf("on the change, mail to the %s: %v", reason, sent)
				}
			}
			if n := changed.GetReceipt().GetNotification(); n.GetExpected() != test.expected {
				t.Errorf("on the change, notification %v", n)
			}
		})
	}
	if vendorFlags(t, sim, id) {
		t.Error("a time entry touched the ticket's flag")
	}
}

func TestTimeInDryRuns(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	entry := anEntry(t, i)
	create := psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
		Ticket: refByID(entry.GetTicket().GetId()), DurationSeconds: new(int32(60)), Summary: new("x"), WorkType: ref("Regular"),
		SummaryVisibility: new(psav1.Visibility_CUSTOMER), Notify: psav1.Notify_builder{Contact: new(mail.Send)}.Build(),
	}.Build()}.Build()
	update := psav1.UpdateTimeEntryRequest_builder{
		TimeEntry: new(entry.GetId()), SetFields: []string{"summary", "work_role"},
		Input: psav1.TimeEntry_builder{Summary: new("y"), WorkRole: ref("Field Technician")}.Build(),
	}.Build()
	admin(t, sim, "DELETE", "requests", "", nil)
	planned, err := i.CreateTimeEntry(dry(t), create)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := i.UpdateTimeEntry(dry(t), update)
	if err != nil {
		t.Fatal(err)
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("the dry runs sent %v", sent)
	}
	if e, r := planned.GetTimeEntry(), planned.GetReceipt(); e.HasNotify() || !e.HasStartedAt() || e.GetTechnician().GetName() != "Deskgate Agent" || r.GetNotification().GetExpected() != mail.Sent || r.GetAttributedTo().GetKind() != psav1.PartyKind_AGENT_RESOURCE {
		t.Errorf("planned %v", planned)
	}
	if _, err := i.CreateTimeEntry(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	same(t, sim, planned.GetReceipt())
	if _, err := i.UpdateTimeEntry(t.Context(), update); err != nil {
		t.Fatal(err)
	}
	same(t, sim, changed.GetReceipt())
}

// same compares the last write with the one that a dry run planned.
func same(t *testing.T, sim *simulator.Running, r *psav1.Receipt) {
	t.Helper()
	if len(r.GetPlanned()) != 1 {
		t.Fatalf("planned %v", r.GetPlanned())
	}
	b, err := r.GetPlanned()[0].GetBody().MarshalJSON()
	if err != nil || !sameJSON(t, string(b), lastBody(t, sim)) {
		t.Errorf("planned %s, %v\nsent %s", b, err, lastBody(t, sim))
	}
}

func TestTimeWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	entry := anEntry(t, i)
	id := entry.GetTicket().GetId()
	count := func() int { return len(bookedEntries(t, sim, "conditions=chargeToId="+id)) }
	create := func() error {
		_, err := i.CreateTimeEntry(t.Context(), psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
			Ticket: refByID(id), DurationSeconds: new(int32(60)), Summary: new("x"),
		}.Build()}.Build())
		return err
	}
	update := func() error {
		_, err := i.UpdateTimeEntry(t.Context(), psav1.UpdateTimeEntryRequest_builder{
			TimeEntry: new(entry.GetId()), Input: psav1.TimeEntry_builder{Summary: new("y")}.Build(), SetFields: []string{"summary"},
		}.Build())
		return err
	}
	remove := func() error {
		_, err := i.DeleteTimeEntry(t.Context(), psav1.DeleteTimeEntryRequest_builder{TimeEntry: new(entry.GetId())}.Build())
		return err
	}
	for _, test := range []struct {
		name, match, fault string
		do                 func() error
		code               fault.Code
		more               int // entries afterwards
	}{
		{"a create that is done", `"method":"POST","path":"*/time/entries"`, `"fault":"drop_after"`, create, fault.CodeOutcomeUnknown, 1},
		{"a create that is refused", `"method":"POST","path":"*/time/entries"`, `"fault":"status","status":403`, create, fault.CodePermissionDenied, 0},
		{"a change that is done", `"method":"PATCH","path":"*/time/entries/*"`, `"fault":"drop_after"`, update, fault.CodeOutcomeUnknown, 0},
		{"a deletion that is not done", `"method":"DELETE","path":"*/time/entries/*"`, `"fault":"drop_before"`, remove, fault.CodeOutcomeUnknown, 0},
		{"a deletion that is done", `"method":"DELETE","path":"*/time/entries/*"`, `"fault":"drop_after"`, remove, fault.CodeOutcomeUnknown, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := count()
			admin(t, sim, "POST", "faults", `{"match":{`+test.match+`},`+test.fault+`,"times":1}`, nil)
			admin(t, sim, "DELETE", "requests", "", nil)
			if err := test.do(); fault.CodeOf(err) != test.code {
				t.Errorf("got %v, want %s", err, test.code)
			}
			if sent := writes(t, sim); len(sent) != 1 {
				t.Errorf("sent %v", sent)
			}
			if more := count() - before; more != test.more {
				t.Errorf("there are %d more entries, want %d", more, test.more)
			}
		})
	}
}
