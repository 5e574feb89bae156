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
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/launch"
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
	var sims []*launch.Program
	defer func() {
		for _, s := range sims {
			s.Stop(time.Second)
		}
	}()
	binaries, _ := filepath.Glob("bin/deskgate-simulator-*") // the pattern is well formed
	for _, path := range binaries {
		s, err := launch.Start(path, nil, os.Stderr, "--exit-with-stdin")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		sims = append(sims, s)
		switch err := listening(ctx, s); {
		case ctx.Err() != nil:
			return 0
		case err != nil:
			fmt.Fprintln(os.Stderr, err)
			return s.Code()
		}
	}
	gateway, err := launch.Start("bin/deskgate", tokens.environ(), os.Stderr, "serve", "--config", configFile, "--exit-with-stdin")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go announce(gateway.Stdout, tokens)
	died := make(chan *launch.Program, len(sims))
	for _, s := range sims {
		go func() { <-s.Done(); died <- s }()
	}
	select {
	case <-ctx.Done():
		fmt.Fprintln(os.Stderr, "stopping")
	case <-gateway.Done():
		fmt.Fprintln(os.Stderr, ended(gateway, "what it last said is above"))
		return gateway.Code()
	case s := <-died:
		fmt.Fprintln(os.Stderr, ended(s, "what it last said is above; stopping the rest"))
		gateway.Stop(stopTimeout)
		return s.Code()
	}
	gateway.Stop(stopTimeout)
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

// ended says how a program ended that nobody asked to, and where to look.
func ended(p *launch.Program, look string) error {
	return fmt.Errorf("deskgate-demo: %s ended by itself (%s): %s", p.Name, p.Exit(), look)
}

// addressTaken is the exit code of a program that cannot listen.
const addressTaken = 4

// listening waits for a program's first line, which says where it listens, and
// keeps its output flowing afterwards.
func listening(ctx context.Context, p *launch.Program) error {
	first := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(p.Stdout)
		for n := 0; lines.Scan(); n++ {
			fmt.Println(p.Name + ": " + lines.Text())
			if n == 0 {
				close(first)
			}
		}
	}()
	select {
	case <-first:
		return nil
	case <-p.Done():
		look := "what it last said is above"
		if p.Code() == addressTaken {
			look = "its address, named above, is taken, maybe by another demo: end what listens there. Nothing moves it in a demo, because " +
				configFile + " has the address too, as the site of a connection; by hand, start it with --listen, change the site, and run deskgate serve"
		}
		return ended(p, look)
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(startTimeout):
		return fmt.Errorf("deskgate-demo: %s does not listen after %s", p.Name, startTimeout)
	}
}
