package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	contents "github.com/deskgate/deskgate/pluginsdk/attachment"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

var _ psav1.AttachmentWriterServer = (*Service)(nil)

// CreateAttachment adds a file to a ticket, as it comes, or a link.
func (s *Service) CreateAttachment(stream grpc.ClientStreamingServer[psav1.CreateAttachmentRequest, psav1.CreateAttachmentResponse]) error {
	r, content, err := contents.Receive(stream)
	if err != nil {
		return err
	}
	resp, err := s.create(stream.Context(), r, content)
	if err != nil {
		return err
	}
	return stream.SendAndClose(resp)
}

func (s *Service) create(ctx context.Context, r *psav1.CreateAttachmentRequest, content io.Reader) (*psav1.CreateAttachmentResponse, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	row, err := s.account.ReadTicket(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	asked := wanted(r)
	sent := &limited{content: content, field: contentField(r)}
	var made api.Document
	err = s.account.API.AddDocument(ctx, "attach", form(&row.Record, asked, r.GetContentType(), sent, 0), &made)
	if errors.Is(err, vendorhttp.ErrDryRun) {
		return psav1.CreateAttachmentResponse_builder{Attachment: asked, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	if err != nil {
		return nil, inCallersWords(err, sent.field)
	}
	held := mapping.Attachment(row.Record.ID, &made, names)
	out := receipt.Of(call.From(ctx), compared(r, asked, held, &made, sent))
	account.Attribute(out, made.Owner, names)
	return psav1.CreateAttachmentResponse_builder{Attachment: held, Receipt: out}.Build(), nil
}

// check says everything that is wrong with what is to be attached.
func check(r *psav1.CreateAttachmentRequest) error {
	switch {
	case r.HasNote():
		return fault.FieldNotSupported("note", "notes have no attachments at ConnectWise")
	case r.HasTimeEntry():
		return fault.FieldNotSupported("time_entry", "ConnectWise keeps the documents of a time entry apart from those of its ticket, where nobody would find them")
	}
	var wrong []fault.Violation
	refuse := func(field, message string) { wrong = append(wrong, fault.Violation{Field: field, Message: message}) }
	if r.HasLink() {
		if !mapping.IsAddress(r.GetLink()) {
			refuse("link", "give an address of the web: https://...")
		}
		if r.HasFileName() {
			refuse("file_name", "a link has no file name; give it a title")
		}
		if r.HasContentType() {
			refuse("content_type", "a link has no media type")
		}
	} else if name := r.GetFileName(); name == "" || strings.ContainsAny(name, `/\`) || strings.ContainsFunc(name, unicode.IsControl) {
		refuse("file_name", "give the file's name, without folders")
	}
	if strings.ContainsFunc(r.GetTitle(), unicode.IsControl) {
		refuse("title", "a title is one line")
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

// wanted is what the ticket is to have, with what stands where the caller does not
// say: internal, and titled by the file's name or the address.
func wanted(r *psav1.CreateAttachmentRequest) *psav1.Attachment {
	b := psav1.Attachment_builder{Visibility: new(psav1.Visibility_INTERNAL), Title: new(r.GetTitle())}
	if r.HasVisibility() {
		b.Visibility = new(r.GetVisibility())
	}
	if r.HasLink() {
		b.Link = new(r.GetLink())
	} else {
		b.FileName = new(r.GetFileName())
	}
	if r.GetTitle() == "" {
		b.Title = new(r.GetFileName() + r.GetLink()) // there is one of the two
	}
	return b.Build()
}

// form is the vendor's request. A size of 0 is not known.
func form(t *api.Ticket, a *psav1.Attachment, contentType string, content *limited, size int64) *vendorhttp.Upload {
	fields := []vendorhttp.FormField{
		{Name: "recordType", Value: t.List.RecordType()},
		{Name: "recordId", Value: strconv.Itoa(t.ID)},
		{Name: "title", Value: a.GetTitle()},
		{Name: "privateFlag", Value: strconv.FormatBool(a.GetVisibility() != psav1.Visibility_CUSTOMER)},
	}
	if a.HasLink() {
		return vendorhttp.Form(append(fields, vendorhttp.FormField{Name: "url", Value: a.GetLink()}), nil)
	}
	return vendorhttp.Form(fields, &vendorhttp.FormFile{Field: "file", Name: a.GetFileName(), ContentType: contentType, Content: content, Size: size})
}

// compared is the write for its receipt.
func compared(r *psav1.CreateAttachmentRequest, asked, held *psav1.Attachment, made *api.Document, sent *limited) receipt.Write {
	w := receipt.Write{
		Asked: asked, Held: held, Fields: receipt.SetFields(withoutDefaults(r, asked)), Unread: []string{"content_type", "note", "time_entry"},
	}
	for field, read := range map[string]bool{"visibility": held.HasVisibility(), "link": held.HasLink()} {
		if !read && slices.Contains(w.Fields, field) {
			w.Unverifiable = append(w.Unverifiable, field)
		}
	}
	slices.Sort(w.Unverifiable)
	if r.HasContentType() {
		part := receipt.Part{Field: "content_type", Asked: r.GetContentType()}
		if kind, _, _ := strings.Cut(r.GetContentType(), ";"); !strings.EqualFold(strings.TrimSpace(kind), held.GetContentType()) {
			part.Skipped = "ConnectWise keeps no media type: readers are told the one of the file's name"
		}
		w.Parts = append(w.Parts, part)
	}
	if made.Size != nil && !made.IsLink() && *made.Size != sent.bytes {
		w.Parts = append(w.Parts, receipt.Part{
			Field: sent.field, Asked: fmt.Sprintf("%d bytes", sent.bytes), Skipped: fmt.Sprintf("ConnectWise holds %d bytes of it", *made.Size),
		})
	}
	return w
}

// withoutDefaults is what the caller asked for himself.
func withoutDefaults(r *psav1.CreateAttachmentRequest, asked *psav1.Attachment) *psav1.Attachment {
	own := proto.CloneOf(asked)
	if !r.HasVisibility() {
		own.ClearVisibility()
	}
	if !r.HasTitle() {
		own.ClearTitle()
	}
	return own
}

// contentField is what the caller calls the content.
func contentField(r *psav1.CreateAttachmentRequest) string {
	if r.HasContentBase64() {
		return "content_base64"
	}
	return "file"
}

// inCallersWords names the fields of the request that a refusal speaks of. That a
// file is too large is the web server's word, of which ConnectWise documents none.
func inCallersWords(err error, content string) error {
	if v := fault.From(err).Vendor; v != nil && v.Status == http.StatusRequestEntityTooLarge {
		e := fault.InvalidArgument(content, "the content is larger than this ConnectWise takes; its server's limit decides")
		return e.WithVendor(v.Status, v.Code, v.Message)
	}
	return fault.Renamed(err, func(field string) string {
		switch name := strings.TrimSuffix(strings.TrimPrefix(field, `custom_fields["vendor.`), `"]`); name {
		case "recordId", "recordType":
			return "ticket"
		case "url":
			return "link"
		case "privateFlag":
			return "visibility"
		default:
			return name
		}
	})
}

// limited is a content that ends in a fault beyond what goes through.
type limited struct {
	content io.Reader
	field   string
	bytes   int64
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.content.Read(p)
	if l.bytes += int64(n); l.bytes > maxBytes {
		return 0, fault.InvalidArgument(l.field, fmt.Sprintf("the content is larger than %d MiB, which is the most that goes through", maxMiB))
	}
	return n, err
}

// DeleteAttachment removes an attachment.
func (s *Service) DeleteAttachment(ctx context.Context, r *psav1.DeleteAttachmentRequest) (*psav1.DeleteAttachmentResponse, error) {
	if r.GetOptions().HasIfMatch() {
		return nil, fault.InvalidArgument("options.if_match", "attachments have no etag: their contents do not change")
	}
	found, err := s.find(ctx, r.GetTicket(), r.GetAttachment())
	if err != nil {
		return nil, err
	}
	out, err := s.account.Delete(ctx, "delete the attachment", api.DocumentPath(found.row.ID))
	if err != nil {
		return nil, err
	}
	return psav1.DeleteAttachmentResponse_builder{Receipt: out}.Build(), nil
}
