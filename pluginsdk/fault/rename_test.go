package fault_test

import (
	"errors"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func TestRenamed(t *testing.T) {
	t.Parallel()
	below := func(field string) string { return "time_entry." + field }
	theirs := fault.Invalid(fault.Violation{Field: "a", Message: "x"}, fault.Violation{Field: "b", Message: "y"})
	got := fault.From(fault.Renamed(theirs, below))
	if got.Violations[0].Field != "time_entry.a" || got.Violations[1].Field != "time_entry.b" || got.Violations[1].Message != "y" || got.Message != "x" {
		t.Errorf("renamed to %+v", got)
	}
	if theirs.Violations[0].Field != "a" {
		t.Error("the error is another's, and was changed")
	}
	for _, err := range []error{nil, errors.New("x"), fault.NotFound("no")} {
		if got := fault.Renamed(err, below); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
}
