package filter

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
)

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
