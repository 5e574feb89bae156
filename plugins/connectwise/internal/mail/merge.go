package mail

import (
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// OnMerge decides about mail because of a merge. The request for one has no say in
// it, and whether a merge mails is not documented, so that neither choice can be
// promised.
func OnMerge(n *psav1.Notify) (*psav1.Notification, error) {
	asked := choices(n)
	if (slices.Contains(asked, Send) || slices.Contains(asked, Suppress)) && !n.GetBestEffort() {
		return nil, fault.FailedPrecondition(cannotNotify, "whether a merge mails is ConnectWise's own affair: leave notify to DEFAULT, or set notify.best_effort to merge all the same")
	}
	return psav1.Notification_builder{
		Requested: new(requested(n)), Expected: new(Unknown), Observed: new(Unknown),
		Evidence: new("the merge itself, and the status that the duplicates get by it, mail by ConnectWise's own rules; it does not tell"),
	}.Build(), nil
}
