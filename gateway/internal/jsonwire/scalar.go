package jsonwire

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// wants says which JSON a field takes.
func (f *field) wants() string {
	switch f.Kind {
	case operation.Bool:
		return "true or false"
	case operation.Int32, operation.Uint32:
		return "a whole number"
	case operation.Double:
		return "a number"
	case operation.Timestamp:
		return "a time as a string, such as \"2026-11-23T09:30:00Z\""
	case operation.Nested:
		return "an object"
	default:
		return "a string"
	}
}

// ofText makes a value of a string: a JSON string, or a query parameter's.
// Without one it has reported why.
func (f *field) ofText(path, s string, v *violations) (protoreflect.Value, bool) {
	switch f.Kind {
	case operation.EnumKind:
		number, ok := f.numbers[s]
		if !ok || !slices.Contains(f.Allowed(), s) {
			v.unknown(path, fmt.Sprintf("%q is not allowed here", clip(s)), s, f.Allowed())
			return protoreflect.Value{}, false
		}
		return protoreflect.ValueOfEnum(number), true
	case operation.Timestamp:
		var t time.Time
		// Unlike time.Parse, this keeps to RFC 3339.
		if err := t.UnmarshalText([]byte(s)); err != nil || timestamppb.New(t).CheckValid() != nil {
			v.add(path, fmt.Sprintf("%q is not an RFC 3339 time, such as 2026-11-23T09:30:00Z", clip(s)))
			return protoreflect.Value{}, false
		}
		return protoreflect.ValueOfMessage(timestamppb.New(t).ProtoReflect()), true
	default:
		if in := f.Constraints.In; len(in) > 0 && !slices.Contains(in, s) {
			v.unknown(path, fmt.Sprintf("%q is not allowed here", clip(s)), s, in)
			return protoreflect.Value{}, false
		}
		return protoreflect.ValueOfString(s), true
	}
}

// ofNumber makes a value of a JSON number as it is written.
func (f *field) ofNumber(path, s string, v *violations) (protoreflect.Value, bool) {
	if f.Kind == operation.Double {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			v.add(path, fmt.Sprintf("%s is larger than a number can be here", clip(s)))
		}
		return protoreflect.ValueOfFloat64(n), err == nil
	}
	if strings.ContainsAny(s, ".eE") {
		v.add(path, fmt.Sprintf("%s is not a whole number, written without point and exponent", clip(s)))
		return protoreflect.Value{}, false
	}
	low, high := int64(math.MinInt32), int64(math.MaxInt32)
	if f.Kind == operation.Uint32 {
		low, high = 0, math.MaxUint32
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < low || n > high {
		v.add(path, fmt.Sprintf("%s is outside of %d to %d", clip(s), low, high))
		return protoreflect.Value{}, false
	}
	if f.Kind == operation.Uint32 {
		return protoreflect.ValueOfUint32(uint32(n)), true
	}
	return protoreflect.ValueOfInt32(int32(n)), true
}
