package worktime

import (
	"fmt"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/ticket"
)

// targets are what time is charged to, by chargeToType.
var targets = map[string]rest.Target{
	"Company":       {Table: store.Companies, Label: "Company"},
	"ServiceTicket": {Table: store.Tickets, Label: "Service Ticket", Is: ticket.IsService},
	"ProjectTicket": {Table: store.Tickets, Label: "Project Ticket", Is: ticket.IsProject},
	"ChargeCode":    {Table: store.ChargeCodes, Label: "Charge Code"},
	"Activity":      {Table: store.Activities, Label: "Activity"},
}

// charged is the record that an entry is charged to.
func charged(c *rest.Call, r *store.Record) (rest.Target, *store.Record, bool) {
	t := targets[r.Text("chargeToType")]
	id, _ := r.Values["chargeToId"].(int64)
	found, ok := t.Find(c.World(), id)
	return t, found, ok
}

// chargedTicket is the ticket that an entry is charged to, if it is one.
func chargedTicket(c *rest.Call, r *store.Record) (*store.Record, bool) {
	t, found, ok := charged(c, r)
	return found, ok && t.Table == store.Tickets
}

// completeEntry fills in what follows from what the time is charged to and
// from its member.
func completeEntry(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	member, _ := c.World().Table(store.Members).Get(w.New.Ref("member"))
	sources := []*store.Record{member}
	v["ticket"], v["project"], v["phase"] = nil, nil, nil
	w.New.Parent = 0
	if t, found, ok := charged(c, w.New); ok {
		switch t.Table {
		case store.Tickets:
			board, _ := c.World().Table(store.Boards).Get(found.Ref("board"))
			sources = []*store.Record{found, board, member}
			w.New.Parent = found.ID
			v["ticket"], v["project"], v["phase"] = store.Ref(found.ID), found.Values["project"], found.Values["phase"]
			v["company"] = found.Values["company"]
			w.Default("agreement", found.Values["agreement"])
			place(w, found.Ref("location"), found.Ref("department"))
		case store.Companies:
			v["company"] = store.Ref(found.ID)
		case store.ChargeCodes:
			v["company"] = found.Values["company"]
			w.Default("billableOption", found.Values["billTime"])
		}
	}
	place(w, member.Ref("defaultLocation"), member.Ref("defaultDepartment"))
	for _, from := range sources {
		w.Default("workRole", from.Values["workRole"])
		w.Default("workType", from.Values["workType"])
	}
}

func place(w *rest.Change, location, department int64) {
	if location != 0 {
		w.Default("locationId", location)
	}
	if department != 0 {
		w.Default("businessUnitId", department)
	}
}

// checkCharge refuses time on what does not exist, and on a ticket whose
// status takes none.
func checkCharge(c *rest.Call, w *rest.Change) *rest.Error {
	v := w.New.Values
	if v["chargeToId"] == nil && w.New.Text("chargeToType") == "Company" {
		if v["company"] == nil {
			return rest.InvalidObject("timeEntry", rest.RequiredField("company"))
		}
		v["chargeToId"] = w.New.Ref("company")
		return nil
	}
	if v["chargeToType"] == nil {
		return rest.InvalidObject("timeEntry", rest.RequiredField("chargeToType"))
	}
	t, found, ok := charged(c, w.New)
	if !ok {
		return rest.InvalidObject("timeEntry", rest.NotFoundDetail(fmt.Sprintf("%s %v not found", t.Label, v["chargeToId"]), "chargeToId"))
	}
	if t.Table != store.Tickets || !w.Moved("chargeToId") {
		return nil
	}
	status, _ := c.World().Table(store.Statuses).Get(found.Ref("status"))
	if status.Flag("timeEntryNotAllowed") {
		return refuse("Please update the status of this ticket before entering time.")
	}
	return nil
}

// checkWorkRole refuses a role that the location of the work does not have.
// The words are modelled on those of a ticket's status.
func checkWorkRole(c *rest.Call, w *rest.Change) *rest.Error {
	role, ok := c.World().Table(store.WorkRoles).Get(w.New.Ref("workRole"))
	location := w.New.Values["locationId"]
	if id, given := location.(int64); given {
		if _, exists := c.World().Table(store.Locations).Get(id); !exists {
			return rest.InvalidObject("timeEntry", rest.NotFoundDetail(fmt.Sprintf("Location %d not found", id), "locationId"))
		}
	}
	if !ok || location == nil {
		return nil
	}
	if places, _ := role.Values["locationIds"].([]any); slices.Contains(places, location) {
		return nil
	}
	return rest.InvalidObject("timeEntry", rest.NotFoundDetail(
		fmt.Sprintf("Work Role %s not found for Location %v", role.Text("name"), location), "workRole/name"))
}
