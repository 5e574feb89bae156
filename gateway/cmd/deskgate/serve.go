package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/oklog/run"
	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/gateway/internal/rest"
)

// readyTimeout is how long `ready` waits for a connection that stays down.
const readyTimeout = 60 * time.Second

func newServe() *cobra.Command {
	var flags settings
	var withStdin bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway in the foreground",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return serve(&flags, withStdin)
		},
	}
	flags.bind(cmd)
	cmd.Flags().BoolVar(&withStdin, "exit-with-stdin", false, "stop when standard input closes, for launchers")
	return cmd
}

// gcPercent lets the heap grow to four times what lives in it before it is collected.
// That is the compiled contract, some 15 MB, and what calls add is garbage a moment
// later: to walk through it four times as often costs more than the memory is worth.
const gcPercent = 300

// serve runs the gateway until a signal. The parts start inside out and stop
// outside in: the door first, then the connectors.
func serve(flags *settings, withStdin bool) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	g, err := flags.read()
	if err != nil {
		return err
	}
	defer g.stop()
	logger := hclog.New(&hclog.LoggerOptions{
		Name: "deskgate", Level: hclog.LevelFromString(g.config.Gateway.LogLevel), JSONFormat: true, Output: os.Stderr,
	})
	if err := g.start(logger); err != nil {
		return err
	}
	ln, err := rest.Listen(g.config.Gateway.Listen)
	if err != nil {
		return exit(exitReach, err)
	}
	g.connectors.Connect(g.connections)

	var group run.Group
	group.Add(func() error { return g.server.Serve(ln) }, func(error) {
		ctx, cancel := context.WithTimeout(context.Background(), g.config.Gateway.ShutdownTimeout)
		defer cancel()
		if err := g.server.Shutdown(ctx); err != nil {
			logger.Warn("the door did not close cleanly", "error", err)
		}
	})
	signals, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	group.Add(func() error { <-signals.Done(); return errStopped }, func(error) { stop() })
	if withStdin {
		// A read of a pipe cannot be interrupted, so nobody waits for this one.
		go func() { _, _ = io.Copy(io.Discard, os.Stdin); stop() }()
	}
	waiting, cancel := context.WithTimeout(context.Background(), readyTimeout)
	group.Add(func() error {
		_ = g.connectors.Ready(waiting) // a connection that stays down does not keep the gateway
		g.server.SetReady(true)
		g.announce(ln.Addr().String())
		debug.FreeOSMemory() // what the start took is not needed again
		<-signals.Done()
		return errStopped
	}, func(error) { cancel(); stop() })
	if err := group.Run(); err != nil && !errors.Is(err, errStopped) {
		return exit(exitFailed, err)
	}
	return nil
}

var errStopped = errors.New("asked to stop")

// announce prints the line that scripts wait for, and what is not well.
func (g *gateway) announce(address string) {
	fmt.Printf("ready http://%s\n", address)
	for _, c := range g.connectors.Connections() {
		if c.Reason != "" {
			fmt.Printf("connection %s is %s: %s\n", c.Name, word(c.State), c.Reason)
		}
		if len(c.Violations) > 0 {
			refused := g.config.Violations(c.Name, g.schemas[c.Name], c.Violations)
			_ = refused.Write(os.Stderr, false) // nobody is left to tell
		}
	}
}
