package reading

import (
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// narrow asks for the entries of each queue, or kind.
func (c catalogue) narrow(t *suite.T, name string, entries []protoreflect.Message) {
	for given, judge := range c.narrowings(t, name) {
		request := t.Request(c.op)
		set(request, name, given)
		want := map[string]filter.Verdict{}
		for _, e := range entries {
			want[field.Show(e)] = max(want[field.Show(e)], judge(e))
		}
		with := c.op + " with " + name + "=" + given
		response, err := t.Call(t.Context(), t.Conn(), c.op, request)
		if err != nil {
			if f := suite.Fault(err); f.Code == fault.CodeFieldNotSupported && t.Unsupported(c.op, name) {
				t.Logf("the filter %s is not supported, as the connector says", name)
				return
			}
			t.Errorf("%s: %s", with, suite.Words(err))
			continue
		}
		got := map[string]bool{}
		for _, e := range suite.Rows(response) {
			got[field.Show(e)] = true
			if want[field.Show(e)] == filter.Drops {
				t.Errorf("%s answers %s", with, field.Show(e))
			}
		}
		for e, v := range want {
			if v == filter.Keeps && !got[e] {
				t.Errorf("%s lacks %s", with, e)
			}
		}
	}
	if name == "queue" {
		refusesNobody(t, c.op, name)
	}
}

// narrowings are the values of a filter, each with what it does with an entry.
func (c catalogue) narrowings(t *suite.T, name string) map[string]func(protoreflect.Message) filter.Verdict {
	all := map[string]func(protoreflect.Message) filter.Verdict{}
	if name == "kind" {
		for kind, number := range psav1.Kind_V_value {
			if number != 0 {
				all[kind] = func(e protoreflect.Message) filter.Verdict {
					switch kinds := field.Texts(e, "kinds"); {
					case len(kinds) == 0: // it does not tell
						return filter.Either
					case slices.Contains(kinds, kind):
						return filter.Keeps
					}
					return filter.Drops
				}
			}
		}
		return all
	}
	response, err := t.Call(t.Context(), t.Conn(), "catalogue.queues", t.Request("catalogue.queues"))
	t.Must(err)
	for _, queue := range suite.Rows(response) {
		judge := func(e protoreflect.Message) filter.Verdict {
			if !field.Has(e, "queue") || field.Text(e, "queue.id") == suite.ID(queue) {
				return filter.Keeps
			}
			return filter.Drops
		}
		all["id:"+suite.ID(queue)], all[field.Text(queue, "name")] = judge, judge
	}
	return all
}

// set gives a filter a value, as the REST API would.
func set(request proto.Message, name, given string) {
	m := request.ProtoReflect()
	f := m.Descriptor().Fields().ByName(protoreflect.Name(name))
	if f.Kind() == protoreflect.EnumKind {
		m.Set(f, protoreflect.ValueOfEnum(f.Enum().Values().ByName(protoreflect.Name(given)).Number()))
		return
	}
	if f.IsList() {
		m.Mutable(f).List().Append(protoreflect.ValueOfString(given))
		return
	}
	m.Set(f, protoreflect.ValueOfString(given))
}

// refusesNobody asks for the entries of what there is not.
func refusesNobody(t *suite.T, op, name string) {
	request := t.Request(op)
	set(request, name, filter.NoName)
	response, err := t.Call(t.Context(), t.Conn(), op, request)
	switch f := suite.Fault(err); {
	case err == nil && len(suite.Rows(response)) > 0:
		t.Errorf("%s answers %d entries for a %s that there is not", op, len(suite.Rows(response)), name)
	case err != nil && f.Code != fault.CodeInvalidArgument:
		t.Errorf("%s for a %s that there is not: %s; it has to be invalid_argument", op, name, suite.Words(err))
	}
}

// rolesOf asks for the roles of technicians, which their records list too.
func rolesOf(t *suite.T) {
	if !t.Serves("technicians.list") || t.Unsupported("catalogue.work_roles", "technician") {
		return
	}
	for _, technician := range varied(t.List(t.Conn(), "technicians.list", t.Request("technicians.list"))) {
		want := map[string]bool{}
		for _, role := range references(technician, "work_roles") {
			want[suite.ID(role)] = true
		}
		request := t.Request("catalogue.work_roles")
		set(request, "technician", "id:"+suite.ID(technician))
		response, err := t.Call(t.Context(), t.Conn(), "catalogue.work_roles", request)
		t.Must(err)
		for _, role := range suite.Rows(response) {
			if !want[suite.ID(role)] {
				t.Errorf("catalogue.work_roles with technician=id:%s answers %s, which the technician's record lacks", suite.ID(technician), field.Show(role))
			}
			delete(want, suite.ID(role))
		}
		for role := range want {
			t.Errorf("catalogue.work_roles with technician=id:%s lacks %s, which the technician's record has", suite.ID(technician), role)
		}
	}
	refusesNobody(t, "catalogue.work_roles", "technician")
}
