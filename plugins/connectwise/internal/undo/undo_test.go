package undo_test

import (
	"context"
	"errors"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/undo"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func TestAfter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err     error
		stays   bool // when it is to be deleted
		tries   int
		says    string
		outcome fault.Outcome
	}{
		// The outcome of a refusal speaks of the whole call, in which the record was made.
		"refused":                   {fault.PermissionDenied("no").WithOutcome(fault.Unknown), false, 1, "no; the note that was written was taken back", ""},
		"refused, and it stays":     {fault.PermissionDenied("no").WithOutcome(fault.Unknown), true, 1, "no; the note is there, as note 7 (it could not be taken back)", fault.Unknown},
		"too many requests":         {fault.RateLimited(0, "no").WithOutcome(fault.Unknown), false, 1, "no; the note that was written was taken back", ""},
		"the answer is lost":        {fault.OutcomeUnknown("lost"), false, 0, "lost; the note is there, as note 7", fault.Unknown},
		"the time of the call ends": {fault.DeadlineExceeded(fault.Unknown, "late"), false, 0, "late; the note is there, as note 7", fault.Unknown},
	} {
		tries := 0
		got := fault.From(undo.After(t.Context(), test.err, undo.Made{
			There: "the note is there, as note 7", Record: "the note that was written",
			Delete: func(context.Context) error {
				tries++
				if test.stays {
					return errors.New("no")
				}
				return nil
			},
		}))
		if got.Message != test.says || got.Outcome != test.outcome || tries != test.tries || got.Code != fault.CodeOf(test.err) {
			t.Errorf("%s: %v, outcome %q after %d tries", name, got, got.Outcome, tries)
		}
	}
}
