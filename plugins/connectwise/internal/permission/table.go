package permission

import (
	"maps"
	"slices"
	"sync"
)

// Options are what of the connection's configuration the rights hang on.
type Options struct {
	Projects      bool // tickets of projects are served
	ByTime        bool // replies are time entries
	MergeProjects bool // tickets of projects are merged
	MergeOpen     bool // the status that merged tickets get is configured, and may be an open one
}

func inquire(f Function) []Right { return of(f, Inquire) }

// setupList is a list of the setup tables, with its short form.
func setupList(short string) listing { return listing{Right{TableSetup, Inquire}, short} }

var (
	members  = listing{Right{MemberMaintenance, Inquire}, "system/info/members"}
	boards   = setupList("service/info/boards")
	statuses = setupList("service/boards/%d/statuses/info")

	// priorities have no short form.
	priorities = inquire(TableSetup)

	scheduleStatuses = setupList("schedule/statuses/info")
	scheduleState    = part{what: "setting the state", reads: []listing{scheduleStatuses}}

	// Whose calendar is which, the short form of the members does not tell.
	calendars = all(inquire(TableSetup), inquire(MemberMaintenance))

	closing         = part{what: "closing tickets", rights: of(CloseServiceTickets, Edit)}
	closingProjects = part{what: "closing tickets of projects", rights: of(CloseProjectTickets, Edit), project: true}
	// Co-owners are schedule entries (connectwise.md §7).
	coOwners      = part{what: "adding co-owners", rights: of(ResourceScheduling, Add)}
	coOwnersLeave = part{what: "removing co-owners", rights: of(ResourceScheduling, Inquire, Delete)}

	// What a call names is looked for, unless it gives the id alone.
	companyByName       = part{what: "finding companies by name", rights: inquire(CompanyMaintenance)}
	contactByName       = part{what: "finding contacts by name", rights: inquire(Contacts)}
	configurationByName = part{what: "finding configurations by name", rights: inquire(Configurations)}
	itsConfigurations   = part{what: "setting configurations", rights: of(ServiceTickets, Edit)}
	itsContact          = part{what: "setting the contact", rights: inquire(Contacts)}
	itsSite             = part{what: "setting the site", rights: inquire(CompanyMaintenance)}

	ofCompany = []part{companyByName, itsContact, itsSite}
)

// ticketWrite are the rights of a write that answers the ticket.
func ticketWrite(levels ...Level) needs {
	return onTickets(append([]Level{Inquire}, levels...)...).also(priorities).reading(members)
}

// table has what each operation needs. The connection itself needs the setup tables
// and the members, which every ticket names, to be opened: the check proves them.
var table = map[string]needs{
	"tickets.list":        onTickets(Inquire).also(priorities).reading(members).with(companyByName, contactByName),
	"tickets.get":         onTickets(Inquire).also(priorities).reading(members),
	"tickets.history":     onTickets(Inquire).reading(members),
	"tickets.create":      ticketWrite(Add).with(coOwners, itsConfigurations, configurationByName).with(ofCompany...),
	"tickets.update":      ticketWrite(Edit).with(closing, closingProjects, coOwners, coOwnersLeave).with(ofCompany...).with(configurationByName),
	"tickets.delete":      ticketWrite(Delete),
	"tickets.transitions": onTickets(Inquire).reading(statuses),
	"tickets.transition":  ticketWrite(Edit).with(closing, closingProjects),

	"notes.list":            onTickets(Inquire).reading(members),
	"notes.get":             onTickets(Inquire).reading(members),
	"notes.create_customer": onTickets(Inquire, Edit).reading(members),
	"notes.update":          onTickets(Inquire, Edit).reading(members),
	"notes.delete":          onTickets(Inquire, Delete).reading(members),
	// It is the one write of a ticket that need not read it first, unless the ticket
	// may be a project's.
	"notes.create_internal": {
		service: of(ServiceTickets, Edit), parts: []part{onProjects(of(ProjectTickets, Inquire, Edit))}, reads: []listing{members},
	},

	"time_entries.list":   just(inquire(TimeEntry)).reading(members),
	"time_entries.get":    just(inquire(TimeEntry)).reading(members),
	"time_entries.create": onTickets(Inquire).also(of(TimeEntry, Inquire, Add)).reading(members),
	"time_entries.update": just(of(TimeEntry, Inquire, Edit)).reading(members),
	"time_entries.delete": just(of(TimeEntry, Inquire, Delete)).reading(members),

	"schedule_entries.list": just(inquire(ResourceScheduling)).reading(members),
	"schedule_entries.get":  just(inquire(ResourceScheduling)).reading(members),
	"schedule_entries.create": {
		service: inquire(ServiceTickets), always: of(ResourceScheduling, Add), reads: []listing{members}, parts: []part{
			// Only the type of entries on service tickets is the same everywhere (connectwise.md §11).
			{what: projectTickets, rights: inquire(ProjectTickets), reads: []listing{setupList("schedule/types/info")}, project: true}, scheduleState,
		},
	},
	"schedule_entries.update": just(of(ResourceScheduling, Inquire, Edit)).reading(members).with(scheduleState),
	"schedule_entries.delete": just(of(ResourceScheduling, Inquire, Delete)).reading(members),

	// Whether there is such a ticket, a list without any does not tell.
	"attachments.list":     just(inquire(ManageDocuments)).reading(members).with(part{what: "tickets without attachments", rights: inquire(ServiceTickets)}),
	"attachments.get":      just(inquire(ManageDocuments)).reading(members),
	"attachments.download": just(inquire(ManageDocuments)).reading(members),
	"attachments.create":   onTickets(Inquire).also(of(ManageDocuments, Add)).reading(members),
	"attachments.delete":   just(of(ManageDocuments, Inquire, Delete)).reading(members),

	"companies.list": just(inquire(CompanyMaintenance)).reading(members),
	"companies.get":  just(inquire(CompanyMaintenance)).reading(members),
	"sites.list":     just(inquire(CompanyMaintenance)),

	"contacts.list":   just(inquire(Contacts)).with(companyByName),
	"contacts.get":    just(inquire(Contacts)),
	"contacts.create": just(of(Contacts, Inquire, Add)).reading(members).with(companyByName, itsSite),
	"contacts.update": just(of(Contacts, Inquire, Edit)).reading(members).with(companyByName, itsSite),

	"configurations.list":   just(inquire(Configurations)).with(companyByName),
	"configurations.get":    just(inquire(Configurations)),
	"configurations.create": just(of(Configurations, Inquire, Add), inquire(TableSetup)).reading(members).with(ofCompany...),
	"configurations.update": just(of(Configurations, Inquire, Edit)).reading(members).with(ofCompany...),

	"technicians.list":         shown(members).reading(boards),
	"technicians.get":          shown(members).reading(boards),
	"technicians.availability": needs{reads: []listing{members}}.with(part{what: "working hours", rights: calendars}, part{what: "what is planned", rights: inquire(ResourceScheduling)}),
	"technicians.workload": needs{
		service: inquire(ServiceTickets), projects: inquire(ProjectTickets), always: inquire(ResourceScheduling), reads: []listing{members},
	}.with(part{what: "the capacity", rights: calendars}),

	"catalogue.queues":       shown(boards, setupList("service/boards/%d/teams/info")),
	"catalogue.statuses":     shown(boards, statuses),
	"catalogue.priorities":   just(priorities),
	"catalogue.types":        just(inquire(TableSetup)),
	"catalogue.record_types": {}, // the connector's own
	"catalogue.sources":      shown(setupList("service/sources/info")),
	// Records show which fields they have, where the definitions are closed.
	"catalogue.custom_fields": needs{}.with(
		part{what: "those of tickets", rights: inquire(ServiceTickets)},
		part{what: "those of tickets", rights: inquire(ProjectTickets), project: true},
		part{what: "those of time entries", rights: inquire(TimeEntry)},
		part{what: "those of companies", rights: inquire(CompanyMaintenance)},
		part{what: "those of contacts", rights: inquire(Contacts)},
		part{what: "those of configurations", rights: inquire(Configurations)},
	),
	"catalogue.work_types":             shown(setupList("time/workTypes/info")),
	"catalogue.work_roles":             shown(setupList("time/workRoles/info")),
	"catalogue.configuration_types":    just(inquire(TableSetup)),
	"catalogue.configuration_statuses": shown(setupList("company/configurations/statuses/info")),
	"catalogue.schedule_statuses":      shown(scheduleStatuses),

	"raw.read":   {untold: "the right hangs on what is asked for"},
	"raw.write":  {untold: "the right hangs on what is asked for"},
	"raw.delete": {untold: "the right hangs on what is asked for"},
}

// replies are sent by one of two ways.
func replies(o Options) map[string]needs {
	if o.ByTime {
		return map[string]needs{
			"replies.create": onTickets(Inquire).also(of(TimeEntry, Add)).reading(members),
			"replies.get":    just(inquire(TimeEntry)).reading(members),
		}
	}
	return map[string]needs{
		"replies.create": onTickets(Inquire, Edit).reading(members).with(part{what: "replies that are sure to be mailed", rights: inquire(TableSetup)}),
		"replies.get":    onTickets(Inquire).reading(members),
	}
}

// merges close what is merged. Tickets of projects are merged by notes, copies and a
// close.
func merges(o Options) needs {
	n := needs{service: of(ServiceTickets, Inquire, Edit)}.also(priorities).reading(members)
	n.service = all(n.service, of(MergeTickets, Edit))
	if o.MergeOpen {
		n = n.with(closing)
	} else {
		n.service = all(n.service, of(CloseServiceTickets, Edit))
	}
	if o.MergeProjects {
		n = n.with(onProjects(of(ProjectTickets, Inquire, Edit), of(CloseProjectTickets, Edit)),
			part{what: "attachments of merged tickets of projects", rights: of(ManageDocuments, Inquire, Add), project: true})
	}
	return n
}

// operations is the whole table, as a connection is.
func operations(o Options) map[string]needs {
	whole := maps.Clone(table)
	maps.Copy(whole, replies(o))
	whole["tickets.merge"] = merges(o)
	return whole
}

// Operations returns the names of the operations.
func Operations() []string { return slices.Sorted(maps.Keys(operations(Options{}))) }

// Wanted are the rights that any of the operations needs, however the connection is.
var Wanted = sync.OnceValue(func() []Right {
	var wanted []Right
	for _, o := range []Options{{MergeProjects: true}, {ByTime: true, MergeOpen: true}} {
		for _, n := range operations(o) {
			wanted = all(wanted, n.service, n.always, n.projects)
			for _, l := range n.lists() {
				wanted = append(wanted, l.right)
			}
			for _, p := range n.parts {
				wanted = append(wanted, p.rights...)
			}
		}
	}
	slices.SortFunc(wanted, compare)
	return slices.Compact(wanted)
})
