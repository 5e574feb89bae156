package render

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// object writer: indentation and commas.
type writer struct {
	b     []byte
	depth int
	any   bool
}

func opened(b []byte, depth int) *writer {
	return &writer{b: append(b, '{'), depth: depth}
}

func (o *writer) key(name string) {
	if o.any {
		o.b = append(o.b, ',')
	}
	o.any = true
	o.b = newline(o.b, o.depth+1)
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, `": `...)
}

func (o *writer) member(name string, v any) {
	o.key(name)
	o.b = scalar(o.b, v)
}

func (o *writer) close() []byte {
	if o.any {
		o.b = newline(o.b, o.depth)
	}
	return append(o.b, '}')
}

func newline(b []byte, depth int) []byte {
	b = append(b, '\r', '\n')
	for range depth {
		b = append(b, ' ', ' ')
	}
	return b
}

func scalar(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendDecimal(b, v)
	case string:
		return appendString(b, v)
	}
	panic("render: a value of a kind that records do not hold")
}

// appendDecimal writes at least two decimals: 10.50 (connectwise.md §6).
func appendDecimal(b []byte, v float64) []byte {
	if cents := v * 100; cents == math.Trunc(cents) {
		return strconv.AppendFloat(b, v, 'f', 2, 64)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

const hex = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		default:
			b = utf8.AppendRune(b, c)
		}
	}
	return append(b, '"')
}
