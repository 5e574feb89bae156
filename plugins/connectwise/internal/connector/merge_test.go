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
