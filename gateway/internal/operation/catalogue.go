// Package operation is the catalogue: what the API can do, as plain structs
// built once, at load, from the contract's descriptors. Routes, permission
// names, the OpenAPI document and the command line derive from it, and nothing
// else reads descriptors to find out what there is.
package operation

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
)

// Catalogue is every operation of the API and the messages they use.
type Catalogue struct {
	// Operations are sorted by name.
	Operations []*Operation
	// Messages are those that the operations reach, by full name.
	Messages map[string]*Message

	byName map[string]*Operation
}

// ByName returns the operation of that name, or nil.
func (c *Catalogue) ByName(name string) *Operation { return c.byName[name] }

// Areas returns the areas that a group can grant, each with the levels that
// some operation asks for, lowest first.
func (c *Catalogue) Areas() map[string][]Access {
	areas := map[string][]Access{}
	add := func(area string, level Access) {
		if level > None && !slices.Contains(areas[area], level) {
			areas[area] = append(areas[area], level)
			slices.Sort(areas[area])
		}
	}
	for _, op := range c.Operations {
		add(op.Area, op.Access)
		for _, grant := range op.Also {
			add(grant.Area, grant.Access)
		}
	}
	return areas
}

// Operation is one RPC of the neutral API.
type Operation struct {
	// Name is `<resource>.<verb>`, as permissions, audit and the CLI use it.
	Name string
	// Area and Access are the grant that the operation needs.
	Area   string
	Access Access
	// Also are further grants, each under a condition.
	Also        []Grant
	Effects     []Effect
	Idempotency Idempotency
	// Service is the capability service, `deskgate.psa.v1.TicketReader`, and
	// FullMethod the RPC in it, `/deskgate.psa.v1.TicketReader/ListTickets`.
	Service, FullMethod string
	// ServiceDoc is what the service is for.
	ServiceDoc string
	// Summary is the first sentence of Description, both from the comments.
	Summary, Description string
	HTTP                 HTTP
	Input, Output        *Message
	// Write says that the operation changes something at the PSA or here.
	Write bool
	// Connector says that a connector serves the operation, not the gateway.
	Connector bool
	// List is set for an operation that answers a list.
	List *List
	// Current reads the record that the operation changes; nil for one that changes
	// none, or whose record has no get.
	Current *Operation
	// Stream says that a content travels beside request or answer.
	Stream Stream
}

// Stream says which way a content travels, if any.
type Stream int

// The streams.
const (
	// NoStream is an operation of one request and one answer.
	NoStream Stream = iota
	// Upload is one whose caller sends a content along.
	Upload
	// Download is one whose answer is a content.
	Download
)

// HTTP is how the REST door shows an operation.
type HTTP struct {
	Method string
	// Path has its parameters in braces: `/v1/connections/{connection}/tickets`.
	Path string
	// PathParams are the names of the parameters, in order.
	PathParams []string
	// Body is empty (no body), "*" (the fields that are not in the path) or the
	// name of the one field that the body is.
	Body string
	// Location is the path at which a record that the operation made is read;
	// empty for an operation that makes none.
	Location string
}

// List is the shape of an operation that answers a list.
type List struct {
	// Field is the list in the answer.
	Field string
	// Paged says that the list comes in pages.
	Paged bool
}

// BodyFields are the fields that a caller may send in the body, in the order of
// the contract; none without a body.
func (op *Operation) BodyFields() []*Field {
	var fields []*Field
	for _, f := range op.body().Fields {
		if f.OutputOnly || op.HTTP.Body == "*" && op.outsideBody(f) || f.Immutable && op.Patch() {
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// body is the message that the body spells; an empty one without a body.
func (op *Operation) body() *Message {
	switch op.HTTP.Body {
	case "":
		return &Message{}
	case "*":
		return op.Input
	}
	return op.Input.Field(op.HTTP.Body).Message
}

// QueryFields are the fields that a caller may send as query parameters.
func (op *Operation) QueryFields() []*Field {
	if op.HTTP.Body == "*" {
		return nil
	}
	var fields []*Field
	for _, f := range op.Input.Fields {
		if f.Name != op.HTTP.Body && !op.outsideBody(f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// Patch says that the body names the fields that change, and `null` clears.
func (op *Operation) Patch() bool { return op.HTTP.Method == "PATCH" }

// The fields of a request that no caller spells: a door fills them.
const (
	// OptionsField holds the caller's options of a write.
	OptionsField = "options"
	// SetFieldsField names the fields that a PATCH sets.
	SetFieldsField = "set_fields"
	// ChunkField holds a part of a content.
	ChunkField = "chunk"
)

// The fields of an upload that the uploaded file itself can tell.
const (
	FileNameField    = "file_name"
	ContentTypeField = "content_type"
)

func (op *Operation) outsideBody(f *Field) bool {
	return slices.Contains(op.HTTP.PathParams, f.Name) || f.Name == OptionsField || f.Name == SetFieldsField ||
		f.Name == ChunkField
}

// Options says whether the operation takes the options of a write.
func (op *Operation) Options() bool { return op.Input.Field(OptionsField) != nil }

// Conditional says whether the operation takes If-Match: it writes on a record
// that has a version before. One that is made has none yet.
func (op *Operation) Conditional() bool { return op.Options() && op.HTTP.Location == "" }

// Message is a message of the API.
type Message struct {
	// FullName is the message's name in the contract, Name what callers read in
	// documents: without package, parents in front.
	FullName, Name string
	Doc            string
	// Fields are in the order of the contract's numbers.
	Fields []*Field
	Rules  []Rule
	// New returns an empty message of the generated type.
	New func() proto.Message

	byName map[string]*Field
}

// Field returns the field of that name, or nil.
func (m *Message) Field(name string) *Field { return m.byName[name] }

// Rule is what a message demands as a whole.
type Rule struct {
	// ID is the rule's name; in a request it is the path of the field meant.
	ID, Message string
	// AnyOf are the fields of which one has to be there, where the rule says
	// just that.
	AnyOf []string
}

// Kind is the type of a field's values.
type Kind string

// The kinds, by the names that documents use.
const (
	String    Kind = "string"
	Bool      Kind = "bool"
	Int32     Kind = "int32"
	Uint32    Kind = "uint32"
	Double    Kind = "double"
	EnumKind  Kind = "enum"
	Nested    Kind = "message"
	Timestamp Kind = "timestamp" // google.protobuf.Timestamp
	Value     Kind = "value"     // google.protobuf.Value: any JSON
	JSON      Kind = "json"      // bytes that hold a JSON document
)

// Field is a field of a message.
type Field struct {
	Name   string
	Number int32
	Doc    string
	Kind   Kind
	// Repeated and Map say what Kind is the element of. Map keys are strings.
	Repeated, Map bool
	// Enum and Message are set for those kinds.
	Enum    *Enum
	Message *Message
	// OutputOnly fields only answers carry, InputOnly ones only requests,
	// Immutable ones only a create may give.
	OutputOnly, InputOnly, Immutable bool
	Required                         bool
	Constraints                      Constraints
}

// Constraints are what protovalidate enforces, zero where there is none. For a
// list they speak of its elements, but for MinItems, MaxItems and Unique.
type Constraints struct {
	MinLen, MaxLen uint64
	Pattern        string
	// Format is the well-known form that a text has: `email` or `uri`.
	Format             string
	In                 []string
	Gte, Lte           *int64
	MinItems, MaxItems uint64
	Unique             bool
	MaxPairs           uint64
}

// Allowed are the values that the field may have, where there is a list.
func (f *Field) Allowed() []string {
	switch {
	case len(f.Constraints.In) > 0:
		return f.Constraints.In
	case f.Enum != nil:
		return f.Enum.Names()
	case f.Kind == Bool:
		return []string{"true", "false"}
	}
	return nil
}

// Enum is an enumeration.
type Enum struct {
	// Name is that of the message around it.
	Name, Doc string
	// Values lack UNSPECIFIED, which nobody sends.
	Values []EnumValue
}

// EnumValue is one value of an enumeration.
type EnumValue struct {
	Name   string
	Number int32
	Doc    string
}

// Names are the names of the values.
func (e *Enum) Names() []string {
	var names []string
	for _, v := range e.Values {
		names = append(names, v.Name)
	}
	return names
}

func compareOperations(a, b *Operation) int { return strings.Compare(a.Name, b.Name) }
