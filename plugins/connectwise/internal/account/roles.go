package account

import (
	"context"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// RolesOf are the work roles that a member may book time in. ConnectWise allows
// roles by location: here the member's own, where a ticket is served from another.
func (a *Account) RolesOf(ctx context.Context, m setup.Member) ([]setup.WorkRole, error) {
	if m.APIOnly() {
		return nil, nil
	}
	roles, _, err := a.Tables.WorkRolesAt(ctx, api.IDOf(m.Location))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(roles.Values), func(r setup.WorkRole) bool { return r.Inactive }), nil
}
