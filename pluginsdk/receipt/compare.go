// Package receipt says what became of a write: it compares what was asked with
// what the PSA holds afterwards, field by field, because PSAs answer success and
// ignore.
package receipt

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
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
	// rounded says that it is held as nearly as the PSA can.
	rounded bool
	// settled says that to ask again would change nothing.
	settled bool
	code    psav1.DropCode_V
	why     string
}

var asAsked = verdict{held: true}

func differs(code psav1.DropCode_V, why string) verdict { return verdict{code: code, why: why} }

func rounds(why string) verdict {
	return verdict{rounded: true, code: psav1.DropCode_ROUNDED, why: why}
}

// compare compares the values of a field; either may be invalid, which is none.
func (w Write) compare(fd protoreflect.FieldDescriptor, asked, held protoreflect.Value) verdict {
	if fd.Kind() == protoreflect.Int32Kind && strings.HasSuffix(string(fd.Name()), "_seconds") && asked.IsValid() && held.IsValid() {
		return w.compareDurations(asked.Int(), held.Int())
	}
	return compare(fd, asked, held)
}

func (w Write) compareDurations(asked, held int64) verdict {
	unit := int64(w.DurationUnit)
	switch {
	case asked == held:
		return asAsked
	case unit > 0 && (asked+unit/2)/unit*unit == held:
		v := rounds(fmt.Sprintf("the PSA keeps durations in steps of %d seconds", unit))
		v.settled = true
		return v
	}
	return differs(psav1.DropCode_ROUNDED, "the PSA holds another duration")
}

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
	}
	switch {
	case asked.Equal(held):
		return asAsked
	case fd.Enum() != nil && fd.Enum().FullName() == formatEnum:
		return differs(psav1.DropCode_FORMAT, "the PSA keeps the text as it was sent, and shows it in another format")
	}
	return otherValue
}

// formatEnum is how a text is marked up.
var formatEnum = psav1.Format_PLAIN.Descriptor().FullName()

var otherValue = differs(psav1.DropCode_UNKNOWN, "the PSA holds another value")

// compareTexts takes no notice of how lines end, nor of what is empty at the end
// of the text.
func compareTexts(asked, held string) verdict {
	lines := func(s string) string {
		return strings.TrimRightFunc(strings.ReplaceAll(s, "\r\n", "\n"), unicode.IsSpace)
	}
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
		return rounds("the PSA keeps whole seconds")
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
	// One by one: two that were asked for are not both the one that is held.
	taken := make([]bool, size(held))
	for i := range size(asked) {
		a, found := asked.List().Get(i), false
		for j := range taken {
			h := held.List().Get(j)
			same := !taken[j] && (fd.Kind() == protoreflect.MessageKind && compareMessages(a.Message(), h.Message()).held ||
				fd.Kind() != protoreflect.MessageKind && a.Equal(h))
			if same {
				taken[j], found = true, true
				break
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
	x, xNumber := asked.GetKind().(*structpb.Value_NumberValue)
	y, yNumber := held.GetKind().(*structpb.Value_NumberValue)
	switch {
	case proto.Equal(asked, held):
		return asAsked
	case xNumber && yNumber && roundedTo(x.NumberValue, y.NumberValue):
		return rounds("the PSA keeps fewer decimals")
	}
	return otherValue
}

// roundedTo reports whether a number is another one with fewer decimals.
func roundedTo(asked, held float64) bool {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(held, 'f', -1, 64), ".")
	scale := math.Pow10(len(decimals))
	return len(decimals) < 10 && math.Round(asked*scale)/scale == held
}

func reason(v verdict, kept bool) string {
	if kept {
		return "the PSA answered success and kept the old value; the account may not be allowed to write it, or a rule set it back"
	}
	return cmp.Or(v.why, "the PSA holds another value than asked")
}
