package pipeline

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// eyes are a backend that looks: each look takes the next finding, and the last
// one for ever. It says what it was asked for.
type eyes struct {
	Backend
	findings []finding
	looks    []Lost
	at       []time.Duration // when, since the loss
}

type finding struct {
	found Outcome
	note  string // the record's id, with DidHappen
	err   error
}

func (e *eyes) CheckOutcome(_ context.Context, inv *Invocation, lost Lost) (Outcome, error) {
	e.looks = append(e.looks, lost)
	e.at = append(e.at, time.Since(lost.LostAt))
	f := e.findings[min(len(e.looks), len(e.findings))-1]
	if f.found.Happened == DidHappen {
		inv.Response = wrote(f.note)
	}
	inv.Cost.VendorRequests++
	return f.found, f.err
}

func wrote(note string) *psav1.CreateInternalNoteResponse {
	return psav1.CreateInternalNoteResponse_builder{Note: psav1.Note_builder{Id: &note}.Build(), Receipt: &psav1.Receipt{}}.Build()
}

var load = sync.OnceValues(operation.Load)

func newNote(t *testing.T, text string) *Invocation {
	t.Helper()
	catalogue, err := load()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(catalogue.Operations, func(op *operation.Operation) bool { return op.Name == "notes.create_internal" })
	return &Invocation{
		Operation: catalogue.Operations[i], Connection: "cw", Cost: Cost{VendorRequests: 3},
		Request: psav1.CreateInternalNoteRequest_builder{Ticket: new("7"), Body: &text}.Build(),
	}
}

// loses is the rest of the path: it ends after a time without an answer.
func loses(after time.Duration, code problem.Code) handler {
	return func(context.Context, *Invocation) error {
		time.Sleep(after)
		p := problem.New(code, "the line broke; nobody knows what came of it")
		p.Outcome = problem.Unknown
		return p
	}
}

// answers is the rest of the path: it ends after a time with a note.
func answers(after time.Duration, note string) handler {
	return func(_ context.Context, inv *Invocation) error {
		time.Sleep(after)
		inv.Response = wrote(note)
		return nil
	}
}

func TestLooksForALostWrite(t *testing.T) {
	t.Parallel()
	happened := finding{found: Outcome{Happened: DidHappen, Reason: "note 9 is there"}, note: "9"}
	didNot := finding{found: Outcome{Happened: DidNotHappen, Reason: "no such note"}}
	later := func(d time.Duration) finding { return finding{found: Outcome{Reason: "not yet", AskAgain: d}} }
	never := finding{found: Outcome{Reason: "two are there"}}
	failing := func(code problem.Code) finding { return finding{err: problem.New(code, "it failed")} }
	needy := problem.New(problem.ConnectionDown, "locked")
	needy.Reason = problem.NeedsAttention
	patient := problem.New(problem.RateLimited, "too many")
	patient.RetryAfter = 4 * time.Second
	for name, c := range map[string]struct {
		lost     problem.Code
		findings []finding
		looks    []time.Duration
		code     problem.Code // "" is success
		outcome  problem.Outcome
		says     string
	}{
		"it happened":                    {findings: []finding{happened}, looks: []time.Duration{0}},
		"seen later":                     {findings: []finding{later(2 * time.Second), later(3 * time.Second), happened}, looks: []time.Duration{0, 2 * time.Second, 5 * time.Second}},
		"it did not":                     {findings: []finding{later(8 * time.Second), didNot}, looks: []time.Duration{0, 8 * time.Second}, code: problem.ConnectionDown, outcome: problem.NotSent, says: "no such note. At first: the line broke"},
		"it did not, of a call too long": {lost: problem.DeadlineExceeded, findings: []finding{didNot}, looks: []time.Duration{0}, code: problem.DeadlineExceeded, outcome: problem.NotSent},
		"nobody can tell":                {findings: []finding{never}, looks: []time.Duration{0}, code: problem.OutcomeUnknown, outcome: problem.Unknown, says: "two are there"},
		"not in this time":               {findings: []finding{later(21 * time.Second)}, looks: []time.Duration{0}, code: problem.OutcomeUnknown, outcome: problem.Unknown, says: "not yet"},
		"the look fails for a while":     {findings: []finding{failing(problem.ConnectionDown), failing(problem.VendorError), happened}, looks: []time.Duration{0, time.Second, 3 * time.Second}},
		"the look fails for long":        {findings: []finding{failing(problem.VendorError), failing(problem.VendorError), failing(problem.VendorError), failing(problem.VendorError), failing(problem.VendorError), happened}, looks: []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second, 15 * time.Second}, code: problem.OutcomeUnknown, outcome: problem.Unknown, says: "it failed"},
		"the look is limited":            {findings: []finding{{err: patient}, happened}, looks: []time.Duration{0, 4 * time.Second}},
		"the look fails for good":        {findings: []finding{failing(problem.NotSupported)}, looks: []time.Duration{0}, code: problem.OutcomeUnknown, outcome: problem.Unknown, says: "it failed"},
		"an admin has to act":            {findings: []finding{{err: needy}}, looks: []time.Duration{0}, code: problem.OutcomeUnknown, outcome: problem.Unknown, says: "locked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := &eyes{findings: c.findings}
				p := &Pipeline{backend: e, limits: Limits{Outcome: 20 * time.Second}, creations: newCreations()}
				inv := newNote(t, "x")
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				if c.lost == "" {
					c.lost = problem.OutcomeUnknown
				}
				err := p.lookUp(ctx, inv, loses(30*time.Second, c.lost)) // to the end of the call's own time
				if !slices.Equal(e.at, c.looks) {
					t.Errorf("looked at %v, want %v", e.at, c.looks)
				}
				if l := e.looks[0]; l.LostAt.Sub(l.SentAt) != 30*time.Second {
					t.Errorf("sent at %v, lost at %v", l.SentAt, l.LostAt)
				}
				if c.code == "" {
					receipt := inv.Response.(*psav1.CreateInternalNoteResponse).GetReceipt()
					if err != nil || len(receipt.GetWarnings()) != 1 || !strings.Contains(receipt.GetWarnings()[0], "note 9 is there") || receipt.GetVendorRequests() != int32(3+len(c.looks)) {
						t.Errorf("answered %v, %v", receipt, err)
					}
					return
				}
				got := problem.From(err)
				if got.Code != c.code || got.Outcome != c.outcome || !strings.Contains(got.Detail, c.says) {
					t.Errorf("answered %s, %s: %s", got.Code, got.Outcome, got.Detail)
				}
				if got.Outcome == problem.NotSent && (!got.Retryable() || strings.Contains(got.Detail, "nobody knows")) {
					t.Errorf("a write that did not happen cannot be sent again: %s", got.Detail)
				}
			})
		})
	}
}

func TestLooksForNoOther(t *testing.T) {
	t.Parallel()
	refusal := problem.New(problem.InvalidArgument, "the second half was refused")
	refusal.Outcome = problem.Unknown
	unsent := problem.New(problem.ConnectionDown, "not sent")
	unsent.Outcome = problem.NotSent
	for name, c := range map[string]struct {
		err    *problem.Problem
		change func(*Invocation)
		cancel bool
	}{
		"refused after half of it": {err: refusal},
		"never sent":               {err: unsent},
		"a dry run":                {change: func(inv *Invocation) { inv.Options.DryRun = true }},
		"the gateway ends":         {cancel: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &Pipeline{backend: &eyes{}, limits: Limits{Outcome: time.Second}, creations: newCreations()} // a look would panic
			inv := newNote(t, "x")
			if c.change != nil {
				c.change(inv)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := p.lookUp(ctx, inv, func(ctx context.Context, inv *Invocation) error {
				if c.cancel {
					cancel()
				}
				if c.err != nil {
					return c.err
				}
				return loses(0, problem.OutcomeUnknown)(ctx, inv)
			})
			if c.err != nil && problem.From(err) != c.err || err == nil {
				t.Errorf("answered %v", err)
			}
		})
	}
}

// TestOneRecordOneCaller has calls that ask for the very same: none is answered
// with what another has made.
func TestOneRecordOneCaller(t *testing.T) {
	t.Parallel()
	nine := finding{found: Outcome{Happened: DidHappen, Reason: "note 9 is there"}, note: "9"}
	ten := finding{found: Outcome{Happened: DidHappen, Reason: "note 10 is there"}, note: "10"}
	world := func(findings ...finding) (*Pipeline, *eyes) {
		e := &eyes{findings: findings}
		return &Pipeline{backend: e, limits: Limits{Outcome: 10 * time.Second}, creations: newCreations()}, e
	}
	write := func(t *testing.T, p *Pipeline, text string, next handler) <-chan string {
		answer, inv := make(chan string, 1), newNote(t, text)
		go func() {
			if err := p.lookUp(t.Context(), inv, next); err != nil {
				answer <- string(problem.From(err).Outcome) + " " + err.Error()
				return
			}
			answer <- inv.Response.(*psav1.CreateInternalNoteResponse).GetNote().GetId()
		}()
		return answer
	}
	want := func(t *testing.T, from <-chan string, begins string) {
		t.Helper()
		if got := <-from; !strings.HasPrefix(got, begins) {
			t.Errorf("answered %s, want %s", got, begins)
		}
	}
	t.Run("the other has answered before", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p, e := world(ten)
			want(t, write(t, p, "x", answers(0, "9")), "9")
			time.Sleep(time.Second)
			want(t, write(t, p, "y", answers(0, "8")), "8")
			want(t, write(t, p, "x", loses(time.Second, problem.OutcomeUnknown)), "10")
			if !slices.Equal(e.looks[0].Others, []string{"9", "8"}) {
				t.Errorf("told of %v", e.looks[0].Others)
			}
			// What is long over is not told any more.
			time.Sleep(2 * remembered)
			e.findings = []finding{{found: Outcome{Happened: DidHappen}, note: "11"}}
			want(t, write(t, p, "x", loses(time.Second, problem.OutcomeUnknown)), "11")
			if got := e.looks[1].Others; len(got) != 0 {
				t.Errorf("told of %v", got)
			}
		})
	})
	t.Run("the other is under way", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p, e := world(nine, nine, nine, ten)
			slow := write(t, p, "x", answers(5*time.Second, "9"))
			fast := write(t, p, "x", loses(2500*time.Millisecond, problem.OutcomeUnknown))
			want(t, slow, "9")
			want(t, fast, "10")
			if got := e.looks[len(e.looks)-1]; !slices.Equal(got.Others, []string{"9"}) {
				t.Errorf("told of %v", got.Others)
			}
		})
	})
	t.Run("the other stays under way", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p, _ := world(nine)
			slow := write(t, p, "x", answers(time.Minute, "9"))
			want(t, write(t, p, "x", loses(time.Second, problem.OutcomeUnknown)), "UNKNOWN")
			want(t, slow, "9")
		})
	})
	t.Run("both are lost", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p, _ := world(nine, nine, finding{found: Outcome{Happened: DidNotHappen}})
			one := write(t, p, "x", loses(time.Second, problem.OutcomeUnknown))
			time.Sleep(time.Millisecond)
			two := write(t, p, "x", loses(time.Second, problem.OutcomeUnknown))
			// As long as the second waits for its answer, the note may be its.
			want(t, two, "9")
			want(t, one, "NOT_SENT")
		})
	})
	t.Run("nobody knows of the other", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p, _ := world(finding{found: Outcome{Reason: "the PSA is down"}}, nine)
			want(t, write(t, p, "x", loses(time.Second, problem.OutcomeUnknown)), "UNKNOWN")
			want(t, write(t, p, "x", loses(time.Second, problem.OutcomeUnknown)), "UNKNOWN")
			want(t, write(t, p, "y", loses(time.Second, problem.OutcomeUnknown)), "9") // another text
		})
	})
}

// TestForgetsCreations holds that what is over does not pile up.
func TestForgetsCreations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, inv := newCreations(), newNote(t, "x")
		for range 3_000 {
			n := c.begin(inv)
			n.end(wrote("1"), nil, false)
			time.Sleep(time.Second)
		}
		for _, list := range c.of {
			if len(list) > 500 {
				t.Errorf("%d are kept", len(list))
			}
		}
	})
}
