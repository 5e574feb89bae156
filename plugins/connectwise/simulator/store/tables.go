package store

// The tables of the tenant.
const (
	Boards                 = "boards"
	Statuses               = "statuses"
	Types                  = "types"
	SubTypes               = "subtypes"
	Items                  = "items"
	Associations           = "associations"
	Teams                  = "teams"
	Priorities             = "priorities"
	Sources                = "sources"
	SLAs                   = "slas"
	Tickets                = "tickets" // service and project tickets share one number space (connectwise.md §7)
	Notes                  = "notes"
	TimeEntries            = "timeEntries" // one of a ticket's has it as its parent
	TimeSheets             = "timeSheets"
	ChargeCodes            = "chargeCodes"
	Agreements             = "agreements"
	AgreementTypes         = "agreementTypes"
	Activities             = "activities"
	ScheduleEntries        = "scheduleEntries" // one of a ticket's has it as its parent
	ScheduleTypes          = "scheduleTypes"
	ScheduleStatuses       = "scheduleStatuses"
	Reminders              = "reminderTimes"
	Calendars              = "calendars"
	HolidayLists           = "holidayLists"
	Holidays               = "holidays"
	TimeZones              = "timeZones"
	AuditTrail             = "auditTrail"
	TicketConfigurations   = "ticketConfigurations"
	Companies              = "companies"
	Sites                  = "sites"
	CompanyStatuses        = "companyStatuses"
	CompanyTypes           = "companyTypes"
	Contacts               = "contacts"
	CommunicationTypes     = "communicationTypes"
	Configurations         = "configurations"
	ConfigurationTypes     = "configurationTypes"
	ConfigurationStatuses  = "configurationStatuses"
	Manufacturers          = "manufacturers"
	Members                = "members"
	SecurityRoles          = "securityRoles"
	SecuritySettings       = "securitySettings"
	CustomFields           = "userDefinedFields"
	Locations              = "locations"
	Departments            = "departments"
	WorkRoles              = "workRoles"
	WorkTypes              = "workTypes"
	ServiceLocations       = "serviceLocations"
	Currencies             = "currencies"
	Countries              = "countries"
	Projects               = "projects"
	Phases                 = "phases"
	ProjectNotes           = "projectNotes"
	ProjectStatuses        = "projectStatuses"
	PhaseStatuses          = "phaseStatuses"
	Tasks                  = "tasks"
	Callbacks              = "callbacks"
	ConfigurationQuestions = "configurationQuestions"
	QuestionValues         = "questionValues"
	ContactTypes           = "contactTypes"
	ContactDepartments     = "contactDepartments"
	ContactNotes           = "contactNotes"
	CompanyNotes           = "companyNotes"
	Severities             = "severities"
	Impacts                = "impacts"
	EmailTemplates         = "emailTemplates"
	Documents              = "documents" // its parent is the record that it hangs on, of any table
	DocumentTypes          = "documentTypes"
	SystemTimeZones        = "systemTimeZones" // that the tenant's stand for
)

// tableTypes gives each table's record type. Tables that only references
// point to have the reference's own type.
var tableTypes = map[string]string{
	Boards:                 "Board",
	Statuses:               "BoardStatus",
	Types:                  "BoardType",
	SubTypes:               "BoardSubType",
	Items:                  "BoardItem",
	Associations:           "BoardTypeSubTypeItemAssociation",
	Teams:                  "BoardTeam",
	Priorities:             "Priority",
	Sources:                "Source",
	SLAs:                   "SLA",
	Tickets:                "Ticket",
	Notes:                  "ServiceNote",
	TimeEntries:            "TimeEntry",
	TimeSheets:             "TimeSheet",
	ChargeCodes:            "ChargeCode",
	Agreements:             "Agreement",
	AgreementTypes:         "AgreementType",
	Activities:             "ActivityReference",
	ScheduleEntries:        "ScheduleEntry",
	ScheduleTypes:          "ScheduleType",
	ScheduleStatuses:       "ScheduleStatus",
	Reminders:              "ScheduleReminderTime",
	Calendars:              "Calendar",
	HolidayLists:           "HolidayList",
	Holidays:               "Holiday",
	TimeZones:              "TimeZoneSetup",
	AuditTrail:             "AuditTrailEntry",
	TicketConfigurations:   "ConfigurationReference",
	Companies:              "Company",
	Sites:                  "CompanySite",
	CompanyStatuses:        "CompanyStatus",
	CompanyTypes:           "CompanyType",
	Contacts:               "Contact",
	CommunicationTypes:     "CommunicationType",
	Configurations:         "Company.Configuration",
	ConfigurationTypes:     "ConfigurationType",
	ConfigurationStatuses:  "ConfigurationStatus",
	Manufacturers:          "ManufacturerReference",
	Members:                "Member",
	SecurityRoles:          "SecurityRole",
	SecuritySettings:       "SecurityRoleSetting",
	CustomFields:           "UserDefinedField",
	Locations:              "Location",
	Departments:            "Department",
	WorkRoles:              "WorkRole",
	WorkTypes:              "WorkType",
	ServiceLocations:       "ServiceLocation",
	Currencies:             "CurrencyReference",
	Countries:              "CountryReference",
	Projects:               "Project",
	Phases:                 "ProjectPhase",
	ProjectNotes:           "ProjectNote",
	ProjectStatuses:        "ProjectStatus",
	PhaseStatuses:          "PhaseStatus",
	Tasks:                  "ServiceTask",
	Callbacks:              "CallbackEntry",
	ConfigurationQuestions: "ConfigurationTypeQuestion",
	QuestionValues:         "ConfigurationTypeQuestionValue",
	ContactTypes:           "ContactType",
	ContactDepartments:     "ContactDepartment",
	ContactNotes:           "ContactNote",
	CompanyNotes:           "CompanyNote",
	Severities:             "Severity",
	Impacts:                "Impact",
	EmailTemplates:         "ServiceEmailTemplate",
	Documents:              "DocumentInfo",
	DocumentTypes:          "DocumentTypeReference",
	SystemTimeZones:        "TimeZoneReference",
}
