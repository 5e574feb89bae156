package jsonwire

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// maxDepth is how deep a body may be nested.
const maxDepth = 64

// errStop ends the walk after a violation that makes the rest pointless.
var errStop = errors.New("the rest is not looked at")

// body walks one request body.
type body struct {
	scanner
	*violations
	depth int
	// patch says that a null clears, and setFields is what the body has set.
	patch     bool
	setFields []string
}

// bindBody fills a request from its body.
func (r *request) bindBody(m protoreflect.Message, data []byte, v *violations) error {
	switch {
	case r.op.HTTP.Body == "" && len(data) > 0:
		return problem.New(problem.InvalidArgument, "%s takes no body", r.op.Name)
	case len(data) == 0 && len(r.names) == 0:
		return nil
	case len(data) == 0:
		return problem.New(problem.InvalidArgument, "the body is empty: %s takes a JSON object", r.op.Name)
	}
	b := &body{scanner: scanner{data: data}, violations: v, patch: r.op.Patch()}
	target := m
	if r.input != nil {
		target = m.Mutable(r.input).Message()
	}
	if err := b.message("", target, r); err != nil {
		return err
	}
	if err := b.end(); err != nil {
		return err
	}
	if !b.patch || !v.none() {
		return nil
	}
	if len(b.setFields) == 0 {
		return problem.New(problem.InvalidArgument, "the body names no field to change")
	}
	list := m.Mutable(r.setFields).List()
	for _, name := range b.setFields {
		list.Append(protoreflect.ValueOfString(name))
	}
	return nil
}

// shape tells what an object may hold.
type shape interface {
	// lookup returns the field of that name, or why it cannot be given.
	lookup(name string) (f *field, refused string)
	// allowed lists the names that can be given.
	allowed() []string
}

func (p *plan) lookup(name string) (*field, string) {
	if f := p.byName[name]; f != nil && f.OutputOnly {
		return nil, outputOnly
	}
	return p.writable[name], ""
}

func (p *plan) allowed() []string { return p.writableNames }

const outputOnly = "is set by the PSA or the gateway and cannot be written"

// message fills a message from an object. An empty path is the whole body.
func (b *body) message(path string, m protoreflect.Message, s shape) error {
	if b.space() != '{' {
		return b.mismatch(path, "an object")
	}
	return b.object(path, func(key, at string) error {
		f, refused := s.lookup(key)
		switch {
		case refused != "":
			b.add(at, refused)
			return b.ignore(at)
		case f == nil:
			b.unknown(at, "there is no such field here", key, s.allowed())
			return b.ignore(at)
		}
		top := path == "" && b.patch
		// The entries of a map are set one by one, and what only a caller sends
		// is no field of the record.
		whole := top && !f.Map && !f.InputOnly
		if whole {
			b.setFields = append(b.setFields, f.Name)
		}
		if b.space() == 'n' {
			return b.null(at, whole, f)
		}
		return b.field(at, m, f, top)
	})
}

// null takes a null, which clears where it may.
func (b *body) null(path string, clears bool, f *field) error {
	if err := b.literal("null"); err != nil {
		return err
	}
	switch {
	case clears:
	case !b.patch, f != nil && f.InputOnly:
		b.add(path, "is null: leave the field out")
	case f != nil && f.Map:
		b.add(path, "is null: name the entries to clear one by one, each with null")
	default:
		b.add(path, "is null: only a whole field can be cleared, what is inside it is replaced together")
	}
	return nil
}

// field fills a field from its value.
func (b *body) field(path string, m protoreflect.Message, f *field, top bool) error {
	switch {
	case f.Map:
		return b.entries(path, m, f, top)
	case f.Repeated:
		return b.list(path, m, f)
	case f.Kind == operation.Nested:
		return b.message(path, m.Mutable(f.fd).Message(), f.plan)
	}
	value, ok, err := b.single(path, f)
	if ok {
		m.Set(f.fd, value)
	}
	return err
}

func (b *body) list(path string, m protoreflect.Message, f *field) error {
	if b.space() != '[' {
		return b.mismatch(path, "a list")
	}
	list := m.Mutable(f.fd).List()
	return b.elements(path, func(at string) error {
		if b.space() == 'n' {
			return b.null(at, false, nil)
		}
		if f.Kind == operation.Nested {
			return b.message(at, list.AppendMutable().Message(), f.plan)
		}
		value, ok, err := b.single(at, f)
		if ok {
			list.Append(value)
		}
		return err
	})
}

// entries fills a map. In a PATCH each entry is set or cleared by itself.
func (b *body) entries(path string, m protoreflect.Message, f *field, top bool) error {
	if b.space() != '{' {
		return b.mismatch(path, "an object")
	}
	entries := m.Mutable(f.fd).Map()
	return b.object(path, func(key, at string) error {
		if !validKey(key) {
			b.add(at, "cannot be an id: it is empty, longer than 128 characters, or has a quote, a backslash or a control character")
			return b.ignore(at)
		}
		if top {
			b.setFields = append(b.setFields, f.Name+`["`+key+`"]`)
		}
		if b.space() == 'n' {
			return b.null(at, top, nil)
		}
		value, ok, err := b.single(at, f)
		if ok {
			entries.Set(protoreflect.ValueOfString(key).MapKey(), value)
		}
		return err
	})
}

// maxID is the most characters of an id.
const maxID = 128

// validKey keeps `custom_fields["<id>"]` readable without escapes.
func validKey(key string) bool {
	return key != "" && len([]rune(key)) <= maxID && !strings.ContainsFunc(key, func(r rune) bool {
		return r == '"' || r == '\\' || unicode.IsControl(r)
	})
}

// single reads one value that is neither list, map nor message. Without a value
// it has reported why.
func (b *body) single(path string, f *field) (protoreflect.Value, bool, error) {
	if f.Kind == operation.Value {
		value, err := b.any(path)
		return protoreflect.ValueOfMessage(value.ProtoReflect()), value != nil, err
	}
	switch c := b.space(); {
	case c == '"' && f.takesText():
		s, flaw, err := b.text()
		if err != nil || flaw != "" {
			b.flaw(path, flaw)
			return protoreflect.Value{}, false, err
		}
		value, ok := f.ofText(path, s, b.violations)
		return value, ok, nil
	case isNumber(c) && f.takesNumber():
		s, err := b.number()
		if err != nil {
			return protoreflect.Value{}, false, err
		}
		value, ok := f.ofNumber(path, s, b.violations)
		return value, ok, nil
	case (c == 't' || c == 'f') && f.Kind == operation.Bool:
		value, err := b.bool()
		return protoreflect.ValueOfBool(value), err == nil, err
	}
	if f.Enum != nil {
		b.unknown(path, "has to be one of the names allowed, as a string", "", f.Allowed())
		return protoreflect.Value{}, false, b.ignore(path)
	}
	return protoreflect.Value{}, false, b.mismatch(path, f.wants())
}

func (f *field) takesText() bool {
	return f.Kind == operation.String || f.Kind == operation.EnumKind || f.Kind == operation.Timestamp
}

func (f *field) takesNumber() bool {
	return f.Kind == operation.Int32 || f.Kind == operation.Uint32 || f.Kind == operation.Double
}

func isNumber(c byte) bool { return c == '-' || '0' <= c && c <= '9' }

// mismatch reports a value of another type, and skips it.
func (b *body) mismatch(path, want string) error {
	if path == "" {
		what := jsonType(b.space())
		if err := b.ignore(path); err != nil && !errors.Is(err, errStop) {
			return err
		}
		return problem.New(problem.InvalidArgument, "the body is %s, not %s", what, want)
	}
	b.add(path, fmt.Sprintf("is %s, not %s", jsonType(b.space()), want))
	return b.ignore(path)
}

func jsonType(c byte) string {
	switch {
	case c == '"':
		return "a string"
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == 't', c == 'f':
		return "a boolean"
	case c == 'n':
		return "null"
	case isNumber(c):
		return "a number"
	}
	return "no JSON value"
}
