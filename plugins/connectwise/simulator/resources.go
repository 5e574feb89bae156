package simulator

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// The record types of tickets (connectwise.md §7).
const (
	serviceTicket = "ServiceTicket"
	projectTicket = "ProjectTicket"
)

func isService(r *store.Record) bool { return r.Text("recordType") == serviceTicket }
func isProject(r *store.Record) bool { return r.Text("recordType") != serviceTicket }

// resources are the collections. Setup tables ask for access to the setup
// tables; their "info" variants for the module alone (connectwise.md §2).
var resources = []*resource{
	{path: "/service/tickets", table: store.Tickets, label: "Service Ticket", right: seed.ServiceTickets, keep: isService, search: true, rules: ticketRules},
	{path: "/service/tickets/info", onePath: "/service/tickets/{id}/info", table: store.Tickets, typ: "TicketInfo", label: "Service Ticket", right: seed.ServiceTickets, keep: isService},
	{path: "/service/tickets/{id}/notes", table: store.Notes, label: "Service Note", right: seed.ServiceTickets, parent: store.Tickets, parentLabel: "Service Ticket", rules: noteRules},
	{path: "/project/tickets", table: store.Tickets, typ: "ProjectTicket", label: "Project Ticket", right: seed.ProjectTickets, keep: isProject, search: true},
	{path: "/project/tickets/{id}/notes", table: store.Notes, typ: "TicketNote", label: "Ticket Note", right: seed.ProjectTickets, parent: store.Tickets, parentLabel: "Project Ticket"},

	{path: "/service/boards", table: store.Boards, label: "Service Board", right: seed.TableSetup, rules: setupRules("board")},
	{path: "/service/info/boards", table: store.Boards, typ: "BoardInfo", label: "Service Board", right: seed.ServiceTickets},
	{path: "/service/boards/{id}/statuses", table: store.Statuses, label: "Service Status", right: seed.TableSetup, parent: store.Boards, parentLabel: "Service Board", rules: setupRules("boardStatus")},
	{path: "/service/boards/{id}/statuses/info", onePath: "/service/boards/{id}/statuses/{id}/info", table: store.Statuses, typ: "BoardStatusInfo", label: "Service Status", right: seed.ServiceTickets, parent: store.Boards, parentLabel: "Service Board"},
	{path: "/service/boards/{id}/types", table: store.Types, label: "Service Type", right: seed.TableSetup, parent: store.Boards, parentLabel: "Service Board", rules: setupRules("boardType")},
	{path: "/service/boards/{id}/subtypes", table: store.SubTypes, label: "Service SubType", right: seed.TableSetup, parent: store.Boards, parentLabel: "Service Board", rules: setupRules("boardSubType")},
	{path: "/service/boards/{id}/subtypes/info", onePath: "/service/boards/{id}/subtypes/{id}/info", table: store.SubTypes, typ: "BoardSubTypeInfo", label: "Service SubType", right: seed.ServiceTickets, parent: store.Boards, parentLabel: "Service Board"},
	{path: "/service/boards/{id}/items", table: store.Items, label: "Service Item", right: seed.TableSetup, parent: store.Boards, parentLabel: "Service Board", rules: setupRules("boardItem")},
	{path: "/service/boards/{id}/typeSubTypeItemAssociations", table: store.Associations, label: "Association", right: seed.TableSetup, parent: store.Boards, parentLabel: "Service Board"},
	{path: "/service/boards/{id}/teams", table: store.Teams, label: "Service Team", right: seed.TableSetup, parent: store.Boards, parentLabel: "Service Board", rules: setupRules("boardTeam")},
	{path: "/service/boards/{id}/teams/info", onePath: "/service/boards/{id}/teams/{id}/info", table: store.Teams, typ: "BoardTeamInfo", label: "Service Team", right: seed.ServiceTickets, parent: store.Boards, parentLabel: "Service Board"},
	{path: "/service/priorities", table: store.Priorities, label: "Priority", right: seed.TableSetup, rules: setupRules("priority")},
	{path: "/service/sources", table: store.Sources, label: "Source", right: seed.TableSetup, rules: setupRules("source")},
	{path: "/service/sources/info", onePath: "/service/sources/{id}/info", table: store.Sources, typ: "SourceInfo", label: "Source", right: seed.ServiceTickets},
	{path: "/service/SLAs", table: store.SLAs, label: "SLA", right: seed.TableSetup},
	{path: "/service/SLAs/info", onePath: "/service/SLAs/{id}/info", table: store.SLAs, typ: "SLAInfo", label: "SLA", right: seed.ServiceTickets},

	{path: "/company/companies", table: store.Companies, label: "company", right: seed.CompanyMaintenance, rules: companyRules},
	{path: "/company/companies/info", table: store.Companies, typ: "CompanyInfo", label: "company", right: seed.CompanyMaintenance},
	{path: "/company/companies/{id}/sites", table: store.Sites, label: "Site", right: seed.CompanyMaintenance, parent: store.Companies, parentLabel: "company", rules: setupRules("companySite")},
	{path: "/company/companies/statuses", table: store.CompanyStatuses, label: "Company Status", right: seed.TableSetup},
	{path: "/company/companies/types", table: store.CompanyTypes, label: "Company Type", right: seed.TableSetup},
	{path: "/company/contacts", table: store.Contacts, label: "Contact", right: seed.Contacts, rules: contactRules},
	{path: "/company/contacts/info", onePath: "/company/contacts/{id}/info", table: store.Contacts, typ: "ContactInfo", label: "Contact", right: seed.Contacts},
	{path: "/company/communicationTypes", table: store.CommunicationTypes, label: "Communication Type", right: seed.TableSetup},
	{path: "/company/configurations", table: store.Configurations, label: "Configuration", right: seed.Configurations, rules: configurationRules},
	{path: "/company/configurations/types", table: store.ConfigurationTypes, label: "Configuration Type", right: seed.TableSetup},
	{path: "/company/configurations/statuses", table: store.ConfigurationStatuses, label: "Configuration Status", right: seed.TableSetup},

	{path: "/system/members", table: store.Members, label: "Member", right: seed.MemberMaintenance, rules: memberRules},
	{path: "/system/info/members", table: store.Members, typ: "MemberInfo", label: "Member", right: seed.ServiceTickets},
	{path: "/system/userDefinedFields", table: store.CustomFields, label: "UserDefinedField", right: seed.TableSetup, rules: setupRules("userDefinedField")},
	{path: "/system/userDefinedFields/info", onePath: "/system/userDefinedFields/{id}/info", table: store.CustomFields, typ: "UserDefinedFieldInfo", label: "UserDefinedField", right: seed.ServiceTickets},
	{path: "/system/securityRoles", table: store.SecurityRoles, label: "Security Role", right: seed.SecurityRoles},
	{path: "/system/securityRoles/{id}/settings", table: store.SecuritySettings, label: "Security Role Setting", right: seed.SecurityRoles, parent: store.SecurityRoles, parentLabel: "Security Role"},
	{path: "/system/locations", table: store.Locations, label: "Location", right: seed.TableSetup},
	{path: "/system/info/locations", table: store.Locations, typ: "LocationInfo", label: "Location", right: seed.ServiceTickets},
	{path: "/system/departments", table: store.Departments, label: "Department", right: seed.TableSetup},
	{path: "/system/info/departments", table: store.Departments, typ: "DepartmentInfo", label: "Department", right: seed.ServiceTickets},
	{path: "/time/workTypes", table: store.WorkTypes, label: "Work Type", right: seed.TableSetup},
	{path: "/time/workTypes/info", onePath: "/time/workTypes/{id}/info", table: store.WorkTypes, typ: "WorkTypeInfo", label: "Work Type", right: seed.ServiceTickets},
	{path: "/time/workRoles", table: store.WorkRoles, label: "Work Role", right: seed.TableSetup},
	{path: "/time/workRoles/info", onePath: "/time/workRoles/{id}/info", table: store.WorkRoles, typ: "WorkRoleInfo", label: "Work Role", right: seed.ServiceTickets},
}
