package attachment

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Of reads the documents of a ticket, in order of id.
func Of(ctx context.Context, a *account.Account, ticketID int) ([]api.Document, error) {
	return New(a).documents(ctx, ticketID, "")
}

// Copyable reports whether a document can be copied: one with an address or a
// content that goes through.
func Copyable(d *api.Document) bool {
	a := mapping.Attachment(0, d, mapping.Names{})
	if d.IsLink() {
		return a.HasLink()
	}
	return d.FileName != "" && (d.Size == nil || *d.Size <= maxBytes)
}

// Copy adds to a ticket what a document of another one is; in a dry run it has no
// id. The content lies in a file meanwhile, since a download and an upload at once
// would wait for each other where several copy.
func Copy(ctx context.Context, a *account.Account, d *api.Document, to *api.Ticket) (api.Document, error) {
	asked := mapping.Attachment(to.ID, d, mapping.Names{})
	if !asked.HasVisibility() {
		asked.SetVisibility(psav1.Visibility_INTERNAL)
	}
	if asked.GetTitle() == "" {
		asked.SetTitle(asked.GetFileName() + asked.GetLink())
	}
	var made api.Document
	content := &limited{content: strings.NewReader(""), field: "carry.attachments"}
	size := int64(asked.GetSize())
	if !asked.HasLink() && !call.From(ctx).DryRun {
		file, err := spool(ctx, a, d.ID)
		if err != nil {
			return made, err
		}
		defer func() { _ = file.Close(); _ = os.Remove(file.Name()) }() // it is only ours
		if content.content, size, err = whole(file); err != nil {
			return made, err
		}
	}
	err := a.API.AddDocument(ctx, "copy the attachment", form(to, asked, asked.GetContentType(), content, size), &made)
	return made, account.Planned(err)
}

// spool writes the content of a document into a file of its own.
func spool(ctx context.Context, a *account.Account, id int) (*os.File, error) {
	download, err := a.API.Download(ctx, id, maxBytes)
	if err != nil {
		return nil, err
	}
	defer func() { _ = download.Body.Close() }() // what matters is whether it could be read
	file, err := os.CreateTemp("", "deskgate-attachment-*")
	if err != nil {
		return nil, fault.Internal(fmt.Errorf("a file for the content of an attachment: %w", err))
	}
	if _, err := io.Copy(file, download.Body); err != nil {
		_ = file.Close()
		_ = os.Remove(file.Name())
		return nil, err
	}
	return file, nil
}

// whole is a file from its beginning, and its size.
func whole(file *os.File) (io.Reader, int64, error) {
	size, err := file.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, 0, fault.Internal(err)
	}
	return file, size, nil
}
