package connector

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// linked are the configurations of a ticket, seen without the connector.
func linked(t *testing.T, sim *simulator.Running, ticket string) []string {
	t.Helper()
	var rows []struct{ ID int }
	if status := vendor(t, sim, "GET", "service/tickets/"+ticket+"/configurations", "", &rows); status != 200 {
		t.Fatalf("configurations of %s: status %d", ticket, status)
	}
	ids := make([]string, len(rows))
	for n, r := range rows {
		ids[n] = strconv.Itoa(r.ID)
	}
	slices.Sort(ids)
	return ids
}

// withDevices returns a ticket, and the configurations of its company.
func withDevices(t *testing.T, i *Instance) (ticket string, devices []*psav1.Configuration) {
	t.Helper()
	sample := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}})
	made := create(t, i, psav1.Ticket_builder{Title: new("devices"), Company: refByID(sample.GetCompany().GetId()), Queue: ref("Service Desk")})
	devices = allConfigurations(t, i, psav1.ListConfigurationsRequest_builder{Company: []string{"id:" + sample.GetCompany().GetId()}})
	if len(devices) < 3 {
		t.Fatalf("%d configurations", len(devices))
	}
	return made.GetTicket().GetId(), devices
}

func TestTicketConfigurations(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id, devices := withDevices(t, i)
	a, b, c := devices[0], devices[1], devices[2]
	set := func(fields []string, title string, refs ...*psav1.Reference) *psav1.UpdateTicketResponse {
		t.Helper()
		input := psav1.Ticket_builder{Configurations: refs}
		if title != "" {
			input.Title = &title
		}
		return update(t, i, id, input, fields...)
	}
	only := []string{"configurations"}

	resp := set([]string{"title", "configurations"}, "two devices", refByID(a.GetId()), ref(strings.ToLower(b.GetName())), refByID(a.GetId()))
	want := []string{"ticket DONE", "add configuration " + a.GetId() + " DONE", "add configuration " + b.GetId() + " DONE"}
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"title", "configurations"}) || !slices.Equal(stepsOf(r), want) {
		t.Errorf("receipt %v", r)
	}
	if got := resp.GetTicket().GetConfigurations(); len(got) != 2 || got[0].GetName() == "" {
		t.Errorf("ticket %v", got)
	}
	if got := linked(t, sim, id); !slices.Equal(got, []string{a.GetId(), b.GetId()}) {
		t.Errorf("linked %v", got)
	}
	one, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
	if err != nil || one.GetTicket().GetEtag() != resp.GetTicket().GetEtag() || len(one.GetTicket().GetConfigurations()) != 2 {
		t.Errorf("read again %v, %v", one, err)
	}

	// What was read can be sent back: nothing is looked up or sent for it.
	admin(t, sim, "DELETE", "requests", "", nil)
	ctx, counter := counted(t)
	same, err := i.UpdateTicket(ctx, psav1.UpdateTicketRequest_builder{Ticket: &id, Input: psav1.Ticket_builder{Configurations: one.GetTicket().GetConfigurations()}.Build(), SetFields: only}.Build())
	if err != nil || same.GetReceipt().GetOutcome() != unchanged || len(writes(t, sim)) > 0 || counter.VendorRequests() != 2 || len(same.GetTicket().GetConfigurations()) != 2 {
		t.Errorf("%v, %v, sent %v, %d requests", same, err, writes(t, sim), counter.VendorRequests())
	}

	// The set is replaced as a whole.
	resp = set(only, "", refByID(c.GetId()), refByID(b.GetId()))
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Equal(stepsOf(r), []string{"add configuration " + c.GetId() + " DONE", "remove configuration " + a.GetId() + " DONE"}) {
		t.Errorf("receipt %v", r)
	}
	if got := linked(t, sim, id); !slices.Equal(got, []string{b.GetId(), c.GetId()}) {
		t.Errorf("linked %v", got)
	}
	resp = set(only, "")
	if r := resp.GetReceipt(); r.GetOutcome() != applied || len(linked(t, sim, id)) != 0 || len(resp.GetTicket().GetConfigurations()) != 0 {
		t.Errorf("receipt %v", r)
	}
}

func TestCreateTicketWithConfigurations(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	_, devices := withDevices(t, i)
	input := psav1.Ticket_builder{
		Title: new("x"), Company: refByID(devices[0].GetCompany().GetId()),
		Configurations: []*psav1.Reference{ref(devices[0].GetName()), refByID(devices[1].GetId())},
	}
	resp := create(t, i, input)
	id := resp.GetTicket().GetId()
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Contains(r.GetApplied(), "configurations") || len(r.GetSteps()) != 3 {
		t.Errorf("receipt %v", r)
	}
	if got := linked(t, sim, id); !slices.Equal(got, []string{devices[0].GetId(), devices[1].GetId()}) || len(resp.GetTicket().GetConfigurations()) != 2 {
		t.Errorf("linked %v, ticket %v", got, resp.GetTicket())
	}
	one, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
	if err != nil || one.GetTicket().GetEtag() != resp.GetTicket().GetEtag() {
		t.Errorf("read again %v, %v", one, err)
	}

	// The ticket is there although a configuration is not.
	admin(t, sim, "POST", "faults", `{"match":{"method":"POST","path":"*/configurations"},"fault":"status","status":403,"times":1}`, nil)
	resp = create(t, i, input)
	r := resp.GetReceipt()
	if r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || len(r.GetDropped()) != 1 || r.GetDropped()[0].GetField() != "configurations" || r.GetDropped()[0].GetCode() != psav1.DropCode_ACL {
		t.Errorf("receipt %v", r)
	}
	if got := stepsOf(r); !slices.Equal(got, []string{"ticket DONE", "add configuration " + devices[0].GetId() + " FAILED"}) || len(linked(t, sim, resp.GetTicket().GetId())) != 0 {
		t.Errorf("steps %v", got)
	}

	admin(t, sim, "DELETE", "requests", "", nil)
	plan, err := i.CreateTicket(dry(t), psav1.CreateTicketRequest_builder{Input: input.Build()}.Build())
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, p := range plan.GetReceipt().GetPlanned() {
		paths = append(paths, p.GetMethod()+" "+p.GetPath())
	}
	if !slices.Equal(paths, []string{"POST /service/tickets", "POST /service/tickets/${ticket.id}/configurations", "POST /service/tickets/${ticket.id}/configurations"}) || len(writes(t, sim)) > 0 {
		t.Errorf("planned %v, sent %v", paths, writes(t, sim))
	}
}

func TestTicketConfigurationsThatFail(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id, devices := withDevices(t, i)
	a, b, c := devices[0].GetId(), devices[1].GetId(), devices[2].GetId()
	update(t, i, id, psav1.Ticket_builder{Configurations: []*psav1.Reference{refByID(a)}}, "configurations")
	try := func(t *testing.T, fields ...string) (*psav1.UpdateTicketResponse, error) {
		t.Helper()
		input := psav1.Ticket_builder{Configurations: []*psav1.Reference{refByID(b), refByID(c)}, Title: new(t.Name())}
		ctx, sent := counted(t)
		resp, err := i.UpdateTicket(ctx, psav1.UpdateTicketRequest_builder{Ticket: &id, Input: input.Build(), SetFields: fields}.Build())
		if err != nil && (fault.From(err).Outcome != "" || sent.Writes() != 0) {
			t.Errorf("nothing is left, and the outcome is %q with %d writes", fault.From(err).Outcome, sent.Writes())
		}
		return resp, err
	}
	fails := func(t *testing.T, method, path, kind string, after int) {
		t.Helper()
		admin(t, sim, "DELETE", "faults", "", nil)
		admin(t, sim, "POST", "faults", `{"match":{"method":"`+method+`","path":"`+path+`"},"fault":"`+kind+`","status":400,"times":1,"after":`+strconv.Itoa(after)+`}`, nil)
	}
	want := func(t *testing.T, ids ...string) {
		t.Helper()
		slices.Sort(ids)
		if got := linked(t, sim, id); !slices.Equal(got, ids) {
			t.Errorf("linked %v, want %v", got, ids)
		}
	}

	// Nothing else is done, and the first one was taken back: nothing is left.
	fails(t, "POST", "*/configurations", "status", 1)
	if _, err := try(t, "configurations"); err == nil {
		t.Error("a refused configuration was no error")
	}
	want(t, a)

	// The title is done: the receipt tells both.
	fails(t, "POST", "*/configurations", "status", 1)
	resp, err := try(t, "title", "configurations")
	if err != nil {
		t.Fatal(err)
	}
	steps := []string{"ticket DONE", "add configuration " + b + " UNDONE", "add configuration " + c + " FAILED"}
	if r := resp.GetReceipt(); r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || !slices.Equal(stepsOf(r), steps) || len(r.GetDropped()) != 1 || r.GetDropped()[0].GetField() != "configurations" {
		t.Errorf("receipt %v", r)
	}
	want(t, a)

	// A link that cannot be removed: those that were added are taken back.
	fails(t, "DELETE", "*/configurations/"+a, "status", 0)
	if _, err := try(t, "configurations"); err == nil {
		t.Error("a refused removal was no error")
	}
	want(t, a)

	// The answer is lost: nothing is taken back, and to repeat the call completes it.
	fails(t, "POST", "*/configurations", "drop_after", 1)
	resp, err = try(t, "configurations")
	if err != nil {
		t.Fatal(err)
	}
	steps = []string{"add configuration " + b + " LEFT", "add configuration " + c + " FAILED"}
	if r := resp.GetReceipt(); !slices.Equal(stepsOf(r), steps) || !slices.Equal(r.GetUnverifiable(), []string{"configurations"}) || r.GetOutcome() == applied {
		t.Errorf("receipt %v", r)
	}
	want(t, a, b, c)
	if resp, err := try(t, "configurations"); err != nil || resp.GetReceipt().GetOutcome() != applied {
		t.Errorf("repeated %v, %v", resp, err)
	}
	want(t, b, c)

	// What cannot be read back is not known.
	fails(t, "GET", "*/service/tickets/"+id+"/configurations", "status", 1)
	resp = update(t, i, id, psav1.Ticket_builder{}, "configurations")
	if r := resp.GetReceipt(); !slices.Equal(r.GetUnverifiable(), []string{"configurations"}) || len(r.GetWarnings()) != 1 {
		t.Errorf("receipt %v", r)
	}
	want(t)
}

func TestTicketConfigurationsRefused(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id, devices := withDevices(t, i)
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, test := range map[string]struct {
		refs []*psav1.Reference
		at   []string
	}{
		"unknown name": {[]*psav1.Reference{refByID(devices[0].GetId()), ref("NOSUCH")}, []string{"configurations[1].name"}},
		"no ids":       {[]*psav1.Reference{refByID("x"), refByID("-1")}, []string{"configurations[0].id", "configurations[1].id"}},
		"two names":    {[]*psav1.Reference{psav1.Reference_builder{Id: new(devices[0].GetId()), Name: new("other")}.Build()}, []string{"configurations[0]"}},
	} {
		_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{Ticket: &id, Input: psav1.Ticket_builder{Configurations: test.refs}.Build(), SetFields: []string{"configurations"}}.Build())
		var at []string
		for _, v := range wantFault(t, err, fault.CodeInvalidArgument).Violations {
			at = append(at, v.Field)
		}
		if !slices.Equal(at, test.at) {
			t.Errorf("%s: violations %q, want %q", name, at, test.at)
		}
	}
	if w := writes(t, sim); len(w) > 0 {
		t.Errorf("sent %v", w)
	}
	_, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{Ticket: &id, Input: psav1.Ticket_builder{Configurations: []*psav1.Reference{refByID("999999")}}.Build(), SetFields: []string{"configurations"}}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); !strings.Contains(e.Message, "999999") || e.Violations[0].Field != "configurations" {
		t.Errorf("fault %+v", e)
	}
}
