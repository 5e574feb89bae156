package writing

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"

	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func attaching() []suite.Check {
	operations := []string{"attachments.create", "attachments.get", "attachments.list", "attachments.download"}
	return []suite.Check{{
		Name: "attachments/bytes", About: "A file comes back byte by byte, with its name and size, and is listed once.",
		Operations: operations, Writes: true, Run: attachBytes,
	}, {
		Name: "attachments/visibility", About: "A file is for technicians alone unless it is said to be for the customer.",
		Operations: operations, Writes: true, Run: attachVisibly,
	}, {
		Name: "attachments/link", About: "A link comes back as it was given, and has no content.",
		Operations: operations, Writes: true, Run: attachLink,
	}, {
		Name: "attachments/broken_off", About: "An upload that breaks off adds nothing.",
		Operations: operations, Writes: true, Run: attachBroken,
	}, {
		Name: "attachments/delete", About: "An attachment that was removed is gone, and the others stay.",
		Operations: append([]string{"attachments.delete"}, operations...), Writes: true, Run: detach,
	}}
}

// content is bytes of all kinds, the same in every run.
func content(size int) []byte {
	b := make([]byte, size)
	random := rand.New(rand.NewPCG(1, uint64(size))) //nolint:gosec // bytes to compare, no secret
	for i := range b {
		b[i] = byte(random.IntN(256))
	}
	return b
}

// attachmentOf is an attachment that a write has left.
func attachmentOf(m *write.Made) *psav1.Attachment {
	a, _ := m.After.Interface().(*psav1.Attachment)
	return a
}

// attached are the ids of a ticket's attachments, as another process lists them.
func attached(t *suite.T, ticket *psav1.Ticket) []string {
	var ids []string
	for _, row := range t.List(t.Anew(), "attachments.list", psav1.ListAttachmentsRequest_builder{Ticket: new(ticket.GetId())}.Build()) {
		ids = append(ids, suite.ID(row))
	}
	return ids
}

// download reads the content of an attachment by another process.
func download(t *suite.T, ref record.Ref) ([]byte, *psav1.Attachment, error) {
	stream, err := psav1.NewAttachmentReaderClient(t.Anew()).DownloadAttachment(t.Context(), psav1.DownloadAttachmentRequest_builder{Ticket: new(ref.OfTicket), Attachment: new(ref.ID)}.Build())
	if err != nil {
		return nil, nil, err
	}
	var all []byte
	var first *psav1.Attachment
	for n := 0; ; n++ {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return all, first, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if n == 0 {
			first = part.GetAttachment()
		}
		if len(part.GetChunk()) > write.ChunkBytes {
			t.Errorf("attachments.download sends %d bytes in one message; %d is the most", len(part.GetChunk()), write.ChunkBytes)
		}
		all = append(all, part.GetChunk()...)
	}
}

func attachBytes(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	for _, file := range []struct {
		name string
		size int
	}{{"größer als eine Nachricht ✓.bin", 2*write.ChunkBytes + 4321}, {"a whole message.bin", write.ChunkBytes}, {"one byte.bin", 1}} {
		name, size := file.name, file.size
		want := content(size)
		call := x.Upload(ticket, want)
		request, _ := call.Request.(*psav1.CreateAttachmentRequest)
		request.SetFileName(name)
		request.SetContentType("application/octet-stream")
		call.Asked = psav1.Attachment_builder{FileName: &name, Title: new(request.GetTitle())}.Build()
		before := attached(t, ticket)
		made := call.Make(t)
		if got := attachmentOf(made).GetSize(); int(got) != size {
			t.Errorf("%q of %d bytes is read with the size %d", name, size, got)
		}
		sameBytes(t, made.Ref, name, want)
		if fresh := slices.DeleteFunc(attached(t, ticket), func(id string) bool { return slices.Contains(before, id) }); len(fresh) != 1 || fresh[0] != made.Ref.ID {
			t.Errorf("attachments.create answered %s, and another process lists these new ones: %v", made.Ref, fresh)
		}
	}
	// A small file may come in the request itself.
	call := x.Upload(ticket, nil)
	request, _ := call.Request.(*psav1.CreateAttachmentRequest)
	request.SetContentBase64("SGVsbG8h")
	sameBytes(t, call.Make(t).Ref, "content_base64", []byte("Hello!"))
}

// sameBytes downloads an attachment and compares it.
func sameBytes(t *suite.T, ref record.Ref, name string, want []byte) {
	got, first, err := download(t, ref)
	switch {
	case err != nil:
		t.Errorf("%q cannot be downloaded: %s", name, suite.Words(err))
	case !bytes.Equal(got, want):
		t.Errorf("%q was uploaded with %d bytes, and %d others come back", name, len(want), len(got))
	case first.GetId() != ref.ID:
		t.Errorf("the first message of the download of %s says that it is %q", ref, first.GetId())
	}
}

func attachVisibly(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	for _, asked := range []psav1.Visibility_V{psav1.Visibility_UNSPECIFIED, psav1.Visibility_INTERNAL, psav1.Visibility_CUSTOMER} {
		call := x.Upload(ticket, []byte("Who sees me?"))
		request, _ := call.Request.(*psav1.CreateAttachmentRequest)
		attachment, _ := call.Asked.(*psav1.Attachment)
		want := psav1.Visibility_INTERNAL
		if asked != psav1.Visibility_UNSPECIFIED {
			request.SetVisibility(asked)
			attachment.SetVisibility(asked)
			call.Fields = append(call.Fields, "visibility")
			want = asked
		}
		made, refused := call.MakeUnless(t, fault.CodeFieldNotSupported)
		if refused != nil {
			t.Logf("visibility %s is refused: %s", asked, refused.Message)
			continue
		}
		if a := attachmentOf(made); a.HasVisibility() && a.GetVisibility() != want {
			t.Errorf("an attachment with the visibility %s is %s; it has to be %s", asked, a.GetVisibility(), want)
		}
	}
}

func attachLink(t *suite.T) {
	x := sample.Of(t)
	const link = "https://conformance.example/a?b=c&d=1"
	asked := psav1.Attachment_builder{Link: new(link), Title: new(x.Title("link"))}.Build()
	ticket := x.Ticket()
	call := write.Call{
		Operation: "attachments.create", Of: record.Ref{Kind: record.Attachment, OfTicket: ticket.GetId()}, Asked: asked, Fields: []string{"link", "title"},
		Request: psav1.CreateAttachmentRequest_builder{Ticket: new(ticket.GetId()), Link: new(link), Title: new(asked.GetTitle())}.Build(),
	}
	made, refused := call.MakeUnless(t, fault.CodeFieldNotSupported)
	if refused != nil {
		t.NotRun("the connector attaches no links: %s", refused.Message)
	}
	if got, _, err := download(t, made.Ref); err == nil && len(got) > 0 {
		t.Errorf("a link has a content of %d bytes", len(got))
	}
}

func attachBroken(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	before := attached(t, ticket)
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := psav1.NewAttachmentWriterClient(t.Conn()).CreateAttachment(ctx)
	t.Must(err)
	first, _ := x.Upload(ticket, nil).Request.(*psav1.CreateAttachmentRequest)
	chunk := psav1.CreateAttachmentRequest_builder{Chunk: content(write.ChunkBytes)}.Build()
	for _, m := range []*psav1.CreateAttachmentRequest{first, chunk, chunk} {
		if err := stream.Send(m); err != nil {
			t.Fatalf("an upload cannot be begun: %s", suite.Words(err))
		}
	}
	cancel()
	broken(t, stream)
	record.Settle(t, func() []string {
		if after := attached(t, ticket); len(after) != len(before) {
			return []string{"an upload broke off, and the ticket has another attachment"}
		}
		return nil
	})
	// A content that is too much for the file's name alone: no first message.
	stream, err = psav1.NewAttachmentWriterClient(t.Conn()).CreateAttachment(t.Context())
	t.Must(err)
	logged := t.Simulator.Has[simulated.Requests]
	if logged {
		t.Forget()
	}
	_ = stream.Send(chunk) // the answer says what is wrong
	if _, err := stream.CloseAndRecv(); err == nil {
		t.Errorf("an upload without a first message is accepted")
	}
	if logged && len(t.Sent()) > 0 {
		t.Errorf("an upload without a first message is refused, and this was sent: %v", t.Sent())
	}
}

// broken waits for the end of a call that was given up.
func broken(t *suite.T, stream grpc.ClientStreamingClient[psav1.CreateAttachmentRequest, psav1.CreateAttachmentResponse]) {
	if _, err := stream.CloseAndRecv(); err == nil {
		t.Errorf("an upload that broke off is answered as done")
	}
}

func detach(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	kept, gone := x.Attached(ticket), x.Attached(ticket)
	x.Delete("attachments.delete", gone).Make(t)
	if ids := attached(t, ticket); !slices.Contains(ids, kept.ID) || slices.Contains(ids, gone.ID) {
		t.Errorf("%s was removed and %s was not; another process lists %v", gone, kept, ids)
	}
	if _, _, err := download(t, gone); err == nil || suite.Fault(err).Code != fault.CodeNotFound {
		t.Errorf("the content of a removed attachment should be not_found, and is %s", suite.Words(err))
	}
}
