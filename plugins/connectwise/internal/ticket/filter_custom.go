package ticket

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// byCustomField filters by custom fields, the builtin ones among them. The vendor
// is asked for one of the tenant's own; all are looked at in the rows, since
// captions are not unique (connectwise.md §5, §8).
func (s *Service) byCustomField(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	for _, id := range slices.Sorted(maps.Keys(r.GetCustomField())) {
		f.custom = true
		text, field := r.GetCustomField()[id], "custom_field."+id
		var err error
		if builtin, ok := mapping.BuiltinByID(id); ok {
			err = f.byBuiltin(builtin, field, text)
		} else {
			err = s.byOwnField(ctx, f, id, field, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *filter) byBuiltin(b mapping.Builtin, field, text string) error {
	where, err := b.Condition(field, text)
	if err != nil {
		return err
	}
	f.and(func(l *listFilter) (api.Expr, bool) { return where, b.On(l.list) })
	f.look(func(t *api.Ticket) bool { return same(b.Value(t), text) })
	return nil
}

func (s *Service) byOwnField(ctx context.Context, f *filter, id, field, text string) error {
	definitions := map[api.TicketList]setup.Set[setup.Field]{}
	n, _ := strconv.Atoi(id)
	known, allowed := false, []string{}
	for _, list := range s.account.TicketLists() {
		set, err := s.account.Tables.Fields(ctx, setup.Resource(list))
		if err != nil {
			return account.OfProjects(list, err)
		}
		definition, ok := set.ByID(n)
		for _, d := range set.Values {
			allowed = append(allowed, fmt.Sprintf("%d (%s)", d.ID, setup.Clean(d.Caption)))
		}
		if !ok || strconv.Itoa(n) != id {
			continue
		}
		known = true
		definitions[list] = set
		literal, value, err := mapping.FilterValue(definition, field, text)
		if err != nil {
			return err
		}
		where, err := api.CustomFieldIs(definition.Caption, literal)
		if err != nil {
			return account.Unsearchable(field, err)
		}
		for _, l := range f.lists {
			if l.list == list && l.custom == "" {
				l.custom = where
			}
		}
		f.look(func(t *api.Ticket) bool {
			return t.List != list || same(mapping.CustomFields(t.CustomFields, set)[id], value)
		})
	}
	if !known {
		return fault.InvalidArgument(field, fmt.Sprintf("tickets have no custom field %q", id), allowed...)
	}
	f.and(func(l *listFilter) (api.Expr, bool) { _, has := definitions[l.list]; return "", has })
	return nil
}

// same reports whether a value is the one that a filter names.
func same(v *structpb.Value, text string) bool {
	switch v := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return strings.EqualFold(v.StringValue, text)
	case *structpb.Value_BoolValue:
		return strconv.FormatBool(v.BoolValue) == strings.ToLower(text)
	case *structpb.Value_NumberValue:
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && n == v.NumberValue
	}
	return false
}
