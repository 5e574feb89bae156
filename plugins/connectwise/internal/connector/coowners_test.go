package connector

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func refs(names ...string) []*psav1.Reference {
	list := make([]*psav1.Reference, len(names))
	for n, name := range names {
		list[n] = ref(name)
	}
	return list
}

func namesOf(list []*psav1.Reference) []string {
	names := []string{}
	for _, r := range list {
		names = append(names, r.GetName())
	}
	slices.Sort(names)
	return names
}

// stepsOf are the steps of a receipt, each with its state.
func stepsOf(r *psav1.Receipt) []string {
	steps := []string{}
	for _, s := range r.GetSteps() {
		steps = append(steps, s.GetName()+" "+s.GetState().String())
	}
	return steps
}

// assignedTo is a quiet ticket with an owner who is none of those whom tests
// assign.
func assignedTo(t *testing.T, i *Instance, ticket *psav1.Ticket, owner string) {
	t.Helper()
	if _, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: new(ticket.GetId()), Input: psav1.Ticket_builder{Owner: ref(owner)}.Build(), SetFields: []string{"owner"},
	}.Build()); err != nil {
		t.Fatal(err)
	}
}

func setCoOwners(t *testing.T, i *Instance, id string, names ...string) (*psav1.UpdateTicketResponse, error) {
	t.Helper()
	return i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: &id, Input: psav1.Ticket_builder{CoOwners: refs(names...)}.Build(), SetFields: []string{"co_owners"},
	}.Build())
}

func TestCoOwnersAreReplacedAsAWhole(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim)
	id := ticket.GetId()
	assignedTo(t, i, ticket, "Marco Reyes")
	for _, step := range []struct {
		asked []string
		want  []string
		sent  []string
		cost  int64
	}{
		// The ticket before and after, and each who comes.
		{[]string{"Joy Okafor", "bwalsh"}, []string{"Brendan Walsh", "Joy Okafor"}, []string{"POST", "POST"}, 4},
		{[]string{"bwalsh", "Joy Okafor"}, []string{"Brendan Walsh", "Joy Okafor"}, nil, 1},
		// The entries besides, where somebody goes.
		{[]string{"Joy Okafor", "cdubois"}, []string{"Claire Dubois", "Joy Okafor"}, []string{"POST", "DELETE"}, 5},
		{nil, []string{}, []string{"DELETE", "DELETE"}, 5},
	} {
		admin(t, sim, "DELETE", "requests", "", nil)
		ctx, c := counted(t)
		resp, err := i.UpdateTicket(ctx, psav1.UpdateTicketRequest_builder{
			Ticket: &id, Input: psav1.Ticket_builder{CoOwners: refs(step.asked...)}.Build(), SetFields: []string{"co_owners"},
		}.Build())
		if err != nil {
			t.Fatal(err)
		}
		if got := namesOf(resp.GetTicket().GetCoOwners()); !slices.Equal(got, step.want) || c.VendorRequests() != step.cost {
			t.Errorf("asked %v, got %v, %d requests", step.asked, got, c.VendorRequests())
		}
		if r := resp.GetReceipt(); !slices.Equal(r.GetApplied(), []string{"co_owners"}) || r.GetOutcome() != applied && len(step.sent) > 0 {
			t.Errorf("asked %v: receipt %v", step.asked, r)
		}
		var sent []string
		for _, w := range writes(t, sim) {
			method, path, _ := strings.Cut(w, " ")
			if !strings.HasPrefix(path, "schedule/entries") {
				t.Errorf("sent %s", w)
			}
			sent = append(sent, method)
		}
		if !slices.Equal(sent, step.sent) {
			t.Errorf("asked %v, sent %v", step.asked, sent)
		}
		read, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
		if err != nil || !slices.Equal(namesOf(read.GetTicket().GetCoOwners()), step.want) || read.GetTicket().GetEtag() != resp.GetTicket().GetEtag() {
			t.Errorf("later read %v, %v", read, err)
		}
		if held := vendorEntries(t, sim, id); len(held) != len(step.want) {
			t.Errorf("ConnectWise holds %+v", held)
		}
	}
	// They plan nothing.
	if _, err := setCoOwners(t, i, id, "jokafor"); err != nil {
		t.Fatal(err)
	}
	if entries := listEntries(t, i, psav1.ListScheduleEntriesRequest_builder{Ticket: []string{id}}); len(entries) != 0 {
		t.Errorf("planned %v", entries)
	}
}

func TestCoOwnersThatAreRefused(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim)
	id := ticket.GetId()
	assignedTo(t, i, ticket, "Marco Reyes")
	visit := plan(t, i, id, "bwalsh", hour(9), hour(10)).GetScheduleEntry().GetId()
	admin(t, sim, "DELETE", "requests", "", nil)
	_, err := setCoOwners(t, i, id, "nobody", "Joy Okafor", "Rosa Beck", "Marco Reyes")
	e := wantFault(t, err, fault.CodeInvalidArgument)
	var fields []string
	for _, v := range e.Violations {
		fields = append(fields, v.Field)
	}
	if !slices.Equal(fields, []string{"co_owners[0].name", "co_owners[2].name", "co_owners[3]"}) {
		t.Errorf("violations %v", e.Violations)
	}
	// Whoever becomes the owner is no co-owner either.
	_, err = i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: &id, Input: psav1.Ticket_builder{Owner: ref("cdubois"), CoOwners: refs("Claire Dubois", "bwalsh")}.Build(), SetFields: []string{"co_owners", "owner"},
	}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "co_owners[0]" {
		t.Errorf("violations %v", e.Violations)
	}
	// A visit is not called off by a change of the ticket.
	_, err = setCoOwners(t, i, id, "Joy Okafor")
	if e := wantFault(t, err, fault.CodeFailedPrecondition); e.Reason != "SCHEDULED" || !strings.Contains(e.Message, visit) {
		t.Errorf("fault %+v", e)
	}
	if sent := writes(t, sim); len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
	if _, err := setCoOwners(t, i, id, "Joy Okafor", "Brendan Walsh"); err != nil {
		t.Error(err)
	}
}

func TestCoOwnersGoWithTheRest(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim)
	id := ticket.GetId()
	assignedTo(t, i, ticket, "Marco Reyes")
	if _, err := setCoOwners(t, i, id, "jokafor"); err != nil {
		t.Fatal(err)
	}
	request := psav1.UpdateTicketRequest_builder{
		Ticket: &id, SetFields: []string{"title", "owner", "co_owners", "description"},
		Input: psav1.Ticket_builder{
			Title: new("Together"), Owner: ref("Joy Okafor"), CoOwners: refs("cdubois"), Description: new("Told anew."),
			Notify: psav1.Notify_builder{Technicians: new(psav1.Notify_Choice_SUPPRESS)}.Build(),
		}.Build(),
	}
	planned, err := i.UpdateTicket(dry(t), request.Build())
	if err != nil {
		t.Fatal(err)
	}
	var would []string
	for _, p := range planned.GetReceipt().GetPlanned() {
		would = append(would, p.GetMethod()+" "+p.GetPath())
	}
	if len(would) != 3 || would[0] != "PATCH /service/tickets/"+id || would[1] != "POST /schedule/entries" {
		t.Errorf("planned %v", would)
	}
	body := planned.GetReceipt().GetPlanned()[1].GetBody().GetStructValue().AsMap()
	if body["notifyResource"] != false || body["allowScheduleConflictsFlag"] != false || fmt.Sprint(body["objectId"]) != id || body["dateStart"] != nil {
		t.Errorf("planned %v", body)
	}
	resp, err := i.UpdateTicket(t.Context(), request.Build())
	if err != nil {
		t.Fatal(err)
	}
	if got := stepsOf(resp.GetReceipt()); !slices.Equal(got, []string{"ticket DONE", "add co-owner cdubois DONE", "description DONE"}) {
		t.Errorf("steps %v", got)
	}
	// The new owner keeps the entry: it makes no co-owner of an owner.
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(namesOf(resp.GetTicket().GetCoOwners()), []string{"Claire Dubois"}) {
		t.Errorf("receipt %v, co-owners %v", r, resp.GetTicket().GetCoOwners())
	}

	// A new ticket.
	create := psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
		Title: new("With a team"), Company: refByID(ticket.GetCompany().GetId()), Owner: ref("mreyes"), CoOwners: refs("jokafor", "bwalsh", "Joy Okafor"),
	}.Build()}
	planning, err := i.CreateTicket(dry(t), create.Build())
	if err != nil || len(planning.GetReceipt().GetPlanned()) != 3 || planning.GetReceipt().GetPlanned()[1].GetBody().GetStructValue().AsMap()["objectId"] != "${ticket.id}" {
		t.Errorf("planned %v, %v", planning.GetReceipt(), err)
	}
	made, err := i.CreateTicket(t.Context(), create.Build())
	if err != nil {
		t.Fatal(err)
	}
	if got := stepsOf(made.GetReceipt()); !slices.Equal(got, []string{"ticket DONE", "add co-owner jokafor DONE", "add co-owner bwalsh DONE"}) || made.GetReceipt().GetOutcome() != applied {
		t.Errorf("receipt %v", made.GetReceipt())
	}
	if got := namesOf(made.GetTicket().GetCoOwners()); !slices.Equal(got, []string{"Brendan Walsh", "Joy Okafor"}) {
		t.Errorf("co-owners %v", got)
	}
}

// Each step of a set of co-owners fails in turn.
func TestCoOwnersHalfDone(t *testing.T) {
	t.Parallel()
	const conflict = `"status":400,"body":{"code":"InvalidObject","message":"schedule object is invalid","errors":[{"code":"InvalidObject","message":"no","resource":"schedule","field":"member"}]}`
	for name, test := range map[string]struct {
		alone  bool // nothing but the co-owners is asked
		fault  string
		steps  []string
		code   fault.Code // where the call fails
		undone bool       // and tells what it has taken back
		left   []string
		want   string // what became of co_owners: dropped or unverifiable
	}{
		"the first is refused, alone": {
			alone: true, fault: `{"match":{"method":"POST","path":"*/schedule/entries"},"fault":"status",` + conflict + `,"times":1}`,
			code: fault.CodeInvalidArgument, left: []string{"bwalsh", "hnakamura"},
		},
		"the second is refused, alone": {
			alone: true, fault: `{"match":{"method":"POST","path":"*/schedule/entries"},"fault":"status",` + conflict + `,"times":1,"after":1}`,
			code: fault.CodeInvalidArgument, undone: true, left: []string{"bwalsh", "hnakamura"},
		},
		"the second is refused, after the ticket": {
			fault: `{"match":{"method":"POST","path":"*/schedule/entries"},"fault":"status",` + conflict + `,"times":1,"after":1}`,
			steps: []string{"ticket DONE", "add co-owner jokafor UNDONE", "add co-owner cdubois FAILED"},
			left:  []string{"bwalsh", "hnakamura"}, want: "dropped",
		},
		"the first cannot be removed": {
			alone: true, fault: `{"match":{"method":"DELETE","path":"*/schedule/entries/*"},"fault":"status","status":403,"times":1}`,
			code: fault.CodePermissionDenied, undone: true, left: []string{"bwalsh", "hnakamura"},
		},
		"nobody can be removed, not even who was added": {
			alone: true, fault: `{"match":{"method":"DELETE","path":"*/schedule/entries/*"},"fault":"status","status":403}`,
			steps: []string{"add co-owner cdubois LEFT", "add co-owner jokafor LEFT", "remove co-owner bwalsh FAILED"},
			left:  []string{"bwalsh", "cdubois", "hnakamura", "jokafor"}, want: "dropped",
		},
		"the second cannot be removed": {
			alone: true, fault: `{"match":{"method":"DELETE","path":"*/schedule/entries/*"},"fault":"status","status":403,"times":1,"after":1}`,
			steps: []string{"add co-owner jokafor LEFT", "add co-owner cdubois LEFT", "remove co-owner bwalsh LEFT", "remove co-owner hnakamura FAILED"},
			left:  []string{"cdubois", "hnakamura", "jokafor"}, want: "dropped",
		},
		"an answer is lost": {
			alone: true, fault: `{"match":{"method":"POST","path":"*/schedule/entries"},"fault":"drop_after","times":1,"after":1}`,
			steps: []string{"add co-owner jokafor LEFT", "add co-owner cdubois FAILED"},
			left:  []string{"bwalsh", "cdubois", "hnakamura", "jokafor"}, want: "unverifiable",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			ticket := quietTicket(t, i, sim)
			id := ticket.GetId()
			assignedTo(t, i, ticket, "Marco Reyes")
			if _, err := setCoOwners(t, i, id, "bwalsh", "hnakamura"); err != nil {
				t.Fatal(err)
			}
			admin(t, sim, "POST", "faults", test.fault, nil)
			request := psav1.UpdateTicketRequest_builder{
				Ticket: &id, Input: psav1.Ticket_builder{Title: new("changed"), CoOwners: refs("jokafor", "cdubois")}.Build(), SetFields: []string{"co_owners"},
			}
			if !test.alone {
				request.SetFields = []string{"title", "co_owners"}
			}
			ctx, count := counted(t)
			resp, err := i.UpdateTicket(ctx, request.Build())
			if err != nil && (count.Writes() != 0 || fault.From(err).Outcome != "") {
				t.Errorf("nothing is left, and %d writes are counted: %+v", count.Writes(), err)
			}
			if fault.CodeOf(err) != test.code {
				t.Fatalf("got %v, want %q", err, test.code)
			}
			if err != nil && strings.Contains(err.Error(), "taken back") != test.undone {
				t.Errorf("fault %v", err)
			}
			r := resp.GetReceipt()
			if got := stepsOf(r); test.code == "" && !slices.Equal(got, test.steps) {
				t.Errorf("steps %v", got)
			}
			dropped := len(r.GetDropped()) == 1 && r.GetDropped()[0].GetField() == "co_owners"
			unverifiable := slices.Equal(r.GetUnverifiable(), []string{"co_owners"})
			if dropped != (test.want == "dropped") || unverifiable != (test.want == "unverifiable") {
				t.Errorf("receipt %v", r)
			}
			if !test.alone && !slices.Equal(r.GetApplied(), []string{"title"}) {
				t.Errorf("applied %v", r.GetApplied())
			}
			var left []string
			for _, e := range vendorEntries(t, sim, id) {
				left = append(left, e.Member.Identifier)
			}
			slices.Sort(left)
			if !slices.Equal(left, test.left) {
				t.Errorf("left %v", left)
			}
		})
	}
}

// An entry of a project ticket has a type of its own.
func TestProjectTicketsAreScheduledByTheirOwnType(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	var tickets []struct{ ID int }
	vendor(t, sim, "GET", "project/tickets?pageSize=1", "", &tickets)
	if len(tickets) == 0 {
		t.Fatal("the seed has no project ticket")
	}
	id := strconv.Itoa(tickets[0].ID)
	made := plan(t, i, id, "dfischer", hour(9), hour(10)).GetScheduleEntry()
	var held psaEntry
	vendor(t, sim, "GET", "schedule/entries/"+made.GetId(), "", &held)
	if held.ObjectID != tickets[0].ID || held.Type.ID == 4 || held.Type.ID == 0 {
		t.Errorf("ConnectWise holds %+v", held)
	}
	if got := idsOf(listEntries(t, i, psav1.ListScheduleEntriesRequest_builder{Ticket: []string{id}, From: stamp(planDay)})); !slices.Contains(got, made.GetId()) {
		t.Errorf("listed %v", got)
	}
	// So have its assignments.
	before, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
	if err != nil {
		t.Fatal(err)
	}
	wanted := append(namesOf(before.GetTicket().GetCoOwners()), "Joy Okafor")
	slices.Sort(wanted)
	resp, err := setCoOwners(t, i, id, wanted...)
	if err != nil || !slices.Equal(namesOf(resp.GetTicket().GetCoOwners()), wanted) {
		t.Fatalf("co-owners %v, want %v, %v", resp.GetTicket().GetCoOwners(), wanted, err)
	}
	var assigned []psaEntry
	vendor(t, sim, "GET", "schedule/entries?conditions="+url.QueryEscape(`objectId=`+id+` and member/identifier="jokafor"`), "", &assigned)
	if len(assigned) != 1 || assigned[0].Type.ID != held.Type.ID || assigned[0].DateStart != "" {
		t.Errorf("ConnectWise holds %+v", assigned)
	}

	// Where the connection serves no projects, their entries are none either.
	config := configFor(sim.URL)
	config.IncludeProjectTickets = false
	without, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(without.Close)
	_, err = without.GetScheduleEntry(t.Context(), psav1.GetScheduleEntryRequest_builder{ScheduleEntry: new(made.GetId())}.Build())
	wantFault(t, err, fault.CodeNotFound)
	_, err = without.CreateScheduleEntry(t.Context(), psav1.CreateScheduleEntryRequest_builder{
		Input: psav1.ScheduleEntry_builder{Ticket: refByID(id), Start: stamp(hour(9)), End: stamp(hour(10))}.Build(),
	}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "ticket.id" {
		t.Errorf("violations %v", e.Violations)
	}
}
