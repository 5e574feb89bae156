package company

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

// ListSites lists a company's sites by id.
func (s *Service) ListSites(ctx context.Context, r *psav1.ListSitesRequest) (*psav1.ListSitesResponse, error) {
	company, err := account.RecordID("company", r.GetCompany())
	if err != nil {
		return nil, err
	}
	cursor, err := paging.Decode[account.IDCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	fetch := func(ctx context.Context, after account.IDCursor, n int) ([]api.Site, bool, error) {
		q := api.Query{Conditions: api.GtInt("id", after.ID), OrderBy: "id asc", PageSize: n + 1}
		rows, err := api.List[api.Site](ctx, s.account.API, fmt.Sprintf("company/companies/%d/sites", company), q)
		return rows[:min(len(rows), n)], len(rows) > n, err
	}
	keep := func(site api.Site) bool { return !r.HasActive() || r.GetActive() == site.InUse() }
	rows, next, more, err := paging.Fill(ctx, cursor, account.PageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(site api.Site) account.IDCursor { return account.IDCursor{ID: site.ID} }, keep)
	if err != nil {
		return nil, err
	}
	b := psav1.ListSitesResponse_builder{Sites: make([]*psav1.Site, len(rows))}
	for n := range rows {
		b.Sites[n] = mapping.Site(&rows[n], company)
	}
	if b.NextPageToken, err = account.NextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}
