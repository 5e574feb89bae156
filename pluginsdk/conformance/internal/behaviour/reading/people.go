package reading

import (
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func people() []suite.Check {
	return []suite.Check{{
		Name: "technicians/agent_resource", About: "The technician that writes are attributed to is marked among the technicians, and nobody else is.",
		Operations: []string{"technicians.list"}, Run: agentResource,
	}, {
		Name: "technicians/availability", About: "Working hours, time off and what is planned lie within the span, apart from each other, and add up whichever way the span is cut.",
		Operations: []string{"technicians.availability", "technicians.list"}, Run: availability,
	}, {
		Name: "technicians/availability_schedule", About: "A technician is busy when a schedule entry says so.",
		Operations: []string{"technicians.availability", "schedule_entries.list"}, Run: busy,
	}, {
		Name: "technicians/workload", About: "A workload counts the open tickets that the technician owns, of the queues that are asked for.",
		Operations: []string{"technicians.workload", "tickets.list"}, Run: workload,
	}, {
		Name: "technicians/workload_schedule", About: "A workload's planned time is that of the availability.",
		Operations: []string{"technicians.workload", "technicians.availability"}, Run: planning,
	}}
}

func agentResource(t *suite.T) {
	// A connection of the name is replaced: only connecting tells who it is.
	made, err := t.Subject.Control().Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: new("conformance-agent"), ConfigJson: t.Config.JSON}.Build())
	t.Must(err)
	defer func() {
		_, err := t.Subject.Control().Disconnect(t.Context(), connectorv1.DisconnectRequest_builder{Connection: new("conformance-agent")}.Build())
		t.Must(err)
	}()
	agent := made.GetAgentResource()
	if agent.GetId() == "" {
		t.NotRun("connecting names no agent resource")
	}
	var marked []string
	for _, row := range t.List(t.Conn(), "technicians.list", t.Request("technicians.list")) {
		if field.Text(row, "agent_resource") == "true" {
			marked = append(marked, suite.ID(row))
			if field.Text(row, "name") != agent.GetName() {
				t.Errorf("the agent resource is called %q when connecting, and %q in technicians.list", agent.GetName(), field.Text(row, "name"))
			}
		}
	}
	if !slices.Equal(marked, []string{agent.GetId()}) {
		t.Errorf("connecting says that writes are attributed to %s, and technicians.list marks %v", agent.GetId(), marked)
	}
}

// span is a time from one instant to another.
type span struct{ from, to time.Time }

func (s span) request(t *suite.T, technician string) proto.Message {
	r := t.Ask("technicians.availability", technician)
	suite.Set(r.ProtoReflect(), "from", protoreflect.ValueOfMessage(timestamppb.New(s.from).ProtoReflect()))
	suite.Set(r.ProtoReflect(), "to", protoreflect.ValueOfMessage(timestamppb.New(s.to).ProtoReflect()))
	return r
}

// fortnight is two weeks around a time, which begin and end in the middle of a day.
func fortnight(around time.Time) span {
	from := around.Truncate(24*time.Hour).AddDate(0, 0, -4).Add(15*time.Hour + 20*time.Minute)
	return span{from, from.AddDate(0, 0, 14)}
}

// today is a time at which something is planned; the time that it is where nothing
// tells.
func today(t *suite.T) time.Time {
	if t.Serves("schedule_entries.list") {
		if rows := t.List(t.Conn(), "schedule_entries.list", t.Request("schedule_entries.list")); len(rows) > 0 {
			at, _ := field.Time(rows[len(rows)/2], "start")
			return at
		}
	}
	return time.Now()
}

func availabilityOf(t *suite.T, technician string, in span) *psav1.Availability {
	response, err := t.Call(t.Context(), t.Conn(), "technicians.availability", in.request(t, technician))
	if err != nil {
		t.Fatalf("technicians.availability of %s: %s", technician, suite.Words(err))
	}
	r, _ := response.(*psav1.GetAvailabilityResponse)
	return r.GetAvailability()
}

// parts are the three lists of an availability, each with how well it is known.
func parts(a *psav1.Availability) map[string]struct {
	intervals  []*psav1.Interval
	confidence psav1.Confidence_V
} {
	return map[string]struct {
		intervals  []*psav1.Interval
		confidence psav1.Confidence_V
	}{
		"working":  {a.GetWorking(), a.GetWorkingConfidence()},
		"time_off": {a.GetTimeOff(), a.GetTimeOffConfidence()},
		"busy":     {a.GetBusy(), a.GetBusyConfidence()},
	}
}

// activeTechnicians are some technicians who are active, the agent resource among
// them.
func activeTechnicians(t *suite.T) []protoreflect.Message {
	rows := slices.DeleteFunc(t.List(t.Conn(), "technicians.list", t.Request("technicians.list")), func(row protoreflect.Message) bool {
		return field.Text(row, "active") != "true"
	})
	if len(rows) == 0 {
		t.NotRun("there is no technician who is active")
	}
	return rows[:min(len(rows), sampled)]
}

func availability(t *suite.T) {
	whole := fortnight(today(t))
	middle := whole.from.AddDate(0, 0, 6).Add(47 * time.Minute)
	known := false
	for _, row := range activeTechnicians(t) {
		id := suite.ID(row)
		all := availabilityOf(t, id, whole)
		first, second := availabilityOf(t, id, span{whole.from, middle}), availabilityOf(t, id, span{middle, whole.to})
		if got := all.GetTechnician(); got.GetId() != id || got.GetName() != field.Text(row, "name") {
			t.Errorf("technicians.availability of %s is about %s", id, field.Show(got.ProtoReflect()))
		}
		if zone := all.GetTimeZone(); zone != "" && zone != field.Text(row, "time_zone") {
			t.Errorf("technicians.availability of %s says that the zone is %s; the technician's record has %s", id, zone, field.Words(row, "time_zone"))
		}
		for name, part := range parts(all) {
			where := "technicians.availability of " + id + ": " + name
			switch part.confidence {
			case psav1.Confidence_UNSPECIFIED:
				t.Errorf("%s has no confidence", where)
			case psav1.Confidence_EXACT:
				known = true
			case psav1.Confidence_HOURS_ONLY, psav1.Confidence_UNKNOWN:
			}
			within(t, where, part.intervals, whole)
			if name == "busy" || part.confidence != psav1.Confidence_EXACT {
				continue // two entries may overlap; hours alone cannot be cut
			}
			if name == "working" {
				apart(t, where, part.intervals)
			}
			one, two := parts(first)[name], parts(second)[name]
			if sum := seconds(one.intervals) + seconds(two.intervals); sum != seconds(part.intervals) {
				t.Errorf("%s is %d seconds from %s to %s, and %d when the span is cut at %s",
					where, seconds(part.intervals), whole.from.Format(time.RFC3339), whole.to.Format(time.RFC3339), sum, middle.Format(time.RFC3339))
			}
		}
	}
	if !known {
		t.NotRun("nothing is known of any technician")
	}
	backwards := span{whole.to, whole.from}
	_, err := t.Call(t.Context(), t.Conn(), "technicians.availability", backwards.request(t, suite.ID(activeTechnicians(t)[0])))
	if err == nil || suite.Fault(err).Code != fault.CodeInvalidArgument {
		t.Errorf("technicians.availability of a span that ends before it begins: %s; it has to be invalid_argument", suite.Words(err))
	}
}

// within holds that intervals are such, in order, and in the span.
func within(t *suite.T, where string, intervals []*psav1.Interval, in span) {
	last := in.from
	for _, i := range intervals {
		from, to := i.GetStart().AsTime(), i.GetEnd().AsTime()
		if !from.Before(to) || from.Before(in.from) || to.After(in.to) {
			t.Errorf("%s has %s to %s, which is not within the span", where, from.Format(time.RFC3339), to.Format(time.RFC3339))
		}
		if from.Before(last) {
			t.Errorf("%s has %s after %s: the intervals are not in order", where, from.Format(time.RFC3339), last.Format(time.RFC3339))
		}
		last = from
	}
}

func apart(t *suite.T, where string, intervals []*psav1.Interval) {
	for n := range len(intervals) - 1 {
		if intervals[n].GetEnd().AsTime().After(intervals[n+1].GetStart().AsTime()) {
			t.Errorf("%s has two intervals that overlap at %s", where, intervals[n+1].GetStart().AsTime().Format(time.RFC3339))
		}
	}
}

func seconds(intervals []*psav1.Interval) int64 {
	var sum int64
	for _, i := range intervals {
		sum += i.GetEnd().GetSeconds() - i.GetStart().GetSeconds()
	}
	return sum
}
