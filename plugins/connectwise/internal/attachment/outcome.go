package attachment

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// CreateOutcome finds out what became of an attachment: by the ticket, the names
// and, where the request still holds the content, its size.
func (s *Service) CreateOutcome(ctx context.Context, r *psav1.CreateAttachmentRequest, l lost.Write) (pluginsdk.Outcome, error) {
	id, err := account.RecordID("ticket", r.GetTicket())
	if err != nil {
		return l.Unfit(err)
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return l.Unfit(err)
	}
	rows, err := s.documents(ctx, id, api.Time("lastUpdated", api.Since, l.From()))
	if err != nil {
		return l.Unfit(err)
	}
	asked, size := wanted(r), sizeOf(r)
	rows = slices.DeleteFunc(rows, func(d api.Document) bool {
		held := mapping.Attachment(id, &d, names)
		return held.GetTitle() != asked.GetTitle() || held.GetFileName() != asked.GetFileName() || held.GetLink() != asked.GetLink() ||
			size >= 0 && d.Size != nil && *d.Size != size
	})
	records := make([]lost.Record, len(rows))
	for n, d := range rows {
		records[n] = lost.Record{ID: strconv.Itoa(d.ID), Created: cmp.Or(d.CreatedOn.Time, d.Info.DateEntered.Time, d.Info.LastUpdated.Time)}
	}
	at, out := l.Pick("attachment", records)
	if at < 0 {
		return out, nil
	}
	made := rows[at]
	held := mapping.Attachment(id, &made, names)
	sent := &limited{field: contentField(r), bytes: size}
	if size < 0 && made.Size != nil {
		sent.bytes = *made.Size
	}
	w := compared(r, asked, held, &made, sent)
	if size < 0 && !made.IsLink() {
		w.Warnings = append(w.Warnings, "the content went by with the call, so that it could not be compared; look at the attachment's size")
	}
	told := receipt.Of(call.From(ctx), w)
	account.Attribute(told, made.Owner, names)
	return l.Happened(psav1.CreateAttachmentResponse_builder{Attachment: held, Receipt: told}.Build(), "attachment %d was made since, just as asked", made.ID), nil
}

// sizeOf is how large the content of a request is, -1 where it is not known any
// more.
func sizeOf(r *psav1.CreateAttachmentRequest) int64 {
	if !r.HasContentBase64() {
		return -1
	}
	content, err := base64.StdEncoding.DecodeString(r.GetContentBase64())
	if err != nil {
		return -1
	}
	return int64(len(content))
}

// DeleteOutcome finds out what became of the deletion of an attachment.
func (s *Service) DeleteOutcome(ctx context.Context, r *psav1.DeleteAttachmentRequest, l lost.Write) (pluginsdk.Outcome, error) {
	_, err := s.find(ctx, r.GetTicket(), r.GetAttachment())
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		told := receipt.Deleted(call.From(ctx), account.Keyholder(), err)
		return l.Happened(psav1.DeleteAttachmentResponse_builder{Receipt: told}.Build(), "attachment %s is gone", r.GetAttachment()), nil
	case err != nil:
		return l.Unfit(err)
	}
	return l.Absent("attachment %s is there", r.GetAttachment()), nil
}
