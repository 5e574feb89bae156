package seed

import "github.com/deskgate/deskgate/plugins/connectwise/simulator/store"

// Ids of priorities and sources that have a part of their own.
const (
	criticalPriority = 6
	highPriority     = 5
	normalPriority   = 4
	lowPriority      = 3
	phoneSource      = 1
	emailSource      = 2
	portalSource     = 3
	monitorSource    = 4
	apiSource        = 6
)

func (b *builder) catalogues() {
	for _, scale := range []string{store.Severities, store.Impacts} {
		for i, name := range []string{"Low", "Medium", "High"} {
			b.put(scale, int64(i+1), 0, store.Object{"name": name, "description": name, "defaultFlag": name == "Medium"})
		}
	}
	for _, p := range []struct {
		id                 int64
		name, color, level string
		sort               int64
	}{
		{criticalPriority, "Priority 1 - Critical", "Red", "Critical", 1},
		{highPriority, "Priority 2 - High", "Orange", "High", 2},
		{normalPriority, "Priority 3 - Normal Response", "Blue", "Medium", 3},
		{lowPriority, "Priority 4 - Scheduled Maintenance", "Green", "Low", 4},
		{8, "Do Not Respond", "White", "Low", 5},
	} {
		b.put(store.Priorities, p.id, 0, store.Object{
			"name": p.name, "color": p.color, "sortOrder": p.sort, "defaultFlag": p.id == normalPriority, "level": p.level,
		})
	}
	for _, s := range []struct {
		id   int64
		name string
	}{{phoneSource, "Call"}, {emailSource, "Email Connector"}, {portalSource, "Customer Portal"}, {monitorSource, "RMM Alert"}, {5, "Walk-up"}, {apiSource, "API Integration"}} {
		b.put(store.Sources, s.id, 0, store.Object{"name": s.name, "defaultFlag": s.id == phoneSource})
	}
	for _, s := range []struct {
		id                           int64
		name                         string
		respond, planWithin, resolve float64
	}{{standardSLA, "Standard SLA", 4, 8, 24}, {4, "Premium 24x7", 0.5, 2, 8}} {
		b.put(store.SLAs, s.id, 0, store.Object{
			"name": s.name, "basedOn": "MyCalendar", "defaultFlag": s.id == standardSLA, "applicationOrder": s.id,
			"respondHours": s.respond, "respondPercent": int64(90), "planWithin": s.planWithin, "planWithinPercent": int64(90),
			"resolutionHours": s.resolve, "resolutionPercent": int64(90),
			"hiImpactHiUrgency": store.Ref(criticalPriority), "medImpactMedUrgency": store.Ref(normalPriority), "lowImpactLowUrgency": store.Ref(lowPriority),
		})
	}
	for _, s := range []struct {
		id   int64
		name string
	}{{1, "Active"}, {2, "Inactive"}, {13, "Credit Hold"}} {
		b.put(store.CompanyStatuses, s.id, 0, store.Object{"name": s.name, "defaultFlag": s.id == 1, "inactiveFlag": false, "notifyFlag": s.id == 13})
	}
	for _, t := range []struct {
		id   int64
		name string
	}{{1, "Client"}, {5, "Owner"}, {6, "Prospect"}, {7, "Vendor"}} {
		b.put(store.CompanyTypes, t.id, 0, store.Object{"name": t.name, "defaultFlag": t.id == 1, "vendorFlag": t.id == 7})
	}
	for _, t := range []struct {
		id          int64
		description string
		phone, mail bool
	}{{emailCommunication, "Email", false, true}, {directPhone, "Direct", true, false}, {4, "Mobile", true, false}} {
		b.put(store.CommunicationTypes, t.id, 0, store.Object{
			"description": t.description, "phoneFlag": t.phone, "faxFlag": false, "emailFlag": t.mail, "defaultFlag": t.id != 4, "disabled": false,
		})
	}
	for _, t := range []struct {
		id   int64
		name string
	}{{serverConfiguration, "Managed Server"}, {workstationConfiguration, "Managed Workstation"}, {firewallConfiguration, "Network Device"}} {
		b.put(store.ConfigurationTypes, t.id, 0, store.Object{"name": t.name, "inactiveFlag": false, "systemFlag": false})
	}
	for i, name := range []string{"Dell", "Fortinet", "HP", "Lenovo"} {
		b.put(store.Manufacturers, int64(i+7), 0, store.Object{"name": name})
	}
	b.put(store.ConfigurationStatuses, 1, 0, store.Object{"description": "Active", "closedFlag": false, "defaultFlag": true})
	b.put(store.ConfigurationStatuses, 2, 0, store.Object{"description": "Retired", "closedFlag": true, "defaultFlag": false})
}

// Kinds of communication and configurations.
const (
	emailCommunication       = 1
	directPhone              = 2
	serverConfiguration      = 15
	workstationConfiguration = 16
	firewallConfiguration    = 17
)
