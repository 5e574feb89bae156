// Package compare judges one result of the bench against another. Times are taken as
// ratios to the floor of the same run, because machines differ and the same one
// differs from hour to hour; what is counted is compared as it is.
package compare

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"

	"github.com/deskgate/deskgate/gateway/bench/report"
)

// Verdict is what came of one comparison.
type Verdict int

// The verdicts.
const (
	Same Verdict = iota // no difference, or one below the threshold or within the noise
	Better
	Worse
)

// Difference is one comparison. Less is better in all of them.
type Difference struct {
	What     string
	Old, New float64
	// P is the chance that the rounds of both runs differ as much by noise alone; 0
	// for what is counted.
	P       float64
	Verdict Verdict
}

// Change is by how much the new one is more, as a fraction.
func (d Difference) Change() float64 {
	if d.Old == 0 {
		return 0
	}
	return d.New/d.Old - 1
}

// fewestRounds is how many rounds it takes so that a difference can be told from
// noise (benchmath: a Mann-Whitney test).
const fewestRounds = 4

// Results compares what both results have. What differs by less than the threshold,
// as 0.15, is the same; times also have to differ beyond the noise between rounds. A
// vendor request more is worse, however small the part.
func Results(old, recent *report.Result, threshold float64) ([]Difference, error) {
	if old.Connector != recent.Connector {
		return nil, fmt.Errorf("one result is of the connector %s, the other of %s", old.Connector, recent.Connector)
	}
	var all []Difference
	for _, s := range recent.Series {
		before, ok := old.Find(s.Scenario, s.Way, s.Clients)
		if s.Way != report.Gateway || !ok {
			continue
		}
		for _, of := range ratios {
			a, errOld := of.rounds(old, *before)
			b, errNew := of.rounds(recent, s)
			if errOld != nil || errNew != nil {
				return nil, fmt.Errorf("%s with %d clients: %w", s.Scenario, s.Clients, first(errOld, errNew))
			}
			if len(a) == 0 || len(b) == 0 {
				continue // too short a run to have used any time
			}
			all = append(all, timed(fmt.Sprintf("%s, %d clients: %s", s.Scenario, s.Clients, of.name), a, b, threshold))
		}
	}
	for _, c := range recent.Counts {
		before, ok := old.Count(c.Scenario)
		if !ok {
			continue
		}
		all = append(all,
			counted(c.Scenario+": vendor requests", before.VendorRequests, c.VendorRequests, 0),
			counted(c.Scenario+": allocations of the gateway", before.Gateway.Objects, c.Gateway.Objects, threshold),
			counted(c.Scenario+": allocations of the connector", before.Connector.Objects, c.Connector.Objects, threshold))
	}
	return append(all,
		counted("memory idle, gateway", float64(old.Memory.GatewayIdle), float64(recent.Memory.GatewayIdle), threshold),
		counted("memory idle, connector", float64(old.Memory.ConnectorIdle), float64(recent.Memory.ConnectorIdle), threshold)), nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// ratio is a measure of a round against the floor's of the same round.
type ratio struct {
	name string
	of   func(round, floor report.Round) float64
}

var ratios = []ratio{
	{"p50 to the floor's", func(r, floor report.Round) float64 { return r.P50 / floor.P50 }},
	{"time per call to the floor's", func(r, floor report.Round) float64 { return floor.PerSecond / r.PerSecond }},
	{"CPU of gateway and connector to the floor's", func(r, floor report.Round) float64 {
		return r.CPU.Ours() / (floor.CPU.Client + floor.CPU.Connector)
	}},
}

// rounds are the ratio in each round, but for those that were too short for the
// floor to have used any time: there is no ratio to nothing, and the test of ranks
// does not end on one.
func (q ratio) rounds(r *report.Result, s report.Series) ([]float64, error) {
	floor, ok := r.Find("", report.Floor, s.Clients)
	if !ok {
		return nil, fmt.Errorf("the result of %s has no floor", r.Version)
	}
	var all []float64
	both := min(len(s.Rounds), len(floor.Rounds))
	if both < fewestRounds {
		return nil, fmt.Errorf("the result of %s has %d rounds: a comparison needs %d or more", r.Version, both, fewestRounds)
	}
	for n := range both {
		if of := q.of(s.Rounds[n], floor.Rounds[n]); !math.IsNaN(of) && !math.IsInf(of, 0) {
			all = append(all, of)
		}
	}
	return all, nil
}

func timed(what string, old, recent []float64, threshold float64) Difference {
	limits := benchmath.DefaultThresholds
	test := benchmath.AssumeNothing.Compare(benchmath.NewSample(old, &limits), benchmath.NewSample(recent, &limits))
	d := Difference{What: what, Old: report.Median(old), New: report.Median(recent), P: test.P}
	if test.P < test.Alpha {
		d.judge(threshold)
	}
	return d
}

func counted(what string, old, recent, threshold float64) Difference {
	d := Difference{What: what, Old: old, New: recent}
	d.judge(threshold)
	return d
}

func (d *Difference) judge(threshold float64) {
	switch change := d.Change(); {
	case change > threshold:
		d.Verdict = Worse
	case change < -threshold:
		d.Verdict = Better
	}
}

// Write writes the differences for people and reports whether any is for the worse.
func Write(w io.Writer, all []Difference) (worse bool, err error) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\told\tnew\tchange\tp\t")
	for _, d := range all {
		p := "counted"
		if d.P > 0 {
			p = fmt.Sprintf("%.3f", d.P)
		}
		fmt.Fprintf(t, "%s\t%.4g\t%.4g\t%+.1f %%\t%s\t%s\n", d.What, d.Old, d.New, 100*d.Change(), p, words[d.Verdict])
		worse = worse || d.Verdict == Worse
	}
	return worse, t.Flush()
}

var words = map[Verdict]string{Same: "", Better: "better", Worse: "WORSE"}
