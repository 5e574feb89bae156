// Package reading holds what every connector has to answer to those who read: the
// records that there are, whole and right, in pages, under filters and by their ids,
// and never another tenant's.
package reading

import (
	"slices"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// Checks are the checks in the order that they are run.
func Checks() []suite.Check {
	return slices.Concat(alone(), etags(), pointing(), catalogues(), people(), files(), witnessed(), paging(), filtering(), identifying(), tenants())
}
