package problem

import "slices"

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
	// OtherStatus is a second one that the code can come with, or 0.
	OtherStatus int
	// Title is the code in a person's words.
	Title string
	// Retryable says that the same request can succeed later.
	Retryable bool
	// Meaning says when the code is answered, Remedy what to do then. Both are
	// Markdown for the documentation.
	Meaning, Remedy string
}

var table = []Info{
	{
		Code: InvalidArgument, Status: 400, Title: "Invalid argument",
		Meaning: "Something in the request is wrong: a field, a parameter, a header, or the JSON itself. Nothing was written.",
		Remedy:  "Mend what `violations` names. `allowed` lists what is allowed, `did_you_mean` what was probably meant.",
	},
	{
		Code: Unauthenticated, Status: 401, Title: "Unauthenticated",
		Meaning: "The call has no token, or one that no agent has.",
		Remedy:  "Send `Authorization: Bearer <token>` with the token of an agent in `gateway.hcl`. An admin makes one with `deskgate agent token NAME`.",
	},
	{
		Code: PermissionDenied, Status: 403, Title: "Permission denied",
		Meaning: "The caller is known and may not do this. `reason` says whose no it is: `group` (no group of the agent grants what `missing` names) or `psa` (the connection's account lacks a right at the PSA).",
		Remedy:  "With `group`, have an admin grant `missing` to one of the agent's groups; `GET /v1/agent` lists what the agent may do. With `psa`, have the account given the right at the PSA.",
	},
	{
		Code: NotFound, Status: 404, Title: "Not found",
		Meaning: "There is no such path, connection or record, or it may not be seen.",
		Remedy:  "Look at the spelling and the id. `GET /v1/connections` lists the connections, `GET /openapi.json` the paths.",
	},
	{
		Code: MethodNotAllowed, Status: 405, Title: "Method not allowed",
		Meaning: "The path is there and does not take this method.",
		Remedy:  "Take one of those that the header `Allow` lists.",
	},
	{
		Code: Conflict, Status: 409, Title: "Conflict",
		Meaning: "Somebody else changed the record at the same time.",
		Remedy:  "Read the record again and decide anew.",
	},
	{
		Code: AlreadyExists, Status: 409, Title: "Already exists",
		Meaning: "The record is there already; `id` names it, if the PSA tells.",
		Remedy:  "Work with that one.",
	},
	{
		Code: InProgress, Status: 409, Title: "In progress", Retryable: true,
		Meaning: "The same write is under way.",
		Remedy:  "Wait for it, then look at the record.",
	},
	{
		Code: OutcomeUnknown, Status: 409, Title: "Outcome unknown",
		Meaning: "The write was sent, and its answer was lost: nobody knows whether the PSA carried it out, and a look at the PSA did not tell. `detail` says what is there.",
		Remedy:  "Look at the record before you repeat the write. Deskgate never repeats it by itself.",
	},
	{
		Code: PreconditionFailed, Status: 412, Title: "Precondition failed",
		Meaning: "The record is not the version that `If-Match` names. `etag` is the version that it has now.",
		Remedy:  "Read it again, and repeat the write with that version if it is still meant.",
	},
	{
		Code: TooLarge, Status: 413, OtherStatus: 431, Title: "Too large",
		Meaning: "The body (413) or the header (431) is larger than the gateway takes.",
		Remedy:  "Send less; `detail` names the limit. An admin sets that of bodies in `gateway.hcl`.",
	},
	{
		Code: UnsupportedMediaType, Status: 415, Title: "Unsupported media type",
		Meaning: "The body does not say that it is JSON, or, of an upload, `multipart/form-data`; or it is compressed.",
		Remedy:  "Send `Content-Type: application/json`, a file as `multipart/form-data`, and no `Content-Encoding`.",
	},
	{
		Code: FailedPrecondition, Status: 422, Title: "Failed precondition",
		Meaning: "The request is well formed, and the PSA demands something first, such as a resolution before a ticket is closed. With the `reason` `CONFIRMATION_REQUIRED` it warns, in `confirmations`.",
		Remedy:  "Give what `detail` names. To accept warnings, repeat the request with `?accept=` and their codes.",
	},
	{
		Code: RateLimited, Status: 429, Title: "Rate limited", Retryable: true,
		Meaning: "A limit on requests is reached: the PSA's own, or the one that the connector keeps for it, as `source` says.",
		Remedy:  "Wait as many seconds as `Retry-After` says.",
	},
	{
		Code: Internal, Status: 500, Title: "Internal error",
		Meaning: "The gateway or the connector has a fault.",
		Remedy:  "Report it with the `request_id`: the log has the reason under it.",
	},
	{
		Code: NotSupported, Status: 501, Title: "Not supported",
		Meaning: "This connection, or this version of Deskgate, does not have it; `detail` says which.",
		Remedy:  "Do without it. `GET /v1/operations?connection=<name>` lists what a connection serves.",
	},
	{
		Code: FieldNotSupported, Status: 501, Title: "Field not supported",
		Meaning: "This connection does not have the field or filter that `violations` names. Nothing was written.",
		Remedy:  "Leave it out. `GET /v1/operations?connection=<name>` lists, operation by operation, the fields and filters that a connection does not take.",
	},
	{
		Code: VendorError, Status: 502, Title: "Vendor error", Retryable: true,
		Meaning: "The PSA failed, or its answer makes no sense. `vendor` has its status, its code and its own words.",
		Remedy:  "Repeat the request later if `retryable` says so; with the `reason` `NEEDS_ATTENTION` it fails until an admin has acted. If it goes on, show `vendor` to whoever looks after the PSA.",
	},
	{
		Code: ConnectionDown, Status: 503, Title: "Connection down", Retryable: true,
		Meaning: "The connection does not work now. With the `reason` `LOGIN_REFUSED` or `NEEDS_ATTENTION` it does not before an admin has acted.",
		Remedy:  "`GET /v1/connections/{connection}` says why. Without a `reason`, repeat the request later; with one, tell the admin, who looks with `deskgate connection check NAME`.",
	},
	{
		Code: StateUnavailable, Status: 503, Title: "State unavailable", Retryable: true,
		Meaning: "The gateway cannot keep what it has to keep. Nothing was written.",
		Remedy:  "Repeat the request later; the admin finds the reason in the log.",
	},
	{
		Code: DeadlineExceeded, Status: 504, Title: "Deadline exceeded", Retryable: true,
		Meaning: "The call took too long. Of a write, `outcome` says what is known: `NOT_SENT`, that it did not happen, or `UNKNOWN`.",
		Remedy:  "Repeat a read, and a write that did not happen. Of one that may have, look at the record first.",
	},
}

// Codes returns what is fixed for every code, by status.
func Codes() []Info { return slices.Clone(table) }

// Lookup returns what is fixed for a code; an unknown code is Internal.
func Lookup(c Code) Info {
	for _, info := range table {
		if info.Code == c {
			return info
		}
	}
	return Lookup(Internal)
}
