package write

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// receipt says what is wrong with a receipt by itself and by the log of requests.
func (m *Made) receipt() []string {
	r := m.Receipt
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if r.GetSupport() != m.support {
		say("the receipt says support %s, and the connector's description makes it %s", r.GetSupport(), m.support)
	}
	for _, part := range m.Parts {
		if !slices.ContainsFunc(told(r), func(field string) bool { return below(field, part) }) {
			say("the receipt says nothing of %s", part)
		}
	}
	for _, step := range r.GetSteps() {
		if step.GetName() == "" || step.GetState() == psav1.Step_State_UNSPECIFIED {
			say("a step of the receipt has the name %q and the state %s; both are needed", step.GetName(), step.GetState())
		}
		if step.GetState() == psav1.Step_State_FAILED && r.GetOutcome() == psav1.Receipt_Outcome_APPLIED {
			say("the step %q failed, and the outcome is APPLIED", step.GetName())
		}
	}
	if m.Logged {
		wrong = append(wrong, m.logged()...)
	}
	return append(wrong, m.outcome()...)
}

// logged holds the receipt against the log of the simulator.
func (m *Made) logged() []string {
	r := m.Receipt
	var wrong []string
	if n := int(r.GetVendorRequests()); n < len(m.Sent) || n > m.Requests {
		wrong = append(wrong, fmt.Sprintf("the receipt counts %d vendor requests; the simulator has seen %d, %d of them not mere reads", n, m.Requests, len(m.Sent)))
	}
	switch {
	case len(m.Sent) > 1 && len(r.GetSteps()) < 2:
		wrong = append(wrong, fmt.Sprintf("it took %d writing requests (%s), and the receipt names %d steps; each needs a name", len(m.Sent), lines(m.Sent), len(r.GetSteps())))
	case len(m.Sent) == 0 && r.GetOutcome() != psav1.Receipt_Outcome_UNCHANGED && !m.leftOut():
		wrong = append(wrong, fmt.Sprintf("no request could have changed anything, and the outcome is %s", r.GetOutcome()))
	case len(m.Sent) > 0 && r.GetOutcome() == psav1.Receipt_Outcome_UNCHANGED:
		wrong = append(wrong, "the outcome is UNCHANGED, and this was sent: "+lines(m.Sent))
	}
	return wrong
}

// leftOut tells whether something was asked for that goes with another change
// alone.
func (m *Made) leftOut() bool {
	return slices.ContainsFunc(m.Receipt.GetDropped(), func(f *psav1.FieldResult) bool { return f.GetCode() == psav1.DropCode_LEFT_OUT })
}

// outcome holds the outcome as a whole against the fields one by one.
func (m *Made) outcome() []string {
	r := m.Receipt
	failed := slices.ContainsFunc(slices.Concat(r.GetChanged(), r.GetDropped()), func(f *psav1.FieldResult) bool {
		return m.asks(f.GetField()) && f.GetCode() != psav1.DropCode_ROUNDED && f.GetCode() != psav1.DropCode_FORMAT
	})
	missed := slices.ContainsFunc(slices.Concat(r.GetChanged(), r.GetDropped()), func(f *psav1.FieldResult) bool { return m.asks(f.GetField()) })
	switch r.GetOutcome() {
	case psav1.Receipt_Outcome_APPLIED, psav1.Receipt_Outcome_UNCHANGED:
		if failed {
			return []string{fmt.Sprintf("the outcome is %s, and the receipt says that fields are not held as asked: %s", r.GetOutcome(), list(told(r)))}
		}
		if slices.ContainsFunc(r.GetUnverifiable(), m.asks) {
			return []string{fmt.Sprintf("the outcome is %s, and the receipt says that this cannot be read back: %s", r.GetOutcome(), list(r.GetUnverifiable()))}
		}
	case psav1.Receipt_Outcome_PARTLY_APPLIED, psav1.Receipt_Outcome_NOT_APPLIED:
		if !missed && !m.deletes() {
			return []string{fmt.Sprintf("the outcome is %s, and the receipt names no field that is not held as asked", r.GetOutcome())}
		}
		if m.deletes() && r.GetOutcome() == psav1.Receipt_Outcome_NOT_APPLIED {
			return []string{"the outcome of the deletion is NOT_APPLIED"}
		}
	case psav1.Receipt_Outcome_UNVERIFIED:
		if len(r.GetUnverifiable()) == 0 && len(m.Fields) > 0 {
			return []string{"the outcome is UNVERIFIED, and the receipt names no field that cannot be read back"}
		}
	default:
		return []string{fmt.Sprintf("the outcome of a write that was made is %s", r.GetOutcome())}
	}
	return nil
}

// asks tells whether a path of the receipt is of something that was asked for.
func (m *Made) asks(path string) bool {
	return slices.ContainsFunc(slices.Concat(m.Fields, m.Parts), func(asked string) bool { return below(path, asked) })
}

// below tells whether a path is another one or goes on from it.
func below(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// told are the fields that a receipt says anything of.
func told(r *psav1.Receipt) []string {
	fields := slices.Concat(r.GetApplied(), r.GetUnverifiable(), r.GetDefaulted())
	for _, f := range slices.Concat(r.GetChanged(), r.GetDropped()) {
		fields = append(fields, f.GetField())
	}
	return fields
}

// truth holds the receipt and the answer against the record as it is read
// afterwards.
func (m *Made) truth() []string {
	var wrong []string
	if m.Asked != nil {
		for _, path := range m.Fields {
			wrong = append(wrong, m.asked(path)...)
		}
	}
	return slices.Concat(wrong, m.others(), m.answered())
}

// asked judges what the receipt says of a field that was asked for.
func (m *Made) asked(path string) []string {
	r, asked := m.Receipt, m.Asked.ProtoReflect()
	held := record.Holds(asked, m.After, path)
	wants := fmt.Sprintf("%s was asked to be %s, and is read as %s", path, record.Show(asked, path), record.Show(m.After, path))
	if slices.Contains(r.GetApplied(), path) {
		if !held {
			return []string{"the receipt says applied, but " + wants}
		}
		return nil
	}
	for _, f := range slices.Concat(r.GetChanged(), r.GetDropped()) {
		if f.GetField() == path {
			return m.fell(f, held, wants)
		}
	}
	switch {
	case slices.Contains(r.GetUnverifiable(), path):
		return nil
	case !held:
		return []string{"the receipt says nothing of it, and " + wants}
	}
	return []string{fmt.Sprintf("the receipt says nothing of %s, which was asked for", path)}
}

// fell judges a field that the receipt says is not held as asked.
func (m *Made) fell(f *psav1.FieldResult, held bool, wants string) []string {
	var wrong []string
	if held && f.GetCode() != psav1.DropCode_ROUNDED && f.GetCode() != psav1.DropCode_FORMAT {
		wrong = append(wrong, fmt.Sprintf("the receipt says that %s is not held as asked, and it is read as asked: %s", f.GetField(), record.Show(m.After, f.GetField())))
	}
	clears := record.JSON(m.Asked.ProtoReflect(), f.GetField()) == nil // where a PSA may put a value of its own
	if !clears && (f.GetCode() == psav1.DropCode_UNKNOWN || f.GetCode() == psav1.DropCode_UNSPECIFIED) {
		wrong = append(wrong, fmt.Sprintf("%s (the receipt: %s %q): write the field, or name it in unsupported_fields", wants, f.GetCode(), f.GetReason()))
	}
	if f.GetReason() == "" {
		wrong = append(wrong, fmt.Sprintf("the receipt does not say why %s is not held as asked", f.GetField()))
	}
	return append(wrong, m.holds(f)...)
}

// holds judges the value that the receipt says a field has.
func (m *Made) holds(f *psav1.FieldResult) []string {
	is, said := record.JSON(m.After, f.GetField()), f.GetHolds()
	if _, null := said.GetKind().(*structpb.Value_NullValue); null {
		said = nil
	}
	if proto.Equal(is, said) || empty(is) && empty(said) {
		return nil
	}
	return []string{fmt.Sprintf("the receipt says that the PSA holds %s for %s, and %s is read", show(said), f.GetField(), record.Show(m.After, f.GetField()))}
}

func empty(v *structpb.Value) bool {
	text, ok := v.GetKind().(*structpb.Value_StringValue)
	return v.GetKind() == nil || ok && text.StringValue == ""
}

func show(v *structpb.Value) string {
	if v == nil {
		return "nothing"
	}
	text, err := v.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// costly are the fields that cost extra calls at some PSA: a receipt need not tell
// what a new record was filled with there.
var costly = []string{"description", "resolution", "custom_fields", "configurations", "co_owners", "watchers", "sla"}

// steady are the fields that no caller writes and that no write moves.
var steady = []string{"id", "number", "ticket", "origin", "author", "created_by", "created_at"}

// twins are fields that follow from another that was asked for: they tell the same.
var twins = map[string][]string{"state": {"status"}, "status": {"state"}, "email": {"emails"}, "emails": {"email"}}

// others judges the fields that nobody asked for: what moved is told.
func (m *Made) others() []string {
	var wrong []string
	fields := m.After.Descriptor().Fields()
	for i := range fields.Len() {
		name := string(fields.Get(i).Name())
		asked := slices.ContainsFunc(slices.Concat(m.Fields, m.Parts), func(p string) bool { return below(p, name) || slices.Contains(twins[p], name) })
		if m.Before == nil {
			wrong = append(wrong, m.filled(fields.Get(i), asked)...)
			continue
		}
		moved := !record.Equal(m.Before, m.After, name)
		switch {
		case slices.Contains(m.Receipt.GetApplied(), name) && !asked:
			wrong = append(wrong, fmt.Sprintf("the receipt says applied of %s, which nobody asked for", name))
		case !moved || asked || m.Receipt.HasReplacedId() && name == "id":
		case slices.Contains(steady, name), writable(fields.Get(i)) && name != "custom_fields" && !slices.Contains(told(m.Receipt), name):
			wrong = append(wrong, fmt.Sprintf("%s changed too, from %s to %s, and nobody asked for it", name, record.Show(m.Before, name), record.Show(m.After, name)))
		}
	}
	return append(wrong, m.customs()...)
}

// filled judges a field of a new record.
func (m *Made) filled(f protoreflect.FieldDescriptor, asked bool) []string {
	name := string(f.Name())
	defaulted := slices.Contains(m.Receipt.GetDefaulted(), name)
	switch {
	case defaulted && !m.After.Has(f):
		return []string{fmt.Sprintf("the receipt says that %s was filled, and it is empty", name)}
	case !defaulted && !asked && m.After.Has(f) && writable(f) && m.creates() && !slices.Contains(costly, name) && !slices.Contains(told(m.Receipt), name) && !m.Receipt.GetAlreadyExisted():
		return []string{fmt.Sprintf("%s was filled with %s, and the receipt does not tell it as defaulted", name, record.Show(m.After, name))}
	}
	return nil
}

// creates tells whether the request is the record itself, so that what it lacks
// was filled by somebody else.
func (m *Made) creates() bool {
	return m.Request.ProtoReflect().Descriptor().Fields().ByName("input") != nil
}

// customs judges the custom fields that nobody asked for.
func (m *Made) customs() []string {
	if m.Before == nil || m.Before.Descriptor().Fields().ByName("custom_fields") == nil {
		return nil
	}
	var wrong []string
	for _, path := range slices.Concat(record.SetFields(m.Before), record.SetFields(m.After)) {
		if !strings.HasPrefix(path, "custom_fields[") || slices.Contains(m.Fields, path) || slices.Contains(told(m.Receipt), path) || record.Equal(m.Before, m.After, path) {
			continue
		}
		text := fmt.Sprintf("%s changed too, from %s to %s, and nobody asked for it", path, record.Show(m.Before, path), record.Show(m.After, path))
		if !slices.Contains(wrong, text) {
			wrong = append(wrong, text)
		}
	}
	return wrong
}

// notRead are what an answer to a write knows and a later read need not.
var notRead = []string{"notified", "recipients", "state", "time_entry", "vendor"}

// answered holds the record in the answer against the one that is read afterwards.
func (m *Made) answered() []string {
	var wrong []string
	m.Record.Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		name := string(f.Name())
		if !slices.Contains(notRead, name) && !record.Equal(m.Record, m.After, name) {
			wrong = append(wrong, fmt.Sprintf("the answer has %s for %s, and another process reads %s", record.Show(m.Record, name), name, record.Show(m.After, name)))
		}
		return true
	})
	slices.Sort(wrong)
	return wrong
}

// writable reports whether callers may write a field.
func writable(f protoreflect.FieldDescriptor) bool {
	behaviors, _ := proto.GetExtension(f.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	return !slices.Contains(behaviors, annotations.FieldBehavior_OUTPUT_ONLY) && !slices.Contains(behaviors, annotations.FieldBehavior_INPUT_ONLY)
}
