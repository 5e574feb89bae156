package jsonwire_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// generator fills messages at random with what our writer and protojson have to
// agree on: no raw JSON, no request's field, no UNSPECIFIED, nothing omitted.
type generator struct{ *rand.Rand }

func (g generator) message(m *operation.Message, depth int) proto.Message {
	out := m.New()
	into := out.ProtoReflect()
	for _, f := range m.Fields {
		fd := into.Descriptor().Fields().ByName(protoreflect.Name(f.Name))
		if f.InputOnly || f.Kind == operation.JSON || f.Name == "omitted" || g.IntN(3) == 0 || depth > 4 {
			continue
		}
		switch {
		case f.Map:
			for range g.IntN(4) {
				into.Mutable(fd).Map().Set(protoreflect.ValueOfString(g.text()).MapKey(), g.value(f, depth))
			}
		case f.Repeated:
			for range g.IntN(4) {
				into.Mutable(fd).List().Append(g.value(f, depth))
			}
		default:
			into.Set(fd, g.value(f, depth))
		}
	}
	return out
}

func (g generator) value(f *operation.Field, depth int) protoreflect.Value {
	switch f.Kind {
	case operation.Bool:
		return protoreflect.ValueOfBool(g.IntN(2) == 0)
	case operation.Int32:
		return protoreflect.ValueOfInt32(int32(g.Uint32()))
	case operation.Uint32:
		return protoreflect.ValueOfUint32(g.Uint32())
	case operation.Double:
		return protoreflect.ValueOfFloat64(g.number())
	case operation.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(f.Enum.Values[g.IntN(len(f.Enum.Values))].Number))
	case operation.Nested:
		return protoreflect.ValueOfMessage(g.message(f.Message, depth+1).ProtoReflect())
	case operation.Timestamp:
		at := &timestamppb.Timestamp{Seconds: g.Int64N(253402300799), Nanos: []int32{0, 250_000_000, 1000, 7}[g.IntN(4)]}
		return protoreflect.ValueOfMessage(at.ProtoReflect())
	case operation.Value:
		return protoreflect.ValueOfMessage(g.any(depth).ProtoReflect())
	default:
		return protoreflect.ValueOfString(g.text())
	}
}

func (g generator) any(depth int) *structpb.Value {
	kinds := 6
	if depth > 4 {
		kinds = 4
	}
	switch g.IntN(kinds) {
	case 0:
		return structpb.NewNullValue()
	case 1:
		return structpb.NewBoolValue(true)
	case 2:
		return structpb.NewNumberValue(g.number())
	case 3:
		return structpb.NewStringValue(g.text())
	case 4:
		list := &structpb.ListValue{}
		for range g.IntN(3) {
			list.Values = append(list.Values, g.any(depth+1))
		}
		return structpb.NewListValue(list)
	default:
		object := &structpb.Struct{Fields: map[string]*structpb.Value{}}
		for range g.IntN(3) {
			object.Fields[g.text()] = g.any(depth + 1)
		}
		return structpb.NewStructValue(object)
	}
}

func (g generator) number() float64 {
	return []float64{0, -1, 4, 1e21, 1e-7, 123456789.25, g.NormFloat64()}[g.IntN(7)]
}

func (g generator) text() string {
	alphabet := []rune("ab \"\\/\n\t\x00\x1f\x7f<>&é€\u2028😀\uFFFD")
	var s strings.Builder
	for range g.IntN(12) {
		s.WriteRune(alphabet[g.IntN(len(alphabet))])
	}
	return s.String()
}

// FuzzEncode holds that our writer and protojson say the same where both may
// speak.
func FuzzEncode(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	fx := setup(f)
	names := slices.Sorted(maps.Keys(fx.catalogue.Messages))
	f.Fuzz(func(t *testing.T, seed uint64) {
		g := generator{rand.New(rand.NewPCG(seed, 1))}
		drawn := fx.catalogue.Messages[names[g.IntN(len(names))]]
		message := g.message(drawn, 0)
		ours, err := fx.codec.Encode(nil, message)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(withoutInputOnly(drawn, parse(t, theirs)), parse(t, ours)); diff != "" {
			t.Errorf("%s:\n%s\n%s", message.ProtoReflect().Descriptor().FullName(), ours, diff)
		}
		again, err := fx.codec.Encode(nil, proto.Clone(message))
		if err != nil || string(again) != string(ours) {
			t.Errorf("written twice, it differs (%v)", err)
		}
	})
}

// withoutInputOnly takes away what no answer carries, and what protojson writes as
// an empty list or map all the same.
func withoutInputOnly(m *operation.Message, v any) any {
	fields, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for _, f := range m.Fields {
		switch value := fields[f.Name].(type) {
		case nil:
		case []any:
			for _, element := range value {
				if f.Message != nil {
					withoutInputOnly(f.Message, element)
				}
			}
		default:
			if f.Message != nil && !f.Map {
				withoutInputOnly(f.Message, value)
			}
		}
		if f.InputOnly {
			delete(fields, f.Name)
		}
	}
	return fields
}

func parse(t *testing.T, raw []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}
