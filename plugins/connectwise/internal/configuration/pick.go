package configuration

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// maxNamesakes is how many configurations of one name are looked at.
const maxNamesakes = 100

// Pick finds the configuration that a reference means: by id, or by the name among
// those of a company, unless that is 0. field is the reference's path. An id alone
// is not looked up: ConnectWise refuses one that there is not.
func Pick(ctx context.Context, a *account.Account, field string, company int, ref *psav1.Reference) (api.Configuration, error) {
	if !ref.HasId() {
		return named(ctx, a, field+".name", company, ref.GetName())
	}
	n, err := strconv.Atoi(ref.GetId())
	if err != nil || n <= 0 {
		return api.Configuration{}, fault.InvalidArgument(field+".id", fmt.Sprintf("there is no configuration %q at ConnectWise, where ids are numbers", ref.GetId()))
	}
	if !ref.HasName() {
		return api.Configuration{ID: n}, nil
	}
	var found api.Configuration
	err = a.API.Get(ctx, fmt.Sprintf("%s/%d", path, n), api.Query{Fields: []string{"id", "name"}}, &found)
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		return found, fault.InvalidArgument(field+".id", fmt.Sprintf("there is no configuration %d", n))
	case err != nil:
		return found, err
	case !strings.EqualFold(found.Name, ref.GetName()):
		return found, catalogue.Contradiction(field, fmt.Sprintf("configuration %d is %q", n, found.Name), fmt.Sprintf("the name says %q", ref.GetName()))
	}
	return found, nil
}

// named finds the one configuration of a name.
func named(ctx context.Context, a *account.Account, field string, company int, name string) (api.Configuration, error) {
	where, err := api.EqText("name", name)
	if err != nil {
		return api.Configuration{}, account.Unsearchable(field, err)
	}
	of := ""
	if company != 0 {
		where, of = api.And(where, api.EqInt("company/id", company)), fmt.Sprintf(" of company %d", company)
	}
	rows, err := api.List[api.Configuration](ctx, a.API, path, api.Query{
		Conditions: where, OrderBy: "id asc", Fields: []string{"id", "name"}, PageSize: maxNamesakes,
	})
	if err != nil {
		return api.Configuration{}, err
	}
	rows = slices.DeleteFunc(rows, func(c api.Configuration) bool { return !strings.EqualFold(c.Name, strings.TrimSpace(name)) })
	switch len(rows) {
	case 0:
		return api.Configuration{}, fault.InvalidArgument(field, fmt.Sprintf("no configuration%s is named %q", of, name))
	case 1:
		return rows[0], nil
	}
	ids := make([]string, len(rows))
	for n, c := range rows {
		ids[n] = strconv.Itoa(c.ID)
	}
	return api.Configuration{}, fault.InvalidArgument(field, fmt.Sprintf("%d configurations%s are named %q; give the id", len(rows), of, name), ids...)
}
