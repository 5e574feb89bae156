// Package launch starts the programs of this repository so that they end with
// whoever started them, however that ends.
package launch

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Program is a program that runs. It has been given --exit-with-stdin or the like,
// and watches the pipe on its standard input.
type Program struct {
	// Name is the file's name.
	Name string
	// Stdout is what it prints; somebody has to read it.
	Stdout io.Reader

	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{} // closed when it has ended
}

// Start starts a program in a process group of its own, with these variables
// besides the caller's, and with its standard error going to stderr.
func Start(path string, env []string, stderr *os.File, args ...string) (*Program, error) {
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = stderr
	// Ctrl-C reaches the whole foreground group; the launcher alone decides in
	// which order the parts end.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w (run 'make build' first)", path, err)
	}
	_ = w.Close() // the program holds its own
	p := &Program{Name: filepath.Base(path), Stdout: stdout, cmd: cmd, stdin: stdin, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in the process's state
		close(p.done)
	}()
	return p, nil
}

// PID is its process id.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Done is closed when it has ended.
func (p *Program) Done() <-chan struct{} { return p.done }

// Exit says how it ended, as "exit status 1".
func (p *Program) Exit() string { return p.cmd.ProcessState.String() }

// Code is the exit code of a launcher whose program has ended, or does not start:
// the program's own, and never 0, since it was not asked to end.
func (p *Program) Code() int {
	select {
	case <-p.done:
		return max(p.cmd.ProcessState.ExitCode(), 1) // a signal has none
	default:
		return 1
	}
}

// Stop asks the program to end, and makes it after the time given.
func (p *Program) Stop(patience time.Duration) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	_ = p.stdin.Close() // nothing to lose any more
}
