package writing

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func customFields() []suite.Check {
	var checks []suite.Check
	for _, r := range []sample.Resource{sample.Tickets, sample.TimeEntries, sample.Contacts, sample.Configurations} {
		operations := []string{r.Create, r.Update, r.Get, "catalogue.custom_fields"}
		name := "custom_fields/" + areaOf(r.Update)
		checks = append(checks, suite.Check{
			Name: name, About: "A custom field of every type is read as it was written, alone and with others, by an update and by a creation, and can be cleared; the others stay.",
			Operations: operations, Writes: true,
			Run: func(t *suite.T) { roundTrip(t, r) },
		}, suite.Check{
			Name: name + ".wrong", About: "A value of a wrong type and a field that there is not are refused at the field, all that are wrong at once, and nothing is sent.",
			Operations: operations, Writes: true,
			Run: func(t *suite.T) { wrongCustom(t, r) },
		}, suite.Check{
			Name: name + ".builtin", About: "The PSA's own fields, which are written as custom fields, are read as they were written.",
			Operations: operations, Writes: true,
			Run: func(t *suite.T) { builtins(t, r) },
		})
	}
	return checks
}

// fields are the custom fields of a new record with a value to write to each.
func fields(t *suite.T, x *sample.Tenant, r sample.Resource, has protoreflect.Message, builtin bool) ([]sample.Definition, map[string]*structpb.Value) {
	values := map[string]*structpb.Value{}
	var definitions []sample.Definition
	for _, d := range x.CustomFields(r, has, builtin) {
		if v := sample.CustomValue(d, record.JSON(has, record.CustomPath(d.GetId()))); v != nil {
			values[d.GetId()] = v
			definitions = append(definitions, d)
		}
	}
	if len(definitions) == 0 {
		t.NotRun("the %s has no custom field that could be written", r.Name)
	}
	return definitions, values
}

// roundTrip writes each custom field, all of them together, and clears them.
func roundTrip(t *suite.T, r sample.Resource) {
	x := sample.Of(t)
	ref, has := r.New(x, "")
	definitions, values := fields(t, x, r, has, false)
	types := map[string]bool{}
	var paths []string
	for _, d := range definitions {
		types[d.GetType().String()] = true
		paths = append(paths, record.CustomPath(d.GetId()))
	}
	t.Logf("types: %s", strings.Join(slices.Sorted(maps.Keys(types)), ", "))

	created := r.Input(x).ProtoReflect()
	copyField(created, r.Custom(values).ProtoReflect(), "custom_fields")
	r.Add(t, created.Interface()).Make(t)
	for _, d := range definitions {
		one := map[string]*structpb.Value{d.GetId(): values[d.GetId()]}
		r.Set(t, ref, r.Custom(one), record.CustomPath(d.GetId())).Make(t)
	}
	if t.Failed() {
		return
	}
	second := map[string]*structpb.Value{}
	for _, d := range definitions {
		if second[d.GetId()] = sample.CustomValue(d, values[d.GetId()]); second[d.GetId()] == nil {
			second[d.GetId()] = values[d.GetId()]
		}
	}
	r.Set(t, ref, r.Custom(second), paths...).Make(t)
	again := r.Set(t, ref, r.Custom(second), paths...).Make(t)
	if again.Receipt.GetOutcome() != psav1.Receipt_Outcome_UNCHANGED && !t.Failed() {
		t.Errorf("%s with the custom fields that the record has already: the outcome is %s; it has to be UNCHANGED", r.Update, again.Receipt.GetOutcome())
	}
	for _, d := range definitions {
		clear := r.Set(t, ref, r.Custom(nil), record.CustomPath(d.GetId()))
		if _, refused := clear.MakeUnless(t, fault.CodeInvalidArgument); refused != nil {
			write.At(t, refused, record.CustomPath(d.GetId()), "clearing it")
		}
	}
}

// wrongCustom gives each custom field what it cannot have.
func wrongCustom(t *suite.T, r sample.Resource) {
	x := sample.Of(t)
	ref, has := r.New(x, "")
	definitions, _ := fields(t, x, r, has, false)
	all := map[string]*structpb.Value{noName: structpb.NewStringValue("x")}
	paths := []string{record.CustomPath(noName)}
	refusedAt(t, r.Set(t, ref, r.Custom(all), paths...), "a custom field that there is not", paths[0])
	for _, d := range definitions {
		path := record.CustomPath(d.GetId())
		wrong := sample.WrongValues(d)
		for _, why := range slices.Sorted(maps.Keys(wrong)) {
			one := map[string]*structpb.Value{d.GetId(): wrong[why]}
			refusedAt(t, r.Set(t, ref, r.Custom(one), path), fmt.Sprintf("%s in the %s field %s", why, d.GetType(), d.GetId()), path)
			all[d.GetId()] = wrong[why]
		}
		paths = append(paths, path)
	}
	if t.Failed() {
		return
	}
	f := r.Set(t, ref, r.Custom(all), paths...).Refused(t, "several wrong custom fields", fault.CodeInvalidArgument)
	for _, path := range paths {
		write.At(t, f, path, r.Update+" with several wrong custom fields")
	}
}

// builtins writes each of the PSA's own fields. What such a field goes with only the
// PSA knows: one that it refuses is told, and no mistake.
func builtins(t *suite.T, r sample.Resource) {
	x := sample.Of(t)
	ref, has := r.New(x, "")
	definitions, values := fields(t, x, r, has, true)
	written := 0
	for _, d := range definitions {
		path := record.CustomPath(d.GetId())
		one := map[string]*structpb.Value{d.GetId(): values[d.GetId()]}
		made, refused := r.Set(t, ref, r.Custom(one), path).MakeUnless(t, fault.CodeInvalidArgument, fault.CodeFailedPrecondition, fault.CodePermissionDenied)
		if refused != nil {
			write.At(t, refused, path, "writing it")
			t.Logf("%s is not written: %s", path, refused.Message)
			continue
		}
		if ruled(made.Receipt, path) == "" {
			written++
		}
	}
	if written == 0 {
		t.NotRun("none of the PSA's own fields could be written")
	}
}
