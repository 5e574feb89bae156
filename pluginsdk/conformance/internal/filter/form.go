package filter

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
)

// Filter is one filter of a list.
type Filter struct {
	// Name is the request's field.
	Name string
	// of are the filter's values that a record gives: most of them keep it, and
	// those just beside a limit do not.
	of func(row protoreflect.Message) []Case
	// nothing are values that none of the records has.
	nothing func(rows []protoreflect.Message) []Case
	// text makes a value of any text; nil where the filter takes none.
	text func(text string) Case
}

// Of are the filter's values that a record gives.
func (f Filter) Of(row protoreflect.Message) []Case { return f.of(row) }

// Nothing are values of the filter that none of the records has.
func (f Filter) Nothing(rows []protoreflect.Message) []Case { return f.nothing(rows) }

// TakesAnything tells whether the filter takes values that none of the records has.
func (f Filter) TakesAnything() bool { return f.text != nil || len(f.nothing(nil)) > 0 }

func text(words string) value { return value{protoreflect.ValueOfString(words), strconv.Quote(words)} }

func moment(at time.Time) value {
	return value{protoreflect.ValueOfMessage(timestamppb.New(at).ProtoReflect()), at.UTC().Format(time.RFC3339Nano)}
}

// Values that nothing at any PSA has.
const (
	noName = "no such thing zqxjkv"
	noID   = "999999999"
)

// reference filters by another record, by its name or its id.
func reference(name, path string) Filter {
	byName := func(want string) func(protoreflect.Message) Verdict {
		return func(row protoreflect.Message) Verdict {
			has := field.Text(row, path+".name")
			switch {
			case has == want:
				return Keeps
			case strings.EqualFold(has, want), has == "" && field.Has(row, path+".id"):
				return Either
			}
			return Drops
		}
	}
	one := func(form, given string, judge func(protoreflect.Message) Verdict) Case {
		return Case{Filter: name, Form: form, About: path, values: []value{text(given)}, judge: judge}
	}
	return Filter{
		Name: name,
		of: func(row protoreflect.Message) []Case {
			var cases []Case
			if id := field.Text(row, path+".id"); id != "" {
				judge := is(path+".id", id)
				cases = append(cases, one("id", id, judge), one("id:", "id:"+id, judge))
			}
			if named := field.Text(row, path+".name"); named != "" {
				cases = append(cases, one("name", named, byName(named)))
			}
			return cases
		},
		nothing: func([]protoreflect.Message) []Case {
			return []Case{refusable(one("name", noName, drop)), refusable(one("id:", "id:"+noID, drop))}
		},
		text: func(given string) Case { return refusable(one("name", given, byName(given))) },
	}
}

// ids filters by the ids of other records, and by nothing else.
func ids(name, path string) Filter {
	one := func(id string) Case {
		return Case{Filter: name, About: path, values: []value{text(id)}, judge: is(path, id)}
	}
	return exactly(name, path, one, func(id string) Case { return refusable(one(id)) })
}

// exact filters by a text as a whole.
func exact(name, path string) Filter {
	one := func(want string) Case {
		return Case{Filter: name, About: path, values: []value{text(want)}, judge: is(path, want)}
	}
	return exactly(name, path, one, func(want string) Case { return refusable(one(want)) })
}

// email filters by an address in any case.
func email() Filter {
	one := func(want string) Case {
		return Case{Filter: "email", About: "email", values: []value{text(want)}, judge: func(row protoreflect.Message) Verdict {
			if strings.EqualFold(field.Text(row, "email"), want) {
				return Keeps
			}
			for _, more := range field.Texts(row, "emails") {
				if strings.EqualFold(more, want) {
					return Either
				}
			}
			return Drops
		}}
	}
	f := exactly("email", "email", one, func(want string) Case { return refusable(one(want)) })
	f.of = func(row protoreflect.Message) []Case {
		address := field.Text(row, "email")
		if len(address) < 3 {
			return nil
		}
		upper := one(strings.ToUpper(address))
		upper.Form = "another case"
		return []Case{one(address), upper}
	}
	return f
}

func exactly(name, path string, one, any func(string) Case) Filter {
	return Filter{
		Name: name,
		of: func(row protoreflect.Message) []Case {
			if has := field.Text(row, path); has != "" {
				return []Case{one(has)}
			}
			return nil
		},
		nothing: func([]protoreflect.Message) []Case { return []Case{any(noID)} },
		text:    any,
	}
}

// word is what a search can be made with at every PSA.
var word = regexp.MustCompile(`[A-Za-z0-9]{4,}`)

// containing filters by a text within others, in any case. number is a field that
// has to be the text as a whole; "" where there is none. more are fields that a
// PSA may look at as well.
func containing(fields []string, number string, more ...string) Filter {
	one := func(form, want string) Case {
		return Case{Filter: "text", Form: form, About: fields[0], values: []value{text(want)}, judge: func(row protoreflect.Message) Verdict {
			for _, f := range fields {
				if holds(field.Text(row, f), want) {
					return Keeps
				}
			}
			if number != "" && field.Text(row, number) == want {
				return Keeps
			}
			for _, f := range more {
				for _, text := range field.Texts(row, f) {
					if holds(text, want) {
						return Either
					}
				}
			}
			return Drops
		}}
	}
	return Filter{
		Name: "text",
		of: func(row protoreflect.Message) []Case {
			var cases []Case
			for _, f := range fields {
				words := word.FindAllString(field.Text(row, f), -1)
				if len(words) == 0 {
					continue
				}
				first, last := words[0], words[len(words)-1]
				cases = append(cases, one("of "+f, first), one("of "+f+", its end", last), one("of "+f+", in another case", strings.ToUpper(first[1:len(first)-1])))
			}
			if n := field.Text(row, number); number != "" && n != "" {
				cases = append(cases, one("of "+number, n))
			}
			return cases
		},
		nothing: func([]protoreflect.Message) []Case { return []Case{one("", "zqxjkvzqxjkv")} },
		text:    func(want string) Case { return refusable(one("", want)) },
	}
}

func holds(text, want string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(want))
}

// The times between which all records are.
var (
	never = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	ever  = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)
)

// grain is what every PSA tells apart.
const grain = time.Second

// since filters by a stamp that has come at the value or later, before by one that
// has come before it.
func since(name, path string) Filter {
	return timed(name, path, never, stamp, func(at, limit time.Time) bool { return !at.Before(limit) })
}

func before(name, path string) Filter {
	return timed(name, path, ever, stamp, func(at, limit time.Time) bool { return at.Before(limit) })
}

// from, until and past filter by a time that somebody planned or wrote down: at
// the value or later, before it, and after it.
func from(name, path string) Filter {
	return timed(name, path, never, given, func(at, limit time.Time) bool { return !at.Before(limit) })
}

func until(name, path string) Filter {
	return timed(name, path, ever, given, func(at, limit time.Time) bool { return at.Before(limit) })
}

func past(name, path string) Filter {
	return timed(name, path, never, given, func(at, limit time.Time) bool { return at.After(limit) })
}

// What a time is: a stamp that a PSA cuts to its grain, so that it stands for the
// time until the next; or one that somebody gave, which means itself.
const (
	stamp = true
	given = false
)

func timed(name, path string, none time.Time, cut bool, fits func(at, limit time.Time) bool) Filter {
	one := func(form string, limit time.Time) Case {
		c := Case{Filter: name, Form: form, About: path, values: []value{moment(limit)}, judge: func(row protoreflect.Message) Verdict {
			at, ok := field.Time(row, path)
			switch {
			case !ok, cut && !at.Equal(limit) && at.Sub(limit).Abs() < grain:
				return Either
			case fits(at, limit):
				return Keeps
			}
			return Drops
		}}
		if none.Equal(never) {
			c.begin = limit
		} else {
			c.end = limit
		}
		return c
	}
	return Filter{
		Name: name,
		of: func(row protoreflect.Message) []Case {
			at, ok := field.Time(row, path)
			if !ok {
				return nil
			}
			return []Case{
				one("its time", at), one("just before it", at.Add(-grain)), one("just after it", at.Add(grain)), one("a fraction after it", at.Add(time.Millisecond)),
			}
		},
		nothing: func([]protoreflect.Message) []Case { return []Case{one("", none)} },
	}
}

// flag filters by a boolean.
func flag(name string, holds func(row protoreflect.Message) bool, about string) Filter {
	one := func(want bool) Case {
		return Case{Filter: name, Form: strconv.FormatBool(want), About: about,
			values: []value{{protoreflect.ValueOfBool(want), strconv.FormatBool(want)}},
			judge: func(row protoreflect.Message) Verdict {
				if holds(row) == want {
					return Keeps
				}
				return Drops
			}}
	}
	return Filter{
		Name:    name,
		of:      func(row protoreflect.Message) []Case { return []Case{one(holds(row)), one(!holds(row))} },
		nothing: func([]protoreflect.Message) []Case { return nil },
	}
}

func active() Filter {
	return flag("active", func(row protoreflect.Message) bool { return field.Text(row, "active") == "true" }, "active")
}

// choice filters by an enum, numbers by a number: few values that are known.
func choice(name, path string, all protoreflect.EnumValueDescriptors) Filter {
	var values []value
	for i := range all.Len() {
		if v := all.Get(i); v.Number() != 0 {
			values = append(values, value{protoreflect.ValueOfEnum(v.Number()), string(v.Name())})
		}
	}
	return among(name, path, values)
}

func numbers(name, path string, from, to int32) Filter {
	var values []value
	for n := from; n <= to; n++ {
		values = append(values, value{protoreflect.ValueOfInt32(n), strconv.Itoa(int(n))})
	}
	return among(name, path, values)
}

func among(name, path string, values []value) Filter {
	one := func(v value) Case {
		return Case{Filter: name, Form: v.words, About: path, values: []value{v}, judge: is(path, v.words)}
	}
	return Filter{
		Name: name,
		of: func(row protoreflect.Message) []Case {
			for _, v := range values {
				if field.Text(row, path) == v.words {
					return []Case{one(v)}
				}
			}
			return nil
		},
		nothing: func(rows []protoreflect.Message) []Case {
			have := map[string]bool{}
			for _, row := range rows {
				have[field.Text(row, path)] = true
			}
			var cases []Case
			for _, v := range values {
				if !have[v.words] {
					cases = append(cases, refusable(one(v)))
				}
			}
			return cases
		},
	}
}

// plain is a value of a custom field that every PSA can search for.
var plain = regexp.MustCompile(`^[\pL\pN][\pL\pN ._:/&-]{0,60}$`)

// custom filters by custom fields.
func custom() Filter {
	one := func(id, want string) Case {
		return Case{Filter: "custom_field", Form: id, key: id, About: "custom_fields", values: []value{text(want)}, judge: func(row protoreflect.Message) Verdict {
			return customHas(row, id, want)
		}}
	}
	return Filter{
		Name: "custom_field",
		of: func(row protoreflect.Message) []Case {
			var cases []Case
			v, _, ok := field.At(row, "custom_fields")
			if !ok {
				return nil
			}
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				if has, ok := v.Message().Interface().(*structpb.Value); ok {
					if want := asFilter(has); plain.MatchString(want) {
						cases = append(cases, one(k.String(), want))
					}
				}
				return true
			})
			slices.SortFunc(cases, func(a, b Case) int { return strings.Compare(a.key, b.key) })
			return cases
		},
		nothing: func([]protoreflect.Message) []Case { return []Case{refusable(one("no.such.field", "1"))} },
	}
}

// asFilter is a custom field's value as a query has it; "" where it has no form
// there.
func asFilter(v *structpb.Value) string {
	switch x := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return x.StringValue
	case *structpb.Value_BoolValue:
		return strconv.FormatBool(x.BoolValue)
	case *structpb.Value_NumberValue:
		if x.NumberValue == math.Trunc(x.NumberValue) {
			return strconv.FormatFloat(x.NumberValue, 'f', -1, 64)
		}
	}
	return ""
}

func customHas(row protoreflect.Message, id, want string) Verdict {
	m, _, ok := field.At(row, "custom_fields")
	if !ok {
		return Drops
	}
	v := m.Map().Get(protoreflect.ValueOfString(id).MapKey())
	if !v.IsValid() {
		return Drops
	}
	has, ok := v.Message().Interface().(*structpb.Value)
	switch {
	case !ok || has.GetListValue() != nil:
		return Either
	case asFilter(has) == want:
		return Keeps
	case strings.EqualFold(asFilter(has), want):
		return Either
	}
	return Drops
}

func is(path, want string) func(protoreflect.Message) Verdict {
	return func(row protoreflect.Message) Verdict {
		if field.Text(row, path) == want {
			return Keeps
		}
		return Drops
	}
}

func drop(protoreflect.Message) Verdict { return Drops }

func refusable(c Case) Case {
	c.MayRefuse = true
	return c
}
