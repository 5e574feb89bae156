package writing

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func updating() []suite.Check {
	var checks []suite.Check
	for _, r := range sample.Resources() {
		for _, field := range r.Fields() {
			checks = append(checks, suite.Check{
				Name:       "update/" + areaOf(r.Update) + "." + field,
				About:      "A field that is written is read by others as written, written again as it is changes nothing, and can be cleared or says that it cannot; the receipt tells the truth, and no other field moves.",
				Operations: []string{r.Create, r.Update, r.Get}, Writes: true,
				Run: func(t *suite.T) { updateField(t, r, field) },
			})
		}
		checks = append(checks, suite.Check{
			Name: "update/" + areaOf(r.Update) + ".several", About: "Fields that are written together are read as written, each told in the receipt, and cleared together.",
			Operations: []string{r.Create, r.Update, r.Get}, Writes: true,
			Run: func(t *suite.T) { updateSeveral(t, r) },
		})
	}
	return append(checks, suite.Check{
		Name: "update/tickets.moved", About: "A ticket moves to another queue together with a status and a type of that queue.",
		Operations: []string{"tickets.create", "tickets.update", "tickets.get", "catalogue.queues", "catalogue.statuses"}, Writes: true,
		Run: func(t *suite.T) {
			x := sample.Of(t)
			ticket := x.Ticket()
			value, ok := x.Moved(ticket)
			if !ok {
				t.NotRun("there is no other queue with another status")
			}
			sample.Tickets.Set(t, sample.Refer(ticket), value, record.SetFields(value.ProtoReflect())...).Make(t)
		},
	})
}

// updateSeveral changes all fields that can change together, and clears those of
// them that can be cleared.
func updateSeveral(t *suite.T, r sample.Resource) {
	x := sample.Of(t)
	ref, has := r.New(x, "")
	call := r.Several(x, ref, has)
	t.Logf("with %s", strings.Join(call.Fields, ", "))
	made := call.Make(t)
	if t.Failed() {
		return
	}
	_, refused := r.Set(t, made.Ref, proto.Clone(r.Empty()), call.Fields...).MakeUnless(t, fault.CodeInvalidArgument)
	if refused == nil {
		return
	}
	// What cannot be cleared is told at once; the rest can be.
	var rest []string
	for _, field := range call.Fields {
		if !slices.ContainsFunc(refused.Violations, func(v fault.Violation) bool { return v.Field == field || strings.HasPrefix(v.Field, field+".") }) {
			rest = append(rest, field)
		}
	}
	if len(rest) == 0 || len(rest) == len(call.Fields) {
		return
	}
	r.Set(t, made.Ref, proto.Clone(r.Empty()), rest...).Make(t)
}

// areaOf is what an operation is about: tickets of tickets.update.
func areaOf(operation string) string {
	area, _, _ := strings.Cut(operation, ".")
	return area
}

// updateField changes one field, sends it again as it is read, and clears it.
func updateField(t *suite.T, r sample.Resource, field string) {
	x := sample.Of(t)
	ref, has := r.New(x, field)
	change, why := r.Change(x, ref, has, field)
	if why != "" {
		t.NotRun("%s", why)
	}
	if sample.Unsupported(t, r.Update, field) {
		_ = change.Refused(t, "a field that the connector declares as unsupported", fault.CodeFieldNotSupported)
		t.NotServed("the connector declares that it does not write it, and refuses it")
	}
	made := change.Make(t)
	if why := ruled(made.Receipt, field); why != "" {
		t.NotRun("the PSA does not let it be written: %s", why)
	}
	if t.Failed() {
		return // what follows would say the same again
	}
	sameAgain(t, r, made)
	empty(t, r, made.Ref, field)
}

// ruled is the reason why a PSA itself holds another value than was asked, which is
// no fault of the connector; "" where it does not say so.
func ruled(receipt *psav1.Receipt, field string) string {
	for _, f := range slices.Concat(receipt.GetChanged(), receipt.GetDropped()) {
		switch f.GetCode() {
		case psav1.DropCode_RULE, psav1.DropCode_ACL, psav1.DropCode_READ_ONLY, psav1.DropCode_LEFT_OUT:
			if f.GetField() == field {
				return f.GetReason()
			}
		}
	}
	return ""
}

// sameAgain writes what was written as it is read: there is nothing to send.
func sameAgain(t *suite.T, r sample.Resource, made *write.Made) {
	value := made.After.New()
	for _, path := range made.Fields {
		copyField(value, made.After, path)
	}
	again := r.Set(t, made.Ref, value.Interface(), made.Fields...).Make(t)
	if again.Receipt.GetOutcome() != psav1.Receipt_Outcome_UNCHANGED {
		t.Errorf("%s of %s with what it has already: the outcome is %s; it has to be UNCHANGED", r.Update, strings.Join(made.Fields, ", "), again.Receipt.GetOutcome())
	}
}

// copyField takes a top-level field over.
func copyField(to, from protoreflect.Message, name string) {
	if f := from.Descriptor().Fields().ByName(protoreflect.Name(name)); f != nil && from.Has(f) {
		to.Set(f, from.Get(f))
	}
}

// empty clears a field, or is told that it cannot be emptied.
func empty(t *suite.T, r sample.Resource, ref record.Ref, field string) {
	nothing := proto.Clone(r.Empty())
	made, refused := r.Set(t, ref, nothing, field).MakeUnless(t, fault.CodeInvalidArgument, fault.CodeFieldNotSupported)
	if refused != nil {
		write.At(t, refused, field, "clearing "+field)
		return
	}
	for _, f := range slices.Concat(made.Receipt.GetChanged(), made.Receipt.GetDropped()) {
		if f.GetField() == field {
			t.Logf("%s is not empty when it is cleared: %s", field, f.GetReason())
		}
	}
}
