package trouble

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// change is a kind of write in the least that every PSA takes, with the means to
// see by reads how often it has happened.
type change struct {
	operation string
	// also are the operations that preparing and looking need.
	also []string
	// prepare makes what the write needs, and a request of it that the mark can be
	// recognised by.
	prepare func(t *suite.T, mark string) proto.Message
	// found are the ids of the records that show that the write has happened, read
	// from the PSA by a process that has not made it.
	found func(t *suite.T, request proto.Message, mark string) []string
	// makes says that the write makes a record, twice that a second one just the
	// same makes another.
	makes, twice bool
}

// operations are those that a check of the change needs.
func (c change) operations() []string { return append([]string{c.operation}, c.also...) }

// changes are the kinds of write.
func changes() []change { return slices.Concat(ticketChanges(), noteChanges(), otherChanges()) }

// eachChange makes a check of every kind of write.
func eachChange(group, about string, run func(t *suite.T, c change)) []suite.Check {
	var checks []suite.Check
	for _, c := range changes() {
		checks = append(checks, suite.Check{
			Name: group + "/" + c.operation, About: about, Operations: c.operations(), Writes: true,
			Needs: []string{"requests", "faults"},
			Run:   func(t *suite.T) { run(t, c) },
		})
	}
	return checks
}

// send makes the call of a write, which may carry a content.
func send(ctx context.Context, t *suite.T, conn grpc.ClientConnInterface, operation string, request proto.Message) (proto.Message, suite.Cost, error) {
	upload, ok := request.(*psav1.CreateAttachmentRequest)
	if !ok {
		return t.Measure(ctx, conn, operation, request)
	}
	stream, err := psav1.NewAttachmentWriterClient(conn).CreateAttachment(ctx)
	if err != nil {
		t.Heard(err)
		return nil, suite.Untold, err
	}
	// What goes wrong with sending is told by the answer.
	_ = stream.Send(upload)
	response, err := stream.CloseAndRecv()
	t.Heard(err)
	return response, suite.CostOf(stream.Trailer()), err
}

// planned is a dry run of a write: the routes of the requests that it would send,
// in order. Where the tenant does not take such a write, nothing is known.
func planned(t *suite.T, operation string, request proto.Message) []route {
	response, _, err := send(t.Context(), t, t.Conn(), operation, dryRun(request))
	notTaken(t, operation, err)
	var routes []route
	for _, p := range receiptOf(response).GetPlanned() {
		routes = append(routes, routeOf(p))
	}
	if len(routes) == 0 {
		t.Fatalf("the receipt of a dry run of %s plans no request, though the write would change something", operation)
	}
	return routes
}

// dryRun is the request of a dry run of a write.
func dryRun(request proto.Message) proto.Message {
	dry := proto.Clone(request)
	options := &psav1.WriteOptions{}
	if given, ok := request.(interface{ GetOptions() *psav1.WriteOptions }); ok && given.GetOptions() != nil {
		options = proto.CloneOf(given.GetOptions())
	}
	options.SetDryRun(true)
	suite.Set(dry.ProtoReflect(), "options", protoreflect.ValueOfMessage(options.ProtoReflect()))
	return dry
}

// refusals are the codes by which a tenant does not take a write that another one
// would.
var refusals = []fault.Code{
	fault.CodeInvalidArgument, fault.CodeFailedPrecondition, fault.CodePermissionDenied, fault.CodeNotSupported, fault.CodeFieldNotSupported,
}

// notTaken ends the check when nothing can be shown with a write, since it is
// refused without any trouble.
func notTaken(t *suite.T, operation string, err error) {
	switch {
	case err == nil:
	case slices.Contains(refusals, suite.Fault(err).Code):
		t.NotRun("%s is refused here without any trouble: %s", operation, suite.Words(err))
	default:
		t.Fatalf("%s fails without any trouble: %s", operation, suite.Words(err))
	}
}

// made makes a record that a check needs, and returns it.
func made(t *suite.T, operation string, request proto.Message) protoreflect.Message {
	response, _, err := send(t.Context(), t, t.Conn(), operation, request)
	notTaken(t, operation, err)
	return recordOf(response)
}

// recordOf is the record in an answer; without one it is empty.
func recordOf(response proto.Message) protoreflect.Message {
	m := response.ProtoReflect()
	fields := m.Descriptor().Fields()
	for n := range fields.Len() {
		f := fields.Get(n)
		if f.Kind() == protoreflect.MessageKind && !f.IsList() && f.Message().Fields().ByName("id") != nil {
			return m.Get(f).Message()
		}
	}
	return (&psav1.Reference{}).ProtoReflect()
}

// shownAs is the id of the row that shows what a write has made: of a reply, that of
// its note.
func shownAs(response proto.Message) string {
	if r, ok := response.(*psav1.SendReplyResponse); ok && r.GetReply().HasNote() {
		return r.GetReply().GetNote().GetId()
	}
	return suite.ID(recordOf(response))
}

// receiptOf is the receipt in the answer of a write.
func receiptOf(response proto.Message) *psav1.Receipt {
	r, ok := response.(interface{ GetReceipt() *psav1.Receipt })
	if !ok {
		panic(fmt.Sprintf("%T has no receipt", response))
	}
	return r.GetReceipt()
}

// marker makes marks that nothing else in the tenant has.
type marker struct {
	about string
	n     int
}

func (m *marker) next() string {
	m.n++
	return fmt.Sprintf("conformance-%s-%d", m.about, m.n)
}

// rowsWith are the ids of the rows of a list of which keep is true, as the other
// process reads them.
func rowsWith(t *suite.T, list string, request proto.Message, keep func(protoreflect.Message) bool) []string {
	var found []string
	for _, row := range t.List(t.Anew(), list, request) {
		if keep(row) {
			found = append(found, suite.ID(row))
		}
	}
	return found
}

// textOf is true of rows with a text.
func textOf(field, want string) func(protoreflect.Message) bool {
	return func(row protoreflect.Message) bool { return suite.Text(row, field) == want }
}

// ifHeld is the id of one record, if it holds what was asked.
func ifHeld(id string, held bool) []string {
	if held {
		return []string{id}
	}
	return nil
}
