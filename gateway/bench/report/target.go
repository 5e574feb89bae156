package report

import "github.com/deskgate/deskgate/gateway/bench/scenario"

// Target is what the gateway means to reach.
type Target struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Limit is the most that the value may be, or with AtLeast the least.
	Limit   float64 `json:"limit"`
	AtLeast bool    `json:"at_least,omitempty"`
}

// Met reports whether the target is reached.
func (t Target) Met() bool {
	if t.AtLeast {
		return t.Value >= t.Limit
	}
	return t.Value <= t.Limit
}

const mebibyte = 1 << 20

// Judge fills in the targets of what was measured. Times are differences within a
// round, of which the median counts.
func (r *Result) Judge() {
	r.Targets = nil
	add := func(value float64, measured bool, t Target) {
		if t.Value = value; measured {
			r.Targets = append(r.Targets, t)
		}
	}
	for _, name := range []string{scenario.Ticket, scenario.Row} {
		value, ok := r.beyond(name, true)
		add(value, ok, Target{Name: "one " + name + ": beyond the PSA's own requests and a bare gRPC exchange, p50", Unit: "ms", Limit: 0.12})
	}
	for _, name := range []string{scenario.Ticket, scenario.Row} {
		s, ok := r.Find(name, Gateway, 16)
		if ok {
			add(s.PerSecond, ok, Target{Name: "one " + name + ", 16 clients", Unit: "calls/s", Limit: 8000, AtLeast: true})
		}
	}
	value, ok := r.beyond(scenario.Page, false)
	add(value, ok, Target{Name: "page of 50: beyond the PSA's own request, p50", Unit: "ms", Limit: 1})
	if c, ok := r.Count(scenario.Names); ok {
		add(float64(r.ColdRequests), ok, Target{Name: "page of 100 with every name: vendor requests, cold", Limit: 6})
		add(c.VendorRequests/float64(c.Direct), ok, Target{Name: "page of 100 with every name: vendor requests, warm, of each list", Limit: 1})
	}
	add(Median(r.ColdStart), len(r.ColdStart) > 0, Target{Name: "cold start to the first answer, one connector", Unit: "ms", Limit: 1000})
	idle := r.Memory.GatewayIdle + 4*r.Memory.ConnectorIdle
	add(float64(idle)/mebibyte, idle > 0, Target{Name: "memory idle, gateway and four connectors like this one", Unit: "MiB", Limit: 150})
}

// beyond is what the gateway adds to a direct call of one client, in milliseconds:
// without a bare gRPC exchange or with it.
func (r *Result) beyond(name string, withoutFloor bool) (ms float64, measured bool) {
	gateway, ok := r.Find(name, Gateway, 1)
	if !ok {
		return 0, false
	}
	direct, ok := r.Find(name, Direct, 1)
	if !ok {
		return 0, false
	}
	floor, ok := r.Find("", Floor, 1)
	if !ok {
		return 0, false
	}
	var added []float64
	for n := range min(len(gateway.Rounds), len(direct.Rounds), len(floor.Rounds)) {
		us := gateway.Rounds[n].P50 - direct.Rounds[n].P50
		if withoutFloor {
			us -= floor.Rounds[n].P50
		}
		added = append(added, us/1000)
	}
	return Median(added), true
}
