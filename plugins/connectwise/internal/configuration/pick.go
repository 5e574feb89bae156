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
)

// maxNamesakes is how many configurations of one name are looked at.
const maxNamesakes = 100

// configurations are found by their name; company and serial number tell namesakes
// apart.
var configurations = account.Records[api.Configuration]{
	What: "configuration", Many: "configurations", Path: path, Fields: []string{"id", "name", "company", "serialNumber"},
	Entry: func(c api.Configuration) catalogue.Entry {
		also := []string{c.SerialNumber}
		if c.Company != nil {
			also = append(also, c.Company.Name)
		}
		return catalogue.Entry{ID: strconv.Itoa(c.ID), Name: c.Name, Also: also}
	},
}

// Pick finds the configuration that a reference means: by id, or by the name among
// those of a company, unless that is 0. field is the reference's path. An id alone
// is not looked up: ConnectWise refuses one that there is not.
func Pick(ctx context.Context, a *account.Account, field string, company int, ref *psav1.Reference) (api.Configuration, error) {
	if !ref.HasId() {
		return named(ctx, a, field+".name", company, ref.GetName())
	}
	n, err := account.ReferenceID(field+".id", configurations.What, ref.GetId())
	if err != nil || !ref.HasName() {
		return api.Configuration{ID: n}, err
	}
	found, err := configurations.Read(ctx, a, field+".id", n)
	if err == nil && !strings.EqualFold(found.Name, ref.GetName()) {
		err = catalogue.Contradiction(field, fmt.Sprintf("configuration %d is %q", n, found.Name), fmt.Sprintf("the name says %q", ref.GetName()))
	}
	return found, err
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
		Conditions: where, OrderBy: "id asc", Fields: configurations.Fields, PageSize: maxNamesakes,
	})
	if err != nil {
		return api.Configuration{}, err
	}
	rows = slices.DeleteFunc(rows, func(c api.Configuration) bool { return !strings.EqualFold(c.Name, strings.TrimSpace(name)) })
	return configurations.One(field, of, name, rows)
}
