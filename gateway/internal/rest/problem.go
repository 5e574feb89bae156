package rest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

const mimeProblem = "application/problem+json"

// answerProblem answers a problem.
func answerProblem(c *fiber.Ctx, p *problem.Problem) error {
	e := of(c)
	e.prob = p
	operation, connection := "", ""
	if e.inv != nil {
		operation, connection = e.inv.Operation.Name, e.inv.Path["connection"]
	}
	d := p.Document(e.id, operation, connection)
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // it is no HTML, and people read it
	if err := encoder.Encode(d); err != nil {
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
	return c.Status(d.Status).Send(bytes.TrimSpace(body.Bytes()))
}
