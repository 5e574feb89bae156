// Package jsonwire is the border between JSON and the contract's messages: it
// decodes requests strictly, and writes answers in the API's manners.
package jsonwire

import (
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Codec decodes and encodes the messages of one catalogue. It is safe for
// concurrent use.
type Codec struct {
	// plans are by the message's full name, requests by the name of the
	// operation.
	plans     map[string]*plan
	requests  map[string]*request
	validator *validator
}

// New prepares a codec: every message's plan is made and every constraint
// compiled here, so that a contract that does not fit fails at the start.
func New(c *operation.Catalogue) (*Codec, error) {
	plans, err := newPlans(c)
	if err != nil {
		return nil, err
	}
	codec := &Codec{plans: plans, requests: map[string]*request{}}
	for _, op := range c.Operations {
		codec.requests[op.Name] = newRequest(op, plans)
	}
	if codec.validator, err = newValidator(c); err != nil {
		return nil, err
	}
	return codec, nil
}

// Decode fills message, an empty op.Input, from what the caller wrote: path has
// the path's parameters, unescaped; query is raw and without the options of a
// write; body may be empty. All that is wrong is reported at once, up to a
// bound; a body that is no JSON is reported alone, since what follows from it
// would mislead. In a PATCH the keys of the body become the message's
// set_fields.
func (c *Codec) Decode(op *operation.Operation, message proto.Message, path map[string]string, query string, body []byte) *problem.Problem {
	r := c.requests[op.Name]
	m := message.ProtoReflect()
	var v violations
	r.bindPath(m, path, &v)
	r.bindQuery(m, query, &v)
	err := r.bindBody(m, body, &v)
	if broken, ok := errors.AsType[*syntaxError](err); ok {
		return broken.problem(body)
	}
	if err != nil && v.none() {
		return problem.From(err)
	}
	return v.problem()
}
