package seed

import (
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// projectPlans are the projects with their phases.
var projectPlans = []struct {
	id      int64
	name    string
	company int64
	phases  []string
	tasks   []string
}{
	{41, "Microsoft 365 migration", firstClient + 4, []string{"Planning", "Cutover"}, []string{"Inventory of mailboxes", "Pilot group migration", "DNS cutover", "Decommission old mail server"}},
	{42, "Server refresh", firstClient + 14, []string{"Build", "Go-live"}, []string{"Rack and cable new host", "Move file services", "Move line-of-business database", "Retire old host"}},
	{43, "Office move to Mill Road", firstClient + 29, []string{"Preparation", "Move"}, []string{"Order internet line", "Cabling acceptance", "Move weekend", "Aftercare"}},
}

// projects enters the projects that project tickets belong to.
func (b *builder) projects() {
	for _, s := range []struct {
		id           int64
		name         string
		closed, hold bool
	}{{1, "Open", false, false}, {2, "Closed", true, true}, {3, "On-Hold", false, true}} {
		b.put(store.ProjectStatuses, s.id, 0, store.Object{
			"name": s.name, "defaultFlag": s.id == 1, "inactiveFlag": false, "noTimeFlag": s.hold, "closedFlag": s.closed,
		})
	}
	for id, name := range map[int64]string{1: "Open", 2: "Closed"} {
		b.put(store.PhaseStatuses, id, 0, store.Object{"name": name, "defaultFlag": id == 1, "inactiveFlag": false, "closedFlag": id == 2})
	}
	for _, p := range projectPlans {
		company, _ := b.world.Table(store.Companies).Get(p.company)
		b.put(store.Projects, p.id, 0, store.Object{
			"name": p.name, "board": store.Ref(ProjectBoard), "company": store.Ref(p.company), "contact": company.Values["defaultContact"],
			"site": company.Values["site"], "status": store.Ref(1), "closedFlag": false, "manager": store.Ref(160),
			"billingMethod": "ActualRates", "billTime": "Billable", "billExpenses": "Billable", "billProducts": "Billable",
			"estimatedStart": date(b.start.AddDate(-1, 0, 0)), "estimatedEnd": date(b.start.AddDate(0, 3, 0)), "estimatedHours": 120.0,
			"location": store.Ref(headOffice), "department": store.Ref(projectDept), "currency": store.Ref(usDollar),
			"description": p.name + " for " + company.Text("name"),
		}).Custom = map[int64]any{}
		for i, phase := range p.phases {
			b.put(store.Phases, p.id*10+int64(i)+1, p.id, store.Object{
				"projectId": p.id, "description": phase, "board": store.Ref(ProjectBoard), "status": store.Ref(1),
				"wbsCode": fmt.Sprint(i + 1), "billTime": "Billable", "billExpenses": "Billable", "billProducts": "Billable",
				"markAsMilestoneFlag": false, "billSeparatelyFlag": false, "billingMethod": "ActualRates", "budgetHours": 60.0,
				"locationId": int64(headOffice), "businessUnitId": int64(projectDept),
			}).Custom = map[int64]any{}
		}
	}
}

// projectNotes enters what is written on projects and on their tickets.
func (b *builder) projectNotes() {
	for _, p := range projectPlans {
		b.put(store.ProjectNotes, p.id, p.id, store.Object{
			"projectId": p.id, "text": "Kick-off held with the client; the plan is agreed.", "flagged": false,
		})
	}
	for _, ticket := range b.world.Table(store.Tickets).All() {
		if ticket.Text("recordType") == "ServiceTicket" {
			continue
		}
		b.note(ticket, ticket.Entered, noteFlags{discussion: true}, ticket.Text("summary")+": as agreed in the plan.", nil, b.authorOf(ticket))
		if ticket.Values["dateResponded"] != nil && b.chance(60) {
			b.note(ticket, ticket.Updated, noteFlags{internal: true}, pick(b, []string{
				"Half done; waiting for the client's window.", "Went to plan.", "Took longer: undocumented dependencies.",
			}), nil, b.authorOf(ticket))
		}
	}
}
