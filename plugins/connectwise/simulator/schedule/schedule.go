// Package schedule serves schedule entries: who works on a ticket and when,
// and when a member is off (connectwise.md §11).
package schedule

import (
	"net/http"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

const entriesPath = "/schedule/entries"

// Area is the schedule module's part of the API.
func Area() rest.Area {
	entries := &rest.Resource{
		Path: entriesPath, Table: store.ScheduleEntries, Label: "Schedule Entry", Right: seed.ResourceScheduling, Mine: rest.OfMember, Rules: entryRules,
	}
	return rest.Area{
		Resources: []*rest.Resource{entries},
		Mount: func(on rest.On) {
			on(http.MethodDelete, entriesPath+"/{id}/{text}", rest.Writes, func(c *rest.Call) (rest.Answer, *rest.Error) {
				return deleteNotifying(c, entries)
			})
			mountDetails(on, entries)
		},
	}
}

// deleteNotifying deletes an entry and says in its path whether its member is
// mailed.
func deleteNotifying(c *rest.Call, entries *rest.Resource) (rest.Answer, *rest.Error) {
	notify := strings.EqualFold(c.Text, "true")
	if !notify && !strings.EqualFold(c.Text, "false") {
		return rest.Answer{}, rest.BadParameter("notifyResource", c.Text)
	}
	r, err := entries.One(c, rest.Delete)
	if err != nil {
		return rest.Answer{}, err
	}
	a, err := entries.Remove(c, r)
	if err == nil && notify {
		mail(c, r, "has been removed")
	}
	return a, err
}
