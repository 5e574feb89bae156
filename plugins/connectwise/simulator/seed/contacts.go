package seed

import (
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

const firstContact = 600

var firstNames = []string{
	"Amelia", "Andre", "Anita", "Ben", "Bianca", "Carlos", "Chen", "Dana", "Denise", "Diego", "Elena", "Emil", "Fatima", "Frank",
	"Grace", "Hassan", "Heidi", "Ian", "Ingrid", "Jamal", "Janet", "Jonas", "Karen", "Kofi", "Laura", "Leo", "Mei", "Miguel",
	"Nadia", "Noah", "Olga", "Oscar", "Paula", "Peter", "Quinn", "Rachel", "Ravi", "Sofia", "Stefan", "Tanya", "Tariq", "Ursula",
	"Victor", "Wanda", "Xavier", "Yara", "Yusuf", "Zoe",
}

var lastNames = []string{
	"Abbott", "Bauer", "Castillo", "Dawson", "Eriksen", "Farrell", "Gupta", "Hughes", "Ivanov", "Jensen", "Kaplan", "Lefevre",
	"Mbeki", "Novak", "O'Brien", "Patel", "Quigley", "Rossi", "Santos", "Tanaka", "Underwood", "Vasquez", "Weber", "Xu", "Young", "Zimmer",
}

var jobTitles = []string{"Office Manager", "Owner", "Accountant", "Receptionist", "Operations Lead", "HR Coordinator", "Sales Representative", "Warehouse Supervisor"}

// contacts enters the people of the clients; the first of each company is its
// default contact.
func (b *builder) contacts() {
	companies := b.world.Table(store.Companies).All()
	itemID := int64(1)
	for i := range contactCount {
		company := companies[i%len(companies)]
		first, last := pick(b, firstNames), pick(b, lastNames)
		mail := strings.ToLower(first+"."+strings.ReplaceAll(last, "'", "")) + "@" + strings.TrimPrefix(company.Text("website"), "https://www.")
		phone := "2075550" + b.digits(3)
		isDefault := i < len(companies)
		items := []any{store.Object{
			"id": itemID, "type": store.Ref(directPhone), "value": phone, "defaultFlag": true, "communicationType": "Phone",
		}}
		if !b.chance(4) || isDefault { // a few have no address
			items = append(items, store.Object{
				"id": itemID + 1, "type": store.Ref(emailCommunication), "value": mail, "defaultFlag": true,
				"domain": mail[strings.IndexByte(mail, '@'):], "communicationType": "Email",
			})
		}
		itemID += 2
		id := int64(firstContact + i)
		r := b.put(store.Contacts, id, 0, store.Object{
			"firstName": first, "lastName": last, "name": first + " " + last, "company": store.Ref(company.ID),
			"site": company.Values["site"], "inactiveFlag": !isDefault && b.chance(5), "title": pick(b, jobTitles),
			"marriedFlag": false, "childrenFlag": false, "disablePortalLoginFlag": true, "unsubscribeFlag": false,
			"mobileGuid": b.guid(), "defaultPhoneType": "Direct", "defaultPhoneNbr": phone, "defaultBillingFlag": false,
			"defaultFlag": isDefault, "companyLocation": store.Ref(headOffice), "communicationItems": items, "types": []any{},
		})
		r.Custom = map[int64]any{}
		r.Entered = b.between(company.Entered, b.start.AddDate(0, -1, 0))
		r.Updated = b.between(r.Entered, b.start.AddDate(0, 0, -1))
		if isDefault {
			company.Values["defaultContact"] = store.Ref(id)
		}
	}
}

// configurations enters a few managed devices for each client.
func (b *builder) configurations() {
	id := int64(3000)
	for _, company := range b.world.Table(store.Companies).All() {
		prefix := strings.ToUpper(company.Text("identifier"))[:3]
		for _, c := range []struct {
			kind     int64
			name, os string
		}{
			{serverConfiguration, prefix + "-SRV01", "Windows Server 2022"},
			{workstationConfiguration, prefix + "-WS" + b.digits(2), "Windows 11 Pro"},
			{firewallConfiguration, prefix + "-FW01", ""},
		} {
			values := store.Object{
				"name": c.name, "type": store.Ref(c.kind), "status": store.Ref(1), "company": store.Ref(company.ID),
				"site": company.Values["site"], "contact": company.Values["defaultContact"], "locationId": int64(headOffice),
				"businessUnitId": int64(serviceDept), "deviceIdentifier": b.guid(), "serialNumber": "SN" + b.digits(8),
				"tagNumber": "HP-" + b.digits(5), "ipAddress": "10.20." + b.digits(1) + "." + b.digits(2), "billFlag": false,
				"activeFlag": true, "mobileGuid": b.guid(), "questions": []any{},
			}
			if c.os != "" {
				values["osType"] = c.os
			}
			b.put(store.Configurations, id, 0, values).Custom = map[int64]any{}
			id++
		}
	}
}
