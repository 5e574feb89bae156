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
	var values []setup.WorkRole
	own := 0
	if r.HasTechnician() {
		member, err := s.member(ctx, r.GetTechnician())
		if err != nil {
			return nil, err
		}
		own = api.IDOf(member.WorkRole)
		if values, err = s.account.RolesOf(ctx, member); err != nil {
			return nil, err
		}
	} else {
		set, err := s.account.Tables.WorkRoles(ctx)
		if err != nil {
			return nil, err
		}
		values = set.Values
	}
	roles := make([]*psav1.WorkRole, len(values))
	for n, w := range values {
		roles[n] = mapping.WorkRole(w, n, w.ID == own)
	}
	return psav1.ListWorkRolesResponse_builder{WorkRoles: roles}.Build(), nil
}

// member is the one technician that a filter means.
func (s *Service) member(ctx context.Context, technician string) (setup.Member, error) {
	ids, err := s.account.Tables.FilterMembers(ctx, "technician", []string{technician})
	if err != nil {
		return setup.Member{}, err
	}
	if len(ids) > 1 {
		texts := make([]string, len(ids))
		for n, id := range ids {
			texts[n] = "id:" + strconv.Itoa(id)
		}
		return setup.Member{}, fault.InvalidArgument("technician", fmt.Sprintf("%d technicians are %q; give the id", len(ids), technician), texts...)
	}
	member, _ := s.account.Tables.Member(ctx, ids[0])
	return member, nil
}
