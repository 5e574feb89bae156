package body

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Operation is one entry of a PATCH body.
type Operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// Operations reads a PATCH body: an array, never a bare object. The words of
// its refusals are inferred.
func Operations(data []byte) ([]Operation, error) {
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("[")) {
		return nil, badPatch("Cannot deserialize the current JSON object into type 'PatchOperation[]' because the type requires a JSON array (e.g. [1,2,3]) to deserialize correctly.")
	}
	elements, err := Elements(data)
	if err != nil {
		return nil, err
	}
	ops := make([]Operation, len(elements))
	for i, element := range elements {
		op := &ops[i]
		if err := json.Unmarshal(element, op); err != nil {
			return nil, serverError("Error converting value %s to type 'PatchOperation'. Path '[%d]'.", element, i)
		}
		switch op.Op {
		case "add", "replace", "remove":
		default:
			return nil, badPatch("Invalid patch operation '" + op.Op + "'. Allowed are add, replace and remove.")
		}
		if strings.Trim(op.Path, "/") == "" {
			return nil, badPatch("The path of a patch operation is required.")
		}
	}
	return ops, nil
}

func badPatch(message string) error {
	return &Error{Status: http.StatusBadRequest, Code: "ConnectWiseApi", Message: message}
}

// Apply applies one operation to an object of the type. Paths are
// case-sensitive; one that names nothing has no effect, and is not refused
// (connectwise.md §6). Replacing what is absent adds it.
func (op Operation) Apply(typ *schema.Type, values store.Object) error {
	return op.apply(typ, values, op.segments())
}

func (op Operation) segments() []string { return strings.Split(strings.Trim(op.Path, "/"), "/") }

// Names tells whether the path names something that objects of the type have:
// a path that does not has no effect, and the server answers 200.
func (op Operation) Names(typ *schema.Type) bool {
	for segments := op.segments(); ; {
		m, ok := typ.Member(segments[0])
		if !ok || m.Kind == schema.Info {
			return false
		}
		segments = segments[1:]
		if m.Kind == schema.Array && len(segments) > 0 {
			if _, err := strconv.Atoi(segments[0]); err != nil && segments[0] != "-" {
				return false
			}
			segments = segments[1:]
		}
		if len(segments) == 0 {
			return true
		}
		if typ = m.Type(); typ == nil {
			return false
		}
	}
}

// Member is the record's member that the path begins with.
func (op Operation) Member() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(op.Path, "/"), "/")
	return name
}

func (op Operation) apply(typ *schema.Type, values store.Object, segments []string) error {
	m, ok := typ.Member(segments[0])
	if !ok || m.Kind == schema.Info {
		return nil
	}
	rest := segments[1:]
	switch {
	case len(rest) == 0:
		v, err := op.value(m)
		if err != nil {
			return err
		}
		values[m.Name] = v
	case m.Kind == schema.Object:
		inner, ok := values[m.Name].(store.Object)
		if !ok || m.IsReference() {
			inner = store.Object{} // another reference, not a part of the old one
		}
		if err := op.apply(m.Type(), inner, rest); err != nil {
			return err
		}
		if len(inner) > 0 {
			values[m.Name] = inner
		}
	case m.Kind == schema.Array:
		list, _ := values[m.Name].([]any)
		changed, err := op.applyElement(m, list, rest)
		if err != nil {
			return err
		}
		values[m.Name] = changed
	}
	return nil
}

// applyElement changes an array by index: /communicationItems/1/value.
func (op Operation) applyElement(m *schema.Member, list []any, segments []string) ([]any, error) {
	i := len(list)
	if segments[0] != "-" {
		var err error
		if i, err = strconv.Atoi(segments[0]); err != nil {
			i = -1
		}
	}
	if i < 0 || i > len(list) {
		return list, nil // a path to nowhere changes nothing
	}
	element := &schema.Member{Name: m.Name, Kind: m.Elem, Ref: m.Ref}
	if len(segments) == 1 {
		v, err := op.value(element)
		switch {
		case err != nil:
			return nil, err
		case op.Op == "remove" && i < len(list):
			return append(list[:i:i], list[i+1:]...), nil
		case op.Op == "remove":
			return list, nil
		case op.Op == "replace" && i < len(list):
			list[i] = v
			return list, nil
		}
		return append(list[:i:i], append([]any{v}, list[i:]...)...), nil
	}
	if i == len(list) {
		return list, nil
	}
	if inner, ok := list[i].(store.Object); ok && m.Type() != nil {
		return list, op.apply(m.Type(), inner, segments[1:])
	}
	return list, nil
}

func (op Operation) value(m *schema.Member) (any, error) {
	if op.Op == "remove" || len(op.Value) == 0 {
		return nil, nil
	}
	return DecodeValue(op.Value, m, m.Name)
}
