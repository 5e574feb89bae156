package write

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

type ticket = psav1.Ticket_builder

// an is an update of title and priority that went well, to be changed by a case.
func an(change func(m *Made, r *psav1.Receipt_builder)) *Made {
	priority := func(id string) *psav1.Priority { return psav1.Priority_builder{Id: &id}.Build() }
	m := &Made{
		Call: Call{
			Operation: "tickets.update", Of: record.Ref{Kind: record.Ticket, ID: "7"}, Fields: []string{"title", "priority"},
			Request: &psav1.UpdateTicketRequest{}, Asked: ticket{Title: new("b"), Priority: priority("2")}.Build(),
		},
		Before:  ticket{Id: new("7"), Title: new("a"), Priority: priority("1"), Description: new("d")}.Build().ProtoReflect(),
		After:   ticket{Id: new("7"), Title: new("b"), Priority: priority("2"), Description: new("d")}.Build().ProtoReflect(),
		Answer:  &Answer{Record: ticket{Id: new("7"), Title: new("b"), Priority: priority("2")}.Build().ProtoReflect()},
		Sent:    []simulated.Request{{Method: "PATCH", Path: "/tickets/7"}},
		Logged:  true,
		support: psav1.Support_NATIVE,
	}
	m.Requests = 2
	r := psav1.Receipt_builder{
		Outcome: new(psav1.Receipt_Outcome_APPLIED), Applied: []string{"title", "priority"}, Support: new(psav1.Support_NATIVE), VendorRequests: new(int32(2)),
	}
	if change != nil {
		change(m, &r)
	}
	m.Receipt = r.Build()
	return m
}

func fell(field string, holds *structpb.Value, code psav1.DropCode_V) *psav1.FieldResult {
	return psav1.FieldResult_builder{Field: &field, Holds: holds, Reason: new("why"), Code: &code}.Build()
}

func object(id string) *structpb.Value {
	return structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{"id": structpb.NewStringValue(id)}})
}

func TestJudge(t *testing.T) {
	t.Parallel()
	first := psav1.Priority_builder{Id: new("1")}.Build()
	stays := func(m *Made) {
		after, _ := m.After.Interface().(*psav1.Ticket)
		after.SetPriority(first)
		answer, _ := m.Record.Interface().(*psav1.Ticket)
		answer.SetPriority(first)
	}
	for name, test := range map[string]struct {
		change func(m *Made, r *psav1.Receipt_builder)
		says   string // "" where nothing is wrong
	}{
		"all is well":            {nil, ""},
		"claims what is dropped": {func(m *Made, _ *psav1.Receipt_builder) { stays(m) }, `says applied, but priority was asked to be {"id":"2"}, and is read as {"id":"1"}`},
		"tells that it is dropped by a rule": {func(m *Made, r *psav1.Receipt_builder) {
			stays(m)
			r.Outcome, r.Applied = new(psav1.Receipt_Outcome_PARTLY_APPLIED), []string{"title"}
			r.Dropped = []*psav1.FieldResult{fell("priority", object("1"), psav1.DropCode_RULE)}
		}, ""},
		"tells it without knowing why": {func(m *Made, r *psav1.Receipt_builder) {
			stays(m)
			r.Outcome, r.Applied = new(psav1.Receipt_Outcome_PARTLY_APPLIED), []string{"title"}
			r.Dropped = []*psav1.FieldResult{fell("priority", object("1"), psav1.DropCode_UNKNOWN)}
		}, "unsupported_fields"},
		"tells another value than is held": {func(m *Made, r *psav1.Receipt_builder) {
			stays(m)
			r.Outcome, r.Applied = new(psav1.Receipt_Outcome_PARTLY_APPLIED), []string{"title"}
			r.Changed = []*psav1.FieldResult{fell("priority", object("9"), psav1.DropCode_RULE)}
		}, `says that the PSA holds {"id":"9"} for priority, and {"id":"1"} is read`},
		"all applied in spite of a drop": {func(m *Made, r *psav1.Receipt_builder) {
			stays(m)
			r.Applied, r.Dropped = []string{"title"}, []*psav1.FieldResult{fell("priority", object("1"), psav1.DropCode_RULE)}
		}, "the outcome is APPLIED, and the receipt says that fields are not held"},
		"says nothing of a field":   {func(_ *Made, r *psav1.Receipt_builder) { r.Applied = []string{"title"} }, "says nothing of priority"},
		"applied what nobody asked": {func(_ *Made, r *psav1.Receipt_builder) { r.Applied = append(r.Applied, "description") }, "says applied of description, which nobody asked for"},
		"a drop that is none": {func(_ *Made, r *psav1.Receipt_builder) {
			r.Applied, r.Dropped = []string{"title"}, []*psav1.FieldResult{fell("priority", object("2"), psav1.DropCode_RULE)}
		}, "it is read as asked"},
		"partly, and nothing is lost": {func(_ *Made, r *psav1.Receipt_builder) { r.Outcome = new(psav1.Receipt_Outcome_PARTLY_APPLIED) }, "names no field that is not held"},
		"a dry run":                   {func(_ *Made, r *psav1.Receipt_builder) { r.Outcome = new(psav1.Receipt_Outcome_DRY_RUN) }, "the outcome of a write that was made is DRY_RUN"},
		"something else moved": {func(m *Made, _ *psav1.Receipt_builder) {
			after, _ := m.After.Interface().(*psav1.Ticket)
			after.SetQueue(psav1.Reference_builder{Id: new("3")}.Build())
		}, `queue changed too, from nothing to {"id":"3"}`},
		"something else moved, and it tells": {func(m *Made, r *psav1.Receipt_builder) {
			after, _ := m.After.Interface().(*psav1.Ticket)
			after.SetQueue(psav1.Reference_builder{Id: new("3")}.Build())
			r.Changed = []*psav1.FieldResult{fell("queue", object("3"), psav1.DropCode_RULE)}
		}, ""},
		"a custom field moved": {func(m *Made, _ *psav1.Receipt_builder) {
			after, _ := m.After.Interface().(*psav1.Ticket)
			after.SetCustomFields(map[string]*structpb.Value{"7": structpb.NewBoolValue(true)})
		}, `custom_fields["7"] changed too`},
		"another record": {func(m *Made, _ *psav1.Receipt_builder) {
			after, _ := m.After.Interface().(*psav1.Ticket)
			after.SetId("8")
		}, "id changed too"},
		"an answer of its own making": {func(m *Made, _ *psav1.Receipt_builder) {
			answer, _ := m.Record.Interface().(*psav1.Ticket)
			answer.SetEtag("x")
		}, `the answer has "x" for etag, and another process reads nothing`},
		"nothing was sent":      {func(m *Made, _ *psav1.Receipt_builder) { m.Sent = nil }, "no request could have changed anything"},
		"sent, and unchanged":   {func(_ *Made, r *psav1.Receipt_builder) { r.Outcome = new(psav1.Receipt_Outcome_UNCHANGED) }, "the outcome is UNCHANGED, and this was sent: PATCH /tickets/7"},
		"several without steps": {func(m *Made, _ *psav1.Receipt_builder) { m.Sent = append(m.Sent, m.Sent[0]) }, "names 0 steps"},
		"a step without a name": {func(_ *Made, r *psav1.Receipt_builder) {
			r.Steps = []*psav1.Step{psav1.Step_builder{State: new(psav1.Step_State_DONE)}.Build()}
		}, "has the name \"\""},
		"requests that there were not": {func(_ *Made, r *psav1.Receipt_builder) { r.VendorRequests = new(int32(3)) }, "counts 3 vendor requests; the simulator has seen 2"},
		"requests that are not told":   {func(_ *Made, r *psav1.Receipt_builder) { r.VendorRequests = new(int32(0)) }, "counts 0 vendor requests"},
		"other support":                {func(_ *Made, r *psav1.Receipt_builder) { r.Support = new(psav1.Support_EMULATED) }, "says support EMULATED"},
		"a part that is not told":      {func(m *Made, _ *psav1.Receipt_builder) { m.Parts = []string{"comment"} }, "says nothing of comment"},
		"a part that is told below it": {func(m *Made, r *psav1.Receipt_builder) {
			m.Parts, r.Unverifiable, r.Outcome = []string{"to"}, []string{"to[0]"}, new(psav1.Receipt_Outcome_UNVERIFIED)
		}, ""},
		"all applied, and a part of it cannot be read back": {func(m *Made, r *psav1.Receipt_builder) { m.Parts, r.Unverifiable = []string{"to"}, []string{"to"} }, "this cannot be read back"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := an(test.change)
			got := strings.Join(append(m.receipt(), m.truth()...), "\n")
			if (test.says == "") != (got == "") || !strings.Contains(got, test.says) {
				t.Errorf("got %q, want %q", got, test.says)
			}
		})
	}
}

func TestJudgeCreation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		defaulted []string
		says      string
	}{
		"told":              {[]string{"status"}, ""},
		"not told":          {nil, `status was filled with {"id":"1"}, and the receipt does not tell it as defaulted`},
		"told what is not":  {[]string{"status", "queue"}, "says that queue was filled, and it is empty"},
		"costly parts stay": {[]string{"status"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			held := ticket{Title: new("b"), Status: psav1.Status_builder{Id: new("1")}.Build(), Description: new("filled by a template")}.Build().ProtoReflect()
			m := &Made{
				Call:   Call{Operation: "tickets.create", Of: record.Ref{Kind: record.Ticket}, Request: &psav1.CreateTicketRequest{}, Asked: ticket{Title: new("b")}.Build(), Fields: []string{"title"}},
				After:  held,
				Answer: &Answer{Record: held, Receipt: psav1.Receipt_builder{Outcome: new(psav1.Receipt_Outcome_APPLIED), Applied: []string{"title"}, Defaulted: test.defaulted}.Build()},
			}
			got := strings.Join(m.truth(), "\n")
			if (test.says == "") != (got == "") || !strings.Contains(got, test.says) {
				t.Errorf("got %q, want %q", got, test.says)
			}
		})
	}
}
