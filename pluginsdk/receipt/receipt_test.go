package receipt_test

import (
	"slices"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

type ticket = psav1.Ticket_builder

func ref(id, name string) *psav1.Reference {
	b := psav1.Reference_builder{}
	if id != "" {
		b.Id = &id
	}
	if name != "" {
		b.Name = &name
	}
	return b.Build()
}

func parties(emails ...string) []*psav1.Party {
	var list []*psav1.Party
	for _, e := range emails {
		list = append(list, psav1.Party_builder{Email: new(e), Kind: new(psav1.PartyKind_UNKNOWN)}.Build())
	}
	return list
}

func custom(id string, v *structpb.Value) map[string]*structpb.Value {
	return map[string]*structpb.Value{id: v}
}

func TestOneField(t *testing.T) {
	t.Parallel()
	const none = psav1.DropCode_UNSPECIFIED
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		field               string
		asked, before, held ticket
		where               string // applied, changed or dropped
		code                psav1.DropCode_V
	}{
		"held":                 {"title", ticket{Title: new("b")}, ticket{Title: new("a")}, ticket{Title: new("b")}, "applied", none},
		"ignored":              {"title", ticket{Title: new("b")}, ticket{Title: new("a")}, ticket{Title: new("a")}, "dropped", psav1.DropCode_UNKNOWN},
		"made something else":  {"title", ticket{Title: new("b")}, ticket{Title: new("a")}, ticket{Title: new("c")}, "changed", psav1.DropCode_UNKNOWN},
		"other line ends":      {"title", ticket{Title: new("a\nb")}, ticket{}, ticket{Title: new("a\r\nb\r\n")}, "applied", none},
		"indent lost":          {"title", ticket{Title: new("  a")}, ticket{}, ticket{Title: new("a")}, "changed", psav1.DropCode_FORMAT},
		"lines joined":         {"title", ticket{Title: new("a\nb")}, ticket{}, ticket{Title: new("a b")}, "changed", psav1.DropCode_FORMAT},
		"cleared":              {"owner", ticket{}, ticket{Owner: ref("1", "A")}, ticket{}, "applied", none},
		"not cleared":          {"owner", ticket{}, ticket{Owner: ref("1", "A")}, ticket{Owner: ref("1", "A")}, "dropped", psav1.DropCode_UNKNOWN},
		"by id":                {"owner", ticket{Owner: ref("2", "old name")}, ticket{}, ticket{Owner: ref("2", "New Name")}, "applied", none},
		"by name in any case":  {"owner", ticket{Owner: ref("", "DANA reyes")}, ticket{}, ticket{Owner: ref("2", "Dana Reyes")}, "applied", none},
		"another owner":        {"owner", ticket{Owner: ref("2", "")}, ticket{}, ticket{Owner: ref("3", "")}, "changed", psav1.DropCode_UNKNOWN},
		"nothing in its place": {"owner", ticket{Owner: ref("2", "")}, ticket{Owner: ref("1", "")}, ticket{}, "changed", psav1.DropCode_UNKNOWN},
		"status by category": {
			"status", ticket{Status: psav1.Status_builder{Category: new(psav1.Category_CLOSED)}.Build()}, ticket{},
			ticket{Status: psav1.Status_builder{Id: new("5"), Name: new("Done"), Category: new(psav1.Category_CLOSED)}.Build()}, "applied", none,
		},
		"priority by level": {
			"priority", ticket{Priority: psav1.Priority_builder{Level: new(int32(2))}.Build()}, ticket{},
			ticket{Priority: psav1.Priority_builder{Id: new("5"), Level: new(int32(3))}.Build()}, "changed", psav1.DropCode_UNKNOWN,
		},
		"contact by e-mail": {
			"contact", ticket{Contact: psav1.ContactReference_builder{Email: new("A@x.example")}.Build()}, ticket{},
			ticket{Contact: psav1.ContactReference_builder{Id: new("5"), Email: new("a@x.example")}.Build()}, "applied", none,
		},
		"whole seconds":          {"due_at", ticket{DueAt: timestamppb.New(noon.Add(time.Millisecond))}, ticket{}, ticket{DueAt: timestamppb.New(noon)}, "rounded", psav1.DropCode_ROUNDED},
		"the same time":          {"due_at", ticket{DueAt: timestamppb.New(noon)}, ticket{}, ticket{DueAt: timestamppb.New(noon)}, "applied", none},
		"hours of two digits":    {"estimated_seconds", ticket{EstimatedSeconds: new(int32(1000))}, ticket{}, ticket{EstimatedSeconds: new(int32(1008))}, "rounded", psav1.DropCode_ROUNDED},
		"not the nearest":        {"estimated_seconds", ticket{EstimatedSeconds: new(int32(1000))}, ticket{}, ticket{EstimatedSeconds: new(int32(1044))}, "changed", psav1.DropCode_ROUNDED},
		"a quarter of an hour":   {"estimated_seconds", ticket{EstimatedSeconds: new(int32(600))}, ticket{}, ticket{EstimatedSeconds: new(int32(900))}, "changed", psav1.DropCode_ROUNDED},
		"a set in another order": {"watchers", ticket{Watchers: parties("a@x", "b@x")}, ticket{}, ticket{Watchers: parties("b@x", "a@x")}, "applied", none},
		"a set with one less":    {"watchers", ticket{Watchers: parties("a@x", "b@x")}, ticket{}, ticket{Watchers: parties("a@x")}, "changed", psav1.DropCode_UNKNOWN},
		"one twice for two":      {"watchers", ticket{Watchers: parties("a@x", "a@x")}, ticket{}, ticket{Watchers: parties("a@x", "b@x")}, "changed", psav1.DropCode_UNKNOWN},
		"a set emptied":          {"watchers", ticket{}, ticket{Watchers: parties("a@x")}, ticket{}, "applied", none},
		"an enum":                {"impact", ticket{Impact: new(psav1.Grade_HIGH)}, ticket{}, ticket{Impact: new(psav1.Grade_LOW)}, "changed", psav1.DropCode_UNKNOWN},
		"custom field":           {`custom_fields["7"]`, ticket{CustomFields: custom("7", structpb.NewNumberValue(4))}, ticket{}, ticket{CustomFields: custom("7", structpb.NewNumberValue(4))}, "applied", none},
		"custom field rounded":   {`custom_fields["7"]`, ticket{CustomFields: custom("7", structpb.NewNumberValue(4.126))}, ticket{}, ticket{CustomFields: custom("7", structpb.NewNumberValue(4.13))}, "rounded", psav1.DropCode_ROUNDED},
		"custom field cut":       {`custom_fields["7"]`, ticket{CustomFields: custom("7", structpb.NewNumberValue(4.129))}, ticket{}, ticket{CustomFields: custom("7", structpb.NewNumberValue(4.12))}, "changed", psav1.DropCode_UNKNOWN},
		"custom field ignored":   {`custom_fields["7"]`, ticket{CustomFields: custom("7", structpb.NewNumberValue(4))}, ticket{CustomFields: custom("7", structpb.NewNumberValue(3))}, ticket{CustomFields: custom("7", structpb.NewNumberValue(3))}, "dropped", psav1.DropCode_UNKNOWN},
		"custom field cleared":   {`custom_fields["7"]`, ticket{CustomFields: custom("7", structpb.NewNullValue())}, ticket{CustomFields: custom("7", structpb.NewNumberValue(3))}, ticket{}, "applied", none},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := receipt.Write{Asked: test.asked.Build(), Before: test.before.Build(), Held: test.held.Build(), Fields: []string{test.field}, DurationUnit: 36}
			r := receipt.Of(&call.Call{}, w)
			where, code, want := "", none, psav1.Receipt_Outcome_NOT_APPLIED
			if test.where == "applied" {
				want = psav1.Receipt_Outcome_APPLIED
			}
			switch {
			case slices.Equal(r.GetApplied(), w.Fields):
				where = "applied"
			case len(r.GetChanged()) == 1 && r.GetChanged()[0].GetField() == test.field:
				where, code = "changed", r.GetChanged()[0].GetCode()
			case len(r.GetDropped()) == 1 && r.GetDropped()[0].GetField() == test.field:
				where, code = "dropped", r.GetDropped()[0].GetCode()
			}
			if test.where == "rounded" {
				test.where = "changed"
				want = psav1.Receipt_Outcome_APPLIED
			}
			if where != test.where || code != test.code {
				t.Errorf("receipt %v, want %s %s", r, test.where, test.code)
			}
			if r.GetOutcome() != want {
				t.Errorf("outcome %s", r.GetOutcome())
			}
		})
	}
}

func TestWholeReceipt(t *testing.T) {
	t.Parallel()
	c := &call.Call{}
	c.AddRequest(time.Second)
	c.AddRequest(time.Second)
	w := receipt.Write{
		Asked:  ticket{Title: new("b"), Owner: ref("2", ""), Description: new("d")}.Build(),
		Before: ticket{Id: new("7"), Title: new("a"), Owner: ref("1", "A"), Queue: ref("1", "Q"), UpdatedAt: timestamppb.New(time.Unix(1, 0))}.Build(),
		Held:   ticket{Id: new("7"), Title: new("b"), Owner: ref("1", "A"), Queue: ref("2", "R"), Type: ref("3", "T"), UpdatedAt: timestamppb.New(time.Unix(2, 0))}.Build(),
		Fields: []string{"title", "owner", "description"}, Unverifiable: []string{"description"}, Defaulted: []string{"type"},
	}
	r := receipt.Of(c, w)
	if r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || r.GetVendorRequests() != 2 || !slices.Equal(r.GetApplied(), []string{"title"}) ||
		!slices.Equal(r.GetUnverifiable(), []string{"description"}) || !slices.Equal(r.GetDefaulted(), []string{"type"}) {
		t.Errorf("receipt %v", r)
	}
	// What nobody asked for and changed is told; what always changes is not.
	if len(r.GetChanged()) != 1 || r.GetChanged()[0].GetField() != "queue" || r.GetChanged()[0].HasAsked() || r.GetChanged()[0].GetHolds().GetStructValue().GetFields()["name"].GetStringValue() != "R" {
		t.Errorf("changed %v", r.GetChanged())
	}
	if d := r.GetDropped(); len(d) != 1 || d[0].GetAsked().GetStructValue().GetFields()["id"].GetStringValue() != "2" || d[0].GetReason() == "" {
		t.Errorf("dropped %v", d)
	}
	if got := w.Differing(); !slices.Equal(got, []string{"title", "owner", "description"}) {
		t.Errorf("differing %v", got)
	}
	w.Unread, w.Before = []string{"queue"}, nil
	if got := receipt.Of(c, w).GetDefaulted(); !slices.Equal(got, []string{"type"}) {
		t.Errorf("a create defaults %v", got)
	}
	only := receipt.Write{Asked: ticket{Description: new("d")}.Build(), Held: ticket{}.Build(), Fields: []string{"description"}, Unverifiable: []string{"description"}}
	if got := receipt.Of(c, only).GetOutcome(); got != psav1.Receipt_Outcome_UNVERIFIED {
		t.Errorf("outcome %s", got)
	}
}

// APPLIED says that every field is held: what cannot be read back, and what may or
// may not be written, are not known to be.
func TestOutcomeWithWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refused      error
		unverifiable []string
		part         receipt.Part
		want         psav1.Receipt_Outcome_V
		open         []string // unverifiable in the receipt
	}{
		"a field cannot be read back":       {nil, []string{"owner"}, receipt.Part{}, psav1.Receipt_Outcome_UNVERIFIED, []string{"owner"}},
		"a part cannot be read back":        {nil, nil, receipt.Part{Field: "cc", Unverifiable: true}, psav1.Receipt_Outcome_UNVERIFIED, []string{"cc"}},
		"a part's answer is lost":           {nil, nil, receipt.Part{Field: "comment", Err: fault.OutcomeUnknown("lost")}, psav1.Receipt_Outcome_UNVERIFIED, []string{"comment"}},
		"a part is refused":                 {nil, nil, receipt.Part{Field: "comment", Err: fault.Conflict("locked")}, psav1.Receipt_Outcome_PARTLY_APPLIED, nil},
		"refused, and cannot be read back":  {fault.Conflict("locked"), []string{"owner"}, receipt.Part{}, psav1.Receipt_Outcome_PARTLY_APPLIED, nil},
		"lost, and cannot be read back":     {fault.OutcomeUnknown("lost"), []string{"owner"}, receipt.Part{}, psav1.Receipt_Outcome_UNVERIFIED, []string{"owner"}},
		"one is refused, another not known": {nil, []string{"owner"}, receipt.Part{Field: "comment", Err: fault.Conflict("locked")}, psav1.Receipt_Outcome_PARTLY_APPLIED, []string{"owner"}},
	} {
		w := receipt.Write{
			Asked: ticket{Title: new("b"), Owner: ref("2", "")}.Build(), Before: ticket{Title: new("a"), Owner: ref("1", "")}.Build(),
			Held: ticket{Title: new("b"), Owner: ref("2", "")}.Build(), Fields: []string{"title", "owner"}, Unverifiable: test.unverifiable,
		}
		if test.refused != nil {
			w.Held = ticket{Title: new("b"), Owner: ref("1", "")}.Build() // as far as it was read
			w.Refused = map[string]error{"owner": test.refused}
			w.Parts = []receipt.Part{{Field: "note"}}
		}
		if test.part.Field != "" {
			w.Parts = append(w.Parts, test.part)
		}
		r := receipt.Of(&call.Call{}, w)
		if r.GetOutcome() != test.want || !slices.Equal(r.GetUnverifiable(), test.open) {
			t.Errorf("%s: %v", name, r)
		}
	}
}

func TestFormatThatThePSADoesNotKeep(t *testing.T) {
	t.Parallel()
	note := func(f psav1.Format_V) *psav1.Note { return psav1.Note_builder{Body: new("*b*"), Format: &f}.Build() }
	r := receipt.Of(&call.Call{}, receipt.Write{Asked: note(psav1.Format_MARKDOWN), Held: note(psav1.Format_PLAIN), Fields: []string{"body", "format"}})
	if c := r.GetChanged(); len(c) != 1 || c[0].GetField() != "format" || c[0].GetCode() != psav1.DropCode_FORMAT || r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED {
		t.Errorf("receipt %v", r)
	}
}

func TestDurationsAreSentOnce(t *testing.T) {
	t.Parallel()
	w := receipt.Write{Before: ticket{EstimatedSeconds: new(int32(1008))}.Build(), Fields: []string{"estimated_seconds"}, DurationUnit: 36}
	for asked, differs := range map[int32]bool{1008: false, 1000: false, 1025: false, 1026: true, 989: true} {
		w.Asked = ticket{EstimatedSeconds: &asked}.Build()
		if got := len(w.Differing()) > 0; got != differs {
			t.Errorf("%d over 1008 differs: %v", asked, got)
		}
	}
	if r := receipt.Unchanged(&call.Call{}, "v1", w); r.GetOutcome() == psav1.Receipt_Outcome_APPLIED {
		t.Errorf("receipt %v", r)
	}
}

func TestPartsAndFailures(t *testing.T) {
	t.Parallel()
	w := receipt.Write{
		Asked:  ticket{Title: new("b"), Description: new("d"), Resolution: psav1.Resolution_builder{Text: new("r")}.Build()}.Build(),
		Before: ticket{Title: new("a")}.Build(), Held: ticket{Title: new("b")}.Build(), Fields: []string{"title", "description", "resolution"},
		Refused:  map[string]error{"description": fault.PermissionDenied("no right"), "resolution": fault.OutcomeUnknown("no answer")},
		Parts:    []receipt.Part{{Field: "comment", Asked: "c"}, {Field: "second", Asked: "s", Skipped: "add it"}, {Field: "third", Err: fault.VendorError("down")}},
		Warnings: []string{"mind the gap"},
	}
	r := receipt.Of(&call.Call{}, w)
	if !slices.Equal(r.GetApplied(), []string{"title", "comment"}) || !slices.Equal(r.GetUnverifiable(), []string{"resolution"}) || r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || len(r.GetWarnings()) != 2 {
		t.Errorf("receipt %v", r)
	}
	var dropped []string
	for _, d := range r.GetDropped() {
		dropped = append(dropped, d.GetField()+" "+d.GetCode().String()+" "+d.GetReason())
	}
	if want := []string{"description ACL no right", "second LEFT_OUT add it", "third UNKNOWN down"}; !slices.Equal(dropped, want) {
		t.Errorf("dropped %q", dropped)
	}
	w = receipt.Write{Asked: ticket{Title: new("a")}.Build(), Before: ticket{Title: new("a")}.Build(), Fields: []string{"title"}}
	if r := receipt.Unchanged(&call.Call{}, "v1", w); r.GetOutcome() != psav1.Receipt_Outcome_UNCHANGED || !slices.Equal(r.GetApplied(), w.Fields) {
		t.Errorf("receipt %v", r)
	}
	planning := &call.Call{DryRun: true}
	planning.Read(call.Request{Method: "GET", Path: "/v1/tickets/7"})
	if r := receipt.Unchanged(planning, "v1", w); r.GetOutcome() != psav1.Receipt_Outcome_DRY_RUN || len(r.GetReads()) != 1 || r.GetReads()[0].GetPath() != "/tickets/7" || len(r.GetApplied()) > 0 {
		t.Errorf("a dry run of it: %v", r)
	}
	w.Parts = []receipt.Part{{Field: "comment", Asked: "c", Skipped: "add it"}}
	if r := receipt.Unchanged(&call.Call{}, "v1", w); r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED {
		t.Errorf("receipt %v", r)
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	c := &call.Call{DryRun: true}
	c.Plan(call.Request{Method: "PATCH", Path: "/v1/api/tickets/7?x=1", Body: []byte(`[{"op":"replace"}]`)})
	c.Plan(call.Request{Method: "POST", Path: "/elsewhere", Body: []byte("plain")})
	c.Plan(call.Request{Method: "POST", Path: "/v1/api/tickets/$%7Bticket.id%7D/notes?q=%7Bx%7D"})
	c.Read(call.Request{Method: "GET", Path: "/v1/api/tickets/7"})
	r := receipt.DryRun(c, "v1/api/")
	if r.GetOutcome() != psav1.Receipt_Outcome_DRY_RUN || r.GetPlanned()[0].GetPath() != "/tickets/7?x=1" || r.GetPlanned()[1].GetPath() != "/elsewhere" ||
		r.GetPlanned()[1].GetBody().GetStringValue() != "plain" || len(r.GetPlanned()[0].GetBody().GetListValue().GetValues()) != 1 || r.GetReads()[0].GetPath() != "/tickets/7" ||
		r.GetPlanned()[2].GetPath() != "/tickets/${ticket.id}/notes?q=%7Bx%7D" {
		t.Errorf("receipt %v", r)
	}
}

func TestSetFields(t *testing.T) {
	t.Parallel()
	m := ticket{
		Title: new("a"), Notify: &psav1.Notify{}, Watchers: parties("a@x"),
		CustomFields: map[string]*structpb.Value{"b\"": structpb.NewNullValue(), "a": structpb.NewNullValue()},
	}.Build()
	got := receipt.SetFields(m, "notify")
	if !slices.Equal(got, []string{"title", "watchers", `custom_fields["a"]`, `custom_fields["b\""]`}) {
		t.Errorf("got %v", got)
	}
	if id, ok := receipt.CustomFieldID(got[3]); !ok || id != `b"` {
		t.Errorf("id %q", id)
	}
	for _, path := range []string{"custom_fields", "custom_fields[]", `custom_fields["a`, "custom_fieldsx", `custom_fields[a]`} {
		if _, ok := receipt.CustomFieldID(path); ok {
			t.Errorf("%s was taken", path)
		}
	}
	if got := receipt.SetFields(proto.CloneOf(&psav1.Ticket{})); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func TestStepsOfAWriteThatFailed(t *testing.T) {
	t.Parallel()
	var s receipt.Steps
	s.Undone("first", "1")
	s.Failed("second", fault.VendorError("down"))
	if s.AnyDone() || !s.AnyFailed() || s.Taken() != 2 {
		t.Errorf("steps %v", s.Several())
	}
	s.Left("third", "3")
	if !s.AnyDone() {
		t.Error("what is left standing is done")
	}
	var got []string
	for _, step := range s.Several() {
		got = append(got, step.GetName()+" "+step.GetState().String()+" "+step.GetVendorRef()+step.GetError())
	}
	if want := []string{"first UNDONE 1", "second FAILED down", "third LEFT 3"}; !slices.Equal(got, want) {
		t.Errorf("steps %q", got)
	}
}
