package rest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

const (
	// filePart is the part of a multipart body that is the content.
	filePart = "file"
	// fieldLimit bounds the other parts together.
	fieldLimit = 64 << 10
	// stall is how long a client may pause within a content.
	stall = 30 * time.Second
)

// boundary is that of a multipart body; empty for another one.
func boundary(c *fiber.Ctx) string {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm {
		return ""
	}
	return params["boundary"]
}

// upload makes the body and the content of an invocation out of a multipart body.
// The fields come before the content, so that nothing of it has to be kept.
func (s *Server) upload(c *fiber.Ctx, inv *pipeline.Invocation) *problem.Problem {
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return problem.Field(filePart, "is missing: the body is empty")
	}
	parts := multipart.NewReader(pacing{c, stream}, of(c).boundary)
	form := form{op: inv.Operation}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			inv.Body = form.body()
			return nil
		case err != nil:
			return notWhole(err)
		}
		if part.FormName() == filePart {
			form.file(part)
			inv.Body = form.body()
			inv.Upload = &content{part: part, parts: parts, left: int64(s.UploadLimit), limit: s.UploadLimit}
			return nil
		}
		if prob := form.field(part); prob != nil {
			return prob
		}
	}
}

func notWhole(err error) *problem.Problem {
	return problem.New(problem.InvalidArgument, "the body is no whole multipart/form-data").Because(err)
}

// form is the fields of a multipart body on their way to JSON, the one form in
// which requests are decoded. A field that is given twice stays twice.
type form struct {
	op    *operation.Operation
	pairs []string
	given map[string]bool
	size  int64
}

func (f *form) field(part *multipart.Part) *problem.Problem {
	name := part.FormName()
	switch {
	case name == "":
		return problem.New(problem.InvalidArgument, "a part of the body has no name")
	case part.FileName() != "":
		return problem.Field(name, "is a file: the one file goes into the part `file`")
	}
	value, err := io.ReadAll(io.LimitReader(part, fieldLimit-f.size+1))
	if err != nil {
		return notWhole(err)
	}
	f.size += int64(len(name) + len(value))
	if f.size > fieldLimit {
		return problem.New(problem.TooLarge, "the fields before the part `file` are larger than %d bytes", fieldLimit)
	}
	f.add(name, string(value))
	return nil
}

func (f *form) add(name, value string) {
	if f.given == nil {
		f.given = map[string]bool{}
	}
	f.given[name] = true
	key, _ := json.Marshal(name) // strings can be marshalled
	text, _ := json.Marshal(value)
	if field := f.op.Input.Field(name); field != nil && field.Kind != operation.String && field.Kind != operation.EnumKind && json.Valid([]byte(value)) {
		text = []byte(value)
	}
	f.pairs = append(f.pairs, string(key)+":"+string(text))
}

// file takes from the file itself what no field has said.
func (f *form) file(part *multipart.Part) {
	for name, value := range map[string]string{
		operation.FileNameField: part.FileName(), operation.ContentTypeField: part.Header.Get(fiber.HeaderContentType),
	} {
		if value != "" && !f.given[name] && f.op.Input.Field(name) != nil {
			f.add(name, value)
		}
	}
}

func (f *form) body() []byte { return []byte("{" + strings.Join(f.pairs, ",") + "}") }

// content is the part `file`. Its errors are problems: what comes of a content
// that is not whole may not be kept.
type content struct {
	part  *multipart.Part
	parts *multipart.Reader
	left  int64
	limit int
}

// Read implements io.Reader.
func (u *content) Read(p []byte) (int, error) {
	n, err := u.part.Read(p)
	if u.left -= int64(n); u.left < 0 {
		return 0, problem.New(problem.TooLarge, "the file is larger than %d bytes, the most that the gateway passes on", u.limit)
	}
	switch {
	case errors.Is(err, io.EOF):
		return n, u.last()
	case err != nil:
		return 0, notWhole(err)
	}
	return n, nil
}

// last is the end of the content: io.EOF if nothing follows.
func (u *content) last() error {
	part, err := u.parts.NextPart()
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return notWhole(err)
	}
	return problem.Field(part.FormName(), "comes after the part `file`: send it before")
}

// pacing is a body that may take its time as long as it comes.
type pacing struct {
	c      *fiber.Ctx
	stream io.Reader
}

// Read implements io.Reader.
func (p pacing) Read(b []byte) (int, error) {
	if conn := p.c.Context().Conn(); conn != nil {
		_ = conn.SetReadDeadline(time.Now().Add(stall)) // without it, the server's own holds
	}
	return p.stream.Read(b)
}
