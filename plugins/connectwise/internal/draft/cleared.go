package draft

import (
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// cleared is a field that nobody asked to clear, and why its value cannot stay.
type cleared struct{ field, why string }

// Drop clears a member that nobody asked to clear and whose value cannot stay
// beside what is asked for. The receipt tells it as changed, for this reason.
func (d *Draft[T]) Drop(field, name, why string) {
	d.Set(field, name, nil)
	d.cleared = append(d.cleared, cleared{field, why})
}

// Along reports whether the write sets or clears what nobody asked for.
func (d *Draft[T]) Along() bool { return len(d.Defaulted)+len(d.cleared) > 0 }

func (d *Draft[T]) drops(field string) bool {
	for _, c := range d.cleared {
		if c.field == field {
			return true
		}
	}
	return false
}

// Tell says in the receipt of a change why fields were cleared, and what is held
// there now.
func (d *Draft[T]) Tell(out *psav1.Receipt, held T) {
	for _, c := range d.cleared {
		for _, f := range out.GetChanged() {
			if f.GetField() == c.field {
				f.SetReason(c.why)
			}
		}
		// A receipt compares the custom fields that were asked for alone.
		id, ok := receipt.CustomFieldID(c.field)
		if !ok {
			continue
		}
		was, is := customValue(d.Before, id), customValue(held, id)
		if !proto.Equal(was, is) {
			out.SetChanged(append(out.GetChanged(), psav1.FieldResult_builder{
				Field: &c.field, Holds: is, Code: new(psav1.DropCode_RULE), Reason: &c.why,
			}.Build()))
		}
	}
}

// customValue is the value of a custom field of a record, or nil.
func customValue(m proto.Message, id string) *structpb.Value {
	r := m.ProtoReflect()
	fields := r.Get(r.Descriptor().Fields().ByName(customFields)).Map()
	v := fields.Get(protoreflect.ValueOfString(id).MapKey())
	if !v.IsValid() {
		return nil
	}
	value, _ := v.Message().Interface().(*structpb.Value)
	return value
}
