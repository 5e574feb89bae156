package openapi

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

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
		statuses = append(statuses, 409, 422)
	}
	if op.Conditional() {
		statuses = append(statuses, 412)
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
	for name, component := range map[string]object{
		"Problem": members(reflect.TypeFor[problem.Document](), "Why a call was refused or failed (RFC 9457).").
			with("examples", []any{example()}),
		"Violation":    members(reflect.TypeFor[problem.Violation](), "What is wrong with one field."),
		"Vendor":       members(reflect.TypeFor[problem.Vendor](), "What the PSA answered."),
		"Confirmation": members(reflect.TypeFor[problem.Confirmation](), "A warning and the code that accepts it."),
	} {
		s.claim(name, "problem")
		s.components[name] = component
	}

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
	title, retryable := "", false
	for i, info := range infos {
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
			{"code", object{{"enum", codes(infos)}}},
		}},
	}}}}
	return object{{"description", title + "."}, {"headers", set},
		{"content", object{{"application/problem+json", object{{"schema", narrowed}}}}}}
}

// members is the schema of a struct of the problem package, by the tags that it
// is encoded by.
func members(t reflect.Type, description string) object {
	var properties object
	required := []string{}
	for f := range t.Fields() {
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if option == "" {
			required = append(required, name)
		}
		properties = properties.with(name, value(f.Type, f.Tag.Get("doc")))
	}
	return object{{"type", "object"}, {"description", description}, {"properties", properties}}.
		when(len(required) > 0, "required", required)
}

// value is the schema of a member's value.
func value(t reflect.Type, description string) object {
	switch t.Kind() {
	case reflect.Pointer:
		return ref("schemas", t.Elem().Name()).described(description)
	case reflect.Slice:
		items := object{{"type", "string"}}
		if t.Elem().Kind() == reflect.Struct {
			items = ref("schemas", t.Elem().Name())
		}
		return object{{"type", "array"}, {"description", description}, {"items", items}}
	case reflect.Int:
		return object{{"type", "integer"}, {"description", description}}
	case reflect.Bool:
		return object{{"type", "boolean"}, {"description", description}}
	default:
		return object{{"type", "string"}, {"description", description}}.when(words[t] != nil, "enum", words[t])
	}
}

// words are the values of the types that have a fixed set of them.
var words = map[reflect.Type][]string{
	reflect.TypeFor[problem.Code]():    codes(problem.Codes()),
	reflect.TypeFor[problem.Source]():  plain(problem.Sources()),
	reflect.TypeFor[problem.Outcome](): plain(problem.Outcomes()),
}

func codes(infos []problem.Info) []string {
	var names []string
	for _, info := range infos {
		names = append(names, string(info.Code))
	}
	return names
}

func plain[T ~string](values []T) []string {
	var names []string
	for _, v := range values {
		names = append(names, string(v))
	}
	return names
}

// example is a problem as a caller may get it.
func example() problem.Document {
	p := problem.Fields(problem.Violation{
		Field: "priority.name", Message: `no priority is named "Hgih"`, Allowed: []string{"Critical", "High", "Medium", "Low"}, DidYouMean: "High",
	})
	p.Source = problem.Connector
	return p.Document("0193583e-7d2a-7c52-b9f1-5f2c8f3f8a11", "tickets.update", "my-psa")
}
