package setup

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ConfigurationType is a kind of configuration.
type ConfigurationType struct{ api.ConfigurationType }

// Entry makes a type findable.
func (t ConfigurationType) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(t.ID), Name: t.Name, Inactive: t.Inactive}
}

// ConfigurationStatus is a status of a configuration.
type ConfigurationStatus struct{ api.ConfigurationStatus }

// Entry makes a status findable.
func (s ConfigurationStatus) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(s.ID), Name: s.Description}
}

// Manufacturer is a maker of configurations.
type Manufacturer struct{ api.Manufacturer }

// Entry makes a manufacturer findable.
func (m Manufacturer) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(m.ID), Name: m.Name, Inactive: m.Inactive}
}

// ConfigurationTypes returns the kinds of configurations, inactive ones included.
func (t *Tables) ConfigurationTypes(ctx context.Context) (Set[ConfigurationType], error) {
	return t.configurationTypes.Get(ctx, all{})
}

// PickConfigurationType finds the type that a write names.
func (t *Tables) PickConfigurationType(ctx context.Context, field string, ref catalogue.Reference) (ConfigurationType, error) {
	return pick(ctx, t.configurationTypes, all{}, "configuration type", field, ref)
}

// FilterConfigurationTypes finds the types that a filter means.
func (t *Tables) FilterConfigurationTypes(ctx context.Context, field string, texts []string) ([]int, error) {
	return filter(ctx, t.configurationTypes, all{}, "configuration type", field, texts)
}

func (t *Tables) loadConfigurationTypes(ctx context.Context, _ all) (Set[ConfigurationType], error) {
	rows, err := api.All[api.ConfigurationType](ctx, t.api, "company/configurations/types", api.Query{})
	types := make([]ConfigurationType, len(rows))
	for i, r := range rows {
		types[i] = ConfigurationType{r}
	}
	return newSet(types), err
}

// ConfigurationStatuses returns the statuses of configurations.
func (t *Tables) ConfigurationStatuses(ctx context.Context) (Set[ConfigurationStatus], error) {
	return t.configurationStatuses.Get(ctx, all{})
}

// PickConfigurationStatus finds the status that a write names.
func (t *Tables) PickConfigurationStatus(ctx context.Context, field string, ref catalogue.Reference) (ConfigurationStatus, error) {
	return pick(ctx, t.configurationStatuses, all{}, "configuration status", field, ref)
}

func (t *Tables) loadConfigurationStatuses(ctx context.Context, _ all) (Set[ConfigurationStatus], error) {
	rows, _, err := listOr[api.ConfigurationStatus](ctx, t.api, "company/configurations/statuses", "company/configurations/statuses/info")
	statuses := make([]ConfigurationStatus, len(rows))
	for i, r := range rows {
		statuses[i] = ConfigurationStatus{r}
	}
	return newSet(statuses), err
}

// PickManufacturer finds the manufacturer that a write names.
func (t *Tables) PickManufacturer(ctx context.Context, field string, ref catalogue.Reference) (Manufacturer, error) {
	return pick(ctx, t.manufacturers, all{}, "manufacturer", field, ref)
}

func (t *Tables) loadManufacturers(ctx context.Context, _ all) (Set[Manufacturer], error) {
	rows, err := api.All[api.Manufacturer](ctx, t.api, "procurement/manufacturers", api.Query{})
	makers := make([]Manufacturer, len(rows))
	for i, r := range rows {
		makers[i] = Manufacturer{r}
	}
	return newSet(makers), err
}

// Questions returns the questions that configurations of a type answer, in the
// order asked, as fields like the custom ones. Where the security role does not
// reach them there are none.
func (t *Tables) Questions(ctx context.Context, typeID int) (Set[Field], error) {
	return t.questions.Get(ctx, typeID)
}

func (t *Tables) loadQuestions(ctx context.Context, typeID int) (Set[Field], error) {
	path := fmt.Sprintf("company/configurations/types/%d/questions", typeID)
	rows, err := api.All[api.TypeQuestion](ctx, t.api, path, api.Query{})
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		return Set[Field]{}, nil
	}
	if err != nil {
		return Set[Field]{}, err
	}
	rows = slices.DeleteFunc(rows, func(q api.TypeQuestion) bool { return q.Inactive })
	slices.SortStableFunc(rows, func(a, b api.TypeQuestion) int {
		switch {
		case a.Sequence < b.Sequence:
			return -1
		case a.Sequence > b.Sequence:
			return 1
		}
		return 0
	})
	fields := make([]Field, len(rows))
	g, ctx := errgroup.WithContext(ctx)
	for i, q := range rows {
		fields[i] = Field{
			UserDefinedField: api.UserDefinedField{
				ID: q.ID, Caption: q.Question, SequenceNumber: i, FieldType: q.FieldType, EntryType: q.EntryType, Required: q.Required,
			},
			Type: FieldType(q.FieldType, q.EntryType),
		}
		if q.EntryType == "List" || q.EntryType == "Option" {
			g.Go(func() error {
				values, err := api.All[api.QuestionValue](ctx, t.api, fmt.Sprintf("%s/%d/values", path, q.ID), api.Query{})
				for n, v := range values {
					fields[i].Options = append(fields[i].Options, api.UserDefinedOption{ID: v.ID, Value: v.Value, Inactive: v.Inactive, SortOrder: n})
				}
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return Set[Field]{}, err
	}
	return newSet(fields), nil
}
