package reading

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func files() []suite.Check {
	return []suite.Check{{
		Name: "attachments/download", About: "A download tells what it is, and then carries as many bytes as the attachment says, in chunks of at most 256 KiB.",
		Operations: []string{"attachments.download", "attachments.list", "attachments.get", "tickets.list"}, Run: downloads,
	}, {
		Name: "tickets/history", About: "A ticket's history tells what happened, when and by whom, and nothing from before there was the ticket.",
		Operations: []string{"tickets.history", "tickets.list"}, Run: history,
	}, {
		Name: "tickets/history_grows", About: "What is changed on a ticket comes into its history.",
		Operations: []string{"tickets.history", "tickets.update", "tickets.list"}, Writes: true, Run: historyGrows,
	}, {
		Name: "raw/read_refusals", About: "A raw call goes to the PSA's API alone, as the connection's own account: other hosts, paths that climb and headers that log in are refused.",
		Operations: []string{"raw.read"}, Run: rawRefusals,
	}}
}

// maxChunk is the most that a message of a stream carries.
const maxChunk = 256 << 10

// downloaded is how many attachments are read.
const downloaded = 8

func downloads(t *suite.T) {
	n := 0
	for _, ticket := range newestFirst(t, "tickets.list") {
		for _, a := range t.List(t.Conn(), "attachments.list", t.Ask("attachments.list", suite.ID(ticket))) {
			if n++; n > downloaded {
				return
			}
			download(t, suite.ID(ticket), suite.ID(a))
		}
	}
	if n == 0 {
		t.NotRun("none of the tickets looked at has an attachment")
	}
}

func download(t *suite.T, ticket, id string) {
	known := t.Read("attachments.get", ticket, id)
	where := "attachments.download of " + id
	first, content, err := fetch(t, where, ticket, id)
	if link := field.Text(known, "link"); link != "" {
		if f := suite.Fault(err); err == nil || f.Code == fault.CodeInternal || f.Code == fault.CodeVendorError {
			t.Errorf("%s, which is the link %s: %s; it has to be refused, since a link has no content", where, link, suite.Words(err))
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %s", where, suite.Words(err))
		return
	}
	for _, d := range field.Differences(known, first.ProtoReflect()) {
		t.Errorf("%s says that %s is %s; attachments.get says %s", where, d.Field, d.B, d.A)
	}
	if size := field.Text(known, "size"); size != "" && int(known.Get(known.Descriptor().Fields().ByName("size")).Uint()) != len(content) {
		t.Errorf("%s carries %d bytes; attachments.get says that it has %s", where, len(content), size)
	}
	_, again, err := fetch(t, where, ticket, id)
	if err != nil || !bytes.Equal(again, content) {
		t.Errorf("%s carries something else the second time: %d bytes and %d, %s", where, len(content), len(again), suite.Words(err))
	}
}

// fetch reads a whole download.
func fetch(t *suite.T, where, ticket, id string) (what *psav1.Attachment, content []byte, err error) {
	stream, err := psav1.NewAttachmentReaderClient(t.Conn()).DownloadAttachment(t.Context(), psav1.DownloadAttachmentRequest_builder{Ticket: &ticket, Attachment: &id}.Build())
	if err != nil {
		return nil, nil, err
	}
	for n := 0; ; n++ {
		part, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return what, content, nil
		case err != nil:
			return what, content, err
		case n == 0 && !part.HasAttachment():
			t.Errorf("%s: the first message does not tell what it is", where)
		case n > 0 && part.HasAttachment():
			t.Errorf("%s: message %d tells again what it is", where, n+1)
		case len(part.GetChunk()) > maxChunk:
			t.Errorf("%s: message %d carries %d bytes; %d is the most", where, n+1, len(part.GetChunk()), maxChunk)
		}
		if n == 0 {
			what = part.GetAttachment()
		}
		content = append(content, part.GetChunk()...)
	}
}

func history(t *suite.T) {
	request := everything(t, "tickets.history")
	ticket := suite.Text(request.ProtoReflect(), "ticket")
	var made time.Time
	if t.Serves("tickets.get") {
		made, _ = field.Time(t.Read("tickets.get", ticket), "created_at")
	}
	for _, row := range t.List(t.Conn(), "tickets.history", request) {
		where := "tickets.history of " + ticket + ": " + field.Words(row, "text")
		if !field.Has(row, "at") {
			t.Errorf("%s does not say when", where)
		}
		if field.Text(row, "text") == "" && field.Text(row, "field") == "" {
			t.Errorf("%s says neither what changed nor the PSA's words", where)
		}
		if at, _ := field.Time(row, "at"); at.Before(made) {
			t.Errorf("%s is from %s; the ticket was made at %s", where, field.Words(row, "at"), made.Format(time.RFC3339))
		}
		plausible(t, where, row)
	}
}

func historyGrows(t *suite.T) {
	for _, row := range slices.Backward(changeable(t.List(t.Conn(), "tickets.list", t.Request("tickets.list")))) {
		id := suite.ID(row)
		request := t.Ask("tickets.history", id)
		before := t.List(t.Conn(), "tickets.history", request)
		_, err := psav1.NewTicketWriterClient(t.Conn()).UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
			Ticket: &id, SetFields: []string{"title"}, Input: psav1.Ticket_builder{Title: new("conformance, a new title")}.Build(),
		}.Build())
		t.Must(err)
		after := t.List(t.Anew(), "tickets.history", request)
		if len(after) <= len(before) {
			t.Errorf("the title of %s was changed, and tickets.history has %d entries as before", id, len(after))
			return
		}
		for n := range before {
			if !proto.Equal(before[n].Interface(), after[n].Interface()) {
				t.Errorf("tickets.history of %s: entry %d was %s, and is %s after a further change", id, n+1, field.Show(before[n]), field.Show(after[n]))
			}
		}
		return
	}
	t.NotRun("there is no ticket that can be changed")
}

// climbing are paths of a raw call that lead elsewhere.
var climbing = []string{
	"http://conformance.example/x", "//conformance.example/x", "https:/conformance.example/x", "/../x", "/a/../../x", "/a/./b", "/%2e%2e/x",
	"/..%2fx", `\..\x`, "/a?b=c", "/a#b", "/a\nb", "/a\r\nHost: conformance.example", " ",
}

// forbidden are headers that a raw call may not set.
var forbidden = []string{"Authorization", "authorization", "Cookie", "Host", "Proxy-Authorization"}

func rawRefusals(t *suite.T) {
	looks := t.Simulator != nil && t.Simulator.Has[simulated.Requests]
	try := func(what string, r *psav1.RawReadRequest) {
		if looks {
			t.Must(t.Simulator.Forget(t.Context()))
		}
		_, err := psav1.NewRawCallerClient(t.Conn()).RawRead(t.Context(), r)
		if err == nil || suite.Fault(err).Code != fault.CodeInvalidArgument {
			t.Errorf("raw.read with %s: %s; it has to be invalid_argument", what, suite.Words(err))
		}
		if !looks {
			return
		}
		log, err := t.Simulator.Log(t.Context())
		t.Must(err)
		for _, sent := range log {
			t.Errorf("raw.read with %s sends %s %s", what, sent.Method, sent.Path)
		}
	}
	for _, path := range climbing {
		try("the path "+strconv.Quote(path), psav1.RawReadRequest_builder{Method: new("GET"), Path: &path}.Build())
	}
	for _, header := range forbidden {
		try("the header "+header, psav1.RawReadRequest_builder{Method: new("GET"), Path: new("/a"), Headers: map[string]string{header: "x"}}.Build())
	}
	for _, method := range []string{"DELETE", "PUT", "PATCH"} {
		try("the method "+method, psav1.RawReadRequest_builder{Method: &method, Path: new("/a")}.Build())
	}
}
