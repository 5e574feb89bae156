package receipt_test

import (
	"errors"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

func TestDeleted(t *testing.T) {
	t.Parallel()
	c := &call.Call{}
	c.AddRequest(time.Second)
	for name, test := range map[string]struct {
		look    error
		outcome psav1.Receipt_Outcome_V
		warns   bool
	}{
		"gone":                   {fault.NotFound("no ticket 7"), psav1.Receipt_Outcome_APPLIED, false},
		"still there":            {nil, psav1.Receipt_Outcome_NOT_APPLIED, true},
		"the PSA fails":          {fault.VendorError("it broke"), psav1.Receipt_Outcome_UNVERIFIED, true},
		"the right was lost":     {fault.PermissionDenied("no"), psav1.Receipt_Outcome_UNVERIFIED, true},
		"an error of another's":  {errors.New("secret"), psav1.Receipt_Outcome_UNVERIFIED, true},
		"the time of it ran out": {fault.DeadlineExceeded(fault.Unknown, "late"), psav1.Receipt_Outcome_UNVERIFIED, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			by := psav1.Party_builder{Kind: new(psav1.PartyKind_SYSTEM), Name: new("Desk")}.Build()
			r := receipt.Deleted(c, by, test.look)
			if r.GetAttributedTo().GetName() != "Desk" || r.GetOutcome() != test.outcome || (len(r.GetWarnings()) > 0) != test.warns || r.GetVendorRequests() != 1 || r.GetSupport() != psav1.Support_NATIVE {
				t.Errorf("receipt %v", r)
			}
		})
	}
}
