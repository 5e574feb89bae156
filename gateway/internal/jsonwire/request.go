package jsonwire

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// request is an operation's request prepared for decoding.
type request struct {
	op *operation.Operation
	// input is the field that the body is; nil where the body spells the
	// request's own fields.
	input protoreflect.FieldDescriptor
	// setFields is where a PATCH keeps the keys of its body.
	setFields protoreflect.FieldDescriptor
	// body are the fields of the body, names their names in order, and refused
	// why others cannot be given.
	body    map[string]*field
	names   []string
	refused map[string]string
	// path and query are the fields of those parts.
	path       map[string]*field
	query      map[string]*field
	queryNames []string
}

func newRequest(op *operation.Operation, plans map[string]*plan) *request {
	in := plans[op.Input.FullName]
	r := &request{
		op: op, body: map[string]*field{}, refused: map[string]string{},
		path: map[string]*field{}, query: map[string]*field{},
	}
	from := in
	if b := op.HTTP.Body; b != "" && b != "*" {
		r.input, from = in.byName[b].fd, in.byName[b].plan
	}
	for _, f := range op.BodyFields() {
		r.body[f.Name] = from.byName[f.Name]
		r.names = append(r.names, f.Name)
	}
	for name, f := range from.byName {
		r.refuse(name, f)
	}
	for _, name := range op.HTTP.PathParams {
		r.path[name] = in.byName[name]
		r.refused[name] = "belongs into the path, not into the body"
	}
	if op.Options() {
		r.refused[operation.OptionsField] = "does not belong into the body: send ?dry_run=true, ?accept= or the header If-Match"
	}
	if f := in.byName[operation.SetFieldsField]; f != nil {
		r.setFields = f.fd
	}
	for _, f := range op.QueryFields() {
		r.query[f.Name] = in.byName[f.Name]
		r.queryNames = append(r.queryNames, f.Name)
	}
	return r
}

// refuse notes why a field of the body's message cannot be given.
func (r *request) refuse(name string, f *field) {
	switch {
	case f.OutputOnly:
		r.refused[name] = outputOnly
	case f.Immutable && r.op.Patch():
		r.refused[name] = "can only be given when the record is created"
	}
}

// lookup and allowed make a request the shape of its body.
func (r *request) lookup(name string) (*field, string) {
	if f := r.body[name]; f != nil {
		return f, ""
	}
	return nil, r.refused[name]
}

func (r *request) allowed() []string { return r.names }

// bindPath fills a request from the path's parameters.
func (r *request) bindPath(m protoreflect.Message, params map[string]string, v *violations) {
	for _, name := range r.op.HTTP.PathParams {
		value := params[name]
		switch {
		case value == "":
			v.add(name, "is empty in the path")
		case utf8.RuneCountInString(value) > maxID:
			v.add(name, fmt.Sprintf("is longer than the %d characters that an id can have", maxID))
		case !printable(value):
			v.add(name, "has a control character or is not UTF-8")
		default:
			m.Set(r.path[name].fd, protoreflect.ValueOfString(value))
		}
	}
	for name := range params {
		if !slices.Contains(r.op.HTTP.PathParams, name) {
			v.add(clip(name), "is no parameter of the path "+r.op.HTTP.Path)
		}
	}
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
