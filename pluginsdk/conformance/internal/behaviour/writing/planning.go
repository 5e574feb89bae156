package writing

import (
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func planning() []suite.Check {
	operations := []string{"schedule_entries.create", "schedule_entries.get"}
	return []suite.Check{{
		Name: "schedule/listed", About: "Planned work is found by its technician, its ticket and the time that it overlaps, and not by another.",
		Operations: append([]string{"schedule_entries.list"}, operations...), Writes: true, Run: planListed,
	}, {
		Name: "schedule/conflict", About: "Work that overlaps other work of the technician is planned once the warning is accepted, where the PSA gives one, and nothing is sent before.",
		Operations: operations, Writes: true, Run: planConflict,
	}, {
		Name: "schedule/agent", About: "Work that is planned for nobody is the agent resource's, and an end before its start is refused.",
		Operations: operations, Writes: true, Run: planAgent,
	}}
}

// planOf is a schedule entry that a write has left.
func planOf(m *write.Made) *psav1.ScheduleEntry {
	e, _ := m.After.Interface().(*psav1.ScheduleEntry)
	return e
}

func planListed(t *suite.T) {
	x := sample.Of(t)
	made := sample.ScheduleEntries.Add(t, x.NewScheduleEntry(x.Ticket())).Make(t)
	e := planOf(made)
	start, end := e.GetStart().AsTime(), e.GetEnd().AsTime()
	at := func(from, to time.Time) psav1.ListScheduleEntriesRequest_builder {
		return psav1.ListScheduleEntriesRequest_builder{From: timestamppb.New(from), To: timestamppb.New(to)}
	}
	ofTechnician := at(start, end)
	ofTechnician.Technician = []string{"id:" + e.GetTechnician().GetId()}
	ofOther := at(start, end)
	if other := x.Technician(e.GetTechnician().GetId()); other != nil && other.HasId() {
		ofOther.Technician = []string{"id:" + other.GetId()}
	} else {
		ofOther = at(end.Add(time.Second), end.Add(time.Hour))
	}
	for name, list := range map[string]struct {
		request psav1.ListScheduleEntriesRequest_builder
		there   bool
	}{
		"its ticket":               {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{e.GetTicket().GetId()}}, true},
		"its technician":           {ofTechnician, true},
		"another technician":       {ofOther, false},
		"a moment in its middle":   {at(start.Add(time.Minute), start.Add(2*time.Minute)), true},
		"the day around it":        {at(start.Add(-12*time.Hour), end.Add(12*time.Hour)), true},
		"the hour after its end":   {at(end.Add(time.Second), end.Add(time.Hour)), false},
		"the hour before it began": {at(start.Add(-time.Hour), start.Add(-time.Second)), false},
	} {
		var ids []string
		for _, row := range t.List(t.Anew(), "schedule_entries.list", list.request.Build()) {
			ids = append(ids, suite.ID(row))
		}
		if slices.Contains(ids, made.Ref.ID) != list.there {
			t.Errorf("schedule_entries.list of %s: %s (%s to %s) is there: %v; it has to be: %v", name, made.Ref, start.Format(time.RFC3339), end.Format(time.RFC3339), !list.there, list.there)
		}
	}
}

func planConflict(t *suite.T) {
	x := sample.Of(t)
	input := x.NewScheduleEntry(x.Ticket())
	sample.ScheduleEntries.Add(t, input).Make(t)
	over := proto.CloneOf(input)
	over.SetTicket(psav1.Reference_builder{Id: new(x.Ticket().GetId())}.Build())
	call := sample.ScheduleEntries.Add(t, over)
	made, warned := call.MakeUnless(t, fault.CodeFailedPrecondition)
	if made != nil {
		t.Logf("the PSA does not warn of work that overlaps")
		return
	}
	if warned.Reason != fault.ReasonConfirmationRequired || len(warned.Confirmations) == 0 {
		t.Fatalf("work that overlaps is refused with the reason %q and %d confirmations: %s; it takes %s with what to accept", warned.Reason, len(warned.Confirmations), warned.Message, fault.ReasonConfirmationRequired)
	}
	var codes []string
	for _, c := range warned.Confirmations {
		codes = append(codes, c.Code)
		if c.Code == "" || c.Text == "" {
			t.Errorf("a confirmation has the code %q and the text %q; both are needed", c.Code, c.Text)
		}
	}
	if !slices.Contains(codes, "schedule_conflict") {
		t.Errorf("work that overlaps wants %v accepted; the code is schedule_conflict", codes)
	}
	_ = call.With(func(o *psav1.WriteOptions) { o.SetAccept([]string{"something_else"}) }).Refused(t, "another warning accepted", fault.CodeFailedPrecondition, fault.CodeInvalidArgument)
	call.With(func(o *psav1.WriteOptions) { o.SetAccept(codes) }).Make(t)
}

func planAgent(t *suite.T) {
	x := sample.Of(t)
	input := x.NewScheduleEntry(x.Ticket())
	input.ClearTechnician()
	made, refused := sample.ScheduleEntries.Add(t, input).MakeUnless(t, fault.CodeFailedPrecondition, fault.CodeInvalidArgument)
	switch agent := t.Connected().GetAgentResource(); {
	case refused != nil:
		t.Logf("work for the agent resource cannot be planned: %s", refused.Message)
	case agent.HasId() && planOf(made).GetTechnician().GetId() != agent.GetId():
		t.Errorf("work that is planned for nobody is planned for %s; the agent resource is %s", planOf(made).GetTechnician().GetId(), agent.GetId())
	}
	made = sample.ScheduleEntries.Add(t, x.NewScheduleEntry(x.Ticket())).Make(t)
	e := planOf(made)
	value := psav1.ScheduleEntry_builder{End: timestamppb.New(e.GetStart().AsTime().Add(-time.Hour))}.Build()
	refusedAt(t, sample.ScheduleEntries.Set(t, made.Ref, value, "end"), "an end before its start", "end")
}
