package connector

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// upload is an upload of one message.
type upload struct {
	grpc.ServerStream
	ctx      context.Context
	request  *psav1.CreateAttachmentRequest
	response *psav1.CreateAttachmentResponse
}

func (u *upload) Context() context.Context { return u.ctx }

func (u *upload) Recv() (*psav1.CreateAttachmentRequest, error) {
	if u.request == nil {
		return nil, io.EOF
	}
	r := u.request
	u.request = nil
	return r, nil
}

func (u *upload) SendAndClose(r *psav1.CreateAttachmentResponse) error { u.response = r; return nil }

// invoke makes the call of a request.
func invoke(ctx context.Context, t *testing.T, i *Instance, request proto.Message) (proto.Message, error) {
	t.Helper()
	if r, ok := request.(*psav1.CreateAttachmentRequest); ok {
		u := &upload{ctx: ctx, request: r}
		err := i.CreateAttachment(u)
		return u.response, err
	}
	name := strings.TrimSuffix(string(request.ProtoReflect().Descriptor().Name()), "Request")
	method := reflect.ValueOf(i).MethodByName(name)
	if !method.IsValid() {
		t.Fatalf("there is no method %s", name)
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(request)})
	err, _ := reflect.TypeAssert[error](out[1])
	response, _ := reflect.TypeAssert[proto.Message](out[0])
	return response, err
}

// look asks what became of a write.
func look(t *testing.T, i *Instance, w pluginsdk.LostWrite) pluginsdk.Outcome {
	t.Helper()
	ctx := call.With(t.Context(), &call.Call{Connection: "test", ReadOnly: true})
	out, err := i.CheckOutcome(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	if out.Reason == "" {
		t.Error("the outcome has no reason")
	}
	return out
}

// lose makes a call whose answer is lost at a request to ConnectWise.
func lose(t *testing.T, i *Instance, sim *simulator.Running, request proto.Message, kind, method, path string) pluginsdk.LostWrite {
	t.Helper()
	admin(t, sim, "POST", "faults", `{"match":{"method":"`+method+`","path":"*/apis/3.0/`+path+`"},"fault":"`+kind+`","times":1}`, nil)
	w := pluginsdk.LostWrite{Request: request, SentAt: time.Now()}
	ctx := call.With(t.Context(), &call.Call{Connection: "test"})
	_, err := invoke(ctx, t, i, request)
	if e := fault.From(err); e == nil || e.Code != fault.CodeOutcomeUnknown || e.Outcome != fault.Unknown {
		t.Fatalf("the call ended in %v", err)
	}
	w.LostAt = time.Now()
	return w
}

// later lets time pass at ConnectWise, so that what was made before is old.
func later(t *testing.T, i *Instance, sim *simulator.Running) {
	t.Helper()
	admin(t, sim, "POST", "clock", `{"advance":"10m"}`, nil)
	firstTicket(t, i, psav1.ListTicketsRequest_builder{}) // any answer tells the time
}

// recordOf is the id of the record in an answer, "" where there is none.
func recordOf(answer proto.Message) string {
	m := answer.ProtoReflect()
	for n := range m.Descriptor().Fields().Len() {
		fd := m.Descriptor().Fields().Get(n)
		if fd.Kind() != protoreflect.MessageKind || fd.IsList() {
			continue
		}
		if id := fd.Message().Fields().ByName("id"); id != nil {
			return m.Get(fd).Message().Get(id).String()
		}
	}
	return ""
}

func receiptOf(answer proto.Message) *psav1.Receipt {
	r, _ := answer.(interface{ GetReceipt() *psav1.Receipt })
	return r.GetReceipt()
}

// TestLostWrites loses the answer of every kind of write, before ConnectWise has
// done anything or after.
func TestLostWrites(t *testing.T) {
	t.Parallel()
	scene := func(t *testing.T, c lostWrite) (*Instance, *simulator.Running, proto.Message) {
		t.Helper()
		i, sim := openAtNoon(t, func(config *account.Config) { config.CustomerNotification = c.way })
		request := c.request(t, i, sim)
		later(t, i, sim)
		admin(t, sim, "DELETE", "requests", "", nil)
		return i, sim, request
	}
	for name, c := range lostWrites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("before", func(t *testing.T) {
				t.Parallel()
				i, sim, request := scene(t, c)
				w := lose(t, i, sim, request, "drop_before", c.method, c.path)
				if out := look(t, i, w); out.Happened != pluginsdk.WriteUnknown || out.AskAgain < time.Second || out.AskAgain > i.account.Settle {
					t.Errorf("while the request can still arrive: %+v", out)
				}
				i.account.Settle = 0
				if out := look(t, i, w); out.Happened != pluginsdk.WriteDidNot {
					t.Errorf("when it cannot any more: %+v", out)
				}
				if sent := writes(t, sim); len(sent) != 1 {
					t.Errorf("sent %v", sent)
				}
				// It can be sent again, and is then done once.
				if _, err := invoke(t.Context(), t, i, request); err != nil {
					t.Errorf("again: %v", err)
				}
			})
			t.Run("after", func(t *testing.T) {
				t.Parallel()
				i, sim, request := scene(t, c)
				if c.blind {
					admin(t, sim, "POST", "faults", `{"match":{"method":"GET","path":"*/service/tickets"},"fault":"status","status":400,"after":2,"times":1}`, nil)
				}
				w := lose(t, i, sim, request, "drop_after", c.method, c.path)
				out := look(t, i, w)
				if c.half {
					if out.Happened != pluginsdk.WriteUnknown || !strings.Contains(out.Reason, " has ") || !strings.Contains(out.Reason, ", and not ") {
						t.Errorf("half of it is done: %+v", out)
					}
					i.account.Settle = 0
					if out := look(t, i, w); out.Happened != pluginsdk.WriteUnknown || out.AskAgain != 0 {
						t.Errorf("half of it stays done: %+v", out)
					}
					return
				}
				if out.Happened != pluginsdk.WriteHappened {
					t.Fatalf("it is done: %+v", out)
				}
				if r := receiptOf(out.Response); r.GetOutcome() != applied || r.GetAlreadyExisted() {
					t.Errorf("receipt %v", r)
				}
				if sent := writes(t, sim); len(sent) != 1 {
					t.Errorf("sent %v", sent)
				}
				if !c.create {
					return
				}
				id := recordOf(out.Response)
				if id == "" {
					t.Fatalf("answered %v", out.Response)
				}
				// One that is another call's is not this one's, unless the request names it.
				w.Others = []string{id}
				i.account.Settle = 0
				switch out := look(t, i, w); {
				case strings.Contains(name, "external id"):
					if out.Happened != pluginsdk.WriteHappened || !receiptOf(out.Response).GetAlreadyExisted() {
						t.Errorf("of another call: %+v", out)
					}
				case out.Happened != pluginsdk.WriteDidNot:
					t.Errorf("of another call: %+v", out)
				}
				// A second one just the same leaves open which is which.
				w.Others = nil
				if strings.Contains(name, "external id") || c.once {
					return
				}
				if _, err := invoke(t.Context(), t, i, request); err != nil {
					t.Fatal(err)
				}
				if out := look(t, i, w); out.Happened != pluginsdk.WriteUnknown || !strings.Contains(out.Reason, id) {
					t.Errorf("two of them: %+v", out)
				}
			})
		})
	}
}

// TestLostWritesAndOthers has others change the same records meanwhile.
func TestLostWritesAndOthers(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	i.account.Settle = 0
	ticket := openTicket(t, i).GetId()
	later(t, i, sim)

	// A change that was lost, and a ticket that somebody else has changed since.
	w := lose(t, i, sim, psav1.UpdateTicketRequest_builder{Ticket: &ticket, Input: psav1.Ticket_builder{Title: new("Ours")}.Build(), SetFields: []string{"title"}}.Build(), "drop_before", "PATCH", "service/tickets/*")
	vendor(t, sim, "PATCH", "service/tickets/"+ticket, `[{"op":"replace","path":"summary","value":"Theirs"}]`, nil)
	if out := look(t, i, w); out.Happened != pluginsdk.WriteUnknown || !strings.Contains(out.Reason, "not title") {
		t.Errorf("changed by another: %+v", out)
	}
	// What the caller expects of the record proves that it is as it was.
	w.Request.(*psav1.UpdateTicketRequest).SetOptions(psav1.WriteOptions_builder{IfMatch: new(get(t, i, ticket).GetEtag())}.Build())
	if out := look(t, i, w); out.Happened != pluginsdk.WriteDidNot {
		t.Errorf("as the caller expects it: %+v", out)
	}

	// A note just the same that was made shortly before.
	note := psav1.CreateInternalNoteRequest_builder{Ticket: &ticket, Body: new("Still working.")}.Build()
	if _, err := i.CreateInternalNote(t.Context(), note); err != nil {
		t.Fatal(err)
	}
	admin(t, sim, "POST", "clock", `{"advance":"20s"}`, nil)
	get(t, i, ticket)
	w = lose(t, i, sim, note, "drop_before", "POST", "service/tickets/*/notes")
	if out := look(t, i, w); out.Happened != pluginsdk.WriteUnknown || !strings.Contains(out.Reason, "shortly before") {
		t.Errorf("one from before: %+v", out)
	}
	later(t, i, sim)
	w = lose(t, i, sim, note, "drop_before", "POST", "service/tickets/*/notes")
	if out := look(t, i, w); out.Happened != pluginsdk.WriteDidNot {
		t.Errorf("one from long before: %+v", out)
	}

	// A note of the same text that the customer sees.
	later(t, i, sim)
	w = lose(t, i, sim, note, "drop_before", "POST", "service/tickets/*/notes")
	if _, err := i.CreateCustomerNote(t.Context(), psav1.CreateCustomerNoteRequest_builder{Ticket: &ticket, Body: new("Still working.")}.Build()); err != nil {
		t.Fatal(err)
	}
	if out := look(t, i, w); out.Happened != pluginsdk.WriteDidNot {
		t.Errorf("one for others to see: %+v", out)
	}

	// What is gone, and what nobody knows of.
	for name, c := range map[string]struct {
		request proto.Message
		says    string
	}{
		"a ticket that is gone": {psav1.UpdateTicketRequest_builder{Ticket: new("999999"), Input: psav1.Ticket_builder{Title: new("x")}.Build(), SetFields: []string{"title"}}.Build(), "999999"},
		"no ticket at all":      {psav1.CreateInternalNoteRequest_builder{Ticket: new("x"), Body: new("x")}.Build(), "x"},
		"a name that is none":   {psav1.UpdateTicketRequest_builder{Ticket: &ticket, Input: psav1.Ticket_builder{Owner: ref("Nobody")}.Build(), SetFields: []string{"owner"}}.Build(), "Nobody"},
		"a raw call":            {psav1.RawWriteRequest_builder{Method: new("POST"), Path: new("/service/tickets")}.Build(), "does not know"},
	} {
		w := pluginsdk.LostWrite{Operation: "raw.write", Request: c.request, SentAt: time.Now(), LostAt: time.Now()}
		if out := look(t, i, w); out.Happened != pluginsdk.WriteUnknown || out.AskAgain != 0 || !strings.Contains(out.Reason, c.says) {
			t.Errorf("%s: %+v", name, out)
		}
	}

	// A PSA that does not answer says nothing.
	admin(t, sim, "POST", "faults", `{"match":{"path":"*/notes"},"fault":"status","status":500}`, nil)
	_, err := i.CheckOutcome(t.Context(), w)
	if fault.CodeOf(err) != fault.CodeVendorError {
		t.Errorf("a look that failed: %v", err)
	}
}

// TestLostTransitionsWithComments looks for each part of a transition, as after the
// end of a connector that may have been anywhere in it.
func TestLostTransitionsWithComments(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	i.account.Settle = 0
	ticket := openTicket(t, i).GetId()
	request := psav1.TransitionTicketRequest_builder{
		Ticket: &ticket, To: to(psav1.Category_CLOSED), Resolution: resolved("Rollers cleaned."), Comment: new("It works again."), CommentToCustomer: new(true),
	}.Build()
	later(t, i, sim)
	w := pluginsdk.LostWrite{Request: request, SentAt: time.Now(), LostAt: time.Now()}
	expect := func(name string, happened pluginsdk.Happened, says string) pluginsdk.Outcome {
		t.Helper()
		out := look(t, i, w)
		if out.Happened != happened || !strings.Contains(out.Reason, says) {
			t.Errorf("%s: %+v", name, out)
		}
		return out
	}
	expect("nothing is done", pluginsdk.WriteDidNot, "not been changed")
	// A note for technicians is no comment to the customer.
	note := func(text, flag string) {
		vendor(t, sim, "POST", "service/tickets/"+ticket+"/notes", `{"text":"`+text+`","`+flag+`":true,"member":{"id":`+itoa(i.account.Agent.ID)+`}}`, nil)
	}
	note("It works again.", "internalAnalysisFlag")
	expect("a note of others", pluginsdk.WriteUnknown, "has nothing, and not to, resolution, comment")
	note("Rollers cleaned.", "resolutionFlag")
	expect("the resolution alone", pluginsdk.WriteUnknown, "has resolution, and not to, comment")
	vendor(t, sim, "PATCH", "service/tickets/"+ticket, `[{"op":"replace","path":"status","value":{"name":">Closed"}}]`, nil)
	expect("all but the comment", pluginsdk.WriteUnknown, "has to, resolution, and not comment (there is no note")
	note("It works again.", "detailDescriptionFlag")
	out := expect("all of it", pluginsdk.WriteHappened, "holds all")
	if r := receiptOf(out.Response); r.GetOutcome() != applied || !slices.Equal(r.GetApplied(), []string{"status", "resolution", "comment"}) || r.GetSupport() != psav1.Support_EMULATED {
		t.Errorf("receipt %v", r)
	}
	later(t, i, sim)
	w.SentAt, w.LostAt = time.Now(), time.Now()
	out = expect("all of it long before", pluginsdk.WriteHappened, "did so before")
	if r := receiptOf(out.Response); len(r.GetDropped()) != 1 || r.GetDropped()[0].GetField() != "comment" {
		t.Errorf("receipt %v", r)
	}
}

// TestTitlesOfOthers has another program enter a ticket of the same title, while
// the connection's own login is known or not.
func TestTitlesOfOthers(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	i.account.Settle = 0
	sample := firstTicket(t, i, psav1.ListTicketsRequest_builder{})
	request := psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
		Title: new("Disk is full"), Company: refByID(sample.GetCompany().GetId()), Impact: new(psav1.Grade_HIGH),
	}.Build()}.Build()
	enter := func() {
		body := `{"summary":"Disk is full","company":{"id":` + sample.GetCompany().GetId() + `}}`
		if status := admin(t, sim, "POST", "act", `{"as":"jokafor","method":"POST","path":"/service/tickets","body":`+body+`}`, nil); status >= http.StatusMultipleChoices {
			t.Fatalf("act answered %d", status)
		}
	}
	w := lose(t, i, sim, request, "drop_before", "POST", "service/tickets")
	enter()
	if out := look(t, i, w); out.Happened != pluginsdk.WriteUnknown || !strings.Contains(out.Reason, "jokafor") {
		t.Errorf("nobody knows the login: %+v", out)
	}
	later(t, i, sim)
	create(t, i, psav1.Ticket_builder{Title: new("Another"), Company: refByID(sample.GetCompany().GetId())})
	w = lose(t, i, sim, request, "drop_before", "POST", "service/tickets")
	enter()
	if out := look(t, i, w); out.Happened != pluginsdk.WriteDidNot {
		t.Errorf("the login is known: %+v", out)
	}
}
