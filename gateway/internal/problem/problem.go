// Package problem is the one form in which the gateway says no: every stage
// answers a Problem, and every door shows it.
package problem

import (
	"errors"
	"fmt"
	"time"
)

// Code is a word that programs switch on. Each has one HTTP status.
type Code string

// The codes of the API.
const (
	InvalidArgument      Code = "invalid_argument"
	Unauthenticated      Code = "unauthenticated"
	PermissionDenied     Code = "permission_denied"
	NotFound             Code = "not_found"
	MethodNotAllowed     Code = "method_not_allowed"
	TooLarge             Code = "too_large"
	UnsupportedMediaType Code = "unsupported_media_type"
	Conflict             Code = "conflict"
	AlreadyExists        Code = "already_exists"
	InProgress           Code = "in_progress"
	OutcomeUnknown       Code = "outcome_unknown"
	PreconditionFailed   Code = "precondition_failed"
	FailedPrecondition   Code = "failed_precondition"
	RateLimited          Code = "rate_limited"
	Internal             Code = "internal"
	NotSupported         Code = "not_supported"
	FieldNotSupported    Code = "field_not_supported"
	VendorError          Code = "vendor_error"
	ConnectionDown       Code = "connection_down"
	StateUnavailable     Code = "state_unavailable"
	DeadlineExceeded     Code = "deadline_exceeded"
)

// Info is what is fixed for a code.
type Info struct {
	Code Code
	// Status is the HTTP status.
	Status int
	// Title is the code in a person's words.
	Title string
	// Retryable says that the same request can succeed later.
	Retryable bool
}

var table = []Info{
	{InvalidArgument, 400, "Invalid argument", false},
	{Unauthenticated, 401, "Unauthenticated", false},
	{PermissionDenied, 403, "Permission denied", false},
	{NotFound, 404, "Not found", false},
	{MethodNotAllowed, 405, "Method not allowed", false},
	{Conflict, 409, "Conflict", false},
	{AlreadyExists, 409, "Already exists", false},
	{InProgress, 409, "In progress", true},
	{OutcomeUnknown, 409, "Outcome unknown", false},
	{PreconditionFailed, 412, "Precondition failed", false},
	{TooLarge, 413, "Too large", false},
	{UnsupportedMediaType, 415, "Unsupported media type", false},
	{FailedPrecondition, 422, "Failed precondition", false},
	{RateLimited, 429, "Rate limited", true},
	{Internal, 500, "Internal error", false},
	{NotSupported, 501, "Not supported", false},
	{FieldNotSupported, 501, "Field not supported", false},
	{VendorError, 502, "Vendor error", true},
	{ConnectionDown, 503, "Connection down", true},
	{StateUnavailable, 503, "State unavailable", true},
	{DeadlineExceeded, 504, "Deadline exceeded", true},
}

// Codes returns what is fixed for every code, by status.
func Codes() []Info { return append([]Info(nil), table...) }

// Lookup returns what is fixed for a code; an unknown code is Internal.
func Lookup(c Code) Info {
	for _, info := range table {
		if info.Code == c {
			return info
		}
	}
	return Lookup(Internal)
}

// Source says who says no.
type Source string

// The sources.
const (
	Gateway   Source = "gateway"
	Connector Source = "connector"
	PSA       Source = "psa"
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
	// Outcome is NOT_SENT or UNKNOWN for a write that failed on the way.
	Outcome string
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

// Violation is what is wrong with one field.
type Violation struct {
	Field      string   `json:"field"`
	Message    string   `json:"message"`
	Allowed    []string `json:"allowed,omitempty"`
	DidYouMean string   `json:"did_you_mean,omitempty"`
}

// Vendor is what the vendor answered.
type Vendor struct {
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// Confirmation is a warning and the code that accepts it.
type Confirmation struct {
	Code string `json:"code"`
	Text string `json:"text"`
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

// Unwrap returns the error behind the problem.
func (p *Problem) Unwrap() error { return p.cause }

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
