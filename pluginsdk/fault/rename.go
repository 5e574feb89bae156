package fault

import (
	"errors"
	"slices"
)

// Renamed returns err with other names for the fields of its violations: what refuses
// a part of a request, such as the PSA, does not call them as the caller does. An
// error without violations is returned as it is.
func Renamed(err error, name func(field string) string) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || len(e.Violations) == 0 {
		return err
	}
	renamed := *e // the error is whoever's made it
	renamed.Violations = slices.Clone(e.Violations)
	for n := range renamed.Violations {
		renamed.Violations[n].Field = name(renamed.Violations[n].Field)
	}
	return &renamed
}
