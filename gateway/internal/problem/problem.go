// Package problem is the one form in which the gateway says no: every stage
// answers a Problem, and every door shows it.
package problem

import (
	"errors"
	"fmt"
	"time"
)

// Source says who says no.
type Source string

// The sources.
const (
	Gateway   Source = "gateway"
	Connector Source = "connector"
	PSA       Source = "psa"
)

// Sources are all of them.
func Sources() []Source { return []Source{Gateway, Connector, PSA} }

// Outcome is what is known of a write that failed on the way.
type Outcome string

// The outcomes.
const (
	NotSent Outcome = "NOT_SENT"
	Unknown Outcome = "UNKNOWN"
)

// Outcomes are all of them.
func Outcomes() []Outcome { return []Outcome{NotSent, Unknown} }

// Reasons of ConnectionDown and VendorError that no repeated request mends.
const (
	// LoginRefused says that the PSA refused the connection's own credentials.
	// Vendors lock accounts that try again.
	LoginRefused = "LOGIN_REFUSED"
	// NeedsAttention says that it does not work before an admin has acted.
	NeedsAttention = "NEEDS_ATTENTION"
)

// Problem says what was wrong, where, what is allowed and what to do. Its text
// reaches the caller, so it never carries a secret.
type Problem struct {
	Code   Code
	Source Source
	// Detail is one sentence for a person.
	Detail string
	// Reason is a finer word within the code.
	Reason string
	// Status overrides the code's HTTP status where one code has two (431).
	Status     int
	Violations []Violation
	Vendor     *Vendor
	// RetryAfter is how long to wait, where that is known.
	RetryAfter time.Duration
	// Confirmations are the PSA's warnings that a repeated write can accept.
	Confirmations []Confirmation
	// Outcome is set for a write that failed on the way.
	Outcome Outcome
	// CurrentETag is the version that the record has now.
	CurrentETag string
	// ExistingID is the record that is there already.
	ExistingID string
	// Missing is the grant that would have allowed the call.
	Missing string
	// Allow lists the methods of a route, for MethodNotAllowed.
	Allow []string

	cause error
}

// New returns a problem that the gateway itself found.
func New(code Code, format string, args ...any) *Problem {
	return &Problem{Code: code, Source: Gateway, Detail: fmt.Sprintf(format, args...)}
}

// Field returns an InvalidArgument about one field.
func Field(field, message string, allowed ...string) *Problem {
	return Fields(Violation{Field: field, Message: message, Allowed: allowed})
}

// Fields returns an InvalidArgument about several fields; its detail is the
// first one's message.
func Fields(v ...Violation) *Problem {
	p := New(InvalidArgument, "%s: %s", v[0].Field, v[0].Message)
	if len(v) > 1 {
		p.Detail = fmt.Sprintf("%s (and %d more)", p.Detail, len(v)-1)
	}
	p.Violations = v
	return p
}

// Because keeps the error behind the problem for the log; callers never see it.
func (p *Problem) Because(err error) *Problem {
	p.cause = err
	return p
}

// Error implements error.
func (p *Problem) Error() string {
	if p.cause != nil {
		return fmt.Sprintf("%s: %s: %v", p.Code, p.Detail, p.cause)
	}
	return fmt.Sprintf("%s: %s", p.Code, p.Detail)
}

// Err returns the problem as an error, which is nil for no problem.
func (p *Problem) Err() error {
	if p == nil {
		return nil
	}
	return p
}

// Unwrap returns the error behind the problem.
func (p *Problem) Unwrap() error { return p.cause }

// Retryable says that the same request can succeed later. A write whose outcome
// nobody knows is not to be repeated blindly.
func (p *Problem) Retryable() bool {
	return Lookup(p.Code).Retryable && p.Outcome != Unknown && p.Reason != LoginRefused && p.Reason != NeedsAttention
}

// HTTPStatus is the status that a door answers.
func (p *Problem) HTTPStatus() int {
	if p.Status != 0 {
		return p.Status
	}
	return Lookup(p.Code).Status
}

// From returns the problem in err; an error that is none is Internal, and its
// text stays in the log.
func From(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return New(Internal, "something went wrong in the gateway; its log has more under this request id").Because(err)
}
