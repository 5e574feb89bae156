// Package trouble holds what every connector has to do when something goes wrong:
// a PSA that fails, refuses, hangs or lies, calls that nobody waits for any more,
// crowds, writes whose answer is lost, credentials that are wrong, connections that
// come and go, and requests that no gateway sends.
package trouble

import (
	"slices"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// Checks are the checks in the order that they are run.
func Checks() []suite.Check {
	return slices.Concat(
		faults(), origins(), deadlines(), crowds(), lostWrites(), secrets(),
		checking(), watching(), connecting(), costs(), permissions(), hostile(),
	)
}
