package worktime

import (
	"net/http"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// step is what can be done with a sheet: the statuses that it needs and the
// one that follows, for the sheet and for its entries. Which exactly the
// vendor asks for is inferred from the statuses' names.
type step struct {
	from []string
	to   string
	// own is whether the member himself does it; others approve.
	own bool
}

var steps = map[string]step{
	"submit":  {from: []string{"Open", "Rejected", "ErrorsCorrected", "RejectBySecondTier"}, to: "PendingApproval", own: true},
	"reverse": {from: []string{"PendingApproval", "ApprovedByTierOne", "ApprovedByTierTwo"}, to: "Open", own: true},
	"approve": {from: []string{"PendingApproval", "ApprovedByTierOne"}},
	"reject":  {from: []string{"PendingApproval", "ApprovedByTierOne"}, to: "Rejected"},
}

// mountSheets adds what moves a sheet through its approval.
func mountSheets(on rest.On) {
	for name, s := range steps {
		on(http.MethodPost, "/time/sheets/{id}/"+name, rest.Writes, func(c *rest.Call) (rest.Answer, *rest.Error) {
			return s.take(c, name)
		})
	}
}

func (s step) take(c *rest.Call, name string) (rest.Answer, *rest.Error) {
	sheet, ok := c.World().Table(store.TimeSheets).Get(c.ID(0))
	if !ok {
		return rest.Answer{}, rest.NotFound("Time Sheet", c.ID(0))
	}
	right := seed.TimeApproval
	if s.own && rest.OfMember(c, sheet) {
		right = seed.TimeEntry
	}
	if err := c.Allow(right, rest.Edit); err != nil {
		return rest.Answer{}, err
	}
	status := sheet.Text("status")
	if !slices.Contains(s.from, status) {
		return rest.Answer{}, refuse("A time sheet that is %s cannot be changed by %s.", status, name)
	}
	to := s.to
	if name == "approve" {
		to = "ApprovedByTierOne"
		if status == "ApprovedByTierOne" {
			to = "ApprovedByTierTwo"
		}
	}
	c.Update(store.TimeSheets, sheet.ID, func(r *store.Record) { r.Values["status"] = to })
	for _, entry := range c.World().Table(store.TimeEntries).All() {
		if entry.Ref("timeSheet") == sheet.ID && !entry.Flag("invoiceFlag") {
			c.Update(store.TimeEntries, entry.ID, func(r *store.Record) { r.Values["status"] = to })
		}
	}
	return rest.Success("")
}
