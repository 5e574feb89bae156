// Package draft prepares writes of records: the fields that a caller asks for
// become members of the vendor's record, and everything that is wrong with them is
// said at once, before anything is sent.
package draft

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// Draft is a write of a record being prepared.
type Draft[T proto.Message] struct {
	Account *account.Account
	// Record is what the record is called: "contact".
	Record string
	// Input is the record as asked, Asked the same with the ids that names mean.
	Input, Asked T
	// Before is the record as it is. It counts for a Change alone.
	Before T
	// Change says that the record exists already.
	Change bool
	// Fields are the fields asked for: top-level names and `custom_fields["<id>"]`.
	Fields []string
	// Defaulted are the fields that nobody asked for and that the others demand.
	Defaulted []string
	// Warnings are what a person should know.
	Warnings []string

	members []member
	cleared []cleared
}

// member is one member of the vendor's record and the fields that it serves.
type member struct {
	fields []string
	name   string
	value  any
}

// New returns the draft of a new record that is to hold input. What is no field of
// a record, such as notify, stays without.
func New[T proto.Message](a *account.Account, record string, input T, without ...string) *Draft[T] {
	return &Draft[T]{Account: a, Record: record, Input: input, Asked: proto.CloneOf(input), Fields: receipt.SetFields(input, without...)}
}

// Of returns the draft of a change of a record: the fields become what input
// holds, or empty where it holds nothing.
func Of[T proto.Message](a *account.Account, record string, before, input T, fields []string) *Draft[T] {
	return &Draft[T]{
		Account: a, Record: record, Input: input, Asked: proto.CloneOf(input), Fields: slices.Clone(fields),
		Before: before, Change: true,
	}
}

// Set makes a member of the vendor's record what a field asks for; nil clears.
func (d *Draft[T]) Set(field, name string, value any) {
	d.SetFor([]string{field}, name, value)
}

// SetFor makes a member what several fields ask for together.
func (d *Draft[T]) SetFor(fields []string, name string, value any) {
	d.members = append(d.members, member{fields, name, value})
}

// Fill sets a member that nobody asked for and that the others demand.
func (d *Draft[T]) Fill(field, name string, value any) {
	d.Set(field, name, value)
	d.Defaulted = append(d.Defaulted, field)
}

// Has reports whether a field was asked for.
func (d *Draft[T]) Has(field string) bool { return slices.Contains(d.Fields, field) }

// Clears reports whether a field that was asked for is to be emptied.
func (d *Draft[T]) Clears(field string) bool { return !Holds(d.Input, field) }

// Holds reports whether a record has a value in a field.
func Holds(m proto.Message, field string) bool {
	r := m.ProtoReflect()
	fd := r.Descriptor().Fields().ByName(protoreflect.Name(field))
	return fd != nil && r.Has(fd)
}

// echoes reports whether a field is asked to be what it is, in the words that it
// was read in: callers send back what they read. Nothing of it is looked up then,
// so that what is no longer in use may stay.
func (d *Draft[T]) echoes(field string) bool {
	if !d.Change || !Holds(d.Input, field) || !Holds(d.Before, field) {
		return false
	}
	fd := d.Input.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(field))
	return d.Input.ProtoReflect().Get(fd).Equal(d.Before.ProtoReflect().Get(fd))
}

// Writer prepares one field.
type Writer struct {
	Field string
	Write func(context.Context) error
	// Within are the fields that its values depend on. They come before it.
	Within []string
}

// Unsupported is a field that the vendor has no place for.
type Unsupported struct{ Field, Why string }

// Resolve lets the writers of the fields that were asked for prepare them, in
// their order, and gathers what is wrong. Custom fields are the last of the
// writers', under the name custom_fields.
func (d *Draft[T]) Resolve(ctx context.Context, writers []Writer, unsupported []Unsupported) error {
	if err := d.refuse(writers, unsupported); err != nil {
		return err
	}
	return d.Write(ctx, writers)
}

// Write is Resolve for a record that refuses fields in its own words. wrong is what
// was found wrong before.
func (d *Draft[T]) Write(ctx context.Context, writers []Writer, wrong ...fault.Violation) error {
	for _, w := range writers {
		if !d.asks(w.Field) || d.stays(w) {
			continue
		}
		err := w.Write(ctx)
		if fault.CodeOf(err) == fault.CodeInvalidArgument {
			wrong = append(wrong, fault.From(err).Violations...)
			continue
		}
		if err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

// asks reports whether a writer has anything to do.
func (d *Draft[T]) asks(field string) bool {
	if field != customFields {
		return d.Has(field)
	}
	return slices.ContainsFunc(d.Fields, isCustom)
}

// stays reports whether a field is asked to be what it is, and so is all that it
// depends on.
func (d *Draft[T]) stays(w Writer) bool {
	return d.echoes(w.Field) && !slices.ContainsFunc(w.Within, func(f string) bool { return d.Has(f) && !d.echoes(f) })
}

// refuse names the fields that no write can set.
func (d *Draft[T]) refuse(writers []Writer, unsupported []Unsupported) error {
	for _, field := range d.Fields {
		if isCustom(field) || d.echoes(field) {
			continue
		}
		if n := slices.IndexFunc(unsupported, func(u Unsupported) bool { return u.Field == field }); n >= 0 {
			return fault.FieldNotSupported(field, unsupported[n].Why)
		}
		if !slices.ContainsFunc(writers, func(w Writer) bool { return w.Field == field }) {
			return fault.InvalidArgument(field, fmt.Sprintf("a %s has no field %s that can be written", d.Record, field))
		}
	}
	return nil
}

// Ops are the operations of a PATCH for the fields that differ, and for those that
// go with them.
func (d *Draft[T]) Ops(pending []string) []api.Op {
	var ops []api.Op
	for _, m := range d.members {
		if slices.ContainsFunc(m.fields, func(f string) bool {
			return slices.Contains(pending, f) || slices.Contains(d.Defaulted, f) || d.drops(f)
		}) {
			ops = append(ops, api.Replace(m.name, m.value))
		}
	}
	return ops
}

// Body is the record to create.
func (d *Draft[T]) Body() map[string]any {
	body := map[string]any{}
	for _, m := range d.members {
		if m.value != nil {
			body[m.name] = m.value
		}
	}
	return body
}
