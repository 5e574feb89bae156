// Package writing holds what every connector has to do when it writes: the checks
// whose effects are seen by later reads of another process, by the simulator's log
// of requests and outbox, and by what it holds.
package writing

import (
	"slices"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// Checks are the checks of writes, in the order that they are run.
func Checks() []suite.Check {
	return slices.Concat(
		creating(), updating(), naming(), customFields(), texting(), unsupported(),
		receipts(), dryRuns(), matching(),
		noteWriting(), replying(), moving(), merging(), booking(), planning(), attaching(), deleting(), rawCalls(),
	)
}
