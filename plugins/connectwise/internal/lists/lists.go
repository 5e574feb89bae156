// Package lists serves the short lists of a ConnectWise that records are filed
// by: queues, statuses, priorities, types, sources and custom fields.
package lists

import (
	"context"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

var _ psav1.CatalogueReaderServer = (*Service)(nil)

// Service serves the lists of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// ListQueues lists the boards, project boards included.
func (s *Service) ListQueues(ctx context.Context, _ *psav1.ListQueuesRequest) (*psav1.ListQueuesResponse, error) {
	set, err := s.account.Tables.Boards(ctx)
	if err != nil {
		return nil, err
	}
	queues := make([]*psav1.Queue, len(set.Values))
	for n, b := range set.Values {
		q := psav1.Queue_builder{
			Id: new(strconv.Itoa(b.ID)), Name: new(b.Name), Active: new(!b.Inactive), Sort: new(int32(n)),
			Kinds: []psav1.Kind_V{b.Kind()},
		}
		if !b.Project && !b.Inactive {
			teams, err := s.account.Tables.Teams(ctx, b.ID)
			if err != nil {
				return nil, err
			}
			for _, team := range teams.Values {
				q.Teams = append(q.Teams, mapping.NewReference(team.ID, team.Name))
			}
		}
		queues[n] = q.Build()
	}
	return psav1.ListQueuesResponse_builder{Queues: queues}.Build(), nil
}

// ListStatuses lists the statuses of the boards.
func (s *Service) ListStatuses(ctx context.Context, r *psav1.ListStatusesRequest) (*psav1.ListStatusesResponse, error) {
	boards, err := s.account.Tables.BoardsOf(ctx, r.GetQueue(), r.GetKind())
	if err != nil {
		return nil, err
	}
	statuses := []*psav1.StatusDefinition{}
	for _, b := range boards {
		set, err := s.account.Tables.Statuses(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		for _, st := range set.Values {
			statuses = append(statuses, psav1.StatusDefinition_builder{
				Id: new(strconv.Itoa(st.ID)), Name: new(st.Name), Category: new(st.Category), CategorySource: new(st.Source),
				Active: new(!st.Inactive), IsDefault: new(st.Default), Sort: new(int32(st.Sort)),
				Queue: mapping.NewReference(b.ID, b.Name), Kinds: []psav1.Kind_V{b.Kind()},
			}.Build())
		}
	}
	return psav1.ListStatusesResponse_builder{Statuses: statuses}.Build(), nil
}

// ListPriorities lists the priorities, the most urgent first.
func (s *Service) ListPriorities(ctx context.Context, _ *psav1.ListPrioritiesRequest) (*psav1.ListPrioritiesResponse, error) {
	set, err := s.account.Tables.Priorities(ctx)
	if err != nil {
		return nil, err
	}
	priorities := make([]*psav1.PriorityDefinition, len(set.Values))
	for n, p := range set.Values {
		priorities[n] = psav1.PriorityDefinition_builder{
			Id: new(strconv.Itoa(p.ID)), Name: new(p.Name), Level: new(p.Urgency),
			Active: new(true), IsDefault: new(p.Default), Sort: new(int32(p.SortOrder)),
		}.Build()
	}
	return psav1.ListPrioritiesResponse_builder{Priorities: priorities}.Build(), nil
}

// ListTypes lists the types, subtypes and items of the boards.
func (s *Service) ListTypes(ctx context.Context, r *psav1.ListTypesRequest) (*psav1.ListTypesResponse, error) {
	boards, err := s.account.Tables.BoardsOf(ctx, r.GetQueue(), r.GetKind())
	if err != nil {
		return nil, err
	}
	types := []*psav1.TypeDefinition{}
	for _, b := range boards {
		classes, err := s.account.Tables.Classes(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		add := func(set, above setup.Set[setup.Class]) {
			for n, c := range set.Values {
				t := psav1.TypeDefinition_builder{
					Id: new(strconv.Itoa(c.ID)), Name: new(c.Name), Level: new(int32(c.Level)), Active: new(!c.Inactive),
					IsDefault: new(c.Default), Sort: new(int32(n)), Queue: mapping.NewReference(b.ID, b.Name), Kinds: []psav1.Kind_V{b.Kind()},
				}
				for _, id := range c.Parents {
					parent, _ := above.ByID(id)
					t.Parents = append(t.Parents, mapping.NewReference(id, parent.Name))
				}
				types = append(types, t.Build())
			}
		}
		add(classes.Types, setup.Set[setup.Class]{})
		add(classes.Subtypes, classes.Types)
		add(classes.Items, classes.Subtypes)
	}
	return psav1.ListTypesResponse_builder{Types: types}.Build(), nil
}

// ListRecordTypes lists the two forms of tickets that ConnectWise has
// (connectwise.md §7); a ProjectIssue is a project ticket.
func (s *Service) ListRecordTypes(context.Context, *psav1.ListRecordTypesRequest) (*psav1.ListRecordTypesResponse, error) {
	form := func(id, name string, kind psav1.Kind_V, first bool, sort int32) *psav1.RecordType {
		return psav1.RecordType_builder{
			Id: &id, Name: &name, Kind: &kind, Active: new(true), IsDefault: &first, Sort: &sort, HasWorkflow: new(false),
		}.Build()
	}
	return psav1.ListRecordTypesResponse_builder{RecordTypes: []*psav1.RecordType{
		form("ServiceTicket", "Service Ticket", psav1.Kind_SERVICE, true, 0),
		form("ProjectTicket", "Project Ticket", psav1.Kind_PROJECT, false, 1),
	}}.Build(), nil
}

// ListSources lists the ways for tickets to come in.
func (s *Service) ListSources(ctx context.Context, _ *psav1.ListSourcesRequest) (*psav1.ListSourcesResponse, error) {
	set, err := s.account.Tables.Sources(ctx)
	if err != nil {
		return nil, err
	}
	sources := make([]*psav1.SourceDefinition, len(set.Values))
	for n, source := range set.Values {
		sources[n] = psav1.SourceDefinition_builder{
			Id: new(strconv.Itoa(source.ID)), Name: new(source.Name), Active: new(true), IsDefault: new(source.Default), Sort: new(int32(n)),
		}.Build()
	}
	return psav1.ListSourcesResponse_builder{Sources: sources}.Build(), nil
}
