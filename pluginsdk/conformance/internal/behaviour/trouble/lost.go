package trouble

import (
	"context"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// lostWrites are the checks of writes whose answer is lost.
func lostWrites() []suite.Check {
	checks := eachChange("lost",
		"Of a write whose answer was lost, CheckOutcome finds out whether it has happened, by reads, and never takes another's record for it.", lose)
	return append(checks, suite.Check{
		Name: "lost/external_id", About: "A ticket whose answer was lost is found by its external id.",
		Operations: []string{"tickets.create", "tickets.list"}, Writes: true, Needs: []string{simulated.Requests, simulated.Faults},
		Run: func(t *suite.T) {
			if !t.Supports("tickets.create", "external_id") {
				t.NotRun("tickets.create takes no external_id")
			}
			c := ticketChanges()[0]
			c.twice = false // a second one is the first
			c.prepare = func(t *suite.T, mark string) proto.Message {
				request := newTicket(t, mark)
				request.GetInput().SetExternalId(mark)
				return request
			}
			lose(t, c)
		},
	}, suite.Check{
		Name: "lost/hostile", About: "CheckOutcome refuses what it cannot make sense of.",
		Operations: []string{"tickets.list"},
		Run:        hostileOutcomes,
	})
}

// lostCall is a write whose answer was lost.
type lostCall struct {
	change
	request  proto.Message
	mark     string
	sent     time.Time
	lost     time.Time
	others   []string // ids of records just the same that other calls have made
	theirs   []string // the rows that show them
	response proto.Message
	err      error
}

// patience is how long it is waited for until it can be told what became of a write.
const patience = 4 * time.Second

// lose loses the answer of a write in several ways, and asks what became of it.
func lose(t *suite.T, c change) {
	marks := marker{about: "lost"}
	for _, way := range []string{simulated.DropAfter, simulated.SlowAfter} {
		l := c.losing(t, &marks)
		writes := l.lose(t, way)
		if l.err == nil {
			t.Logf("%s has looked by itself after its answer was lost (%s)", c.operation, way)
			l.holdsOnce(t, way, shownAs(l.response))
			continue
		}
		l.happened(t, way, writes)
	}
	l := c.losing(t, &marks)
	writes := l.lose(t, simulated.DropBefore)
	if l.err == nil {
		t.Errorf("%s answers as done, and its request never arrived", c.operation)
		return
	}
	l.didNot(t, writes)
}

// losing prepares a write: where a record just the same is another, one is made
// before by another call.
func (c change) losing(t *suite.T, marks *marker) *lostCall {
	mark := marks.next()
	l := &lostCall{change: c, mark: mark, request: c.prepare(t, mark)}
	if c.twice {
		twin, _, err := send(t.Context(), t, t.Conn(), c.operation, l.request)
		notTaken(t, c.operation, err)
		l.others, l.theirs = []string{suite.ID(recordOf(twin))}, []string{shownAs(twin)}
	}
	return l
}

// lose makes the call, with a fault on its last request that writes, and tells
// that request's route.
func (l *lostCall) lose(t *suite.T, way string) route {
	v := vendor{t}
	writes := planned(t, l.operation, l.request)
	last := writes[len(writes)-1]
	f := simulated.Fault{Fault: way, Times: 1}
	if way == simulated.SlowAfter {
		f.DelayMS = int(hangs.Milliseconds())
	}
	v.forget()
	placed := v.place(last.on(f))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	l.sent = time.Now()
	go func() {
		defer close(done)
		l.response, _, l.err = send(ctx, t, t.Conn(), l.operation, l.request)
	}()
	hit := v.hit(placed, done)
	if hit && way == simulated.SlowAfter {
		// The request is there, and done or about to be: the caller goes away.
		time.Sleep(quiet)
		cancel()
	}
	<-done
	l.lost = time.Now()
	v.lift(placed)
	if !hit {
		t.Fatalf("%s sends no %s %s, which its dry run has planned: it answers %s", l.operation, last.method, last.pattern, suite.Words(l.err))
	}
	if !v.letsGo(1, letGo) {
		t.Errorf("%s was cancelled, and its request to the PSA goes on %s later", l.operation, letGo)
	}
	return last
}

// happened asks what became of a write that has happened.
func (l *lostCall) happened(t *suite.T, way string, write route) {
	answer := l.ask(t, write, l.sent, l.lost)
	for end := time.Now().Add(patience); unsettled(answer); {
		wait := time.Duration(answer.GetAskAgainSeconds()) * time.Second
		if time.Now().Add(wait).After(end) {
			// It is not waited for: it is asked as if it had been.
			answer = l.ask(t, write, l.sent.Add(-longAgo), l.lost.Add(-longAgo))
			break
		}
		time.Sleep(wait)
		answer = l.ask(t, write, l.sent, l.lost)
	}
	if unsettled(answer) {
		t.NotRun("of a lost %s, CheckOutcome says after %s still to ask again: %s", l.operation, longAgo, answer.GetReason())
	}
	switch answer.GetHappened() {
	case connectorv1.Happened_HAPPENED:
		response := t.Answer(l.operation).Interface()
		if err := proto.Unmarshal(answer.GetResponse(), response); err != nil {
			t.Errorf("CheckOutcome of %s answers a response that is none: %v", l.operation, err)
			return
		}
		if receiptOf(response) == nil {
			t.Errorf("CheckOutcome of %s answers a response without a receipt", l.operation)
		}
		l.holdsOnce(t, way, shownAs(response))
	case connectorv1.Happened_CANNOT_TELL:
		if answer.GetVendorRequests() == 0 {
			t.NotServed("CheckOutcome does not look: %s", answer.GetReason())
		}
		t.Errorf("%s has happened, the PSA shows it, and CheckOutcome cannot tell (%s): %s", l.operation, way, answer.GetReason())
	case connectorv1.Happened_DID_NOT:
		t.Errorf("%s has happened, and CheckOutcome says that it did not (%s): %s", l.operation, way, answer.GetReason())
	default:
		t.Errorf("CheckOutcome of %s answers happened = %s", l.operation, answer.GetHappened())
	}
}

// unsettled tells whether asking again can tell more.
func unsettled(answer *connectorv1.CheckOutcomeResponse) bool {
	return answer.GetHappened() == connectorv1.Happened_CANNOT_TELL && answer.HasAskAgainSeconds()
}

// holdsOnce holds the record that a lost write is said to have made against what
// there is.
func (l *lostCall) holdsOnce(t *suite.T, way, id string) {
	found := slices.DeleteFunc(l.found(t, l.request, l.mark), func(id string) bool { return slices.Contains(l.theirs, id) })
	if len(found) != 1 {
		t.Errorf("%s was lost (%s) and has happened %d times: %v", l.operation, way, len(found), found)
		return
	}
	if l.makes && id != found[0] {
		t.Errorf("%s was lost (%s) and is said to have made the record %s; it has made %s, and %v are of other calls", l.operation, way, id, found[0], l.theirs)
	}
}

// longAgo is when no request can be on its way any more.
const longAgo = 5 * time.Minute

// didNot asks what became of a write that never arrived: at once, and as if it had
// been a while ago.
func (l *lostCall) didNot(t *suite.T, write route) {
	for _, ago := range []time.Duration{0, longAgo} {
		answer := l.ask(t, write, l.sent.Add(-ago), l.lost.Add(-ago))
		switch answer.GetHappened() {
		case connectorv1.Happened_DID_NOT:
		case connectorv1.Happened_HAPPENED:
			t.Errorf("%s never arrived at the PSA, and CheckOutcome says that it has happened: %s", l.operation, answer.GetReason())
		case connectorv1.Happened_CANNOT_TELL:
			if ago > 0 && unsettled(answer) {
				t.Errorf("%s never arrived, its answer was given up %s ago, and CheckOutcome still says to ask again: %s", l.operation, ago, answer.GetReason())
			}
		default:
			t.Errorf("CheckOutcome of %s answers happened = %s", l.operation, answer.GetHappened())
		}
	}
	if found := l.found(t, l.request, l.mark); len(found) != len(l.others) {
		t.Errorf("%s never arrived, and after CheckOutcome it has happened: %v", l.operation, found)
	}
}

// ask asks what became of the write, and holds that nothing is sent for it.
func (l *lostCall) ask(t *suite.T, write route, sent, lost time.Time) *connectorv1.CheckOutcomeResponse {
	v := vendor{t}
	request, err := proto.Marshal(l.request)
	t.Must(err)
	v.forget()
	answer, err := connectorv1.NewOutcomeCheckerClient(t.Subject.Raw()).CheckOutcome(t.Context(), connectorv1.CheckOutcomeRequest_builder{
		Connection: new(t.Connection()), Operation: &l.operation, Request: request,
		SentAt: timestamppb.New(sent), LostAt: timestamppb.New(lost), Others: l.others,
	}.Build())
	t.Heard(err)
	if status.Code(err) == codes.Unimplemented {
		t.NotServed("it has no OutcomeChecker")
	}
	if err != nil {
		t.Fatalf("CheckOutcome of %s: %s", l.operation, suite.Words(err))
	}
	log := v.log()
	if again := write.of(log); len(again) > 0 {
		t.Errorf("CheckOutcome of %s sends the write again: %s %s", l.operation, again[0].Method, again[0].Path)
	}
	v.onlyRead(log, "CheckOutcome of "+l.operation)
	if int(answer.GetVendorRequests()) != len(log) {
		t.Errorf("CheckOutcome of %s says that it cost %d requests to the PSA; it was %d", l.operation, answer.GetVendorRequests(), len(log))
	}
	if answer.GetReason() == "" {
		t.Errorf("CheckOutcome of %s answers %s and does not say why", l.operation, answer.GetHappened())
	}
	return answer
}

// hostileOutcomes asks about what is no write.
func hostileOutcomes(t *suite.T) {
	client := connectorv1.NewOutcomeCheckerClient(t.Subject.Raw())
	right := func() connectorv1.CheckOutcomeRequest_builder {
		return connectorv1.CheckOutcomeRequest_builder{
			Connection: new(t.Connection()), Operation: new("notes.create_internal"),
			SentAt: timestamppb.Now(), LostAt: timestamppb.Now(),
		}
	}
	for what, change := range map[string]func(*connectorv1.CheckOutcomeRequest_builder){
		"an operation that there is none of": func(b *connectorv1.CheckOutcomeRequest_builder) { b.Operation = new("tickets.explode") },
		"no operation":                       func(b *connectorv1.CheckOutcomeRequest_builder) { b.Operation = nil },
		"a request that is none":             func(b *connectorv1.CheckOutcomeRequest_builder) { b.Request = []byte("\xff\xff\xff") },
		"a connection that is not there":     func(b *connectorv1.CheckOutcomeRequest_builder) { b.Connection = new("never-made") },
		"an operation that reads": func(b *connectorv1.CheckOutcomeRequest_builder) {
			b.Operation = new("tickets.list")
			b.Request, _ = proto.Marshal(&psav1.ListTicketsRequest{})
		},
	} {
		b := right()
		change(&b)
		answer, err := client.CheckOutcome(t.Context(), b.Build())
		t.Heard(err)
		switch {
		case status.Code(err) == codes.Unimplemented && len(status.Convert(err).Details()) == 0:
			t.NotServed("it has no OutcomeChecker")
		case err == nil && answer.GetHappened() != connectorv1.Happened_CANNOT_TELL:
			t.Errorf("CheckOutcome of %s answers %s: %s", what, answer.GetHappened(), answer.GetReason())
		case err != nil && suite.Fault(err).Code == fault.CodeInternal:
			t.Errorf("CheckOutcome of %s answers %s; it is no fault of the connector", what, suite.Words(err))
		}
	}
}
