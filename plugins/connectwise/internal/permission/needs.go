package permission

import "slices"

// needs are the rights of one operation.
type needs struct {
	// always are those without which the operation is refused, service those without
	// which it is on tickets of the service desk, and projects those without which it
	// is where the connection serves tickets of projects beside them.
	always, service, projects []Right
	// shows are the lists of the setup tables that the operation answers, reads those
	// that it needs besides.
	shows, reads []listing
	// parts are what only some of its calls need.
	parts []part
	// untold says why nobody can know the rights beforehand.
	untold string
}

// listing is a list that a right opens. Where the role does not grant that, the short
// form of the list serves: what right that takes, the vendor does not say
// (connectwise.md §2), so that it is tried.
type listing struct {
	right Right
	short string // the path of the short form; %d stands for a board
}

// part is a part of what an operation can do.
type part struct {
	what    string // completes "not for ..."
	rights  []Right
	reads   []listing
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

// just are rights that an operation needs for every call.
func just(rights ...[]Right) needs { return needs{always: all(rights...)} }

// onTickets are the rights on a ticket of the service desk; tickets of projects
// take the same of their own function. Levels of notes are those of their tickets:
// writing one is an edit.
func onTickets(levels ...Level) needs {
	return needs{service: of(ServiceTickets, levels...), parts: []part{onProjects(of(ProjectTickets, levels...))}}
}

// shown is an operation that answers lists of the setup tables.
func shown(lists ...listing) needs { return needs{shows: lists} }

func (n needs) also(rights ...[]Right) needs {
	n.always = all(append([][]Right{n.always}, rights...)...)
	return n
}

func (n needs) reading(lists ...listing) needs {
	n.reads = slices.Concat(n.reads, lists)
	return n
}

func (n needs) with(parts ...part) needs {
	n.parts = slices.Concat(n.parts, parts)
	return n
}

// rights are those that the operation needs for every call, as the connection is.
func (n needs) rights(o Options) []Right {
	rights := all(n.service, n.always)
	if o.Projects {
		rights = append(rights, n.projects...)
	}
	return rights
}

// lists are all lists that calls can need.
func (n needs) lists() []listing {
	lists := slices.Concat(n.shows, n.reads)
	for _, p := range n.parts {
		lists = append(lists, p.reads...)
	}
	return lists
}

// free reports whether the operation needs no right at all.
func (n needs) free() bool {
	return len(n.always)+len(n.service)+len(n.projects)+len(n.shows)+len(n.reads)+len(n.parts) == 0
}
