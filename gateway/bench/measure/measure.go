// Package measure takes the measurements of a bench. Rounds take turns with
// everything that is compared, the floor first, so that a machine that is busy for a
// while is busy for all of it.
package measure

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/deskgate/deskgate/gateway/bench/floor"
	"github.com/deskgate/deskgate/gateway/bench/load"
	"github.com/deskgate/deskgate/gateway/bench/report"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
	"github.com/deskgate/deskgate/gateway/bench/usage"
	"github.com/deskgate/deskgate/gateway/bench/world"
)

// Options say how much is measured.
type Options struct {
	Rounds int
	// Window is how long one measurement takes, and Warmup the load before it that
	// does not count.
	Window, Warmup time.Duration
	Clients        []int
	// Progress is told what is being done.
	Progress func(format string, args ...any)
}

// subject is something that is measured, with what it takes.
type subject struct {
	series report.Series
	call   load.Call
	watch  watched
	total  *hdrhistogram.Histogram
	took   time.Duration
}

// watched are the processes whose time counts; those that a call does not reach are
// nil.
type watched struct{ client, gateway, connector, simulator *usage.Process }

// Times measures the floor and every scenario, directly and through the gateway.
func Times(ctx context.Context, w *world.World, f *floor.Floor, scenarios []scenario.Scenario, o Options) ([]report.Series, error) {
	subjects, err := subjectsOf(w, f, scenarios, o.Clients)
	if err != nil {
		return nil, err
	}
	for round := range o.Rounds {
		o.Progress("round %d of %d", round+1, o.Rounds)
		if err := w.Reset(); err != nil {
			return nil, err
		}
		for _, s := range subjects {
			if err := s.measure(ctx, o); err != nil {
				return nil, fmt.Errorf("%s %s: %w", s.series.Way, s.series.Scenario, err)
			}
			if err := w.Forget(); err != nil {
				return nil, err
			}
		}
	}
	var all []report.Series
	for _, s := range subjects {
		all = append(all, s.summary())
	}
	return all, nil
}

func subjectsOf(w *world.World, f *floor.Floor, scenarios []scenario.Scenario, clients []int) ([]*subject, error) {
	self, err := usage.Of(os.Getpid())
	if err != nil {
		return nil, err
	}
	bare, err := usage.Of(f.PID())
	if err != nil {
		return nil, err
	}
	var all []*subject
	add := func(name, way string, clients int, call load.Call, watch watched) {
		watch.client = &self
		all = append(all, &subject{
			series: report.Series{Scenario: name, Way: way, Clients: clients},
			call:   call, watch: watch, total: load.NewHistogram(),
		})
	}
	for _, n := range clients {
		add("", report.Floor, n, f.Call, watched{connector: &bare})
		for _, s := range scenarios {
			add(s.Name, report.Direct, n, w.PSA.Calls(s.Direct, n), watched{simulator: &w.Simulator})
			add(s.Name, report.Gateway, n, w.API.Calls(s.Gateway, n), watched{gateway: &w.Gateway, connector: &w.Connector, simulator: &w.Simulator})
		}
	}
	return all, nil
}

func (s *subject) measure(ctx context.Context, o Options) error {
	if _, err := load.Run(ctx, s.series.Clients, o.Warmup, s.call); err != nil {
		return err
	}
	before, err := s.watch.times()
	if err != nil {
		return err
	}
	sample, err := load.Run(ctx, s.series.Clients, o.Window, s.call)
	if err != nil {
		return err
	}
	after, err := s.watch.times()
	if err != nil {
		return err
	}
	calls := float64(sample.Calls())
	s.series.Rounds = append(s.series.Rounds, report.Round{
		P50: microseconds(sample.Quantile(0.5)), PerSecond: sample.PerSecond(),
		CPU: report.CPU{
			Client: (after.Client - before.Client) / calls, Gateway: (after.Gateway - before.Gateway) / calls,
			Connector: (after.Connector - before.Connector) / calls, Simulator: (after.Simulator - before.Simulator) / calls,
		},
	})
	s.total.Merge(sample.Latency)
	s.took += sample.Elapsed
	return nil
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// times are the processor times up to now.
func (w watched) times() (t report.CPU, err error) {
	for _, one := range []struct {
		process *usage.Process
		into    *float64
	}{{w.client, &t.Client}, {w.gateway, &t.Gateway}, {w.connector, &t.Connector}, {w.simulator, &t.Simulator}} {
		if one.process == nil {
			continue
		}
		took, err := one.process.CPU()
		if err != nil {
			return t, err
		}
		*one.into = microseconds(took)
	}
	return t, nil
}

// summary is the series over all rounds.
func (s *subject) summary() report.Series {
	whole := load.Sample{Elapsed: s.took, Latency: s.total}
	out := s.series
	out.Calls, out.PerSecond = whole.Calls(), whole.PerSecond()
	out.P50, out.P99 = microseconds(whole.Quantile(0.5)), microseconds(whole.Quantile(0.99))
	cpu := func(of func(report.CPU) float64) float64 {
		var rounds []float64
		for _, r := range s.series.Rounds {
			rounds = append(rounds, of(r.CPU))
		}
		return report.Median(rounds)
	}
	out.CPU = report.CPU{
		Client: cpu(func(c report.CPU) float64 { return c.Client }), Gateway: cpu(func(c report.CPU) float64 { return c.Gateway }),
		Connector: cpu(func(c report.CPU) float64 { return c.Connector }), Simulator: cpu(func(c report.CPU) float64 { return c.Simulator }),
	}
	return out
}
