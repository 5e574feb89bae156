package measure

import (
	"context"

	"github.com/deskgate/deskgate/gateway/bench/door"
	"github.com/deskgate/deskgate/gateway/bench/load"
	"github.com/deskgate/deskgate/gateway/bench/report"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
	"github.com/deskgate/deskgate/gateway/bench/world"
)

const (
	// primed calls come before the counted ones: pools fill, connections open.
	primed  = 64
	counted = 256
	// logged calls are counted by their vendor requests.
	logged = 16
)

// Counts counts what one call of each scenario takes, in a world whose programs have
// doors.
func Counts(ctx context.Context, w *world.World, scenarios []scenario.Scenario) ([]report.Count, error) {
	gateway, connector := door.Of(w.Dir, w.Gateway.PID()), door.Of(w.Dir, w.Connector.PID())
	var all []report.Count
	for _, s := range scenarios {
		call := w.API.Calls(s.Gateway, 1)
		c := report.Count{Scenario: s.Name, Direct: s.Direct[0].Requests()}
		if _, err := load.Times(ctx, primed, call); err != nil {
			return nil, err
		}
		var before, after [2]door.Allocations
		if err := read(ctx, &before, gateway, connector); err != nil {
			return nil, err
		}
		if _, err := load.Times(ctx, counted, call); err != nil {
			return nil, err
		}
		if err := read(ctx, &after, gateway, connector); err != nil {
			return nil, err
		}
		c.Gateway, c.Connector = perCall(before[0], after[0]), perCall(before[1], after[1])
		requests, err := w.Requests(func() error { _, err := load.Times(ctx, logged, call); return err })
		if err != nil {
			return nil, err
		}
		c.VendorRequests = float64(requests) / logged
		all = append(all, c)
	}
	return all, nil
}

func read(ctx context.Context, into *[2]door.Allocations, doors ...door.Door) (err error) {
	for n, d := range doors {
		if into[n], err = d.Allocations(ctx); err != nil {
			return err
		}
	}
	return nil
}

func perCall(before, after door.Allocations) report.Allocations {
	return report.Allocations{
		Objects: float64(after.Objects-before.Objects) / counted,
		Bytes:   float64(after.Bytes-before.Bytes) / counted,
	}
}
