package jsonwire

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// object walks an object whose brace is next: each is called in front of every
// value with its key and path. A key given twice is reported, and its second
// value skipped.
func (b *body) object(path string, each func(key, at string) error) error {
	if err := b.enter(path); err != nil {
		return err
	}
	defer b.leave()
	seen := map[string]bool{}
	for first := true; ; first = false {
		if b.space() == '}' && first {
			b.pos++
			return nil
		}
		if b.space() != '"' {
			return b.unexpected("a key in quotes")
		}
		key, flaw, err := b.text()
		if err != nil {
			return err
		}
		if err := b.take(':', "after a key"); err != nil {
			return err
		}
		at := join(path, key)
		switch {
		case flaw != "":
			b.flaw(at, "is a key that "+flaw)
			err = b.ignore(at)
		case seen[key]:
			b.add(at, "is given twice")
			err = b.ignore(at)
		default:
			seen[key] = true
			err = each(key, at)
		}
		if err != nil {
			return err
		}
		if done, err := b.next('}'); done || err != nil {
			return err
		}
	}
}

// elements walks a list whose bracket is next: each is called in front of every
// element with its path.
func (b *body) elements(path string, each func(at string) error) error {
	if err := b.enter(path); err != nil {
		return err
	}
	defer b.leave()
	if b.space() == ']' {
		b.pos++
		return nil
	}
	for i := 0; ; i++ {
		if err := each(path + "[" + strconv.Itoa(i) + "]"); err != nil {
			return err
		}
		if done, err := b.next(']'); done || err != nil {
			return err
		}
	}
}

// next takes what follows an element: a comma, or the closing byte.
func (b *body) next(closing byte) (done bool, err error) {
	if b.full() {
		return false, errStop
	}
	switch b.space() {
	case closing:
		b.pos++
		return true, nil
	case ',':
		b.pos++
		return false, nil
	}
	return false, b.unexpected(fmt.Sprintf("',' or %q", closing))
}

// enter takes an opening brace or bracket.
func (b *body) enter(path string) error {
	if b.depth++; b.depth > maxDepth {
		b.add(path, fmt.Sprintf("is nested deeper than %d levels", maxDepth))
		return errStop
	}
	b.pos++
	return nil
}

func (b *body) leave() { b.depth-- }

// flaw reports what is wrong with a string.
func (b *body) flaw(path, flaw string) {
	if flaw != "" {
		b.add(path, flaw)
	}
}

// ignore skips a value after something about it was reported; only what breaks
// the whole body still counts.
func (b *body) ignore(path string) error {
	quiet := *b
	quiet.violations = &violations{muted: true}
	_, err := quiet.any(path)
	b.pos = quiet.pos
	return err
}

// any reads any JSON value. Without one it has reported why.
func (b *body) any(path string) (*structpb.Value, error) {
	switch c := b.space(); {
	case c == '{':
		return b.anyObject(path)
	case c == '[':
		return b.anyList(path)
	case c == '"':
		s, flaw, err := b.text()
		if err != nil || flaw != "" {
			b.flaw(path, flaw)
			return nil, err
		}
		return structpb.NewStringValue(s), nil
	case c == 't', c == 'f':
		value, err := b.bool()
		return structpb.NewBoolValue(value), err
	case c == 'n':
		return nil, b.null(path, false, nil)
	case isNumber(c):
		return b.anyNumber(path)
	}
	return nil, b.unexpected("a JSON value")
}

func (b *body) anyObject(path string) (*structpb.Value, error) {
	object := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	err := b.object(path, func(key, at string) error {
		value, err := b.any(at)
		if value != nil {
			object.Fields[key] = value
		}
		return err
	})
	return structpb.NewStructValue(object), err
}

func (b *body) anyList(path string) (*structpb.Value, error) {
	list := &structpb.ListValue{}
	err := b.elements(path, func(at string) error {
		value, err := b.any(at)
		if value != nil {
			list.Values = append(list.Values, value)
		}
		return err
	})
	return structpb.NewListValue(list), err
}

// tooLarge is the first whole number that a double cannot tell from its
// neighbour.
const tooLarge = 1 << 53

func (b *body) anyNumber(path string) (*structpb.Value, error) {
	s, err := b.number()
	if err != nil {
		return nil, err
	}
	n, _ := strconv.ParseFloat(s, 64) // the syntax is right, and what is too large is infinite
	if math.IsInf(n, 0) || math.Abs(n) >= tooLarge && !strings.ContainsAny(s, ".eE") {
		b.add(path, fmt.Sprintf("%s would lose digits: send it as a string", clip(s)))
		return nil, nil
	}
	return structpb.NewNumberValue(n), nil
}

func (b *body) bool() (bool, error) {
	if b.data[b.pos] == 't' {
		return true, b.literal("true")
	}
	return false, b.literal("false")
}
