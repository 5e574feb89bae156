package rest

import (
	"io"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Keys of what the middleware leaves for the handlers.
const (
	localRequestID = "request_id"
	localBody      = "body"
)

var validRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// begin gives every request its id and keeps a panic from ending the gateway.
func (s *Server) begin(c *fiber.Ctx) (err error) {
	id := takeRequestID(c)
	defer func() {
		if r := recover(); r != nil {
			s.Logger.Error("a handler panicked", "request_id", id, "panic", r)
			err = answerProblem(c, problem.From(nil), nil)
		}
	}()
	return c.Next()
}

// takeRequestID is the caller's id for the request, or a new one.
func takeRequestID(c *fiber.Ctx) string {
	id := c.Get("X-Request-Id")
	if validRequestID.MatchString(id) {
		id = strings.Clone(id) // Fiber's strings live as long as the request
	} else {
		id = uuid.Must(uuid.NewV7()).String()
	}
	c.Locals(localRequestID, id)
	c.Set("X-Request-Id", id)
	return id
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(localRequestID).(string)
	return id
}

// drainLimit is how much of an over-long body is read so that a client that
// writes all of it first still gets to read its answer.
const drainLimit = 64 << 20

// readBody takes the body into memory, or answers 413.
func (s *Server) readBody(c *fiber.Ctx) error {
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return c.Next()
	}
	body, err := io.ReadAll(io.LimitReader(stream, int64(s.BodyLimit)+1))
	if err != nil {
		return answerProblem(c, problem.New(problem.InvalidArgument, "the body ended before it was whole"), nil)
	}
	if len(body) > s.BodyLimit {
		_, _ = io.Copy(io.Discard, io.LimitReader(stream, drainLimit)) // the client may have gone
		c.Context().SetConnectionClose()
		return answerProblem(c, problem.New(problem.TooLarge, "the body is larger than %d bytes, the most that a request may have", s.BodyLimit), nil)
	}
	c.Locals(localBody, body)
	return c.Next()
}

// request translates an HTTP request into an invocation.
func request(c *fiber.Ctx, op *operation.Operation) (*pipeline.Invocation, *problem.Problem) {
	inv := &pipeline.Invocation{Operation: op, RequestID: requestID(c), Path: map[string]string{}}
	for _, name := range op.HTTP.PathParams {
		value, err := url.PathUnescape(c.Params(name))
		if err != nil {
			return inv, problem.Field(name, "is not escaped as a path segment has to be")
		}
		inv.Path[name] = strings.Clone(value)
	}
	inv.Token = bearer(c)
	if prob := refuseHeaders(c); prob != nil {
		return inv, prob
	}
	body, _ := c.Locals(localBody).([]byte)
	if prob := checkBody(c, op, body); prob != nil {
		return inv, prob
	}
	inv.Body = body
	query := string(c.Request().URI().QueryString())
	if !op.Write {
		inv.Query = query
		return inv, nil
	}
	var prob *problem.Problem
	inv.Query, inv.Options, prob = options(query)
	inv.Options.IfMatch = strings.Clone(c.Get(fiber.HeaderIfMatch))
	return inv, prob
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
	if len(body) == 0 {
		return nil
	}
	if op.HTTP.Body == "" {
		return problem.New(problem.InvalidArgument, "%s takes no body", op.Name)
	}
	if got, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); err != nil || !slices.Contains(jsonTypes, got) {
		return problem.New(problem.UnsupportedMediaType, "the body has the content type %q: send Content-Type: application/json", c.Get(fiber.HeaderContentType))
	}
	return nil
}

// options takes the call options out of a raw query and returns the rest.
func options(query string) (rest string, o pipeline.Options, prob *problem.Problem) {
	var kept []string
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(query, "&") {
		name, raw, _ := strings.Cut(pair, "=")
		if name != "dry_run" && name != "accept" {
			if pair != "" {
				kept = append(kept, pair)
			}
			continue
		}
		if name == "dry_run" && seen[name] {
			return "", o, problem.Field(name, "is given twice")
		}
		seen[name] = true
		if name == "dry_run" {
			dry, err := strconv.ParseBool(raw)
			if err != nil || (raw != "true" && raw != "false") {
				return "", o, problem.Field(name, "is neither true nor false", "true", "false")
			}
			o.DryRun = dry
			continue
		}
		for part := range strings.SplitSeq(raw, ",") {
			code, err := url.QueryUnescape(part)
			if err != nil || code == "" {
				return "", o, problem.Field(name, "is not a list of codes, as `confirmations` gave them")
			}
			o.Accept = append(o.Accept, code)
		}
	}
	return strings.Join(kept, "&"), o, nil
}
