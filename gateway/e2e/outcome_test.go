package e2e

import (
	"net/http"
	"testing"
	"time"
)

// TestLostWrites loses answers in every way. That a write did not happen takes
// half a minute to be sure of: all scenes are begun before the first is ended, so
// that their waits pass together.
func TestLostWrites(t *testing.T) {
	t.Parallel()
	ends := map[string]func(*testing.T){}
	for _, kind := range []string{"drop_before", "drop_after"} {
		ends[kind] = dropped(t, kind)
	}
	// Four requests run at once at most, and a connection may end its process twice
	// before it is left alone.
	for _, kind := range []string{"slow", "slow_after"} {
		ends[kind+", killed"] = killed(t, kind, 0, 8)
		ends[kind+", killed too"] = killed(t, kind, 8, 11)
	}
	ends["out of time"] = outOfTime(t)
	for name, c := range twins {
		ends["twice: "+name] = c.begin(t)
	}
	for name, end := range ends {
		t.Run(name, end)
	}
}

// dropped loses the answer of one write of each kind, before the PSA has done it
// or after: the caller learns which, and nothing is done twice.
func dropped(t *testing.T, kind string) (end func(*testing.T)) {
	t.Helper()
	w := looking(t, `outcome_deadline = "50s"`)
	cases := w.lostWrites()
	answers := make([]<-chan reply, len(cases))
	for n, c := range cases {
		f := w.put(fault{"fault": kind}.on(c.vendor[0], c.vendor[1]).times(1))
		answers[n] = w.sendLost(c)
		w.hit(f)
	}
	return func(t *testing.T) { w.told(t, cases, answers, kind == "drop_after") }
}

// killed kills the connector while the PSA takes its time with writes that it has
// done or not: a new connector finds out which.
func killed(t *testing.T, kind string, from, to int) (end func(*testing.T)) {
	t.Helper()
	w := looking(t, `outcome_deadline = "50s"`)
	cases := w.lostWrites()[from:to]
	answers := make([]<-chan reply, len(cases))
	kills := 0
	for n, c := range cases {
		f := w.put(fault{"fault": kind, "delay_ms": forever.Milliseconds()}.on(c.vendor[0], c.vendor[1]).times(1))
		answers[n] = w.sendLost(c)
		w.hit(f)
		if n%4 == 3 || n == len(cases)-1 {
			kill9(t, w.connector())
			kills++
			until(t, "the connector is started again", func() bool { return len(w.connectors()) == kills+1 })
			w.becomes("cw", "READY")
		}
	}
	return func(t *testing.T) { w.told(t, cases, answers, kind == "slow_after") }
}

// told checks what the callers of writes were told.
func (w *world) told(t *testing.T, cases []lostWrite, answers []<-chan reply, done bool) {
	for n, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if r := soon(t, answers[n]); done {
				c.happened(t, r)
			} else {
				c.didNot(t, w, r, 503, "connection_down")
			}
		})
	}
}

// outOfTime has the PSA be slower than the call's own time.
func outOfTime(t *testing.T) (end func(*testing.T)) {
	t.Helper()
	w := looking(t, "write_deadline = \"3s\"\n    outcome_deadline = \"50s\"")
	cases := map[string]lostWrite{}
	for _, c := range w.lostWrites() {
		cases[c.name] = c
	}
	done, undone := cases["an internal note"], cases["a customer note"]
	w.put(fault{"fault": "slow_after", "delay_ms": forever.Milliseconds()}.on(done.vendor[0], done.vendor[1]).times(1))
	w.put(slow(forever).on(undone.vendor[0], undone.vendor[1]).times(1))
	first, second := w.sendLost(done), w.sendLost(undone)
	return func(t *testing.T) {
		done.happened(t, soon(t, first))
		undone.didNot(t, w, soon(t, second), 504, "deadline_exceeded")
	}
}

// twin is two callers who ask for the very same at once, and the answer of one is
// lost, or of both: each learns of a note of its own, or that it has none.
type twin struct {
	faults []fault
	before bool // a call that was answered before
	beside bool // a call that is answered meanwhile
	kill   bool
	made   int
}

var twins = map[string]twin{
	"one is answered, one is not done": {faults: []fault{{"fault": "drop_before"}}, beside: true, made: 1},
	"one is answered, one is done":     {faults: []fault{{"fault": "drop_after"}}, beside: true, made: 2},
	"both are lost, one is done":       {faults: []fault{{"fault": "drop_before"}, {"fault": "drop_after"}}, made: 1},
	"the connector dies, one is done":  {faults: []fault{slow(forever), {"fault": "slow_after", "delay_ms": forever.Milliseconds()}}, kill: true, made: 1},
	"the connector dies after one":     {faults: []fault{slow(forever)}, before: true, kill: true, made: 1},
}

func (c twin) begin(t *testing.T) (end func(*testing.T)) {
	t.Helper()
	const text = "Nobody is like me."
	w := looking(t, `outcome_deadline = "50s"`)
	id := w.takesTime()
	call := func() <-chan reply {
		return w.later("full", "POST", "/tickets/"+id+"/internal-notes", encode(t, map[string]any{"body": text}))
	}
	var answers []<-chan reply
	if c.before {
		answers = append(answers, call())
		until(t, "the first is written", func() bool { return w.notesOf(id, text) == 1 })
	}
	for _, f := range c.faults {
		n := w.put(f.on("POST", "service/tickets/"+id+"/notes").times(1))
		answers = append(answers, call())
		w.hit(n)
	}
	if c.beside {
		answers = append(answers, call())
	}
	if c.kill {
		kill9(t, w.connector())
	}
	return func(t *testing.T) {
		made := map[string]bool{}
		for _, a := range answers {
			switch r := soon(t, a); {
			case r.status == 201 && !made[r.text("note", "id")]:
				made[r.text("note", "id")] = true
			case r.status == 201:
				t.Errorf("two callers have note %s", r.text("note", "id"))
			case r.text("outcome") != "NOT_SENT":
				t.Errorf("one answer is %d: %s", r.status, r.body)
			}
		}
		if got := w.notesOf(id, text); len(made) != c.made || got != c.made {
			t.Errorf("the callers have %v, and the PSA has %d, want %d", made, got, c.made)
		}
	}
}

// notesOf is how many notes of a text a ticket has at the PSA.
func (w *world) notesOf(id, body string) int {
	n := 0
	for _, note := range w.psaNotes(id) {
		if text(note, "text") == body {
			n++
		}
	}
	return n
}

// TestHalfAWrite loses the answer to the first step of a write that has more: what
// is there is told, and that nobody knows how it goes on.
func TestHalfAWrite(t *testing.T) {
	t.Parallel()
	w := looking(t, `outcome_deadline = "2s"`)
	id := w.takesTime()
	w.put(fault{"fault": "drop_after"}.on("POST", "service/tickets/"+id+"/notes").times(1))
	r := w.do("full", "POST", "/tickets/"+id+"/transitions", `{"to":{"category":"CLOSED"},"resolution":{"text":"Rollers cleaned."}}`)
	r.problem(t, 409, "outcome_unknown").says(t, "of what was asked for it has resolution, and not to")
	if r.text("outcome") != "UNKNOWN" || r.at("retryable") != false {
		t.Errorf("the answer is %s", r.body)
	}
	if w.psaTicket(id).at("closedFlag") == true {
		t.Error("the ticket is closed")
	}
}

// TestNothingToLookWith has the connector not come back: the caller is told that
// nobody knows.
func TestNothingToLookWith(t *testing.T) {
	t.Parallel()
	w := looking(t, `outcome_deadline = "3s"`)
	id := w.takesTime()
	f := w.put(slow(forever).on("PATCH", "service/tickets/"+id).times(1))
	answer := w.later("full", "PATCH", "/tickets/"+id, `{"title":"Changed"}`)
	w.hit(f)
	w.put(answering(http.StatusUnauthorized).on("", "*")) // the PSA lets nobody in any more
	kill9(t, w.connector())
	begun := time.Now()
	soon(t, answer).problem(t, 409, "outcome_unknown").says(t, "could not be looked at", "ended during the call")
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("the caller waited %s", took)
	}
}
