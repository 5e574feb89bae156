package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/gateway/bench/floor"
	"github.com/deskgate/deskgate/gateway/bench/measure"
	"github.com/deskgate/deskgate/gateway/bench/report"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
	"github.com/deskgate/deskgate/gateway/bench/usage"
	"github.com/deskgate/deskgate/gateway/bench/world"
)

// tickets is how many tickets are worked on: as many as 16 clients need so that none
// meets another.
const tickets = 256

func runCommand() *cobra.Command {
	var about subject
	var results string
	o := measure.Options{Clients: []int{1, 16}, Progress: progress}
	cmd := &cobra.Command{
		Use: "run", Short: "Measure, print the table and keep the result", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := bench(cmd.Context(), about, o)
			if err != nil {
				return err
			}
			if err := r.Write(cmd.OutOrStdout()); err != nil {
				return err
			}
			path := filepath.Join(results, r.Time.Format("20060102-150405-")+r.Version+".json")
			progress("the result is %s", path)
			return r.Save(path)
		},
	}
	about.bind(cmd)
	cmd.Flags().StringVar(&results, "results", "gateway/bench/results", "the folder of the results")
	cmd.Flags().IntVar(&o.Rounds, "rounds", 5, "how often each is measured, in turn; a comparison takes 4 or more")
	cmd.Flags().DurationVar(&o.Window, "window", 1200*time.Millisecond, "how long one measurement takes")
	cmd.Flags().DurationVar(&o.Warmup, "warmup", 200*time.Millisecond, "the load before it that does not count")
	return cmd
}

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func bench(ctx context.Context, about subject, o measure.Options) (*report.Result, error) {
	file, err := scenario.Load(about.file)
	if err != nil {
		return nil, err
	}
	r := &report.Result{
		Format: report.Format, Time: time.Now().UTC().Truncate(time.Second), Version: version,
		Connector: file.Connector(), Window: o.Window.Seconds(),
	}
	if r.Machine, err = usage.ThisMachine(); err != nil {
		return nil, err
	}
	if err := timed(ctx, about, file, o, r); err != nil {
		return nil, err
	}
	progress("counting")
	if err := counted(ctx, about, file, r); err != nil {
		return nil, err
	}
	r.Judge()
	return r, nil
}

// timed measures the programs as they are shipped.
func timed(ctx context.Context, about subject, file *scenario.File, o measure.Options, r *report.Result) error {
	w, scenarios, err := prepare(ctx, about.bin, file)
	if err != nil {
		return err
	}
	defer w.Stop()
	progress("cold starts")
	names := scenarios[slices.IndexFunc(scenarios, func(s scenario.Scenario) bool { return s.Name == scenario.Names })]
	if err := measure.Starts(ctx, w, names, r); err != nil {
		return err
	}
	f, err := floor.Start(filepath.Join(about.bin, "connectors", "deskgate-connector-"+file.Connector()))
	if err != nil {
		return err
	}
	defer f.Stop()
	if r.Series, err = measure.Times(ctx, w, f, scenarios, o); err != nil {
		return err
	}
	return measure.Loaded(w, &r.Memory)
}

// counted counts in programs that were built with a door.
func counted(ctx context.Context, about subject, file *scenario.File, r *report.Result) error {
	w, scenarios, err := prepare(ctx, filepath.Join(about.bin, "counting"), file)
	if err != nil {
		return err
	}
	defer w.Stop()
	r.Counts, err = measure.Counts(ctx, w, scenarios)
	return err
}

// prepare starts a world and makes its calls.
func prepare(ctx context.Context, bin string, file *scenario.File) (*world.World, []scenario.Scenario, error) {
	w, err := world.Start(ctx, world.Options{Bin: bin, File: file})
	if err != nil {
		return nil, nil, err
	}
	ids, err := w.Tickets(tickets)
	if err != nil {
		w.Stop()
		return nil, nil, err
	}
	scenarios, err := file.Prepare(ids)
	if err != nil {
		w.Stop()
		return nil, nil, err
	}
	return w, scenarios, nil
}
