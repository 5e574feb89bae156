// Package behaviour holds what every connector has to do, whatever its PSA: the
// checks of the conformance suite. They look at effects by later reads, never at
// a call's own word alone.
package behaviour

import (
	"slices"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/behaviour/reading"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/behaviour/trouble"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/behaviour/writing"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// All are the checks in the order that they are run.
func All() []suite.Check {
	return slices.Concat(describing(), reading.Checks(), writing.Checks(), trouble.Checks())
}
