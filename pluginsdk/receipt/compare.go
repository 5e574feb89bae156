// Package receipt says what became of a write: it compares what was asked with
// what the PSA holds afterwards, field by field, because PSAs answer success and
// ignore.
package receipt

import (
	"cmp"
	"math"
	"strings"
	"unicode"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// verdict is what became of one field: held as asked, or why not.
type verdict struct {
	held bool
	code psav1.DropCode_V
	why  string
}

var asAsked = verdict{held: true}

func differs(code psav1.DropCode_V, why string) verdict { return verdict{code: code, why: why} }

// durationSlack is how far hours in decimals move a duration: 0.01 h.
const durationSlack = 36

// compare compares the values of a field; either may be invalid, which is none.
func compare(fd protoreflect.FieldDescriptor, asked, held protoreflect.Value) verdict {
	switch {
	case fd.IsList():
		return compareLists(fd, asked, held)
	case !asked.IsValid() && !held.IsValid():
		return asAsked
	case !asked.IsValid():
		return differs(psav1.DropCode_UNKNOWN, "the PSA did not clear it")
	case !held.IsValid():
		if fd.Kind() == protoreflect.StringKind && asked.String() == "" {
			return asAsked
		}
		return differs(psav1.DropCode_UNKNOWN, "the PSA holds nothing")
	}
	switch fd.Kind() {
	case protoreflect.MessageKind:
		return compareMessages(asked.Message(), held.Message())
	case protoreflect.StringKind:
		return compareTexts(asked.String(), held.String())
	case protoreflect.Int32Kind:
		apart := math.Abs(float64(asked.Int() - held.Int()))
		duration := strings.HasSuffix(string(fd.Name()), "_seconds")
		switch {
		case apart == 0, duration && apart <= durationSlack:
			return asAsked
		case duration:
			return differs(psav1.DropCode_ROUNDED, "the PSA holds another duration")
		}
	}
	if asked.Equal(held) {
		return asAsked
	}
	return otherValue
}

var otherValue = differs(psav1.DropCode_UNKNOWN, "the PSA holds another value")

func compareTexts(asked, held string) verdict {
	lines := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	if lines(asked) == lines(held) {
		return asAsked
	}
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	if bare(asked) == bare(held) {
		return differs(psav1.DropCode_FORMAT, "the PSA holds the text with other spaces or line ends")
	}
	return otherValue
}

// compareMessages compares a reference and its like: the id decides where it was
// asked for, else every member that was.
func compareMessages(asked, held protoreflect.Message) verdict {
	switch a := asked.Interface().(type) {
	case *timestamppb.Timestamp:
		return compareTimes(a, held.Interface())
	case *structpb.Value:
		if proto.Equal(a, held.Interface()) {
			return asAsked
		}
		return otherValue
	}
	if id := asked.Descriptor().Fields().ByName("id"); id != nil && asked.Has(id) {
		if held.Get(id).String() == asked.Get(id).String() {
			return asAsked
		}
		return otherValue
	}
	result := asAsked
	asked.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch fd.Name() {
		case "name", "email":
			if !strings.EqualFold(strings.TrimSpace(v.String()), strings.TrimSpace(held.Get(fd).String())) {
				result = otherValue
			}
			return result.held
		}
		var got protoreflect.Value
		if held.Has(fd) {
			got = held.Get(fd)
		}
		result = compare(fd, v, got)
		return result.held
	})
	return result
}

func compareTimes(asked *timestamppb.Timestamp, held proto.Message) verdict {
	h, ok := held.(*timestamppb.Timestamp)
	if !ok {
		return otherValue
	}
	switch apart := asked.AsTime().Sub(h.AsTime()).Abs(); {
	case apart == 0:
		return asAsked
	case apart.Seconds() < 1:
		return differs(psav1.DropCode_ROUNDED, "the PSA keeps whole seconds")
	}
	return otherValue
}

// compareLists compares lists as sets: a PSA keeps no order of people.
func compareLists(fd protoreflect.FieldDescriptor, asked, held protoreflect.Value) verdict {
	size := func(v protoreflect.Value) int {
		if !v.IsValid() {
			return 0
		}
		return v.List().Len()
	}
	if size(asked) != size(held) {
		return otherValue
	}
	for i := range size(asked) {
		found := false
		for j := range size(held) {
			a, h := asked.List().Get(i), held.List().Get(j)
			if fd.Kind() == protoreflect.MessageKind {
				found = found || compareMessages(a.Message(), h.Message()).held
			} else {
				found = found || a.Equal(h)
			}
		}
		if !found {
			return otherValue
		}
	}
	return asAsked
}

// compareCustom compares the values of a custom field; either may be nil.
func compareCustom(asked, held *structpb.Value) verdict {
	none := func(v *structpb.Value) bool {
		if v == nil {
			return true
		}
		_, null := v.GetKind().(*structpb.Value_NullValue)
		return null || v.GetKind() == nil
	}
	switch {
	case none(asked) && none(held):
		return asAsked
	case none(asked):
		return differs(psav1.DropCode_UNKNOWN, "the PSA did not clear it")
	case none(held):
		return differs(psav1.DropCode_UNKNOWN, "the PSA holds nothing")
	}
	a, aText := asked.GetKind().(*structpb.Value_StringValue)
	h, hText := held.GetKind().(*structpb.Value_StringValue)
	if aText && hText {
		return compareTexts(a.StringValue, h.StringValue)
	}
	if proto.Equal(asked, held) {
		return asAsked
	}
	return otherValue
}

func reason(v verdict, kept bool) string {
	if kept {
		return "the PSA answered success and kept the old value; the account may not be allowed to write it, or a rule set it back"
	}
	return cmp.Or(v.why, "the PSA holds another value than asked")
}
