// Package company serves the companies of a ConnectWise.
package company

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.CompanyReaderServer = (*Service)(nil)

// Service serves the companies of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// companyRow is a company with what it maps to.
type companyRow struct {
	api.Row[api.Company]
	company *psav1.Company
}

// ListCompanies lists companies by id.
func (s *Service) ListCompanies(ctx context.Context, r *psav1.ListCompaniesRequest) (*psav1.ListCompaniesResponse, error) {
	cursor, err := paging.Decode[account.IDCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var where []api.Expr
	if r.HasUpdatedSince() {
		where = append(where, api.Time("lastUpdated", api.Since, r.GetUpdatedSince().AsTime()))
	}
	if r.HasText() {
		text, err := api.Contains("name", r.GetText())
		if err != nil {
			return nil, account.Unsearchable("text", err)
		}
		where = append(where, text)
	}
	if r.HasActive() {
		where = append(where, activeCondition(r.GetActive()))
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	fetch := func(ctx context.Context, after account.IDCursor, n int) ([]companyRow, bool, error) {
		q := api.Query{Conditions: api.And(append(where, api.GtInt("id", after.ID))...), OrderBy: "id asc", PageSize: n + 1}
		rows, err := api.List[api.Row[api.Company]](ctx, s.account.API, "company/companies", q)
		if err != nil {
			return nil, false, err
		}
		mapped := make([]companyRow, min(len(rows), n))
		for m := range mapped {
			mapped[m] = s.row(rows[m], names)
		}
		return mapped, len(rows) > n, nil
	}
	keep := func(row companyRow) bool {
		return (!r.HasActive() || row.company.GetActive() == r.GetActive()) && (!r.HasText() || account.Holds(r.GetText(), row.company.GetName()))
	}
	rows, next, more, err := paging.Fill(ctx, cursor, account.PageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(row companyRow) account.IDCursor { return account.IDCursor{ID: row.Record.ID} }, keep)
	if err != nil {
		return nil, err
	}
	parts := include.Of(r.GetInclude())
	b := psav1.ListCompaniesResponse_builder{Omitted: parts.Omitted(include.OfPeople)}
	for _, row := range rows {
		if err := s.addCompanyParts(ctx, row, parts); err != nil {
			return nil, err
		}
		b.Companies = append(b.Companies, row.company)
	}
	if b.NextPageToken, err = account.NextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// activeCondition finds companies that are active, or not: those that are deleted,
// or whose status says so (connectwise.md §12). What the first finds too much is
// looked at again in the rows, since a status that is empty is hard to ask for.
func activeCondition(active bool) api.Expr {
	if active {
		return api.EqBool("deletedFlag", false)
	}
	inactive, _ := api.EqText("status/name", mapping.InactiveStatus)
	return api.Or(api.EqBool("deletedFlag", true), inactive)
}

// GetCompany reads a company.
func (s *Service) GetCompany(ctx context.Context, r *psav1.GetCompanyRequest) (*psav1.GetCompanyResponse, error) {
	id, err := account.RecordID("company", r.GetCompany())
	if err != nil {
		return nil, err
	}
	var row companyRow
	if err := s.account.API.Get(ctx, fmt.Sprintf("company/companies/%d", id), api.Query{}, &row.Row); err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	row = s.row(row.Row, names)
	parts := include.Whole(r.GetInclude())
	if err := s.addCompanyParts(ctx, row, parts); err != nil {
		return nil, err
	}
	return psav1.GetCompanyResponse_builder{Company: row.company, Omitted: parts.Omitted(include.OfPeople)}.Build(), nil
}

func (s *Service) row(row api.Row[api.Company], names mapping.Names) companyRow {
	company := mapping.Company(&row.Record, names)
	if page := s.account.PageURL(account.CompanyScreen, row.Record.ID); page != "" {
		company.SetUrl(page)
	}
	return companyRow{row, company}
}

func (s *Service) addCompanyParts(ctx context.Context, row companyRow, parts include.Set) error {
	if parts.Has(psav1.Include_VENDOR) {
		row.company.SetVendor(row.Raw)
	}
	if !parts.Has(psav1.Include_CUSTOM_FIELDS) {
		return nil
	}
	fields, err := s.account.Tables.Fields(ctx, setup.Companies)
	if err != nil {
		return err
	}
	mapping.AddCompanyFields(row.company, row.Row, fields)
	return nil
}
