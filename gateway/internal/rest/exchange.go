package rest

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// exchange is what the door knows of one request beyond HTTP.
type exchange struct {
	id           string
	method, path string
	start        time.Time
	body         []byte
	boundary     string // of a multipart body; empty for another one
	// flaw is what is wrong with the body's transfer, or nil.
	flaw *problem.Problem
	// inv is nil where no operation was reached.
	inv *pipeline.Invocation
	// prob is the problem that was answered, or nil.
	prob *problem.Problem
}

const exchangeKey = "exchange"

// of returns the request's exchange, which it begins if need be.
func of(c *fiber.Ctx) *exchange {
	if e, ok := c.Locals(exchangeKey).(*exchange); ok {
		return e
	}
	// Fiber's strings live as long as the request.
	e := &exchange{id: requestID(c), method: strings.Clone(c.Method()), path: strings.Clone(c.Path()), start: time.Now()}
	c.Locals(exchangeKey, e)
	c.Set("X-Request-Id", e.id)
	return e
}

var validRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// requestID is the caller's id for the request, or a new one.
func requestID(c *fiber.Ctx) string {
	if id := c.Get("X-Request-Id"); validRequestID.MatchString(id) {
		return strings.Clone(id)
	}
	return uuid.Must(uuid.NewV7()).String()
}

// begin stands around every request that can be read: it has its id, its one
// answer and its one line in the log, and a panic does not end the gateway.
func (s *Server) begin(c *fiber.Ctx) (err error) {
	of(c)
	defer func() {
		if r := recover(); r != nil {
			s.Logger.Error("a handler panicked", "request_id", of(c).id, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", r)
		}
		if err != nil {
			err = s.refuse(c, err)
		}
		s.log(c)
	}()
	return c.Next()
}

// failed is where Fiber and fasthttp bring what they refuse themselves, before
// any middleware.
func (s *Server) failed(c *fiber.Ctx, err error) error {
	e := of(c)
	e.method, e.path = "", "" // fasthttp forgets what it cannot read to its end
	if line, ok := c.Locals(firstLineKey).([]string); ok {
		e.method, e.path = line[1], line[2]
	}
	err = s.refuse(c, err)
	s.log(c)
	return err
}

const firstLineKey = "first line"

// quotedLine finds the request's first line in an error of fasthttp, which
// quotes the beginning of what it could not read. The query stays out.
var quotedLine = regexp.MustCompile(`contents: "([A-Z]{3,10}) (/[^ ?"\\]*)`)

// keepFirstLine has failed know what was asked for.
func keepFirstLine(next func(*fasthttp.RequestCtx, error)) func(*fasthttp.RequestCtx, error) {
	return func(ctx *fasthttp.RequestCtx, err error) {
		if line := quotedLine.FindStringSubmatch(err.Error()); line != nil {
			ctx.SetUserValue(firstLineKey, line)
		}
		next(ctx, err)
	}
}

// drainLimit is how much of an over-long body is read so that a client that
// writes all of it first still gets to read its answer.
const drainLimit = 64 << 20

// readBody takes the body into memory. What is wrong with it is told later: who
// has no token learns that first.
func (s *Server) readBody(c *fiber.Ctx) error {
	e := of(c)
	e.boundary = boundary(c)
	stream := c.Context().RequestBodyStream()
	switch {
	case stream == nil:
		return c.Next()
	case e.boundary != "":
		return s.leaveBody(c, stream)
	}
	body, err := io.ReadAll(io.LimitReader(stream, int64(s.BodyLimit)+1))
	switch {
	case err != nil:
		e.flaw = problem.New(problem.InvalidArgument, "the body ended before it was whole").Because(err)
		c.Context().SetConnectionClose()
	case len(body) > s.BodyLimit:
		e.flaw = s.bodyTooLarge()
		_, _ = io.Copy(io.Discard, io.LimitReader(stream, drainLimit)) // the client may have gone
		c.Context().SetConnectionClose()
	default:
		e.body = body
	}
	return c.Next()
}

// leaveBody leaves a body of several parts to the operation that takes one, and
// reads what that has left over.
func (s *Server) leaveBody(c *fiber.Ctx, stream io.Reader) error {
	err := c.Next()
	if n, _ := io.Copy(io.Discard, io.LimitReader(pacing{c, stream}, drainLimit)); n > 0 {
		c.Context().SetConnectionClose()
	}
	return err
}

func (s *Server) bodyTooLarge() *problem.Problem {
	return problem.New(problem.TooLarge, "the body is larger than %d bytes, the most that a request may have", s.BodyLimit)
}

// probes are asked every few seconds by those who watch the gateway.
var probes = map[string]bool{"/healthz": true, "/readyz": true}

// loggedPath bounds what a line of the log tells of a path.
const loggedPath = 512

// log writes the request's line. The query stays out of it: whoever puts a
// token there has made mistake enough.
func (s *Server) log(c *fiber.Ctx) {
	e := of(c)
	args := []any{"request_id", e.id, "method", e.method, "path", e.path[:min(len(e.path), loggedPath)],
		"status", c.Response().StatusCode(), "ms", time.Since(e.start).Milliseconds()}
	if inv := e.inv; inv != nil {
		args = append(args, "operation", inv.Operation.Name, "connection", inv.Path["connection"], "vendor_requests", inv.Cost.VendorRequests)
		if inv.Identity != nil {
			args = append(args, "agent", inv.Identity.Name())
		}
	}
	switch {
	case e.prob == nil && probes[e.path]:
		s.Logger.Debug("call", args...)
	case e.prob == nil:
		s.Logger.Info("call", args...)
	case e.prob.Code == problem.Internal:
		s.Logger.Error("call", append(args, "code", string(e.prob.Code), "error", e.prob.Error())...)
	default:
		s.Logger.Info("call", append(args, "code", string(e.prob.Code), "detail", e.prob.Detail)...)
	}
}

// refuse answers an error.
func (s *Server) refuse(c *fiber.Ctx, err error) error { return answerProblem(c, s.problemOf(c, err)) }

// problemOf says what is behind an error of Fiber or fasthttp.
func (s *Server) problemOf(c *fiber.Ctx, err error) *problem.Problem {
	status := fiber.StatusInternalServerError
	if e, ok := errors.AsType[*fiber.Error](err); ok {
		status = e.Code
	}
	switch status {
	case fiber.StatusNotFound:
		return problem.New(problem.NotFound, "there is nothing at %s: GET /openapi.json lists the paths, /docs explains them", of(c).path)
	case fiber.StatusMethodNotAllowed:
		return problem.New(problem.MethodNotAllowed, "%s does not take %s; it takes %s",
			of(c).path, of(c).method, strings.Clone(c.GetRespHeader(fiber.HeaderAllow)))
	case fiber.StatusRequestEntityTooLarge:
		return s.bodyTooLarge()
	case fiber.StatusRequestHeaderFieldsTooLarge:
		p := problem.New(problem.TooLarge, "the request's header is larger than %d bytes", headerBytes)
		p.Status = status
		return p
	case fiber.StatusBadRequest, fiber.StatusRequestTimeout:
		return problem.New(problem.InvalidArgument, "the request is not whole or not HTTP")
	default:
		return problem.From(err)
	}
}
