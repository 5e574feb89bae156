package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/technician"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// report gathers findings.
type report struct{ findings []pluginsdk.Finding }

func (r *report) add(step string, level pluginsdk.Level, message, advice string) {
	r.findings = append(r.findings, pluginsdk.Finding{Step: step, Level: level, Message: message, Advice: advice})
}

// Check looks whether the connection works, and says what an admin can do. It
// stops where nothing further can be told.
func (i *Instance) Check(ctx context.Context) ([]pluginsdk.Finding, error) {
	r := &report{}
	info, err := i.account.API.Discover(ctx)
	if err != nil {
		message, advice := explain(err)
		r.add(stepOf(err, "reach"), pluginsdk.Failed, message, advice)
		return r.findings, nil
	}
	r.reached(i, info)
	ticket := 0 // any
	for n, a := range areas {
		if a.path == string(api.ProjectTickets) && !i.account.Config.IncludeProjectTickets {
			continue
		}
		id, err := i.probe(ctx, a)
		if n == 0 { // the first one proves the login
			ticket = id
			if err != nil && fault.CodeOf(err) != fault.CodePermissionDenied {
				message, advice := explain(err)
				if fault.IsLoginRefused(err) {
					message, advice = lostLogin(message)
				}
				r.add(stepOf(err, "login"), pluginsdk.Failed, message, advice)
				return r.findings, nil
			}
			r.add("login", pluginsdk.OK, "ConnectWise accepts the keys and the client id", "")
		}
		r.right(a, err)
	}
	r.documents(ctx, i, ticket)
	r.rights(ctx, i)
	r.clock(i)
	r.agent(ctx, i)
	r.statuses(ctx, i)
	r.mail(ctx, i)
	r.replies(i)
	r.workingHours(ctx, i)
	r.defaults(i)
	return r.findings, nil
}

func (r *report) reached(i *Instance, info api.CompanyInfo) {
	switch {
	case info.Codebase == "":
		r.add("reach", pluginsdk.Warning, i.account.Site+" does not tell its code base; "+i.account.API.CodeBase()+"/ is used",
			"nothing to do on your own server; if later steps fail, check site and company")
		return
	case info.SiteURL != "" && !strings.Contains(i.account.Site, strings.TrimSuffix(strings.TrimPrefix(info.SiteURL, "https://"), "/")):
		r.add("reach", pluginsdk.Warning, fmt.Sprintf("company %q is served by %s, and site is %s", i.account.Config.Company, info.SiteURL, i.account.Site),
			"set site to https://"+strings.TrimPrefix(info.SiteURL, "https://"))
		return
	}
	r.add("reach", pluginsdk.OK, fmt.Sprintf("%s answers for %s, ConnectWise %s", i.account.Site, info.CompanyName, info.VersionCode), "")
}

// area is a part of ConnectWise that the API member has to read.
type area struct {
	step, what, path string
	function         permission.Function
	needed           bool
}

// areas are what the operations read, with the module function of the security
// role that opens it.
var areas = []area{
	{"tickets", "service tickets", "service/tickets", permission.ServiceTickets, true},
	{"project_tickets", "tickets of projects", "project/tickets", permission.ProjectTickets, true},
	{"boards", "service boards", "service/boards", permission.TableSetup, true},
	{"priorities", "priorities", "service/priorities", permission.TableSetup, true},
	{"members", "members", "system/members", permission.MemberMaintenance, true},
	{"schedule", "schedule entries", "schedule/entries", permission.ResourceScheduling, false},
	{"calendars", "calendars", "schedule/calendars", permission.TableSetup, false},
	{"companies", "companies", "company/companies", permission.CompanyMaintenance, false},
	{"contacts", "contacts", "company/contacts", permission.Contacts, false},
	{"time_entries", "time entries", "time/entries", permission.TimeEntry, false},
	{"work_types", "work types", "time/workTypes", permission.TableSetup, false},
	{"configurations", "configurations", "company/configurations", permission.Configurations, false},
	{"custom_fields", "definitions of custom fields", "system/userDefinedFields", permission.TableSetup, false},
}

// advice is how the area is opened.
func (a area) advice() string {
	advice := "give its security role " + permission.Advice(a.function)
	if a.function == permission.ProjectTickets {
		advice += ", or set include_project_tickets = false"
	}
	return advice
}

// probe reads the id of one record, 0 where there is none.
func (i *Instance) probe(ctx context.Context, a area) (int, error) {
	rows, err := api.List[struct{ ID int }](ctx, i.account.API, a.path, api.Query{PageSize: 1, Fields: []string{"id"}})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID, nil
}

func (r *report) right(a area, err error) {
	switch {
	case err == nil:
		r.add(a.step, pluginsdk.OK, "the API member reads "+a.what, "")
	case fault.CodeOf(err) == fault.CodePermissionDenied:
		level := pluginsdk.Warning
		if a.needed {
			level = pluginsdk.Failed
		}
		r.add(a.step, level, "the API member may not read "+a.what, a.advice())
	default:
		message, advice := explain(err)
		r.add(a.step, pluginsdk.Unknown, message, advice)
	}
}

// agent looks at the member that writes are attributed to, as ConnectWise has it
// now.
func (r *report) agent(ctx context.Context, i *Instance) {
	m, err := technician.Read(ctx, i.account, i.account.Agent.ID)
	name := i.account.Config.AgentResource
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound:
		r.add("agent_resource", pluginsdk.Failed, fmt.Sprintf("ConnectWise has no member %q any more", name), "set agent_resource to the login name of an active member")
	case err != nil:
		message, advice := explain(err)
		r.add("agent_resource", pluginsdk.Unknown, message, advice)
	case m.Inactive:
		r.add("agent_resource", pluginsdk.Failed, fmt.Sprintf("member %q is inactive", name), "make the member active, or set agent_resource to another")
	case m.APIOnly():
		r.add("agent_resource", pluginsdk.Warning, fmt.Sprintf("member %q is an API member: it can write notes and hold no time", name), "set agent_resource to a member with a full licence")
	default:
		r.add("agent_resource", pluginsdk.OK, fmt.Sprintf("notes and time entries are written as %s; changes of tickets are listed under the API member", setup.Member{Member: m}.FullName()), "")
	}
}

// statuses lists what the categories of statuses are guessed from.
func (r *report) statuses(ctx context.Context, i *Instance) {
	boards, err := i.account.Tables.BoardsOf(ctx, "", psav1.Kind_UNSPECIFIED)
	if err != nil {
		return // the step boards has said why
	}
	var guesses []string
	for _, b := range boards {
		set, err := i.account.Tables.Statuses(ctx, b.ID)
		if err != nil {
			message, advice := explain(err)
			r.add("statuses", pluginsdk.Unknown, message, advice)
			return
		}
		for _, s := range set.Values {
			if !s.Inactive && (s.Source == psav1.CategorySource_LABEL || s.Source == psav1.CategorySource_DEFAULT) {
				guesses = append(guesses, fmt.Sprintf("%s/%s = %s", b.Name, s.Name, s.Category))
			}
		}
	}
	if len(guesses) == 0 {
		r.add("statuses", pluginsdk.OK, "every status has a category by ConnectWise's own setup or by status_categories", "")
		return
	}
	slices.Sort(guesses)
	r.add("statuses", pluginsdk.Warning, "the categories of these statuses are guessed from their names: "+strings.Join(guesses, "; "),
		"if one is wrong, set it in status_categories, such as { \"<queue>/<status>\" = \"WAITING_CUSTOMER\" }")
}

// mail tells on which boards a customer note reaches the contact.
func (r *report) mail(ctx context.Context, i *Instance) {
	boards, err := i.account.Tables.BoardsOf(ctx, "", psav1.Kind_UNSPECIFIED)
	if err != nil {
		return
	}
	var silent []string
	for _, b := range boards {
		if b.SendToContact != nil && !*b.SendToContact {
			silent = append(silent, b.Name)
		}
	}
	if len(silent) > 0 {
		r.add("mail", pluginsdk.Warning, "these boards mail no contact, whatever a note asks for: "+strings.Join(silent, ", "),
			"if customers should get notes by mail, set Send to Contact in the board's notifications")
	}
}

// replies tells by which way customers are answered, and whether that can work.
func (r *report) replies(i *Instance) {
	switch way := i.account.Config.MailBy(); {
	case way == pluginsdk.MailByNothing:
		r.add("replies", pluginsdk.OK, "replies are switched off: customer_notification is none", "")
	case way == pluginsdk.MailByTimeEntry && i.account.Agent.APIOnly():
		r.add("replies", pluginsdk.Failed, fmt.Sprintf("replies are time entries (customer_notification), and %q is an API member, which can hold none", i.account.Agent.Identifier),
			"set agent_resource to a member with a full licence, or customer_notification to note")
	case way == pluginsdk.MailByTimeEntry:
		r.add("replies", pluginsdk.OK, "replies are time entries that mail the contact by themselves", "")
	default:
		r.add("replies", pluginsdk.OK, "replies are customer notes; one on a ticket that does not mail its contact is refused", "")
	}
}

// lostLogin is what to do about a login that was accepted when the connection was
// made. ConnectWise answers wrong keys, deleted ones and an inactive member in the
// same words (connectwise.md §2).
func lostLogin(says string) (message, advice string) {
	return says + "; it accepted the same company, keys and client id when the connection was made, so that the API member has been made inactive since, or its keys were deleted",
		"look whether the API member is still active (System > Members > API Members), and has the keys (tab API Keys); check client_id if both are so"
}

// stepOf is the step that a fault belongs to.
func stepOf(err error, otherwise string) string {
	switch {
	case errors.Is(err, api.ErrUnknownCompany):
		return "company"
	case fault.IsLoginRefused(err):
		return "login"
	}
	return otherwise
}

// explain says what a fault means for the admin, and what to do.
func explain(err error) (message, advice string) {
	e := fault.From(err)
	switch {
	case errors.Is(err, api.ErrUnknownCompany):
		return e.Message, "set company to the id that technicians type into the login page"
	case api.IsMisrouted(err):
		return e.Message, "check company, and that site is the server of that company"
	case fault.IsLoginRefused(err):
		return e.Message, "check that the API member is active, make new keys for it (System > Members > API Members > API Keys), and check that client_id is yours from the developer site; ConnectWise does not say which of them it is"
	case e.Reason == api.ReasonVersionRefused:
		return e.Message, "set version to one that your ConnectWise serves, such as the one of its release"
	case e.Reason == api.ReasonWrongAddress:
		return e.Message, "set site to the https address of the API"
	case e.Code == fault.CodeConnectionDown:
		return e.Message, "check site, and that this machine reaches it"
	case e.Code == fault.CodeVendorError && e.Vendor != nil && e.Vendor.Status == 200:
		return e.Message, "site answers and is no ConnectWise API; check the address, and proxies in between"
	case e.Code == fault.CodeRateLimited:
		return e.Message, "wait; if it stays so, another integration uses up the limit: lower rate_limit"
	}
	return e.Message, "try again; if it stays so, the connector's log has more under this request"
}
