package connector

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.CompanyReaderServer = (*Instance)(nil)

// idCursor is where the next page of a list by id begins: after this row.
type idCursor struct {
	ID int `json:"i,omitempty"`
}

// companyRow is a company with what it maps to.
type companyRow struct {
	api.Row[api.Company]
	company *psav1.Company
}

// ListCompanies lists companies by id.
func (i *Instance) ListCompanies(ctx context.Context, r *psav1.ListCompaniesRequest) (*psav1.ListCompaniesResponse, error) {
	cursor, err := paging.Decode[idCursor](r.GetPageToken())
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
			return nil, unsearchable("text", err)
		}
		where = append(where, text)
	}
	if r.HasActive() && r.GetActive() {
		where = append(where, api.EqBool("deletedFlag", false))
	}
	names, err := i.names(ctx)
	if err != nil {
		return nil, err
	}
	fetch := func(ctx context.Context, after idCursor, n int) ([]companyRow, bool, error) {
		q := api.Query{Conditions: api.And(append(where, api.GtInt("id", after.ID))...), OrderBy: "id asc", PageSize: n + 1}
		rows, err := api.List[api.Row[api.Company]](ctx, i.api, "company/companies", q)
		if err != nil {
			return nil, false, err
		}
		mapped := make([]companyRow, min(len(rows), n))
		for m := range mapped {
			mapped[m] = companyRow{rows[m], mapping.Company(&rows[m].Record, names)}
		}
		return mapped, len(rows) > n, nil
	}
	keep := func(row companyRow) bool {
		return (!r.HasActive() || row.company.GetActive() == r.GetActive()) && (!r.HasText() || holds(r.GetText(), row.company.GetName()))
	}
	rows, next, more, err := paging.Fill(ctx, cursor, pageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(row companyRow) idCursor { return idCursor{row.Record.ID} }, keep)
	if err != nil {
		return nil, err
	}
	include := newIncludes(r.GetInclude())
	b := psav1.ListCompaniesResponse_builder{Omitted: include.omittedOf(partsOfPeople)}
	for _, row := range rows {
		if err := i.addCompanyParts(ctx, row, include); err != nil {
			return nil, err
		}
		b.Companies = append(b.Companies, row.company)
	}
	if b.NextPageToken, err = nextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// GetCompany reads a company.
func (i *Instance) GetCompany(ctx context.Context, r *psav1.GetCompanyRequest) (*psav1.GetCompanyResponse, error) {
	id, err := recordID("company", r.GetCompany())
	if err != nil {
		return nil, err
	}
	var row companyRow
	if err := i.api.Get(ctx, "company/companies/"+id, api.Query{}, &row.Row); err != nil {
		return nil, err
	}
	names, err := i.names(ctx)
	if err != nil {
		return nil, err
	}
	row.company = mapping.Company(&row.Record, names)
	include := everythingBut(psav1.Include_VENDOR, r.GetInclude())
	if err := i.addCompanyParts(ctx, row, include); err != nil {
		return nil, err
	}
	return psav1.GetCompanyResponse_builder{Company: row.company, Omitted: include.omittedOf(partsOfPeople)}.Build(), nil
}

func (i *Instance) addCompanyParts(ctx context.Context, row companyRow, include includes) error {
	if include.has(psav1.Include_VENDOR) {
		row.company.SetVendor(row.Raw)
	}
	if !include.has(psav1.Include_CUSTOM_FIELDS) {
		return nil
	}
	fields, err := i.tables.Fields(ctx, setup.Companies)
	if err != nil {
		return err
	}
	row.company.SetCustomFields(mapping.CustomFields(row.Record.CustomFields, fields))
	return nil
}

// partsOfPeople are the parts that companies and contacts have on request.
var partsOfPeople = []psav1.Include_V{psav1.Include_CUSTOM_FIELDS, psav1.Include_VENDOR}

func (in includes) omittedOf(parts []psav1.Include_V) []psav1.Include_V {
	return slices.DeleteFunc(slices.Clone(parts), func(v psav1.Include_V) bool { return in[v] })
}

// recordID checks an id that goes into a path. What is no number is no record.
func recordID(what, id string) (string, error) {
	if n, err := strconv.Atoi(id); err != nil || n <= 0 || strconv.Itoa(n) != id {
		return "", fault.NotFound(fmt.Sprintf("there is no %s %q at ConnectWise, where ids are numbers", what, id))
	}
	return id, nil
}

// holds reports whether a text is part of one of these, in any case.
func holds(text string, in ...string) bool {
	for _, s := range in {
		if strings.Contains(strings.ToLower(s), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

func nextToken(more bool, cursor any) (*string, error) {
	if !more {
		return nil, nil
	}
	token, err := paging.Encode(cursor)
	return &token, err
}
