// Package fault is the neutral error of a connector: a code that every caller
// of the gateway knows, words for people, and what the PSA itself said.
//
// A connector returns a *Error (as error) from its operations. Whatever else it
// returns reaches the caller as internal, so a connector translates what the
// PSA's users can act on and leaves the rest.
package fault

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Code is one of the error codes that callers of the gateway see.
type Code string

// The codes that a connector may answer with.
const (
	CodeInvalidArgument    Code = "invalid_argument"    // the request is wrong; Violations say where
	CodeUnauthenticated    Code = "unauthenticated"     // the caller is unknown; never the PSA's own 401, see LoginRefused
	CodePermissionDenied   Code = "permission_denied"   // the PSA account may not do this
	CodeNotFound           Code = "not_found"           // no such record, or not visible to the PSA account
	CodeConflict           Code = "conflict"            // the record changed, or the PSA's state forbids it now
	CodeAlreadyExists      Code = "already_exists"      // a record with this identity exists
	CodeOutcomeUnknown     Code = "outcome_unknown"     // a write may or may not have happened
	CodePreconditionFailed Code = "precondition_failed" // If-Match does not match
	CodeFailedPrecondition Code = "failed_precondition" // the PSA demands something first; Reason says what
	CodeRateLimited        Code = "rate_limited"        // a limit was hit; RetryAfter says when to come back
	CodeInternal           Code = "internal"            // a mistake of the connector
	CodeNotSupported       Code = "not_supported"       // this PSA or account cannot do the operation
	CodeFieldNotSupported  Code = "field_not_supported" // this PSA cannot do the named field or filter
	CodeVendorError        Code = "vendor_error"        // the PSA failed or answered what it should not
	CodeConnectionDown     Code = "connection_down"     // the PSA cannot be reached, or refuses our login
	CodeDeadlineExceeded   Code = "deadline_exceeded"   // the time of the call ran out; Outcome says what of a write is known
)

// Reasons that the gateway acts on. Other reasons are for people and programs
// that call the gateway, in UPPER_SNAKE_CASE.
const (
	ReasonLoginRefused         = "LOGIN_REFUSED"         // with CodeConnectionDown: the PSA refused our credentials
	ReasonNeedsAttention       = "NEEDS_ATTENTION"       // with CodeVendorError: it fails until an admin has acted
	ReasonConfirmationRequired = "CONFIRMATION_REQUIRED" // with CodeFailedPrecondition: Confirmations say what to accept
	ReasonPSA                  = "psa"                   // with CodePermissionDenied: the PSA refused, not the gateway
)

// Outcome is what is known of the write behind a failed call.
type Outcome string

// The outcomes. The zero value says that the code speaks for itself: the PSA
// refused, and nothing was written.
const (
	NotSent Outcome = "NOT_SENT" // no write of this call left the connector
	Unknown Outcome = "UNKNOWN"  // a write of this call happened, or may have
)

// Source is whose words the error is.
type Source string

// The sources of a connector's errors.
const (
	SourceConnector Source = "connector"
	SourcePSA       Source = "psa"
)

// Violation is one thing wrong with a request.
type Violation struct {
	Field      string   // path in the neutral request, such as "priority.name"
	Message    string   // what is wrong with it, for people
	Allowed    []string // what would be right, where that is a short list
	DidYouMean string   // the allowed value that was probably meant, or ""
}

// Vendor is what the PSA itself answered, secrets removed.
type Vendor struct {
	Status  int    // HTTP status, 0 if there was none
	Code    string // the PSA's own error code, or ""
	Message string // the PSA's own words
}

// Confirmation is a warning of the PSA that the caller may accept by its code.
type Confirmation struct {
	Code string
	Text string
}

// Error is the neutral error. Message must make sense to a person who does not
// see the other fields, and never holds a secret. An Error belongs to whoever
// made it until it is returned; it is not changed afterwards.
type Error struct {
	Code          Code
	Message       string
	Reason        string
	Violations    []Violation
	Vendor        *Vendor
	RetryAfter    time.Duration // when to try again; 0 if unknown
	Confirmations []Confirmation
	Outcome       Outcome
	Source        Source
	CurrentETag   string // with CodePreconditionFailed: the etag that the record has now
	ExistingID    string // with CodeAlreadyExists: the id of the record that exists

	cause error
}

// Error returns the code and the message, with the violations that the message
// does not name.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	b.WriteString(": ")
	b.WriteString(e.Message)
	for _, v := range e.Violations {
		if v.Message == e.Message {
			continue
		}
		b.WriteString("; ")
		if v.Field != "" {
			b.WriteString(v.Field)
			b.WriteString(": ")
		}
		b.WriteString(v.Message)
	}
	return b.String()
}

// Unwrap returns the cause. It is for errors.Is and logs inside the connector
// and never leaves the process.
func (e *Error) Unwrap() error { return e.cause }

// WithCause sets the error behind this one and returns e.
func (e *Error) WithCause(err error) *Error {
	e.cause = err
	return e
}

// WithVendor sets what the PSA answered, makes the PSA the source and returns e.
func (e *Error) WithVendor(status int, code, message string) *Error {
	e.Vendor = &Vendor{Status: status, Code: code, Message: message}
	e.Source = SourcePSA
	return e
}

// WithOutcome sets what is known of the write and returns e.
func (e *Error) WithOutcome(o Outcome) *Error {
	e.Outcome = o
	return e
}

// From returns err as a neutral error: the one in its chain, or
// deadline_exceeded for an ended context, or internal. It returns nil for nil.
// The words of an error that is not neutral are kept as the cause and never
// become the message, since nobody has looked at them for secrets.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		// Nothing is known of a write here; the HTTP client, which knows, answers
		// with an Outcome of its own.
		return DeadlineExceeded(Unknown, "the call ended before the connector had an answer").WithCause(err)
	}
	return Internal(err)
}

// CodeOf returns the code of err: "" for nil, internal for an error that is not
// neutral.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return From(err).Code
}

// IsLoginRefused reports whether err says that the PSA refused our credentials.
// Two of these stop further tries, because vendors lock accounts.
func IsLoginRefused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == CodeConnectionDown && e.Reason == ReasonLoginRefused
}
