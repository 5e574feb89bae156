package filter

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

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

// Values that nothing at any PSA has.
const (
	NoName = "no such thing zqxjkv"
	NoID   = "999999999"
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
			return []Case{refusable(one("name", NoName, drop)), refusable(one("id:", "id:"+NoID, drop))}
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
		nothing: func([]protoreflect.Message) []Case { return []Case{any(NoID)} },
		text:    any,
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
