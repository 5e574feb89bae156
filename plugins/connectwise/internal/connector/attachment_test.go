package connector

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// files speaks to the connector's process about attachments.
type files struct {
	t   *testing.T
	ctx context.Context
	psav1.AttachmentReaderClient
	psav1.AttachmentWriterClient
}

func openFiles(t *testing.T, sim *simulator.Running) *files {
	t.Helper()
	ctx, conn := process(t, sim.URL)
	return &files{t, ctx, psav1.NewAttachmentReaderClient(conn), psav1.NewAttachmentWriterClient(conn)}
}

// attach sends an attachment in chunks; nil is one without a content.
func (f *files) attach(first psav1.CreateAttachmentRequest_builder, content []byte, trailer *metadata.MD) (*psav1.CreateAttachmentResponse, error) {
	f.t.Helper()
	options := []grpc.CallOption{}
	if trailer != nil {
		options = append(options, grpc.Trailer(trailer))
	}
	stream, err := f.CreateAttachment(f.ctx, options...)
	if err != nil {
		return nil, err
	}
	if err := stream.Send(first.Build()); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for chunk := range slices.Chunk(content, 256<<10) {
		if err := stream.Send(psav1.CreateAttachmentRequest_builder{Chunk: chunk}.Build()); err != nil {
			break // the answer says why
		}
	}
	return stream.CloseAndRecv()
}

// download reads an attachment whole.
func (f *files) download(ticket, id string) (*psav1.Attachment, []byte, error) {
	f.t.Helper()
	stream, err := f.DownloadAttachment(f.ctx, psav1.DownloadAttachmentRequest_builder{Ticket: &ticket, Attachment: &id}.Build())
	if err != nil {
		return nil, nil, err
	}
	first, err := stream.Recv()
	if err != nil {
		return nil, nil, err
	}
	var content []byte
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return first.GetAttachment(), content, nil
		}
		if err != nil {
			return first.GetAttachment(), content, err
		}
		content = append(content, part.GetChunk()...)
	}
}

// wantWireFault is wantFault for an error that came over the wire.
func wantWireFault(t *testing.T, err error, code fault.Code) *fault.Error {
	t.Helper()
	st, _ := status.FromError(err)
	e := fault.FromStatus(st)
	if err == nil || e.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	return e
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	random := rand.NewChaCha8([32]byte{7})
	_, _ = random.Read(b)
	return b
}

// anyTicket is the id of a ticket, found without the connector.
func anyTicket(t *testing.T, sim *simulator.Running) string {
	t.Helper()
	var rows []struct{ ID int }
	vendor(t, sim, "GET", "service/tickets?pageSize=1&orderBy=id%20desc&fields=id", "", &rows)
	return fmt.Sprint(rows[0].ID)
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	f, ticket := openFiles(t, sim), anyTicket(t, sim)
	if list, err := f.ListAttachments(f.ctx, psav1.ListAttachmentsRequest_builder{Ticket: &ticket}.Build()); err != nil || len(list.GetAttachments()) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
	big := randomBytes(3<<20 + 17)
	for name, c := range map[string]struct {
		first   psav1.CreateAttachmentRequest_builder
		content []byte // as the ticket is to have it
		sent    []byte // in chunks
		want    psav1.Attachment_builder
	}{
		"a file": {
			psav1.CreateAttachmentRequest_builder{FileName: new("memory dump.zip"), ContentType: new("application/zip")}, big, big,
			psav1.Attachment_builder{FileName: new("memory dump.zip"), Title: new("memory dump.zip"), ContentType: new("application/zip"), Visibility: new(psav1.Visibility_INTERNAL), Size: new(uint32(len(big)))},
		},
		"a small file for the customer": {
			psav1.CreateAttachmentRequest_builder{FileName: new("a \"b\" ü.txt"), Title: new("How to"), Visibility: new(psav1.Visibility_CUSTOMER), ContentBase64: new(base64.StdEncoding.EncodeToString([]byte("Hi\r\n--\r\n")))}, []byte("Hi\r\n--\r\n"), nil,
			psav1.Attachment_builder{FileName: new("a \"b\" ü.txt"), Title: new("How to"), ContentType: new("text/plain"), Visibility: new(psav1.Visibility_CUSTOMER), Size: new(uint32(8))},
		},
	} {
		first := c.first
		first.Ticket = &ticket
		admin(t, sim, "DELETE", "requests", "", nil)
		var trailer metadata.MD
		resp, err := f.attach(first, c.sent, &trailer)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a, r := resp.GetAttachment(), resp.GetReceipt()
		want := c.want.Build()
		if a.GetFileName() != want.GetFileName() || a.GetTitle() != want.GetTitle() || a.GetContentType() != want.GetContentType() || a.GetVisibility() != want.GetVisibility() || a.GetSize() != want.GetSize() ||
			a.GetTicket() != ticket || !a.HasCreatedAt() || !a.HasAuthor() || a.GetId() == "" {
			t.Errorf("%s: attached %v", name, a)
		}
		if r.GetOutcome() != applied || len(r.GetDropped())+len(r.GetChanged())+len(r.GetUnverifiable())+len(r.GetWarnings()) > 0 || !slices.Contains(r.GetApplied(), "file_name") ||
			slices.Contains(r.GetApplied(), "content_type") != (c.first.ContentType != nil) || r.GetAttributedTo().GetName() == "" {
			t.Errorf("%s: receipt %v", name, r)
		}
		if got := trailer.Get(handshake.TrailerVendorRequests); !slices.Equal(got, []string{"2"}) { // the ticket and the upload
			t.Errorf("%s: it cost %v", name, got)
		}
		if sent := writes(t, sim); !slices.Equal(sent, []string{"POST system/documents"}) {
			t.Errorf("%s: sent %v", name, sent)
		}
		got, content, err := f.download(ticket, a.GetId())
		if err != nil || !bytes.Equal(content, c.content) || got.GetFileName() != a.GetFileName() {
			t.Errorf("%s: read %d bytes of %v, %v", name, len(content), got, err)
		}
		one, err := f.GetAttachment(f.ctx, psav1.GetAttachmentRequest_builder{Ticket: &ticket, Attachment: new(a.GetId())}.Build())
		if err != nil || one.GetAttachment().String() != a.String() {
			t.Errorf("%s: got %v, %v", name, one, err)
		}
	}

	link, err := f.attach(psav1.CreateAttachmentRequest_builder{Ticket: &ticket, Link: new("https://kb.example/toner?x=1&y=2"), Title: new("Runbook")}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := link.GetAttachment(); a.GetLink() != "https://kb.example/toner?x=1&y=2" && !slices.Contains(link.GetReceipt().GetUnverifiable(), "link") || a.HasFileName() || a.HasSize() || a.GetTitle() != "Runbook" {
		t.Errorf("linked %v, receipt %v", a, link.GetReceipt())
	}
	_, _, err = f.download(ticket, link.GetAttachment().GetId())
	wantWireFault(t, err, fault.CodeFailedPrecondition)

	// By pages of one each is there once.
	list := func(_ context.Context, r *psav1.ListAttachmentsRequest) (*psav1.ListAttachmentsResponse, error) {
		return f.ListAttachments(f.ctx, r)
	}
	ids := idsOf(everyRow(t, list, psav1.ListAttachmentsRequest_builder{Ticket: &ticket, PageSize: new(int32(1))}.Build(), (*psav1.ListAttachmentsResponse).GetAttachments))
	if len(ids) != 3 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 3 {
		t.Errorf("by pages %v", ids)
	}

	gone := psav1.DeleteAttachmentRequest_builder{Ticket: &ticket, Attachment: &ids[0]}
	gone.Options = psav1.WriteOptions_builder{DryRun: new(true)}.Build()
	planned, err := f.DeleteAttachment(f.ctx, gone.Build())
	if p := planned.GetReceipt().GetPlanned(); err != nil || len(p) != 1 || p[0].GetPath() != "/system/documents/"+ids[0] {
		t.Errorf("dry run %v, %v", planned, err)
	}
	gone.Options = nil
	deleted, err := f.DeleteAttachment(f.ctx, gone.Build())
	if err != nil || deleted.GetReceipt().GetOutcome() != applied {
		t.Errorf("deleted %v, %v", deleted, err)
	}
	_, err = f.DeleteAttachment(f.ctx, gone.Build())
	wantWireFault(t, err, fault.CodeNotFound)
	_, _, err = f.download(ticket, ids[0])
	wantWireFault(t, err, fault.CodeNotFound)
}

// TestAttachmentsOfOthers asks for what does not belong to the ticket of the path.
func TestAttachmentsOfOthers(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	f := openFiles(t, sim)
	var rows []struct{ ID int }
	vendor(t, sim, "GET", "service/tickets?pageSize=2&fields=id", "", &rows)
	mine, other := fmt.Sprint(rows[0].ID), fmt.Sprint(rows[1].ID)
	resp, err := f.attach(psav1.CreateAttachmentRequest_builder{Ticket: &mine, FileName: new("x.txt")}, []byte("secret"), nil)
	if err != nil {
		t.Fatal(err)
	}
	id := resp.GetAttachment().GetId()
	_, err = f.GetAttachment(f.ctx, psav1.GetAttachmentRequest_builder{Ticket: &other, Attachment: &id}.Build())
	wantWireFault(t, err, fault.CodeNotFound)
	_, _, err = f.download(other, id)
	wantWireFault(t, err, fault.CodeNotFound)
	_, err = f.DeleteAttachment(f.ctx, psav1.DeleteAttachmentRequest_builder{Ticket: &other, Attachment: &id}.Build())
	wantWireFault(t, err, fault.CodeNotFound)
	for _, ticket := range []string{"99999999", "x"} {
		_, err = f.ListAttachments(f.ctx, psav1.ListAttachmentsRequest_builder{Ticket: &ticket}.Build())
		wantWireFault(t, err, fault.CodeNotFound)
		_, err = f.attach(psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("x.txt")}, []byte("x"), nil)
		wantWireFault(t, err, fault.CodeNotFound)
	}
	if sent := writes(t, sim); !slices.Equal(sent, []string{"POST system/documents"}) {
		t.Errorf("sent %v", sent)
	}
}

func TestAttachmentInADryRun(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	f, ticket := openFiles(t, sim), anyTicket(t, sim)
	content := []byte(strings.Repeat("confidential ", 50_000))
	resp, err := f.attach(psav1.CreateAttachmentRequest_builder{
		Ticket: &ticket, FileName: new("x.log"), Options: psav1.WriteOptions_builder{DryRun: new(true)}.Build(),
	}, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := resp.GetReceipt().GetPlanned()
	if resp.GetReceipt().GetOutcome() != psav1.Receipt_Outcome_DRY_RUN || len(p) != 1 || p[0].GetMethod() != "POST" || p[0].GetPath() != "/system/documents" {
		t.Fatalf("receipt %v", resp.GetReceipt())
	}
	form := p[0].GetBody().GetStructValue().GetFields()["form"].GetStructValue().GetFields()
	file := p[0].GetBody().GetStructValue().GetFields()["file"].GetStructValue().GetFields()
	if form["recordId"].GetStringValue() != ticket || form["recordType"].GetStringValue() != "Ticket" || form["privateFlag"].GetStringValue() != "true" || file["name"].GetStringValue() != "x.log" || file["bytes"].GetNumberValue() != float64(len(content)) {
		t.Errorf("planned %v", p[0])
	}
	if text := resp.String(); strings.Contains(text, "confidential") || strings.Contains(text, seed.PrivateKey) {
		t.Errorf("the plan holds content or a secret: %.300s", text)
	}
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

// TestUploadThatBreaksOff hangs up in the middle of an upload: nothing of it stays.
func TestUploadThatBreaksOff(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	f, ticket := openFiles(t, sim), anyTicket(t, sim)
	ctx, cancel := context.WithCancel(f.ctx)
	stream, err := f.CreateAttachment(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("half.bin")}.Build()); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if err := stream.Send(psav1.CreateAttachmentRequest_builder{Chunk: randomBytes(256 << 10)}.Build()); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if _, err := stream.CloseAndRecv(); err == nil {
		t.Fatal("it was answered")
	}
	// A whole one afterwards shows that the connection works, and that the first is
	// not there.
	if _, err := f.attach(psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("whole.bin")}, randomBytes(1<<20), nil); err != nil {
		t.Fatal(err)
	}
	list, err := f.ListAttachments(f.ctx, psav1.ListAttachmentsRequest_builder{Ticket: &ticket}.Build())
	if err != nil || len(list.GetAttachments()) != 1 || list.GetAttachments()[0].GetFileName() != "whole.bin" {
		t.Errorf("the ticket has %v, %v", list, err)
	}
}

func TestUploadIsSentOnce(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	f, ticket := openFiles(t, sim), anyTicket(t, sim)
	for _, c := range []struct {
		fault string
		code  fault.Code
	}{
		{`{"match":{"method":"POST","path":"*/system/documents"},"fault":"drop_after","times":1}`, fault.CodeOutcomeUnknown},
		{`{"match":{"method":"POST","path":"*/system/documents"},"fault":"status","status":500,"times":1}`, fault.CodeOutcomeUnknown},
		{`{"match":{"method":"POST","path":"*/system/documents"},"fault":"status","status":403,"times":1,"body":{"code":"Security","message":"You do not have security permission to perform this action."}}`, fault.CodePermissionDenied},
		{`{"match":{"method":"GET","path":"*/service/tickets/*"},"fault":"status","status":403,"times":1,"body":{"code":"Security","message":"You do not have security permission to perform this action."}}`, fault.CodePermissionDenied},
	} {
		admin(t, sim, "POST", "faults", c.fault, nil)
		_, err := f.attach(psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("x.bin")}, randomBytes(600<<10), nil)
		wantWireFault(t, err, c.code)
	}
	if sent := writes(t, sim); len(sent) != 3 {
		t.Errorf("sent %v", sent)
	}
}

// TestUploadThatIsTooLarge sends more than the server takes.
func TestUploadThatIsTooLarge(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	f, ticket := openFiles(t, sim), anyTicket(t, sim)
	_, err := f.attach(psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("x.bin")}, make([]byte, 31<<20), nil)
	if e := wantWireFault(t, err, fault.CodeInvalidArgument); len(e.Violations) != 1 || e.Violations[0].Field != "file" || !strings.Contains(e.Message, "its server's limit") {
		t.Errorf("fault %+v", e)
	}
	if list, err := f.ListAttachments(f.ctx, psav1.ListAttachmentsRequest_builder{Ticket: &ticket}.Build()); err != nil || len(list.GetAttachments()) > 0 {
		t.Errorf("the ticket has %v, %v", list, err)
	}
}

// TestDownloadsThatFail breaks downloads before and after they begin.
func TestDownloadsThatFail(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	f, ticket := openFiles(t, sim), anyTicket(t, sim)
	content := randomBytes(1 << 20)
	resp, err := f.attach(psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("x.bin")}, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	id := resp.GetAttachment().GetId()
	fail := func(kind string) {
		admin(t, sim, http.MethodPost, "faults", `{"match":{"path":"*/download"},"times":1,`+kind+`}`, nil)
	}
	fail(`"fault":"drop_before"`)
	if _, got, err := f.download(ticket, id); err != nil || !bytes.Equal(got, content) {
		t.Errorf("a lost request: %d bytes, %v", len(got), err)
	}
	fail(`"fault":"html"`)
	_, _, err = f.download(ticket, id)
	if e := wantWireFault(t, err, fault.CodeVendorError); !strings.Contains(e.Message, "web page") {
		t.Errorf("a page: %v", e)
	}
	fail(`"fault":"truncate"`)
	_, got, err := f.download(ticket, id)
	if err == nil && len(got) == len(content) {
		t.Error("a truncated content came whole")
	}
}
