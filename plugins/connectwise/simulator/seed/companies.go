package seed

import (
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// ownCompany is the provider itself; clients follow from firstClient on.
const (
	ownCompany  = 2
	firstClient = 250
)

var clientNames = []string{
	"Alder Creek Dental", "Bayside Family Law", "Beacon Hill Architects", "Blue Heron Brewing", "Bramble & Finch Bookshops",
	"Brightwater Veterinary", "Cascade Timber Supply", "Cedar Mill Pediatrics", "Chapman Freight Lines", "Clearview Optometry",
	"Cobblestone Property Group", "Copper Kettle Catering", "Crestline Civil Engineering", "Dovetail Cabinetry", "Eastbank Credit Union",
	"Elm Street Accounting", "Evergreen Senior Living", "Fairhaven Public Library", "Fern Ridge Vineyards", "Foxglove Floral Wholesale",
	"Galley Row Seafood", "Glacier Peak Outfitters", "Granite State Insurance", "Greenfield Montessori", "Hartwell Machine Works",
	"Hawthorne Theatre Company", "Highline Physiotherapy", "Ironwood Fabrication", "Juniper Lane Interiors", "Kestrel Aviation Services",
	"Kingfisher Marine", "Lakeside Orthopedics", "Larkspur Media", "Lighthouse Community Church", "Maple Grove School District",
	"Meridian Title & Escrow", "Millstone Bakery", "Mossback Landscaping", "North Fork Electric", "Oak Hollow Funeral Home",
	"Orchard Valley Co-op", "Pacific Crest Logistics", "Pinnacle Wealth Advisors", "Quarry Road Concrete", "Redtail Solar",
	"Rivermark Staffing", "Rosewood Hotel Group", "Saltmarsh Environmental", "Sandpiper Travel", "Silverline Plumbing",
	"Stonebridge Capital", "Summit Ridge Roofing", "Sunnyside Daycare Centers", "Tamarack Surveying", "Thornbury Manufacturing",
	"Union Station Legal", "Vista Point Radiology", "Westgate Auto Group", "Willow Bend Dermatology",
}

var streets = []string{"Harbor Street", "Mill Road", "Front Avenue", "Cedar Lane", "Commerce Way", "Second Street", "Orchard Drive", "Quay Road"}

var cities = []struct{ name, state, zip string }{
	{"Portland", "ME", "04101"}, {"Augusta", "ME", "04330"}, {"Bangor", "ME", "04401"}, {"Portsmouth", "NH", "03801"},
	{"Concord", "NH", "03301"}, {"Boston", "MA", "02108"}, {"Salem", "MA", "01970"}, {"Burlington", "VT", "05401"},
}

// companies enters the provider and its clients with their sites.
func (b *builder) companies() {
	b.company(ownCompany, CompanyName, "HarborPoint", mailDomain, 5)
	for i, name := range clientNames[:companyCount-1] {
		id := int64(firstClient + i)
		b.company(id, name, identifier(name), domain(name), 1)
	}
	// The last client left; it is kept, marked as deleted.
	last, _ := b.world.Table(store.Companies).Get(int64(firstClient + companyCount - 2))
	last.Values["deletedFlag"] = true
	last.Values["dateDeleted"] = date(b.start.AddDate(0, -2, 0))
	last.Values["deletedBy"] = AdminMember
	last.Values["status"] = store.Ref(2)
}

func (b *builder) company(id int64, name, identifier, domain string, typeID int64) {
	city := pick(b, cities)
	street := b.digits(2) + " " + pick(b, streets)
	if street[0] == '0' {
		street = "1" + street
	}
	phone := "2075550" + b.digits(3)
	siteID := id*10 + 1
	b.site(siteID, id, "Main", street, phone, true)
	if b.chance(25) {
		b.site(siteID+1, id, "Warehouse", "2 "+pick(b, streets), "2075550"+b.digits(3), false)
	}
	r := b.put(store.Companies, id, 0, store.Object{
		"identifier": identifier, "name": name, "status": store.Ref(1), "addressLine1": street, "city": city.name,
		"state": city.state, "zip": city.zip, "country": store.Ref(unitedStates), "phoneNumber": phone,
		"website": "https://www." + domain, "territory": store.Ref(headOffice), "dateAcquired": date(b.start.AddDate(-2, 0, 0)),
		"annualRevenue": 0.0, "leadFlag": false, "unsubscribeFlag": false, "deletedFlag": false, "mobileGuid": b.guid(),
		"currency": store.Ref(usDollar), "isVendorFlag": false, "types": refs(typeID), "site": store.Ref(siteID),
	})
	r.Custom = b.customValues(CompanyPod, 60)
	r.Entered = b.start.AddDate(-2, 0, b.rng.IntN(300))
	r.Updated = b.between(r.Entered, b.start.AddDate(0, -1, 0))
}

func (b *builder) site(id, company int64, name, street, phone string, primary bool) {
	city := pick(b, cities)
	b.put(store.Sites, id, company, store.Object{
		"name": name, "addressLine1": street, "city": city.name, "zip": city.zip, "country": store.Ref(unitedStates),
		"phoneNumber": phone, "primaryAddressFlag": primary, "defaultShippingFlag": primary, "defaultBillingFlag": primary,
		"defaultMailingFlag": primary, "inactiveFlag": false, "billSeparateFlag": false, "mobileGuid": b.guid(),
		"company": store.Ref(company),
	})
}

// identifier is a company's short name: its words without blanks.
func identifier(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '&' || r == '-' })
	out := strings.Join(words, "")
	return out[:min(len(out), 30)]
}

func domain(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == ' ' || r == '&' || r == '-' })
	return strings.Join(words[:min(2, len(words))], "") + ".example"
}
