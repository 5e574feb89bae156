package rest

import (
	"cmp"
	"mime"

	"github.com/gofiber/fiber/v2"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/gateway/internal/pipeline"
)

// download answers a content. No browser may take it for a page of ours.
func download(c *fiber.Ctx, inv *pipeline.Invocation) error {
	name, kind := "", ""
	if m, ok := inv.Response.(interface{ GetAttachment() *psav1.Attachment }); ok {
		name, kind = m.GetAttachment().GetFileName(), m.GetAttachment().GetContentType()
	}
	if _, _, err := mime.ParseMediaType(kind); err != nil {
		kind = fiber.MIMEOctetStream
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, cmp.Or(mime.FormatMediaType("attachment", map[string]string{"filename": name}), "attachment"))
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if c.Method() == fiber.MethodHead {
		return inv.Content.Close()
	}
	// The size that a PSA tells is not always that of what it sends: chunks end
	// where the content does, and a content that breaks off has no last chunk.
	c.Context().SetBodyStream(inv.Content, -1)
	return nil
}
