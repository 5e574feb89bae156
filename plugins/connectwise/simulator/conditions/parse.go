package conditions

import (
	"strconv"
	"strings"
	"time"
)

// maxDepth bounds nested parentheses.
const maxDepth = 64

// Operator compares a member with a value.
type Operator string

// The operators of the language.
const (
	Equal          Operator = "="
	NotEqual       Operator = "!="
	Less           Operator = "<"
	LessOrEqual    Operator = "<="
	Greater        Operator = ">"
	GreaterOrEqual Operator = ">="
	Contains       Operator = "contains"
	Like           Operator = "like"
	In             Operator = "in"
)

// Node is a part of an expression: *And, *Or or *Comparison.
type Node interface{ node() }

// And holds when all its parts do.
type And struct{ Parts []Node }

// Or holds when one of its parts does.
type Or struct{ Parts []Node }

// Comparison compares one member.
type Comparison struct {
	// Path is the member's path as written.
	Path     []string
	Operator Operator
	// Not turns contains, like and in around.
	Not bool
	// Values is one value, or the list of In.
	Values []Value
}

func (*And) node()        {}
func (*Or) node()         {}
func (*Comparison) node() {}

// ValueKind is the kind of a literal.
type ValueKind int

// The kinds of literals.
const (
	Null ValueKind = iota
	Text
	Number
	Boolean
	Date
)

// Value is a literal.
type Value struct {
	Kind    ValueKind
	Text    string
	Number  float64
	Boolean bool
	Time    time.Time
}

// Parse reads an expression; its errors are *Error.
func Parse(text string) (Node, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, unexpected(t)
	}
	return n, nil
}

type parser struct {
	tokens []token
	next   int
}

func (p *parser) peek() token { return p.tokens[p.next] }

func (p *parser) take() token {
	t := p.tokens[p.next]
	if t.kind != tokenEnd {
		p.next++
	}
	return t
}

func unexpected(t token) error {
	if t.kind == tokenEnd {
		return refusef("Unexpected end of conditions.")
	}
	return refusef("Unexpected '%s' at position %d.", t.text, t.at)
}

func (p *parser) expression(depth int) (Node, error) {
	parts, err := p.parts(depth, "or", p.term)
	if err != nil || len(parts) > 1 {
		return &Or{parts}, err
	}
	return parts[0], nil
}

func (p *parser) term(depth int) (Node, error) {
	parts, err := p.parts(depth, "and", p.factor)
	if err != nil || len(parts) > 1 {
		return &And{parts}, err
	}
	return parts[0], nil
}

func (p *parser) parts(depth int, keyword string, part func(int) (Node, error)) ([]Node, error) {
	var parts []Node
	for {
		n, err := part(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
		if !p.peek().is(keyword) {
			return parts, nil
		}
		p.take()
	}
}

func (p *parser) factor(depth int) (Node, error) {
	if p.peek().kind != tokenOpen {
		return p.comparison()
	}
	if depth == maxDepth {
		return nil, refusef("Conditions are nested too deeply.")
	}
	p.take()
	n, err := p.expression(depth + 1)
	if err != nil {
		return nil, err
	}
	if t := p.take(); t.kind != tokenClose {
		return nil, unexpected(t)
	}
	return n, nil
}

func (p *parser) comparison() (Node, error) {
	c := &Comparison{}
	for {
		t := p.take()
		if t.kind != tokenName {
			return nil, unexpected(t)
		}
		c.Path = append(c.Path, t.text)
		if p.peek().kind != tokenSlash {
			break
		}
		p.take()
	}
	if p.peek().is("not") {
		p.take()
		c.Not = true
	}
	switch t := p.take(); {
	case t.kind == tokenOperator && !c.Not:
		c.Operator = Operator(t.text)
	case t.is("contains"), t.is("like"), t.is("in"):
		c.Operator = Operator(strings.ToLower(t.text))
	default:
		return nil, unexpected(t)
	}
	var err error
	if c.Operator == In {
		c.Values, err = p.list()
		return c, err
	}
	v, err := p.value()
	c.Values = []Value{v}
	return c, err
}

func (p *parser) list() ([]Value, error) {
	if t := p.take(); t.kind != tokenOpen {
		return nil, unexpected(t)
	}
	var values []Value
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		values = append(values, v)
		switch t := p.take(); t.kind {
		case tokenComma:
		case tokenClose:
			return values, nil
		default:
			return nil, unexpected(t)
		}
	}
}

func (p *parser) value() (Value, error) {
	t := p.take()
	switch {
	case t.kind == tokenString:
		return Value{Kind: Text, Text: t.text}, nil
	case t.kind == tokenNumber:
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return Value{}, unexpected(t)
		}
		return Value{Kind: Number, Number: n, Text: t.text}, nil
	case t.kind == tokenDate:
		at, err := parseDate(t.text)
		return Value{Kind: Date, Time: at}, err
	case t.is("true"), t.is("false"):
		return Value{Kind: Boolean, Boolean: t.is("true")}, nil
	case t.is("null"):
		return Value{Kind: Null}, nil
	}
	return Value{}, unexpected(t)
}

// dateLayouts are the forms of a date in brackets; without a zone it is UTC.
var dateLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02"}

func parseDate(text string) (time.Time, error) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, refusef("String '%s' was not recognized as a valid DateTime.", text)
}
