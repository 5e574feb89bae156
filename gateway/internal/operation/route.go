package operation

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
)

var (
	literalSegment = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)
	paramSegment   = regexp.MustCompile(`^\{([a-z][a-z0-9_]*)\}$`)
)

// route fills op.HTTP from the RPC's rule. Of the template language only
// literals and `{name}` are taken; the rest has no place in these routes.
func (op *Operation) route(rule *annotations.HttpRule) error {
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		op.HTTP.Method, op.HTTP.Path = "GET", p.Get
	case *annotations.HttpRule_Post:
		op.HTTP.Method, op.HTTP.Path = "POST", p.Post
	case *annotations.HttpRule_Patch:
		op.HTTP.Method, op.HTTP.Path = "PATCH", p.Patch
	case *annotations.HttpRule_Delete:
		op.HTTP.Method, op.HTTP.Path = "DELETE", p.Delete
	case nil:
		return errors.New("has no google.api.http route")
	default:
		return fmt.Errorf("has a route by %T; routes are get, post, patch and delete", p)
	}
	if len(rule.GetAdditionalBindings()) > 0 || rule.GetResponseBody() != "" {
		return errors.New("has additional bindings or a response body; an operation has one route and one answer")
	}
	op.HTTP.Body = rule.GetBody()
	if err := op.pathParams(); err != nil {
		return fmt.Errorf("the path %q %w", op.HTTP.Path, err)
	}
	return op.checkBody()
}

func (op *Operation) pathParams() error {
	rest, ok := strings.CutPrefix(op.HTTP.Path, "/v1/")
	if !ok {
		return errors.New("does not start with /v1/")
	}
	for segment := range strings.SplitSeq(rest, "/") {
		if literalSegment.MatchString(segment) {
			continue
		}
		match := paramSegment.FindStringSubmatch(segment)
		if match == nil {
			return fmt.Errorf("has the segment %q; a segment is a lower-case word or {field}", segment)
		}
		name := match[1]
		f := op.Input.Field(name)
		if f == nil || f.Kind != String || f.Repeated || f.Map {
			return fmt.Errorf("has {%s}, which is no single string of %s", name, op.Input.FullName)
		}
		if slices.Contains(op.HTTP.PathParams, name) {
			return fmt.Errorf("has {%s} twice", name)
		}
		op.HTTP.PathParams = append(op.HTTP.PathParams, name)
	}
	return nil
}

func (op *Operation) checkBody() error {
	reads := op.HTTP.Method == "GET" || op.HTTP.Method == "DELETE"
	if reads != (op.HTTP.Body == "") {
		return fmt.Errorf("is a %s with the body %q; POST and PATCH have one, GET and DELETE have none", op.HTTP.Method, op.HTTP.Body)
	}
	if op.HTTP.Method == "GET" && op.Write {
		return errors.New("is a GET that writes")
	}
	if op.HTTP.Body != "" && op.HTTP.Body != "*" {
		f := op.Input.Field(op.HTTP.Body)
		if f == nil || f.Kind != Nested || f.Repeated || f.Map {
			return fmt.Errorf("has the body %q, which is no single message of %s", op.HTTP.Body, op.Input.FullName)
		}
	}
	if op.Patch() {
		if f := op.Input.Field(SetFieldsField); f == nil || f.Kind != String || !f.Repeated {
			return errors.New("is a PATCH without `repeated string set_fields`")
		}
	}
	for _, f := range op.BodyFields() {
		if f.Kind == JSON {
			return fmt.Errorf("takes %s in its body; raw JSON only goes out", f.Name)
		}
	}
	for _, f := range op.QueryFields() {
		if f.Kind == Nested || f.Kind == Value || f.Kind == JSON || f.Kind == Double || f.Map && f.Kind != String {
			return fmt.Errorf("takes %s as a query parameter, which cannot be a %s", f.Name, f.Kind)
		}
	}
	return nil
}

// overlaps reports routes of one method that some path would match both of:
// which one answers would hang on the order of registration.
func (b *builder) overlaps() {
	ops := b.catalogue.Operations
	for i, a := range ops {
		for _, other := range ops[i+1:] {
			if a.HTTP.Method == other.HTTP.Method && overlap(a.HTTP.Path, other.HTTP.Path) {
				b.faults = append(b.faults, fmt.Errorf("%s and %s: the routes %s %s and %s match the same requests",
					a.Name, other.Name, a.HTTP.Method, a.HTTP.Path, other.HTTP.Path))
			}
		}
	}
}

func overlap(a, b string) bool {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	if len(as) != len(bs) {
		return false
	}
	for i := range as {
		if as[i] != bs[i] && as[i][:min(1, len(as[i]))] != "{" && bs[i][:min(1, len(bs[i]))] != "{" {
			return false
		}
	}
	return true
}
