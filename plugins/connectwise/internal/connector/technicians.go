package connector

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.TechnicianReaderServer = (*Instance)(nil)

// The list of members, and the form of it that a poor security role reads.
const (
	membersPath     = "system/members"
	membersInfoPath = "system/info/members"
)

// ListTechnicians lists the members by id. Accounts for programs are left out,
// unless one is the agent resource.
func (i *Instance) ListTechnicians(ctx context.Context, r *psav1.ListTechniciansRequest) (*psav1.ListTechniciansResponse, error) {
	cursor, err := paging.Decode[idCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var where []api.Expr
	if r.HasActive() {
		where = append(where, api.EqBool("inactiveFlag", !r.GetActive()))
	}
	path := membersPath
	fetch := func(ctx context.Context, after idCursor, n int) ([]api.Member, bool, error) {
		q := api.Query{Conditions: api.And(append(where, api.GtInt("id", after.ID))...), OrderBy: "id asc", PageSize: n + 1}
		rows, err := api.List[api.Member](ctx, i.api, path, q)
		if fault.CodeOf(err) == fault.CodePermissionDenied && path == membersPath {
			path = membersInfoPath
			rows, err = api.List[api.Member](ctx, i.api, path, q)
		}
		if err != nil {
			return nil, false, err
		}
		return rows[:min(len(rows), n)], len(rows) > n, nil
	}
	keep := func(m api.Member) bool {
		return (!m.APIOnly() || m.ID == i.agent.ID) && (!r.HasText() || holds(r.GetText(), m.FullName(), m.Identifier, m.Email()))
	}
	rows, next, more, err := paging.Fill(ctx, cursor, pageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(m api.Member) idCursor { return idCursor{m.ID} }, keep)
	if err != nil {
		return nil, err
	}
	b := psav1.ListTechniciansResponse_builder{}
	for _, m := range rows {
		technician, err := i.technician(ctx, m)
		if err != nil {
			return nil, err
		}
		b.Technicians = append(b.Technicians, technician)
	}
	if b.NextPageToken, err = nextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// GetTechnician reads a member.
func (i *Instance) GetTechnician(ctx context.Context, r *psav1.GetTechnicianRequest) (*psav1.GetTechnicianResponse, error) {
	id, err := recordID("technician", r.GetTechnician())
	if err != nil {
		return nil, err
	}
	var m api.Member
	err = i.api.Get(ctx, membersPath+"/"+id, api.Query{}, &m)
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		err = i.api.Get(ctx, membersInfoPath+"/"+id, api.Query{}, &m)
	}
	if err != nil {
		return nil, err
	}
	if m.APIOnly() && m.ID != i.agent.ID {
		return nil, fault.NotFound(fmt.Sprintf("member %s is an account for programs, and no technician", id))
	}
	technician, err := i.technician(ctx, m)
	if err != nil {
		return nil, err
	}
	return psav1.GetTechnicianResponse_builder{Technician: technician}.Build(), nil
}

func (i *Instance) technician(ctx context.Context, m api.Member) (*psav1.Technician, error) {
	names, err := i.names(ctx)
	if err != nil {
		return nil, err
	}
	boards, err := i.boards(ctx, "", psav1.Kind_SERVICE)
	if err != nil {
		return nil, err
	}
	return mapping.Technician(setup.Member{Member: m}, names, boards), nil
}
