// Command deskgate-bench measures what the gateway costs, on a connector's simulator.
// It is what `make bench` starts, from the root of the repository.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is what is benched; the build sets it.
var version = "unknown"

// Exit codes.
const (
	exitFailed = 1 // the bench failed, or a comparison found something worse
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx)
	stop()
	os.Exit(code)
}

func run(ctx context.Context) int {
	root := &cobra.Command{
		Use: "deskgate-bench", Short: "Measure what the gateway costs, on a simulator",
		Version: version, SilenceUsage: true, SilenceErrors: true,
	}
	root.AddCommand(runCommand(), compareCommand(), profileCommand())
	started := false // a command was found, with flags that it has
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return 0
	case errors.Is(err, errWorse):
		return exitFailed
	default:
		fmt.Fprintln(os.Stderr, "deskgate-bench:", err)
		if !started {
			return exitUsage
		}
		return exitFailed
	}
}

// subject is what all commands are told.
type subject struct {
	file string
	bin  string
}

func (s *subject) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "scenarios", "plugins/connectwise/bench.hcl", "the connector's bench.hcl")
	cmd.Flags().StringVar(&s.bin, "bin", "bin", "the folder of the binaries; its folder counting has those with a door")
}
