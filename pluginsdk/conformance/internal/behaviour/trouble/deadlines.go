package trouble

import (
	"context"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// deadlines are the checks of calls whose time is over, or whose caller is gone.
func deadlines() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	checks := []suite.Check{{
		Name: "deadlines/read", About: "A read whose time is over lets go of its request to the PSA, and the next one works.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: readInTime,
	}, {
		Name: "deadlines/cancelled", About: "Calls whose callers are gone free what they hold: others work at once.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: abandoned,
	}, {
		Name: "deadlines/pause", About: "A pause that the PSA asks for is not slept through beyond the deadline: the answer is rate_limited, with when to come back.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: pauseInTime,
	}, {
		Name: "deadlines/write", About: "A write whose time is over says that its outcome is unknown when it was sent, and is not sent again.",
		Operations: []string{"tickets.list", "notes.list", "notes.create_internal"}, Needs: needs, Writes: true,
		Run: writeInTime,
	}}
	return append(checks, eachChange("deadlines",
		"A write whose caller is gone before anything was written is not sent afterwards.", cancelledWrite)...)
}

// The PSA takes hangs for an answer, and a call gets short. What holds on to its
// request for longer than letGo after its end does not look at its deadline.
const (
	hangs = 30 * time.Second
	short = 2 * time.Second
	letGo = 5 * time.Second
)

func slow(d time.Duration) simulated.Fault {
	return simulated.Fault{Fault: simulated.Slow, DelayMS: int(d.Milliseconds())}
}

func readInTime(t *suite.T) {
	v := vendor{t}
	v.forget()
	placed := v.place(slow(hangs))
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	_, err := t.Call(ctx, t.Conn(), "tickets.list", t.Request("tickets.list"))
	begun := v.begun(placed)
	v.lift(placed)
	if begun == 0 {
		t.Fatalf("tickets.list asks the PSA for nothing and answers %s", suite.Words(err))
	}
	if told(t, "tickets.list", err) {
		if f := suite.Fault(err); f.Code != fault.CodeDeadlineExceeded && f.Code != fault.CodeRateLimited {
			t.Errorf("tickets.list waits for the PSA until its time is over and answers %s; it is deadline_exceeded", suite.Words(err))
		}
	}
	if !v.letsGo(begun, letGo) {
		t.Errorf("tickets.list had a deadline of %s, and its request to the PSA goes on %s later: the deadline is not passed on", short, letGo)
	}
	works(t, "after a read whose time was over")
}

// told tells whether the connector answered itself at a deadline. If it did not,
// the caller learns nothing of a write.
func told(t *suite.T, operation string, err error) bool {
	if err == nil {
		t.Errorf("%s answers, though the PSA does not", operation)
		return false
	}
	if status.Code(err) == codes.DeadlineExceeded && len(status.Convert(err).Details()) == 0 {
		t.Logf("%s gives no answer of its own before its deadline, so that nobody learns what it knows", operation)
		return false
	}
	return true
}

// works fails the check if a read does not work soon.
func works(t *suite.T, when string) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := t.Call(ctx, t.Conn(), "tickets.list", t.Request("tickets.list")); err != nil {
		t.Errorf("%s, tickets.list does not work: %s", when, suite.Words(err))
	}
}

func abandoned(t *suite.T) {
	v := vendor{t}
	v.forget()
	placed := v.place(slow(hangs))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		atOnce(callers, func(int) {
			if _, err := t.Call(ctx, t.Conn(), "tickets.list", t.Request("tickets.list")); err == nil {
				t.Errorf("tickets.list answers, though the PSA does not")
			}
		})
	}()
	if !v.hit(placed, done) {
		t.Fatalf("tickets.list asks the PSA for nothing")
	}
	cancel()
	<-done
	begun := v.begun(placed)
	v.lift(placed)
	works(t, "after the callers of many calls are gone")
	if !v.letsGo(begun, letGo) {
		t.Errorf("requests to the PSA go on %s after the callers of their calls are gone", letGo)
	}
}

func pauseInTime(t *suite.T) {
	v := vendor{t}
	const pause = 5 * time.Second
	placed := v.place(simulated.Fault{Fault: simulated.Answers, Status: 429, Headers: map[string]string{"Retry-After": "5"}})
	for _, call := range []string{"the call that meets the limit", "a call during the pause"} {
		ctx, cancel := context.WithTimeout(t.Context(), short)
		defer cancel()
		_, err := t.Call(ctx, t.Conn(), "tickets.list", t.Request("tickets.list"))
		f := suite.Fault(err)
		if f == nil || f.Code != fault.CodeRateLimited {
			t.Errorf("the PSA asks for a pause of %s, %s has %s and answers %s; it is rate_limited", pause, call, short, suite.Words(err))
		} else if f.RetryAfter <= 0 || f.RetryAfter > pause+time.Second {
			t.Errorf("the PSA asks for a pause of %s, and %s says to come back in %s", pause, call, f.RetryAfter)
		}
	}
	v.lift(placed)
	works(t, "after a pause that the PSA has asked for")
}

func writeInTime(t *suite.T) {
	v := vendor{t}
	marks := marker{about: "deadline"}
	mark := marks.next()
	request := internalNote(workTicket(t, mark), mark)
	write := planned(t, "notes.create_internal", request)[0]
	v.forget()
	f := slow(hangs)
	f.Fault = simulated.SlowAfter
	placed := v.place(write.on(f))
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	_, err := t.Call(ctx, t.Conn(), "notes.create_internal", request)
	begun := v.begun(placed)
	v.lift(placed)
	if begun == 0 {
		t.NotRun("notes.create_internal has not come as far as its write within %s: %s", short, suite.Words(err))
	}
	if told(t, "notes.create_internal", err) {
		switch f := suite.Fault(err); {
		case !slices.Contains([]fault.Code{fault.CodeDeadlineExceeded, fault.CodeOutcomeUnknown}, f.Code):
			t.Errorf("the time of notes.create_internal is over and it answers %s; it is deadline_exceeded or outcome_unknown", suite.Words(err))
		case f.Outcome != fault.Unknown:
			t.Errorf("the time of notes.create_internal is over after its write was sent, and it says of the outcome %q; it is UNKNOWN", f.Outcome)
		}
	}
	works(t, "after a write whose time was over")
	if sent := len(write.of(v.log())); sent > 1 {
		t.Errorf("notes.create_internal was sent %d times: a write is never repeated", sent)
	}
	if found := notesOf(t, request, mark); len(found) != 1 {
		t.Errorf("notes.create_internal has happened %d times", len(found))
	}
}

// Between a cancelled call and its request at the PSA nothing takes long. A request
// that hangs for longer than that was not let go.
const (
	lingers  = 4 * time.Second
	letGoNow = lingers / 2
	// quiet is how long nothing follows.
	quiet = 500 * time.Millisecond
)

// cancelledWrite goes away while the first request of a write, whichever it is, is
// on its way. The PSA does nothing before it has waited, so that nothing may ever
// be written.
func cancelledWrite(t *suite.T, c change) {
	v := vendor{t}
	marks := marker{about: "cancelled"}
	mark := marks.next()
	request := c.prepare(t, mark)
	planned(t, c.operation, request)
	v.forget()
	placed := v.place(slow(lingers))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		_, _, err = send(ctx, t, t.Conn(), c.operation, request)
	}()
	if !v.hit(placed, done) {
		<-done
		t.Fatalf("%s asks the PSA for nothing and answers %s", c.operation, suite.Words(err))
	}
	cancel()
	<-done
	begun := v.begun(placed)
	v.lift(placed)
	if !v.letsGo(begun, letGoNow) {
		t.Errorf("%s was cancelled, and its request to the PSA goes on %s later", c.operation, letGoNow)
		v.letsGo(begun, lingers) // what comes of it
	}
	time.Sleep(quiet)
	if found := c.found(t, request, mark); len(found) > 0 {
		t.Errorf("%s was cancelled before anything was written, and has happened all the same", c.operation)
	}
	if _, _, err := send(t.Context(), t, t.Conn(), c.operation, proto.Clone(request)); err != nil {
		t.Errorf("%s does not work after a call of it was cancelled: %s", c.operation, suite.Words(err))
	} else if found := c.found(t, request, mark); len(found) != 1 {
		t.Errorf("%s was cancelled, then made, and has happened %d times", c.operation, len(found))
	}
}
