package write

import (
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
)

// maxListed is how many of a kind a message lists.
const maxListed = 8

func list(names []string) string {
	if len(names) > maxListed {
		names = append(append([]string(nil), names[:maxListed]...), "...")
	}
	return strings.Join(names, ", ")
}

// lines are requests as messages list them.
func lines(requests []simulated.Request) string {
	var all []string
	for _, r := range requests {
		all = append(all, r.Method+" "+r.Path)
	}
	return list(all)
}
