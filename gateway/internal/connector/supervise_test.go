package connector_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// answer is what came of a call.
type answer struct {
	title string
	err   error
}

// waiting begins a call without a deadline and returns when it has reached the
// connector. The call answers when the returned tie's end is closed.
func (g *gateway) waiting(connection string, write bool) (release func(), answered <-chan answer) {
	g.t.Helper()
	socket := newTie(g.t)
	done := make(chan answer, 1)
	go func() {
		title, err := g.send(context.Background(), connection, "wait "+socket.path, write)
		done <- answer{title, err}
	}()
	conn := socket.come()
	return func() { conn.Close() }, done
}

func kill(t *testing.T, pid int, signal syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, signal); err != nil {
		t.Fatal(err)
	}
}

func TestCrashAnswersCallsInFlight(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), map[string]helperConfig{"acme": {}, "beta": {}})
	pid := g.pid()
	_, read := g.waiting("acme", false)
	_, write := g.waiting("beta", true)
	kill(t, pid, syscall.SIGKILL)

	// None of the calls has a deadline: only the crash can have answered them.
	p := problemOf(t, (<-read).err, problem.ConnectionDown)
	if want := `the connector of connection "acme" ended during the call and is being started again; try again in a moment`; p.Detail != want || p.Outcome != "" || p.HTTPStatus() != 503 {
		t.Errorf("the read was answered %+v", p)
	}
	p = problemOf(t, (<-write).err, problem.OutcomeUnknown)
	if p.Outcome != "UNKNOWN" || !strings.Contains(p.Detail, "look before you repeat it") {
		t.Errorf("the write was answered %+v", p)
	}
	g.restarted(pid)
	for _, name := range []string{"acme", "beta"} {
		g.until(name, connector.Ready)
		g.must(name, "who")
	}
	if starts := g.Processes()[0].Starts; starts != 2 {
		t.Errorf("%d starts", starts)
	}
	if reason := g.log.lines("the connector's process is gone")[0]["reason"]; reason != "it ended by itself: signal: killed" {
		t.Errorf("the reason is %v", reason)
	}
}

func TestCallsWhileTheProcessIsGone(t *testing.T) {
	t.Parallel()
	timing := fast()
	timing.BackoffMin, timing.BackoffMax = time.Hour, time.Hour
	g := running(t, timing, one)
	_, err := g.order("acme", "exit")
	problemOf(t, err, problem.ConnectionDown)
	status := g.until("acme", connector.Backoff)
	if want := "the connector's process is gone: it ended by itself: exit status 7"; status.Reason != want {
		t.Errorf("the reason is %q", status.Reason)
	}
	_, err = g.send(t.Context(), "acme", "who", true)
	if p := problemOf(t, err, problem.ConnectionDown); p.Outcome != "NOT_SENT" || !strings.HasPrefix(p.Detail, `connection "acme" waits for its connector to be started again: `) {
		t.Errorf("answered %+v", p)
	}
	if check, _, err := g.Check(t.Context(), "acme", connector.Metadata{}); err != nil || check.GetFindings()[0].GetStep() != "connector" {
		t.Errorf("the check says %v, %v", check, err)
	}
}

func TestHangingProcessIsReplaced(t *testing.T) {
	t.Parallel()
	timing := fast()
	timing.HealthEvery, timing.HealthLimit, timing.HealthMisses = 10*time.Millisecond, time.Second, 2
	g := running(t, timing, one)
	pid := g.pid()
	_, read := g.waiting("acme", false)
	kill(t, pid, syscall.SIGSTOP)
	problemOf(t, (<-read).err, problem.ConnectionDown)
	g.restarted(pid)
	g.until("acme", connector.Ready)
	if reason := g.log.lines("the connector's process is gone")[0]["reason"]; reason != "it did not answer 2 health checks in a row and was ended" {
		t.Errorf("the reason is %v", reason)
	}
}

func TestGrandchildThatHoldsTheLog(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	socket := newTie(t)
	g.must("acme", "leave-child "+socket.path)
	child := socket.come()
	_, read := g.waiting("acme", false)
	pid := g.pid()
	kill(t, pid, syscall.SIGKILL)
	problemOf(t, (<-read).err, problem.ConnectionDown)
	g.restarted(pid) // the child still lives
	g.until("acme", connector.Ready)
	child.Close()
}

func TestRestartBudget(t *testing.T) {
	t.Parallel()
	timing := fast()
	timing.Starts, timing.FailedEvery = 3, time.Hour
	v := newVendor(t, "crash")
	g := newGateway(t, helperAt(t, "plain"), timing)
	g.describe()
	g.connect(map[string]helperConfig{"acme": {Vendor: v.path}})
	status := g.until("acme", connector.Failed)
	if want := "the connector's process is gone: it ended by itself: exit status 9"; status.Reason != want || v.tries() != 3 {
		t.Errorf("after %d tries: %q", v.tries(), status.Reason)
	}
	if p := g.Processes()[0]; p.State != connector.Failed || p.Starts != 3 || p.PID != 0 {
		t.Errorf("the process is %+v", p)
	}
}

func TestFailedProcessIsTriedAgain(t *testing.T) {
	t.Parallel()
	timing := fast()
	timing.Starts, timing.FailedEvery = 1, 50*time.Millisecond
	v := newVendor(t, "crash")
	g := newGateway(t, helperAt(t, "plain"), timing)
	g.describe()
	g.connect(map[string]helperConfig{"acme": {Vendor: v.path}})
	g.until("acme", connector.Failed)
	v.set("up")
	g.until("acme", connector.Ready)
}

func TestQuarantine(t *testing.T) {
	t.Parallel()
	v := newVendor(t, "up")
	g := running(t, fast(), map[string]helperConfig{"bad": {Vendor: v.path}, "good": {}})
	v.set("crash") // from now on, connecting it ends the process
	pid := g.pid()
	_, err := g.order("bad", "exit")
	problemOf(t, err, problem.ConnectionDown)
	status := g.until("bad", connector.Failed)
	if !strings.Contains(status.Reason, "left out until a check passes") {
		t.Errorf("the reason is %q", status.Reason)
	}
	g.restarted(pid)
	g.until("good", connector.Ready)
	g.must("good", "who")
	v.set("up")
	if _, _, err := g.Check(t.Context(), "bad", connector.Metadata{}); err != nil {
		t.Fatal(err)
	}
	g.until("bad", connector.Ready)
	g.must("bad", "who")
}

func TestReplacingTheExecutable(t *testing.T) {
	t.Parallel()
	source := helperAt(t, "plain")
	g := newGateway(t, source, fast())
	g.describe()
	g.connect(one)
	if err := os.WriteFile(source, []byte("garbage"), 0o700); err != nil { // in place
		t.Fatal(err)
	}
	g.must("acme", "who")
	pid := g.pid()
	kill(t, pid, syscall.SIGKILL)
	g.restarted(pid)
	g.until("acme", connector.Ready)
	g.must("acme", "who")
}

// ended asserts how the process has been stopped by Close.
func (g *gateway) ended(exit string) {
	g.t.Helper()
	lines := g.log.lines("the connector has been stopped")
	if len(lines) != 1 || lines[0]["exit"] != exit {
		g.t.Errorf("the end was logged as %v, not %s", lines, exit)
	}
}

func TestCloseDrains(t *testing.T) {
	t.Parallel()
	socket := newTie(t)
	g := running(t, fast(), map[string]helperConfig{"acme": {Tie: socket.path}})
	process := socket.come()
	release, read := g.waiting("acme", false)
	closed := make(chan struct{})
	go func() { defer close(closed); g.Close(context.Background()) }()
	g.eventually(func() bool { _, err := g.order("acme", "who"); return err != nil }, func() string { return "new calls are still taken" })
	_, err := g.send(t.Context(), "acme", "who", true)
	if p := problemOf(t, err, problem.ConnectionDown); p.Outcome != "NOT_SENT" {
		t.Errorf("a new call was answered %+v", p)
	}
	release()
	if a := <-read; a.err != nil || a.title != "waited" {
		t.Errorf("the call in flight was answered %q, %v", a.title, a.err)
	}
	<-closed
	gone(t, process)
	g.ended("exit status 0")
}

func TestCloseEndsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	socket := newTie(t)
	g := running(t, fast(), map[string]helperConfig{"acme": {Tie: socket.path}})
	process := socket.come()
	_, read := g.waiting("acme", false)
	kill(t, g.pid(), syscall.SIGSTOP)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g.Close(ctx)
	gone(t, process)
	g.ended("signal: killed")
	problemOf(t, (<-read).err, problem.ConnectionDown)
}

// gatewayMain is a gateway in a process of its own: it runs the connectors at
// the paths, ties them to the socket and waits to be killed.
func gatewayMain(args []string) {
	state, socket := args[0], args[1]
	m := connector.New(connector.Options{StateDir: state, Timing: fast(), Connectors: []connector.Spec{{Name: helperName, Source: args[2]}}})
	if _, errs := m.Describe(context.Background()); len(errs) > 0 {
		fmt.Fprintln(os.Stderr, errs)
		os.Exit(1)
	}
	m.Connect([]connector.ConnectionSpec{{Name: "acme", Connector: helperName, Config: fmt.Appendf(nil, `{"tie":%q}`, socket)}})
	_ = m.Ready(context.Background())
	fmt.Println(m.Processes()[0].PID)
	select {}
}

// The helper looks at neither its stdin nor its parent, and one of the two
// cannot even run.
func TestKilledGatewayLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, stopped := range []bool{false, true} {
		socket := newTie(t)
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self, "-gateway", t.TempDir(), socket.path, helperAt(t, "plain"))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		process := socket.come()
		var pid int
		if _, err := fmt.Fscan(out, &pid); err != nil {
			t.Fatal(err)
		}
		if stopped {
			kill(t, pid, syscall.SIGSTOP)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		gone(t, process)
	}
}
