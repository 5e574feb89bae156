package sample

// Resources are the kinds of records that an update changes field by field.
func Resources() []Resource {
	return []Resource{Tickets, Notes, TimeEntries, ScheduleEntries, Contacts, Configurations}
}
