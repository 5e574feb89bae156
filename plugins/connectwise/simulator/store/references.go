package store

// Reference says where a reference type points to.
type Reference struct {
	// Table is the table of the record.
	Table string
	// Info is the name of the href in the reference's "_info"; the reference
	// has none when it is empty.
	Info string
	// Path is the record's path; {parent} and {id} are filled in.
	Path string
	// Scoped references point into the ticket's board: their names mean
	// something there only (connectwise.md §7).
	Scoped bool
	// Within is the member that names the record in which the reference's name
	// means something: the company of a site.
	Within string
	// Label names a record in "... 5 not found"; the member's name when empty.
	Label string
}

// References gives the target of each reference type. A reference type that
// is not here is not resolved: it stays empty.
var References = map[string]Reference{
	"BoardReference":                     {Table: Boards, Info: "board_href", Path: "service/boards/{id}"},
	"ProjectBoardReference":              {Table: Boards, Info: "board_href", Path: "service/boards/{id}"},
	"ServiceStatusReference":             {Table: Statuses, Info: "status_href", Path: "service/boards/{parent}/statuses/{id}", Scoped: true, Label: "Service Status"},
	"ServiceTypeReference":               {Table: Types, Info: "type_href", Path: "service/boards/{parent}/types/{id}", Scoped: true, Label: "Service Type"},
	"ServiceSubTypeReference":            {Table: SubTypes, Info: "subType_href", Path: "service/boards/{parent}/subtypes/{id}", Scoped: true, Label: "Service SubType"},
	"ServiceItemReference":               {Table: Items, Info: "item_href", Path: "service/boards/{parent}/items/{id}", Scoped: true, Label: "Service Item"},
	"ServiceTeamReference":               {Table: Teams, Info: "team_href", Path: "service/boards/{parent}/teams/{id}", Scoped: true, Label: "Service Team"},
	"PriorityReference":                  {Table: Priorities, Info: "priority_href", Path: "service/priorities/{id}"},
	"ServiceSourceReference":             {Table: Sources, Info: "source_href", Path: "service/sources/{id}"},
	"SLAReference":                       {Table: SLAs, Info: "sla_href", Path: "service/SLAs/{id}"},
	"TicketReference":                    {Table: Tickets, Info: "ticket_href", Path: "service/tickets/{id}"},
	"CompanyReference":                   {Table: Companies, Info: "company_href", Path: "company/companies/{id}", Label: "company"},
	"SiteReference":                      {Table: Sites, Info: "site_href", Path: "company/companies/{parent}/sites/{id}", Within: "company"},
	"CompanyStatusReference":             {Table: CompanyStatuses, Info: "status_href", Path: "company/companies/statuses/{id}"},
	"CompanyTypeReference":               {Table: CompanyTypes, Info: "type_href", Path: "company/companies/types/{id}"},
	"ContactReference":                   {Table: Contacts, Info: "contact_href", Path: "company/contacts/{id}", Label: "contact"},
	"CommunicationTypeReference":         {Table: CommunicationTypes, Info: "type_href", Path: "company/communicationTypes/{id}"},
	"ConfigurationTypeReference":         {Table: ConfigurationTypes, Info: "type_href", Path: "company/configurations/types/{id}"},
	"ConfigurationStatusReference":       {Table: ConfigurationStatuses, Info: "status_href", Path: "company/configurations/statuses/{id}"},
	"ManufacturerReference":              {Table: Manufacturers, Info: "manufacturer_href", Path: "procurement/manufacturers/{id}"},
	"MemberReference":                    {Table: Members, Info: "member_href", Path: "system/members/{id}", Label: "member"},
	"SecurityRoleReference":              {Table: SecurityRoles, Info: "securityRole_href", Path: "system/securityRoles/{id}"},
	"SystemLocationReference":            {Table: Locations, Info: "location_href", Path: "system/locations/{id}"},
	"SystemDepartmentReference":          {Table: Departments, Info: "department_href", Path: "system/departments/{id}"},
	"WorkRoleReference":                  {Table: WorkRoles, Info: "workRole_href", Path: "time/workRoles/{id}"},
	"WorkTypeReference":                  {Table: WorkTypes, Info: "workType_href", Path: "time/workTypes/{id}"},
	"OwnerLevelReference":                {Table: Locations, Info: "location_href", Path: "system/locations/{id}"},
	"BillingUnitReference":               {Table: Departments, Info: "department_href", Path: "system/departments/{id}"},
	"ChargeCodeReference":                {Table: ChargeCodes, Info: "chargeCode_href", Path: "time/chargeCodes/{id}"},
	"TimeSheetReference":                 {Table: TimeSheets, Info: "timeSheet_href", Path: "time/sheets/{id}"},
	"AgreementReference":                 {Table: Agreements, Info: "agreement_href", Path: "finance/agreements/{id}"},
	"AgreementTypeReference":             {Table: AgreementTypes, Info: "type_href", Path: "finance/agreements/types/{id}"},
	"ScheduleTypeReference":              {Table: ScheduleTypes, Info: "type_href", Path: "schedule/types/{id}"},
	"ScheduleStatusReference":            {Table: ScheduleStatuses, Info: "status_href", Path: "schedule/statuses/{id}"},
	"ScheduleEntryReference":             {Table: ScheduleEntries, Info: "schedule_href", Path: "schedule/entries/{id}"},
	"ReminderReference":                  {Table: Reminders},
	"CalendarReference":                  {Table: Calendars, Info: "calendar_href", Path: "schedule/calendars/{id}"},
	"HolidayListReference":               {Table: HolidayLists, Info: "holidayList_href", Path: "schedule/holidayLists/{id}"},
	"TimeZoneSetupReference":             {Table: TimeZones, Info: "timeZoneSetup_href", Path: "system/timeZoneSetups/{id}"},
	"DocumentTypeReference":              {Table: DocumentTypes},
	"DocumentReference":                  {Table: Documents, Info: "document_href", Path: "system/documents/{id}/download"},
	"ConfigurationTypeQuestionReference": {Table: ConfigurationQuestions, Info: "question_href", Path: "company/configurations/types/{parent}/questions/{id}"},
	"ContactTypeReference":               {Table: ContactTypes, Info: "type_href", Path: "company/contacts/types/{id}"},
	"ContactDepartmentReference":         {Table: ContactDepartments, Info: "department_href", Path: "company/contacts/departments/{id}"},
	"ServiceEmailTemplateReference":      {Table: EmailTemplates, Info: "emailTemplate_href", Path: "service/emailTemplates/{id}"},
	"ActivityReference":                  {Table: Activities, Info: "activity_href", Path: "sales/activities/{id}"},
	"ServiceLocationReference":           {Table: ServiceLocations, Info: "location_href", Path: "service/locations/{id}"},
	"CurrencyReference":                  {Table: Currencies, Info: "currency_href", Path: "finance/currencies/{id}"},
	"CountryReference":                   {Table: Countries, Info: "country_href", Path: "company/countries/{id}"},
	"ProjectStatusReference":             {Table: ProjectStatuses, Info: "status_href", Path: "project/statuses/{id}"},
	"PhaseStatusReference":               {Table: PhaseStatuses, Info: "status_href", Path: "project/phaseStatuses/{id}"},
	"ProjectReference":                   {Table: Projects, Info: "project_href", Path: "project/projects/{id}"},
	"ProjectPhaseReference":              {Table: Phases, Info: "phase_href", Path: "project/projects/{parent}/phases/{id}"},
	"TimeZoneReference":                  {Table: SystemTimeZones},
}

// aliases name the value of the record that a reference's member shows, where
// the two are called differently. "label" and "typeName" are values that
// records have for this alone.
var aliases = map[string]map[string]string{
	"ServiceStatusReference":        {"sort": "sortOrder"},
	"PriorityReference":             {"sort": "sortOrder"},
	"CommunicationTypeReference":    {"name": "description"},
	"ConfigurationStatusReference":  {"name": "description"},
	"ProjectPhaseReference":         {"name": "description"},
	"ServiceEmailTemplateReference": {"identifier": "label", "name": "label"},
	"TicketReference":               {"name": "summary"},
	"TimeSheetReference":            {"name": "label"},
	"ContactTypeReference":          {"name": "description"},
	"DocumentReference":             {"name": "title"},
	"ScheduleEntryReference":        {"description": "name"},
	"AgreementReference":            {"type": "typeName"},
}

// Follow returns the record that a reference points to.
func (w *World) Follow(refType string, id int64) (*Record, bool) {
	ref, ok := References[refType]
	if !ok {
		return nil, false
	}
	return w.Table(ref.Table).Get(id)
}

// RefPath is the path of the record that a reference points to, with {parent}
// and {id} to be filled in.
func RefPath(refType string, target *Record) string {
	if refType == "TicketReference" && target.Text("recordType") != "" && target.Text("recordType") != "ServiceTicket" {
		return "project/tickets/{id}"
	}
	return References[refType].Path
}

// RefValue is what a member of a reference shows of the record it points to.
func RefValue(refType string, target *Record, member string) any {
	if alias, ok := aliases[refType][member]; ok {
		member = alias
	}
	return target.Values[member]
}
