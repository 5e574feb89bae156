package record

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Holds tells whether a record holds at a path what another has there: what is
// empty in the one is empty in the other. A reference is held when each of its
// parts that was asked for is; text in whatever lines end and blanks at its end;
// lists in whatever order.
func Holds(asked, held protoreflect.Message, path string) bool {
	if id, ok := customID(path); ok {
		return sameValue(custom(asked, id), custom(held, id))
	}
	f, want := field(asked, path)
	_, got := field(held, path)
	return f != nil && sameField(f, want, got)
}

// Equal tells whether two records have exactly the same at a path.
func Equal(one, other protoreflect.Message, path string) bool {
	if id, ok := customID(path); ok {
		return proto.Equal(custom(one, id), custom(other, id))
	}
	_, a := field(one, path)
	_, b := field(other, path)
	return a.IsValid() == b.IsValid() && (!a.IsValid() || a.Equal(b))
}

// Show is what a record has at a path, as messages show it.
func Show(m protoreflect.Message, path string) string {
	v := JSON(m, path)
	if v == nil {
		return "nothing"
	}
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v.AsInterface()); err != nil {
		return err.Error()
	}
	return short(strings.TrimSpace(text.String()))
}

// maxShown is how much of a value a message shows.
const maxShown = 200

func short(text string) string {
	if runes := []rune(text); len(runes) > maxShown {
		return fmt.Sprintf("%s... (%d characters)", string(runes[:maxShown]), len(runes))
	}
	return text
}

// JSON is what a record has at a path as receipts tell it; nil for nothing.
func JSON(m protoreflect.Message, path string) *structpb.Value {
	if id, ok := customID(path); ok {
		return custom(m, id)
	}
	f, v := field(m, path)
	if f == nil || !v.IsValid() {
		return nil
	}
	one := m.New()
	one.Set(f, v)
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(one.Interface())
	if err != nil {
		return nil
	}
	whole := &structpb.Struct{}
	if err := whole.UnmarshalJSON(text); err != nil {
		return nil
	}
	return whole.GetFields()[path]
}

func sameField(f protoreflect.FieldDescriptor, want, got protoreflect.Value) bool {
	switch {
	case f.IsList():
		return sameList(f, want, got)
	case f.Kind() == protoreflect.StringKind:
		return sameText(text(want), text(got))
	case !want.IsValid() && f.Kind() != protoreflect.EnumKind && f.Kind() != protoreflect.MessageKind:
		return !got.IsValid() || got.Equal(f.Default()) // a number that is cleared may be read as 0
	case !want.IsValid() || !got.IsValid():
		return want.IsValid() == got.IsValid()
	case f.Kind() == protoreflect.MessageKind:
		return sameMessage(want.Message(), got.Message())
	}
	return want.Equal(got)
}

func text(v protoreflect.Value) string {
	if !v.IsValid() {
		return ""
	}
	return v.String()
}

// sameText compares texts that a PSA may have put other line ends into, and taken
// the blanks at the end from.
func sameText(want, got string) bool { return lines(want) == lines(got) }

func lines(text string) string {
	return strings.TrimRightFunc(strings.ReplaceAll(text, "\r\n", "\n"), unicode.IsSpace)
}

// sameMessage compares every part that was asked for. Names and addresses are the
// same in any case.
func sameMessage(want, got protoreflect.Message) bool {
	switch w := want.Interface().(type) {
	case *timestamppb.Timestamp:
		g, ok := got.Interface().(*timestamppb.Timestamp)
		return ok && w.AsTime().Equal(g.AsTime())
	case *structpb.Value:
		g, ok := got.Interface().(*structpb.Value)
		return ok && sameValue(w, g)
	}
	same := true
	want.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch f.Name() {
		case "name", "email":
			same = strings.EqualFold(strings.TrimSpace(v.String()), strings.TrimSpace(got.Get(f).String()))
		default:
			var held protoreflect.Value
			if got.Has(f) {
				held = got.Get(f)
			}
			same = sameField(f, v, held)
		}
		return same
	})
	return same
}

// sameList compares two lists as sets: each value of the one is a value of its own
// of the other.
func sameList(f protoreflect.FieldDescriptor, want, got protoreflect.Value) bool {
	w, g := values(want), values(got)
	if len(w) != len(g) {
		return false
	}
	for _, one := range w {
		i := slices.IndexFunc(g, func(other protoreflect.Value) bool {
			if f.Kind() == protoreflect.MessageKind {
				return sameMessage(one.Message(), other.Message())
			}
			return one.Equal(other)
		})
		if i < 0 {
			return false
		}
		g = slices.Delete(g, i, i+1)
	}
	return true
}

func values(v protoreflect.Value) []protoreflect.Value {
	if !v.IsValid() {
		return nil
	}
	list := make([]protoreflect.Value, v.List().Len())
	for i := range list {
		list[i] = v.List().Get(i)
	}
	return list
}

// closeEnough is how far two numbers may be apart that passed through decimals.
const closeEnough = 1e-9

// sameValue compares values of custom fields; nil is none, and an empty text too.
func sameValue(want, got *structpb.Value) bool {
	switch w := want.GetKind().(type) {
	case *structpb.Value_NumberValue:
		g, ok := got.GetKind().(*structpb.Value_NumberValue)
		return ok && math.Abs(w.NumberValue-g.NumberValue) <= closeEnough*max(1, math.Abs(w.NumberValue))
	case *structpb.Value_ListValue:
		g, ok := got.GetKind().(*structpb.Value_ListValue)
		return ok && sameSet(w.ListValue.GetValues(), g.ListValue.GetValues())
	case nil, *structpb.Value_NullValue, *structpb.Value_StringValue:
		switch got.GetKind().(type) {
		case nil, *structpb.Value_NullValue, *structpb.Value_StringValue:
			return sameMoment(want.GetStringValue(), got.GetStringValue()) || sameText(want.GetStringValue(), got.GetStringValue())
		}
		return false
	}
	return proto.Equal(want, got)
}

func sameSet(want, got []*structpb.Value) bool {
	got = slices.Clone(got)
	for _, w := range want {
		i := slices.IndexFunc(got, func(g *structpb.Value) bool { return sameValue(w, g) })
		if i < 0 {
			return false
		}
		got = slices.Delete(got, i, i+1)
	}
	return len(got) == 0
}

// sameMoment tells whether two texts are one time, written in two ways.
func sameMoment(one, other string) bool {
	a, err := time.Parse(time.RFC3339, one)
	if err != nil {
		return false
	}
	b, err := time.Parse(time.RFC3339, other)
	return err == nil && a.Equal(b)
}
