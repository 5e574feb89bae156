package setup

import (
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mountWorkRoles adds the work roles of a location. They are those whose own
// locationIds have it, seen from the other side.
func mountWorkRoles(on rest.On) {
	rest.Derived{Path: "/system/locations/{id}/workRoles", Type: "LocationWorkRole", Label: "Work Role", List: rolesAt}.Mount(on)
}

func rolesAt(c *rest.Call) ([]*store.Record, *rest.Error) {
	if err := c.Allow(seed.TableSetup, rest.Inquire); err != nil {
		return nil, err
	}
	location, ok := c.World().Table(store.Locations).Get(c.ID(0))
	if !ok {
		return nil, rest.NotFound("Location", c.ID(0))
	}
	var out []*store.Record
	for _, role := range c.World().Table(store.WorkRoles).All() {
		places, _ := role.Values["locationIds"].([]any)
		if !slices.Contains(places, any(location.ID)) {
			continue
		}
		id := location.ID*1000 + role.ID
		out = append(out, &store.Record{
			ID: id, Entered: role.Entered, EnteredBy: role.EnteredBy, Updated: role.Updated, UpdatedBy: role.UpdatedBy,
			Values: store.Object{
				"id": id, "location": store.Ref(location.ID), "workRole": store.Ref(role.ID), "workRoleInactiveFlag": role.Flag("inactiveFlag"),
			},
		})
	}
	return out, nil
}
