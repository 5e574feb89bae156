// Package setup serves the setup tables: boards with what belongs to them,
// priorities, types of everything. They ask for access to the setup tables;
// their "info" variants ask for the module that uses them alone
// (connectwise.md §2, §12).
package setup

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// table is a setup table; rules as of a setup table unless readOnly.
func table(path, name, label, object string) *rest.Resource {
	res := &rest.Resource{Path: path, Table: name, Label: label, Right: seed.TableSetup}
	if object != "" {
		res.Rules = rest.SetupRules(object)
	}
	return res
}

// onBoard is a table whose rows belong to a board.
func onBoard(path, name, label, object string) *rest.Resource {
	res := table("/service/boards/{id}/"+path, name, label, object)
	res.Parent, res.ParentLabel = store.Boards, "Service Board"
	if object != "" && name != store.Teams {
		res.Rules.Settle = settleOnBoard
	}
	return res
}

// holidays are the days of a holiday list; a day is whole unless it says
// otherwise.
func holidays() *rest.Resource {
	res := table("/schedule/holidayLists/{id}/holidays", store.Holidays, "Holiday", "holiday")
	res.Parent, res.ParentLabel = store.HolidayLists, "Holiday List"
	res.Rules.Settle = func(_ *rest.Call, w *rest.Change) {
		w.New.Values["holidayList"] = store.Ref(w.New.Parent)
		w.Default("allDayFlag", true)
	}
	return res
}

// settleOnBoard keeps what a record of a board shows twice in step.
func settleOnBoard(_ *rest.Call, w *rest.Change) {
	v := w.New.Values
	v["board"] = store.Ref(w.New.Parent)
	if w.Res.Table == store.Statuses {
		v["inactiveFlag"], v["closedFlag"] = w.New.Flag("inactive"), w.New.Flag("closedStatus")
	}
}

// ofAllBoards is the list of a board's table over all boards, for poor roles.
func ofAllBoards(res *rest.Resource, path, typ string) *rest.Resource {
	out := poor(res, path, typ)
	out.Parent, out.ParentLabel = "", ""
	return out
}

// poor is the variant of a table at a path of its own that asks for the
// service module alone.
func poor(res *rest.Resource, path, typ string) *rest.Resource {
	out := res.At(path)
	out.Type, out.Right = typ, seed.ServiceTickets
	return out
}

// Area is the setup tables' part of the API.
func Area() rest.Area {
	var all []*rest.Resource
	add := func(res *rest.Resource) *rest.Resource {
		all = append(all, res)
		return res
	}
	info := func(res *rest.Resource, typ string) *rest.Resource { return add(res.Info(typ, seed.ServiceTickets)) }

	boards := add(table("/service/boards", store.Boards, "Service Board", "board"))
	boards.Rules.Board = func(_ *rest.Call, w *rest.Change) int64 { return w.New.ID } // its own statuses
	add(poor(boards, "/service/info/boards", "BoardInfo"))
	info(add(onBoard("statuses", store.Statuses, "Service Status", "boardStatus")), "BoardStatusInfo")
	types := add(onBoard("types", store.Types, "Service Type", "boardType"))
	add(ofAllBoards(types, "/service/info/boardtypes", "BoardTypeInfo"))
	info(add(onBoard("subtypes", store.SubTypes, "Service SubType", "boardSubType")), "BoardSubTypeInfo")
	add(onBoard("items", store.Items, "Service Item", "boardItem"))
	add(onBoard("typeSubTypeItemAssociations", store.Associations, "Association", ""))
	info(add(onBoard("teams", store.Teams, "Service Team", "boardTeam")), "BoardTeamInfo")
	for _, scale := range []struct{ path, table, label string }{
		{"/service/severities", store.Severities, "Severity"}, {"/service/impacts", store.Impacts, "Impact"},
	} {
		add(table(scale.path, scale.table, scale.label, ""))
	}
	templates := add(table("/service/emailTemplates", store.EmailTemplates, "Email Template", "serviceEmailTemplate"))
	templates.Rules.Board = func(_ *rest.Call, w *rest.Change) int64 { return w.New.Ref("serviceBoard") }
	add(table("/service/priorities", store.Priorities, "Priority", "priority"))
	info(add(table("/service/sources", store.Sources, "Source", "source")), "SourceInfo")
	info(add(table("/service/SLAs", store.SLAs, "SLA", "")), "SLAInfo")

	companyTypes := add(table("/company/companies/types", store.CompanyTypes, "Company Type", "companyType"))
	add(poor(companyTypes, "/company/companies/info/types", "CompanyTypeInfo"))
	add(table("/company/companies/statuses", store.CompanyStatuses, "Company Status", "companyStatus"))
	info(add(table("/company/communicationTypes", store.CommunicationTypes, "Communication Type", "communicationType")), "CommunicationTypeInfo")
	info(add(table("/company/configurations/types", store.ConfigurationTypes, "Configuration Type", "configurationType")), "ConfigurationTypeInfo").NoCount = true
	questions := add(table("/company/configurations/types/{id}/questions", store.ConfigurationQuestions, "Question", "configurationTypeQuestion"))
	questions.Parent, questions.ParentLabel = store.ConfigurationTypes, "Configuration Type"
	questions.Rules.Settle = func(_ *rest.Call, w *rest.Change) { w.New.Values["configurationType"] = store.Ref(w.New.Parent) }
	values := add(table("/company/configurations/types/{id}/questions/{id}/values", store.QuestionValues, "Question Value", "configurationTypeQuestionValue"))
	values.Parent, values.ParentLabel = store.ConfigurationQuestions, "Question"
	values.Rules.Settle = func(c *rest.Call, w *rest.Change) {
		w.New.Values["question"], w.New.Values["configurationType"] = store.Ref(w.New.Parent), store.Ref(c.ID(0))
	}
	info(add(table("/company/contacts/types", store.ContactTypes, "Contact Type", "contactType")), "ContactTypeInfo").NoCount = true
	info(add(table("/company/contacts/departments", store.ContactDepartments, "Department", "contactDepartment")), "ContactDepartmentInfo")
	info(add(table("/company/configurations/statuses", store.ConfigurationStatuses, "Configuration Status", "configurationStatus")), "ConfigurationStatusInfo")
	add(table("/procurement/manufacturers", store.Manufacturers, "Manufacturer", "")).NoCount = true

	info(add(table("/system/userDefinedFields", store.CustomFields, "UserDefinedField", "userDefinedField")), "UserDefinedFieldInfo")
	add(poor(add(table("/system/locations", store.Locations, "Location", "location")), "/system/info/locations", "LocationInfo"))
	add(poor(add(table("/system/departments", store.Departments, "Department", "department")), "/system/info/departments", "DepartmentInfo"))
	info(add(table("/time/workTypes", store.WorkTypes, "Work Type", "workType")), "WorkTypeInfo")
	info(add(table("/time/workRoles", store.WorkRoles, "Work Role", "workRole")), "WorkRoleInfo")
	info(add(table("/time/chargeCodes", store.ChargeCodes, "Charge Code", "chargeCode")), "ChargeCodeInfo")

	info(add(table("/service/locations", store.ServiceLocations, "Service Location", "serviceLocation")), "ServiceLocationInfo")
	info(add(table("/schedule/types", store.ScheduleTypes, "Schedule Type", "scheduleType")), "ScheduleTypeInfo")
	info(add(table("/schedule/statuses", store.ScheduleStatuses, "Schedule Status", "scheduleStatus")), "ScheduleStatusInfo")
	add(table("/schedule/reminderTimes", store.Reminders, "Reminder Time", ""))
	info(add(table("/schedule/calendars", store.Calendars, "Calendar", "calendar")), "CalendarInfo")
	add(table("/schedule/holidayLists", store.HolidayLists, "Holiday List", "holidayList"))
	add(holidays())
	info(add(table("/system/timeZoneSetups", store.TimeZones, "Time Zone Setup", "timeZoneSetup")), "TimeZoneSetupInfo")

	projectInfo := func(res *rest.Resource, typ string) { add(res.Info(typ, seed.ProjectTickets)) }
	projectInfo(add(table("/project/statuses", store.ProjectStatuses, "Project Status", "projectStatus")), "ProjectStatusInfo")
	phases := add(table("/project/phaseStatuses", store.PhaseStatuses, "Phase Status", "phaseStatus"))
	phaseInfo := add(phases.Info("PhaseStatusInfo", seed.ProjectTickets))
	phaseInfo.NoCount = true
	return rest.Area{Resources: all, Mount: mountWorkRoles}
}
