package pluginsdk

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// The test binary starts itself anew in these roles.
const (
	modeKey       = "DESKGATE_TEST_MODE"
	modeConnector = "connector"
	modeParent    = "parent" // starts a connector and waits to be killed
)

// Files that the roles inherit. Who reads fd 3 to its end knows that all who
// held it are dead.
const (
	tellFD    = 3 // the connector tells what happens, a word per line
	releaseFD = 4 // the connector's held calls wait for its end
)

func TestProcess(t *testing.T) {
	t.Parallel()
	told, tell := pipe(t)
	held, release := pipe(t)
	dir := socketDir(t)
	logged := &lines{found: make(chan string, 1000)}
	c, err := spawn(dir, logged, tell, held)
	if err != nil {
		t.Fatal(err)
	}
	defer c.client.Kill()
	_ = tell.Close()
	said := bufio.NewScanner(told)

	d, err := c.control.Describe(t.Context(), &connectorv1.DescribeRequest{})
	if err != nil || d.GetName() != "demo" {
		t.Fatalf("Describe = %v, %v", d, err)
	}
	if err := c.get(t.Context(), "print"); err != nil { // stdout belongs to the handshake
		t.Error(err)
	}
	for _, want := range []string{
		`"@level":"warn","@message":"logged","@module":"demo",`, `"@message":"logged by package log: REDACTED"`,
	} {
		for line := range logged.found {
			if strings.Contains(line, demoToken) {
				t.Errorf("the token is in the log: %s", line)
			}
			if strings.Contains(line, want) {
				break
			}
		}
	}

	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if err := syscall.Kill(c.pid, sig); err != nil {
			t.Fatal(err)
		}
		for line := range logged.found {
			if strings.Contains(line, "signal ignored") && strings.Contains(line, sig.String()) {
				break
			}
		}
	}
	if err := c.get(t.Context(), "1"); err != nil {
		t.Errorf("after the signals: %v", err)
	}

	watch, err := c.control.Watch(t.Context(), &connectorv1.WatchRequest{})
	if err != nil {
		t.Fatal(err)
	}
	running := make(chan error, 1)
	go func() { running <- c.get(t.Context(), "hold") }()
	if !said.Scan() || said.Text() != "held" {
		t.Fatalf("said %q", said.Text())
	}
	killed := make(chan struct{})
	go func() { c.client.Kill(); close(killed) }()
	for err == nil { // the watch ends when stopping begins
		_, err = watch.Recv()
	}
	_ = release.Close()
	if err := <-running; err != nil {
		t.Errorf("the call that ran at the shutdown: %v", err)
	}
	if !said.Scan() || said.Text() != "closed" || said.Scan() {
		t.Errorf("said %q", said.Text())
	}
	<-killed
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNothingOutlivesTheParent(t *testing.T) {
	t.Parallel()
	cases := map[string]func(parent *exec.Cmd, stdin *os.File) error{
		"kill -9":          func(parent *exec.Cmd, _ *os.File) error { return parent.Process.Kill() },
		"the end of stdin": func(_ *exec.Cmd, stdin *os.File) error { return stdin.Close() },
	}
	for name, end := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told, tell := pipe(t)
			stdinR, stdinW := pipe(t)
			parent := exec.Command(os.Args[0])
			parent.Env = []string{modeKey + "=" + modeParent, "TMPDIR=" + socketDir(t)}
			parent.ExtraFiles = []*os.File{tell}
			if name != "kill -9" { // with /dev/null, only the parent's id tells
				parent.Stdin = stdinR
			}
			stdout, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = parent.Process.Kill(); _ = parent.Wait() }()
			_ = tell.Close()
			_ = stdinR.Close()
			ready := bufio.NewScanner(stdout)
			if !ready.Scan() || !strings.HasPrefix(ready.Text(), "ready ") {
				t.Fatalf("the parent says %q", ready.Text())
			}
			pid, err := strconv.Atoi(strings.TrimPrefix(ready.Text(), "ready "))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }() // only if it should still live
			if err := end(parent, stdinW); err != nil {
				t.Fatal(err)
			}
			said := bufio.NewScanner(told)
			if !said.Scan() || said.Text() != "closed" {
				t.Errorf("said %q", said.Text())
			}
			if said.Scan() { // the end comes when the connector is dead
				t.Errorf("said %q", said.Text())
			}
		})
	}
}

func TestStartedByHand(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{modeKey + "=" + modeConnector}
	out, err := cmd.Output()
	if err != nil || !strings.HasPrefix(string(out), "demo 1.2.3\nSpeaks to a PSA that is not there.\n") {
		t.Errorf("%v, printed:\n%s", err, out)
	}
}

func TestCannotListen(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{modeKey + "=" + modeConnector, handshake.CookieKey + "=" + handshake.CookieValue,
		"PLUGIN_PROTOCOL_VERSIONS=1", "PLUGIN_UNIX_SOCKET_DIR=/nonexistent"}
	var log strings.Builder
	cmd.Stderr = &log
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 || !strings.Contains(log.String(), "plugin init error") {
		t.Errorf("%v, logged %s", err, log.String())
	}
}
