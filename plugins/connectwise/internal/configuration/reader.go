package configuration

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// reader maps configurations. What it needs to know is loaded when it is made,
// before a write: one that is done then answers, whatever fails.
type reader struct {
	account *account.Account
	parts   include.Set
	fields  setup.Set[setup.Field]
}

func (s *Service) reader(ctx context.Context, parts include.Set) (reader, error) {
	r := reader{account: s.account, parts: parts}
	if !parts.Has(psav1.Include_CUSTOM_FIELDS) {
		return r, nil
	}
	var err error
	r.fields, err = s.account.Tables.Fields(ctx, setup.Configurations)
	return r, err
}

func (r reader) configuration(row configurationRow) *psav1.Configuration {
	configuration := mapping.Configuration(&row.Record)
	if page := r.account.PageURL(account.ConfigurationScreen, row.Record.ID); page != "" {
		configuration.SetUrl(page)
	}
	if r.parts.Has(psav1.Include_CUSTOM_FIELDS) {
		mapping.AddConfigurationFields(configuration, row, r.fields)
	}
	if r.parts.Has(psav1.Include_VENDOR) {
		configuration.SetVendor(row.Raw)
	}
	return configuration
}

// target is a configuration that is to be changed, as it is before.
type target struct {
	reader
	names  mapping.Names
	row    configurationRow
	before *psav1.Configuration
}

// target reads a configuration that is to be changed, and compares the etag that
// the caller expects. ConnectWise has no such comparison, so that somebody can
// still come between (connectwise.md §3).
func (s *Service) target(ctx context.Context, id string, options *psav1.WriteOptions) (*target, error) {
	row, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	rd, err := s.reader(ctx, include.Whole(nil))
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	t := &target{reader: rd, names: names, row: row, before: rd.configuration(row)}
	if options.HasIfMatch() && !etag.Matches(options.GetIfMatch(), t.before.GetEtag()) {
		return nil, fault.PreconditionFailed(t.before.GetEtag(), fmt.Sprintf("configuration %s has changed since: its etag is now %s", id, t.before.GetEtag()))
	}
	return t, nil
}
