// Package configuration serves the configurations of a ConnectWise: the things
// that are looked after, and what they are filed by.
package configuration

import (
	"context"
	"fmt"
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.ConfigurationReaderServer = (*Service)(nil)

// Service serves the configurations of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

const path = "company/configurations"

type configurationRow = api.Row[api.Configuration]

// rowFields are the members that the mapping reads of a list's rows; the rest of
// the vendor's 60 would only make a page slow. _info has to be named to be there
// (connectwise.md §5).
var rowFields = []string{
	"id", "name", "type", "status", "company", "site", "contact", "deviceIdentifier", "serialNumber", "modelNumber", "tagNumber",
	"installationDate", "warrantyExpirationDate", "macAddress", "ipAddress", "osType", "osInfo", "parentConfigurationId",
	"manufacturer", "activeFlag", "_info",
}

// vendorFields are the members that are asked for; nil is all.
func vendorFields(parts include.Set) []string {
	if parts.Has(psav1.Include_VENDOR) {
		return nil
	}
	fields := slices.Clone(rowFields)
	if parts.Has(psav1.Include_CUSTOM_FIELDS) {
		fields = append(fields, "customFields", "questions")
		for _, b := range mapping.BuiltinsOf(setup.Configurations) {
			if !slices.Contains(fields, b.Member) {
				fields = append(fields, b.Member)
			}
		}
	}
	return fields
}

// ListConfigurations lists configurations by id.
func (s *Service) ListConfigurations(ctx context.Context, r *psav1.ListConfigurationsRequest) (*psav1.ListConfigurationsResponse, error) {
	cursor, err := paging.Decode[account.IDCursor](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	where, err := s.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	parts := include.Of(r.GetInclude())
	fetch := func(ctx context.Context, after account.IDCursor, n int) ([]configurationRow, bool, error) {
		rows, err := api.List[configurationRow](ctx, s.account.API, path, api.Query{
			Conditions: api.And(where, api.GtInt("id", after.ID)), OrderBy: "id asc", PageSize: n + 1, Fields: vendorFields(parts),
		})
		return rows[:min(len(rows), n)], len(rows) > n, err
	}
	// What the server takes for a wildcard or the same text finds more.
	keep := func(row configurationRow) bool {
		return (!r.HasText() || account.Holds(r.GetText(), row.Record.Name)) &&
			(!r.HasSerialNumber() || row.Record.SerialNumber == r.GetSerialNumber()) &&
			(!r.HasExternalId() || row.Record.DeviceIdentifier == r.GetExternalId())
	}
	rows, next, more, err := paging.Fill(ctx, cursor, account.PageSize(r.GetPageSize()), api.WidePage-1, fetch,
		func(row configurationRow) account.IDCursor { return account.IDCursor{ID: row.Record.ID} }, keep)
	if err != nil {
		return nil, err
	}
	rd, err := s.reader(ctx, parts)
	if err != nil {
		return nil, err
	}
	b := psav1.ListConfigurationsResponse_builder{Configurations: make([]*psav1.Configuration, len(rows)), Omitted: parts.Omitted(include.OfConfigurations)}
	for n, row := range rows {
		b.Configurations[n] = rd.configuration(row)
	}
	if b.NextPageToken, err = account.NextToken(more, next); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// filter translates the filters of a list: joined by AND, the values of one by OR.
func (s *Service) filter(ctx context.Context, r *psav1.ListConfigurationsRequest) (api.Expr, error) {
	var where []api.Expr
	if r.HasUpdatedSince() {
		where = append(where, api.Time("lastUpdated", api.Since, r.GetUpdatedSince().AsTime()))
	}
	if r.HasActive() {
		where = append(where, api.EqBool("activeFlag", r.GetActive()))
	}
	if len(r.GetCompany()) > 0 {
		ids, err := s.account.FilterCompanies(ctx, r.GetCompany())
		if err != nil {
			return "", err
		}
		where = append(where, api.In("company/id", ids))
	}
	if len(r.GetType()) > 0 {
		ids, err := s.account.Tables.FilterConfigurationTypes(ctx, "type", r.GetType())
		if err != nil {
			return "", err
		}
		where = append(where, api.In("type/id", ids))
	}
	for _, text := range []struct {
		field string
		asked bool
		make  func() (api.Expr, error)
	}{
		{"text", r.HasText(), func() (api.Expr, error) { return api.Contains("name", r.GetText()) }},
		{"serial_number", r.HasSerialNumber(), func() (api.Expr, error) { return api.EqText("serialNumber", r.GetSerialNumber()) }},
		{"external_id", r.HasExternalId(), func() (api.Expr, error) { return api.EqText("deviceIdentifier", r.GetExternalId()) }},
	} {
		if !text.asked {
			continue
		}
		e, err := text.make()
		if err != nil {
			return "", account.Unsearchable(text.field, err)
		}
		where = append(where, e)
	}
	return api.And(where...), nil
}

// GetConfiguration reads a configuration.
func (s *Service) GetConfiguration(ctx context.Context, r *psav1.GetConfigurationRequest) (*psav1.GetConfigurationResponse, error) {
	row, err := s.read(ctx, r.GetConfiguration())
	if err != nil {
		return nil, err
	}
	parts := include.Whole(r.GetInclude())
	rd, err := s.reader(ctx, parts)
	if err != nil {
		return nil, err
	}
	return psav1.GetConfigurationResponse_builder{
		Configuration: rd.configuration(row), Omitted: parts.Omitted(include.OfConfigurations),
	}.Build(), nil
}

func (s *Service) read(ctx context.Context, id string) (configurationRow, error) {
	var row configurationRow
	n, err := account.RecordID("configuration", id)
	if err != nil {
		return row, err
	}
	err = s.account.API.Get(ctx, fmt.Sprintf("%s/%d", path, n), api.Query{}, &row)
	return row, err
}
