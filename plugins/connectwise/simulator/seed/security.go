package seed

import "github.com/deskgate/deskgate/plugins/connectwise/simulator/store"

// The module functions that the simulator asks for.
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
)

// Security roles.
const (
	adminRole      = 1
	apiRole        = 63
	technicianRole = 64
)

type moduleFunction struct{ module, name string }

var moduleFunctions = []moduleFunction{
	{"Service Desk", ServiceTickets}, {"Service Desk", CloseTickets},
	{"Project", ProjectTickets},
	{"Companies", CompanyMaintenance}, {"Companies", Contacts}, {"Companies", Configurations},
	{"System", MemberMaintenance}, {"System", SecurityRoles}, {"System", TableSetup},
}

// ModuleFunctions lists the names of the module functions.
func ModuleFunctions() []string {
	names := make([]string, len(moduleFunctions))
	for i, f := range moduleFunctions {
		names[i] = f.name
	}
	return names
}

// grants are the levels of a role: add, edit, delete, inquire.
type grants map[string][4]string

func (b *builder) security() {
	b.role(adminRole, "Admin", true, grants{})
	b.role(apiRole, "Deskgate API", false, grants{
		ServiceTickets:     {"All", "All", "All", "All"},
		CloseTickets:       {"None", "All", "None", "None"},
		ProjectTickets:     {"All", "All", "None", "All"},
		CompanyMaintenance: {"None", "None", "None", "All"},
		Contacts:           {"All", "All", "None", "All"},
		Configurations:     {"None", "None", "None", "All"},
		MemberMaintenance:  {"None", "None", "None", "All"},
		SecurityRoles:      {"None", "None", "None", "All"},
		TableSetup:         {"None", "None", "None", "All"},
	})
	b.role(technicianRole, "Service Technician", false, grants{
		ServiceTickets:     {"All", "All", "None", "All"},
		CloseTickets:       {"None", "All", "None", "None"},
		ProjectTickets:     {"None", "My", "None", "All"},
		CompanyMaintenance: {"None", "None", "None", "All"},
		Contacts:           {"All", "All", "None", "All"},
		Configurations:     {"All", "All", "None", "All"},
		MemberMaintenance:  {"None", "None", "None", "All"},
	})
}

func (b *builder) role(id int64, name string, admin bool, granted grants) {
	b.put(store.SecurityRoles, id, 0, store.Object{"name": name, "adminFlag": admin, "inactiveFlag": false})
	for i, f := range moduleFunctions {
		levels, ok := granted[f.name]
		if !ok {
			levels = [4]string{"None", "None", "None", "None"}
		}
		if admin {
			levels = [4]string{"All", "All", "All", "All"}
		}
		b.put(store.SecuritySettings, id*100+int64(i)+1, id, store.Object{
			"addLevel": levels[0], "editLevel": levels[1], "deleteLevel": levels[2], "inquireLevel": levels[3],
			"moduleFunctionName": f.name, "moduleFunctionDescription": f.name, "myAllFlag": true, "reportFlag": false,
			"restrictFlag": false, "customFlag": false, "moduleDescription": f.module, "moduleName": f.module,
			"sortOrder": int64(i + 1),
		})
	}
}
