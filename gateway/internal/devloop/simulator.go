package devloop

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// simulator is the simulator that stands beside a connector, in cmd/simulator.
type simulator struct {
	cmd   *exec.Cmd
	stdin io.Closer
	sum   [sha256.Size]byte // of the program
}

// readyTimeout is what a simulator gets to say that it listens.
const readyTimeout = 10 * time.Second

// simulate starts the connector's simulator, or starts it anew when it has
// changed. Without one, somebody else has to run it.
func (l *Loop) simulate(ctx context.Context) error {
	if !exists(filepath.Join(l.Dir, "cmd", "simulator")) || !exists(filepath.Join(l.Dir, "go.mod")) {
		return nil
	}
	program := filepath.Join(l.work, "simulator")
	if err := l.goBuild(ctx, program, "./cmd/simulator"); err != nil {
		return err
	}
	built, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(built)
	if l.simulator != nil && l.simulator.sum == sum {
		return nil
	}
	l.simulator.stop()
	l.simulator = nil
	s, said, err := startSimulator(ctx, program)
	if err != nil {
		return err
	}
	s.sum = sum
	l.simulator = s
	fmt.Fprintln(l.Out, said)
	return nil
}

// startSimulator starts the program and waits for the line that says where it
// listens.
func startSimulator(ctx context.Context, program string) (*simulator, string, error) {
	cmd := exec.Command(program, "--exit-with-stdin", "--limits", "off")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	s := &simulator{cmd: cmd, stdin: stdin}
	line := make(chan string, 1)
	go func() {
		in := bufio.NewReader(out)
		first, _ := in.ReadString('\n') // "" when it ended before
		line <- first
		_, _ = io.Copy(io.Discard, in)
	}()
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	select {
	case first := <-line:
		if first != "" {
			return s, string(bytes.TrimSpace([]byte(first))), nil
		}
	case <-ctx.Done():
	}
	s.stop()
	return nil, "", fmt.Errorf("the simulator does not start:\n%s", wrong.String())
}

// stop ends the simulator; a nil one has ended.
func (s *simulator) stop() {
	if s == nil {
		return
	}
	_ = s.stdin.Close() // that is how it ends
	_ = s.cmd.Wait()
}
