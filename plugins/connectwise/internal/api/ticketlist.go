package api

import "strconv"

// TicketList is one of the two lists that tickets live in. Their ids are of one
// sequence, and each list knows only its own (connectwise.md §7).
type TicketList string

// The lists.
const (
	ServiceTickets TicketList = "service/tickets"
	ProjectTickets TicketList = "project/tickets"
)

// One is the path of a ticket.
func (l TicketList) One(id int) string { return string(l) + "/" + strconv.Itoa(id) }

// Notes is the path of a ticket's notes.
func (l TicketList) Notes(id int) string { return l.One(id) + "/notes" }
