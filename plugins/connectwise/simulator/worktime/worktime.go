// Package worktime serves time entries and the sheets that they are approved
// on (connectwise.md §10).
package worktime

import (
	"net/http"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Area is the time module's part of the API.
func Area() rest.Area {
	entries := &rest.Resource{
		Path: "/time/entries", Table: store.TimeEntries, Label: "Time Entry", Right: seed.TimeEntry, Mine: rest.OfMember, Rules: entryRules,
	}
	sheets := &rest.Resource{Path: "/time/sheets", Table: store.TimeSheets, Label: "Time Sheet", Right: seed.TimeEntry, Mine: rest.OfMember}
	return rest.Area{
		Resources: []*rest.Resource{entries, sheets},
		Mount: func(on rest.On) {
			on(http.MethodPost, "/time/entries/defaults", rest.Reads, entries.Preview)
			mountAudits(on, entries)
			mountSheets(on)
		},
	}
}
