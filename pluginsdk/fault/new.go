package fault

import "time"

// New returns an error of the connector's own. The constructors below say more
// and are to be preferred.
func New(code Code, message string) *Error {
	return &Error{Code: code, Message: message, Source: SourceConnector}
}

// InvalidArgument says what is wrong with one field and, where that is a short
// list, which values are allowed.
func InvalidArgument(field, message string, allowed ...string) *Error {
	return Invalid(Violation{Field: field, Message: message, Allowed: allowed})
}

// Invalid says everything that is wrong with a request at once. The message is
// that of the first violation.
func Invalid(violations ...Violation) *Error {
	e := New(CodeInvalidArgument, "the request is invalid")
	if len(violations) > 0 && violations[0].Message != "" {
		e.Message = violations[0].Message
	}
	e.Violations = violations
	return e
}

// PermissionDenied says what the PSA account may not do, and ideally which
// right it lacks.
func PermissionDenied(message string) *Error {
	e := New(CodePermissionDenied, message)
	e.Reason = ReasonPSA
	return e
}

// NotFound says which record does not exist or is not visible.
func NotFound(message string) *Error { return New(CodeNotFound, message) }

// Conflict says what stands against the write.
func Conflict(message string) *Error { return New(CodeConflict, message) }

// AlreadyExists says which record is already there; id is "" if the PSA does
// not tell.
func AlreadyExists(id, message string) *Error {
	e := New(CodeAlreadyExists, message)
	e.ExistingID = id
	return e
}

// PreconditionFailed says that the record is not the one that If-Match named,
// and which etag it has now.
func PreconditionFailed(etag, message string) *Error {
	e := New(CodePreconditionFailed, message)
	e.CurrentETag = etag
	return e
}

// FailedPrecondition says what the PSA demands first. The reason is for
// programs, such as "RESOLUTION_REQUIRED".
func FailedPrecondition(reason, message string) *Error {
	e := New(CodeFailedPrecondition, message)
	e.Reason = reason
	return e
}

// ConfirmationRequired says what the caller has to accept for the write to be sent.
// Nothing was written.
func ConfirmationRequired(message string, confirmations ...Confirmation) *Error {
	e := FailedPrecondition(ReasonConfirmationRequired, message)
	e.Confirmations = confirmations
	return e
}

// NotSupported says why this PSA or account cannot do the operation.
func NotSupported(message string) *Error { return New(CodeNotSupported, message) }

// FieldNotSupported says why this PSA cannot do the field or filter.
func FieldNotSupported(field, message string) *Error {
	e := New(CodeFieldNotSupported, message)
	e.Violations = []Violation{{Field: field, Message: message}}
	return e
}

// RateLimited says whose limit was hit. A zero after means that nobody said
// when to come back.
func RateLimited(after time.Duration, message string) *Error {
	e := New(CodeRateLimited, message)
	e.RetryAfter = after
	return e
}

// VendorError says how the PSA failed.
func VendorError(message string) *Error { return New(CodeVendorError, message) }

// ConnectionDown says why the PSA cannot be reached.
func ConnectionDown(message string) *Error { return New(CodeConnectionDown, message) }

// LoginRefused says that the PSA refused our own credentials, and what an admin
// should check. It is never unauthenticated, which speaks of the caller's token.
func LoginRefused(message string) *Error {
	e := New(CodeConnectionDown, message)
	e.Reason = ReasonLoginRefused
	return e
}

// OutcomeUnknown says which write may or may not have happened, and how to
// find out.
func OutcomeUnknown(message string) *Error {
	e := New(CodeOutcomeUnknown, message)
	e.Outcome = Unknown
	return e
}

// DeadlineExceeded says what the call was waiting for when its time ran out.
func DeadlineExceeded(outcome Outcome, message string) *Error {
	e := New(CodeDeadlineExceeded, message)
	e.Outcome = outcome
	return e
}

// Internal hides a mistake of the connector behind fixed words; err is kept as
// the cause, for the log.
func Internal(err error) *Error {
	return New(CodeInternal, "the connector failed; its log has the reason under this request id").WithCause(err)
}
