package main

import (
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/gateway/internal/devloop"
)

func newConnectorDev() *cobra.Command {
	l := &devloop.Loop{In: os.Stdin, Out: os.Stdout}
	cmd := &cobra.Command{
		Use:   "dev DIR",
		Short: "Build, start and test a connector on every save",
		Long: `Watches a connector's folder. On every save it builds the connector and the simulator in
cmd/simulator, starts both anew, and runs the conformance suite: first what failed, then all.
It shows the checks that fail and those whose verdict has changed, with --requests also what
they cost at the PSA, and how to attach a debugger to the process.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			l.Dir = args[0]
			if l.File == "" {
				l.File = filepath.Join(l.Dir, "conformance.hcl")
			}
			if err := l.Run(ctx); err != nil {
				return exit(exitConfig, err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&l.File, "config", "", "the conformance file; DIR/conformance.hcl by default")
	cmd.Flags().StringVar(&l.Program, "program", "", "the connector's program, where it is not a Go module that is built")
	cmd.Flags().StringVar(&l.Only, "run", "", "on a save, run only the checks whose names match this regular expression")
	cmd.Flags().BoolVar(&l.Requests, "requests", false, "show with each check the requests that it cost at the PSA")
	return cmd
}
