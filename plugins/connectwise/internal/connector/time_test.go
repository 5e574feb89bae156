package connector

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// booked is what the simulator holds of a time entry, seen without the connector.
type booked struct {
	ID                                                                         int
	ChargeToID                                                                 int
	ChargeToType, TimeStart, TimeEnd, BillableOption, Notes, InternalNotes     string
	Status, EnteredBy                                                          string
	AddToDetailDescriptionFlag, AddToInternalAnalysisFlag, AddToResolutionFlag bool
	HoursDeduct, ActualHours                                                   float64
	Member, WorkType, WorkRole                                                 *struct {
		ID         int
		Name       string
		Identifier string
	}
	InvoiceFlag bool
	Info        struct{ LastUpdated string } `json:"_info"`
}

func vendorEntry(t *testing.T, sim *simulator.Running, id string) booked {
	t.Helper()
	return held[booked](t, sim, "time/entries/"+id)
}

// bookedEntries are the time entries that fit, seen without the connector.
func bookedEntries(t *testing.T, sim *simulator.Running, query string) []booked {
	t.Helper()
	var all []booked
	for page := 1; ; page++ {
		var some []booked
		vendor(t, sim, "GET", fmt.Sprintf("time/entries?pageSize=1000&page=%d&%s", page, query), "", &some)
		all = append(all, some...)
		if len(some) < 1000 {
			return all
		}
	}
}

// openTicket is a ticket that takes time.
func openTicket(t *testing.T, i *Instance) *psav1.Ticket {
	t.Helper()
	return firstTicket(t, i, psav1.ListTicketsRequest_builder{
		Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_IN_PROGRESS}, Unassigned: new(false),
	})
}

func book(t *testing.T, i *Instance, input psav1.TimeEntry_builder) *psav1.CreateTimeEntryResponse {
	t.Helper()
	return must(t, i.CreateTimeEntry, psav1.CreateTimeEntryRequest_builder{Input: input.Build()}.Build())
}

func changeTime(t *testing.T, i *Instance, id string, input psav1.TimeEntry_builder, fields ...string) *psav1.UpdateTimeEntryResponse {
	t.Helper()
	return must(t, i.UpdateTimeEntry, psav1.UpdateTimeEntryRequest_builder{TimeEntry: &id, Input: input.Build(), SetFields: fields}.Build())
}

func TestTimeIsBookedAsTheAgent(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	ticket := openTicket(t, i)
	input := psav1.TimeEntry_builder{
		Ticket: refByID(ticket.GetId()), DurationSeconds: new(int32(1800)), DeductSeconds: new(int32(360)), Summary: new("Toner replaced.\nWatching."),
	}
	book(t, i, input) // fills the caches
	ctx, calls := counted(t)
	resp, err := i.CreateTimeEntry(ctx, psav1.CreateTimeEntryRequest_builder{Input: input.Build()}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if n := calls.VendorRequests(); n != 2 { // the ticket, the entry
		t.Errorf("it cost %d requests", n)
	}
	entry, r := resp.GetTimeEntry(), resp.GetReceipt()
	got := vendorEntry(t, sim, entry.GetId())
	for what, ok := range map[string]bool{
		"ticket": strconv.Itoa(got.ChargeToID) == ticket.GetId() && got.ChargeToType == "ServiceTicket",
		"member": got.Member.Identifier == seed.AgentMember, "entered by": got.EnteredBy == seed.APIMember,
		"times": got.TimeStart == noon.Add(-30*time.Minute).Format(time.RFC3339) && got.TimeEnd == noon.Format(time.RFC3339),
		"hours": got.HoursDeduct == 0.1 && got.ActualHours == 0.4,
		"shown": got.AddToInternalAnalysisFlag && !got.AddToDetailDescriptionFlag && !got.AddToResolutionFlag,
		"text":  got.Notes == "Toner replaced.\nWatching." || got.Notes == "Toner replaced.\r\nWatching.",
	} {
		if !ok {
			t.Errorf("%s: ConnectWise holds %+v", what, got)
		}
	}
	if r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"ticket", "duration_seconds", "deduct_seconds", "summary"}) ||
		r.GetAttributedTo().GetKind() != psav1.PartyKind_AGENT_RESOURCE || r.GetNotification().GetObserved() != mail.NotSent {
		t.Errorf("receipt %v", r)
	}
	for _, field := range []string{"technician", "started_at", "ended_at", "summary_visibility"} {
		if !slices.Contains(r.GetDefaulted(), field) {
			t.Errorf("%s is not named as defaulted: %v", field, r.GetDefaulted())
		}
	}
	one, err := i.GetTimeEntry(t.Context(), psav1.GetTimeEntryRequest_builder{TimeEntry: new(entry.GetId())}.Build())
	if err != nil || !proto.Equal(one.GetTimeEntry(), entry) {
		t.Errorf("got  %v, %v\nmade %v", one.GetTimeEntry(), err, entry)
	}
	notes, err := i.ListNotes(t.Context(), psav1.ListNotesRequest_builder{Ticket: new(ticket.GetId()), Origin: []psav1.Origin_V{psav1.Origin_TIME_ENTRY}}.Build())
	if err != nil {
		t.Fatal(err)
	}
	n := slices.IndexFunc(notes.GetNotes(), func(n *psav1.Note) bool { return n.GetTimeEntry().GetId() == entry.GetId() })
	if n < 0 || notes.GetNotes()[n].GetVisibility() != psav1.Visibility_INTERNAL || notes.GetNotes()[n].GetBody() != entry.GetSummary() {
		t.Errorf("the text is no note of the ticket: %v", notes.GetNotes())
	}
}

func TestTimeTakesEveryField(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	id := openTicket(t, i).GetId()
	start := noon.Add(-3 * time.Hour)
	resp := book(t, i, psav1.TimeEntry_builder{
		Ticket: ref(id), Technician: ref("Joy Okafor"), StartedAt: timestamppb.New(start), EndedAt: timestamppb.New(start.Add(90 * time.Minute)),
		DeductSeconds: new(int32(900)), Billing: new(psav1.Billing_NO_CHARGE), WorkType: ref("after hours"), WorkRole: ref("Help Desk Technician"),
		Summary: new("We replaced it."), SummaryVisibility: new(psav1.Visibility_CUSTOMER), InternalNotes: new("It was the fuser."),
	})
	if r := resp.GetReceipt(); r.GetOutcome() != applied || len(r.GetChanged())+len(r.GetDropped()) > 0 || r.GetAttributedTo().GetName() != "Joy Okafor" || r.GetAttributedTo().GetKind() != psav1.PartyKind_TECHNICIAN {
		t.Errorf("receipt %v", r)
	}
	entry := resp.GetTimeEntry()
	got := vendorEntry(t, sim, entry.GetId())
	if got.Member.Identifier != "jokafor" || got.BillableOption != "NoCharge" || got.WorkType.Name != "After Hours" || got.WorkRole.Name != "Help Desk Technician" ||
		got.InternalNotes != "It was the fuser." || !got.AddToDetailDescriptionFlag || got.AddToInternalAnalysisFlag || got.HoursDeduct != 0.25 {
		t.Errorf("ConnectWise holds %+v", got)
	}
	if entry.GetTicket().GetName() != id || entry.GetDurationSeconds() != 5400 || entry.GetBilling() != psav1.Billing_NO_CHARGE || entry.GetLocked() || entry.GetSummaryVisibility() != psav1.Visibility_CUSTOMER {
		t.Errorf("answered %v", entry)
	}
}

func TestTimeRefusesBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	id := openTicket(t, i).GetId()
	closed := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_CLOSED}}).GetId()
	now := timestamppb.New(noon)
	later := timestamppb.New(now.AsTime().Add(time.Hour))
	tests := map[string]struct {
		input  psav1.TimeEntry_builder
		code   fault.Code
		fields []string
		says   string
	}{
		"everything at once": {
			psav1.TimeEntry_builder{
				Ticket: refByID("99999999"), Technician: ref("Nobody"), StartedAt: later, EndedAt: now, WorkType: ref("Nothing"), WorkRole: ref("No Role"),
				CustomFields: map[string]*structpb.Value{"999": structpb.NewBoolValue(true)}, Notify: psav1.Notify_builder{Contact: new(mail.Send)}.Build(),
			},
			fault.CodeInvalidArgument,
			[]string{"ticket.id", "technician.name", "ended_at", "work_type.name", "work_role.name", `custom_fields["999"]`, "notify.contact"}, "",
		},
		"a role of another place":   {psav1.TimeEntry_builder{WorkRole: ref("Harbor Technician")}, fault.CodeInvalidArgument, []string{"work_role.name"}, "Portland Office"},
		"an API member":             {psav1.TimeEntry_builder{Technician: ref(seed.APIMember)}, fault.CodeInvalidArgument, []string{"technician"}, "full licence"},
		"an inactive member":        {psav1.TimeEntry_builder{Technician: ref("Rosa Beck")}, fault.CodeInvalidArgument, []string{"technician.name"}, "no longer"},
		"a number and another id":   {psav1.TimeEntry_builder{Ticket: psav1.Reference_builder{Id: &id, Name: new("1")}.Build()}, fault.CodeInvalidArgument, []string{"ticket"}, "one of the two"},
		"three times that disagree": {psav1.TimeEntry_builder{StartedAt: now, EndedAt: later, DurationSeconds: new(int32(60))}, fault.CodeInvalidArgument, []string{"duration_seconds"}, "3600"},
		"a status without time":     {psav1.TimeEntry_builder{Ticket: refByID(closed)}, fault.CodeFailedPrecondition, []string{"ticket"}, "takes no time"},
		"nobody to mail":            {psav1.TimeEntry_builder{Notify: psav1.Notify_builder{Cc: new(mail.Send)}.Build(), SummaryVisibility: new(psav1.Visibility_CUSTOMER)}, fault.CodeFailedPrecondition, nil, "nobody is copied"},
		"mail of an internal text":  {psav1.TimeEntry_builder{Notify: psav1.Notify_builder{Contact: new(mail.Send)}.Build()}, fault.CodeInvalidArgument, []string{"notify.contact"}, "summary_visibility"},
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.input.Ticket == nil {
				test.input.Ticket = refByID(id)
			}
			if test.input.StartedAt == nil {
				test.input.DurationSeconds = new(int32(60))
			}
			test.input.Summary = new("x")
			_, err := i.CreateTimeEntry(t.Context(), psav1.CreateTimeEntryRequest_builder{Input: test.input.Build()}.Build())
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
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestTimeOfAnAgentThatIsAnAPIMember(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, func(c *account.Config) { c.AgentResource = seed.APIMember })
	input := psav1.TimeEntry_builder{Ticket: refByID(openTicket(t, i).GetId()), DurationSeconds: new(int32(60)), Summary: new("x")}
	admin(t, sim, "DELETE", "requests", "", nil)
	_, err := i.CreateTimeEntry(t.Context(), psav1.CreateTimeEntryRequest_builder{Input: input.Build()}.Build())
	if e := wantFault(t, err, fault.CodeFailedPrecondition); !strings.Contains(e.Message, "agent_resource") || len(writes(t, sim)) > 0 {
		t.Errorf("fault %v, sent %v", e, writes(t, sim))
	}
	input.Technician = ref("Marco Reyes")
	if got := book(t, i, input).GetTimeEntry().GetTechnician().GetName(); got != "Marco Reyes" {
		t.Errorf("booked for %q", got)
	}
}

func TestDefaultsOfTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		role, holds string
		warns       bool
	}{
		"a role of the place":     {"Field Technician", "Field Technician", false},
		"by id":                   {"14", "Field Technician", false},
		"a role of another place": {"Harbor Technician", "Systems Engineer", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := openAtNoon(t, func(c *account.Config) {
				c.Defaults.Time.WorkType, c.Defaults.Time.WorkRole = "Emergency", test.role
			})
			input := psav1.TimeEntry_builder{Ticket: refByID(openTicket(t, i).GetId()), DurationSeconds: new(int32(60)), Summary: new("x")}
			resp := book(t, i, input)
			got := vendorEntry(t, sim, resp.GetTimeEntry().GetId())
			if got.WorkType.Name != "Emergency" || got.WorkRole.Name != test.holds {
				t.Errorf("ConnectWise holds %+v %+v", got.WorkType, got.WorkRole)
			}
			r := resp.GetReceipt()
			if !slices.Contains(r.GetDefaulted(), "work_type") || !slices.Contains(r.GetDefaulted(), "work_role") || (len(r.GetWarnings()) > 0) != test.warns || r.GetOutcome() != applied {
				t.Errorf("receipt %v", r)
			}
			input.WorkType = ref("Regular")
			if got := book(t, i, input).GetTimeEntry().GetWorkType().GetName(); got != "Regular" {
				t.Errorf("a work type that was asked for is %q", got)
			}
		})
	}
}

func TestTimeOfAProject(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	var projects []struct{ ID int }
	vendor(t, sim, "GET", "project/tickets?conditions=closedFlag=false&pageSize=1", "", &projects)
	if len(projects) == 0 {
		t.Fatal("the seed has no open project ticket")
	}
	id := strconv.Itoa(projects[0].ID)
	resp := book(t, i, psav1.TimeEntry_builder{Ticket: refByID(id), DurationSeconds: new(int32(600)), Summary: new("Planned.")})
	if got := vendorEntry(t, sim, resp.GetTimeEntry().GetId()); got.ChargeToType != "ProjectTicket" || strconv.Itoa(got.ChargeToID) != id {
		t.Errorf("ConnectWise holds %+v", got)
	}
	list, err := i.ListTimeEntries(t.Context(), psav1.ListTimeEntriesRequest_builder{Ticket: []string{id}}.Build())
	if err != nil || !slices.ContainsFunc(list.GetTimeEntries(), func(e *psav1.TimeEntry) bool { return e.GetId() == resp.GetTimeEntry().GetId() }) {
		t.Errorf("listed %v, %v", list, err)
	}
}

func TestCustomFieldsOfTime(t *testing.T) {
	t.Parallel()
	i, sim := openAtNoon(t, nil)
	defined, err := i.ListCustomFields(t.Context(), psav1.ListCustomFieldsRequest_builder{Resource: new("time_entry")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	var captions []string
	for _, f := range defined.GetCustomFields() {
		captions = append(captions, f.GetLabel())
		if !f.GetWritable() || f.GetResource() != "time_entry" || f.GetBuiltin() {
			t.Errorf("defined %v", f)
		}
	}
	if !slices.Equal(captions, []string{"Travel Zone", "Overtime Approved", "Mileage"}) {
		t.Errorf("defined are %v", captions)
	}
	resp := book(t, i, psav1.TimeEntry_builder{
		Ticket: refByID(openTicket(t, i).GetId()), DurationSeconds: new(int32(60)), Summary: new("x"),
		CustomFields: map[string]*structpb.Value{"51": structpb.NewStringValue("county"), "53": structpb.NewNumberValue(12.5)},
	})
	id := resp.GetTimeEntry().GetId()
	if r := resp.GetReceipt(); r.GetOutcome() != applied || !slices.Contains(r.GetApplied(), `custom_fields["51"]`) {
		t.Errorf("receipt %v", r)
	}
	held := func() map[int]any {
		var record struct {
			CustomFields []struct {
				ID    int
				Value any
			}
		}
		vendor(t, sim, "GET", "time/entries/"+id, "", &record)
		values := map[int]any{}
		for _, f := range record.CustomFields {
			values[f.ID] = f.Value
		}
		return values
	}
	if got := held(); got[51] != "County" || got[53] != 12.5 || got[52] != false {
		t.Errorf("ConnectWise holds %v", got)
	}
	changed := changeTime(t, i, id, psav1.TimeEntry_builder{
		CustomFields: map[string]*structpb.Value{"52": structpb.NewBoolValue(true), "53": structpb.NewNullValue()},
	}, `custom_fields["52"]`, `custom_fields["53"]`)
	if got := held(); changed.GetReceipt().GetOutcome() != applied || got[51] != "County" || got[52] != true || got[53] != nil {
		t.Errorf("receipt %v, ConnectWise holds %v", changed.GetReceipt(), got)
	}
	if f := changed.GetTimeEntry().GetCustomFields(); len(f) != 2 || f["51"].GetStringValue() != "5102" || !f["52"].GetBoolValue() {
		t.Errorf("answered %v", f)
	}
	list, err := i.ListTimeEntries(t.Context(), psav1.ListTimeEntriesRequest_builder{
		Ticket: []string{resp.GetTimeEntry().GetTicket().GetId()}, UpdatedSince: changed.GetTimeEntry().GetUpdatedAt(), Include: []psav1.Include_V{psav1.Include_CUSTOM_FIELDS},
	}.Build())
	if err != nil || !slices.ContainsFunc(list.GetTimeEntries(), func(e *psav1.TimeEntry) bool { return proto.Equal(e, changed.GetTimeEntry()) }) {
		t.Errorf("listed %v, %v", list, err)
	}
	for field, value := range map[string]*structpb.Value{
		"51": structpb.NewStringValue("Moon"), "52": structpb.NewStringValue("yes"), "1": structpb.NewStringValue("x"), "x": structpb.NewStringValue("x"),
	} {
		_, err := i.UpdateTimeEntry(t.Context(), psav1.UpdateTimeEntryRequest_builder{
			TimeEntry: &id, SetFields: []string{fmt.Sprintf("custom_fields[%q]", field)},
			Input: psav1.TimeEntry_builder{CustomFields: map[string]*structpb.Value{field: value}}.Build(),
		}.Build())
		if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != fmt.Sprintf("custom_fields[%q]", field) {
			t.Errorf("violations %+v", e.Violations)
		}
	}
}
