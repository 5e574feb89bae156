package account

import (
	"context"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/timezone"
)

// Zone is the zone behind a tenant's time zone, nil where nobody can know: by the
// connection's time_zones, by its name, and else by the name of the system's zone
// that the tenant gave its own name to. Only the last asks ConnectWise.
func (a *Account) Zone(ctx context.Context, ref *api.Ref) (*time.Location, error) {
	if ref == nil {
		return nil, nil
	}
	if name, ok := a.Config.TimeZones[ref.Name]; ok {
		return time.LoadLocation(name) // Validate has tried it
	}
	if zone, ok := timezone.Of(ref.Name); ok {
		return zone, nil
	}
	setup, ok, err := a.Tables.TimeZone(ctx, ref.ID)
	if err != nil || !ok || setup.TimeZone == nil {
		return nil, err
	}
	zone, _ := timezone.Of(setup.TimeZone.Name)
	return zone, nil
}
