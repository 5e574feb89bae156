package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/gofiber/fiber/v2"
)

// answer turns an invocation that succeeded into HTTP.
func (s *Server) answer(c *fiber.Ctx, inv *pipeline.Invocation) error {
	if inv.Content != nil {
		return download(c, inv)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderCacheControl, "no-store")
	op := inv.Operation
	if next := operation.NextPageToken(inv.Response); next != "" {
		c.Set(fiber.HeaderLink, fmt.Sprintf("<%s%s>; rel=%q", s.PublicURL, nextPage(c, next), "next"))
	}
	id, etag := operation.Record(inv.Response)
	if op.HTTP.Method == fiber.MethodGet && etag != "" {
		tag := representation(etag, inv.Query)
		c.Set(fiber.HeaderETag, tag)
		// What an agent may not read is left out, so another agent's answer differs.
		c.Set(fiber.HeaderVary, fiber.HeaderAuthorization)
		if matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	if op.HTTP.Location != "" && id != "" && !inv.Options.DryRun {
		c.Set(fiber.HeaderLocation, s.PublicURL+location(op.HTTP.Location, inv.Path, id))
		if !operation.Existed(inv.Response) {
			c.Status(fiber.StatusCreated)
		}
	}
	c.Response().SwapBody(inv.JSON)
	return nil
}

// timing says where the time went and what the call cost at the PSA.
func timing(c *fiber.Ctx, inv *pipeline.Invocation, start time.Time) {
	ms := func(d time.Duration) float64 { return max(0, float64(d.Microseconds())/1000) }
	total, cost := time.Since(start), inv.Cost
	c.Set("Server-Timing", fmt.Sprintf("gateway;dur=%.3f, connector;dur=%.3f, vendor;dur=%.3f",
		ms(total-cost.Connector), ms(cost.Connector-cost.Vendor), ms(cost.Vendor)))
	c.Set("X-Vendor-Requests", fmt.Sprint(cost.VendorRequests))
}

// nextPage is the request's own path and query with another token.
func nextPage(c *fiber.Ctx, token string) string {
	var query []string
	for pair := range strings.SplitSeq(string(c.Request().URI().QueryString()), "&") {
		if name, _, _ := strings.Cut(pair, "="); pair != "" && name != "page_token" {
			query = append(query, pair)
		}
	}
	query = append(query, "page_token="+url.QueryEscape(token))
	return string(c.Request().URI().PathOriginal()) + "?" + strings.Join(query, "&")
}

// representation is the entity tag of an answer: the record's etag, which
// If-Match compares, and a hash of what else shapes the answer.
func representation(etag, query string) string {
	include := []string{}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); name == "include" {
			include = append(include, strings.Split(value, ",")...)
		}
	}
	slices.Sort(include)
	sum := sha256.Sum256([]byte(strings.Join(include, ",")))
	return `"` + strings.Trim(etag, `"`) + "." + hex.EncodeToString(sum[:4]) + `"`
}

// matches compares an If-None-Match header with a tag, weakly (RFC 9110).
func matches(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == "*" || candidate == tag {
			return true
		}
	}
	return false
}

// location fills a path: its last parameter is the new record's id.
func location(template string, params map[string]string, id string) string {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			value, given := params[name]
			if !given {
				value = id
			}
			segments[i] = url.PathEscape(value)
		}
	}
	return strings.Join(segments, "/")
}
