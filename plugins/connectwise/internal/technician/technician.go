// Package technician serves the members of a ConnectWise.
package technician

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.TechnicianReaderServer = (*Service)(nil)

// Service serves the members of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// The list of members, and the form of it that a poor security role reads
// (connectwise.md §2).
const (
	membersPath     = "system/members"
	membersInfoPath = "system/info/members"
)

// Read reads a member as ConnectWise has it now.
func Read(ctx context.Context, a *account.Account, id int) (api.Member, error) {
	var m api.Member
	err := a.API.Get(ctx, fmt.Sprintf("%s/%d", membersPath, id), api.Query{}, &m)
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		err = a.API.Get(ctx, fmt.Sprintf("%s/%d", membersInfoPath, id), api.Query{}, &m)
	}
	return m, err
}

// ListTechnicians lists the members by id. Accounts for programs are left out,
// unless one is the agent resource.
func (s *Service) ListTechnicians(ctx context.Context, r *psav1.ListTechniciansRequest) (*psav1.ListTechniciansResponse, error) {
	cursor, err := paging.Decode[account.IDCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var where []api.Expr
	if r.HasActive() {
		where = append(where, api.EqBool("inactiveFlag", !r.GetActive()))
	}
	path := membersPath
	fetch := func(ctx context.Context, after account.IDCursor, n int) ([]api.Member, bool, error) {
		q := api.Query{Conditions: api.And(append(where, api.GtInt("id", after.ID))...), OrderBy: "id asc", PageSize: n + 1}
		rows, err := api.List[api.Member](ctx, s.account.API, path, q)
		if fault.CodeOf(err) == fault.CodePermissionDenied && path == membersPath {
			path = membersInfoPath
			rows, err = api.List[api.Member](ctx, s.account.API, path, q)
		}
		if err != nil {
			return nil, false, err
		}
		return rows[:min(len(rows), n)], len(rows) > n, nil
	}
	keep := func(m api.Member) bool {
		return (!m.APIOnly() || m.ID == s.account.Agent.ID) && (!r.HasText() || account.Holds(r.GetText(), m.FullName(), m.Identifier, m.Email()))
	}
	rows, next, more, err := paging.Fill(ctx, cursor, account.PageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(m api.Member) account.IDCursor { return account.IDCursor{ID: m.ID} }, keep)
	if err != nil {
		return nil, err
	}
	b := psav1.ListTechniciansResponse_builder{}
	for _, m := range rows {
		technician, err := s.technician(ctx, m)
		if err != nil {
			return nil, err
		}
		b.Technicians = append(b.Technicians, technician)
	}
	if b.NextPageToken, err = account.NextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// GetTechnician reads a member.
func (s *Service) GetTechnician(ctx context.Context, r *psav1.GetTechnicianRequest) (*psav1.GetTechnicianResponse, error) {
	id, err := account.RecordID("technician", r.GetTechnician())
	if err != nil {
		return nil, err
	}
	m, err := Read(ctx, s.account, id)
	if err != nil {
		return nil, err
	}
	if m.APIOnly() && m.ID != s.account.Agent.ID {
		return nil, fault.NotFound(fmt.Sprintf("member %d is an account for programs, and no technician", id))
	}
	technician, err := s.technician(ctx, m)
	if err != nil {
		return nil, err
	}
	return psav1.GetTechnicianResponse_builder{Technician: technician}.Build(), nil
}

func (s *Service) technician(ctx context.Context, m api.Member) (*psav1.Technician, error) {
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	boards, err := s.account.Tables.BoardsOf(ctx, "", psav1.Kind_SERVICE)
	if err != nil {
		return nil, err
	}
	member := setup.Member{Member: m}
	roles, err := s.account.RolesOf(ctx, member)
	switch {
	case fault.CodeOf(err) == fault.CodePermissionDenied && m.WorkRole != nil:
		roles = []setup.WorkRole{{WorkRole: api.WorkRole{ID: m.WorkRole.ID, Name: m.WorkRole.Name}}} // the one that the record tells
	case err != nil && fault.CodeOf(err) != fault.CodePermissionDenied:
		return nil, err
	}
	technician := mapping.Technician(member, names, boards, roles)
	zone, err := s.account.Zone(ctx, m.TimeZone)
	if err != nil && fault.CodeOf(err) != fault.CodePermissionDenied {
		return nil, err
	}
	if zone != nil {
		technician.SetTimeZone(zone.String())
	}
	return technician, nil
}
