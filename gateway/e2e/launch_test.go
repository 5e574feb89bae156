package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// bin is where the binaries are; `make e2e` builds them first.
var bin = func() string {
	path, err := filepath.Abs("../../bin")
	if err != nil {
		panic(err)
	}
	return path
}()

func TestMain(m *testing.M) {
	if _, err := os.Stat(filepath.Join(bin, "deskgate")); err != nil {
		fmt.Fprintln(os.Stderr, "the binaries are missing: run 'make build' first, or these tests with 'make e2e'")
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// patience bounds every wait; no test depends on how long one takes.
const patience = 60 * time.Second

// process is a started binary whose output is kept.
type process struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	out   bytes.Buffer
	err   bytes.Buffer
	ended chan struct{}
}

// launch starts a binary and waits for the first line of its standard output
// that matches, whose first group it returns.
func launch(t *testing.T, line *regexp.Regexp, env []string, name string, args ...string) (*process, string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, name), args...)
	cmd.Env = append(os.Environ(), env...)
	return run(t, line, cmd)
}

// run is launch for a command that is made already.
func run(t *testing.T, line *regexp.Regexp, cmd *exec.Cmd) (*process, string) {
	t.Helper()
	name := filepath.Base(cmd.Path)
	p := &process{cmd: cmd, ended: make(chan struct{})}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = writer{p, &p.err}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			_, _ = fmt.Fprintln(writer{p, &p.out}, lines.Text())
			if m := line.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case found <- m[1]:
				default:
				}
			}
		}
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		p.wait(t)
		if t.Failed() {
			t.Logf("%s said:\n%s%s", name, p.stdout(), p.stderr())
		}
	})
	select {
	case match := <-found:
		return p, match
	case <-p.ended:
		t.Fatalf("%s ended: %s%s", name, p.stdout(), p.stderr())
	case <-time.After(patience):
		t.Fatalf("%s did not say %s: %s%s", name, line, p.stdout(), p.stderr())
	}
	return nil, ""
}

type writer struct {
	p  *process
	to *bytes.Buffer
}

func (w writer) Write(b []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	return w.to.Write(b)
}

func (p *process) stdout() string { p.mu.Lock(); defer p.mu.Unlock(); return p.out.String() }
func (p *process) stderr() string { p.mu.Lock(); defer p.mu.Unlock(); return p.err.String() }

// wait waits for the end and returns the exit code.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		t.Errorf("%s did not end", p.cmd.Path)
	}
	return p.cmd.ProcessState.ExitCode()
}
