package filter

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// lists are the filters of each list, by its operation.
var lists = map[string][]Filter{
	"tickets.list": {
		since("updated_since", "updated_at"), before("updated_before", "updated_at"), since("created_since", "created_at"),
		reference("status", "status"), choice("status_category", "status.category", psav1.Category_NEW.Descriptor().Values()),
		choice("kind", "kind", psav1.Kind_SERVICE.Descriptor().Values()), reference("record_type", "record_type"),
		reference("queue", "queue"), reference("owner", "owner"),
		flag("unassigned", func(row protoreflect.Message) bool { return !field.Has(row, "owner") }, "owner"),
		reference("company", "company"), reference("contact", "contact"),
		ids("parent", "parent.id"), exact("number", "number"), exact("external_id", "external_id"),
		reference("type", "type"), reference("priority", "priority"), numbers("priority_level", "priority.level", 1, 5),
		containing([]string{"title"}, "number"), custom(),
	},
	"companies.list": {
		since("updated_since", "updated_at"), active(), containing([]string{"name"}, ""),
	},
	"contacts.list": {
		since("updated_since", "updated_at"), active(), reference("company", "company"),
		containing([]string{"name", "email"}, "", "emails"), email(),
	},
	"configurations.list": {
		since("updated_since", "updated_at"), active(), reference("company", "company"), reference("type", "type"),
		containing([]string{"name"}, ""), exact("serial_number", "serial_number"), exact("external_id", "external_id"),
	},
	"time_entries.list": {
		ids("ticket", "ticket.id"), reference("technician", "technician"),
		from("worked_from", "started_at"), until("worked_to", "started_at"), since("updated_since", "updated_at"),
	},
	"schedule_entries.list": {
		past("from", "end"), until("to", "start"), reference("technician", "technician"), ids("ticket", "ticket.id"),
	},
	"notes.list": {
		since("created_since", "created_at"), choice("origin", "origin", psav1.Origin_NOTE.Descriptor().Values()),
	},
	"sites.list":              {active()},
	"technicians.list":        {active(), containing([]string{"name", "login", "email"}, "")},
	"catalogue.catalog_items": {containing([]string{"name"}, "")},
}

// Of are the filters of a list.
func Of(operation string) []Filter { return lists[operation] }
