package conditions

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
)

// Field is a member that expressions can name.
type Field[R any] struct {
	// Kind and Enum are the member's; values are checked against them.
	Kind schema.Kind
	Enum []string
	// Get returns the member's value of a record: nil, bool, int64, float64,
	// string, or []any of these, of which one must fit.
	Get func(R) any
}

// Resolve finds the member that a path names; its errors are *Error.
type Resolve[R any] func(path []string) (Field[R], error)

// Compile checks an expression's names and values and returns it as a
// predicate. Text compares regardless of case, as the vendor's database does.
// A member that is null fits "= null" and nothing else, as in SQL: neither
// "!=" another value nor a "not" form holds for it.
func Compile[R any](n Node, resolve Resolve[R]) (func(R) bool, error) {
	switch n := n.(type) {
	case *And:
		parts, err := compileAll(n.Parts, resolve)
		return func(r R) bool {
			return !slices.ContainsFunc(parts, func(part func(R) bool) bool { return !part(r) })
		}, err
	case *Or:
		parts, err := compileAll(n.Parts, resolve)
		return func(r R) bool {
			return slices.ContainsFunc(parts, func(part func(R) bool) bool { return part(r) })
		}, err
	case *Comparison:
		return compileComparison(n, resolve)
	}
	panic("conditions: a node of no kind")
}

func compileAll[R any](nodes []Node, resolve Resolve[R]) ([]func(R) bool, error) {
	parts := make([]func(R) bool, len(nodes))
	for i, n := range nodes {
		part, err := Compile(n, resolve)
		if err != nil {
			return nil, err
		}
		parts[i] = part
	}
	return parts, nil
}

func compileComparison[R any](c *Comparison, resolve Resolve[R]) (func(R) bool, error) {
	f, err := resolve(c.Path)
	if err != nil {
		return nil, err
	}
	for _, v := range c.Values {
		if err := checkValue(c, f.Kind, f.Enum, v); err != nil {
			return nil, err
		}
	}
	test := tester(c)
	return func(r R) bool {
		switch v := f.Get(r).(type) {
		case nil:
			return nullFits(c)
		case []any:
			return slices.ContainsFunc(v, test)
		default:
			return test(v)
		}
	}, nil
}

// nullFits tells whether a null member fits.
func nullFits(c *Comparison) bool {
	wantsNull := slices.ContainsFunc(c.Values, func(v Value) bool { return v.Kind == Null })
	return wantsNull && !c.Not && (c.Operator == Equal || c.Operator == In)
}

// checkValue refuses a literal that a member of its kind is not compared with.
func checkValue(c *Comparison, kind schema.Kind, enum []string, v Value) error {
	name := strings.Join(c.Path, "/")
	if c.Operator == Contains || c.Operator == Like {
		if v.Kind != Text || kind != schema.String && kind != schema.Any {
			return refusef("Operator '%s' cannot be applied to %s.", c.Operator, name)
		}
		return nil
	}
	if v.Kind == Null {
		return nil
	}
	fits := true
	switch kind {
	case schema.String:
		fits = v.Kind == Text
		if fits && enum != nil && !slices.ContainsFunc(enum, func(e string) bool { return strings.EqualFold(e, v.Text) }) {
			return refusef("Enum value supplied was invalid")
		}
	case schema.Integer, schema.Number:
		fits = v.Kind == Number
	case schema.Boolean:
		fits = v.Kind == Boolean && (c.Operator == Equal || c.Operator == NotEqual || c.Operator == In)
	case schema.DateTime:
		fits = v.Kind == Date
	}
	if !fits {
		return refusef("The value compared with %s is of the wrong type.", name)
	}
	return nil
}

// tester returns the comparison as a test of a value that is not null.
func tester(c *Comparison) func(any) bool {
	first := c.Values[0]
	switch c.Operator {
	case In:
		return func(v any) bool {
			return slices.ContainsFunc(c.Values, func(w Value) bool { return equal(v, w) }) != c.Not
		}
	case Contains:
		part := strings.ToLower(first.Text)
		return func(v any) bool { return strings.Contains(strings.ToLower(text(v)), part) != c.Not }
	case Like:
		pattern := likePattern(first.Text)
		return func(v any) bool { return pattern.MatchString(text(v)) != c.Not }
	case Equal:
		return func(v any) bool { return equal(v, first) }
	case NotEqual:
		return func(v any) bool { return !equal(v, first) }
	}
	return func(v any) bool {
		order, comparable := compare(v, first)
		switch c.Operator {
		case Less:
			return comparable && order < 0
		case LessOrEqual:
			return comparable && order <= 0
		case Greater:
			return comparable && order > 0
		default:
			return comparable && order >= 0
		}
	}
}

func equal(v any, w Value) bool {
	order, comparable := compare(v, w)
	return comparable && order == 0
}

// compare orders a member's value against a literal; false when they are of
// kinds that have no order between them.
func compare(v any, w Value) (int, bool) {
	switch v := v.(type) {
	case bool:
		if w.Kind == Text { // a custom field's value, written as text
			return cmp.Compare(strconv.FormatBool(v), strings.ToLower(w.Text)), true
		}
		return boolOrder(v) - boolOrder(w.Boolean), w.Kind == Boolean
	case int64:
		return compareNumber(float64(v), w)
	case float64:
		return compareNumber(v, w)
	case string:
		switch w.Kind {
		case Text:
			return cmp.Compare(strings.ToLower(v), strings.ToLower(w.Text)), true
		case Date:
			at, err := time.Parse(time.RFC3339, v)
			return at.Compare(w.Time), err == nil
		}
	}
	return 0, false
}

func compareNumber(v float64, w Value) (int, bool) {
	if w.Kind == Text { // a custom field's value, written as text
		n, err := strconv.ParseFloat(w.Text, 64)
		return cmp.Compare(v, n), err == nil
	}
	return cmp.Compare(v, w.Number), w.Kind == Number
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
