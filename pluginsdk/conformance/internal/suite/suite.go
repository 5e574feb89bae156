// Package suite runs the checks of a conformance run one by one and judges each:
// it passed, it failed, the connector does not serve what it is about, or it
// could not be run, and why.
package suite

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/file"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/process"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
)

// Check is one behaviour that a connector must have.
type Check struct {
	// Name is stable: `tickets/paging`. What stands before the slash groups.
	Name string
	// About is the rule in a sentence, for people.
	About string
	// Operations are those that a pass proves something of; the connector has to
	// serve all of them for the check to be run.
	Operations []string
	// Services are full names of further services that it needs.
	Services []string
	// Writes says that it changes records: it is run only where the simulator can
	// be reset.
	Writes bool
	// Needs are the simulator's admin paths that it looks at.
	Needs []string
	// Run does it.
	Run func(t *T)
}

// Verdict is what became of a check.
type Verdict string

// The verdicts.
const (
	Passed    Verdict = "passed"
	Failed    Verdict = "failed"
	NotServed Verdict = "not_served" // the connector does not serve it
	NotRun    Verdict = "not_run"    // nothing is known: Reason says what was missing
)

// Result is a check's verdict.
type Result struct {
	Check   Check
	Verdict Verdict
	// Messages are what was found wrong, or what a person should know.
	Messages []string
	// Reason says what was missing for a verdict.
	Reason   string
	Duration time.Duration
	// Requests are those that the check cost at the PSA, where the simulator tells.
	Requests []simulated.Request
}

// World is what a run works on.
type World struct {
	File *file.File
	// Subject is the process that is tested. Reader is a second one of the same
	// program that has seen none of the writes, to read what they left.
	Subject, Reader *process.Process
	// Start starts a further process of the program.
	Start func(context.Context) (*process.Process, error)
	// Config and Other are the connections' configurations; Other has no JSON
	// where there is no second tenant.
	Config, Other file.Config
	// Simulator is nil where none can be reset.
	Simulator *simulated.Simulator
	// Untimed lets checks run as long as they like.
	Untimed bool

	index *index
	// hermits are processes with one connection each, by its name.
	hermits map[string]*process.Process
}

// The names that a run gives to its connections.
const (
	connection = "conformance"
	other      = "conformance-other"
)

// timeout bounds a check: a connector that hangs fails it.
const timeout = 2 * time.Minute

// Run runs the checks whose names match, in order, and hands over each result.
// A nil pattern matches all.
func (w *World) Run(ctx context.Context, checks []Check, pattern *regexp.Regexp, tell func(Result)) error {
	var err error
	if w.index, err = newIndex(); err != nil {
		return err
	}
	for _, c := range checks {
		if pattern != nil && !pattern.MatchString(c.Name) {
			continue
		}
		begun := time.Now()
		r := w.run(ctx, c)
		r.Duration = time.Since(begun)
		tell(r)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (w *World) run(ctx context.Context, c Check) Result {
	if missing := w.unserved(c); missing != "" {
		return Result{Check: c, Verdict: NotServed, Reason: missing}
	}
	if missing := w.lacking(c); missing != "" {
		return Result{Check: c, Verdict: NotRun, Reason: missing}
	}
	if !w.Untimed {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	if w.Simulator != nil {
		if err := w.Simulator.Reset(ctx); err != nil {
			return Result{Check: c, Verdict: NotRun, Reason: err.Error()}
		}
	}
	if err := w.revive(ctx); err != nil {
		return Result{Check: c, Verdict: Failed, Messages: []string{err.Error()}}
	}
	t := &T{World: w, ctx: ctx, logged: map[*process.Process]int{}}
	for _, p := range []*process.Process{w.Subject, w.Reader} {
		t.logged[p] = len(p.Log())
	}
	if err := t.connect(); err != nil {
		return Result{Check: c, Verdict: Failed, Messages: []string{"connecting: " + err.Error()}}
	}
	t.run(c.Run)
	t.guard()
	return Result{Check: c, Verdict: t.verdict(), Messages: t.messages, Reason: t.reason(), Requests: t.requests()}
}

// revive starts processes anew that a check has killed: the next ones are about
// something else.
func (w *World) revive(ctx context.Context) (err error) {
	for _, p := range []**process.Process{&w.Subject, &w.Reader} {
		if (*p).Alive() {
			continue
		}
		(*p).Stop()
		if *p, err = w.Start(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// unserved names what the connector does not serve of what a check needs.
func (w *World) unserved(c Check) string {
	for _, name := range c.Operations {
		if op := w.index.operations[name]; op == nil || !w.Subject.Serves(op.service) {
			return name
		}
	}
	for _, s := range c.Services {
		if !w.Subject.Serves(s) {
			return s
		}
	}
	return ""
}

// lacking says what a check needs and this run has not.
func (w *World) lacking(c Check) string {
	if w.Simulator == nil && (c.Writes || len(c.Needs) > 0) {
		return "the conformance file has no reset_url"
	}
	for _, n := range c.Needs {
		if !w.Simulator.Has[n] {
			return "the simulator has no " + n + " beside its reset_url"
		}
	}
	return ""
}

// Operations are the operations of the contract with what the connector says of
// each, by name.
func (w *World) Operations() ([]Operation, error) {
	index, err := newIndex()
	if err != nil {
		return nil, err
	}
	var all []Operation
	for _, name := range index.names {
		o := Operation{Name: name, Served: w.Subject.Serves(index.operations[name].service)}
		i := slices.IndexFunc(w.Subject.Description.GetOperations(), func(s support) bool { return s.GetOperation() == name })
		if i >= 0 {
			s := w.Subject.Description.GetOperations()[i]
			o.Emulated, o.Reason = s.GetEmulated(), s.GetReason()
			o.UnsupportedFilters, o.UnsupportedFields = s.GetUnsupportedFilters(), s.GetUnsupportedFields()
		}
		all = append(all, o)
	}
	return all, nil
}

// Operation is what a connector says of an operation.
type Operation struct {
	Name                                  string
	Served, Emulated                      bool
	Reason                                string
	UnsupportedFilters, UnsupportedFields []string
}
