package seed

import (
	"slices"
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// tickets enters a year of tickets, ids rising with the date of entry. Every
// 18th is a project's.
func (b *builder) tickets() {
	total := serviceTicketCount + projectTicketCount
	entered := make([]time.Time, total)
	for i := range entered {
		day := b.start.AddDate(0, 0, -1-b.rng.IntN(364))
		entered[i] = day.Truncate(24 * time.Hour).Add(time.Duration(7*60+b.rng.IntN(11*60)) * time.Minute).Add(time.Duration(b.rng.IntN(60)) * time.Second)
	}
	slices.SortFunc(entered, time.Time.Compare)
	projects := 0
	for i, at := range entered {
		id := int64(firstTicket + i)
		if i%18 == 9 && projects < projectTicketCount {
			b.projectTicket(id, at, projects)
			projects++
			continue
		}
		b.serviceTicket(id, at)
	}
}

func (b *builder) serviceTicket(id int64, entered time.Time) {
	t := pick(b, topics)
	company := b.client()
	contact := b.contactOf(company)
	texts := strings.NewReplacer("{person}", contact.Text("name"), "{device}", b.deviceOf(company), "{company}", company.Text("name"))
	r := b.ticketRecord(id, entered, company, contact, t.board)
	r.Values["summary"] = texts.Replace(t.summary)
	r.Values["recordType"] = "ServiceTicket"
	r.Values["priority"] = store.Ref(t.priority)
	r.Values["source"] = store.Ref(t.source)
	r.Values["severity"], r.Values["impact"] = "Medium", pick(b, []string{"Low", "Medium", "Medium", "High"})
	r.Values["type"] = b.onBoard(store.Types, t.board, t.kind)
	r.Values["subType"] = b.onBoard(store.SubTypes, t.board, t.subType)
	if t.item != "" {
		r.Values["item"] = b.onBoard(store.Items, t.board, t.item)
	}
	r.Values["team"] = store.Ref(t.board*100 + 81)
	r.Values["sla"] = store.Ref(standardSLA)
	r.Values["requestForChangeFlag"] = false
	if t.board == Alerts {
		delete(r.Values, "contact")
		r.Values["externalXRef"] = "rmm-" + b.digits(6)
		for _, member := range []string{"contactName", "contactPhoneNumber", "contactEmailAddress"} {
			delete(r.Values, member)
		}
	}
	r.Custom = b.customValues(TicketPod, 35)
	b.progress(r, t.board)
	b.notes(r, t, texts, contact)
	if b.chance(30) {
		b.linkConfiguration(r, company)
	}
	b.world.Table(store.Tickets).Put(r)
}

func (b *builder) projectTicket(id int64, entered time.Time, n int) {
	p := projectPlans[n%len(projectPlans)]
	company, _ := b.world.Table(store.Companies).Get(p.company)
	contact := b.contactOf(company)
	r := b.ticketRecord(id, entered, company, contact, ProjectBoard)
	r.Values["summary"] = p.tasks[n/len(projectPlans)%len(p.tasks)]
	r.Values["recordType"] = "ProjectTicket"
	r.Values["priority"] = store.Ref(normalPriority)
	r.Values["isIssueFlag"] = false
	r.Values["project"] = store.Ref(p.id)
	r.Values["phase"] = store.Ref(p.id*10 + int64(n%len(p.phases)) + 1)
	r.Values["wbsCode"] = "1." + string(rune('1'+n%9))
	r.Values["tasks"] = []any{}
	r.Custom = b.customValues(ProjectPod, 50)
	b.progress(r, ProjectBoard)
	b.world.Table(store.Tickets).Put(r)
}

// ticketRecord is what both kinds of tickets have.
func (b *builder) ticketRecord(id int64, entered time.Time, company, contact *store.Record, board int64) *store.Record {
	values := store.Object{
		"board": store.Ref(board), "company": store.Ref(company.ID), "site": company.Values["site"], "siteName": "Main",
		"addressLine1": company.Values["addressLine1"], "city": company.Values["city"], "stateIdentifier": company.Values["state"],
		"zip": company.Values["zip"], "country": store.Ref(unitedStates), "contact": store.Ref(contact.ID),
		"contactName": contact.Values["name"], "contactPhoneNumber": contact.Values["defaultPhoneNbr"],
		"serviceLocation": store.Ref(RemoteLocation), "allowAllClientsPortalView": false, "customerUpdatedFlag": false,
		"automaticEmailContactFlag": b.chance(60), "automaticEmailResourceFlag": b.chance(40), "automaticEmailCcFlag": false,
		"approved": true, "actualHours": 0.0, "billTime": "NoDefault", "billExpenses": "NoDefault", "billProducts": "NoDefault",
		"hasChildTicket": false, "hasMergedChildTicketFlag": false, "lagDays": int64(0), "lagNonworkingDaysFlag": false,
		"predecessorClosedFlag": false, "location": store.Ref(headOffice), "department": store.Ref(serviceDept),
		"mobileGuid": b.guid(), "currency": store.Ref(usDollar), "integratorTags": []any{},
	}
	if mail := Email(contact); mail != "" {
		values["contactEmailAddress"] = mail
	}
	if b.chance(20) {
		values["requiredDate"] = date(entered.AddDate(0, 0, 3).Truncate(24 * time.Hour))
	}
	if b.chance(8) {
		values["automaticEmailCcFlag"] = true
		values["automaticEmailCc"] = "facilities@" + strings.TrimPrefix(company.Text("website"), "https://www.") + ";"
	}
	return &store.Record{ID: id, Values: values, Entered: entered, EnteredBy: pick(b, scheduled()).identifier, Updated: entered}
}

// progress gives a ticket its status, owner and dates by its age.
func (b *builder) progress(r *store.Record, board int64) {
	statuses := b.world.Table(store.Statuses).Children(board)
	age := b.start.Sub(r.Entered)
	var fits func(*store.Record) bool
	switch {
	case age > 30*24*time.Hour && b.chance(94), b.chance(25):
		fits = func(s *store.Record) bool { return s.Flag("closedStatus") && !s.Flag("inactive") }
	case age < 48*time.Hour && b.chance(60):
		fits = func(s *store.Record) bool { return s.Flag("defaultFlag") }
	default:
		fits = func(s *store.Record) bool { return !s.Flag("closedStatus") }
	}
	statuses = slices.DeleteFunc(statuses, func(s *store.Record) bool { return !fits(s) })
	status := pick(b, statuses)
	r.Values["status"] = store.Ref(status.ID)
	r.Values["closedFlag"] = status.Flag("closedStatus")
	r.UpdatedBy = r.EnteredBy
	if status.Text("escalationStatus") == "NotResponded" {
		r.Values["isInSla"] = true
		return
	}
	owner := pick(b, scheduled())
	if !b.chance(10) {
		r.Values["owner"] = store.Ref(owner.id)
		r.Values["resources"] = owner.identifier
	}
	end := minTime(r.Entered.Add(96*time.Hour), b.start)
	responded := b.between(r.Entered, end)
	r.Values["dateResponded"], r.Values["respondMinutes"] = date(responded), int64(responded.Sub(r.Entered)/time.Minute)
	r.Values["respondedBy"] = owner.identifier
	r.Values["actualHours"] = float64(b.rng.IntN(12)) / 4
	r.Updated, r.UpdatedBy = responded, owner.identifier
	r.Values["isInSla"] = b.chance(85)
	if status.Text("escalationStatus") != "Resolved" {
		return
	}
	resolved := b.between(responded, minTime(responded.Add(240*time.Hour), b.start))
	r.Values["dateResolved"], r.Values["resolveMinutes"] = date(resolved), int64(resolved.Sub(r.Entered)/time.Minute)
	r.Values["resolvedBy"] = owner.identifier
	r.Updated = resolved
	if status.Flag("closedStatus") {
		r.Values["closedDate"], r.Values["closedBy"] = date(resolved), owner.identifier
	}
}

func (b *builder) linkConfiguration(r, company *store.Record) {
	for _, c := range b.world.Table(store.Configurations).All() {
		if c.Ref("company") == company.ID {
			b.world.Table(store.TicketConfigurations).Put(TicketConfiguration(r.ID, c))
			return
		}
	}
}

// TicketConfiguration links a configuration to a ticket. The link has an id
// of its own in the store; the API shows the configuration's.
func TicketConfiguration(ticket int64, c *store.Record) *store.Record {
	return &store.Record{Parent: ticket, Values: store.Object{
		"configuration": store.Ref(c.ID), "deviceIdentifier": c.Values["deviceIdentifier"], "name": c.Values["name"],
	}}
}

// client is any company but the provider and the deleted one.
func (b *builder) client() *store.Record {
	c, _ := b.world.Table(store.Companies).Get(int64(firstClient + b.rng.IntN(companyCount-2)))
	return c
}

func (b *builder) contactOf(company *store.Record) *store.Record {
	var own []*store.Record
	for _, c := range b.world.Table(store.Contacts).All() {
		if c.Ref("company") == company.ID && !c.Flag("inactiveFlag") {
			own = append(own, c)
		}
	}
	return pick(b, own)
}

func (b *builder) deviceOf(company *store.Record) string {
	c, _ := b.world.Table(store.Configurations).Find(func(c *store.Record) bool { return c.Ref("company") == company.ID })
	return c.Text("name")
}

// onBoard is a record of a board by name.
func (b *builder) onBoard(table string, board int64, name string) store.Ref {
	r, ok := b.world.Table(table).Find(func(r *store.Record) bool { return r.Parent == board && r.Text("name") == name })
	if !ok {
		panic("seed: a topic names " + name + ", which its board does not have")
	}
	return store.Ref(r.ID)
}

// Email is a contact's default address; "" when it has none.
func Email(contact *store.Record) string {
	items, _ := contact.Values["communicationItems"].([]any)
	for _, i := range items {
		item, _ := i.(store.Object)
		if item["communicationType"] == "Email" && item["defaultFlag"] == true {
			mail, _ := item["value"].(string)
			return mail
		}
	}
	return ""
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
