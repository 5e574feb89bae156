// Package attachment serves the files on tickets, and the links to files.
package attachment

import (
	"context"
	"fmt"
	"mime"
	"strconv"
	"strings"

	"google.golang.org/grpc"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk"
	contents "github.com/deskgate/deskgate/pluginsdk/attachment"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.AttachmentReaderServer = (*Service)(nil)

// maxBytes is the largest content that goes through. ConnectWise documents no
// limit; an own server and its proxy can have a lower one.
const (
	maxBytes = maxMiB << 20
	maxMiB   = 100
)

// Operations says how attachments are served.
var Operations = []pluginsdk.OperationSupport{
	{Operation: "attachments.list", Reason: "the ticket's own; those of its time entries are kept apart at ConnectWise"},
	{Operation: "attachments.download", Reason: fmt.Sprintf("up to %d MiB; a link has no content", maxMiB)},
	{
		Operation: "attachments.create", UnsupportedFields: []string{"note", "time_entry"},
		Reason: fmt.Sprintf("up to %d MiB; the media type is not kept, and told by the file's name", maxMiB),
	},
	{Operation: "attachments.delete", Reason: "attachments have no etag, so that If-Match is refused"},
}

// Service serves the attachments of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// ListAttachments lists the attachments of a ticket.
func (s *Service) ListAttachments(ctx context.Context, r *psav1.ListAttachmentsRequest) (*psav1.ListAttachmentsResponse, error) {
	cursor, err := paging.Decode[account.IDCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	id, err := account.RecordID("ticket", r.GetTicket())
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.documents(ctx, id, after(cursor.ID))
	if err != nil {
		return nil, err
	}
	size := account.PageSize(r.GetPageSize())
	b := psav1.ListAttachmentsResponse_builder{}
	for _, row := range rows[:min(len(rows), size)] {
		b.Attachments = append(b.Attachments, mapping.Attachment(id, &row, names))
		cursor.ID = row.ID
	}
	if b.NextPageToken, err = account.NextToken(len(rows) > size, cursor); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// documents reads those of a ticket, in order of id.
func (s *Service) documents(ctx context.Context, ticketID int, where api.Expr) ([]api.Document, error) {
	var rows []api.Document
	err := s.account.OnRecords(ctx, ticketID, func(recordType string) (found bool, err error) {
		rows, err = s.account.API.Documents(ctx, recordType, ticketID, api.Query{Conditions: where})
		return len(rows) > 0, err
	})
	return rows, err
}

func after(id int) api.Expr {
	if id == 0 {
		return ""
	}
	return api.GtInt("id", id)
}

// GetAttachment reads what there is to know of one attachment.
func (s *Service) GetAttachment(ctx context.Context, r *psav1.GetAttachmentRequest) (*psav1.GetAttachmentResponse, error) {
	found, err := s.find(ctx, r.GetTicket(), r.GetAttachment())
	if err != nil {
		return nil, err
	}
	return psav1.GetAttachmentResponse_builder{Attachment: found.attachment}.Build(), nil
}

// DownloadAttachment reads the content of an attachment.
func (s *Service) DownloadAttachment(r *psav1.DownloadAttachmentRequest, stream grpc.ServerStreamingServer[psav1.DownloadAttachmentResponse]) error {
	ctx := stream.Context()
	found, err := s.find(ctx, r.GetTicket(), r.GetAttachment())
	if err != nil {
		return err
	}
	if found.row.IsLink() {
		return fault.FailedPrecondition("LINK", "the attachment is a link and has no content at ConnectWise; open its address")
	}
	download, err := s.account.API.Download(ctx, found.row.ID, maxBytes)
	if err != nil {
		return err
	}
	defer func() { _ = download.Body.Close() }() // what matters is whether it could be read
	if kind, _, _ := mime.ParseMediaType(download.Header.Get("Content-Type")); kind == "text/html" && found.attachment.GetContentType() != kind {
		return fault.VendorError("a web page answered in place of the attachment's content").WithVendor(download.Status, "", "")
	}
	return contents.Send(stream, found.attachment, download.Body)
}

// found is a document of a ticket.
type found struct {
	row        api.Document
	attachment *psav1.Attachment
}

// find reads a document among those of its ticket: by itself it does not tell
// where it belongs, and ids of other records' documents are no business of the
// caller.
func (s *Service) find(ctx context.Context, ticket, attachment string) (*found, error) {
	id, err := account.RecordID("ticket", ticket)
	if err != nil {
		return nil, err
	}
	document, err := account.RecordID("attachment", attachment)
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.documents(ctx, id, api.EqInt("id", document))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.ID == document {
			return &found{row, mapping.Attachment(id, &row, names)}, nil
		}
	}
	return nil, fault.NotFound(fmt.Sprintf("ticket %d has no attachment %s", id, strconv.Quote(strings.TrimSpace(attachment))))
}
