package problem

import "time"

// Document is a problem as callers see it (RFC 9457). The doc tags are the
// words of the API's documentation; what is not omitted when empty is always
// there.
type Document struct {
	Type          string         `json:"type" doc:"Where the code is explained."`
	Title         string         `json:"title" doc:"The code in a person's words."`
	Status        int            `json:"status" doc:"The HTTP status."`
	Detail        string         `json:"detail" doc:"What was wrong and what to do, for a person."`
	Code          Code           `json:"code" doc:"The word to switch on."`
	Reason        string         `json:"reason,omitempty" doc:"A finer word within the code."`
	Source        Source         `json:"source" doc:"Who says no."`
	Operation     string         `json:"operation,omitempty" doc:"The operation that was called."`
	Connection    string         `json:"connection,omitempty" doc:"The connection that was called."`
	RequestID     string         `json:"request_id" doc:"The id to find the request by in the logs."`
	Retryable     bool           `json:"retryable" doc:"The same request can succeed later."`
	Violations    []Violation    `json:"violations,omitempty" doc:"What is wrong, field by field."`
	Vendor        *Vendor        `json:"vendor,omitempty" doc:"What the PSA answered."`
	Confirmations []Confirmation `json:"confirmations,omitempty" doc:"Warnings of the PSA: repeat the write with ?accept= and their codes."`
	Outcome       Outcome        `json:"outcome,omitempty" doc:"What is known of a write that failed on the way: NOT_SENT, that it did not happen and can be sent again, or UNKNOWN."`
	ETag          string         `json:"etag,omitempty" doc:"With precondition_failed: the version that the record has now."`
	ID            string         `json:"id,omitempty" doc:"With already_exists: the record that is there."`
	Missing       string         `json:"missing,omitempty" doc:"With permission_denied: the grant that would have allowed the call."`
	RetryAfter    int            `json:"retry_after_seconds,omitempty" doc:"How long to wait."`
}

// Violation is what is wrong with one field.
type Violation struct {
	Field      string   `json:"field" doc:"The field's path, such as custom_fields.floor or watchers[0].email."`
	Message    string   `json:"message" doc:"What is wrong with it."`
	Allowed    []string `json:"allowed,omitempty" doc:"What is allowed, where that is a list."`
	DidYouMean string   `json:"did_you_mean,omitempty" doc:"What was probably meant."`
}

// Vendor is what the PSA answered.
type Vendor struct {
	Status  int    `json:"status,omitempty" doc:"Its HTTP status."`
	Code    string `json:"code,omitempty" doc:"Its own code."`
	Message string `json:"message,omitempty" doc:"Its own words."`
}

// Confirmation is a warning and the code that accepts it.
type Confirmation struct {
	Code string `json:"code" doc:"What ?accept= takes."`
	Text string `json:"text" doc:"The PSA's words."`
}

// Document returns the problem as callers see it. The operation and the
// connection are empty where the request did not get that far.
func (p *Problem) Document(requestID, operation, connection string) Document {
	return Document{
		Type: "/docs/errors#" + string(p.Code), Title: Lookup(p.Code).Title, Status: p.HTTPStatus(), Detail: p.Detail,
		Code: p.Code, Reason: p.Reason, Source: p.Source, Operation: operation, Connection: connection,
		RequestID: requestID, Retryable: p.Retryable(),
		Violations: p.Violations, Vendor: p.Vendor, Confirmations: p.Confirmations, Outcome: p.Outcome,
		ETag: p.CurrentETag, ID: p.ExistingID, Missing: p.Missing, RetryAfter: seconds(p.RetryAfter),
	}
}

// seconds rounds up: a caller who waits too short fails again.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
