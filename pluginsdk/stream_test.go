package pluginsdk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/deskgate/deskgate/pluginsdk/attachment"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// cabinet is an instance that keeps one file.
type cabinet struct {
	*demo
	content []byte
	dryRun  bool
}

var (
	_ psav1.AttachmentReaderServer = (*cabinet)(nil)
	_ psav1.AttachmentWriterServer = (*cabinet)(nil)
)

func (c *cabinet) ListAttachments(context.Context, *psav1.ListAttachmentsRequest) (*psav1.ListAttachmentsResponse, error) {
	return &psav1.ListAttachmentsResponse{}, nil
}

func (c *cabinet) GetAttachment(context.Context, *psav1.GetAttachmentRequest) (*psav1.GetAttachmentResponse, error) {
	return nil, fault.NotFound("no attachment")
}

func (c *cabinet) DeleteAttachment(context.Context, *psav1.DeleteAttachmentRequest) (*psav1.DeleteAttachmentResponse, error) {
	panic("s3cret")
}

func (c *cabinet) CreateAttachment(stream grpc.ClientStreamingServer[psav1.CreateAttachmentRequest, psav1.CreateAttachmentResponse]) error {
	first, content, err := attachment.Receive(stream)
	if err != nil {
		return err
	}
	call.From(stream.Context()).AddRequest(0)
	c.dryRun = call.From(stream.Context()).DryRun
	if first.GetFileName() == "panic" {
		panic("s3cret")
	}
	c.content = nil
	if content != nil {
		if c.content, err = io.ReadAll(content); err != nil {
			return err
		}
	}
	return stream.SendAndClose(psav1.CreateAttachmentResponse_builder{
		Attachment: psav1.Attachment_builder{FileName: new(first.GetFileName()), Size: new(uint32(len(c.content)))}.Build(),
	}.Build())
}

func (c *cabinet) DownloadAttachment(r *psav1.DownloadAttachmentRequest, stream grpc.ServerStreamingServer[psav1.DownloadAttachmentResponse]) error {
	if r.GetAttachment() != "1" {
		return fault.NotFound("no attachment " + r.GetAttachment())
	}
	call.From(stream.Context()).AddRequest(0)
	return attachment.Send(stream, psav1.Attachment_builder{FileName: new("a.txt")}.Build(), bytes.NewReader(c.content))
}

func cabinets(t *testing.T) (*rig, *cabinet) {
	t.Helper()
	kept := &cabinet{}
	inner := demoConnector(nil)
	c := Connector[demoConfig, *cabinet]{
		Name: "demo", Summary: inner.Summary,
		Connect: func(ctx context.Context, env Env, config demoConfig) (*cabinet, error) {
			d, err := inner.Connect(ctx, env, config)
			kept.demo = d
			return kept, err
		},
	}
	r := start(t, c)
	r.connect("a", demoJSON)
	return r, kept
}

// upload sends a first message and a content in chunks.
func upload(t *testing.T, r *rig, connection string, first *psav1.CreateAttachmentRequest, chunks ...string) (*psav1.CreateAttachmentResponse, metadata.MD, error) {
	t.Helper()
	var trailer metadata.MD
	stream, err := psav1.NewAttachmentWriterClient(r.conn).CreateAttachment(on(t.Context(), connection), grpc.Trailer(&trailer))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range append([]*psav1.CreateAttachmentRequest{first}, parts(chunks)...) {
		if err := stream.Send(m); err != nil {
			break // the answer is there already
		}
	}
	answer, err := stream.CloseAndRecv()
	return answer, trailer, err
}

func parts(chunks []string) []*psav1.CreateAttachmentRequest {
	var list []*psav1.CreateAttachmentRequest
	for _, c := range chunks {
		list = append(list, psav1.CreateAttachmentRequest_builder{Chunk: []byte(c)}.Build())
	}
	return list
}

func TestUpload(t *testing.T) {
	t.Parallel()
	name := new("a.txt")
	for what, c := range map[string]struct {
		first  *psav1.CreateAttachmentRequest
		chunks []string
		holds  string
		field  string // of the refusal
	}{
		"in chunks":         {psav1.CreateAttachmentRequest_builder{FileName: name}.Build(), []string{"one ", "", "two"}, "one two", ""},
		"an empty file":     {psav1.CreateAttachmentRequest_builder{FileName: name}.Build(), []string{""}, "", ""},
		"in base64":         {psav1.CreateAttachmentRequest_builder{FileName: name, ContentBase64: new("b25l")}.Build(), nil, "one", ""},
		"a link":            {psav1.CreateAttachmentRequest_builder{Link: new("https://a.example")}.Build(), nil, "", ""},
		"nothing":           {psav1.CreateAttachmentRequest_builder{FileName: name}.Build(), nil, "", "file"},
		"no base64":         {psav1.CreateAttachmentRequest_builder{ContentBase64: new("*")}.Build(), nil, "", "content_base64"},
		"a link and a file": {psav1.CreateAttachmentRequest_builder{Link: new("https://a.example")}.Build(), []string{"x"}, "", "link"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r, kept := cabinets(t)
			answer, trailer, err := upload(t, r, "a", c.first, c.chunks...)
			if c.field != "" {
				if f := faultOf(t, err); f.Code != fault.CodeInvalidArgument || f.Violations[0].Field != c.field || f.Outcome == fault.Unknown {
					t.Errorf("answered %+v", f)
				}
				return
			}
			if err != nil || string(kept.content) != c.holds || answer.GetAttachment().GetFileName() != c.first.GetFileName() {
				t.Errorf("answered %v, %v; kept %q", answer, err, kept.content)
			}
			if got := trailer.Get(handshake.TrailerVendorRequests); len(got) != 1 || got[0] != "1" {
				t.Errorf("the trailers are %v", trailer)
			}
		})
	}
}

func TestDryRunOfUpload(t *testing.T) {
	t.Parallel()
	r, kept := cabinets(t)
	first := psav1.CreateAttachmentRequest_builder{FileName: new("a"), Options: psav1.WriteOptions_builder{DryRun: new(true)}.Build()}.Build()
	if _, _, err := upload(t, r, "a", first, "x"); err != nil || !kept.dryRun {
		t.Errorf("the connector took it for a dry run: %v, %v", kept.dryRun, err)
	}
}

func TestStreamsOfNoConnectionAndPanics(t *testing.T) {
	t.Parallel()
	r, _ := cabinets(t)
	_, _, err := upload(t, r, "nowhere", psav1.CreateAttachmentRequest_builder{FileName: new("a")}.Build(), "x")
	if f := faultOf(t, err); f.Reason != reasonNotConnected {
		t.Errorf("an unknown connection gives %+v", f)
	}
	_, _, err = upload(t, r, "a", psav1.CreateAttachmentRequest_builder{FileName: new("panic")}.Build(), "x")
	if f := faultOf(t, err); f.Code != fault.CodeInternal || strings.Contains(f.Message, "s3cret") {
		t.Errorf("a panic gives %+v", f)
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	r, kept := cabinets(t)
	kept.content = bytes.Repeat([]byte("0123456789"), attachment.ChunkBytes/8)
	read := func(id string) (*psav1.Attachment, []byte, metadata.MD, error) {
		stream, err := psav1.NewAttachmentReaderClient(r.conn).DownloadAttachment(on(t.Context(), "a"),
			psav1.DownloadAttachmentRequest_builder{Attachment: &id}.Build())
		if err != nil {
			t.Fatal(err)
		}
		first, err := stream.Recv()
		if err != nil {
			return nil, nil, nil, err
		}
		header, _ := stream.Header()
		var content []byte
		for {
			m, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return first.GetAttachment(), content, header, nil
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(m.GetChunk()) > attachment.ChunkBytes {
				t.Errorf("a chunk has %d bytes", len(m.GetChunk()))
			}
			content = append(content, m.GetChunk()...)
		}
	}
	a, content, header, err := read("1")
	if err != nil || a.GetFileName() != "a.txt" || !bytes.Equal(content, kept.content) {
		t.Errorf("read %v, %d bytes, %v", a, len(content), err)
	}
	if got := header.Get(handshake.TrailerVendorRequests); len(got) != 1 || got[0] != "1" {
		t.Errorf("what it cost is told ahead as %v", header)
	}
	if _, _, _, err := read("2"); faultOf(t, err).Code != fault.CodeNotFound {
		t.Errorf("an unknown one gives %v", err)
	}
}
