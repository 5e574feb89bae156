package receipt

import (
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Deleted is the receipt of a deletion that the PSA has acknowledged, and lists
// under by. look is what
// reading the record again ended in: not_found proves that it is gone, no error
// that it is still there, and any other error proves nothing.
func Deleted(c *call.Call, by *psav1.Party, look error) *psav1.Receipt {
	b := psav1.Receipt_builder{
		Outcome:        new(psav1.Receipt_Outcome_APPLIED),
		Support:        new(psav1.Support_NATIVE),
		VendorRequests: new(int32(c.VendorRequests())),
		AttributedTo:   by,
	}
	switch {
	case look == nil:
		b.Outcome = new(psav1.Receipt_Outcome_NOT_APPLIED)
		b.Warnings = []string{"the PSA answered success, and the record is still there"}
	case fault.CodeOf(look) != fault.CodeNotFound:
		b.Outcome = new(psav1.Receipt_Outcome_UNVERIFIED)
		b.Warnings = []string{"the PSA answered success; whether the record is gone could not be read: " + fault.From(look).Message}
	}
	return b.Build()
}
