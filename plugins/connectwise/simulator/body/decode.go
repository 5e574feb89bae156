// Package body reads request bodies by the vendor's record types: what is
// not a member of the type or cannot be converted to the member's is refused
// in the vendor's words (connectwise.md §3, §6).
package body

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Error is a refusal of a body.
type Error struct {
	Status  int
	Code    string
	Message string
	// NullErrors is whether the answer shows "errors": null.
	NullErrors bool
}

func (e *Error) Error() string { return e.Message }

// Decode reads the body of a POST or PUT: an object of the type. A null
// member is in the result as nil. References are left as the caller wrote
// them, as store.Object.
func Decode(data []byte, typ *schema.Type) (store.Object, error) {
	d := newDecoder(data)
	t, err := d.token("")
	if err != nil {
		return nil, err
	}
	if t != json.Delim('{') {
		return nil, d.unexpected("", t)
	}
	o, err := d.object(typ, "")
	if err != nil {
		return nil, err
	}
	return o, d.end()
}

// Elements splits a body that is an array, such as that of a bulk write.
func Elements(data []byte) ([]json.RawMessage, error) {
	d := newDecoder(data)
	t, err := d.token("")
	if err != nil {
		return nil, err
	}
	if t != json.Delim('[') {
		return nil, d.unexpected("", t)
	}
	var out []json.RawMessage
	for d.json.More() {
		element, err := d.raw(fmt.Sprintf("[%d]", len(out)))
		if err != nil {
			return nil, err
		}
		out = append(out, element)
	}
	if _, err := d.token(""); err != nil {
		return nil, err
	}
	return out, d.end()
}

// DecodeValue reads the value of a PATCH operation for a member. The vendor
// is not known to refuse unknown members there.
func DecodeValue(data []byte, m *schema.Member, path string) (any, error) {
	d := newDecoder(data)
	d.lenient = true
	return d.value(m, path)
}

type decoder struct {
	data    []byte
	json    *json.Decoder
	lenient bool
}

func newDecoder(data []byte) *decoder {
	d := &decoder{data: data, json: json.NewDecoder(bytes.NewReader(data))}
	d.json.UseNumber()
	return d
}

func (d *decoder) token(path string) (json.Token, error) {
	t, err := d.json.Token()
	if err != nil {
		return nil, d.malformed(path, err)
	}
	return t, nil
}

// malformed is the refusal of what is no JSON.
func (d *decoder) malformed(path string, err error) error {
	line, position := d.at(d.offset())
	what := "Unexpected character encountered while parsing value."
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		what = "Unexpected end when reading JSON."
	}
	return serverError("%s Path '%s', line %d, position %d.", what, path, line, position)
}

func (d *decoder) end() error {
	if _, err := d.json.Token(); err != io.EOF {
		line, position := d.at(d.offset())
		return serverError("Additional text encountered after finished reading JSON content. Path '', line %d, position %d.", line, position)
	}
	return nil
}

func (d *decoder) offset() int { return int(d.json.InputOffset()) }

// at is the line, from 1, and the number of characters read of it.
func (d *decoder) at(offset int) (line, position int) {
	read := d.data[:min(offset, len(d.data))]
	return 1 + bytes.Count(read, []byte("\n")), len(read) - 1 - bytes.LastIndexByte(read, '\n')
}

func serverError(format string, args ...any) error {
	return &Error{Status: http.StatusInternalServerError, Code: "ConnectWiseApi", Message: fmt.Sprintf(format, args...)}
}

func (d *decoder) unexpected(path string, t json.Token) error {
	line, position := d.at(d.offset())
	if delim, ok := t.(json.Delim); ok {
		return serverError("Unexpected character encountered while parsing value: %s. Path '%s', line %d, position %d.", delim, path, line, position)
	}
	return serverError("Error converting value %s to type 'System.Object'. Path '%s', line %d, position %d.", quoted(t), path, line, position)
}

// object reads the members of an object whose brace is read.
func (d *decoder) object(typ *schema.Type, path string) (store.Object, error) {
	out := store.Object{}
	for d.json.More() {
		t, err := d.token(path)
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		memberPath := join(path, name)
		m, ok := typ.Fold(name)
		if !ok {
			if err := d.unknownMember(typ, name, memberPath); err != nil {
				return nil, err
			}
			continue
		}
		v, err := d.value(m, memberPath)
		if err != nil {
			return nil, err
		}
		if m.Kind != schema.Info {
			out[m.Name] = v
		}
	}
	_, err := d.token(path)
	return out, err
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (d *decoder) unknownMember(typ *schema.Type, name, path string) error {
	if d.lenient {
		return d.skip(path)
	}
	colon := bytes.IndexByte(d.data[d.offset():], ':')
	line, position := d.at(d.offset() + colon + 1)
	return &Error{
		Status: http.StatusBadRequest, Code: "ConnectWiseApi", NullErrors: true,
		Message: fmt.Sprintf("Could not find member '%s' on object of type '%s'. Path '%s', line %d, position %d."+
			"Check your accept header to make sure you are using the correct version.", name, shortName(typ), path, line, position),
	}
}

// shortName is a type's name without its module.
func shortName(t *schema.Type) string { return t.Name[strings.LastIndexByte(t.Name, '.')+1:] }

func (d *decoder) skip(path string) error {
	_, err := d.raw(path)
	return err
}

func (d *decoder) raw(path string) (json.RawMessage, error) {
	var text json.RawMessage
	if err := d.json.Decode(&text); err != nil {
		return nil, d.malformed(path, err)
	}
	return text, nil
}

func (d *decoder) value(m *schema.Member, path string) (any, error) {
	if m.Kind == schema.Info {
		return nil, d.skip(path)
	}
	t, err := d.token(path)
	if err != nil || t == nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		if m.Kind == schema.Object && m.Type() != nil {
			return d.object(m.Type(), path)
		}
		return nil, d.unexpected(before(path), t)
	case json.Delim('['):
		if m.Kind == schema.Array {
			return d.array(m, path)
		}
		return nil, d.unexpected(path, t)
	}
	return d.scalar(m.Kind, m, t, path)
}

var index = regexp.MustCompile(`\[(\d+)\]$`)

// before is where the vendor's reader says it is when an array's element is
// of the wrong kind: at the element before.
func before(path string) string {
	m := index.FindStringSubmatch(path)
	if m == nil {
		return path
	}
	array := strings.TrimSuffix(path, m[0])
	if i, err := strconv.Atoi(m[1]); err == nil && i > 0 {
		return fmt.Sprintf("%s[%d]", array, i-1)
	}
	return array
}

func (d *decoder) array(m *schema.Member, path string) (any, error) {
	out := []any{}
	element := &schema.Member{Name: m.Name, Kind: m.Elem, Ref: m.Ref}
	for i := 0; d.json.More(); i++ {
		v, err := d.value(element, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := d.token(path)
	return out, err
}
