// Command deskgate-demo runs the gateway, its connectors and the simulators of
// their PSAs in the foreground, with tokens made at the first run. It is what
// `make run` starts.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	configFile = "gateway.hcl"
	runDir     = ".run"
	// startTimeout is how long a simulator may take until it listens.
	startTimeout = 20 * time.Second
	// stopTimeout is how long the gateway gets to end its calls; Ctrl-C is
	// promised to take no more than ten seconds in all.
	stopTimeout = 8 * time.Second
)

func main() {
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "deskgate-demo takes no arguments: it starts the simulators, and the gateway on "+configFile+", until it is interrupted (make run)")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx)
	stop()
	os.Exit(code)
}

func run(ctx context.Context) int {
	tokens, err := demoTokens(configFile, filepath.Join(runDir, "demo.env"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var sims []*child
	defer func() {
		for _, s := range sims {
			s.stop(time.Second)
		}
	}()
	binaries, _ := filepath.Glob("bin/deskgate-simulator-*") // the pattern is well formed
	for _, path := range binaries {
		s, err := start(path, nil, "--exit-with-stdin")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		sims = append(sims, s)
		switch err := s.listening(ctx); {
		case ctx.Err() != nil:
			return 0
		case err != nil:
			fmt.Fprintln(os.Stderr, err)
			return s.code()
		}
	}
	gateway, err := start("bin/deskgate", tokens.environ(), "serve", "--config", configFile, "--exit-with-stdin")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go announce(gateway.stdout, tokens)
	died := make(chan *child, len(sims))
	for _, s := range sims {
		go func() { <-s.done; died <- s }()
	}
	select {
	case <-ctx.Done():
		fmt.Fprintln(os.Stderr, "stopping")
	case <-gateway.done:
		fmt.Fprintln(os.Stderr, gateway.ended("what it last said is above"))
		return gateway.code()
	case s := <-died:
		fmt.Fprintln(os.Stderr, s.ended("what it last said is above; stopping the rest"))
		gateway.stop(stopTimeout)
		return s.code()
	}
	gateway.stop(stopTimeout)
	return 0
}

// announce passes the gateway's output on and, once it is ready, says what to
// paste.
func announce(out io.Reader, tokens demoEnv) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fmt.Println(lines.Text())
		url, ok := strings.CutPrefix(lines.Text(), "ready ")
		if !ok {
			continue
		}
		url, _, _ = strings.Cut(url, " ")
		connection := firstConnection(configFile)
		fmt.Printf("\ntry it:\n  curl -s -H 'Authorization: Bearer %s' '%s/v1/connections/%s/tickets?page_size=2'\n\n",
			tokens.first(), url, connection)
	}
}

// child is a process that ends when the launcher does, however that ends: it
// watches the pipe on its standard input.
type child struct {
	name   string
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout io.Reader
	done   chan struct{} // closed when it has ended
}

func start(path string, env []string, args ...string) (*child, error) {
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
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
	_ = w.Close() // the child holds its own
	c := &child{name: filepath.Base(path), cmd: cmd, stdin: stdin, stdout: stdout, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in the process's state
		close(c.done)
	}()
	return c, nil
}

// ended says how a child ended that nobody asked to, and where to look.
func (c *child) ended(look string) error {
	return fmt.Errorf("deskgate-demo: %s ended by itself (%s): %s", c.name, c.cmd.ProcessState, look)
}

// code is the launcher's exit code once a child has ended, or does not start:
// the child's own, and never 0, since it was not asked to end.
func (c *child) code() int {
	select {
	case <-c.done:
		return max(c.cmd.ProcessState.ExitCode(), 1) // a signal has none
	default:
		return 1
	}
}

// addressTaken is the exit code of a program that cannot listen.
const addressTaken = 4

// listening waits for the child's first line, which says where it listens, and
// keeps its output flowing afterwards.
func (c *child) listening(ctx context.Context) error {
	first := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(c.stdout)
		for n := 0; lines.Scan(); n++ {
			fmt.Println(c.name + ": " + lines.Text())
			if n == 0 {
				close(first)
			}
		}
	}()
	select {
	case <-first:
		return nil
	case <-c.done:
		look := "what it last said is above"
		if c.code() == addressTaken {
			look = "its address, named above, is taken, maybe by another demo: end what listens there. Nothing moves it in a demo, because " +
				configFile + " has the address too, as the site of a connection; by hand, start it with --listen, change the site, and run deskgate serve"
		}
		return c.ended(look)
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(startTimeout):
		return fmt.Errorf("deskgate-demo: %s does not listen after %s", c.name, startTimeout)
	}
}

// stop asks the child to end, and makes it after the time given.
func (c *child) stop(patience time.Duration) {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-c.done:
	case <-time.After(patience):
		_ = c.cmd.Process.Kill()
		<-c.done
	}
	_ = c.stdin.Close() // nothing to lose any more
}
