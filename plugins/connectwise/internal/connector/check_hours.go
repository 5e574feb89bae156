package connector

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// workingHours tells of whose availability nothing can be told: technicians
// without a calendar, and those in a time zone that nobody knows.
func (r *report) workingHours(ctx context.Context, i *Instance) {
	const step = "working_hours"
	members, err := i.account.Tables.Members(ctx)
	if err != nil {
		return // the step members has said why
	}
	var idle, zones []string
	for _, m := range members.Values {
		if m.Inactive || m.APIOnly() {
			continue
		}
		if api.IDOf(m.Calendar) == 0 {
			idle = append(idle, m.FullName())
		}
		zone, err := i.account.Zone(ctx, m.TimeZone)
		told := err == nil || fault.CodeOf(err) == fault.CodePermissionDenied
		if told && zone == nil && m.TimeZone != nil && !slices.Contains(zones, m.TimeZone.Name) {
			zones = append(zones, m.TimeZone.Name)
		}
	}
	switch {
	case len(zones) > 0:
		r.add(step, pluginsdk.Warning, "nobody can tell which zones these time zones are: "+strings.Join(zones, "; "),
			fmt.Sprintf("name them in time_zones, such as { %q = \"Europe/Vienna\" }", zones[0]))
	case len(idle) > 0:
		r.add(step, pluginsdk.Warning, "these technicians have no calendar, so that their working hours are not known: "+strings.Join(idle, ", "),
			"give the members a calendar (System > Members), if their availability matters")
	default:
		r.add(step, pluginsdk.OK, "every technician has a calendar and a time zone that is known", "")
	}
}
