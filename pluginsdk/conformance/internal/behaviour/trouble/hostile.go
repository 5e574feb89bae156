package trouble

import (
	"bytes"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// hostile are the checks of requests that no gateway sends. What the connector does
// with them is its own matter, as long as it lives, does not write and does not
// take it for a fault of its own. That the process lives is held after every check.
func hostile() []suite.Check {
	return []suite.Check{{
		Name: "hostile/page_size", About: "A page size that is none is refused or brought into bounds.",
		Operations: []string{"tickets.list"},
		Run:        oddPages,
	}, {
		Name: "hostile/page_token", About: "A page token that the connector has not made is refused.",
		Operations: []string{"tickets.list"},
		Run:        oddTokens,
	}, {
		Name: "hostile/empty", About: "Empty requests are refused, or answered where nothing is missing, and write nothing.",
		Operations: []string{"tickets.list"}, Writes: true, Needs: []string{simulated.State},
		Run: emptyRequests,
	}, {
		Name: "hostile/unknown_fields", About: "A field of a newer contract is ignored or refused by a read.",
		Operations: []string{"tickets.list"},
		Run:        unknownFields,
	}, {
		Name: "hostile/long_text", About: "A text of many megabytes is refused or kept whole, never cut.",
		Operations: []string{"tickets.list", "notes.list", "notes.create_internal"}, Writes: true,
		Run: longText,
	}, {
		Name: "hostile/too_large", About: "A message beyond the limit is refused, and the connection works on.",
		Operations: []string{"tickets.list"},
		Run:        tooLarge,
	}, {
		Name: "hostile/connect", About: "A connection without a name or with a configuration that is none is refused.",
		Run: oddConnects,
	}, {
		Name: "hostile/no_connection", About: "A call that names no connection is refused.",
		Operations: []string{"tickets.list"},
		Run: func(t *suite.T) {
			_, err := t.Call(t.Context(), t.Subject.Raw(), "tickets.list", t.Request("tickets.list"))
			if err == nil {
				t.Errorf("tickets.list is answered though it names no connection")
			}
		},
	}}
}

// decent fails the check for an error by which a connector says that it failed
// itself.
func decent(t *suite.T, what string, err error) {
	switch {
	case err == nil:
	case len(status.Convert(err).Details()) == 0 && status.Code(err) != codes.ResourceExhausted && status.Code(err) != codes.InvalidArgument:
		t.Errorf("%s answers %s, without the detail deskgate.connector.v1.Fault", what, suite.Words(err))
	case suite.Fault(err).Code == fault.CodeInternal && len(status.Convert(err).Details()) > 0:
		t.Errorf("%s answers %s; what is wrong with a request is no fault of the connector", what, suite.Words(err))
	}
}

func oddPages(t *suite.T) {
	for _, list := range t.Served() {
		m := t.Request(list).ProtoReflect()
		if !strings.HasSuffix(list, ".list") || m.Descriptor().Fields().ByName("page_size") == nil || m.Descriptor().Fields().ByName("page_token") == nil {
			continue
		}
		x := &ids{t: t, found: map[string]string{}}
		for _, size := range []int32{0, -1, suite.MaxPage + 1, 1 << 30} {
			request := x.request(list)
			if request == nil {
				continue
			}
			suite.Set(request.ProtoReflect(), "page_size", protoreflect.ValueOfInt32(size))
			answer, err := t.Call(t.Context(), t.Conn(), list, request)
			decent(t, list, err)
			limit := int(size)
			if size <= 0 {
				limit = suite.MaxPage
			}
			if rows := len(suite.Rows(answer)); err == nil && rows > limit {
				t.Errorf("%s is asked for %d rows and answers %d", list, size, rows)
			}
		}
	}
}

func oddTokens(t *suite.T) {
	for _, token := range []string{"1", "deskgate", "eyJhIjoxfQ", "AAAA", "\x00", "../../", strings.Repeat("x", 4096), "'; DROP TABLE tickets; --"} {
		request := t.Request("tickets.list")
		suite.Set(request.ProtoReflect(), "page_token", protoreflect.ValueOfString(token))
		_, err := t.Call(t.Context(), t.Conn(), "tickets.list", request)
		decent(t, "tickets.list", err)
		if err == nil {
			t.Errorf("tickets.list takes the page token %.40q, which it has not made", token)
		} else if f := suite.Fault(err); f.Code != fault.CodeInvalidArgument {
			t.Errorf("tickets.list answers the page token %.40q with %s; it is an invalid_argument", token, suite.Words(err))
		}
	}
}

func emptyRequests(t *suite.T) {
	v := vendor{t}
	before := v.holds()
	for _, op := range t.Served() {
		if t.Streams(op) {
			continue
		}
		_, err := t.Call(t.Context(), t.Conn(), op, t.Request(op))
		decent(t, op+" with an empty request", err)
		if err == nil && !t.Reads(op) {
			t.Errorf("%s answers an empty request as if it had done something", op)
		}
	}
	if t.Serves("attachments.create") {
		_, _, err := send(t.Context(), t, t.Conn(), "attachments.create", &psav1.CreateAttachmentRequest{})
		decent(t, "attachments.create with an empty request", err)
		stream, err := psav1.NewAttachmentWriterClient(t.Conn()).CreateAttachment(t.Context())
		t.Must(err)
		_, err = stream.CloseAndRecv()
		t.Heard(err)
		decent(t, "attachments.create without a message", err)
		if err == nil {
			t.Errorf("attachments.create answers a stream without a message as if it had attached something")
		}
	}
	v.unchanged(before, "an empty request")
}

// newer is a field that no message of the contract has.
const newer = protowire.Number(54321)

func unknownFields(t *suite.T) {
	for _, r := range readings(t) {
		alone, err := t.Call(t.Context(), t.Conn(), r.operation, r.request)
		t.Must(err)
		request := proto.Clone(r.request)
		request.ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, newer, protowire.BytesType), "of tomorrow"))
		answer, err := t.Call(t.Context(), t.Conn(), r.operation, request)
		decent(t, r.operation+" with a field that it cannot know", err)
		if err == nil && !sameAnswer(answer, alone) {
			t.Errorf("%s answers otherwise with a field that it cannot know than without", r.operation)
		}
	}
}

func longText(t *suite.T) {
	for _, size := range []int{32_000, 40_000, 1 << 20, 40 << 20} {
		ticket := workTicket(t, "With a long note")
		body := strings.Repeat("All work and no play. ", size/22+1)[:size-1] + "."
		response, err := t.Call(t.Context(), t.Conn(), "notes.create_internal", internalNote(ticket, body))
		decent(t, "notes.create_internal of a long text", err)
		switch {
		case err != nil:
			t.Logf("notes.create_internal takes no note of %d characters: %s", size, suite.Words(err))
			continue
		case size > 1<<20 || tells(receiptOf(response), "body"):
			continue // nobody reads it back, or it says itself that it is not as asked
		}
		whole := slices.ContainsFunc(t.List(t.Anew(), "notes.list", psav1.ListNotesRequest_builder{Ticket: &ticket}.Build()),
			func(row protoreflect.Message) bool { return suite.Text(row, "body") == body })
		if !whole {
			t.Errorf("notes.create_internal of %d characters is answered as done, and the note is not there as it was written", size)
		}
	}
	works(t, "after texts of many megabytes")
}

// tells tells whether a receipt says that a field is not as it was asked.
func tells(receipt *psav1.Receipt, field string) bool {
	return slices.ContainsFunc(slices.Concat(receipt.GetDropped(), receipt.GetChanged()), func(f *psav1.FieldResult) bool { return f.GetField() == field })
}

func tooLarge(t *suite.T) {
	request := t.Request("tickets.list")
	suite.Set(request.ProtoReflect(), "text", protoreflect.ValueOfString(strings.Repeat("x", handshake.MaxMessageBytes+1)))
	_, _, err := t.Measure(t.Context(), t.Conn(), "tickets.list", request, grpc.MaxCallSendMsgSize(2*handshake.MaxMessageBytes))
	if err == nil {
		t.Errorf("a message of more than %d bytes is answered", handshake.MaxMessageBytes)
	}
	works(t, "after a message that was too large")
}

func oddConnects(t *suite.T) {
	defer disconnect(t, wrong)
	connected := func(what, name string, config []byte) {
		_, err := t.Subject.Control().Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: &name, ConfigJson: config}.Build())
		t.Heard(err)
		if err == nil {
			t.Errorf("Connect takes %s", what)
			return
		}
		decent(t, "Connect with "+what, err)
		if f := suite.Fault(err); f.Code != fault.CodeInvalidArgument && f.Code != fault.CodeConnectionDown {
			t.Errorf("Connect with %s answers %s; it is an invalid_argument", what, suite.Words(err))
		}
	}
	connected("no name", "", t.Config.JSON)
	if len(t.Subject.Description.GetSchema().GetAttributes()) == 0 {
		return
	}
	for what, config := range map[string][]byte{
		"a text in place of a configuration": []byte(`"deskgate"`), "a list in place of a configuration": []byte(`[1]`),
		"half a configuration": t.Config.JSON[:len(t.Config.JSON)/2], "bytes that are no text": {0xff, 0xfe, 0x00},
		"a configuration nested too deep": bytes.Repeat([]byte(`{"a":`), 20_000),
	} {
		connected(what, wrong, config)
	}
	for _, a := range t.Subject.Description.GetSchema().GetAttributes() {
		if a.GetType() != connectorv1.Attribute_Type_STRING || !a.GetRequired() {
			continue
		}
		if config, ok := withText(t.Config.JSON, []string{a.GetName()}, ""); ok {
			connected("an empty "+a.GetName(), wrong, config)
		}
	}
}
