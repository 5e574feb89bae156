package configuration

import (
	"context"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

var _ psav1.ConfigurationCatalogueReaderServer = (*Service)(nil)

// ListConfigurationTypes lists the kinds of configurations.
func (s *Service) ListConfigurationTypes(ctx context.Context, _ *psav1.ListConfigurationTypesRequest) (*psav1.ListConfigurationTypesResponse, error) {
	set, err := s.account.Tables.ConfigurationTypes(ctx)
	if err != nil {
		return nil, err
	}
	types := make([]*psav1.ConfigurationType, len(set.Values))
	for n, t := range set.Values {
		types[n] = psav1.ConfigurationType_builder{
			Id: new(strconv.Itoa(t.ID)), Name: new(t.Name), Active: new(!t.Inactive), Sort: new(int32(n)),
		}.Build()
	}
	return psav1.ListConfigurationTypesResponse_builder{ConfigurationTypes: types}.Build(), nil
}

// ListConfigurationStatuses lists the statuses of configurations. None of them is
// ever out of use: what ConnectWise calls closed is said of the configurations.
func (s *Service) ListConfigurationStatuses(ctx context.Context, _ *psav1.ListConfigurationStatusesRequest) (*psav1.ListConfigurationStatusesResponse, error) {
	set, err := s.account.Tables.ConfigurationStatuses(ctx)
	if err != nil {
		return nil, err
	}
	statuses := make([]*psav1.ConfigurationStatus, len(set.Values))
	for n, st := range set.Values {
		statuses[n] = psav1.ConfigurationStatus_builder{
			Id: new(strconv.Itoa(st.ID)), Name: new(st.Description), Active: new(true), IsDefault: new(st.Default), Sort: new(int32(n)),
		}.Build()
	}
	return psav1.ListConfigurationStatusesResponse_builder{ConfigurationStatuses: statuses}.Build(), nil
}
