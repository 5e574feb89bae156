// Package openapi writes the OpenAPI 3.1 document of the API from the operation
// catalogue: what the contract's comments and constraints say, and no more.
package openapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

const description = `One API for every PSA. A connection is an account at a PSA; what a connection's connector or account lacks is answered 501 with the reason, and ` + "`GET /v1/operations?connection=...`" + ` says it beforehand.

- Absent means unknown or not set; ` + "`null`" + ` in a PATCH clears a field. A list is ` + "`[]`" + ` when empty, and absent only where ` + "`omitted`" + ` names it or the agent may not read it.
- Input is strict: unknown or repeated keys, other types, other spellings and unknown query parameters are 400, and the answer names each with what is allowed.
- Several values of one query parameter: repeat it, or separate them by commas; a comma within a value is ` + "`%2C`" + `.
- Times are RFC 3339 in UTC, durations whole seconds, ids strings that mean nothing beyond their connection.
- Every error is ` + "`application/problem+json`" + ` with a ` + "`code`" + ` to switch on.`

// Document returns the document of the whole catalogue, indented. The same
// catalogue gives the same bytes.
func Document(c *operation.Catalogue) ([]byte, error) {
	s := newSchemas()
	paths := s.paths(c)
	s.problems()
	if s.err != nil {
		return nil, s.err
	}
	document := object{
		{"openapi", "3.1.0"},
		{"info", object{
			{"title", "Deskgate"},
			{"version", "v1"},
			{"summary", "One API for every PSA."},
			{"description", description},
			{"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
		}},
		{"servers", []any{object{{"url", "/"}, {"description", "The gateway that served this document."}}}},
		{"security", []any{object{{"bearer", []string{}}}}},
		{"tags", tags(c)},
		{"paths", paths},
		{"components", object{
			{"securitySchemes", object{{"bearer", object{
				{"type", "http"}, {"scheme", "bearer"}, {"description", "An agent's token, `dg_<id>_<secret>`."},
			}}}},
			{"parameters", parameters()},
			{"headers", headers()},
			{"responses", s.responses},
			{"schemas", s.sorted()},
		}},
	}
	raw, err := marshal(document)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// tag is the resource that an operation is about.
func tag(op *operation.Operation) string {
	resource, _, _ := strings.Cut(op.Name, ".")
	return resource
}

// tags describes each resource by the services that work on it.
func tags(c *operation.Catalogue) []any {
	var names []string
	docs := map[string][]string{}
	for _, op := range c.Operations {
		name := tag(op)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if !slices.Contains(docs[name], op.ServiceDoc) {
			docs[name] = append(docs[name], op.ServiceDoc)
		}
	}
	var out []any
	for _, name := range names {
		out = append(out, object{{"name", name}, {"description", strings.Join(docs[name], "\n\n")}})
	}
	return out
}

// paths groups the operations by path.
func (s *schemas) paths(c *operation.Catalogue) object {
	byPath := map[string]object{}
	var order []string
	for _, op := range c.Operations {
		path := op.HTTP.Path
		if byPath[path] == nil {
			order = append(order, path)
		}
		byPath[path] = byPath[path].with(strings.ToLower(op.HTTP.Method), s.operation(op))
	}
	slices.Sort(order)
	var out object
	for _, path := range order {
		methods := byPath[path]
		slices.SortFunc(methods, func(a, b member) int { return cmp.Compare(a.name, b.name) })
		out = out.with(path, methods)
	}
	return out
}
