package connector

import (
	"context"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

var _ psav1.CatalogueReaderServer = (*Instance)(nil)

// ListQueues lists the boards, project boards included.
func (i *Instance) ListQueues(ctx context.Context, _ *psav1.ListQueuesRequest) (*psav1.ListQueuesResponse, error) {
	set, err := i.tables.Boards(ctx)
	if err != nil {
		return nil, err
	}
	queues := make([]*psav1.Queue, len(set.Values))
	for n, b := range set.Values {
		q := psav1.Queue_builder{
			Id: new(strconv.Itoa(b.ID)), Name: new(b.Name), Active: new(!b.Inactive), Sort: new(int32(n)),
			Kinds: boardKinds(b),
		}
		if !b.Project && !b.Inactive {
			teams, err := i.tables.Teams(ctx, b.ID)
			if err != nil {
				return nil, err
			}
			for _, team := range teams.Values {
				q.Teams = append(q.Teams, newReference(team.ID, team.Name))
			}
		}
		queues[n] = q.Build()
	}
	return psav1.ListQueuesResponse_builder{Queues: queues}.Build(), nil
}

func boardKinds(b setup.Board) []psav1.Kind_V {
	if b.Project {
		return []psav1.Kind_V{psav1.Kind_PROJECT}
	}
	return []psav1.Kind_V{psav1.Kind_SERVICE}
}

// boards returns the boards that a catalogue is asked for: those of a queue, or
// all that are in use, and of one kind.
func (i *Instance) boards(ctx context.Context, queue string, kind psav1.Kind_V) ([]setup.Board, error) {
	set, err := i.tables.Boards(ctx)
	if err != nil {
		return nil, err
	}
	wanted := func(b setup.Board) bool { return !b.Inactive }
	if queue != "" {
		ids, err := i.tables.FilterBoards(ctx, "queue", []string{queue})
		if err != nil {
			return nil, err
		}
		in := map[int]bool{}
		for _, id := range ids {
			in[id] = true
		}
		wanted = func(b setup.Board) bool { return in[b.ID] }
	}
	var boards []setup.Board
	for _, b := range set.Values {
		if wanted(b) && (kind == psav1.Kind_UNSPECIFIED || boardKinds(b)[0] == kind) {
			boards = append(boards, b)
		}
	}
	return boards, nil
}

// ListStatuses lists the statuses of the boards.
func (i *Instance) ListStatuses(ctx context.Context, r *psav1.ListStatusesRequest) (*psav1.ListStatusesResponse, error) {
	boards, err := i.boards(ctx, r.GetQueue(), r.GetKind())
	if err != nil {
		return nil, err
	}
	statuses := []*psav1.StatusDefinition{}
	for _, b := range boards {
		set, err := i.tables.Statuses(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range set.Values {
			statuses = append(statuses, psav1.StatusDefinition_builder{
				Id: new(strconv.Itoa(s.ID)), Name: new(s.Name), Category: new(s.Category), CategorySource: new(s.Source),
				Active: new(!s.Inactive), IsDefault: new(s.Default), Sort: new(int32(s.Sort)),
				Queue: newReference(b.ID, b.Name), Kinds: boardKinds(b),
			}.Build())
		}
	}
	return psav1.ListStatusesResponse_builder{Statuses: statuses}.Build(), nil
}

// ListPriorities lists the priorities, the most urgent first.
func (i *Instance) ListPriorities(ctx context.Context, _ *psav1.ListPrioritiesRequest) (*psav1.ListPrioritiesResponse, error) {
	set, err := i.tables.Priorities(ctx)
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
func (i *Instance) ListTypes(ctx context.Context, r *psav1.ListTypesRequest) (*psav1.ListTypesResponse, error) {
	boards, err := i.boards(ctx, r.GetQueue(), r.GetKind())
	if err != nil {
		return nil, err
	}
	types := []*psav1.TypeDefinition{}
	for _, b := range boards {
		classes, err := i.tables.Classes(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		add := func(set, above setup.Set[setup.Class]) {
			for n, c := range set.Values {
				t := psav1.TypeDefinition_builder{
					Id: new(strconv.Itoa(c.ID)), Name: new(c.Name), Level: new(int32(c.Level)), Active: new(!c.Inactive),
					IsDefault: new(c.Default), Sort: new(int32(n)), Queue: newReference(b.ID, b.Name), Kinds: boardKinds(b),
				}
				for _, id := range c.Parents {
					parent, _ := above.ByID(id)
					t.Parents = append(t.Parents, newReference(id, parent.Name))
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

// ListSources lists the ways for tickets to come in.
func (i *Instance) ListSources(ctx context.Context, _ *psav1.ListSourcesRequest) (*psav1.ListSourcesResponse, error) {
	set, err := i.tables.Sources(ctx)
	if err != nil {
		return nil, err
	}
	sources := make([]*psav1.SourceDefinition, len(set.Values))
	for n, s := range set.Values {
		sources[n] = psav1.SourceDefinition_builder{
			Id: new(strconv.Itoa(s.ID)), Name: new(s.Name), Active: new(true), IsDefault: new(s.Default), Sort: new(int32(n)),
		}.Build()
	}
	return psav1.ListSourcesResponse_builder{Sources: sources}.Build(), nil
}

// ListCustomFields lists the custom fields of a resource; for tickets also the
// fields of ConnectWise itself without a neutral place.
func (i *Instance) ListCustomFields(ctx context.Context, r *psav1.ListCustomFieldsRequest) (*psav1.ListCustomFieldsResponse, error) {
	resource := setup.Tickets
	if r.GetResource() != "" {
		resource = setup.Resource(r.GetResource())
	}
	set, err := i.tables.Fields(ctx, resource)
	if err != nil {
		return nil, err
	}
	fields := []*psav1.CustomFieldDefinition{}
	for _, f := range set.Values {
		fields = append(fields, mapping.Definition(f, resource))
	}
	if resource == setup.Tickets {
		for n, b := range mapping.Builtins {
			fields = append(fields, b.Definition(n))
		}
	}
	return psav1.ListCustomFieldsResponse_builder{CustomFields: fields}.Build(), nil
}
