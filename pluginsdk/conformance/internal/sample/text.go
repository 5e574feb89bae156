package sample

import (
	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Text is a field that people write into.
type Text struct {
	// Operation writes it, Kind and Field are the record and its field.
	Operation string
	record.Kind
	Field string
	// Lines says that it may have several.
	Lines bool
	// write is a write of the text, on a record that is made for it.
	write func(x *Tenant, text string) write.Call
	// message has the field.
	message proto.Message
}

// Name tells texts apart.
func (f Text) Name() string { return f.Operation + "." + f.Field }

// Write is a write of a text into the field.
func (f Text) Write(x *Tenant, text string) write.Call { return f.write(x, text) }

// Most is how many characters the contract allows in the field; 0 for any number.
func (f Text) Most() int {
	fields := f.message.ProtoReflect().Descriptor().Fields()
	rules, _ := proto.GetExtension(fields.ByName(protoreflect.Name(f.Field)).Options(), validate.E_Field).(*validate.FieldRules)
	return int(rules.GetString().GetMaxLen())
}

// Texts are the texts of the contract that a check writes.
func Texts() []Text {
	texts := []Text{
		added(Tickets, "title", false), changed(Tickets, "title", false),
		added(Tickets, "description", true), changed(Tickets, "description", true),
		changed(Notes, "body", true),
		added(TimeEntries, "summary", true), changed(TimeEntries, "summary", true), changed(TimeEntries, "internal_notes", true),
		added(Contacts, "last_name", false), changed(Contacts, "title", false),
		added(Configurations, "name", false), changed(Configurations, "name", false),
		changed(ScheduleEntries, "notes", true),
	}
	return append(texts, Text{
		Operation: "notes.create_internal", Kind: record.Note, Field: "body", Lines: true, message: &psav1.CreateInternalNoteRequest{},
		write: func(x *Tenant, text string) write.Call { return x.InternalNoteOn(x.once(), text) },
	}, Text{
		Operation: "notes.create_customer", Kind: record.Note, Field: "body", Lines: true, message: &psav1.CreateCustomerNoteRequest{},
		write: func(x *Tenant, text string) write.Call { return x.CustomerNoteOn(x.once(), text, nil) },
	}, Text{
		Operation: "replies.create", Kind: record.Reply, Field: "body", Lines: true, message: &psav1.SendReplyRequest{},
		write: func(x *Tenant, text string) write.Call {
			c := x.ReplyOn(x.once(), text)
			request, _ := c.Request.(*psav1.SendReplyRequest)
			request.SetBestEffort(true)
			return c
		},
	})
}

// once is one ticket for all texts of a check.
func (x *Tenant) once() *psav1.Ticket {
	if x.ticket == nil {
		x.ticket = x.Ticket()
	}
	return x.ticket
}

// withText is a record with a text in a field.
func withText(m proto.Message, field, text string) proto.Message {
	m = proto.Clone(m)
	m.ProtoReflect().Set(m.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(field)), protoreflect.ValueOfString(text))
	return m
}

// added is a text that a new record is created with.
func added(r Resource, field string, several bool) Text {
	return Text{
		Operation: r.Create, Kind: r.Kind, Field: field, Lines: several, message: r.message,
		write: func(x *Tenant, text string) write.Call { return r.Add(x.t, withText(r.input(x, ""), field, text)) },
	}
}

// changed is a text that a record is changed to.
func changed(r Resource, field string, several bool) Text {
	return Text{
		Operation: r.Update, Kind: r.Kind, Field: field, Lines: several, message: r.message,
		write: func(x *Tenant, text string) write.Call {
			if x.record.Kind != r.Kind {
				x.record, _ = r.New(x, "")
			}
			return r.Set(x.t, x.record, withText(r.message, field, text), field)
		},
	}
}
