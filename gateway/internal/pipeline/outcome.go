package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Lost is what a look has to know of a write whose answer was lost, beside the
// invocation.
type Lost struct {
	// SentAt is when the connector got it, LostAt when its answer was given up.
	SentAt, LostAt time.Time
	// Others are the ids of the records that other calls have made.
	Others []string
}

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

const (
	// lookPause is the wait after a look that has to be made again. After each that
	// failed it doubles: a PSA in trouble is not helped by questions.
	lookPause = time.Second
	// maxFailed is how many looks may fail in a row: a quarter of a minute.
	maxFailed = 5
)

// lookUp finds out what became of a write whose answer was lost, in a time of its
// own. A write is never sent again here: what cannot be told stays unknown.
func (p *Pipeline) lookUp(ctx context.Context, inv *Invocation, next handler) error {
	if !inv.Operation.Write || !inv.Operation.Connector || inv.Options.DryRun {
		return next(ctx, inv)
	}
	created := p.creations.begin(inv)
	sentAt := time.Now()
	err := next(ctx, inv)
	lost, ok := errors.AsType[*problem.Problem](err)
	// When ctx was cancelled, the gateway is about to end.
	if ok && lost.Outcome == problem.Unknown && answerless[lost.Code] && !errors.Is(ctx.Err(), context.Canceled) {
		created.miss()
		l := &look{pipeline: p, inv: inv, lost: lost, created: created, sentAt: sentAt, lostAt: time.Now()}
		err = l.find(ctx)
	}
	created.end(inv.Response, err, ok && problem.From(err).Outcome == problem.Unknown)
	return err
}

// answerless are the codes of calls that ended without an answer of the PSA. A
// refusal after half of a write is an answer.
var answerless = map[problem.Code]bool{
	problem.OutcomeUnknown: true, problem.DeadlineExceeded: true, problem.ConnectionDown: true, problem.Internal: true,
}

// look is the search for one write.
type look struct {
	pipeline       *Pipeline
	inv            *Invocation
	lost           *problem.Problem
	created        *creation
	sentAt, lostAt time.Time
	failed         int // looks, in a row
}

// find looks until it is known what became of the write, nobody can tell, or the
// time is over.
func (l *look) find(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.pipeline.limits.Outcome)
	defer cancel()
	for {
		done, wait, err := l.once(ctx)
		if done {
			return err
		}
		if deadline, _ := ctx.Deadline(); time.Until(deadline) < wait {
			return err // no look that fits could tell more
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

// once looks once. Unless it is done, err is what the caller is told if there is
// no time for another look, after wait.
func (l *look) once(ctx context.Context) (done bool, wait time.Duration, err error) {
	found, err := l.pipeline.backend.CheckOutcome(ctx, l.inv, Lost{SentAt: l.sentAt, LostAt: l.lostAt, Others: l.created.others()})
	if err != nil {
		p := problem.From(err)
		wait = max(lookPause<<l.failed, p.RetryAfter)
		l.failed++
		return !p.Retryable() || l.failed == maxFailed, wait, l.untold("it could not be looked at: " + strings.TrimRight(p.Detail, "."))
	}
	l.failed = 0
	switch found.Happened {
	case DidHappen:
		switch l.created.claim(l.inv.Response) {
		case own:
			warn(l.inv, "the answer of this write was lost; that it happened is known from a look at the PSA: "+found.Reason)
			return true, 0, nil
		case another:
			return false, lookPause, l.untold("it was found (" + found.Reason + "), and is that of another call")
		case contested:
		}
		return false, lookPause, l.untold("it was found (" + found.Reason + "), and another call asks for the very same: whose it is cannot be told")
	case DidNotHappen:
		return true, 0, l.didNot(found.Reason)
	case CannotTell:
	}
	return found.AskAgain == 0, found.AskAgain, l.untold(found.Reason)
}

// untold is the answer to a write of which nobody knows.
func (l *look) untold(why string) *problem.Problem {
	p := *l.lost
	p.Detail = fmt.Sprintf("whether this write happened is not known, and a look at the PSA does not tell: %s. Look at the record before you repeat it. At first: %s", why, p.Detail)
	return &p
}

// didNot is the answer to a write that is known not to have happened. What was
// known before the look, that nobody knows, is left out.
func (l *look) didNot(why string) *problem.Problem {
	p := *l.lost
	p.Outcome = problem.NotSent
	switch {
	case p.Code != problem.OutcomeUnknown:
	case p.Vendor != nil:
		p.Code = problem.VendorError
	default:
		p.Code = problem.ConnectionDown
	}
	first, _, _ := strings.Cut(p.Detail, "; ")
	p.Detail = fmt.Sprintf("this write did not happen and can be sent again, as a look at the PSA shows: %s. At first: %s", why, first)
	return &p
}

// warn adds a warning to the receipt of an answer, which now tells what all of
// the call has cost.
func warn(inv *Invocation, text string) {
	answer, ok := inv.Response.(interface{ GetReceipt() *psav1.Receipt })
	if !ok || answer.GetReceipt() == nil {
		return
	}
	receipt := answer.GetReceipt()
	receipt.SetWarnings(append(receipt.GetWarnings(), text))
	receipt.SetVendorRequests(int32(inv.Cost.VendorRequests))
}
