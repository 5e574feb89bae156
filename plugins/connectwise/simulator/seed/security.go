package seed

import (
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// The module functions that the simulator asks for. The names are those of
// the security role's screen, as set-up guides of integrations list them; the
// answer to a new one is None.
const (
	ServiceTickets     = "Service Tickets"
	CloseTickets       = "Close Service Tickets"
	ProjectTickets     = "Project Tickets"
	CompanyMaintenance = "Company Maintenance"
	Contacts           = "Contacts"
	Configurations     = "Configurations"
	MemberMaintenance  = "Member Maintenance"
	SecurityRoles      = "Security Roles"
	TableSetup         = "Table Setup"

	CloseProjectTickets = "Close Project Tickets"
	ProjectHeaders      = "Project Headers"
	ProjectNotes        = "Project Notes"
	MergeTickets        = "Merge Tickets"
	ResourceScheduling  = "Resource Scheduling"
	TimeEntry           = "Time Entry"
	TimeApproval        = "Time Approval by Member"
	ManageDocuments     = "Manage Documents"
	Agreements          = "Agreements"
)

// Security roles.
const (
	adminRole      = 1
	apiRole        = 63
	technicianRole = 64
)

type moduleFunction struct{ module, name string }

// moduleFunctions in the order of their settings' ids: what is new goes last.
var moduleFunctions = []moduleFunction{
	{"Service Desk", ServiceTickets}, {"Service Desk", CloseTickets},
	{"Project", ProjectTickets},
	{"Companies", CompanyMaintenance}, {"Companies", Contacts}, {"Companies", Configurations},
	{"System", MemberMaintenance}, {"System", SecurityRoles}, {"System", TableSetup},
	{"Project", CloseProjectTickets}, {"Project", ProjectHeaders}, {"Project", ProjectNotes},
	{"Service Desk", MergeTickets}, {"Service Desk", ResourceScheduling},
	{"Time & Expense", TimeEntry}, {"Time & Expense", TimeApproval},
	{"Companies", ManageDocuments}, {"Finance", Agreements},
}

// ModuleFunctions lists the names of the module functions.
func ModuleFunctions() []string {
	names := make([]string, len(moduleFunctions))
	for i, f := range moduleFunctions {
		names[i] = f.name
	}
	return names
}

// identifier is a name as moduleIdentifier and moduleFunctionIdentifier have
// it. The vendor's identifiers are recorded nowhere: here they are the names
// without blanks.
func (f moduleFunction) identifier() (module, function string) {
	bare := strings.NewReplacer(" ", "", "&", "And")
	return bare.Replace(f.module), bare.Replace(f.name)
}

// grants are the levels of a role: add, edit, delete, inquire.
type grants map[string][4]string

var (
	everything = [4]string{"All", "All", "All", "All"}
	nothing    = [4]string{"None", "None", "None", "None"}
)

func (b *builder) security() {
	b.role(adminRole, "Admin", true, grants{})
	b.role(apiRole, "Deskgate API", false, grants{
		ServiceTickets:      everything,
		CloseTickets:        {"None", "All", "None", "None"},
		ProjectTickets:      {"All", "All", "None", "All"},
		CompanyMaintenance:  {"None", "None", "None", "All"},
		Contacts:            {"All", "All", "None", "All"},
		Configurations:      {"All", "All", "None", "All"},
		MemberMaintenance:   {"None", "None", "None", "All"},
		SecurityRoles:       {"None", "None", "None", "All"},
		TableSetup:          everything, // callbacks are set-up too
		CloseProjectTickets: {"None", "All", "None", "None"},
		ProjectHeaders:      {"None", "None", "None", "All"},
		ProjectNotes:        {"None", "None", "None", "All"},
		MergeTickets:        {"None", "All", "None", "None"},
		ResourceScheduling:  everything,
		TimeEntry:           everything,
		ManageDocuments:     everything,
		Agreements:          {"None", "None", "None", "All"},
	})
	b.role(technicianRole, "Service Technician", false, grants{
		ServiceTickets:     {"All", "All", "None", "All"},
		CloseTickets:       {"None", "All", "None", "None"},
		ProjectTickets:     {"None", "My", "None", "All"},
		CompanyMaintenance: {"None", "None", "None", "All"},
		Contacts:           {"All", "All", "None", "All"},
		Configurations:     {"All", "All", "None", "All"},
		MemberMaintenance:  {"None", "None", "None", "All"},
		MergeTickets:       {"None", "All", "None", "None"},
		ResourceScheduling: {"My", "My", "My", "All"},
		TimeEntry:          {"My", "My", "My", "My"},
		ManageDocuments:    {"All", "My", "My", "All"},
		ProjectHeaders:     {"None", "None", "None", "All"},
	})
}

func (b *builder) role(id int64, name string, admin bool, granted grants) {
	b.put(store.SecurityRoles, id, 0, store.Object{"name": name, "adminFlag": admin, "inactiveFlag": false})
	for i, f := range moduleFunctions {
		levels, ok := granted[f.name]
		if !ok {
			levels = nothing
		}
		if admin {
			levels = everything
		}
		b.put(store.SecuritySettings, settingID(id, i), id, f.setting(i, levels))
	}
}

func settingID(role int64, i int) int64 { return role*100 + int64(i) + 1 }

// NewRoleSettings are the settings of a role that is made at the tenant: an
// administrator's has every right, another's none until someone grants them
// in the role's screen, for which the API has no path.
func NewRoleSettings(role int64, admin bool) []*store.Record {
	levels := nothing
	if admin {
		levels = everything
	}
	out := make([]*store.Record, len(moduleFunctions))
	for i, f := range moduleFunctions {
		out[i] = &store.Record{ID: settingID(role, i), Parent: role, Values: f.setting(i, levels)}
	}
	return out
}

func (f moduleFunction) setting(i int, levels [4]string) store.Object {
	module, function := f.identifier()
	return store.Object{
		"addLevel": levels[0], "editLevel": levels[1], "deleteLevel": levels[2], "inquireLevel": levels[3],
		"moduleFunctionName": f.name, "moduleFunctionDescription": f.name, "moduleFunctionIdentifier": function, "myAllFlag": true,
		"reportFlag": false, "restrictFlag": false, "customFlag": false, "moduleDescription": f.module, "moduleName": f.module,
		"moduleIdentifier": module, "sortOrder": int64(i + 1),
	}
}
