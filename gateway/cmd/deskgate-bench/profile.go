package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/deskgate/deskgate/gateway/bench/door"
	"github.com/deskgate/deskgate/gateway/bench/load"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
	"github.com/deskgate/deskgate/gateway/bench/usage"
)

func profileCommand() *cobra.Command {
	var about subject
	var name, dir, kind string
	var clients int
	var window time.Duration
	cmd := &cobra.Command{
		Use: "profile", Short: "Profile the gateway, the connector and the simulator under load", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return profile(cmd.Context(), about, name, dir, kind, clients, window)
		},
	}
	about.bind(cmd)
	cmd.Flags().StringVar(&name, "scenario", scenario.Ticket, "what is called")
	cmd.Flags().StringVar(&dir, "dir", ".run", "the folder that the profiles go to")
	cmd.Flags().StringVar(&kind, "kind", "profile", "profile (processor time) or allocs")
	cmd.Flags().IntVar(&clients, "clients", 1, "how many clients call")
	cmd.Flags().DurationVar(&window, "window", 10*time.Second, "for how long")
	return cmd
}

// settling is how long the load goes on around the profiles.
const settling = time.Second

func profile(ctx context.Context, about subject, name, dir, kind string, clients int, window time.Duration) error {
	file, err := scenario.Load(about.file)
	if err != nil {
		return err
	}
	w, scenarios, err := prepare(ctx, filepath.Join(about.bin, "counting"), file)
	if err != nil {
		return err
	}
	defer w.Stop()
	n := slices.IndexFunc(scenarios, func(s scenario.Scenario) bool { return s.Name == name })
	if n < 0 {
		return fmt.Errorf("there is no scenario %q; there are %v", name, scenario.Order)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		sample, err := load.Run(ctx, clients, window+2*settling, w.API.Calls(scenarios[n].Gateway, clients))
		progress("%d calls of %q by %d clients, %.0f a second, p50 %s", sample.Calls(), name, clients, sample.PerSecond(), sample.Quantile(0.5))
		return err
	})
	for part, process := range map[string]usage.Process{"gateway": w.Gateway, "connector": w.Connector, "simulator": w.Simulator} {
		work.Go(func() error {
			time.Sleep(settling) // the load begins
			path := filepath.Join(dir, fmt.Sprintf("%s-%s-%d.%s.pprof", name, part, clients, kind))
			out, err := os.Create(path)
			if err != nil {
				return err
			}
			defer func() { _ = out.Close() }() // Profile tells whether it could be written
			progress("go tool pprof -top %s", path)
			return door.Of(w.Dir, process.PID()).Profile(ctx, kind, window, out)
		})
	}
	return work.Wait()
}
