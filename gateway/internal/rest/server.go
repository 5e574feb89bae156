// Package rest is the HTTP door: it turns requests into invocations and answers
// into HTTP, and decides nothing.
package rest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/hashicorp/go-hclog"
	"github.com/valyala/fasthttp"

	"github.com/deskgate/deskgate/gateway/internal/manual"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Config is what the door needs.
type Config struct {
	Catalogue *operation.Catalogue
	Pipeline  *pipeline.Pipeline
	// OpenAPI is the document that /openapi.json answers.
	OpenAPI []byte
	// Docs are the pages under /docs.
	Docs   *manual.Site
	Logger hclog.Logger
	// BodyLimit is the most bytes that a request's body may have, UploadLimit the
	// most of a file that comes along.
	BodyLimit, UploadLimit int
	// PublicURL leads the links in answers; empty makes them relative.
	PublicURL string
}

// Server is the door, open or not yet.
type Server struct {
	Config
	app   *fiber.App
	ready atomic.Bool
	// calls counts the requests that have come far enough to be answered.
	calls atomic.Int64
	// base ends when the server has shut down, and with it what is still under way.
	base   context.Context
	cancel context.CancelFunc
}

// headerBytes bounds a request's header. fasthttp's own 4 KiB are less than
// some proxies add.
const headerBytes = 32 << 10

// New builds the door with a route for every operation.
func New(c Config) *Server {
	s := &Server{Config: c}
	s.base, s.cancel = context.WithCancel(context.Background())
	s.app = fiber.New(fiber.Config{
		AppName:                      "deskgate",
		DisableStartupMessage:        true,
		StreamRequestBody:            true, // an over-long body gets its answer, not a reset
		DisablePreParseMultipartForm: true,
		BodyLimit:                    c.BodyLimit,
		CaseSensitive:                true,
		StrictRouting:                true,
		ReadBufferSize:               headerBytes,
		ReadTimeout:                  30 * time.Second,
		IdleTimeout:                  2 * time.Minute,
		ErrorHandler:                 s.failed,
	})
	s.app.Use(s.begin, s.readBody)
	s.app.Get("/healthz", func(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "ok"}) })
	s.app.Get("/readyz", s.readyz)
	s.app.Get("/openapi.json", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Send(s.OpenAPI)
	})
	for path, page := range c.Docs.Pages {
		s.app.Get(path, s.document(page))
	}
	for _, op := range routeOrder(c.Catalogue.Operations) {
		s.app.Add(op.HTTP.Method, fiberPath(op.HTTP.Path), s.operation(op))
		if op.HTTP.Method == fiber.MethodGet {
			s.app.Add(fiber.MethodHead, fiberPath(op.HTTP.Path), s.operation(op))
		}
	}
	s.app.Server().ErrorHandler = keepFirstLine(s.app.Server().ErrorHandler)
	handler := s.app.Handler()
	// Fiber answers a method that it does not know in plain text, past the
	// error handler.
	s.app.Server().Handler = func(ctx *fasthttp.RequestCtx) {
		s.calls.Add(1)
		defer s.calls.Add(-1)
		if !slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			s.unknownMethod(ctx)
			return
		}
		handler(ctx)
	}
	return s
}

// document answers a page of the documentation. It needs no token.
func (s *Server) document(page []byte) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		c.Set(fiber.HeaderContentSecurityPolicy, s.Docs.Policy)
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		return c.Send(page)
	}
}

// routeOrder puts literal segments before parameters: Fiber takes the first
// route that matches.
func routeOrder(ops []*operation.Operation) []*operation.Operation {
	ordered := slices.Clone(ops)
	slices.SortStableFunc(ordered, func(a, b *operation.Operation) int {
		// '{' sorts after every letter that a literal segment may start with.
		return strings.Compare(a.HTTP.Path, b.HTTP.Path)
	})
	return ordered
}

// fiberPath turns {name} into :name.
func fiberPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// Listen takes the address. A second gateway on it is an error that names it.
func Listen(address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w (is another gateway running? set gateway.listen or DESKGATE_LISTEN)", address, err)
	}
	return ln, nil
}

// Serve answers on the listener until Shutdown.
func (s *Server) Serve(ln net.Listener) error { return s.app.Listener(ln) }

// SetReady says whether the gateway wants traffic.
func (s *Server) SetReady(ready bool) { s.ready.Store(ready) }

// quiet is how long no call may be under way before a shutdown waits no longer
// for connections: time enough to write an answer, and to read a request that is
// on its way. Browsers and pools hold connections on which nothing comes.
const quiet = time.Second

// Shutdown stops taking calls and waits for those under way until ctx ends;
// what is then left is cut.
func (s *Server) Shutdown(ctx context.Context) error {
	s.SetReady(false)
	defer s.cancel()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- s.app.ShutdownWithContext(ctx) }()
	ticker := time.NewTicker(quiet / 20)
	defer ticker.Stop()
	for busy := time.Now(); ; {
		select {
		case err := <-closed:
			if errors.Is(err, context.DeadlineExceeded) && s.calls.Load() > 0 {
				return errors.New("some calls were still under way at the end of the shutdown")
			}
			return err
		case now := <-ticker.C:
			if s.calls.Load() > 0 {
				busy = now
			} else if now.Sub(busy) >= quiet {
				return nil
			}
		}
	}
}

func (s *Server) readyz(c *fiber.Ctx) error {
	if !s.ready.Load() {
		return c.Status(fiber.StatusServiceUnavailable).JSON(fiber.Map{"status": "starting"})
	}
	return c.JSON(fiber.Map{"status": "ready"})
}

// operation is the handler of one operation.
func (s *Server) operation(op *operation.Operation) fiber.Handler {
	return func(c *fiber.Ctx) error {
		inv := s.request(c, op)
		inv.JSON = c.Response().SwapBody(nil) // fasthttp's own buffer, which grows to what answers need
		prob := s.Pipeline.Do(s.base, inv)
		timing(c, inv, of(c).start)
		if prob != nil {
			return answerProblem(c, prob)
		}
		return s.answer(c, inv)
	}
}

// unknownMethod answers a method that HTTP does not know.
func (s *Server) unknownMethod(ctx *fasthttp.RequestCtx) {
	c := s.app.AcquireCtx(ctx)
	defer s.app.ReleaseCtx(c)
	p := problem.New(problem.MethodNotAllowed, "there is no method %q", string(ctx.Method()))
	p.Allow = []string{"GET", "HEAD", "POST", "PATCH", "DELETE"}
	_ = answerProblem(c, p) // writes into memory
	s.log(c)
}
