package timeentry

import (
	"context"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ListWorkTypes lists the kinds of work.
func (s *Service) ListWorkTypes(ctx context.Context, _ *psav1.ListWorkTypesRequest) (*psav1.ListWorkTypesResponse, error) {
	set, err := s.account.Tables.WorkTypes(ctx)
	if err != nil {
		return nil, err
	}
	types := make([]*psav1.WorkType, len(set.Values))
	for n, w := range set.Values {
		types[n] = mapping.WorkType(w, n)
	}
	return psav1.ListWorkTypesResponse_builder{WorkTypes: types}.Build(), nil
}

// ListWorkRoles lists the roles: all of them, or those of a technician.
func (s *Service) ListWorkRoles(ctx context.Context, r *psav1.ListWorkRolesRequest) (*psav1.ListWorkRolesResponse, error) {
	set, own := setup.Set[setup.WorkRole]{}, 0
	var err error
	if r.HasTechnician() {
		set, own, err = s.rolesOf(ctx, r.GetTechnician())
	} else {
		set, err = s.account.Tables.WorkRoles(ctx)
	}
	if err != nil {
		return nil, err
	}
	roles := []*psav1.WorkRole{}
	for n, w := range set.Values {
		if r.HasTechnician() && w.Inactive {
			continue // nobody books time in it
		}
		roles = append(roles, mapping.WorkRole(w, n, w.ID == own))
	}
	return psav1.ListWorkRolesResponse_builder{WorkRoles: roles}.Build(), nil
}

// rolesOf finds the roles that a technician may book time in, and the id of the
// one that is used by default. ConnectWise allows roles by location: here the
// member's own, where a ticket is served from another.
func (s *Service) rolesOf(ctx context.Context, technician string) (roles setup.Set[setup.WorkRole], own int, err error) {
	ids, err := s.account.Tables.FilterMembers(ctx, "technician", []string{technician})
	if err != nil {
		return roles, 0, err
	}
	if len(ids) > 1 {
		texts := make([]string, len(ids))
		for n, id := range ids {
			texts[n] = "id:" + strconv.Itoa(id)
		}
		return roles, 0, fault.InvalidArgument("technician", fmt.Sprintf("%d technicians are %q; give the id", len(ids), technician), texts...)
	}
	member, _ := s.account.Tables.Member(ctx, ids[0])
	if member.APIOnly() {
		return roles, 0, nil
	}
	roles, _, err = s.account.Tables.WorkRolesAt(ctx, api.IDOf(member.Location))
	return roles, api.IDOf(member.WorkRole), err
}
