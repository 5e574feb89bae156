package lists

import (
	"context"
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"golang.org/x/sync/errgroup"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ListCustomFields lists the custom fields of a resource: those of the tenant, the
// members of ConnectWise's own records without a neutral place, and for
// configurations the questions of their types.
func (s *Service) ListCustomFields(ctx context.Context, r *psav1.ListCustomFieldsRequest) (*psav1.ListCustomFieldsResponse, error) {
	var lists []api.TicketList
	resources := slices.DeleteFunc([]setup.Resource{setup.Companies, setup.Contacts, setup.Configurations, setup.TimeEntries}, func(one setup.Resource) bool {
		return one.Neutral() != r.GetResource()
	})
	if len(resources) == 0 {
		lists = s.account.TicketLists()
		for _, list := range lists {
			resources = append(resources, setup.Resource(list))
		}
	}
	fields := []*psav1.CustomFieldDefinition{}
	for _, resource := range resources {
		set, err := s.account.Tables.Fields(ctx, resource)
		if err != nil {
			return nil, err
		}
		for _, f := range set.Values {
			fields = append(fields, mapping.Definition(f, resource))
		}
	}
	for n, b := range mapping.BuiltinsOf(resources[0]) {
		if lists == nil || slices.ContainsFunc(lists, b.On) {
			fields = append(fields, b.Definition(resources[0], n))
		}
	}
	if resources[0] == setup.Configurations {
		questions, err := s.questions(ctx)
		if err != nil {
			return nil, err
		}
		fields = append(fields, questions...)
	}
	return psav1.ListCustomFieldsResponse_builder{CustomFields: fields}.Build(), nil
}

// questions are what the types of configurations in use ask for. A security role
// that does not reach the types sees no definitions of their questions; the records
// still hold the answers.
func (s *Service) questions(ctx context.Context) ([]*psav1.CustomFieldDefinition, error) {
	types, err := s.account.Tables.ConfigurationTypes(ctx)
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	asked := make([]setup.Set[setup.Field], len(types.Values))
	g, ctx := errgroup.WithContext(ctx) // the vendor's client keeps to its own number of requests at once
	for n, t := range types.Values {
		if !t.Inactive {
			g.Go(func() (err error) {
				asked[n], err = s.account.Tables.Questions(ctx, t.ID)
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var fields []*psav1.CustomFieldDefinition
	for n, questions := range asked {
		for sort, q := range questions.Values {
			if !mapping.Secret(q.FieldType) {
				fields = append(fields, mapping.QuestionDefinition(q, types.Values[n], sort))
			}
		}
	}
	return fields, nil
}
