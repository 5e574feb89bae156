package openapi

import (
	"strings"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// operation is the document's form of one operation.
func (s *schemas) operation(op *operation.Operation) object {
	out := object{
		{"operationId", op.Name},
		{"tags", []string{tag(op)}},
		{"summary", strings.TrimSuffix(op.Summary, ".")},
		{"description", op.Description},
		{"x-deskgate-area", op.Area},
		{"x-deskgate-access", op.Access.String()},
		{"x-deskgate-idempotency", op.Idempotency.String()},
	}
	if len(op.Also) > 0 {
		var also []any
		for _, g := range op.Also {
			also = append(also, object{{"area", g.Area}, {"access", g.Access.String()}}.when(g.When != "", "when", g.When))
		}
		out = out.with("x-deskgate-also", also)
	}
	if len(op.Effects) > 0 {
		var effects []any
		for _, e := range op.Effects {
			effects = append(effects, object{{"kind", e.Kind.String()}}.when(e.When != "", "when", e.When))
		}
		out = out.with("x-deskgate-effects", effects)
	}
	out = out.with("parameters", s.parameters(op))
	if op.HTTP.Body != "" {
		out = out.with("requestBody", object{
			{"required", len(op.BodyFields()) > 0},
			{"content", object{{"application/json", object{{"schema", s.body(op)}}}}.
				when(op.Stream == operation.Upload, "multipart/form-data", object{{"schema", s.form(op)}})},
		})
	}
	return out.with("responses", s.answers(op))
}

// form is the body of an upload in parts: the fields of its JSON body, then the
// file.
func (s *schemas) form(op *operation.Operation) object {
	var properties object
	for _, f := range op.BodyFields() {
		properties = properties.with(f.Name, s.field(f, s.input, true).described(f.Doc))
	}
	file := object{{"type", "string"}, {"format", "binary"}, {"description", "The content; the last part."}}
	return object{{"type", "object"}, {"properties", properties.with("file", file)}, {"required", []string{"file"}}}
}

// parameters are those of the path, the query and the headers.
func (s *schemas) parameters(op *operation.Operation) []any {
	var out []any
	for _, name := range op.HTTP.PathParams {
		f := op.Input.Field(name)
		out = append(out, object{{"name", name}, {"in", "path"}, {"required", true}, {"description", f.Doc},
			{"schema", s.field(f, s.input, true)}})
	}
	for _, f := range op.QueryFields() {
		out = append(out, s.queryParameter(f))
	}
	out = append(out, ref("parameters", "request_id"))
	if hasETag(op) {
		out = append(out, ref("parameters", "if_none_match"))
	}
	if op.Conditional() {
		out = append(out, ref("parameters", "if_match"))
	}
	if op.Options() {
		out = append(out, ref("parameters", "dry_run"), ref("parameters", "accept"))
	}
	return out
}

func (s *schemas) queryParameter(f *operation.Field) object {
	name, schema := f.Name, s.field(f, s.input, true)
	if f.Map { // each entry is a parameter of its own; OpenAPI has no style for the dot
		name, schema = f.Name+".<id>", s.element(f, s.input, true)
	}
	return object{{"name", name}, {"in", "query"}}.when(f.Required, "required", true).
		with("description", f.Doc).with("schema", schema)
}

// hasETag says whether an answer is one record that has a version.
func hasETag(op *operation.Operation) bool {
	record := op.Output.Fields
	return op.HTTP.Method == "GET" && op.List == nil && len(record) > 0 &&
		record[0].Message != nil && record[0].Message.Field("etag") != nil
}

// answers are the responses of an operation.
func (s *schemas) answers(op *operation.Operation) object {
	content := object{{"application/octet-stream", object{{"schema", object{{"type", "string"}, {"format", "binary"}}}}}}
	if op.Stream != operation.Download {
		content = object{{"application/json", object{{"schema", s.answer(op.Output)}}}}
	}
	answer := func(description string, more ...string) object {
		names := append([]string{"X-Request-Id", "Server-Timing", "X-Vendor-Requests"}, more...)
		var set object
		for _, name := range names {
			set = set.with(name, ref("headers", name))
		}
		return object{{"description", description}, {"headers", set}, {"content", content}}
	}
	var out object
	switch {
	case op.HTTP.Location != "":
		out = out.with("200", answer("A dry run, or the record was there already with this external id: nothing was sent.", "Location")).
			with("201", answer("Created.", "Location"))
	case hasETag(op):
		out = out.with("200", answer("Done.", "ETag")).
			with("304", object{{"description", "The record still is what `If-None-Match` names."}})
	case op.List != nil && op.List.Paged:
		out = out.with("200", answer("A page.", "Link"))
	default:
		out = out.with("200", answer("Done."))
	}
	for _, status := range refusals(op) {
		out = out.with(status, ref("responses", "Problem"+status))
	}
	return out.with("default", ref("responses", "Problem"))
}

// parameters are the components that operations share.
func parameters() object {
	text := func(name, in, description string, schema object) object {
		return object{{"name", name}, {"in", in}, {"description", description}, {"schema", schema}}
	}
	return object{
		{"request_id", text("X-Request-Id", "header", "The caller's id for this request, in the logs through to the vendor call. One of other form is replaced.",
			object{{"type", "string"}, {"pattern", "^[A-Za-z0-9._-]{1,64}$"}})},
		{"if_none_match", text("If-None-Match", "header", "Answer 304 if the record still has this `ETag`.", object{{"type", "string"}})},
		{"if_match", text("If-Match", "header", "Write only if the record still has this version: its `etag`, or the `ETag` of its Get.",
			object{{"type", "string"}, {"examples", []string{`"b1946ac9"`}}})},
		{"dry_run", text("dry_run", "query", "Say what would be sent to the PSA, and send nothing.", object{{"type", "boolean"}})},
		{"accept", text("accept", "query", "The codes of the PSA's warnings that the caller accepts, as `confirmations` gave them.",
			object{{"type", "array"}, {"maxItems", 20}, {"uniqueItems", true}, {"items", object{{"type", "string"}}}})},
	}
}

// headers are the components that answers share.
func headers() object {
	header := func(description, kind string) object {
		return object{{"description", description}, {"schema", object{{"type", kind}}}}
	}
	return object{
		{"X-Request-Id", header("The id of this request.", "string")},
		{"Server-Timing", header("The time spent in gateway, connector and PSA.", "string")},
		{"X-Vendor-Requests", header("How many requests the call cost at the PSA.", "integer")},
		{"ETag", header("The version of this answer.", "string")},
		{"Link", header("The next page, with `rel=\"next\"`; absent on the last.", "string")},
		{"Location", header("Where the new record is read.", "string")},
		{"Retry-After", header("How many seconds to wait.", "integer")},
	}
}
