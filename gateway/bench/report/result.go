// Package report holds what a bench found: as a file, as a table, and against the
// targets.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/deskgate/deskgate/gateway/bench/usage"
)

// Format is the version of the file.
const Format = 1

// The ways that a call takes.
const (
	Floor   = "floor"   // a bare gRPC exchange with a connector's process
	Direct  = "direct"  // an app at the PSA's own API
	Gateway = "gateway" // an app at the gateway
)

// Result is one run.
type Result struct {
	Format    int           `json:"format"`
	Time      time.Time     `json:"time"`
	Version   string        `json:"version"`
	Connector string        `json:"connector"`
	Machine   usage.Machine `json:"machine"`
	// Window is how long one measurement took, in seconds.
	Window float64  `json:"window_s"`
	Series []Series `json:"series"`
	Counts []Count  `json:"counts"`
	Memory Memory   `json:"memory"`
	// ColdStart is the time from the gateway's start to its first answer, of each
	// try, in milliseconds.
	ColdStart []float64 `json:"cold_start_ms"`
	// ColdRequests are the vendor requests of the first page of a gateway that has
	// just become ready.
	ColdRequests int      `json:"cold_vendor_requests"`
	Targets      []Target `json:"targets"`
}

// Series is one scenario by one way and with so many clients, in every round.
type Series struct {
	Scenario string `json:"scenario"` // empty for the floor
	Way      string `json:"way"`
	Clients  int    `json:"clients"`
	Calls    int64  `json:"calls"`
	// P50 and P99 are latencies over all rounds, in microseconds.
	P50       float64 `json:"p50_us"`
	P99       float64 `json:"p99_us"`
	PerSecond float64 `json:"calls_per_second"`
	// CPU is the processor time of each process for one call.
	CPU CPU `json:"cpu_us"`
	// Rounds are the same, round by round.
	Rounds []Round `json:"rounds"`
}

// Round is what one round measured.
type Round struct {
	P50       float64 `json:"p50_us"`
	PerSecond float64 `json:"calls_per_second"`
	CPU       CPU     `json:"cpu_us"`
}

// CPU is processor time in microseconds. The client is the bench itself.
type CPU struct {
	Client    float64 `json:"client"`
	Gateway   float64 `json:"gateway"`
	Connector float64 `json:"connector"`
	Simulator float64 `json:"simulator"`
}

// Ours is what of it is not the app's and not the PSA's.
func (c CPU) Ours() float64 { return c.Gateway + c.Connector }

// Count is what one call of a scenario takes, counted and not timed.
type Count struct {
	Scenario       string      `json:"scenario"`
	VendorRequests float64     `json:"vendor_requests"`
	Direct         int         `json:"direct_requests"`
	Gateway        Allocations `json:"gateway"`
	Connector      Allocations `json:"connector"`
}

// Allocations are those for one call.
type Allocations struct {
	Objects float64 `json:"objects"`
	Bytes   float64 `json:"bytes"`
}

// Memory is what of the processes is in memory, in bytes: when nothing has been
// asked yet, and after the load.
type Memory struct {
	GatewayIdle     uint64 `json:"gateway_idle"`
	ConnectorIdle   uint64 `json:"connector_idle"`
	GatewayLoaded   uint64 `json:"gateway_loaded"`
	ConnectorLoaded uint64 `json:"connector_loaded"`
}

// Find returns a series; the floor's scenario is empty.
func (r *Result) Find(scenario, way string, clients int) (*Series, bool) {
	n := slices.IndexFunc(r.Series, func(s Series) bool {
		return s.Scenario == scenario && s.Way == way && s.Clients == clients
	})
	if n < 0 {
		return nil, false
	}
	return &r.Series[n], true
}

// Count returns the count of a scenario.
func (r *Result) Count(scenario string) (*Count, bool) {
	n := slices.IndexFunc(r.Counts, func(c Count) bool { return c.Scenario == scenario })
	if n < 0 {
		return nil, false
	}
	return &r.Counts[n], true
}

// Save writes the result as a file.
func (r *Result) Save(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// Load reads a result.
func Load(path string) (*Result, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r Result
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s is no result of the bench: %w", path, err)
	}
	if r.Format != Format {
		return nil, fmt.Errorf("%s has the format %d, and this bench reads %d: run `make bench` again at that version", path, r.Format, Format)
	}
	return &r, nil
}

// Median is the middle of values; 0 of none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[mid]
	}
	return (sorted[mid-1] + sorted[mid]) / 2
}
