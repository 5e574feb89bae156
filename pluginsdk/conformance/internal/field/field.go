// Package field looks into records of every resource by the names of their
// fields, and tells two of them apart in words for people.
package field

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// At is the value at a path of names, "status.id"; it is not there where any part
// of the path is unset.
func At(m protoreflect.Message, path string) (protoreflect.Value, protoreflect.FieldDescriptor, bool) {
	name, rest, deeper := strings.Cut(path, ".")
	f := m.Descriptor().Fields().ByName(protoreflect.Name(name))
	if f == nil || !m.Has(f) {
		return protoreflect.Value{}, f, false
	}
	if deeper {
		return At(m.Get(f).Message(), rest)
	}
	return m.Get(f), f, true
}

// Has tells whether there is a value at a path.
func Has(m protoreflect.Message, path string) bool {
	_, _, ok := At(m, path)
	return ok
}

// Text is the value at a path as the REST API shows it: an enum by its name, a
// time in RFC 3339. It is "" where there is none.
func Text(m protoreflect.Message, path string) string {
	v, f, ok := At(m, path)
	if !ok {
		return ""
	}
	return scalar(v, f)
}

// Texts are the values of a list at a path.
func Texts(m protoreflect.Message, path string) []string {
	v, f, ok := At(m, path)
	if !ok {
		return nil
	}
	all := make([]string, v.List().Len())
	for i := range all {
		all[i] = scalar(v.List().Get(i), f)
	}
	return all
}

func scalar(v protoreflect.Value, f protoreflect.FieldDescriptor) string {
	switch f.Kind() {
	case protoreflect.EnumKind:
		if value := f.Enum().Values().ByNumber(v.Enum()); value != nil {
			return string(value.Name())
		}
		return strconv.Itoa(int(v.Enum()))
	case protoreflect.MessageKind:
		return Show(v.Message())
	case protoreflect.BytesKind:
		return string(v.Bytes())
	}
	return v.String()
}

// Time is the time at a path.
func Time(m protoreflect.Message, path string) (time.Time, bool) {
	v, _, ok := At(m, path)
	if !ok {
		return time.Time{}, false
	}
	at, ok := v.Message().Interface().(*timestamppb.Timestamp)
	return at.AsTime(), ok
}

// shownText bounds what a message shows of a text.
const shownText = 60

// Words are the value at a path for a message to people: `"Service Desk" (id 1)`.
func Words(m protoreflect.Message, path string) string {
	v, f, ok := At(m, path)
	if !ok {
		return "unset"
	}
	return words(v, f)
}

func words(v protoreflect.Value, f protoreflect.FieldDescriptor) string {
	switch {
	case f.IsMap():
		var all []string
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			all = append(all, k.String()+"="+scalar(v, f.MapValue()))
			return true
		})
		slices.Sort(all)
		return short("{" + strings.Join(all, ", ") + "}")
	case f.IsList():
		var all []string
		for i := range v.List().Len() {
			all = append(all, scalar(v.List().Get(i), f))
		}
		return short("[" + strings.Join(all, ", ") + "]")
	case f.Kind() == protoreflect.StringKind, f.Kind() == protoreflect.BytesKind:
		return strconv.Quote(short(scalar(v, f)))
	}
	return short(scalar(v, f))
}

func short(text string) string {
	runes := []rune(text)
	if len(runes) <= shownText {
		return text
	}
	return string(runes[:shownText]) + "..."
}

// Show is a message in one line: times, JSON values and references in the form
// that people know, others field by field.
func Show(m protoreflect.Message) string {
	switch v := m.Interface().(type) {
	case *timestamppb.Timestamp:
		return v.AsTime().Format(time.RFC3339Nano)
	case *structpb.Value:
		text, err := v.MarshalJSON()
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	if id, name := Text(m, "id"), Text(m, "name"); id != "" || name != "" {
		if id == "" {
			return strconv.Quote(name)
		}
		return fmt.Sprintf("%q (id %s)", name, id)
	}
	var all []string
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		all = append(all, string(f.Name())+": "+words(v, f))
		return true
	})
	slices.Sort(all)
	return "{" + strings.Join(all, ", ") + "}"
}

// Difference is a field that two records do not have alike.
type Difference struct {
	// Field is the field's name; a custom field is `custom_fields["<id>"]`.
	Field string
	// A and B are what the two have there, in words.
	A, B string
}

// Differences are the fields in which two records of one resource differ, in the
// order of the resource's definition.
func Differences(a, b protoreflect.Message) []Difference {
	var all []Difference
	fields := a.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case f.IsMap():
			all = append(all, ofMaps(f, a, b)...)
		case a.Has(f) != b.Has(f) || !alike(f, a.Get(f), b.Get(f)):
			name := string(f.Name())
			all = append(all, Difference{Field: name, A: Words(a, name), B: Words(b, name)})
		}
	}
	return all
}

func ofMaps(f protoreflect.FieldDescriptor, a, b protoreflect.Message) []Difference {
	keys := map[string]protoreflect.MapKey{}
	for _, m := range []protoreflect.Message{a, b} {
		m.Get(f).Map().Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
			keys[k.String()] = k
			return true
		})
	}
	var all []Difference
	for name, k := range keys {
		in := [2]string{"unset", "unset"}
		for n, m := range []protoreflect.Message{a, b} {
			if v := m.Get(f).Map().Get(k); v.IsValid() {
				in[n] = scalar(v, f.MapValue())
			}
		}
		if in[0] != in[1] {
			all = append(all, Difference{Field: fmt.Sprintf("%s[%q]", f.Name(), name), A: short(in[0]), B: short(in[1])})
		}
	}
	slices.SortFunc(all, func(a, b Difference) int { return strings.Compare(a.Field, b.Field) })
	return all
}

func alike(f protoreflect.FieldDescriptor, a, b protoreflect.Value) bool {
	if f.IsList() {
		if a.List().Len() != b.List().Len() {
			return false
		}
		for i := range a.List().Len() {
			if !same(f, a.List().Get(i), b.List().Get(i)) {
				return false
			}
		}
		return true
	}
	return same(f, a, b)
}

func same(f protoreflect.FieldDescriptor, a, b protoreflect.Value) bool {
	if f.Kind() == protoreflect.MessageKind {
		return proto.Equal(a.Message().Interface(), b.Message().Interface())
	}
	return a.Equal(b)
}
