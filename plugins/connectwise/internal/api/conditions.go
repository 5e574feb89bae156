package api

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Expr is an expression of the conditions language (connectwise.md §5). It is
// only made by the functions here, so that text from outside stays a literal.
// The empty expression matches everything.
type Expr string

// ErrUnquotable says that a text holds both kinds of quotes, for which the
// language has no writing.
var ErrUnquotable = errors.New("api: text with both \" and ' cannot be searched for")

// Quote returns a text as a literal.
func Quote(s string) (Expr, error) {
	switch {
	case strings.ContainsRune(s, 0):
		return "", errors.New("api: text with a NUL byte cannot be searched for")
	case !strings.Contains(s, `"`):
		return Expr(`"` + s + `"`), nil
	case !strings.Contains(s, `'`):
		return Expr(`'` + s + `'`), nil
	}
	return "", ErrUnquotable
}

// EqText is field = "text".
func EqText(field, text string) (Expr, error) { return textOp(field, "=", text) }

// Contains is field contains "text". What the server takes for wildcards in it
// matches more, never less: whoever needs it exact looks at the rows again.
func Contains(field, text string) (Expr, error) { return textOp(field, "contains", text) }

func textOp(field, op, text string) (Expr, error) {
	lit, err := Quote(text)
	if err != nil {
		return "", err
	}
	if op == "=" {
		return Expr(field) + "=" + lit, nil
	}
	return Expr(field + " " + op + " " + string(lit)), nil
}

// EqInt is field=n.
func EqInt(field string, n int) Expr { return Expr(field + "=" + strconv.Itoa(n)) }

// GtInt is field>n.
func GtInt(field string, n int) Expr { return Expr(field + ">" + strconv.Itoa(n)) }

// LtInt is field<n.
func LtInt(field string, n int) Expr { return Expr(field + "<" + strconv.Itoa(n)) }

// EqBool is field=true or field=false.
func EqBool(field string, v bool) Expr { return Expr(field + "=" + strconv.FormatBool(v)) }

// IsNull is field=null.
func IsNull(field string) Expr { return Expr(field + "=null") }

// NotNull is field!=null.
func NotNull(field string) Expr { return Expr(field + "!=null") }

// In is field in (1,2,3).
func In(field string, ids []int) Expr {
	if len(ids) == 1 {
		return EqInt(field, ids[0])
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.Itoa(id)
	}
	return Expr(field + " in (" + strings.Join(list, ",") + ")")
}

// Time operators; the vendor keeps whole seconds.
const (
	Before  = "<"
	Since   = ">="
	After   = ">"
	Exactly = "="
)

// Time is field op [time]. A fraction of a second is cut, but before a time it
// makes the second as a whole count.
func Time(field, op string, t time.Time) Expr {
	if op == Before {
		t = t.Add(time.Second - time.Nanosecond)
	}
	return Expr(field + op + "[" + FormatTime(t) + "]")
}

// CustomFieldIs is a custom field of a caption with a value: text, float64, bool or
// time.Time (connectwise.md §5).
func CustomFieldIs(caption string, value any) (Expr, error) {
	field, err := EqText("caption", caption)
	if err != nil {
		return "", err
	}
	var is Expr
	switch v := value.(type) {
	case string:
		if is, err = EqText("value", v); err != nil {
			return "", err
		}
	case time.Time:
		is = Time("value", Exactly, v)
	case bool:
		is = EqBool("value", v)
	default:
		is = Expr(fmt.Sprintf("value=%v", v))
	}
	return And(field, is), nil
}

// FormatTime returns a time as the vendor writes it: UTC, whole seconds.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// And joins expressions; empty ones fall away.
func And(list ...Expr) Expr { return join(" and ", list) }

// Or joins expressions. An empty one matches everything, and so does the whole.
func Or(list ...Expr) Expr {
	if slices.Contains(list, "") {
		return ""
	}
	return join(" or ", list)
}

func join(op string, list []Expr) Expr {
	var parts []string
	for _, e := range list {
		if e != "" {
			parts = append(parts, string(e))
		}
	}
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return Expr(parts[0])
	}
	return Expr("(" + strings.Join(parts, op) + ")")
}
