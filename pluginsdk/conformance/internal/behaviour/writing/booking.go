package writing

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func booking() []suite.Check {
	operations := []string{"time_entries.create", "time_entries.get"}
	return []suite.Check{{
		Name: "time/duration", About: "Time that is given as a duration is booked to the second, or the receipt says ROUNDED, for the agent resource.",
		Operations: operations, Writes: true, Run: bookDuration,
	}, {
		Name: "time/span", About: "Time that is given by its begin and end keeps both, to the second.",
		Operations: operations, Writes: true, Run: bookSpan,
	}, {
		Name: "time/technician", About: "Time is booked for the technician that is named.",
		Operations: operations, Writes: true, Run: bookFor,
	}, {
		Name: "time/visibility", About: "The summary of a time entry is for technicians alone unless it is said to be for the customer, on the ticket too.",
		Operations: append([]string{"notes.list"}, operations...), Writes: true, Run: bookVisibly,
	}}
}

// entryOf is a time entry that a write has left.
func entryOf(m *write.Made) *psav1.TimeEntry {
	e, _ := m.After.Interface().(*psav1.TimeEntry)
	return e
}

// byAgent judges that time is the agent resource's.
func byAgent(t *suite.T, e *psav1.TimeEntry) {
	if agent := t.Connected().GetAgentResource(); agent.HasId() && e.GetTechnician().GetId() != agent.GetId() {
		t.Errorf("time that names nobody is booked for %s %q; the agent resource is %s %q", e.GetTechnician().GetId(), e.GetTechnician().GetName(), agent.GetId(), agent.GetName())
	}
}

func bookDuration(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	// Neither of these is a whole part of an hour.
	for _, seconds := range []int32{47 * 60, 61, 3 * 3600} {
		input := psav1.TimeEntry_builder{
			Ticket: psav1.Reference_builder{Id: new(ticket.GetId())}.Build(), DurationSeconds: &seconds, Summary: new(x.Title("work")),
		}.Build()
		made := sample.TimeEntries.Add(t, input).Make(t)
		e := entryOf(made)
		byAgent(t, e)
		if to := made.Receipt.GetAttributedTo(); to.HasId() && to.GetId() != e.GetTechnician().GetId() {
			t.Errorf("the receipt attributes the time to %s %q, and it is booked for %s", to.GetId(), to.GetName(), e.GetTechnician().GetId())
		}
		if e.HasStartedAt() && e.HasEndedAt() {
			if lasted := e.GetEndedAt().AsTime().Sub(e.GetStartedAt().AsTime()); lasted != time.Duration(e.GetDurationSeconds())*time.Second {
				t.Errorf("a time entry lasts %d seconds, and from its start to its end are %s", e.GetDurationSeconds(), lasted)
			}
		}
	}
}

func bookSpan(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	from, to := sample.Worked(ticket)
	to = to.Add(17 * time.Second)
	input := x.NewTimeEntry(ticket)
	input.SetEndedAt(timestamppb.New(to))
	e := entryOf(sample.TimeEntries.Add(t, input).Make(t))
	if want := int32(to.Sub(from).Seconds()); e.GetDurationSeconds() != want {
		t.Logf("from %s to %s are %d seconds; the entry has %d", from.Format(time.TimeOnly), to.Format(time.TimeOnly), want, e.GetDurationSeconds())
	}
	byAgent(t, e)
	input.SetStartedAt(timestamppb.New(to))
	input.SetEndedAt(timestamppb.New(from))
	f := sample.TimeEntries.Add(t, input).Refused(t, "an end before its start", fault.CodeInvalidArgument)
	if f != nil && len(f.Violations) == 0 {
		t.Errorf("an end before its start is refused without saying where: %s", f.Message)
	}
}

func bookFor(t *suite.T) {
	x := sample.Of(t)
	technician := x.Technician()
	if technician == nil {
		t.NotRun("there is no technician to book time for")
	}
	input := x.NewTimeEntry(x.Ticket())
	input.SetTechnician(technician)
	made, refused := sample.TimeEntries.Add(t, input).MakeUnless(t, fault.CodeFailedPrecondition, fault.CodePermissionDenied, fault.CodeFieldNotSupported)
	if refused != nil {
		t.NotRun("the PSA books no time for others: %s", refused.Message)
	}
	if got := entryOf(made).GetTechnician().GetId(); got != technician.GetId() {
		t.Errorf("time for %q is booked for %s", technician.GetName(), got)
	}
	input.SetTechnician(psav1.Reference_builder{Name: new(noName)}.Build())
	refusedAt(t, sample.TimeEntries.Add(t, input), "a technician that there is not", "technician.name")
	input.ClearTechnician()
	input.SetTicket(psav1.Reference_builder{Id: new(noID)}.Build())
	_ = sample.TimeEntries.Add(t, input).Refused(t, "a ticket that there is not", fault.CodeInvalidArgument, fault.CodeNotFound)
}

func bookVisibly(t *suite.T) {
	x := sample.Of(t)
	ticket, _ := x.Mailed()
	for _, asked := range []psav1.Visibility_V{psav1.Visibility_UNSPECIFIED, psav1.Visibility_INTERNAL, psav1.Visibility_CUSTOMER} {
		input := x.NewTimeEntry(ticket)
		want := psav1.Visibility_INTERNAL
		if asked != psav1.Visibility_UNSPECIFIED {
			input.SetSummaryVisibility(asked)
			want = asked
		}
		before := mailsOf(t)
		made := sample.TimeEntries.Add(t, input).Make(t)
		e := entryOf(made)
		if e.GetSummaryVisibility() != want {
			t.Errorf("the summary of a time entry with the visibility %s is %s; it has to be %s", asked, e.GetSummaryVisibility(), want)
		}
		if sent := mailsTo(t, before, customerOf(ticket)); want == psav1.Visibility_INTERNAL && len(sent) > 0 {
			t.Errorf("a time entry with an internal summary mailed the customer: %v", sent)
		}
		for _, row := range t.List(t.Anew(), "notes.list", psav1.ListNotesRequest_builder{Ticket: new(ticket.GetId())}.Build()) {
			n, _ := row.Interface().(*psav1.Note)
			if n.GetTimeEntry().GetId() == made.Ref.ID && n.GetBody() == e.GetSummary() && n.GetVisibility() != want {
				t.Errorf("the summary of %s is %s, and among the notes of the ticket it is %s", made.Ref, want, n.GetVisibility())
			}
		}
	}
}
