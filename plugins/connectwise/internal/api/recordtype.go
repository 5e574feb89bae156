package api

// RecordType is what documents and the audit trail call the tickets of a list
// (connectwise.md §12).
func (l TicketList) RecordType() string {
	if l == ProjectTickets {
		return "ProjectTicket"
	}
	return "Ticket"
}
