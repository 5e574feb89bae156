package permission

import (
	"maps"
	"slices"
	"sync"
)

// needs are the rights of one operation.
type needs struct {
	// always are those without which the operation is refused.
	always []Right
	// short tells that a short form of the list serves where the setup tables are
	// closed: what right that takes, the vendor does not say (connectwise.md §2).
	short bool
	// parts are those that only some of its calls take.
	parts []part
	// untold says why nobody can know the rights beforehand.
	untold string
}

// part is a part of what an operation can do.
type part struct {
	what    string // completes "not for ..."
	rights  []Right
	project bool // only where tickets of projects are served
}

// projectTickets is the part of an operation on tickets that is not the service
// desk's.
const projectTickets = "tickets of projects"

func onProjects(rights ...[]Right) part {
	return part{what: projectTickets, rights: all(rights...), project: true}
}

func of(f Function, levels ...Level) []Right {
	rights := make([]Right, len(levels))
	for n, l := range levels {
		rights[n] = Right{f, l}
	}
	return rights
}

func all(rights ...[]Right) []Right { return slices.Concat(rights...) }

// onTickets are the rights on a ticket of the service desk; tickets of projects
// take the same of their own function. Levels of notes are those of their tickets:
// writing one is an edit.
func onTickets(also []Right, levels ...Level) needs {
	return needs{
		always: all(of(ServiceTickets, levels...), also),
		parts:  []part{onProjects(of(ProjectTickets, levels...))},
	}
}

func (n needs) with(parts ...part) needs {
	n.parts = slices.Concat(n.parts, parts)
	return n
}

func just(rights ...[]Right) needs { return needs{always: all(rights...)} }

// setupTable is a list of the setup tables; short tells whether it has a form for
// poor roles.
func setupTable(short bool) needs { return needs{always: of(TableSetup, Inquire), short: short} }

var (
	closing = []part{
		{what: "closing tickets", rights: of(CloseServiceTickets, Edit)},
		{what: "closing tickets of projects", rights: of(CloseProjectTickets, Edit), project: true},
	}
	// Co-owners are schedule entries (connectwise.md §7).
	coOwners      = part{what: "adding co-owners", rights: of(ResourceScheduling, Inquire, Add)}
	coOwnersLeave = part{what: "removing co-owners", rights: of(ResourceScheduling, Inquire, Delete)}

	readMembers = needs{always: of(MemberMaintenance, Inquire), short: true}
	company     = of(CompanyMaintenance, Inquire)
	ticket      = of(ServiceTickets, Inquire)
)

// table has what each operation needs. Priorities and members, which every ticket
// names, are needed by the connection as a whole: the check proves them.
var table = map[string]needs{
	"tickets.list":        onTickets(nil, Inquire),
	"tickets.get":         onTickets(nil, Inquire),
	"tickets.history":     onTickets(nil, Inquire),
	"tickets.create":      onTickets(company, Add).with(coOwners),
	"tickets.update":      onTickets(nil, Inquire, Edit).with(closing...).with(coOwners, coOwnersLeave),
	"tickets.delete":      onTickets(nil, Inquire, Delete),
	"tickets.transitions": onTickets(nil, Inquire),
	"tickets.transition":  onTickets(nil, Inquire, Edit).with(closing...),
	// Tickets of projects are merged by notes, copies and a close.
	"tickets.merge": just(of(ServiceTickets, Inquire, Edit), of(MergeTickets, Edit)).with(
		closing[0],
		onProjects(of(ProjectTickets, Inquire, Edit), of(CloseProjectTickets, Edit)),
	),

	"notes.list":            onTickets(nil, Inquire),
	"notes.get":             onTickets(nil, Inquire),
	"notes.create_internal": onTickets(nil, Inquire, Edit),
	"notes.create_customer": onTickets(nil, Inquire, Edit),
	"notes.update":          onTickets(nil, Inquire, Edit),
	"notes.delete":          onTickets(nil, Inquire, Delete),

	"time_entries.list":   just(of(TimeEntry, Inquire)),
	"time_entries.get":    just(of(TimeEntry, Inquire)),
	"time_entries.create": just(of(TimeEntry, Add), ticket),
	"time_entries.update": just(of(TimeEntry, Inquire, Edit)),
	"time_entries.delete": just(of(TimeEntry, Inquire, Delete)),

	"schedule_entries.list":   just(of(ResourceScheduling, Inquire)),
	"schedule_entries.get":    just(of(ResourceScheduling, Inquire)),
	"schedule_entries.create": just(of(ResourceScheduling, Inquire, Add), ticket),
	"schedule_entries.update": just(of(ResourceScheduling, Inquire, Edit)),
	"schedule_entries.delete": just(of(ResourceScheduling, Inquire, Delete)),

	"attachments.list":     just(of(ManageDocuments, Inquire)),
	"attachments.get":      just(of(ManageDocuments, Inquire)),
	"attachments.download": just(of(ManageDocuments, Inquire)),
	"attachments.create":   just(of(ManageDocuments, Add), ticket),
	"attachments.delete":   just(of(ManageDocuments, Inquire, Delete)),

	"companies.list": just(company),
	"companies.get":  just(company),
	"sites.list":     just(company),

	"contacts.list":   just(of(Contacts, Inquire)),
	"contacts.get":    just(of(Contacts, Inquire)),
	"contacts.create": just(of(Contacts, Add), company),
	"contacts.update": just(of(Contacts, Inquire, Edit)),

	"configurations.list":   just(of(Configurations, Inquire)),
	"configurations.get":    just(of(Configurations, Inquire)),
	"configurations.create": just(of(Configurations, Add), company, of(TableSetup, Inquire)),
	"configurations.update": just(of(Configurations, Inquire, Edit)),

	"technicians.list":         readMembers,
	"technicians.get":          readMembers,
	"technicians.availability": just(of(TableSetup, Inquire), of(ResourceScheduling, Inquire)),
	"technicians.workload":     just(of(TableSetup, Inquire), of(ResourceScheduling, Inquire), ticket).with(onProjects(of(ProjectTickets, Inquire))),

	"catalogue.queues":                 setupTable(true),
	"catalogue.statuses":               setupTable(true),
	"catalogue.priorities":             setupTable(false),
	"catalogue.types":                  setupTable(true),
	"catalogue.record_types":           {}, // the connector's own
	"catalogue.sources":                setupTable(true),
	"catalogue.custom_fields":          setupTable(true),
	"catalogue.work_types":             setupTable(true),
	"catalogue.work_roles":             setupTable(true),
	"catalogue.configuration_types":    setupTable(false),
	"catalogue.configuration_statuses": setupTable(true),
	"catalogue.schedule_statuses":      setupTable(true),

	"raw.read":   {untold: "the right hangs on what is asked for"},
	"raw.write":  {untold: "the right hangs on what is asked for"},
	"raw.delete": {untold: "the right hangs on what is asked for"},
}

// replies are sent by one of two ways, which the connection says.
func replies(byTime bool) map[string]needs {
	if byTime {
		return map[string]needs{
			"replies.create": just(of(TimeEntry, Add), ticket),
			"replies.get":    just(of(TimeEntry, Inquire)),
		}
	}
	return map[string]needs{
		"replies.create": onTickets(nil, Inquire, Edit),
		"replies.get":    onTickets(nil, Inquire),
	}
}

// Operations returns the table's operations, with those of replies.
func Operations() []string {
	return slices.Sorted(maps.Keys(every(false)))
}

// every is the table with the operations on replies.
func every(byTime bool) map[string]needs {
	whole := maps.Clone(table)
	maps.Copy(whole, replies(byTime))
	return whole
}

// Wanted are the rights that any of the operations needs.
var Wanted = sync.OnceValue(func() []Right {
	var wanted []Right
	for _, one := range []map[string]needs{every(false), every(true)} {
		for _, n := range one {
			wanted = append(wanted, n.always...)
			for _, p := range n.parts {
				wanted = append(wanted, p.rights...)
			}
		}
	}
	slices.SortFunc(wanted, compare)
	return slices.Compact(wanted)
})
