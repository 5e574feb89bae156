package measure

import (
	"context"
	"time"

	"github.com/deskgate/deskgate/gateway/bench/report"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
	"github.com/deskgate/deskgate/gateway/bench/world"
)

const (
	// coldStarts is how often the start is measured.
	coldStarts = 5
	// settle is the time after a start until a gateway is idle.
	settle = time.Second
)

// Starts starts the gateway anew, a few times: how long it takes to a first page,
// what that page costs at the PSA, and the memory of a gateway that was just started.
func Starts(ctx context.Context, w *world.World, pages scenario.Scenario, into *report.Result) error {
	page := pages.Gateway[0][0][0]
	for range coldStarts {
		w.StopGateway()
		start := time.Now()
		if err := w.StartGateway(ctx); err != nil {
			return err
		}
		ready := time.Since(start)
		time.Sleep(settle)
		var err error
		if into.Memory.GatewayIdle, err = w.Gateway.Memory(); err != nil {
			return err
		}
		if into.Memory.ConnectorIdle, err = w.Connector.Memory(); err != nil {
			return err
		}
		var first time.Duration
		into.ColdRequests, err = w.Requests(func() error {
			start := time.Now()
			_, err := w.API.Read(page)
			first = time.Since(start)
			return err
		})
		if err != nil {
			return err
		}
		into.ColdStart = append(into.ColdStart, microseconds(ready+first)/1000)
	}
	return nil
}

// Loaded reads the memory after the load.
func Loaded(w *world.World, into *report.Memory) (err error) {
	if into.GatewayLoaded, err = w.Gateway.Memory(); err != nil {
		return err
	}
	into.ConnectorLoaded, err = w.Connector.Memory()
	return err
}
