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
	"google.golang.org/protobuf/types/known/timestamppb"

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

// lostWrite is a kind of write.
type lostWrite struct {
	// method and path are the request to ConnectWise whose answer is lost.
	method, path string
	// request makes what the write needs, and what it asks.
	request func(t *testing.T, i *Instance, sim *simulator.Running) proto.Message
	// half says that a part of the write stays undone when the answer is lost.
	half bool
	// create says that the write makes a record.
	create bool
	// way is how the connection answers customers.
	way string
	// once says that ConnectWise takes no second one just the same.
	once bool
	// blind says that the call itself looks once, and is not to see anything.
	blind bool
}

var lostWrites = map[string]lostWrite{
	"tickets.create": {method: "POST", path: "service/tickets", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
		return psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
			Title: new(`The "big" printer isn't on`), Description: new("On floor 3."), Company: refByID(company), Priority: psav1.Priority_builder{Level: new(int32(2))}.Build(),
		}.Build()}.Build()
	}},
	"tickets.create by its external id": {method: "POST", path: "service/tickets", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
		return psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{Title: new("Once"), Company: refByID(company), ExternalId: new("key-1")}.Build()}.Build()
	}},
	"tickets.create in a project": {method: "POST", path: "project/tickets", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		phase := aProjectTicket(t, i).GetCustomFields()["vendor.phase"].GetStringValue()
		return psav1.CreateTicketRequest_builder{Input: psav1.Ticket_builder{
			Kind: new(psav1.Kind_PROJECT), Title: new("Pull the cables"), CustomFields: custom("vendor.phase", phase),
		}.Build()}.Build()
	}},
	"tickets.update": {method: "PATCH", path: "service/tickets/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.UpdateTicketRequest_builder{
			Ticket: new(firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()), SetFields: []string{"title", "estimated_seconds", "owner"},
			Input: psav1.Ticket_builder{Title: new("Changed"), EstimatedSeconds: new(int32(1000))}.Build(),
		}.Build()
	}},
	"tickets.update of the description": {method: "PATCH", path: "service/tickets/*/notes/*", request: func(t *testing.T, i *Instance, sim *simulator.Running) proto.Message {
		ticket, _, _ := noted(t, i)
		return psav1.UpdateTicketRequest_builder{Ticket: &ticket, SetFields: []string{"description"}, Input: psav1.Ticket_builder{Description: new("Anew.")}.Build()}.Build()
	}},
	"tickets.transition": {method: "PATCH", path: "service/tickets/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.TransitionTicketRequest_builder{Ticket: new(openTicket(t, i).GetId()), To: to(psav1.Category_CLOSED)}.Build()
	}},
	"tickets.transition, at the resolution": {method: "POST", path: "service/tickets/*/notes", half: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.TransitionTicketRequest_builder{Ticket: new(openTicket(t, i).GetId()), To: to(psav1.Category_CLOSED), Resolution: resolved("Done.")}.Build()
	}},
	"tickets.delete": {method: "DELETE", path: "service/tickets/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		company := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()
		return psav1.DeleteTicketRequest_builder{Ticket: new(create(t, i, psav1.Ticket_builder{Title: new("A test"), Company: refByID(company)}).GetTicket().GetId())}.Build()
	}},
	"tickets.merge": {method: "POST", path: "service/tickets/*/merge", blind: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		same := ofOneCompany(t, i, "Service Desk", 3)
		return mergeOf(same[0].GetId(), same[1].GetId(), same[2].GetId()).Build()
	}},
	"tickets.merge, at the note": {method: "POST", path: "service/tickets/*/notes", half: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		same := ofOneCompany(t, i, "Service Desk", 2)
		b := mergeOf(same[0].GetId(), same[1].GetId())
		b.Note = new("The same.")
		return b.Build()
	}},
	"notes.create_internal": {method: "POST", path: "service/tickets/*/notes", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateInternalNoteRequest_builder{Ticket: new(openTicket(t, i).GetId()), Body: new("Watching.\r\n\r\nStill.")}.Build()
	}},
	"notes.create_internal in a project": {method: "POST", path: "project/tickets/*/notes", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateInternalNoteRequest_builder{Ticket: new(aProjectTicket(t, i).GetId()), Body: new("Cables are here.")}.Build()
	}},
	"notes.create_customer": {method: "POST", path: "service/tickets/*/notes", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateCustomerNoteRequest_builder{Ticket: new(openTicket(t, i).GetId()), Body: new("On it.")}.Build()
	}},
	"notes.update": {method: "PATCH", path: "service/tickets/*/notes/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		ticket, internal, _ := noted(t, i)
		return editNote(ticket, internal.GetId(), psav1.Note_builder{Body: new("Changed.")}, "body")
	}},
	"notes.delete": {method: "DELETE", path: "service/tickets/*/notes/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		ticket, internal, _ := noted(t, i)
		return psav1.DeleteNoteRequest_builder{Ticket: &ticket, Note: new(internal.GetId())}.Build()
	}},
	"replies.create by note": {method: "POST", path: "service/tickets/*/notes", create: true, request: aReply},
	"replies.create by time": {method: "POST", path: "time/entries", create: true, way: pluginsdk.MailByTimeEntry, request: aReply},
	"replies.create and a status": {method: "POST", path: "service/tickets/*/notes", half: true, request: func(t *testing.T, i *Instance, sim *simulator.Running) proto.Message {
		r := aReply(t, i, sim).(*psav1.SendReplyRequest)
		r.SetStatusAfter(to(psav1.Category_WAITING_CUSTOMER))
		return r
	}},
	"replies.create with time, at the time": {method: "POST", path: "time/entries", half: true, request: func(t *testing.T, i *Instance, sim *simulator.Running) proto.Message {
		r := aReply(t, i, sim).(*psav1.SendReplyRequest)
		r.SetTimeEntry(psav1.ReplyTime_builder{DurationSeconds: new(int32(900))}.Build())
		return r
	}},
	"time_entries.create": {method: "POST", path: "time/entries", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
			Ticket: refByID(openTicket(t, i).GetId()), StartedAt: timestamppb.New(noon.Add(-time.Hour)), DurationSeconds: new(int32(900)), Summary: new("Looked."),
		}.Build()}.Build()
	}},
	"time_entries.create that ended now": {method: "POST", path: "time/entries", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateTimeEntryRequest_builder{Input: psav1.TimeEntry_builder{
			Ticket: refByID(openTicket(t, i).GetId()), DurationSeconds: new(int32(900)), Summary: new("Looked."),
		}.Build()}.Build()
	}},
	"time_entries.update": {method: "PATCH", path: "time/entries/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.UpdateTimeEntryRequest_builder{
			TimeEntry: new(anEntry(t, i).GetId()), Input: psav1.TimeEntry_builder{Summary: new("Looked again."), DurationSeconds: new(int32(1800))}.Build(),
			SetFields: []string{"summary", "duration_seconds"},
		}.Build()
	}},
	"time_entries.delete": {method: "DELETE", path: "time/entries/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.DeleteTimeEntryRequest_builder{TimeEntry: new(anEntry(t, i).GetId())}.Build()
	}},
	"schedule_entries.create": {method: "POST", path: "schedule/entries", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		r := aVisit(t, i)
		r.SetOptions(psav1.WriteOptions_builder{Accept: []string{"schedule_conflict"}}.Build())
		return r
	}},
	"schedule_entries.update": {method: "PATCH", path: "schedule/entries/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		made, err := i.CreateScheduleEntry(t.Context(), aVisit(t, i))
		if err != nil {
			t.Fatal(err)
		}
		return psav1.UpdateScheduleEntryRequest_builder{
			ScheduleEntry: new(made.GetScheduleEntry().GetId()), SetFields: []string{"end", "state"},
			Input: psav1.ScheduleEntry_builder{End: timestamppb.New(made.GetScheduleEntry().GetEnd().AsTime().Add(time.Hour)), State: new(psav1.ScheduleState_TENTATIVE)}.Build(),
		}.Build()
	}},
	"schedule_entries.delete": {method: "DELETE", path: "schedule/entries/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		made, err := i.CreateScheduleEntry(t.Context(), aVisit(t, i))
		if err != nil {
			t.Fatal(err)
		}
		return psav1.DeleteScheduleEntryRequest_builder{ScheduleEntry: new(made.GetScheduleEntry().GetId())}.Build()
	}},
	"attachments.create": {method: "POST", path: "system/documents", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateAttachmentRequest_builder{Ticket: new(openTicket(t, i).GetId()), FileName: new("log.txt"), ContentBase64: new("aGVsbG8=")}.Build()
	}},
	"attachments.create of a link": {method: "POST", path: "system/documents", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return psav1.CreateAttachmentRequest_builder{Ticket: new(openTicket(t, i).GetId()), Title: new("Runbook"), Link: new("https://kb.example/5")}.Build()
	}},
	"attachments.delete": {method: "DELETE", path: "system/documents/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		ticket := openTicket(t, i).GetId()
		made, err := invoke(t.Context(), t, i, psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("log.txt"), ContentBase64: new("aGVsbG8=")}.Build())
		if err != nil {
			t.Fatal(err)
		}
		return psav1.DeleteAttachmentRequest_builder{Ticket: &ticket, Attachment: new(recordOf(made))}.Build()
	}},
	"contacts.create": {method: "POST", path: "company/contacts", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return aContact(t, i, "jo@brandt.example")
	}, once: true},
	"contacts.create without an address": {method: "POST", path: "company/contacts", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return aContact(t, i, "")
	}},
	"contacts.update": {method: "PATCH", path: "company/contacts/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		made, err := i.CreateContact(t.Context(), aContact(t, i, "jo@brandt.example"))
		if err != nil {
			t.Fatal(err)
		}
		return psav1.UpdateContactRequest_builder{
			Contact: new(made.GetContact().GetId()), SetFields: []string{"title", "phone"},
			Input: psav1.Contact_builder{Title: new("Head of paper"), Phone: new("+1 503 555 0100")}.Build(),
		}.Build()
	}},
	"configurations.create": {method: "POST", path: "company/configurations", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return aConfiguration(t, i, "")
	}},
	"configurations.create by its external id": {method: "POST", path: "company/configurations", create: true, request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		return aConfiguration(t, i, "rmm-77")
	}},
	"configurations.update": {method: "PATCH", path: "company/configurations/*", request: func(t *testing.T, i *Instance, _ *simulator.Running) proto.Message {
		made, err := i.CreateConfiguration(t.Context(), aConfiguration(t, i, ""))
		if err != nil {
			t.Fatal(err)
		}
		return psav1.UpdateConfigurationRequest_builder{
			Configuration: new(made.GetConfiguration().GetId()), SetFields: []string{"serial_number"},
			Input: psav1.Configuration_builder{SerialNumber: new("SN-1")}.Build(),
		}.Build()
	}},
}

func aContact(t *testing.T, i *Instance, email string) *psav1.CreateContactRequest {
	b := psav1.Contact_builder{FirstName: new("Jo"), LastName: new("Brandt"), Company: refByID(firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId())}
	if email != "" {
		b.Email = &email
	}
	return psav1.CreateContactRequest_builder{Input: b.Build()}.Build()
}

func aConfiguration(t *testing.T, i *Instance, external string) *psav1.CreateConfigurationRequest {
	types, err := i.ListConfigurationTypes(t.Context(), psav1.ListConfigurationTypesRequest_builder{}.Build())
	if err != nil {
		t.Fatal(err)
	}
	b := psav1.Configuration_builder{
		Name: new("PRN-9"), Company: refByID(firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetCompany().GetId()),
		Type: refByID(types.GetConfigurationTypes()[0].GetId()),
	}
	if external != "" {
		b.ExternalId = &external
	}
	return psav1.CreateConfigurationRequest_builder{Input: b.Build()}.Build()
}

// aReply is a reply on a ticket that mails its contact.
func aReply(t *testing.T, i *Instance, sim *simulator.Running) proto.Message {
	ticket := openTicket(t, i).GetId()
	vendor(t, sim, "PATCH", "service/tickets/"+ticket, `[{"op":"replace","path":"automaticEmailContactFlag","value":true}]`, nil)
	return psav1.SendReplyRequest_builder{Ticket: &ticket, Body: new("It works again.")}.Build()
}

// aVisit plans work at a time when nobody works.
func aVisit(t *testing.T, i *Instance) *psav1.CreateScheduleEntryRequest {
	start := time.Date(2031, 5, 4, 3, 0, 0, 0, time.UTC)
	return psav1.CreateScheduleEntryRequest_builder{Input: psav1.ScheduleEntry_builder{
		Ticket: refByID(openTicket(t, i).GetId()), Start: timestamppb.New(start), End: timestamppb.New(start.Add(time.Hour)),
	}.Build()}.Build()
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
