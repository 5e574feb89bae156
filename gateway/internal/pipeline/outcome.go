package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Outcome is what a look at the PSA says of a write whose answer was lost.
type Outcome struct {
	Happened Happened
	// Reason says how that is known, or why it is not, for a person.
	Reason string
	// AskAgain says, with CannotTell, when asking again can tell more; 0 is never.
	AskAgain time.Duration
}

// Happened is whether a write happened.
type Happened int

// The findings.
const (
	CannotTell Happened = iota
	DidHappen           // the answer that the write would have given is in inv.Response
	DidNotHappen
)

// lookPause is the wait after a look that failed.
const lookPause = time.Second

// lookUp finds out what became of a write whose answer was lost, in a time of its
// own. A write is never sent again here: what cannot be told stays unknown.
func (p *Pipeline) lookUp(ctx context.Context, inv *Invocation, next handler) error {
	sentAt := time.Now()
	err := next(ctx, inv)
	lost, ok := errors.AsType[*problem.Problem](err)
	if !ok || !inv.Operation.Write || !inv.Operation.Connector || inv.Options.DryRun || lost.Outcome != problem.Unknown || !answerless[lost.Code] {
		return err
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return err // the gateway is about to end
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.limits.Outcome)
	defer cancel()
	for {
		found, err := p.backend.CheckOutcome(ctx, inv, sentAt)
		wait := lookPause
		switch {
		case err != nil && ctx.Err() == nil && problem.From(err).Code != problem.NotSupported:
		case err != nil:
			return unknown(lost, "it could not be looked for: "+problem.From(err).Detail)
		case found.Happened == DidHappen:
			warn(inv, "the answer of this write was lost ("+lost.Detail+"); that it happened was found out by looking at the PSA: "+found.Reason)
			return nil
		case found.Happened == DidNotHappen:
			return didNot(lost, found.Reason)
		case found.AskAgain == 0:
			return unknown(lost, found.Reason)
		default:
			wait = found.AskAgain
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return unknown(lost, found.Reason)
		}
	}
}

// answerless are the codes of calls that ended without an answer of the PSA. A
// refusal after half of a write is an answer.
var answerless = map[problem.Code]bool{
	problem.OutcomeUnknown: true, problem.DeadlineExceeded: true, problem.ConnectionDown: true, problem.Internal: true,
}

// unknown is the answer to a write of which nobody knows.
func unknown(lost *problem.Problem, why string) *problem.Problem {
	p := *lost
	if why != "" {
		p.Detail += "; looking at the PSA does not tell: " + why
	}
	return &p
}

// didNot is the answer to a write that is known not to have happened.
func didNot(lost *problem.Problem, why string) *problem.Problem {
	p := *lost
	p.Outcome = problem.NotSent
	if p.Code == problem.OutcomeUnknown {
		p.Code = problem.ConnectionDown
		if p.Vendor != nil {
			p.Code = problem.VendorError
		}
	}
	p.Detail = "the PSA was not changed, so that this can be sent again"
	if why != "" {
		p.Detail += " (" + why + ")"
	}
	p.Detail += ": " + lost.Detail
	return &p
}

// warn adds a warning to the receipt of an answer.
func warn(inv *Invocation, text string) {
	answer, ok := inv.Response.(interface{ GetReceipt() *psav1.Receipt })
	if !ok || answer.GetReceipt() == nil {
		return
	}
	answer.GetReceipt().SetWarnings(append(answer.GetReceipt().GetWarnings(), text))
}
