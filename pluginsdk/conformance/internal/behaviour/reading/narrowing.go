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
	for given, keeps := range c.narrowings(t, name) {
		request := t.Request(c.op)
		set(request, name, given)
		want := map[string]bool{}
		for _, e := range entries {
			if keeps(e) {
				want[field.Show(e)] = true
			}
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
			if !want[field.Show(e)] {
				t.Errorf("%s answers %s", with, field.Show(e))
			}
		}
		for e := range want {
			// A PSA that does not bind priorities to kinds lists all of them or fewer.
			if !got[e] && c.op != "catalogue.priorities" {
				t.Errorf("%s lacks %s", with, e)
			}
		}
	}
	if name == "queue" {
		refusesNobody(t, c.op, name)
	}
}

// narrowings are the values of a filter, each with what it leaves.
func (c catalogue) narrowings(t *suite.T, name string) map[string]func(protoreflect.Message) bool {
	all := map[string]func(protoreflect.Message) bool{}
	if name == "kind" {
		for kind, number := range psav1.Kind_V_value {
			if number != 0 {
				all[kind] = func(e protoreflect.Message) bool {
					kinds := field.Texts(e, "kinds")
					return len(kinds) == 0 || slices.Contains(kinds, kind)
				}
			}
		}
		return all
	}
	response, err := t.Call(t.Context(), t.Conn(), "catalogue.queues", t.Request("catalogue.queues"))
	t.Must(err)
	for _, queue := range suite.Rows(response) {
		keeps := func(e protoreflect.Message) bool {
			return !field.Has(e, "queue") || field.Text(e, "queue.id") == suite.ID(queue)
		}
		all["id:"+suite.ID(queue)], all[field.Text(queue, "name")] = keeps, keeps
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
