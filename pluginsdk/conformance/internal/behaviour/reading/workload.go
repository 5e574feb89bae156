package reading

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// busy holds schedule entries against when their technicians are busy, and the other
// way round.
func busy(t *suite.T) {
	entries := t.List(t.Conn(), "schedule_entries.list", t.Request("schedule_entries.list"))
	found := 0
	for _, e := range entries {
		id := field.Text(e, "technician.id")
		start, _ := field.Time(e, "start")
		end, _ := field.Time(e, "end")
		state := field.Text(e, "state")
		if id == "" || state == "DONE" || state == "CANCELED" {
			continue
		}
		around := span{start.Add(-time.Hour), end.Add(time.Hour)}
		if around.to.Sub(around.from) > 62*24*time.Hour {
			continue
		}
		a := availabilityOf(t, id, around)
		if a.GetBusyConfidence() != psav1.Confidence_EXACT {
			continue
		}
		found++
		if !hasInterval(a.GetBusy(), e) {
			t.Errorf("schedule_entries.list has %s, for which technician %s works on ticket %s from %s to %s, and technicians.availability does not show that as busy",
				suite.ID(e), id, field.Text(e, "ticket.id"), field.Words(e, "start"), field.Words(e, "end"))
		}
		for _, i := range a.GetBusy() {
			if i.HasTicket() && i.GetStart().AsTime().After(around.from) && i.GetEnd().AsTime().Before(around.to) && !planned(entries, id, i) {
				t.Errorf("technicians.availability of %s is busy with %s from %s, and schedule_entries.list has no such entry", id, field.Show(i.GetTicket().ProtoReflect()), i.GetStart().AsTime().Format(time.RFC3339))
			}
		}
	}
	if found == 0 {
		t.NotRun("there is no schedule entry of a technician whose plans are known")
	}
}

func hasInterval(intervals []*psav1.Interval, entry protoreflect.Message) bool {
	for _, i := range intervals {
		if agree(i, entry) {
			return true
		}
	}
	return false
}

// planned tells whether there is an entry of a technician for an interval.
func planned(entries []protoreflect.Message, technician string, i *psav1.Interval) bool {
	for _, e := range entries {
		if field.Text(e, "technician.id") == technician && agree(i, e) {
			return true
		}
	}
	return false
}

func agree(i *psav1.Interval, entry protoreflect.Message) bool {
	start, _ := field.Time(entry, "start")
	end, _ := field.Time(entry, "end")
	return i.GetStart().AsTime().Equal(start) && i.GetEnd().AsTime().Equal(end) && i.GetTicket().GetId() == field.Text(entry, "ticket.id")
}

// counts are numbers of tickets by technician and category.
type counts map[string]map[string]int32

// owned counts open tickets, those of one queue where it is given.
func owned(rows []protoreflect.Message, queue string) counts {
	c := counts{}
	for _, row := range rows {
		owner := field.Text(row, "owner.id")
		if queue != "" && field.Text(row, "queue.id") != queue {
			continue
		}
		if c[owner] == nil {
			c[owner] = map[string]int32{}
		}
		c[owner][field.Text(row, "status.category")]++
	}
	return c
}

func workload(t *suite.T) {
	tickets := t.List(t.Conn(), "tickets.list", t.Request("tickets.list"))
	all := t.List(t.Conn(), "technicians.workload", t.Request("technicians.workload"))
	if len(all) == 0 {
		t.NotRun("there is no technician")
	}
	counted(t, "technicians.workload", all, owned(tickets, ""))
	everyActive(t, all)

	request, _ := t.Request("technicians.workload").(*psav1.ListWorkloadsRequest)
	one := all[len(all)/2]
	for _, given := range []string{"id:" + field.Text(one, "technician.id"), field.Text(one, "technician.name")} {
		asked := proto.CloneOf(request)
		asked.SetTechnician([]string{given})
		rows := t.List(t.Conn(), "technicians.workload", asked)
		counted(t, "technicians.workload with technician="+given, rows, owned(tickets, ""))
		if len(rows) != 1 || field.Text(rows[0], "technician.id") != field.Text(one, "technician.id") {
			t.Errorf("technicians.workload with technician=%s answers %d workloads, and not that of the technician alone", given, len(rows))
		}
	}
	seen := map[string]bool{}
	for _, row := range tickets {
		queue := field.Text(row, "queue.id")
		if queue == "" || seen[queue] || t.Unsupported("technicians.workload", "queue") {
			continue
		}
		seen[queue] = true
		for _, given := range []string{"id:" + queue, field.Text(row, "queue.name")} {
			asked := proto.CloneOf(request)
			asked.SetQueue([]string{given})
			counted(t, "technicians.workload with queue="+given, t.List(t.Conn(), "technicians.workload", asked), owned(tickets, queue))
		}
	}
	refusesNobody(t, "technicians.workload", "technician")
	refusesNobody(t, "technicians.workload", "queue")
}

// everyActive holds that workloads are there for all technicians who are active, and
// for nobody twice.
func everyActive(t *suite.T, workloads []protoreflect.Message) {
	have := map[string]int{}
	for _, w := range workloads {
		have[field.Text(w, "technician.id")]++
	}
	for id, n := range have {
		if n > 1 {
			t.Errorf("technicians.workload has technician %s %d times", id, n)
		}
	}
	if !t.Serves("technicians.list") {
		return
	}
	for _, row := range t.List(t.Conn(), "technicians.list", t.Request("technicians.list")) {
		if field.Text(row, "active") == "true" && have[suite.ID(row)] == 0 {
			t.Errorf("technicians.workload lacks %s, who is active", field.Show(row))
		}
	}
}

// counted holds workloads against the tickets that there are.
func counted(t *suite.T, what string, workloads []protoreflect.Message, want counts) {
	for _, row := range workloads {
		w, _ := row.Interface().(*psav1.Workload)
		id := w.GetTechnician().GetId()
		told := map[string]int32{}
		for _, c := range w.GetOpen() {
			name := c.GetCategory().String()
			if _, twice := told[name]; twice || c.GetCategory() == psav1.Category_CLOSED || c.GetCategory() == psav1.Category_UNSPECIFIED {
				t.Errorf("%s of %s counts tickets of %s, which are not open, or twice", what, id, name)
			}
			told[name] = c.GetCount()
		}
		for _, name := range []string{"NEW", "IN_PROGRESS", "WAITING_CUSTOMER", "WAITING_OTHER", "RESOLVED"} {
			if n, ok := told[name]; (ok || name != "RESOLVED") && n != want[id][name] {
				t.Errorf("%s of %s counts %d tickets that are %s; tickets.list has %d", what, id, n, name, want[id][name])
			}
		}
		if w.GetAsOf() == nil {
			t.Errorf("%s of %s does not say when it was counted", what, id)
		}
		plausible(t, what+" of "+id, row)
	}
}

// planning holds the planned time of workloads against the availability.
func planning(t *suite.T) {
	in := fortnight(today(t))
	request, _ := t.Request("technicians.workload").(*psav1.ListWorkloadsRequest)
	request.SetFrom(timestamppb.New(in.from))
	request.SetTo(timestamppb.New(in.to))
	some := false
	for _, row := range t.List(t.Conn(), "technicians.workload", request) {
		w, _ := row.Interface().(*psav1.Workload)
		id := w.GetTechnician().GetId()
		a := availabilityOf(t, id, in)
		if a.GetBusyConfidence() == psav1.Confidence_EXACT {
			some = some || len(a.GetBusy()) > 0
			// A PSA may plan fewer hours than an entry is long.
			if all := seconds(a.GetBusy()); int64(w.GetScheduledSeconds()) > all || w.GetScheduledSeconds() == 0 && all > 0 {
				t.Errorf("technicians.workload of %s has %d seconds planned; technicians.availability is busy for %d", id, w.GetScheduledSeconds(), all)
			}
		}
		if a.GetWorkingConfidence() == psav1.Confidence_EXACT && w.HasCapacitySeconds() {
			some = true
			if all := seconds(a.GetWorking()); int64(w.GetCapacitySeconds()) > all || w.GetCapacitySeconds() == 0 && all > 0 && len(a.GetTimeOff()) == 0 {
				t.Errorf("technicians.workload of %s has a capacity of %d seconds; technicians.availability works for %d", id, w.GetCapacitySeconds(), all)
			}
		}
	}
	if !some {
		t.NotRun("nothing is planned, and no working hours are known")
	}
}
