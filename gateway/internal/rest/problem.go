package rest

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// document is a problem as RFC 9457 shows it, with the members of the API.
type document struct {
	Type          string                 `json:"type"`
	Title         string                 `json:"title"`
	Status        int                    `json:"status"`
	Detail        string                 `json:"detail"`
	Code          problem.Code           `json:"code"`
	Reason        string                 `json:"reason,omitempty"`
	Source        problem.Source         `json:"source"`
	Operation     string                 `json:"operation,omitempty"`
	Connection    string                 `json:"connection,omitempty"`
	RequestID     string                 `json:"request_id"`
	Retryable     bool                   `json:"retryable"`
	Violations    []problem.Violation    `json:"violations,omitempty"`
	Vendor        *problem.Vendor        `json:"vendor,omitempty"`
	Confirmations []problem.Confirmation `json:"confirmations,omitempty"`
	Outcome       string                 `json:"outcome,omitempty"`
	ETag          string                 `json:"etag,omitempty"`
	ID            string                 `json:"id,omitempty"`
	Missing       string                 `json:"missing,omitempty"`
	RetryAfter    int                    `json:"retry_after_seconds,omitempty"`
}

const mimeProblem = "application/problem+json"

func newDocument(p *problem.Problem, requestID string, inv *pipeline.Invocation) document {
	info := problem.Lookup(p.Code)
	d := document{
		Type: "/docs/errors#" + string(p.Code), Title: info.Title, Status: p.HTTPStatus(), Detail: p.Detail,
		Code: p.Code, Reason: p.Reason, Source: p.Source, RequestID: requestID,
		// A write whose outcome nobody knows is not to be repeated blindly.
		Retryable:  info.Retryable && p.Outcome != "UNKNOWN",
		Violations: p.Violations, Vendor: p.Vendor, Confirmations: p.Confirmations, Outcome: p.Outcome,
		ETag: p.CurrentETag, ID: p.ExistingID, Missing: p.Missing,
		RetryAfter: seconds(p.RetryAfter),
	}
	if inv != nil {
		d.Operation, d.Connection = inv.Operation.Name, inv.Path["connection"]
	}
	return d
}

// seconds rounds up: a caller who waits too short fails again.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// answerProblem answers a problem; inv is nil where no operation was reached.
func answerProblem(c *fiber.Ctx, p *problem.Problem, inv *pipeline.Invocation) error {
	d := newDocument(p, requestID(c), inv)
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if d.RetryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(d.RetryAfter))
	}
	if d.Status == fiber.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="deskgate"`)
	}
	if len(p.Allow) > 0 {
		c.Set(fiber.HeaderAllow, strings.Join(p.Allow, ", "))
	}
	c.Set(fiber.HeaderContentType, mimeProblem)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(d.Status).Send(body)
}

// failed is where Fiber and fasthttp bring what they refuse themselves.
func (s *Server) failed(c *fiber.Ctx, err error) error {
	if requestID(c) == "" {
		takeRequestID(c) // what cannot be read does not get as far as the middleware
	}
	return answerProblem(c, s.problemOf(c, err), nil)
}

func (s *Server) problemOf(c *fiber.Ctx, err error) *problem.Problem {
	status := fiber.StatusInternalServerError
	if e, ok := errors.AsType[*fiber.Error](err); ok {
		status = e.Code
	}
	switch status {
	case fiber.StatusNotFound:
		return problem.New(problem.NotFound, "there is nothing at %s: GET /openapi.json lists the paths", strings.Clone(c.Path()))
	case fiber.StatusMethodNotAllowed:
		return problem.New(problem.MethodNotAllowed, "%s does not take %s; it takes %s",
			strings.Clone(c.Path()), strings.Clone(c.Method()), c.GetRespHeader(fiber.HeaderAllow))
	case fiber.StatusRequestEntityTooLarge:
		return problem.New(problem.TooLarge, "the body is larger than %d bytes, the most that a request may have", s.BodyLimit)
	case fiber.StatusRequestHeaderFieldsTooLarge:
		p := problem.New(problem.TooLarge, "the request's header is larger than %d bytes", headerBytes)
		p.Status = status
		return p
	case fiber.StatusBadRequest, fiber.StatusRequestTimeout:
		return problem.New(problem.InvalidArgument, "the request is not whole or not HTTP")
	default:
		s.Logger.Error("the HTTP layer failed", "request_id", requestID(c), "error", err)
		return problem.From(err)
	}
}

// unknownMethod answers a method that HTTP does not know.
func (s *Server) unknownMethod(ctx *fasthttp.RequestCtx) {
	c := s.app.AcquireCtx(ctx)
	defer s.app.ReleaseCtx(c)
	takeRequestID(c)
	p := problem.New(problem.MethodNotAllowed, "there is no method %q", string(ctx.Method()))
	p.Allow = []string{"GET", "HEAD", "POST", "PATCH", "DELETE"}
	_ = answerProblem(c, p, nil) // writes into memory
}
