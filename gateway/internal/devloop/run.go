package devloop

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/conformance"
)

// failedVerdict is the verdict that is tried again first.
const failedVerdict = "failed"

// running is the connector that runs.
type running struct{ session *conformance.Session }

// start builds the connector, and the simulator that stands beside it, and starts
// both anew.
func (l *Loop) start(ctx context.Context) error {
	l.stop()
	program := l.Program
	if program == "" {
		program = filepath.Join(l.work, filepath.Base(absolute(l.Dir)))
		if err := l.goBuild(ctx, program, "."); err != nil {
			return err
		}
	}
	if err := l.simulate(ctx); err != nil {
		return err
	}
	s, err := conformance.Open(ctx, conformance.Options{Program: program, File: l.File, Tell: l.tell})
	if err != nil {
		return err
	}
	l.running = &running{s}
	fmt.Fprintf(l.Out, "The connector runs as process %d. To look into it: %s\n", s.PID(), l.debugger(s.PID()))
	return nil
}

// debugger is how to attach one.
func (l *Loop) debugger(pid int) string {
	if l.Program == "" {
		return fmt.Sprintf("dlv attach %d", pid)
	}
	return fmt.Sprintf("attach your language's debugger to %d (Node: kill -USR1 %d, then node inspect -p %d)", pid, pid, pid)
}

func (l *Loop) stop() {
	if l.running != nil {
		l.running.session.Close()
		l.running = nil
	}
}

// goBuild builds a package without optimizations of the module's own code, so
// that a debugger finds every line and variable.
func (l *Loop) goBuild(ctx context.Context, program, pkg string) error {
	begun := time.Now()
	cmd := exec.CommandContext(ctx, "go", "build", "-gcflags=./...=-N -l", "-o", program, pkg)
	cmd.Dir = l.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s does not build:\n%s", pkg, out)
	}
	fmt.Fprintf(l.Out, "built %s in %.1f s\n", pkg, time.Since(begun).Seconds())
	return nil
}

// test runs the checks that match, and tells what changed since they ran last.
func (l *Loop) test(ctx context.Context, pattern string, untimed bool) {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		l.say(ctx, err)
		return
	}
	if ctx.Err() != nil {
		return
	}
	l.running.session.Untimed(untimed)
	r, err := l.running.session.Run(ctx, compiled)
	if err != nil {
		l.say(ctx, err)
		return
	}
	fmt.Fprintf(l.Out, "%d passed, %d failed, %d not served, %d not run\n", r.Passed, r.Failed, r.NotServed, r.NotRun)
}

// tell shows a check that failed, or whose verdict is another than before.
func (l *Loop) tell(c conformance.Check) {
	before, known := l.verdicts[c.Name]
	l.verdicts[c.Name] = string(c.Verdict)
	if string(c.Verdict) != failedVerdict && (!known || before == string(c.Verdict)) {
		return
	}
	line, rest, more := strings.Cut(c.Line(), "\n")
	if known && before != string(c.Verdict) {
		line += "  <- " + before
	}
	if more {
		line += "\n" + rest
	}
	if l.Requests {
		line += c.Requests()
	}
	fmt.Fprintln(l.Out, line)
}

func absolute(dir string) string {
	if a, err := filepath.Abs(dir); err == nil {
		return a
	}
	return dir
}
