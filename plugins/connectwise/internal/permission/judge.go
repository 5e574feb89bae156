package permission

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk"
)

// Options are what of the connection's configuration the rights hang on.
type Options struct {
	Projects bool // tickets of projects are served
	ByTime   bool // replies are time entries
}

// Judge tells what a role allows, per operation, in the order of their names.
func Judge(role Role, o Options) []pluginsdk.OperationPermission {
	operations := every(o.ByTime)
	var judged []pluginsdk.OperationPermission
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		n := operations[name]
		p := pluginsdk.OperationPermission{Operation: name, Right: words(n.always)}
		p.Permission, p.Reason = n.judge(role, o)
		judged = append(judged, p)
	}
	return judged
}

func (n needs) judge(role Role, o Options) (pluginsdk.Permission, string) {
	switch {
	case n.untold != "":
		return pluginsdk.PermissionUnknown, n.untold
	case len(n.always) == 0:
		return pluginsdk.PermissionGranted, ""
	case role.Closed != "":
		return pluginsdk.PermissionUnknown, role.Closed
	}
	lowest, at := role.least(n.always)
	says := fmt.Sprintf("the API member's security role has %s for %s", lowest, at)
	switch {
	case lowest == None && n.short:
		return pluginsdk.PermissionUnknown, says + "; a short form of the list is read then, and ConnectWise does not say which right that takes"
	case lowest == None:
		return pluginsdk.PermissionDenied, says + granted(role, n.parts, o)
	case lowest == Unlisted:
		return pluginsdk.PermissionUnknown, "the settings of the API member's security role do not list " + at
	}
	reason := without(role, n.parts, o)
	switch {
	case lowest != Mine:
		return pluginsdk.PermissionGranted, reason
	case reason == "":
		return pluginsdk.PermissionOwnOnly, says
	}
	return pluginsdk.PermissionOwnOnly, says + "; " + reason
}

// least is the poorest grant among rights, and whose it is.
func (r Role) least(rights []Right) (Grant, string) {
	// None decides over what is not known, and that over what is limited.
	rank := map[Grant]int{None: 0, Unlisted: 1, Mine: 2, All: 3}
	lowest, at := All, ""
	for _, right := range rights {
		if g := r.Grant(right); rank[g] < rank[lowest] {
			lowest, at = g, fmt.Sprintf("%s: %s", right.Function, right.Level)
		}
	}
	return lowest, at
}

// without says what of an operation the role does not reach.
func without(role Role, parts []part, o Options) string {
	var missing []string
	for _, p := range parts {
		if p.project && !o.Projects {
			continue
		}
		switch g, at := role.least(p.rights); g {
		case None:
			missing = append(missing, fmt.Sprintf("not for %s (None for %s)", p.what, at))
		case Mine:
			missing = append(missing, fmt.Sprintf("own records alone for %s (Mine for %s)", p.what, at))
		}
	}
	return strings.Join(missing, "; ")
}

// granted says what goes on where the service desk is closed.
func granted(role Role, parts []part, o Options) string {
	for _, p := range parts {
		if g, _ := role.least(p.rights); p.what == projectTickets && o.Projects && g == All {
			return "; on " + p.what + " it is granted"
		}
	}
	return ""
}

// Missing says the rights that operations want and the role does not grant in full,
// in the words of its screen; "" where there is none.
func Missing(role Role, o Options) string {
	var missing []Right
	for _, r := range Wanted() {
		project := r.Function == ProjectTickets || r.Function == CloseProjectTickets
		if g := role.Grant(r); (g == None || g == Mine) && (o.Projects || !project) {
			missing = append(missing, r)
		}
	}
	return words(missing)
}
