package receipt_test

import (
	"slices"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// A part that failed after others were written has a fault whose outcome is that of
// the whole call: what became of the part itself, the code tells.
func TestPartsThatFail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err     error
		unknown bool
	}{
		"refused":                    {fault.Conflict("it is locked").WithOutcome(fault.Unknown), false},
		"not allowed":                {fault.PermissionDenied("no").WithOutcome(fault.Unknown), false},
		"its answer was lost":        {fault.OutcomeUnknown("lost"), true},
		"the time ran out":           {fault.DeadlineExceeded(fault.Unknown, "late"), true},
		"the time ran out before it": {fault.DeadlineExceeded(fault.NotSent, "late"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receipt.Of(&call.Call{}, receipt.Write{
				Asked: &psav1.Ticket{}, Held: &psav1.Ticket{}, Parts: []receipt.Part{{Field: "status"}, {Field: "comment", Asked: "x", Err: test.err}},
			})
			if slices.Contains(r.GetUnverifiable(), "comment") != test.unknown || (len(r.GetDropped()) == 0) != test.unknown {
				t.Errorf("receipt %v", r)
			}
		})
	}
}
