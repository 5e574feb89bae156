package seed

import (
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mailDomain is the provider's own.
const mailDomain = "harborpoint.example"

type member struct {
	id                  int64
	identifier          string
	first, last, title  string
	license             string
	role                int64
	inactive, scheduled bool
}

// staff are the members. The built-in zadmin is absent, as it is from the
// vendor's list (connectwise.md §12).
var staff = []member{
	{150, APIMember, "Deskgate", "API", "API member", "A", apiRole, false, false},
	{151, AgentMember, "Deskgate", "Agent", "Virtual dispatcher", "F", technicianRole, false, false},
	{152, AdminMember, "Alice", "Carter", "Operations manager", "F", adminRole, false, false},
	{153, TechnicianMember, "Marco", "Reyes", "Service desk technician", "F", technicianRole, false, true},
	{154, "jokafor", "Joy", "Okafor", "Service desk technician", "F", technicianRole, false, true},
	{155, "tlindqvist", "Tom", "Lindqvist", "Systems engineer", "F", technicianRole, false, true},
	{156, "psharma", "Priya", "Sharma", "Systems engineer", "F", technicianRole, false, true},
	{157, "bwalsh", "Brendan", "Walsh", "Field technician", "F", technicianRole, false, true},
	{158, "cdubois", "Claire", "Dubois", "Field technician", "F", technicianRole, false, true},
	{159, "hnakamura", "Hana", "Nakamura", "Network engineer", "F", technicianRole, false, true},
	{160, "dfischer", "Daniel", "Fischer", "Project engineer", "F", technicianRole, false, true},
	{161, DispatcherMember, "Lucia", "Moreno", "Dispatcher", "F", technicianRole, false, false},
	{162, "sgrant", "Samuel", "Grant", "Service manager", "F", adminRole, false, false},
	{163, InactiveMember, "Rosa", "Beck", "Service desk technician", "F", technicianRole, true, false},
	{164, "nightdesk", "Night", "Desk", "Subcontracted night desk", "X", technicianRole, false, true},
}

func (b *builder) members() {
	for _, m := range staff {
		mail := strings.ToLower(m.first+"."+m.last) + "@" + mailDomain
		values := store.Object{
			"identifier": m.identifier, "licenseClass": m.license, "firstName": m.first, "lastName": m.last,
			"name": m.first + " " + m.last, "fullName": m.first + " " + m.last, "title": m.title,
			"officeEmail": mail, "primaryEmail": mail, "defaultEmail": "Office", "defaultPhone": "Office",
			"officePhone": "5035550" + m.identifierDigits(), "hireDate": date(b.start.AddDate(-4, 0, 0)),
			"inactiveFlag": m.inactive, "disableOnlineFlag": m.license == "A", "adminFlag": m.role == adminRole,
			"securityRole": store.Ref(m.role), "defaultLocation": store.Ref(headOffice), "defaultDepartment": store.Ref(serviceDept),
			"workRole": store.Ref(engineerRole), "workType": store.Ref(remoteType), "dailyCapacity": 8.0,
			"teams": []any{}, "serviceBoardTeamIds": []any{}, "timeZone": store.Ref(eastern), "calendar": store.Ref(OfficeHours),
		}
		switch {
		case m.identifier == "nightdesk":
			values["calendar"] = store.Ref(nightHours)
		case m.license == "A":
			delete(values, "calendar")
		}
		if m.inactive {
			values["inactiveDate"] = date(b.start.AddDate(0, -5, 0))
		}
		b.put(store.Members, m.id, 0, values)
	}
}

func (m member) identifierDigits() string {
	return string([]byte{'0' + byte(m.id/100%10), '0' + byte(m.id/10%10), '0' + byte(m.id%10)})
}

// scheduled are the members that tickets are assigned to.
func scheduled() []member {
	var out []member
	for _, m := range staff {
		if m.scheduled {
			out = append(out, m)
		}
	}
	return out
}
