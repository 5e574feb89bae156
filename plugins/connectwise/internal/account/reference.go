package account

import (
	"context"
	"fmt"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Records are records that a write refers to and that are too many for a table.
type Records[T any] struct {
	What   string // "company"
	Many   string // "companies"
	Path   string
	Fields []string // the members that are read; nil is all
	Entry  func(T) catalogue.Entry
}

// ReferenceID is the id of the record that a write refers to. field is the id's
// path.
func ReferenceID(field, what, id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 {
		return 0, fault.InvalidArgument(field, fmt.Sprintf("there is no %s %q at ConnectWise, where ids are numbers", what, id))
	}
	return n, nil
}

// Read reads the record of an id. field is the id's path.
func (r Records[T]) Read(ctx context.Context, a *Account, field string, id int) (found T, err error) {
	err = a.API.Get(ctx, fmt.Sprintf("%s/%d", r.Path, id), api.Query{Fields: r.Fields}, &found)
	if fault.CodeOf(err) == fault.CodeNotFound {
		err = fault.InvalidArgument(field, fmt.Sprintf("there is no %s %d", r.What, id))
	}
	return found, err
}

// One returns the only record of a name. field is the name's path, and of says
// where it was looked for.
func (r Records[T]) One(field, of, name string, found []T) (one T, err error) {
	switch len(found) {
	case 0:
		return one, fault.InvalidArgument(field, fmt.Sprintf("no %s%s is named %q", r.What, of, name))
	case 1:
		return found[0], nil
	}
	among := make([]catalogue.Entry, len(found))
	for n, v := range found {
		among[n] = r.Entry(v)
	}
	return one, catalogue.Ambiguous(field, fmt.Sprintf("%d %s%s are named %q", len(found), r.Many, of, name), among)
}
