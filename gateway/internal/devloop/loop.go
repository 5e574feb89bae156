// Package devloop is the inner loop of a connector's author: on every save it
// builds the connector, starts it anew, runs the conformance suite and tells what
// changed.
package devloop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Loop is a connector under work.
type Loop struct {
	// Dir is the connector's folder.
	Dir string
	// File is its conformance file.
	File string
	// Program is what is run where nothing is built; empty for a Go module.
	Program string
	// Only is a regular expression of the checks that a save runs; empty is all.
	Only string
	// Requests shows with each check the requests that it cost at the PSA.
	Requests bool
	// In are the commands of whoever sits there, a line each; Out is the screen.
	In  io.Reader
	Out io.Writer

	work      string // a folder for what is built
	simulator *simulator
	running   *running
	verdicts  map[string]string // of the last runs, by check
}

// settle is how long nothing must be saved before a build begins: editors write
// several files at once.
const settle = 150 * time.Millisecond

// Run works until ctx ends or a q is read.
func (l *Loop) Run(ctx context.Context) error {
	var err error
	if l.work, err = os.MkdirTemp("", "deskgate-dev-"); err != nil {
		return err
	}
	defer func() {
		l.stop()
		l.simulator.stop()
		_ = os.RemoveAll(l.work) // a folder in the system's temporary one
	}()
	if err := l.check(); err != nil {
		return err
	}
	saved, err := watch(ctx, l.Dir)
	if err != nil {
		return err
	}
	l.verdicts = map[string]string{}
	commands := l.commands(ctx)
	fmt.Fprintln(l.Out, "Save a file to build and test. Enter runs what failed again, without time limits;\na part of a check's name runs those checks, \"all\" runs all, q ends.")
	turn := func(ctx context.Context) { l.build(ctx) }
	for {
		next, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); turn(next) }()
		// A save or a command ends what runs.
		select {
		case <-ctx.Done():
			cancel()
			<-done
			return nil
		case files, ok := <-saved:
			cancel()
			<-done
			if !ok {
				return errors.New("the folder is not watched any more")
			}
			fmt.Fprintf(l.Out, "\n-- saved: %s\n", strings.Join(files, ", "))
			turn = func(ctx context.Context) { l.build(ctx) }
		case command, ok := <-commands:
			if !ok || command == "q" {
				cancel()
				<-done
				return nil
			}
			cancel()
			<-done
			turn = func(ctx context.Context) { l.again(ctx, command) }
		}
		cancel()
	}
}

// check refuses what cannot be worked on.
func (l *Loop) check() error {
	if _, err := os.Stat(l.File); err != nil {
		return fmt.Errorf("the conformance file %s: %w; docs/conformance.md says what it holds", l.File, err)
	}
	if l.Program == "" && !exists(filepath.Join(l.Dir, "go.mod")) {
		return fmt.Errorf("%s has no go.mod: name the connector's program with --program", l.Dir)
	}
	return nil
}

// commands are the lines that are read, until there are no more.
func (l *Loop) commands(ctx context.Context) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(l.In); in.Scan(); {
			select {
			case lines <- strings.TrimSpace(in.Text()):
			case <-ctx.Done():
				return
			}
		}
		<-ctx.Done() // without a terminal, saves alone drive the loop
	}()
	return lines
}

// build builds and starts everything anew, and tests it: first what failed.
func (l *Loop) build(ctx context.Context) {
	if err := l.start(ctx); err != nil {
		l.say(ctx, err)
		return
	}
	if failed := l.failed(); failed != "" {
		l.test(ctx, failed, false)
	}
	l.test(ctx, l.Only, false)
}

// again tests what runs, without time limits.
func (l *Loop) again(ctx context.Context, command string) {
	if l.running == nil {
		fmt.Fprintln(l.Out, "No connector runs: mend what stands above, and save.")
		return
	}
	pattern := regexp.QuoteMeta(command)
	switch command {
	case "all":
		pattern = ""
	case "":
		if pattern = l.failed(); pattern == "" {
			fmt.Fprintln(l.Out, "Nothing has failed.")
			return
		}
	}
	l.test(ctx, pattern, true)
}

// failed matches the checks that failed last; "" when none did.
func (l *Loop) failed() string {
	var names []string
	for name, verdict := range l.verdicts {
		if verdict == failedVerdict {
			names = append(names, regexp.QuoteMeta(name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

// say tells an error, unless it is that something newer was saved.
func (l *Loop) say(ctx context.Context, err error) {
	if ctx.Err() == nil {
		fmt.Fprintln(l.Out, err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
