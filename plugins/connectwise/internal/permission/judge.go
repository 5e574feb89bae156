package permission

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk"
)

// Judge tells what a role allows, per operation, in the order of their names.
func Judge(role Role, o Options) []pluginsdk.OperationPermission {
	every := operations(o)
	var judged []pluginsdk.OperationPermission
	for _, name := range slices.Sorted(maps.Keys(every)) {
		n := every[name]
		p := pluginsdk.OperationPermission{Operation: name, Right: n.words(o)}
		p.Permission, p.Reason = n.judge(role, o)
		judged = append(judged, p)
	}
	return judged
}

// words says the rights that the operation needs for every call.
func (n needs) words(o Options) string {
	rights := n.rights(o)
	for _, l := range n.shows {
		rights = append(rights, l.right)
	}
	if len(rights) == 0 {
		for _, p := range n.parts {
			rights = append(rights, p.rights...)
		}
	}
	return words(rights)
}

func (n needs) judge(role Role, o Options) (pluginsdk.Permission, string) {
	switch {
	case n.untold != "":
		return pluginsdk.PermissionUnknown, n.untold
	case n.free():
		return pluginsdk.PermissionGranted, ""
	case role.Closed != "":
		return pluginsdk.PermissionUnknown, role.Closed
	}
	lowest, at := role.least(n.rights(o))
	says := fmt.Sprintf("the API member's security role has %s for %s", lowest, at)
	switch lowest {
	case None:
		return pluginsdk.PermissionDenied, says + n.onProjects(role, o)
	case Unlisted:
		return pluginsdk.PermissionUnknown, notListed(at)
	}
	var reasons []string
	for _, l := range slices.Concat(n.shows, n.reads) {
		switch opens, why := role.opens(l); {
		case opens == None:
			return pluginsdk.PermissionDenied, why
		case opens == Unlisted:
			return pluginsdk.PermissionUnknown, why
		case why != "" && slices.Contains(n.shows, l) && !slices.Contains(reasons, why):
			reasons = append(reasons, why)
		}
	}
	if lowest == Mine {
		reasons = append(reasons, says)
	}
	reasons = append(reasons, n.without(role, o)...)
	if lowest == Mine {
		return pluginsdk.PermissionOwnOnly, strings.Join(reasons, "; ")
	}
	return pluginsdk.PermissionGranted, strings.Join(reasons, "; ")
}

func notListed(at string) string {
	return "the settings of the API member's security role do not list " + at
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

// opens tells whether a list can be read, and where that is not by its right, how it
// is known.
func (r Role) opens(l listing) (Grant, string) {
	g, at := r.least([]Right{l.right})
	switch {
	case g == Unlisted:
		return g, notListed(at)
	case g != None:
		return g, ""
	}
	says := fmt.Sprintf("the API member's security role has None for %s", at)
	switch r.short[l.short] {
	case All:
		return All, says + ": the short form of the list is read, which tells less"
	case None:
		return None, says + ", and ConnectWise refuses the short form of the list"
	}
	return Unlisted, says + ", and whether the short form of the list can be read is not known"
}

// without says what of an operation the role does not reach.
func (n needs) without(role Role, o Options) []string {
	var missing []string
	for _, p := range n.parts {
		if p.project && !o.Projects {
			continue
		}
		switch g, at := role.grants(p); g {
		case None:
			missing = append(missing, fmt.Sprintf("not for %s (None for %s)", p.what, at))
		case Mine:
			missing = append(missing, fmt.Sprintf("own records alone for %s (Mine for %s)", p.what, at))
		}
	}
	return missing
}

// grants is the poorest grant that a part needs, and whose it is.
func (r Role) grants(p part) (Grant, string) {
	for _, l := range p.reads {
		if g, _ := r.opens(l); g == None {
			_, at := r.least([]Right{l.right})
			return None, at
		}
	}
	return r.least(p.rights)
}

// onProjects says what goes on where the service desk alone is closed.
func (n needs) onProjects(role Role, o Options) string {
	shared := n
	shared.service = nil
	if g, _ := role.least(shared.rights(o)); g == None {
		return ""
	}
	for _, p := range n.parts {
		if g, _ := role.grants(p); p.what == projectTickets && o.Projects && g == All {
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
