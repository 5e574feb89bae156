package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/gateway/bench/report"
	"github.com/deskgate/deskgate/gateway/bench/usage"
)

// sample has a floor of 100 µs, a ticket of 1,000 µs directly and 1,180 µs through the
// gateway, and rounds around these.
func sample() *report.Result {
	r := &report.Result{
		Format: report.Format, Time: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Version: "v1", Connector: "acme",
		Machine: usage.Machine{CPU: "Some", Cores: 2, Memory: 8 << 30, Load: 0.25}, Window: 1.5,
		Counts: []report.Count{
			{Scenario: "ticket", VendorRequests: 3, Direct: 3, Gateway: report.Allocations{Objects: 210.5, Bytes: 2048}},
			{Scenario: "names", VendorRequests: 2, Direct: 2},
		},
		Memory:    report.Memory{GatewayIdle: 60 << 20, ConnectorIdle: 50 << 20, GatewayLoaded: 90 << 20},
		ColdStart: []float64{300, 100, 200}, ColdRequests: 2,
	}
	add := func(scenario, way string, clients int, perSecond float64, p50 ...float64) {
		s := report.Series{Scenario: scenario, Way: way, Clients: clients, P50: p50[0], PerSecond: perSecond}
		for _, us := range p50 {
			s.Rounds = append(s.Rounds, report.Round{P50: us, PerSecond: perSecond})
		}
		r.Series = append(r.Series, s)
	}
	add("", report.Floor, 1, 10000, 100, 100, 200)
	add("ticket", report.Direct, 1, 1000, 1000, 1000, 2000)
	add("ticket", report.Gateway, 1, 900, 1180, 1190, 9000)
	add("ticket", report.Gateway, 16, 8100, 2000, 2000, 2000)
	r.Judge()
	return r
}

func TestTargets(t *testing.T) {
	t.Parallel()
	byName := map[string]report.Target{}
	for _, target := range sample().Targets {
		byName[target.Name] = target
	}
	if len(byName) != 6 {
		t.Errorf("what was not measured is judged: %v", byName)
	}
	for name, want := range map[string]struct {
		value float64
		met   bool
	}{
		"one ticket: beyond the PSA's own requests and a bare gRPC exchange, p50": {0.09, true}, // the median of 80, 90 and 6,800 µs
		"one ticket, 16 clients":                                           {8100, true},
		"page of 100 with every name: vendor requests, cold":               {2, true},
		"cold start to the first answer, one connector":                    {200, true},
		"memory idle, gateway and four connectors like this one":           {260, false},
		"page of 100 with every name: vendor requests, warm, of each list": {1, true},
	} {
		got, ok := byName[name]
		if diff := got.Value - want.value; !ok || diff > 1e-9 || diff < -1e-9 || got.Met() != want.met {
			t.Errorf("%s is %+v, reached %v; want %+v", name, got, got.Met(), want)
		}
	}
}

func TestMet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target report.Target
		met    bool
	}{
		{report.Target{Value: 1, Limit: 1}, true},
		{report.Target{Value: 1.01, Limit: 1}, false},
		{report.Target{Value: 1, Limit: 1, AtLeast: true}, true},
		{report.Target{Value: 0.99, Limit: 1, AtLeast: true}, false},
	} {
		if c.target.Met() != c.met {
			t.Errorf("%+v is reached: %v", c.target, !c.met)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1}, 5}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := report.Median(c.of); got != c.want {
			t.Errorf("the median of %v is %v", c.of, got)
		}
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "result.json")
	want := sample()
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := report.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the file has not kept: %s", diff)
	}
	for text, says := range map[string]string{`{"format": 99}`: "format 99", "no JSON": "is no result"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := report.Load(path); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, want one that says %s", err, says)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := sample().Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"ticket  gateway       16   2.000", "ticket                3         3                   210  2.0", "at least 8000  reached",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the table lacks %q:\n%s", line, out.String())
		}
	}
}
