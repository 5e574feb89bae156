package openapi

import (
	"slices"
	"strconv"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// refusals are the statuses with which an operation can be refused; any other
// is covered by the default.
func refusals(op *operation.Operation) []string {
	statuses := []int{400, 401, 403, 404, 500, 501, 503, 504}
	if op.HTTP.Body != "" {
		statuses = append(statuses, 413, 415)
	}
	if op.Connector {
		statuses = append(statuses, 429, 502)
	}
	if op.Options() {
		statuses = append(statuses, 409, 412, 422)
	}
	slices.Sort(statuses)
	var out []string
	for _, status := range statuses {
		out = append(out, strconv.Itoa(status))
	}
	return out
}

// problems adds the error schema, and a response for each status with the codes
// that it can carry.
func (s *schemas) problems() {
	for _, name := range []string{"Problem", "Violation", "Vendor", "Confirmation"} {
		s.claim(name, "problem")
	}
	s.components["Problem"] = problemSchema()
	s.components["Violation"] = violationSchema()
	s.components["Vendor"] = vendorSchema()
	s.components["Confirmation"] = confirmationSchema()

	byStatus := map[int][]problem.Info{}
	var order []int
	for _, info := range problem.Codes() {
		if byStatus[info.Status] == nil {
			order = append(order, info.Status)
		}
		byStatus[info.Status] = append(byStatus[info.Status], info)
	}
	slices.Sort(order)
	for _, status := range order {
		if status == 405 { // no documented request gets it
			continue
		}
		s.responses = s.responses.with("Problem"+strconv.Itoa(status), response(status, byStatus[status]))
	}
	s.responses = s.responses.with("Problem", object{
		{"description", "Refused or failed."},
		{"headers", object{{"X-Request-Id", ref("headers", "X-Request-Id")}}},
		{"content", object{{"application/problem+json", object{{"schema", ref("schemas", "Problem")}}}}},
	})
}

func response(status int, infos []problem.Info) object {
	var codes []string
	title, retryable := "", false
	for i, info := range infos {
		codes = append(codes, string(info.Code))
		if i > 0 {
			title += ", or: "
		}
		title += info.Title
		retryable = retryable || info.Retryable
	}
	set := object{{"X-Request-Id", ref("headers", "X-Request-Id")}}.when(retryable, "Retry-After", ref("headers", "Retry-After"))
	narrowed := object{{"allOf", []any{ref("schemas", "Problem"), object{
		{"type", "object"},
		{"properties", object{
			{"status", object{{"const", status}}},
			{"code", object{{"enum", codes}}},
		}},
	}}}}
	return object{{"description", title + "."}, {"headers", set},
		{"content", object{{"application/problem+json", object{{"schema", narrowed}}}}}}
}

func text(description string) object {
	return object{{"type", "string"}, {"description", description}}
}

func problemSchema() object {
	var codes []string
	for _, info := range problem.Codes() {
		codes = append(codes, string(info.Code))
	}
	properties := object{
		{"type", text("Where the code is explained.")},
		{"title", text("The code in a person's words.")},
		{"status", object{{"type", "integer"}, {"description", "The HTTP status."}}},
		{"detail", text("What was wrong and what to do, for a person.")},
		{"code", text("The word to switch on.").with("enum", codes)},
		{"reason", text("A finer word within the code.")},
		{"source", text("Who says no.").with("enum", []string{string(problem.Gateway), string(problem.Connector), string(problem.PSA)})},
		{"operation", text("The operation that was called.")},
		{"connection", text("The connection that was called.")},
		{"request_id", text("The id to find the request by in the logs.")},
		{"retryable", object{{"type", "boolean"}, {"description", "The same request can succeed later."}}},
		{"violations", list("What is wrong, field by field.", "Violation")},
		{"vendor", ref("schemas", "Vendor").described("What the PSA answered.")},
		{"confirmations", list("Warnings of the PSA: repeat the write with `?accept=` and their codes.", "Confirmation")},
		{"outcome", text("Whether a write that failed on the way was sent.").with("enum", []string{"NOT_SENT", "UNKNOWN"})},
		{"etag", text("With `precondition_failed`: the version that the record has now.")},
		{"id", text("With `already_exists`: the record that is there.")},
		{"missing", text("With `permission_denied`: the grant that would have allowed the call.")},
		{"retry_after_seconds", object{{"type", "integer"}, {"description", "How long to wait."}}},
	}
	return object{
		{"type", "object"},
		{"description", "Why a call was refused or failed (RFC 9457)."},
		{"properties", properties},
		{"required", []string{"type", "title", "status", "detail", "code", "source", "request_id", "retryable"}},
		{"examples", []any{object{
			{"type", "/docs/errors#invalid_argument"}, {"title", "Invalid argument"}, {"status", 400},
			{"detail", `no priority is named "Hgih"`}, {"code", string(problem.InvalidArgument)}, {"source", string(problem.Gateway)},
			{"operation", "tickets.update"}, {"connection", "my-psa"}, {"request_id", "0193583e-7d2a-7c52-b9f1-5f2c8f3f8a11"}, {"retryable", false},
			{"violations", []any{object{
				{"field", "priority.name"}, {"message", `no priority is named "Hgih"`},
				{"allowed", []string{"Critical", "High", "Medium", "Low"}}, {"did_you_mean", "High"},
			}}},
		}}},
	}
}

func violationSchema() object {
	return object{{"type", "object"}, {"description", "What is wrong with one field."},
		{"properties", object{
			{"field", text("The field's path, such as `custom_fields.floor` or `watchers[0].email`.")},
			{"message", text("What is wrong with it.")},
			{"allowed", object{{"type", "array"}, {"description", "What is allowed, where that is a list."}, {"items", object{{"type", "string"}}}}},
			{"did_you_mean", text("What was probably meant.")},
		}},
		{"required", []string{"field", "message"}}}
}

func vendorSchema() object {
	return object{{"type", "object"}, {"description", "What the PSA answered."},
		{"properties", object{
			{"status", object{{"type", "integer"}, {"description", "Its HTTP status."}}},
			{"code", text("Its own code.")},
			{"message", text("Its own words.")},
		}}}
}

func confirmationSchema() object {
	return object{{"type", "object"}, {"description", "A warning and the code that accepts it."},
		{"properties", object{{"code", text("What `?accept=` takes.")}, {"text", text("The PSA's words.")}}},
		{"required", []string{"code", "text"}}}
}

func list(description, name string) object {
	return object{{"type", "array"}, {"description", description}, {"items", ref("schemas", name)}}
}
