package setup

import (
	"net/http"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mountWorkRoles adds the work roles of a location. They are those whose own
// locationIds have it, seen from the other side.
func mountWorkRoles(on rest.On) {
	const path = "/system/locations/{id}/workRoles"
	on(http.MethodGet, path, rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
		roles, err := rolesAt(c)
		if err != nil {
			return rest.Answer{}, err
		}
		return c.List("LocationWorkRole", roles)
	})
	on(http.MethodGet, path+"/count", rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
		roles, err := rolesAt(c)
		if err != nil {
			return rest.Answer{}, err
		}
		return rest.Count(len(roles))
	})
	on(http.MethodGet, path+"/{id}", rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
		roles, err := rolesAt(c)
		if err != nil {
			return rest.Answer{}, err
		}
		i := slices.IndexFunc(roles, func(r *store.Record) bool { return r.ID == c.ID(1) })
		if i < 0 {
			return rest.Answer{}, rest.NotFound("Work Role", c.ID(1))
		}
		return c.Record(http.StatusOK, "LocationWorkRole", roles[i])
	})
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
