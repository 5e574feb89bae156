package pipeline

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/access"
	"github.com/deskgate/deskgate/gateway/internal/jsonwire"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/pagetoken"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Backend carries a decoded, authorized call out. Its errors are problems.
type Backend interface {
	// Has says whether there is a connection of that name.
	Has(connection string) bool
	// Invoke fills inv.Response and inv.Cost.
	Invoke(ctx context.Context, inv *Invocation) error
	// CheckOutcome looks what became of a write whose answer was lost, and fills
	// inv.Response if it happened.
	CheckOutcome(ctx context.Context, inv *Invocation, lost Lost) (Outcome, error)
}

// Limits bound a call.
type Limits struct {
	// Read and Write are the deadlines of a read and of a write, Transfer that of a
	// call with a content. Outcome is the time to find out what became of a write
	// whose answer was lost.
	Read, Write, Transfer, Outcome time.Duration
}

// Pipeline is the chain with what its stages need.
type Pipeline struct {
	policy    func() *access.Policy
	sealer    *pagetoken.Sealer
	codec     *jsonwire.Codec
	backend   Backend
	limits    Limits
	reads     reads
	creations *creations
	run       handler
}

type handler func(context.Context, *Invocation) error

// stage is one link: it works on the invocation and calls the next.
type stage func(context.Context, *Invocation, handler) error

// Config is what a pipeline needs.
type Config struct {
	// Policy returns the policy in force; it is asked for at every call.
	Policy  func() *access.Policy
	Sealer  *pagetoken.Sealer
	Codec   *jsonwire.Codec
	Backend Backend
	Limits  Limits
}

// New links the stages. The order is the design: who, what, whether, then the
// write's own life, and one way back.
func New(c Config) *Pipeline {
	p := &Pipeline{policy: c.Policy, sealer: c.Sealer, codec: c.Codec, backend: c.Backend, limits: c.Limits, creations: newCreations()}
	p.run = link(
		p.encode,
		p.identify,
		p.decode,
		p.authorize,
		claim,
		approve,
		p.admit,
		p.mask,
		p.pages,
		markSent,
		settle,
		p.share,
		p.lookUp,
		p.invoke,
	)
	return p
}

// link chains the stages; the last one calls nobody.
func link(stages ...stage) handler {
	next := handler(func(context.Context, *Invocation) error { return nil })
	for _, s := range slices.Backward(stages) {
		after := next
		next = func(ctx context.Context, inv *Invocation) error { return s(ctx, inv, after) }
	}
	return next
}

// Do takes a call down the path. Its error is a problem.
func (p *Pipeline) Do(ctx context.Context, inv *Invocation) *problem.Problem {
	if err := p.run(ctx, inv); err != nil {
		return problem.From(err)
	}
	return nil
}

// identify finds the agent behind the token.
func (p *Pipeline) identify(ctx context.Context, inv *Invocation, next handler) error {
	id, prob := p.policy().Identify(inv.Token)
	if prob != nil {
		return prob
	}
	inv.Identity = id
	return next(ctx, inv)
}

// authorize asks the policy, and only then whether the connection is there: a
// caller without a grant does not learn which names exist.
func (p *Pipeline) authorize(ctx context.Context, inv *Invocation, next handler) error {
	if prob := p.policy().Authorize(inv.Identity, inv.Operation, inv.Connection, inv.Request, p.current(ctx, inv)); prob != nil {
		return prob
	}
	if inv.Connection != "" && !p.backend.Has(inv.Connection) {
		return problem.New(problem.NotFound, "no connection is named %q: GET /v1/connections lists those you may use", inv.Connection)
	}
	return next(ctx, inv)
}

// admit gives the call its deadline.
func (p *Pipeline) admit(ctx context.Context, inv *Invocation, next handler) error {
	limit := p.limits.Read
	switch {
	case inv.Operation.Stream != operation.NoStream:
		limit = p.limits.Transfer
	case inv.Operation.Write:
		limit = p.limits.Write
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	err := next(ctx, inv)
	if inv.Content == nil {
		cancel()
	} else {
		inv.Content = ending{inv.Content, cancel} // the content comes after the call
	}
	return err
}

// ending is a content with whose end a context ends.
type ending struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close implements io.Closer.
func (e ending) Close() error {
	defer e.cancel()
	return e.ReadCloser.Close()
}

// invoke carries the call out.
func (p *Pipeline) invoke(ctx context.Context, inv *Invocation, _ handler) error {
	inv.Response = inv.Operation.Output.New()
	return p.backend.Invoke(ctx, inv)
}

// mask takes away what the agent may not read. Groups grant whole areas, so
// there is nothing to take yet; a grant by field is judged here.
func (p *Pipeline) mask(ctx context.Context, inv *Invocation, next handler) error {
	return next(ctx, inv)
}

// encode writes the answer.
func (p *Pipeline) encode(ctx context.Context, inv *Invocation, next handler) error {
	if err := next(ctx, inv); err != nil {
		return err
	}
	if inv.Content != nil {
		return nil
	}
	var err error
	inv.JSON, err = p.codec.Encode(inv.JSON[:0], inv.Response)
	return err
}
