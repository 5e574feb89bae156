package seed

import "github.com/deskgate/deskgate/plugins/connectwise/simulator/store"

// Ids of the organization, which other records refer to.
const (
	// RemoteLocation is where service happens unless a ticket says otherwise.
	RemoteLocation = 4
	headOffice     = 2
	branchOffice   = 38
	serviceDept    = 10
	projectDept    = 11
	usDollar       = 7
	unitedStates   = 1
	onSite         = 1
	standardSLA    = 3
	engineerRole   = 11
	remoteType     = 3
)

// organization enters what the tenant is made of: places, departments, money.
func (b *builder) organization() {
	for id, name := range map[int64]string{headOffice: "Portland Office", branchOffice: "Boston Office"} {
		b.put(store.Locations, id, 0, store.Object{
			"name": name, "ownerLevelId": id, "structureLevel": store.Object{"id": int64(1), "name": "Location"}, "locationFlag": true, "clientFlag": false,
			"timeZoneSetup": store.Ref(eastern), "calendar": store.Ref(OfficeHours),
		})
	}
	b.put(store.Departments, serviceDept, 0, store.Object{"identifier": "Services", "name": "Professional Services"})
	b.put(store.Departments, projectDept, 0, store.Object{"identifier": "Projects", "name": "Projects"})
	b.put(store.Currencies, usDollar, 0, store.Object{
		"symbol": "$", "currencyCode": "USD", "decimalSeparator": ".", "numberOfDecimals": int64(2), "thousandsSeparator": ",",
		"negativeParenthesesFlag": false, "displaySymbolFlag": false, "currencyIdentifier": "Base", "displayIdFlag": false,
		"rightAlign": false, "name": "US Dollars",
	})
	b.put(store.Countries, unitedStates, 0, store.Object{"identifier": "US", "name": "United States"})
	for _, l := range []struct {
		id          int64
		name, where string
	}{{onSite, "On-Site", "OnSite"}, {2, "In-House", "InHouse"}, {RemoteLocation, "Remote", "Remote"}} {
		b.put(store.ServiceLocations, l.id, 0, store.Object{"name": l.name, "where": l.where, "defaultFlag": l.id == RemoteLocation})
	}
	for _, r := range []struct {
		id   int64
		name string
		rate float64
	}{{engineerRole, "Systems Engineer", 165}, {12, "Help Desk Technician", 110}, {13, "Project Engineer", 185}, {14, "Field Technician", 125}} {
		b.put(store.WorkRoles, r.id, 0, store.Object{"name": r.name, "hourlyRate": r.rate, "inactiveFlag": false, "locationIds": numbers(headOffice, branchOffice)})
	}
	// One role is Boston's alone: time on Portland's tickets cannot have it.
	b.put(store.WorkRoles, 15, 0, store.Object{"name": "Harbor Technician", "hourlyRate": 140.0, "inactiveFlag": false, "locationIds": numbers(branchOffice)})
	for _, t := range []struct {
		id   int64
		name string
		rate float64
	}{{1, "Regular", 1}, {remoteType, "Remote Support", 1}, {4, "After Hours", 1.5}, {5, "Emergency", 2}} {
		b.put(store.WorkTypes, t.id, 0, store.Object{
			"name": t.name, "billTime": "Billable", "rateType": "Multiplier", "rate": t.rate, "hoursMin": 0.25, "hoursMax": 0.0,
			"roundBillHoursTo": 0.25, "inactiveFlag": false, "overallDefaultFlag": t.id == 1, "activityDefaultFlag": false, "utilizationFlag": true,
		})
	}
}
