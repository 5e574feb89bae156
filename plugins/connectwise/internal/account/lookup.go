package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// maxCandidates is how many records of one name are looked at.
const maxCandidates = 100

// FilterCompanies finds the companies that a filter means: by exact name or
// code, else by id; `id:42` forces the id. Those that were deleted are among them:
// old records point at them.
func (a *Account) FilterCompanies(ctx context.Context, texts []string) ([]int, error) {
	return filterRecords(texts, "company", func(name string) ([]int, error) {
		found, err := a.companiesNamed(ctx, "company", name, "")
		ids := make([]int, len(found))
		for n, c := range found {
			ids[n] = c.ID
		}
		return ids, err
	})
}

// FilterContacts finds the contacts that a filter means: by exact full name or
// e-mail address, else by id; `id:42` forces the id.
func (a *Account) FilterContacts(ctx context.Context, texts []string) ([]int, error) {
	return filterRecords(texts, "contact", func(name string) ([]int, error) {
		contacts, err := a.ContactsNamed(ctx, "contact", 0, name)
		ids := make([]int, len(contacts))
		for n, c := range contacts {
			ids[n] = c.ID
		}
		return ids, err
	})
}

// filterRecords is the order of the meanings of a filter's value: name, then id.
func filterRecords(texts []string, field string, named func(string) ([]int, error)) ([]int, error) {
	var ids []int
	for _, text := range texts {
		id, forced := strings.CutPrefix(text, "id:")
		if !forced {
			found, err := named(text)
			if err != nil {
				return nil, err
			}
			if len(found) > 0 {
				ids = append(ids, found...)
				continue
			}
			id = text
		}
		n, err := strconv.Atoi(id)
		if err != nil || n <= 0 {
			return nil, fault.InvalidArgument(field, fmt.Sprintf("no %s is named %q", field, id))
		}
		ids = append(ids, n)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// living are the companies that nobody has deleted.
var living = api.EqBool("deletedFlag", false)

// companiesNamed returns the companies of a name, of those that a condition leaves:
// exact ones alone where there are any; then those whose code it is.
func (a *Account) companiesNamed(ctx context.Context, field, name string, among api.Expr) ([]api.Company, error) {
	byName, err := api.EqText("name", name)
	if err != nil {
		return nil, Unsearchable(field, err)
	}
	byCode, _ := api.EqText("identifier", name)
	rows, err := api.List[api.Company](ctx, a.API, companies.Path, api.Query{
		Conditions: api.And(api.Or(byName, byCode), among),
		Fields:     companies.Fields,
		PageSize:   maxCandidates,
	})
	if err != nil {
		return nil, err
	}
	for _, same := range []func(api.Company) bool{
		func(c api.Company) bool { return c.Name == name },
		func(c api.Company) bool { return strings.EqualFold(c.Name, name) },
		func(c api.Company) bool { return strings.EqualFold(c.Identifier, name) },
	} {
		var found []api.Company
		for _, c := range rows {
			if same(c) {
				found = append(found, c)
			}
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

// ContactsNamed returns the contacts of a full name or an e-mail address, of one
// company if it is not 0.
func (a *Account) ContactsNamed(ctx context.Context, field string, companyID int, name string) ([]api.Contact, error) {
	q := api.Query{PageSize: maxCandidates}
	if companyID != 0 {
		q.Conditions = api.EqInt("company/id", companyID)
	}
	if strings.Contains(name, "@") {
		address, err := EmailCondition(name)
		if err != nil {
			return nil, Unsearchable(field, err)
		}
		q.ChildConditions = address
	} else {
		full, err := fullNameCondition(name)
		if err != nil {
			return nil, Unsearchable(field, err)
		}
		q.Conditions = api.And(q.Conditions, full)
	}
	rows, err := api.List[api.Contact](ctx, a.API, contacts.Path, q)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(c api.Contact) bool {
		return !strings.EqualFold(c.FullName(), strings.TrimSpace(name)) &&
			!slices.ContainsFunc(mapping.Emails(&c), func(e string) bool { return strings.EqualFold(e, name) })
	}), nil
}

// EmailCondition finds the contacts of an e-mail address, among their ways to be
// reached (connectwise.md §5).
func EmailCondition(address string) (api.Expr, error) {
	value, err := api.EqText("communicationItems/value", address)
	if err != nil {
		return "", err
	}
	kind, err := api.EqText("communicationItems/communicationType", "Email")
	return api.And(value, kind), err
}

// fullNameCondition is every way to cut a full name into first and last name:
// the vendor keeps no full name.
func fullNameCondition(name string) (api.Expr, error) {
	words := strings.Fields(name)
	var ways []api.Expr
	for cut := 1; cut <= len(words); cut++ {
		way, err := api.EqText("firstName", strings.Join(words[:cut], " "))
		if err != nil {
			return "", err
		}
		if cut < len(words) {
			last, err := api.EqText("lastName", strings.Join(words[cut:], " "))
			if err != nil {
				return "", err
			}
			way = api.And(way, last)
		}
		ways = append(ways, way)
	}
	if len(ways) == 0 {
		return "", errors.New("an empty name cannot be searched for")
	}
	return api.Or(ways...), nil
}

// Unsearchable is the fault of a text that the query language cannot write.
func Unsearchable(field string, err error) error {
	return fault.InvalidArgument(field, strings.TrimPrefix(err.Error(), "api: "))
}
