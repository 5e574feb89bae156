package record

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// Witnessed tells whether a simulator tells what it holds of a kind of records.
func Witnessed(t *suite.T, k Kind) bool {
	return t.File.Witnesses[k.Name] != nil && t.Simulator != nil && t.Simulator.Has[simulated.State]
}

// Against says where a record that the connector answers is not what the simulator
// holds. Without a witness of the kind it finds nothing.
func (r Ref) Against(t *suite.T, m protoreflect.Message) []string {
	if !Witnessed(t, r.Kind) {
		return nil
	}
	w := t.File.Witnesses[r.Name]
	raw, err := t.Simulator.Record(t.Context(), w.Collection, r.ID, w.IDOf())
	t.Must(err)
	if raw == nil {
		return []string{fmt.Sprintf("%s: the simulator holds none in %s", r, w.Collection)}
	}
	holds, err := w.Holds(raw)
	t.Must(err)
	names, err := w.Names()
	t.Must(err)
	var wrong []string
	for _, name := range names {
		if got := Text(m, name); !sameTold(got, holds[name]) {
			wrong = append(wrong, fmt.Sprintf("%s: the connector reads %s %q, and the simulator holds %q", r, name, short(got), short(holds[name])))
		}
	}
	return wrong
}

// Held tells whether the simulator still holds a record; known is false where it
// does not tell.
func (r Ref) Held(t *suite.T) (held, known bool) {
	if !Witnessed(t, r.Kind) {
		return false, false
	}
	w := t.File.Witnesses[r.Name]
	raw, err := t.Simulator.Record(t.Context(), w.Collection, r.ID, w.IDOf())
	t.Must(err)
	return raw != nil, true
}

// sameTold compares a value that the connector reads with one that a witness
// tells, both as texts: numbers and times by what they mean. The expressions of HCL
// compose letters and their accents, so that it does not look at that.
func sameTold(read, told string) bool {
	read, told = norm.NFC.String(read), norm.NFC.String(told)
	if sameText(read, told) || sameMoment(read, told) {
		return true
	}
	a, err := strconv.ParseFloat(read, 64)
	if err != nil {
		return false
	}
	b, err := strconv.ParseFloat(told, 64)
	return err == nil && a == b
}

// Text is what a record has at a path of a witness, such as `status.id`; "" for
// nothing. Of a list it is the values in their order, joined by commas.
func Text(m protoreflect.Message, path string) string {
	if id, ok := customID(path); ok {
		return valueText(custom(m, id))
	}
	name, rest, deeper := strings.Cut(path, ".")
	f, v := field(m, name)
	switch {
	case f == nil || !v.IsValid():
		return ""
	case f.IsList():
		var texts []string
		for _, one := range values(v) {
			texts = append(texts, leaf(f, one, rest))
		}
		sort.Strings(texts)
		return strings.Join(texts, ",")
	case deeper && f.Kind() == protoreflect.MessageKind:
		return Text(v.Message(), rest)
	}
	return leaf(f, v, rest)
}

// leaf is one value as a text; below is the path that goes on in a message.
func leaf(f protoreflect.FieldDescriptor, v protoreflect.Value, below string) string {
	switch f.Kind() {
	case protoreflect.EnumKind:
		if e := f.Enum().Values().ByNumber(v.Enum()); e != nil {
			return string(e.Name())
		}
	case protoreflect.MessageKind:
		if at, ok := v.Message().Interface().(*timestamppb.Timestamp); ok {
			return at.AsTime().Format(time.RFC3339Nano)
		}
		return Text(v.Message(), below)
	}
	return v.String()
}

func valueText(v *structpb.Value) string {
	switch v.GetKind().(type) {
	case nil:
		return ""
	case *structpb.Value_StringValue:
		return v.GetStringValue()
	}
	text, err := v.MarshalJSON()
	if err != nil {
		return ""
	}
	return string(text)
}
