package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/deskgate/deskgate/gateway/bench/report"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
)

// TestBench runs the bench for a moment: whether it measures everything, not how
// long that takes.
func TestBench(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "deskgate-bench"), args...)
		cmd.Dir = filepath.Dir(bin)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("run", "--results", dir, "--rounds", "4", "--window", "20ms", "--warmup", "1ms"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the results are %v, %v", found, err)
	}
	r, err := report.Load(found[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, clients := range []int{1, 16} {
		ways := map[string][]string{report.Floor: {""}, report.Direct: scenario.Order, report.Gateway: scenario.Order}
		for way, names := range ways {
			for _, name := range names {
				if s, ok := r.Find(name, way, clients); !ok || s.Calls == 0 || s.P50 <= 0 || len(s.Rounds) != 4 {
					t.Errorf("%q %s with %d clients is %+v", name, way, clients, s)
				}
			}
		}
	}
	// What the simulator counts, and so true: a whole ticket is three lists at
	// ConnectWise, an update is read before it is written, all tickets are two lists.
	for name, requests := range map[string]float64{scenario.Ticket: 3, scenario.Row: 1, scenario.Page: 1, scenario.Update: 2, scenario.Names: 2} {
		c, ok := r.Count(name)
		if !ok || c.VendorRequests != requests || c.Gateway.Objects == 0 || c.Connector.Objects == 0 {
			t.Errorf("%s takes %+v, want %v vendor requests", name, c, requests)
		}
	}
	if len(r.Targets) < 9 || len(r.ColdStart) == 0 || r.Memory.GatewayIdle == 0 || r.Memory.ConnectorLoaded == 0 || r.Machine.Cores == 0 {
		t.Errorf("something was not measured: %+v", r)
	}
	if out, err := run("compare", found[0], found[0]); err != nil {
		t.Errorf("a result differs from itself: %v: %s", err, out)
	}
}
