package seed

import (
	"maps"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Kinds of agreements.
const (
	managedAgreement = 11
	blockAgreement   = 12
	firstAgreement   = 801
)

// agreements enters the kinds of agreements and gives two of three clients
// one: all-in, for which time is not charged, or a block of hours.
func (b *builder) agreements() {
	for id, name := range map[int64]string{managedAgreement: "Managed Services", blockAgreement: "Block Time"} {
		b.put(store.AgreementTypes, id, 0, store.Object{
			"name": name, "defaultFlag": id == managedAgreement, "inactiveFlag": false, "employeeCompRate": "Actual", "employeeCompNotExceed": "Billing", "invoicingCycle": "ContractYear",
			"billTime": "NoDefault", "billExpenses": "NoDefault", "billProducts": "NoDefault",
		})
	}
	id := int64(firstAgreement)
	for i, company := range b.world.Table(store.Companies).All() {
		kind := int64(managedAgreement)
		values := store.Object{
			"billTime": "NoCharge", "applicationUnits": "Hours", "applicationUnlimitedFlag": true, "billAmount": 1450.0,
		}
		switch {
		case company.ID == ownCompany || i%3 == 0:
			continue
		case i%3 == 2:
			kind = blockAgreement
			values = store.Object{
				"billTime": "Billable", "applicationUnits": "Hours", "applicationLimit": 20.0, "applicationCycle": "CalendarQuarter",
				"applicationUnlimitedFlag": false, "billAmount": 2600.0,
			}
		}
		typ, _ := b.world.Table(store.AgreementTypes).Get(kind)
		maps.Copy(values, store.Object{
			"name": typ.Text("name") + " " + company.Text("identifier"), "type": store.Ref(kind), "typeName": typ.Values["name"],
			"company": store.Ref(company.ID), "contact": company.Values["defaultContact"], "site": company.Values["site"],
			"location": store.Ref(headOffice), "department": store.Ref(serviceDept), "startDate": date(b.start.AddDate(-2, 0, 0)),
			"noEndingDateFlag": true, "cancelledFlag": false, "coverAgreementTime": true, "billExpenses": "NoDefault",
			"billProducts": "NoDefault", "agreementStatus": "Active", "currency": store.Ref(usDollar),
		})
		b.put(store.Agreements, id, 0, values).Custom = map[int64]any{}
		id++
	}
}
