package jsonwire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// Encode appends message as JSON to dst. Fields come in the order of their
// numbers and map keys sorted. Lists and maps are written when empty, unset
// scalars and messages are not; an enum value without a name is not either,
// since absent means unknown. What the answer's `omitted` names is left out of
// its records, and so is what leaveOut names: paths from the message, such as
// `tickets.custom_fields`, lists being passed through.
//
// On an error dst is returned as it was.
func (c *Codec) Encode(dst []byte, message proto.Message, leaveOut ...string) ([]byte, error) {
	m := message.ProtoReflect()
	p := c.plans[string(m.Descriptor().FullName())]
	if p == nil {
		return dst, fmt.Errorf("%s is no message of the catalogue", m.Descriptor().FullName())
	}
	out, err := p.append(dst, m, newOmission(p, m, leaveOut), 0)
	if err != nil {
		return dst, fmt.Errorf("cannot write %s as JSON: %w", m.Descriptor().FullName(), err)
	}
	return out, nil
}

// omission says what is left out of a message.
type omission struct {
	// includes are bits by the number of an Include. They hold for the records
	// of the answer alone.
	includes uint64
	// paths are what the caller of Encode leaves out, as a tree; an empty one
	// leaves the field out.
	paths map[string]*omission
}

// newOmission returns nil where nothing is left out.
func newOmission(p *plan, m protoreflect.Message, leaveOut []string) *omission {
	var root omission
	if p.omitted != nil {
		list := m.Get(p.omitted).List()
		for i := range list.Len() {
			if n := list.Get(i).Enum(); n > 0 && n < 64 {
				root.includes |= 1 << n
			}
		}
	}
	for _, path := range leaveOut {
		root.add(path)
	}
	if root.includes == 0 && root.paths == nil {
		return nil
	}
	return &root
}

func (o *omission) add(path string) {
	name, rest, more := strings.Cut(path, ".")
	if o.paths == nil {
		o.paths = map[string]*omission{}
	}
	next, known := o.paths[name]
	switch {
	case !more:
		o.paths[name] = &omission{}
	case !known:
		next = &omission{}
		next.add(rest)
		o.paths[name] = next
	case next.paths != nil: // else the whole is left out already
		next.add(rest)
	}
}

// within is what is left out of a field, and whether that is all of it. The
// includes of an answer reach its records and no further.
func (o *omission) within(f *field, depth int) (inner *omission, all bool) {
	if o == nil {
		return nil, false
	}
	if depth == 1 && f.include > 0 && o.includes&(1<<f.include) != 0 {
		return nil, true
	}
	inner = o.paths[f.Name]
	if inner != nil && inner.paths == nil {
		return nil, true
	}
	if depth == 0 && o.includes != 0 {
		records := omission{includes: o.includes}
		if inner != nil {
			records.paths = inner.paths
		}
		return &records, false
	}
	return inner, false
}

// maxAnswerDepth bounds the nesting of an answer: connectors send them.
const maxAnswerDepth = 100

func (p *plan) append(dst []byte, m protoreflect.Message, o *omission, depth int) ([]byte, error) {
	if depth > maxAnswerDepth {
		return dst, fmt.Errorf("nested deeper than %d levels", maxAnswerDepth)
	}
	dst = append(dst, '{')
	start := len(dst)
	for _, f := range p.fields {
		if f.InputOnly || f.single && !f.message && !m.Has(f.fd) {
			continue
		}
		inner, all := o.within(f, depth)
		if all {
			continue
		}
		value := m.Get(f.fd)
		switch {
		case f.single && f.message && !value.Message().IsValid(): // says what Has would, at half the price
			continue
		case f.single && f.Enum != nil && f.names[value.Enum()] == "":
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(dst, f.key...)
		var err error
		switch {
		case f.Map:
			dst, err = f.appendMap(dst, value.Map(), inner, depth)
		case f.Repeated:
			dst, err = f.appendList(dst, value.List(), inner, depth)
		default:
			dst, err = f.appendSingle(dst, value, inner, depth)
		}
		if err != nil {
			return dst, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return append(dst, '}'), nil
}

func (f *field) appendList(dst []byte, list protoreflect.List, o *omission, depth int) ([]byte, error) {
	dst = append(dst, '[')
	start := len(dst)
	for i := range list.Len() {
		value := list.Get(i)
		if f.Enum != nil && f.names[value.Enum()] == "" {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = f.appendSingle(dst, value, o, depth); err != nil {
			return dst, fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return append(dst, ']'), nil
}

func (f *field) appendMap(dst []byte, entries protoreflect.Map, o *omission, depth int) ([]byte, error) {
	dst = append(dst, '{')
	if entries.Len() == 0 {
		return append(dst, '}'), nil
	}
	keys := make([]string, 0, entries.Len())
	entries.Range(func(key protoreflect.MapKey, _ protoreflect.Value) bool {
		if key := key.String(); o == nil || o.paths[key] == nil {
			keys = append(keys, key)
		}
		return true
	})
	slices.Sort(keys)
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, key), ':')
		var err error
		if dst, err = f.appendSingle(dst, entries.Get(protoreflect.ValueOfString(key).MapKey()), nil, depth); err != nil {
			return dst, fmt.Errorf("%s: %w", clip(key), err)
		}
	}
	return append(dst, '}'), nil
}

// appendSingle appends one value, which for an enum has a name.
func (f *field) appendSingle(dst []byte, value protoreflect.Value, o *omission, depth int) ([]byte, error) {
	switch f.Kind {
	case operation.String:
		return appendString(dst, value.String()), nil
	case operation.Bool:
		return strconv.AppendBool(dst, value.Bool()), nil
	case operation.Int32:
		return strconv.AppendInt(dst, value.Int(), 10), nil
	case operation.Uint32:
		return strconv.AppendUint(dst, value.Uint(), 10), nil
	case operation.Double:
		return appendNumber(dst, value.Float())
	case operation.EnumKind:
		dst = append(append(dst, '"'), f.names[value.Enum()]...)
		return append(dst, '"'), nil
	case operation.Nested:
		return f.plan.append(dst, value.Message(), o, depth+1)
	case operation.Timestamp:
		if t, ok := value.Message().Interface().(*timestamppb.Timestamp); ok {
			return appendTime(dst, t)
		}
	case operation.Value:
		if v, ok := value.Message().Interface().(*structpb.Value); ok {
			return appendValue(dst, v, depth)
		}
	case operation.JSON:
		raw := value.Bytes()
		if !json.Valid(raw) {
			return dst, fmt.Errorf("the %d bytes are no JSON document", len(raw))
		}
		if !utf8.Valid(raw) {
			raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
		}
		return append(dst, raw...), nil
	}
	return dst, fmt.Errorf("a %s has no JSON form", f.Kind)
}
