package setup

import (
	"context"
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// WorkType is a kind of work that time is booked as.
type WorkType struct{ api.WorkType }

// Entry makes a work type findable.
func (w WorkType) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(w.ID), Name: w.Name, Inactive: w.Inactive}
}

// WorkRole is a role that work is done in.
type WorkRole struct{ api.WorkRole }

// Entry makes a work role findable.
func (w WorkRole) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(w.ID), Name: w.Name, Inactive: w.Inactive}
}

// Location is where a ticket is served from; it says which roles work there.
type Location struct {
	ID   int
	Name string
}

func (l Location) String() string {
	if l.Name != "" {
		return fmt.Sprintf("location %q", l.Name)
	}
	return fmt.Sprintf("location %d", l.ID)
}

// WorkTypes returns the kinds of work.
func (t *Tables) WorkTypes(ctx context.Context) (Set[WorkType], error) {
	return t.workTypes.Get(ctx, all{})
}

// PickWorkType finds the kind of work that a write names.
func (t *Tables) PickWorkType(ctx context.Context, field string, ref catalogue.Reference) (WorkType, error) {
	return pick(ctx, t.workTypes, all{}, "work type", field, ref)
}

func (t *Tables) loadWorkTypes(ctx context.Context, _ all) (Set[WorkType], error) {
	rows, _, err := listOr[api.WorkType](ctx, t.api, "time/workTypes", "time/workTypes/info")
	if err != nil {
		return Set[WorkType]{}, err
	}
	types := make([]WorkType, len(rows))
	for n, r := range rows {
		r.Default = r.Default || r.DefaultInfo
		types[n] = WorkType{r}
	}
	return newSet(types), nil
}

// WorkRoles returns the roles of all locations.
func (t *Tables) WorkRoles(ctx context.Context) (Set[WorkRole], error) {
	return t.workRoles.Get(ctx, all{})
}

// WorkRolesAt returns the roles that work at a location. Where the location does
// not tell, because its list is empty, closed to the account or not there, every
// role may, and ConnectWise decides.
func (t *Tables) WorkRolesAt(ctx context.Context, locationID int) (roles Set[WorkRole], told bool, err error) {
	if locationID != 0 {
		roles, err = t.locationRoles.Get(ctx, locationID)
		if err != nil {
			return roles, false, err
		}
		if len(roles.Values) > 0 {
			return roles, true, nil
		}
	}
	roles, err = t.WorkRoles(ctx)
	return roles, false, err
}

// PickWorkRole finds the role that a write names, among those of a location.
func (t *Tables) PickWorkRole(ctx context.Context, at Location, field string, ref catalogue.Reference) (WorkRole, error) {
	_, told, err := t.WorkRolesAt(ctx, at.ID)
	switch {
	case err != nil:
		return WorkRole{}, err
	case told:
		return pick(ctx, t.locationRoles, at.ID, "work role of "+at.String(), field, ref)
	}
	return pick(ctx, t.workRoles, all{}, "work role", field, ref)
}

func (t *Tables) loadWorkRoles(ctx context.Context, _ all) (Set[WorkRole], error) {
	rows, _, err := listOr[api.WorkRole](ctx, t.api, "time/workRoles", "time/workRoles/info")
	if err != nil {
		return Set[WorkRole]{}, err
	}
	roles := make([]WorkRole, len(rows))
	for n, r := range rows {
		roles[n] = WorkRole{r}
	}
	return newSet(roles), nil
}

func (t *Tables) loadLocationRoles(ctx context.Context, locationID int) (Set[WorkRole], error) {
	rows, err := api.All[api.LocationWorkRole](ctx, t.api, fmt.Sprintf("system/locations/%d/workRoles", locationID), api.Query{})
	switch code := fault.CodeOf(err); {
	case code == fault.CodePermissionDenied, code == fault.CodeNotFound, api.IsMisrouted(err):
		return Set[WorkRole]{}, nil
	case err != nil:
		return Set[WorkRole]{}, err
	}
	var roles []WorkRole
	for _, r := range rows {
		if r.WorkRole != nil {
			roles = append(roles, WorkRole{api.WorkRole{ID: r.WorkRole.ID, Name: r.WorkRole.Name, Inactive: r.RoleInactive}})
		}
	}
	return newSet(roles), nil
}
