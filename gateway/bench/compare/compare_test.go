package compare_test

import (
	"strings"
	"testing"

	"github.com/deskgate/deskgate/gateway/bench/compare"
	"github.com/deskgate/deskgate/gateway/bench/report"
)

// result is one whose calls take so many times the floor's time, on a machine of its
// own speed.
func result(speed, times float64, change ...func(*report.Result)) *report.Result {
	r := &report.Result{Format: report.Format, Version: "v", Connector: "acme"}
	floor := report.Series{Way: report.Floor, Clients: 1}
	ticket := report.Series{Scenario: "ticket", Way: report.Gateway, Clients: 1}
	for _, noise := range []float64{0.98, 1.01, 1, 1.02, 0.99} {
		floor.Rounds = append(floor.Rounds, round(speed))
		ticket.Rounds = append(ticket.Rounds, round(speed*times*noise))
	}
	r.Series = []report.Series{floor, ticket}
	r.Counts = []report.Count{{Scenario: "ticket", VendorRequests: 3, Gateway: report.Allocations{Objects: 100}, Connector: report.Allocations{Objects: 200}}}
	for _, c := range change {
		c(r)
	}
	return r
}

func round(us float64) report.Round {
	return report.Round{P50: us, PerSecond: 1e6 / us, CPU: report.CPU{Client: us / 2, Gateway: us / 3, Connector: us / 2}}
}

func TestResults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, recent *report.Result
		worse       []string
		better      []string
	}{
		"the same":                         {old: result(50, 10), recent: result(50, 10)},
		"another machine, the same ratios": {old: result(50, 10), recent: result(500, 10)},
		"below the threshold":              {old: result(50, 10), recent: result(50, 11)},
		"slower": {
			old: result(50, 10), recent: result(50, 12),
			worse: []string{"p50", "time per call", "CPU"},
		},
		"slower by a faster machine": {
			old: result(50, 10), recent: result(20, 12),
			worse: []string{"p50", "time per call", "CPU"},
		},
		"faster": {
			old: result(50, 10), recent: result(50, 8),
			better: []string{"p50", "time per call", "CPU"},
		},
		"noise": {
			old: result(50, 10),
			recent: result(50, 10, func(r *report.Result) {
				rounds := r.Series[1].Rounds
				rounds[0], rounds[1], rounds[2] = round(700), round(700), round(700) // the median is worse
				rounds[3], rounds[4] = round(300), round(300)
			}),
		},
		"a vendor request more": {
			old: result(50, 10), recent: result(50, 10, func(r *report.Result) { r.Counts[0].VendorRequests = 3.0625 }),
			worse: []string{"vendor requests"},
		},
		"more allocations": {
			old: result(50, 10), recent: result(50, 10, func(r *report.Result) { r.Counts[0].Gateway.Objects = 120 }),
			worse: []string{"allocations of the gateway"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := compare.Results(c.old, c.recent, 0.15)
			if err != nil {
				t.Fatal(err)
			}
			found := map[compare.Verdict][]string{}
			for _, d := range all {
				found[d.Verdict] = append(found[d.Verdict], d.What)
			}
			check(t, "worse", found[compare.Worse], c.worse)
			check(t, "better", found[compare.Better], c.better)
			var out strings.Builder
			worse, err := compare.Write(&out, all)
			if err != nil || worse != (len(c.worse) > 0) || strings.Contains(out.String(), "WORSE") != worse {
				t.Errorf("worse is %v, %v: %s", worse, err, out.String())
			}
		})
	}
}

func check(t *testing.T, what string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s are %v, want %v", what, got, want)
	}
	for n, one := range want {
		if !strings.Contains(got[n], one) {
			t.Errorf("%s is %s, want %s", what, got[n], one)
		}
	}
}

func TestNotComparable(t *testing.T) {
	t.Parallel()
	for says, recent := range map[string]*report.Result{
		"of the connector": result(50, 10, func(r *report.Result) { r.Connector = "other" }),
		"has no floor":     result(50, 10, func(r *report.Result) { r.Series = r.Series[1:] }),
		"needs 4 or more":  result(50, 10, func(r *report.Result) { r.Series[1].Rounds = r.Series[1].Rounds[:3] }),
	} {
		if _, err := compare.Results(result(50, 10), recent, 0.15); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, want one that says %q", err, says)
		}
	}
}
