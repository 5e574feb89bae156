package vendorhttp

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/textproto"
)

// FormField is a field of a form.
type FormField struct{ Name, Value string }

// FormFile is the file of a form.
type FormFile struct {
	// Field is the name of the form's field.
	Field string
	// Name is the file's name.
	Name string
	// ContentType is the file's media type; empty is application/octet-stream.
	ContentType string
	// Content and Size are as in Upload.
	Content io.Reader
	Size    int64
}

// Form is a body of multipart/form-data: the fields in their order, then the file,
// if there is one. A dry run shows the fields, and of the file its name, type and
// size: the one given, or what was read.
func Form(fields []FormField, file *FormFile) *Upload {
	var text bytes.Buffer
	// A buffer takes every write, so that none of these fails.
	w := multipart.NewWriter(&text)
	for _, f := range fields {
		_ = w.WriteField(f.Name, f.Value)
	}
	if file == nil {
		_ = w.Close()
		return &Upload{ContentType: w.FormDataContentType(), Content: &text, Size: int64(text.Len()), Shown: func() any { return shownForm(fields) }}
	}
	kind := file.ContentType
	if kind == "" {
		kind = "application/octet-stream"
	}
	_, _ = w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(file.Field, file.Name)},
		"Content-Type":        {kind},
	})
	head := bytes.Clone(text.Bytes())
	text.Reset()
	_ = w.Close()
	size := int64(0)
	if file.Size > 0 {
		size = int64(len(head)) + file.Size + int64(text.Len())
	}
	content := &counting{content: file.Content}
	return &Upload{
		ContentType: w.FormDataContentType(),
		Content:     io.MultiReader(bytes.NewReader(head), content, &text),
		Size:        size,
		Shown: func() any {
			shown := shownForm(fields)
			shown["file"] = map[string]any{"field": file.Field, "name": file.Name, "content_type": kind, "bytes": max(file.Size, content.bytes)}
			return shown
		},
	}
}

func shownForm(fields []FormField) map[string]any {
	form := map[string]any{}
	for _, f := range fields {
		form[f.Name] = f.Value
	}
	return map[string]any{"form": form}
}

// counting counts what is read.
type counting struct {
	content io.Reader
	bytes   int64
}

// Read implements io.Reader.
func (c *counting) Read(p []byte) (int, error) {
	n, err := c.content.Read(p)
	c.bytes += int64(n)
	return n, err
}
