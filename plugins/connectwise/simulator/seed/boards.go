package seed

import "github.com/deskgate/deskgate/plugins/connectwise/simulator/store"

// Ids of the boards.
const (
	ServiceDesk     = 1
	ManagedServices = 2
	Alerts          = 3
	FieldService    = 4
	InternalIT      = 5
	ProjectBoard    = 6
)

type board struct {
	id       int64
	name     string
	project  bool
	contact  bool // mails contacts
	resource bool // mails resources
	cc       bool // mails copies
	statuses []status
	types    []ticketType
	team     string
	lead     int64
	members  []int64
}

type status struct {
	name       string
	escalation string
	closed     bool
	inactive   bool
	// silent statuses have no e-mail template: nobody is mailed about them.
	silent bool
}

type ticketType struct {
	name     string
	category string
	subTypes []string
	items    []string
}

var (
	newStatus   = status{name: "New", escalation: "NotResponded"}
	inProgress  = status{name: "In Progress", escalation: "Responded"}
	waitClient  = status{name: "Waiting Client Response", escalation: "NoEscalation"}
	waitParts   = status{name: "Waiting Parts", escalation: "NoEscalation", silent: true}
	scheduledSt = status{name: "Scheduled", escalation: "ResolutionPlan"}
	completed   = status{name: "Completed", escalation: "Resolved"}
	closedSt    = status{name: ">Closed", escalation: "Resolved", closed: true}
)

var boardPlans = []board{
	{id: ServiceDesk, name: "Service Desk", contact: true, resource: true, cc: true, team: "Service Desk Team", lead: 153, members: []int64{153, 154, 164},
		statuses: []status{newStatus, {name: "Assigned", escalation: "Responded"}, inProgress, waitClient, waitParts, completed, closedSt,
			{name: "Cancelled by Client", escalation: "Resolved", closed: true, inactive: true}},
		types: []ticketType{
			{"Desktop", "Reactive", []string{"Performance", "Software", "Hardware"}, []string{"Workstation", "Laptop"}},
			{"Email", "Reactive", []string{"Delivery", "Mailbox Access", "Software"}, []string{"Outlook", "Mobile Device"}},
			{"Network", "Reactive", []string{"Connectivity", "VPN"}, []string{"Firewall", "Wireless"}},
			{"User Account", "Proactive", []string{"Onboarding", "Password Reset"}, []string{"Active Directory", "Microsoft 365"}},
			{"Printing", "Reactive", []string{"Hardware", "Software"}, []string{"Printer"}},
		}},
	{id: ManagedServices, name: "Managed Services", contact: true, resource: true, cc: true, team: "Infrastructure Team", lead: 155, members: []int64{155, 156, 159},
		statuses: []status{newStatus, inProgress, scheduledSt, waitClient, completed, closedSt},
		types: []ticketType{
			{"Server", "Reactive", []string{"Performance", "Patching"}, []string{"Windows Server", "Virtual Host"}},
			{"Backup", "Reactive", []string{"Failed Job", "Restore"}, []string{"Backup Appliance", "Cloud Backup"}},
			{"Security", "Proactive", []string{"Phishing", "Patching"}, []string{"Firewall", "Endpoint Agent"}},
		}},
	{id: Alerts, name: "Alerts", resource: true, team: "Alert Triage", lead: 159, members: []int64{153, 159, 164},
		statuses: []status{newStatus, inProgress, {name: "Monitoring", escalation: "ResolutionPlan"}, completed, closedSt},
		types: []ticketType{
			{"Availability", "Reactive", []string{"Offline", "Latency"}, []string{"Server", "Switch"}},
			{"Capacity", "Reactive", []string{"Disk Space", "Memory"}, []string{"Server"}},
		}},
	{id: FieldService, name: "Field Service", contact: true, resource: true, team: "Field Team", lead: 157, members: []int64{157, 158},
		statuses: []status{newStatus, scheduledSt, {name: "Dispatched", escalation: "Responded"}, inProgress, waitParts, completed, closedSt},
		types: []ticketType{
			{"Site Visit", "Proactive", []string{"Installation", "Repair"}, []string{"Cabling", "Conference Room"}},
			{"Equipment Move", "Proactive", []string{"Installation"}, []string{"Workstation"}},
		}},
	{id: InternalIT, name: "Internal IT", team: "Back Office", lead: 162, members: []int64{161, 162},
		statuses: []status{newStatus, inProgress, closedSt},
		types: []ticketType{
			{"Administration", "Proactive", []string{"Licensing", "Documentation"}, nil},
		}},
	{id: ProjectBoard, name: "Projects", project: true, contact: true, team: "Project Team", lead: 160, members: []int64{155, 160},
		statuses: []status{newStatus, inProgress, waitClient, completed, closedSt},
		types: []ticketType{
			{"Migration", "Proactive", []string{"Planning", "Cutover"}, nil},
		}},
}

// E-mail templates of tickets.
const (
	newTemplate    = 1
	updateTemplate = 2
	closedTemplate = 3
)

// templates enters what mails about tickets say. What is in brackets is
// filled in from the ticket.
func (b *builder) templates() {
	for _, t := range []struct {
		id                   int64
		label, kind, subject string
	}{
		{newTemplate, "New ticket", "New", "Ticket #[number]/[summary] has been created"},
		{updateTemplate, "Status update", "Any", "Ticket #[number]/[summary] is now [status]"},
		{closedTemplate, "Ticket closed", "Closed", "Ticket #[number]/[summary] is now [status]"},
	} {
		b.put(store.EmailTemplates, t.id, 0, store.Object{
			"label": t.label, "type": t.kind, "useSenderFlag": false, "firstName": "Harbor", "lastName": "Point IT",
			"emailAddress": "help@" + mailDomain, "subject": t.subject, "body": "[text]", "copySenderFlag": false, "tasksFlag": false,
			"resourceRecordsFlag": false, "externalContactNotifications": true, "internalContactNotifications": true,
		})
	}
}

// boards enters the boards with what belongs to each. Ids of what is on a
// board begin with the board's: on board 1 are statuses
// from 101, types from 121, subtypes from 141, items from 161 and team 181.
func (b *builder) boards() {
	for _, plan := range boardPlans {
		department := int64(serviceDept)
		if plan.project {
			department = projectDept
		}
		b.put(store.Boards, plan.id, 0, store.Object{
			"name": plan.name, "location": store.Ref(headOffice), "department": store.Ref(department), "inactiveFlag": false,
			"projectFlag": plan.project, "sendToContactFlag": plan.contact, "sendToResourceFlag": plan.resource, "sendToCCFlag": plan.cc,
			"billTime": "NoDefault", "billExpense": "NoDefault", "billProduct": "NoDefault",
			"workRole": store.Ref(engineerRole), "workType": store.Ref(remoteType),
			"notifyEmailFrom": "help@" + mailDomain, "notifyEmailFromName": CompanyName, "discussionsLockedFlag": false,
			"emailConnectorReopenStatus": store.Ref(plan.id*100 + 2), "markFirstNoteIssueFlag": false,
			"contactTemplate": store.Ref(updateTemplate), "resourceTemplate": store.Ref(updateTemplate),
		})
		b.statuses(plan)
		b.types(plan)
		b.put(store.Teams, plan.id*100+81, plan.id, store.Object{
			"name": plan.team, "teamLeader": store.Ref(plan.lead), "members": numbers(plan.members...), "defaultFlag": true,
			"notifyOnTicketDelete": false, "boardId": plan.id, "locationId": int64(headOffice), "businessUnitId": department,
		})
	}
}

func (b *builder) statuses(plan board) {
	for i, s := range plan.statuses {
		var template any = store.Ref(updateTemplate)
		switch {
		case s.silent:
			template = nil
		case s.closed:
			template = store.Ref(closedTemplate)
		}
		b.put(store.Statuses, plan.id*100+int64(i)+1, plan.id, store.Object{
			"name": s.name, "board": store.Ref(plan.id), "sortOrder": int64(i), "displayOnBoard": !s.closed,
			"inactive": s.inactive, "inactiveFlag": s.inactive, "closedStatus": s.closed, "closedFlag": s.closed,
			"timeEntryNotAllowed": s.closed, "roundRobinCatchall": false, "defaultFlag": i == 0,
			"escalationStatus": s.escalation, "customerPortalFlag": true, "customerPortalDescription": s.name, "saveTimeAsNote": false,
			"emailTemplate": template,
		})
	}
}

// types enters types, subtypes, items and which of them go together: every
// subtype of a type with each of the type's items.
func (b *builder) types(plan board) {
	subTypes, items := map[string]int64{}, map[string]int64{}
	association := int64(0)
	for i, t := range plan.types {
		typeID := plan.id*100 + int64(i) + 21
		b.put(store.Types, typeID, plan.id, store.Object{
			"name": t.name, "category": t.category, "defaultFlag": false, "inactiveFlag": false, "requestForChangeFlag": false,
			"board": store.Ref(plan.id),
		})
		for _, name := range t.items {
			if items[name] == 0 {
				items[name] = plan.id*100 + int64(len(items)) + 61
				b.put(store.Items, items[name], plan.id, store.Object{"name": name, "inactiveFlag": false, "board": store.Ref(plan.id)})
			}
		}
		for _, name := range t.subTypes {
			id := subTypes[name]
			if id == 0 {
				id = plan.id*100 + int64(len(subTypes)) + 41
				subTypes[name] = id
				b.put(store.SubTypes, id, plan.id, store.Object{"name": name, "inactiveFlag": false, "board": store.Ref(plan.id), "typeAssociationIds": []any{}})
			}
			sub, _ := b.world.Table(store.SubTypes).Get(id)
			types, _ := sub.Values["typeAssociationIds"].([]any)
			sub.Values["typeAssociationIds"] = append(types, typeID)
			for _, item := range t.items {
				association++
				b.put(store.Associations, plan.id*1000+association, plan.id, store.Object{
					"type": store.Ref(typeID), "subType": store.Ref(id), "item": store.Ref(items[item]), "board": store.Ref(plan.id),
				})
			}
		}
	}
}
