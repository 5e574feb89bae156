package operation

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/deskgate/deskgate/proto/contract"
	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
)

// psaPackage is the API that connectors serve, gatewayPackage the gateway's own.
const (
	psaPackage     = "deskgate.psa.v1"
	gatewayPackage = "deskgate.gateway.v1"
)

// Load builds the catalogue from the contract that the gateway was built with.
func Load() (*Catalogue, error) {
	files, err := contract.Files()
	if err != nil {
		return nil, err
	}
	return build(files, protoregistry.GlobalTypes)
}

// types finds the Go type of a message.
type types interface {
	FindMessageByName(protoreflect.FullName) (protoreflect.MessageType, error)
}

// build walks the services of the public packages. It reports all that is wrong
// at once.
func build(files *protoregistry.Files, types types) (*Catalogue, error) {
	c := &Catalogue{Messages: map[string]*Message{}, byName: map[string]*Operation{}}
	b := &builder{catalogue: c, types: types, names: map[string]string{}}
	files.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if f.Package() == psaPackage || f.Package() == gatewayPackage {
			b.file(f)
		}
		return true
	})
	slices.SortFunc(c.Operations, compareOperations)
	b.overlaps()
	if len(b.faults) > 0 {
		// RangeFiles has no order; the report has.
		slices.SortFunc(b.faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return nil, fmt.Errorf("the contract is unfit: %w", errors.Join(b.faults...))
	}
	if len(c.Operations) == 0 {
		return nil, errors.New("the contract is unfit: it has no operation")
	}
	for _, op := range c.Operations {
		op.HTTP.Location = c.location(op)
		op.Current = c.current(op)
	}
	return c, nil
}

// location is where a record that op creates is read: `notes.create_internal`
// makes what `notes.get` reads.
func (c *Catalogue) location(op *Operation) string {
	resource, verb, _ := strings.Cut(op.Name, ".")
	if get := c.byName[resource+".get"]; get != nil && strings.HasPrefix(verb, "create") {
		return get.HTTP.Path
	}
	return ""
}

// current is what reads the record that op changes: `notes.update` changes what
// `notes.get` reads, since its path names all that the get's path does.
func (c *Catalogue) current(op *Operation) *Operation {
	resource, _, _ := strings.Cut(op.Name, ".")
	get := c.byName[resource+".get"]
	if get == nil || !op.Write || get.CurrentRecord() == nil {
		return nil
	}
	for _, name := range get.HTTP.PathParams {
		if !slices.Contains(op.HTTP.PathParams, name) {
			return nil
		}
	}
	return get
}

// CurrentRecord is the message of the one record that the operation answers, or
// nil.
func (op *Operation) CurrentRecord() *Message {
	for _, f := range op.Output.Fields {
		if f.Kind == Nested && !f.Repeated && !f.Map && f.Message.Field("id") != nil {
			return f.Message
		}
	}
	return nil
}

// builder collects the catalogue and what is wrong with it.
type builder struct {
	catalogue *Catalogue
	types     types
	// names maps the short name of a message or enum to its full one.
	names  map[string]string
	faults []error
}

func (b *builder) fault(where protoreflect.FullName, format string, args ...any) {
	b.faults = append(b.faults, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func (b *builder) file(f protoreflect.FileDescriptor) {
	for i := range f.Services().Len() {
		service := f.Services().Get(i)
		for j := range service.Methods().Len() {
			b.method(service, service.Methods().Get(j))
		}
	}
}

var (
	validName = regexp.MustCompile(`^[a-z][a-z_]*\.[a-z][a-z_]*$`)
	validArea = regexp.MustCompile(`^[a-z][a-z_]*$`)
)

func (b *builder) method(service protoreflect.ServiceDescriptor, m protoreflect.MethodDescriptor) {
	option, _ := proto.GetExtension(m.Options(), operationv1.E_Operation).(*operationv1.Operation)
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	if option.GetName() == "" {
		b.fault(m.FullName(), "has no operation option with a name")
		return
	}
	doc := comment(m)
	op := &Operation{
		Name: option.GetName(), Area: option.GetArea(), Access: Access(option.GetAccess()),
		Idempotency: Idempotency(option.GetIdempotency()),
		Service:     string(service.FullName()), ServiceDoc: comment(service),
		FullMethod: fmt.Sprintf("/%s/%s", service.FullName(), m.Name()),
		Summary:    firstSentence(doc), Description: doc,
		Write:     option.GetAccess() >= operationv1.Access_WRITE,
		Connector: m.ParentFile().Package() == psaPackage,
		Input:     b.message(m.Input()), Output: b.message(m.Output()),
	}
	for _, e := range option.GetEffects() {
		if e.GetKind() == operationv1.Effect_Kind_UNSPECIFIED {
			b.fault(m.FullName(), "has an effect without a kind")
		}
		op.Effects = append(op.Effects, Effect{EffectKind(e.GetKind()), e.GetWhen()})
	}
	for _, g := range option.GetAlso() {
		b.grant(m, g.GetArea(), Access(g.GetAccess()))
		op.Also = append(op.Also, Grant{g.GetArea(), Access(g.GetAccess()), g.GetWhen()})
	}
	b.grant(m, op.Area, op.Access)
	if !validName.MatchString(op.Name) {
		b.fault(m.FullName(), "the name %q is not <resource>.<verb> in lower case", op.Name)
	}
	if op.Idempotency == 0 {
		b.fault(m.FullName(), "does not say what repeating it does")
	}
	if other := b.catalogue.byName[op.Name]; other != nil {
		b.fault(m.FullName(), "is called %s, as is %s", op.Name, other.FullMethod)
		return
	}
	if err := op.route(rule); err != nil {
		b.fault(m.FullName(), "%v", err)
		return
	}
	if err := op.stream(m.IsStreamingClient(), m.IsStreamingServer()); err != nil {
		b.fault(m.FullName(), "%v", err)
		return
	}
	op.List = list(op)
	b.catalogue.byName[op.Name] = op
	b.catalogue.Operations = append(b.catalogue.Operations, op)
}

func (b *builder) grant(m protoreflect.MethodDescriptor, area string, level Access) {
	if !validArea.MatchString(area) {
		b.fault(m.FullName(), "needs a grant on %q, which is no area", area)
	}
	if accessNames[level] == "" {
		b.fault(m.FullName(), "does not say which access it needs on %q", area)
	}
}

// list is the shape of a list: an answer whose first field is repeated.
func list(op *Operation) *List {
	if op.HTTP.Method != "GET" || len(op.Output.Fields) == 0 || !op.Output.Fields[0].Repeated {
		return nil
	}
	return &List{Field: op.Output.Fields[0].Name, Paged: op.Input.Field("page_token") != nil}
}

// comment is the documentation of a descriptor: lines joined, paragraphs kept.
func comment(d protoreflect.Descriptor) string {
	raw := d.ParentFile().SourceLocations().ByDescriptor(d).LeadingComments
	var paragraphs []string
	for p := range strings.SplitSeq(raw, "\n\n") {
		if words := strings.Fields(p); len(words) > 0 {
			paragraphs = append(paragraphs, strings.Join(words, " "))
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

func firstSentence(doc string) string {
	sentence, _, more := strings.Cut(doc, ". ")
	if more {
		return sentence + "."
	}
	return sentence
}
