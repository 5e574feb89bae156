package connector

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// The day that tests plan: nobody of the seed has anything to do then.
var planDay = time.Date(2031, 3, 3, 0, 0, 0, 0, time.UTC)

func hour(h int) time.Time { return planDay.Add(time.Duration(h) * time.Hour) }

func stamp(t time.Time) *timestamppb.Timestamp { return timestamppb.New(t) }

// psaEntry is a schedule entry as ConnectWise holds it.
type psaEntry struct {
	ID        int
	ObjectID  int
	Name      string
	DateStart string
	DateEnd   string
	DoneFlag  bool
	Member    struct{ Identifier string }
	Type      struct{ ID int }
	Status    struct{ Name string }
}

// plannedBy makes an entry as a technician's program would, without the connector.
func plannedBy(t *testing.T, sim *simulator.Running, body string) psaEntry {
	t.Helper()
	var made psaEntry
	if status := vendor(t, sim, "POST", "schedule/entries", body, &made); status != http.StatusCreated {
		t.Fatalf("ConnectWise answered %d to %s", status, body)
	}
	return made
}

func vendorEntries(t *testing.T, sim *simulator.Running, ticket string) []psaEntry {
	t.Helper()
	var entries []psaEntry
	vendor(t, sim, "GET", "schedule/entries?pageSize=1000&conditions=type/id%3D4%20and%20objectId%3D"+ticket, "", &entries)
	return entries
}

// quietTicket is a ticket of the seed that nobody is scheduled on.
func quietTicket(t *testing.T, i *Instance, sim *simulator.Running) *psav1.Ticket {
	t.Helper()
	resp, err := i.ListTickets(t.Context(), psav1.ListTicketsRequest_builder{
		StatusCategory: []psav1.Category_V{psav1.Category_NEW, psav1.Category_IN_PROGRESS}, Include: []psav1.Include_V{psav1.Include_CO_OWNERS}, PageSize: new(int32(100)),
	}.Build())
	if err != nil {
		t.Fatal(err)
	}
	for _, ticket := range resp.GetTickets() {
		if len(ticket.GetCoOwners()) == 0 && len(vendorEntries(t, sim, ticket.GetId())) == 0 {
			return ticket
		}
	}
	t.Fatal("somebody is scheduled on every ticket")
	return nil
}

// plan plans work through the connector.
func plan(t *testing.T, i *Instance, ticket, technician string, from, to time.Time) *psav1.CreateScheduleEntryResponse {
	t.Helper()
	resp, err := i.CreateScheduleEntry(t.Context(), psav1.CreateScheduleEntryRequest_builder{
		Input: psav1.ScheduleEntry_builder{Ticket: refByID(ticket), Technician: ref(technician), Start: stamp(from), End: stamp(to)}.Build(),
	}.Build())
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func listEntries(t *testing.T, i *Instance, r psav1.ListScheduleEntriesRequest_builder) []*psav1.ScheduleEntry {
	t.Helper()
	return everyRow(t, i.ListScheduleEntries, r.Build(), (*psav1.ListScheduleEntriesResponse).GetScheduleEntries)
}

// timeOff is a schedule type of the tenant for time off.
func timeOff(t *testing.T, sim *simulator.Running) int {
	t.Helper()
	var types []struct {
		ID         int
		ChargeCode *struct{ ID int }
	}
	vendor(t, sim, "GET", "schedule/types?pageSize=1000", "", &types)
	for _, kind := range types {
		if kind.ChargeCode != nil {
			return kind.ID
		}
	}
	t.Fatal("no schedule type has a charge code")
	return 0
}

func TestScheduleEntriesAreTimesOnTickets(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	visit := plannedBy(t, sim, fmt.Sprintf(`{"type":{"id":4},"objectId":%s,"member":{"identifier":"jokafor"},"dateStart":"2031-03-03T09:00:00Z","dateEnd":"2031-03-03T10:30:00Z"}`, ticket))
	assignment := plannedBy(t, sim, fmt.Sprintf(`{"type":{"id":4},"objectId":%s,"member":{"identifier":"bwalsh"}}`, ticket))
	off := plannedBy(t, sim, fmt.Sprintf(`{"type":{"id":%d},"member":{"identifier":"jokafor"},"dateStart":"2031-03-04T00:00:00Z","dateEnd":"2031-03-05T00:00:00Z"}`, timeOff(t, sim)))

	ctx, c := counted(t)
	if _, err := i.ListScheduleStatuses(ctx, psav1.ListScheduleStatusesRequest_builder{}.Build()); err != nil {
		t.Fatal(err)
	}
	before := c.VendorRequests()
	resp, err := i.ListScheduleEntries(ctx, psav1.ListScheduleEntriesRequest_builder{
		Technician: []string{"jokafor", "Brendan Walsh"}, From: stamp(planDay), To: stamp(planDay.AddDate(0, 0, 7)),
	}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if got := idsOf(resp.GetScheduleEntries()); !slices.Equal(got, []string{strconv.Itoa(visit.ID)}) || resp.HasNextPageToken() {
		t.Fatalf("listed %v", got)
	}
	if cost := c.VendorRequests() - before; cost > 2 { // the types, once, and the page
		t.Errorf("the page cost %d requests", cost)
	}
	row := resp.GetScheduleEntries()[0]
	if row.GetTicket().GetId() != ticket || row.GetTechnician().GetName() != "Joy Okafor" || !row.GetStart().AsTime().Equal(hour(9)) ||
		!row.GetEnd().AsTime().Equal(hour(9).Add(90*time.Minute)) || row.GetState() != psav1.ScheduleState_CONFIRMED ||
		row.GetStatus().GetName() != visit.Status.Name || row.GetTitle() != visit.Name || row.GetEtag() == "" || len(row.GetVendor()) > 0 {
		t.Errorf("row %v", row)
	}
	one, err := i.GetScheduleEntry(t.Context(), psav1.GetScheduleEntryRequest_builder{ScheduleEntry: new(row.GetId()), Include: []psav1.Include_V{psav1.Include_VENDOR}}.Build())
	if err != nil || one.GetScheduleEntry().GetEtag() != row.GetEtag() || len(one.GetOmitted()) != 0 {
		t.Fatalf("got %v, %v", one, err)
	}
	var raw psaEntry
	if err := json.Unmarshal(one.GetScheduleEntry().GetVendor(), &raw); err != nil || raw != visit {
		t.Errorf("vendor record %s", one.GetScheduleEntry().GetVendor())
	}
	for what, id := range map[string]string{"an assignment": strconv.Itoa(assignment.ID), "time off": strconv.Itoa(off.ID), "nothing": "99999999", "no id": "x"} {
		_, err := i.GetScheduleEntry(t.Context(), psav1.GetScheduleEntryRequest_builder{ScheduleEntry: &id}.Build())
		if fault.CodeOf(err) != fault.CodeNotFound {
			t.Errorf("%s: %v", what, err)
		}
		_, err = i.DeleteScheduleEntry(t.Context(), psav1.DeleteScheduleEntryRequest_builder{ScheduleEntry: &id}.Build())
		if fault.CodeOf(err) != fault.CodeNotFound {
			t.Errorf("delete %s: %v", what, err)
		}
	}
	// The assignment is who co-owns the ticket.
	held, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &ticket}.Build())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, co := range held.GetTicket().GetCoOwners() {
		names = append(names, co.GetName())
	}
	slices.Sort(names)
	if want := []string{"Brendan Walsh", "Joy Okafor"}; !slices.Equal(slices.DeleteFunc(want, func(n string) bool { return n == held.GetTicket().GetOwner().GetName() }), names) {
		t.Errorf("co-owners %v, owner %v", names, held.GetTicket().GetOwner())
	}
}

func TestScheduleFiltersAndPages(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	var ids []string
	for n := range 7 {
		technician := []string{"jokafor", "bwalsh"}[n%2]
		ids = append(ids, plan(t, i, ticket, technician, hour(8+n), hour(9+n)).GetScheduleEntry().GetId())
	}
	for name, test := range map[string]struct {
		r    psav1.ListScheduleEntriesRequest_builder
		want []string
	}{
		"of a ticket":                   {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}}, ids},
		"in small pages":                {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}, PageSize: new(int32(2))}, ids},
		"of a technician":               {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}, Technician: []string{"Brendan Walsh"}}, []string{ids[1], ids[3], ids[5]}},
		"of two":                        {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}, Technician: []string{"bwalsh", "jokafor"}}, ids},
		"ends when the span begins":     {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}, From: stamp(hour(10))}, ids[2:]},
		"begins when the span ends":     {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}, To: stamp(hour(10))}, ids[:2]},
		"begins within the last second": {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}, To: stamp(hour(10).Add(time.Millisecond))}, ids[:3]},
		"overlaps":                      {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{ticket}, From: stamp(hour(9).Add(time.Minute)), To: stamp(hour(10).Add(time.Minute))}, ids[1:3]},
		"of a ticket that nobody sees":  {psav1.ListScheduleEntriesRequest_builder{Ticket: []string{"99999999"}}, []string{}},
	} {
		if got := idsOf(listEntries(t, i, test.r)); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	_, err := i.ListScheduleEntries(t.Context(), psav1.ListScheduleEntriesRequest_builder{
		Technician: []string{"Joy Okafr"}, Ticket: []string{"T1"}, From: stamp(hour(2)), To: stamp(hour(1)),
	}.Build())
	e := wantFault(t, err, fault.CodeInvalidArgument)
	var fields []string
	for _, v := range e.Violations {
		fields = append(fields, v.Field)
	}
	slices.Sort(fields)
	if !slices.Equal(fields, []string{"technician", "ticket", "to"}) {
		t.Errorf("violations %v", e.Violations)
	}
}

func TestPlanWork(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim)
	ctx, c := counted(t)
	resp, err := i.CreateScheduleEntry(ctx, psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
		Ticket: ref(ticket.GetNumber()), Technician: ref("Brendan Walsh"), Start: stamp(hour(9)), End: stamp(hour(10)), State: new(psav1.ScheduleState_TENTATIVE), NotifyTechnician: new(true),
	}.Build()}.Build())
	if err != nil {
		t.Fatal(err)
	}
	r := resp.GetReceipt()
	if r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"ticket", "technician", "start", "end", "state"}) || r.GetAttributedTo().GetId() == "" {
		t.Errorf("receipt %v", r)
	}
	if len(r.GetWarnings()) != 1 || !strings.Contains(r.GetWarnings()[0], "Brendan Walsh") || !strings.Contains(r.GetWarnings()[0], "co_owners") {
		t.Errorf("warnings %q", r.GetWarnings())
	}
	if n := r.GetNotification(); n.GetExpected() != psav1.Observed_NOT_SENT || !strings.Contains(n.GetEvidence(), "tell the technician") {
		t.Errorf("notification %v", n)
	}
	if c.VendorRequests() > 5 { // statuses and types, once; the ticket, the overlaps and the entry
		t.Errorf("%d requests", c.VendorRequests())
	}
	held := vendorEntries(t, sim, ticket.GetId())
	if len(held) != 1 || held[0].DateStart != "2031-03-03T09:00:00Z" || held[0].DateEnd != "2031-03-03T10:00:00Z" || held[0].Member.Identifier != "bwalsh" || held[0].Status.Name != "Tentative" {
		t.Fatalf("ConnectWise holds %+v", held)
	}
	after, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: new(ticket.GetId())}.Build())
	if err != nil || len(after.GetTicket().GetCoOwners()) != 1 || after.GetTicket().GetCoOwners()[0].GetName() != "Brendan Walsh" {
		t.Errorf("co-owners %v, %v", after.GetTicket().GetCoOwners(), err)
	}
	// Who is on the ticket already does not come to it; who is not named is the
	// agent resource.
	again := plan(t, i, ticket.GetId(), "bwalsh", hour(11), hour(12))
	if len(again.GetReceipt().GetWarnings()) != 0 {
		t.Errorf("warnings %q", again.GetReceipt().GetWarnings())
	}
	own, err := i.CreateScheduleEntry(t.Context(), psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
		Ticket: refByID(ticket.GetId()), Start: stamp(hour(9).Add(time.Millisecond)), End: stamp(hour(10)),
	}.Build()}.Build())
	if err != nil || own.GetScheduleEntry().GetTechnician().GetName() != "Deskgate Agent" || !slices.Contains(own.GetReceipt().GetDefaulted(), "technician") {
		t.Errorf("got %v, %v", own, err)
	}
	if changed := own.GetReceipt().GetChanged(); len(changed) != 1 || changed[0].GetCode() != psav1.DropCode_ROUNDED {
		t.Errorf("a fraction of a second: %v", own.GetReceipt())
	}
}

func TestMoveWork(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	made := plan(t, i, ticket, "bwalsh", hour(9), hour(10)).GetScheduleEntry()
	update := func(etag string, input psav1.ScheduleEntry_builder, fields ...string) (*psav1.UpdateScheduleEntryResponse, error) {
		r := psav1.UpdateScheduleEntryRequest_builder{ScheduleEntry: new(made.GetId()), Input: input.Build(), SetFields: fields}
		if etag != "" {
			r.Options = psav1.WriteOptions_builder{IfMatch: &etag}.Build()
		}
		return i.UpdateScheduleEntry(t.Context(), r.Build())
	}
	planned, err := i.UpdateScheduleEntry(dry(t), psav1.UpdateScheduleEntryRequest_builder{
		ScheduleEntry: new(made.GetId()), Input: psav1.ScheduleEntry_builder{End: stamp(hour(11)), NotifyTechnician: new(false)}.Build(), SetFields: []string{"end", "notify_technician"},
	}.Build())
	if err != nil || len(planned.GetReceipt().GetPlanned()) != 1 || len(planned.GetReceipt().GetReads()) > 3 || planned.GetReceipt().GetPlanned()[0].GetPath() != "/schedule/entries/"+made.GetId() {
		t.Errorf("planned %v, %v", planned.GetReceipt(), err)
	}
	if ops := planned.GetReceipt().GetPlanned()[0].GetBody().GetListValue().GetValues(); len(ops) != 3 { // the end, no overlap, no mail
		t.Errorf("planned %v", ops)
	}
	moved, err := update(made.GetEtag(), psav1.ScheduleEntry_builder{
		Technician: ref("Claire Dubois"), Start: stamp(hour(13)), End: stamp(hour(15)), State: new(psav1.ScheduleState_DONE),
	}, "technician", "start", "end", "state")
	if err != nil {
		t.Fatal(err)
	}
	if r := moved.GetReceipt(); r.GetOutcome() != applied || len(r.GetApplied()) != 4 || len(r.GetChanged()) != 0 && r.GetChanged()[0].GetField() != "title" || len(r.GetWarnings()) != 1 {
		t.Errorf("receipt %v", r)
	}
	held := vendorEntries(t, sim, ticket)
	if len(held) != 1 || held[0].Member.Identifier != "cdubois" || held[0].DateStart != "2031-03-03T13:00:00Z" || held[0].DateEnd != "2031-03-03T15:00:00Z" || !held[0].DoneFlag {
		t.Fatalf("ConnectWise holds %+v", held)
	}
	_, err = update(made.GetEtag(), psav1.ScheduleEntry_builder{End: stamp(hour(14))}, "end")
	if e := wantFault(t, err, fault.CodePreconditionFailed); e.CurrentETag != moved.GetScheduleEntry().GetEtag() {
		t.Errorf("etag %s, want %s", e.CurrentETag, moved.GetScheduleEntry().GetEtag())
	}
	// Done is taken back without a change of the status; a status tells the state.
	for _, step := range []struct {
		input  psav1.ScheduleEntry_builder
		field  string
		state  psav1.ScheduleState_V
		status string
	}{
		{psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_CONFIRMED)}, "state", psav1.ScheduleState_CONFIRMED, "Firm"},
		{psav1.ScheduleEntry_builder{Status: ref("Tentative")}, "status", psav1.ScheduleState_TENTATIVE, "Tentative"},
		{psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_DONE)}, "state", psav1.ScheduleState_DONE, "Tentative"},
		{psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_TENTATIVE)}, "state", psav1.ScheduleState_TENTATIVE, "Tentative"},
		{psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_CONFIRMED)}, "state", psav1.ScheduleState_CONFIRMED, "Firm"},
	} {
		resp, err := update("", step.input, step.field)
		if err != nil {
			t.Fatal(err)
		}
		if e := resp.GetScheduleEntry(); e.GetState() != step.state || e.GetStatus().GetName() != step.status || resp.GetReceipt().GetOutcome() != applied {
			t.Errorf("%v: %v, receipt %v", step.input, e, resp.GetReceipt())
		}
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	same, err := update("", psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_CONFIRMED), End: stamp(hour(15))}, "state", "end")
	if err != nil || same.GetReceipt().GetOutcome() != psav1.Receipt_Outcome_UNCHANGED || len(writes(t, sim)) != 0 {
		t.Errorf("receipt %v, writes %v, %v", same.GetReceipt(), writes(t, sim), err)
	}
}

func TestScheduleWritesThatAreRefused(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	entry := plan(t, i, ticket, "bwalsh", hour(9), hour(10)).GetScheduleEntry().GetId()
	whole := func(change func(*psav1.ScheduleEntry_builder)) *psav1.ScheduleEntry {
		b := psav1.ScheduleEntry_builder{Ticket: refByID(ticket), Start: stamp(hour(20)), End: stamp(hour(21))}
		change(&b)
		return b.Build()
	}
	canceled, tentative := psav1.ScheduleState_CANCELED, psav1.ScheduleState_TENTATIVE
	creates := map[string]struct {
		input *psav1.ScheduleEntry
		code  fault.Code
		field string
		says  string
	}{
		"a title":              {whole(func(b *psav1.ScheduleEntry_builder) { b.Title = new("x") }), fault.CodeFieldNotSupported, "title", "note of the ticket"},
		"notes":                {whole(func(b *psav1.ScheduleEntry_builder) { b.Notes = new("x") }), fault.CodeFieldNotSupported, "notes", "note of the ticket"},
		"called off":           {whole(func(b *psav1.ScheduleEntry_builder) { b.State = &canceled }), fault.CodeInvalidArgument, "state", "delete"},
		"unknown technician":   {whole(func(b *psav1.ScheduleEntry_builder) { b.Technician = ref("Joy Okafr") }), fault.CodeInvalidArgument, "technician.name", "Okafr"},
		"inactive technician":  {whole(func(b *psav1.ScheduleEntry_builder) { b.Technician = ref("Rosa Beck") }), fault.CodeInvalidArgument, "technician.name", "no longer"},
		"unknown status":       {whole(func(b *psav1.ScheduleEntry_builder) { b.Status = ref("Frim") }), fault.CodeInvalidArgument, "status.name", "Frim"},
		"state against status": {whole(func(b *psav1.ScheduleEntry_builder) { b.Status, b.State = ref("Firm"), &tentative }), fault.CodeInvalidArgument, "state", "CONFIRMED"},
		"unknown ticket":       {whole(func(b *psav1.ScheduleEntry_builder) { b.Ticket = refByID("99999999") }), fault.CodeInvalidArgument, "ticket.id", "99999999"},
		"no ticket":            {whole(func(b *psav1.ScheduleEntry_builder) { b.Ticket = ref("T-1") }), fault.CodeInvalidArgument, "ticket.name", "T-1"},
		"two tickets": {whole(func(b *psav1.ScheduleEntry_builder) {
			b.Ticket = psav1.Reference_builder{Id: &ticket, Name: new("1")}.Build()
		}), fault.CodeInvalidArgument, "ticket", "two"},
		"no second long": {whole(func(b *psav1.ScheduleEntry_builder) {
			b.Start, b.End = stamp(hour(20).Add(time.Millisecond)), stamp(hour(20).Add(2*time.Millisecond))
		}), fault.CodeInvalidArgument, "end", "a second"},
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, test := range creates {
		_, err := i.CreateScheduleEntry(t.Context(), psav1.CreateScheduleEntryRequest_builder{Input: test.input}.Build())
		e := fault.From(err)
		if fault.CodeOf(err) != test.code || len(e.Violations) != 1 || e.Violations[0].Field != test.field || !strings.Contains(e.Error(), test.says) && test.says != "two" {
			t.Errorf("%s: %v %+v", name, err, e)
		}
	}
	_, err := i.CreateScheduleEntry(t.Context(), psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
		Ticket: refByID("99999999"), Technician: ref("nobody"), Status: ref("none"), Start: stamp(hour(2)), End: stamp(hour(2)),
	}.Build()}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); len(e.Violations) != 4 && len(e.Violations) != 3 {
		t.Errorf("violations %v", e.Violations)
	}
	updates := map[string]struct {
		input  psav1.ScheduleEntry_builder
		fields []string
		code   fault.Code
		field  string
	}{
		"another ticket":     {psav1.ScheduleEntry_builder{Ticket: refByID("1")}, []string{"ticket"}, fault.CodeInvalidArgument, "ticket"},
		"no start":           {psav1.ScheduleEntry_builder{}, []string{"start"}, fault.CodeInvalidArgument, "start"},
		"no technician":      {psav1.ScheduleEntry_builder{}, []string{"technician"}, fault.CodeInvalidArgument, "technician"},
		"ends before":        {psav1.ScheduleEntry_builder{End: stamp(hour(8))}, []string{"end"}, fault.CodeInvalidArgument, "end"},
		"begins after":       {psav1.ScheduleEntry_builder{Start: stamp(hour(10))}, []string{"start"}, fault.CodeInvalidArgument, "start"},
		"tells of nothing":   {psav1.ScheduleEntry_builder{NotifyTechnician: new(true)}, []string{"notify_technician"}, fault.CodeInvalidArgument, "notify_technician"},
		"a title":            {psav1.ScheduleEntry_builder{Title: new("x")}, []string{"title"}, fault.CodeFieldNotSupported, "title"},
		"the title, cleared": {psav1.ScheduleEntry_builder{}, []string{"title"}, fault.CodeFieldNotSupported, "title"},
	}
	for name, test := range updates {
		_, err := i.UpdateScheduleEntry(t.Context(), psav1.UpdateScheduleEntryRequest_builder{ScheduleEntry: &entry, Input: test.input.Build(), SetFields: test.fields}.Build())
		if e := fault.From(err); fault.CodeOf(err) != test.code || len(e.Violations) != 1 || e.Violations[0].Field != test.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if sent := writes(t, sim); len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestPlanOfNothing(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	_, err := i.CreateScheduleEntry(t.Context(), &psav1.CreateScheduleEntryRequest{})
	if fault.CodeOf(err) != fault.CodeInvalidArgument {
		t.Errorf("without an entry: %v", err)
	}
}

func TestTakeWorkOffTheSchedule(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	for path, notify := range map[string]*bool{"": nil, "/true": new(true), "/false": new(false)} {
		entry := plan(t, i, ticket, "bwalsh", hour(9), hour(10)).GetScheduleEntry()
		request := psav1.DeleteScheduleEntryRequest_builder{ScheduleEntry: new(entry.GetId()), NotifyTechnician: notify}
		request.Options = psav1.WriteOptions_builder{IfMatch: new(`"old"`)}.Build()
		_, err := i.DeleteScheduleEntry(t.Context(), request.Build())
		wantFault(t, err, fault.CodePreconditionFailed)
		request.Options = nil
		planned, err := i.DeleteScheduleEntry(dry(t), request.Build())
		if err != nil || len(planned.GetReceipt().GetPlanned()) != 1 || planned.GetReceipt().GetPlanned()[0].GetPath() != "/schedule/entries/"+entry.GetId()+path {
			t.Errorf("planned %v, %v", planned, err)
		}
		admin(t, sim, "DELETE", "requests", "", nil)
		request.Options = psav1.WriteOptions_builder{IfMatch: new(entry.GetEtag())}.Build()
		ctx, c := counted(t)
		resp, err := i.DeleteScheduleEntry(ctx, request.Build())
		if err != nil || resp.GetReceipt().GetOutcome() != applied || c.VendorRequests() != 3 {
			t.Errorf("receipt %v, %d requests, %v", resp.GetReceipt(), c.VendorRequests(), err)
		}
		if sent := writes(t, sim); !slices.Equal(sent, []string{"DELETE schedule/entries/" + entry.GetId() + path}) {
			t.Errorf("sent %v", sent)
		}
	}
	if left := vendorEntries(t, sim, ticket); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	after, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &ticket}.Build())
	if err != nil || len(after.GetTicket().GetCoOwners()) != 0 {
		t.Errorf("co-owners %v, %v", after.GetTicket().GetCoOwners(), err)
	}
}

func TestScheduleWritesWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := quietTicket(t, i, sim).GetId()
	admin(t, sim, "POST", "faults", `{"match":{"method":"POST","path":"*/schedule/entries"},"fault":"drop_after","times":1}`, nil)
	_, err := i.CreateScheduleEntry(t.Context(), psav1.CreateScheduleEntryRequest_builder{
		Input: psav1.ScheduleEntry_builder{Ticket: refByID(ticket), Technician: ref("bwalsh"), Start: stamp(hour(9)), End: stamp(hour(10))}.Build(),
	}.Build())
	if e := wantFault(t, err, fault.CodeOutcomeUnknown); e.Outcome != fault.Unknown {
		t.Errorf("outcome %s", e.Outcome)
	}
	held := vendorEntries(t, sim, ticket)
	if len(held) != 1 {
		t.Fatalf("ConnectWise holds %v", held)
	}
	id := strconv.Itoa(held[0].ID)
	admin(t, sim, "POST", "faults", `{"match":{"method":"DELETE","path":"*/schedule/entries/*"},"fault":"drop_before","times":1}`, nil)
	_, err = i.DeleteScheduleEntry(t.Context(), psav1.DeleteScheduleEntryRequest_builder{ScheduleEntry: &id}.Build())
	wantFault(t, err, fault.CodeOutcomeUnknown)
	admin(t, sim, "POST", "faults", `{"match":{"method":"DELETE","path":"*/schedule/entries/*"},"fault":"drop_after","times":1}`, nil)
	_, err = i.DeleteScheduleEntry(t.Context(), psav1.DeleteScheduleEntryRequest_builder{ScheduleEntry: &id}.Build())
	wantFault(t, err, fault.CodeOutcomeUnknown)
	if left := vendorEntries(t, sim, ticket); len(left) != 0 {
		t.Errorf("ConnectWise holds %v", left)
	}
}
