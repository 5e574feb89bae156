package jsonwire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// validator enforces the contract's constraints.
type validator struct {
	rules protovalidate.Validator
	// bodies are the names of the fields that the body is, by the request's
	// full name.
	bodies map[protoreflect.FullName]string
}

// newValidator compiles every constraint now: a request must not be the first
// to find one that does not compile.
func newValidator(c *operation.Catalogue) (*validator, error) {
	v := &validator{bodies: map[protoreflect.FullName]string{}}
	var messages []proto.Message
	for _, op := range c.Operations {
		message := op.Input.New()
		messages = append(messages, message)
		v.bodies[message.ProtoReflect().Descriptor().FullName()] = op.HTTP.Body
	}
	var err error
	v.rules, err = protovalidate.New(protovalidate.WithMessages(messages...), protovalidate.WithDisableLazy())
	return v, err
}

// Validate checks a decoded request against the contract's constraints. The
// problem names fields as the caller wrote them.
func (c *Codec) Validate(message proto.Message) *problem.Problem {
	err := c.validator.rules.Validate(message)
	if err == nil {
		return nil
	}
	invalid, ok := errors.AsType[*protovalidate.ValidationError](err)
	if !ok {
		return problem.From(fmt.Errorf("a constraint cannot be evaluated: %w", err))
	}
	body := c.validator.bodies[message.ProtoReflect().Descriptor().FullName()]
	var v violations
	for _, one := range invalid.Violations {
		c.violation(&v, one, body)
	}
	return v.problem()
}

func (c *Codec) violation(v *violations, one *protovalidate.Violation, body string) {
	if one.Proto.GetRuleId() == "string.pattern" && blank(one) && one.FieldValue.String() == "" {
		return // "is empty" says it
	}
	path := fieldPath(one.Proto.GetField())
	if path == "" { // a rule of the request as a whole: its id says which field it means
		path = one.Proto.GetRuleId()
	}
	v.add(asWritten(path, body), message(one))
}

// message says what is wrong; where the library's words are for programmers, in
// ours.
func message(one *protovalidate.Violation) string {
	switch one.Proto.GetRuleId() {
	case "required":
		return "is missing"
	case "string.min_len":
		if one.FieldValue.IsValid() && one.FieldValue.String() == "" {
			return "is empty"
		}
	case "string.pattern":
		if blank(one) {
			return "is blank"
		}
	case "repeated.unique":
		return "has a value twice"
	}
	return one.Proto.GetMessage()
}

// blank reports whether the value is a text of white space at most.
func blank(one *protovalidate.Violation) bool {
	text, ok := one.FieldValue.Interface().(string)
	return ok && strings.TrimSpace(text) == ""
}

// asWritten turns a path in the request message into the one that the caller
// knows.
func asWritten(path, body string) string {
	switch head, rest, nested := strings.Cut(path, "."); {
	case head == operation.OptionsField && rest == "if_match":
		return "If-Match"
	case nested && head == operation.OptionsField, nested && head == body:
		return rest
	}
	return path
}

// fieldPath writes a path as the API does: `custom_fields.floor`, `cc[0].name`.
func fieldPath(path *validate.FieldPath) string {
	var s strings.Builder
	for i, element := range path.GetElements() {
		if i > 0 {
			s.WriteByte('.')
		}
		s.WriteString(element.GetFieldName())
		switch subscript := element.GetSubscript().(type) {
		case *validate.FieldPathElement_Index:
			s.WriteString("[" + strconv.FormatUint(subscript.Index, 10) + "]")
		case *validate.FieldPathElement_StringKey:
			s.WriteString("." + clip(subscript.StringKey))
		}
	}
	return s.String()
}
