package rest

import (
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// request translates an HTTP request into an invocation. What is wrong with the
// request's form goes along as its flaw.
func (s *Server) request(c *fiber.Ctx, op *operation.Operation) *pipeline.Invocation {
	e := of(c)
	e.inv = &pipeline.Invocation{Operation: op, RequestID: e.id, Path: map[string]string{}, Token: bearer(c), Body: e.body}
	e.inv.Flaw = fill(c, e.inv)
	switch {
	case e.flaw != nil:
		e.inv.Flaw = e.flaw
	case e.inv.Flaw == nil && op.Stream == operation.Upload && e.boundary != "":
		e.inv.Flaw = s.upload(c, e.inv)
	}
	return e.inv
}

// fill takes over what stands around the body.
func fill(c *fiber.Ctx, inv *pipeline.Invocation) *problem.Problem {
	for _, name := range inv.Operation.HTTP.PathParams {
		value, err := url.PathUnescape(c.Params(name))
		if err != nil {
			return problem.Field(name, "is not escaped as a path segment has to be")
		}
		inv.Path[name] = strings.Clone(value)
	}
	if prob := refuseHeaders(c); prob != nil {
		return prob
	}
	if prob := checkBody(c, inv.Operation, inv.Body); prob != nil {
		return prob
	}
	query := string(c.Request().URI().QueryString())
	if !inv.Operation.Write {
		inv.Query = query
		return nil
	}
	var prob *problem.Problem
	inv.Query, inv.Options, prob = options(query)
	inv.Options.IfMatch = strings.Clone(c.Get(fiber.HeaderIfMatch))
	return prob
}

func bearer(c *fiber.Ctx) string {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.Clone(strings.TrimSpace(token))
}

// refuseHeaders answers headers whose promise is not kept yet, rather than
// ignoring them.
func refuseHeaders(c *fiber.Ctx) *problem.Problem {
	for _, name := range []string{"Idempotency-Key", "Prefer"} {
		if c.Get(name) != "" {
			return problem.New(problem.NotSupported, "the header %s is not supported yet: leave it out", name)
		}
	}
	for directive := range strings.SplitSeq(c.Get(fiber.HeaderCacheControl), ",") {
		// max-age=0 asks for what the gateway does anyway.
		if age, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(directive)), "max-age="); ok && strings.Trim(age, "0") != "" {
			return problem.New(problem.NotSupported, "the header Cache-Control with max-age is not supported yet: leave it out, and the PSA is asked")
		}
	}
	return nil
}

// jsonTypes are the content types that a body may have.
var jsonTypes = []string{fiber.MIMEApplicationJSON, "application/merge-patch+json"}

func checkBody(c *fiber.Ctx, op *operation.Operation, body []byte) *problem.Problem {
	parts := of(c).boundary != "" && c.Context().RequestBodyStream() != nil
	switch {
	case parts && op.Stream == operation.Upload:
		return nil
	case len(body) == 0 && !parts:
		return nil
	case op.HTTP.Body == "":
		return problem.New(problem.InvalidArgument, "%s takes no body", op.Name)
	}
	if got, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); err != nil || !slices.Contains(jsonTypes, got) {
		return problem.New(problem.UnsupportedMediaType, "the body has the content type %q: send Content-Type: application/json", c.Get(fiber.HeaderContentType))
	}
	if coding := c.Get(fiber.HeaderContentEncoding); coding != "" && !strings.EqualFold(coding, "identity") {
		return problem.New(problem.UnsupportedMediaType, "the body has the content encoding %q: send it as it is, without one", coding)
	}
	return nil
}

// options takes the call options out of a raw query and returns the rest.
func options(query string) (rest string, o pipeline.Options, prob *problem.Problem) {
	var kept []string
	dry := false // dry_run is given
	for pair := range strings.SplitSeq(query, "&") {
		switch name, raw, _ := strings.Cut(pair, "="); name {
		case "dry_run":
			if dry {
				return "", o, problem.Field(name, "is given twice")
			}
			if raw != "true" && raw != "false" {
				return "", o, problem.Field(name, "is neither true nor false", "true", "false")
			}
			dry, o.DryRun = true, raw == "true"
		case "accept":
			for part := range strings.SplitSeq(raw, ",") {
				code, err := url.QueryUnescape(part)
				if err != nil || code == "" {
					return "", o, problem.Field(name, "is not a list of codes, as `confirmations` gave them")
				}
				o.Accept = append(o.Accept, code)
			}
		default:
			if pair != "" {
				kept = append(kept, pair)
			}
		}
	}
	return strings.Join(kept, "&"), o, nil
}
