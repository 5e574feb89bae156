// Package filter knows the filters of every list, and computes from the records
// alone which of them a filter has to leave. What a list answers is held against
// that.
package filter

import (
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
)

// Verdict is what a filter does with a record.
type Verdict int

// The verdicts, the weakest first.
const (
	Drops  Verdict = iota // the list must not hold it
	Either                // the record does not tell
	Keeps                 // the list must hold it
)

// Case is a filter with a value.
type Case struct {
	// Filter is the request's field.
	Filter string
	// Form is how the value is given, where there is more than one way: "name",
	// "id", "id:". Of a custom field it is the definition.
	Form string
	// About is the path in the record that the filter looks at.
	About string
	// MayRefuse says that refusing the value is right too: nothing has it.
	MayRefuse bool

	key    string // in a map
	values []value
	begin  time.Time // of a span that it opens
	end    time.Time // of one that it closes
	judge  func(row protoreflect.Message) Verdict
}

// value is one value of a filter, and how a message to people shows it.
type value struct {
	protoreflect.Value
	words string
}

// Judge says what the filter does with a record.
func (c Case) Judge(row protoreflect.Message) Verdict { return c.judge(row) }

// Set puts the filter into a list's request.
func (c Case) Set(request protoreflect.Message) {
	f := request.Descriptor().Fields().ByName(protoreflect.Name(c.Filter))
	switch {
	case f.IsMap():
		request.Mutable(f).Map().Set(protoreflect.ValueOfString(c.key).MapKey(), c.values[0].Value)
	case f.IsList():
		list := request.Mutable(f).List()
		for _, v := range c.values {
			list.Append(v.Value)
		}
	default:
		request.Set(f, c.values[0].Value)
	}
}

// Or is the filter with the values of both.
func (c Case) Or(o Case) Case {
	first := c.judge
	c.values = slices.Concat(c.values, o.values)
	c.judge = func(row protoreflect.Message) Verdict { return max(first(row), o.judge(row)) }
	return c
}

// contradicts tells whether two cases make a span that ends before it begins,
// which a list may refuse.
func (c Case) contradicts(o Case) bool {
	return reversed(c.begin, o.end) || reversed(o.begin, c.end)
}

func reversed(begin, end time.Time) bool {
	return !begin.IsZero() && !end.IsZero() && !begin.Before(end)
}

// Words are the filter as a request has it: `queue="Service Desk","id:4"`.
func (c Case) Words() string {
	texts := make([]string, len(c.values))
	for i, v := range c.values {
		texts[i] = v.words
	}
	name := c.Filter
	if c.key != "" {
		name += "." + c.key
	}
	return name + "=" + strings.Join(texts, ",")
}

// All is what several filters together do with a record.
func All(cases []Case, row protoreflect.Message) Verdict {
	v := Keeps
	for _, c := range cases {
		v = min(v, c.judge(row))
	}
	return v
}

// Says is what a record has where the filter looks, in words.
func (c Case) Says(row protoreflect.Message) string {
	return "whose " + c.About + " is " + field.Words(row, c.About)
}
