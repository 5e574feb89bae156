// Package runner starts one connector process for go-plugin and sees to its
// end. go-plugin's own runner lets a process see the gateway's environment and
// terminal, parses its log in a way that a line can crash, and learns of its
// end only when every grandchild has closed the log. Here the process gets an
// allow-listed environment, a process group, a pipe as stdin whose end tells it
// that the gateway is gone, and its output goes to us alone: go-plugin sees the
// handshake and nothing else.
package runner

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

var _ runner.Runner = (*Runner)(nil)

// outputDelay is how long the output of a process that has ended is still
// read, when something else holds it open.
const outputDelay = 500 * time.Millisecond

// Config is what a process is started with.
type Config struct {
	// Name is for people.
	Name string
	// Path is the executable's absolute path, and its folder the working
	// directory.
	Path string
	// Env is the whole environment.
	Env []string
	// SocketDir is the folder that its socket has to be in.
	SocketDir string
	// Stdout receives the lines that it prints after the handshake, Stderr those
	// of its log. Each is called from one goroutine, the slice is only valid
	// during the call.
	Stdout, Stderr func(line []byte)
	// Spawner starts it.
	Spawner *Spawner
}

// Runner is one process, started once.
type Runner struct {
	cfg       Config
	handshake *io.PipeReader
	announce  *io.PipeWriter // the other end of handshake

	exited   chan struct{} // the process is reaped
	finished chan struct{} // its output has been read

	mu    sync.Mutex
	cmd   *exec.Cmd // nil before the start
	stdin *os.File
	gone  bool // the pid may belong to somebody else
	kill  bool // Kill was called
	err   error
}

// New returns a Runner that has started nothing.
func New(cfg Config) *Runner {
	r := &Runner{cfg: cfg, exited: make(chan struct{}), finished: make(chan struct{})}
	r.handshake, r.announce = io.Pipe()
	return r
}

// Start starts the process. When it fails, nothing runs.
func (r *Runner) Start(context.Context) error {
	var p pipes
	if err := p.open(); err != nil {
		return err
	}
	cmd := &exec.Cmd{
		Path: r.cfg.Path, Args: []string{r.cfg.Path}, Dir: filepath.Dir(r.cfg.Path), Env: r.cfg.Env,
		Stdin: p.stdinR, Stdout: p.stdoutW, Stderr: p.stderrW, // files, so that Wait waits for the process alone
		SysProcAttr: sysProcAttr(),
	}
	var err error
	r.cfg.Spawner.do(func() { err = cmd.Start() })
	closeAll(p.stdinR, p.stdoutW, p.stderrW)
	if err != nil {
		closeAll(p.stdinW, p.stdoutR, p.stderrR)
		return err
	}
	r.mu.Lock()
	r.cmd, r.stdin = cmd, p.stdinW
	kill := r.kill
	r.mu.Unlock()
	go r.tend(p.stdoutR, p.stderrR)
	if kill { // before there was anything to kill
		return r.Kill(context.Background())
	}
	return nil
}

// tend reads what the process writes and reaps it.
func (r *Runner) tend(stdout, stderr *os.File) {
	var output sync.WaitGroup
	output.Go(func() { read(stdout, r.firstThen(r.cfg.Stdout)) })
	output.Go(func() { read(stderr, r.cfg.Stderr) })

	_ = r.cmd.Wait() // how it ended is in ProcessState
	r.mu.Lock()
	// What it has started goes with it. Its pid is free by now, but is not given
	// to a new group while one of the old group lives, nor this soon otherwise.
	_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL)
	r.gone = true
	closeAll(r.stdin)
	r.mu.Unlock()
	close(r.exited)

	// A process that has left the group may hold the output open for ever.
	late := time.AfterFunc(outputDelay, func() { closeAll(stdout, stderr) })
	output.Wait()
	late.Stop()
	closeAll(stdout, stderr, r.announce)
	close(r.finished)
}

func read(from *os.File, line func([]byte)) {
	w := NewLineWriter(line)
	_, _ = io.Copy(w, from) // it ends with the process, or is closed
	w.Flush()
}

// firstThen returns a function that takes the first line as the handshake and
// hands the others on.
func (r *Runner) firstThen(line func([]byte)) func([]byte) {
	first := true
	return func(text []byte) {
		if !first {
			line(text)
			return
		}
		first = false
		if err := checkHandshake(string(text)); err != nil {
			r.fail(err)
			return
		}
		_, _ = r.announce.Write(append(text, '\n')) // go-plugin reads on, or is gone
	}
}

// fail remembers why the process is of no use and ends it.
func (r *Runner) fail(err error) {
	r.mu.Lock()
	if r.err == nil {
		r.err = err
	}
	r.mu.Unlock()
	_ = r.Kill(context.Background())
}

// Err returns why the process was refused: a *VersionError, a
// *NoConnectorError or nil.
func (r *Runner) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Exited is closed as soon as the process has ended.
func (r *Runner) Exited() <-chan struct{} { return r.exited }

// Finished is closed when, after that, all it wrote has been handed on.
func (r *Runner) Finished() <-chan struct{} { return r.finished }

// Exit says how the process ended, as "exit status 1"; "" while it runs.
func (r *Runner) Exit() string {
	select {
	case <-r.exited:
		return r.cmd.ProcessState.String()
	default:
		return ""
	}
}

// PID returns the process id, or 0 before the start.
func (r *Runner) PID() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd == nil {
		return 0
	}
	return r.cmd.Process.Pid
}

// Kill sends SIGKILL to the process and all it has started. It does not wait,
// and may be called at any time: before the start, it ends the process with it.
func (r *Runner) Kill(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kill = true
	if r.cmd == nil || r.gone {
		return nil
	}
	if err := syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// Stdout implements runner.Runner: the handshake, then the end when the process
// ends.
func (r *Runner) Stdout() io.ReadCloser { return r.handshake }

// Stderr implements runner.Runner. go-plugin never sees a line of the log: some
// make it panic.
func (r *Runner) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Wait implements runner.Runner.
func (r *Runner) Wait(ctx context.Context) error {
	select {
	case <-r.finished:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Name implements runner.Runner.
func (r *Runner) Name() string { return r.cfg.Name }

// ID implements runner.Runner: "" before the start.
func (r *Runner) ID() string {
	if pid := r.PID(); pid != 0 {
		return strconv.Itoa(pid)
	}
	return ""
}

// Diagnose implements runner.Runner; Err says more.
func (r *Runner) Diagnose(context.Context) string { return "" }

// PluginToHost implements runner.Runner. It refuses a socket outside of the
// folder that the process was given.
func (r *Runner) PluginToHost(network, address string) (string, string, error) {
	rel, err := filepath.Rel(r.cfg.SocketDir, address)
	if network != "unix" || err != nil || !filepath.IsLocal(rel) {
		err := &NoConnectorError{Line: shorten(address), Reason: "its socket is outside of the folder that PLUGIN_UNIX_SOCKET_DIR named"}
		r.fail(err)
		return "", "", err
	}
	return network, address, nil
}

// HostToPlugin implements runner.Runner: both see the same files.
func (r *Runner) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// pipes are the two ends of the three.
type pipes struct{ stdinR, stdinW, stdoutR, stdoutW, stderrR, stderrW *os.File }

func (p *pipes) open() (err error) {
	for _, pair := range [][2]**os.File{{&p.stdinR, &p.stdinW}, {&p.stdoutR, &p.stdoutW}, {&p.stderrR, &p.stderrW}} {
		if *pair[0], *pair[1], err = os.Pipe(); err != nil {
			closeAll(p.stdinR, p.stdinW, p.stdoutR, p.stdoutW, p.stderrR, p.stderrW)
			return err
		}
	}
	return nil
}

// closeAll closes what was opened; there is nobody to tell when that fails.
func closeAll(files ...io.Closer) {
	for _, f := range files {
		_ = f.Close() // a nil *os.File answers with an error
	}
}
