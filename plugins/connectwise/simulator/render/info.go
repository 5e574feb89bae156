package render

import (
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// related are the hrefs in the "_info" of a record beside its own; they are
// usable queries (connectwise.md §6).
var related = map[string][][2]string{
	"Ticket": {
		{"activities_href", "sales/activities?conditions=ticket/id={id}"},
		{"scheduleentries_href", "schedule/entries?conditions=type/id=4 AND objectId={id}"},
		{"documents_href", "system/documents?recordType=Ticket&recordId={id}"},
		{"configurations_href", "service/tickets/{id}/configurations"},
		{"tasks_href", "service/tickets/{id}/tasks"},
		{"notes_href", "service/tickets/{id}/notes"},
		{"products_href", "procurement/products?conditions=chargeToType='Ticket' AND chargeToId={id}"},
		{"timeentries_href", "time/entries?conditions=(chargeToType='ServiceTicket' OR chargeToType='ProjectTicket') AND chargeToId={id}"},
	},
	"ProjectTicket": {
		{"scheduleentries_href", "schedule/entries?conditions=type/id=3 AND objectId={id}"},
		{"documents_href", "system/documents?recordType=Ticket&recordId={id}"},
		{"configurations_href", "project/tickets/{id}/configurations"},
		{"notes_href", "project/tickets/{id}/notes"},
		{"timeentries_href", "time/entries?conditions=(chargeToType='ServiceTicket' OR chargeToType='ProjectTicket') AND chargeToId={id}"},
	},
	"Company": {
		{"contacts_href", "company/contacts?conditions=company/id={id}"},
		{"configurations_href", "company/configurations?conditions=company/id={id}"},
		{"tickets_href", "service/tickets?conditions=company/id={id}"},
		{"sites_href", "company/companies/{id}/sites"},
		{"notes_href", "company/companies/{id}/notes"},
	},
	"Contact": {
		{"communications_href", "company/contacts/{id}/communications"},
		{"notes_href", "company/contacts/{id}/notes"},
	},
	"Board": {
		{"statuses_href", "service/boards/{id}/statuses"},
		{"types_href", "service/boards/{id}/types"},
		{"subtypes_href", "service/boards/{id}/subtypes"},
		{"items_href", "service/boards/{id}/items"},
		{"teams_href", "service/boards/{id}/teams"},
	},
	"Member": {
		{"image_href", "system/members/{id}/image"},
	},
}

// info appends the "_info" of a record.
func (r *Renderer) info(b []byte, typ *schema.Type, rec *store.Record, depth int) []byte {
	o := opened(b, depth)
	if !rec.Updated.IsZero() {
		o.member("lastUpdated", Time(rec.Updated))
		o.member("updatedBy", rec.UpdatedBy)
	}
	if !rec.Entered.IsZero() {
		o.member("dateEntered", Time(rec.Entered))
		o.member("enteredBy", rec.EnteredBy)
	}
	for _, link := range related[typ.Name] {
		o.member(link[0], r.href(fill(link[1], rec)))
	}
	if typ.Name == "ConfigurationReference" {
		o.member("name", rec.Text("name"))
		o.member("configuration_href", r.href(fill("company/configurations/{id}", rec)))
	}
	return o.close()
}

func (r *Renderer) href(path string) string { return r.Base + "/" + path }

func fill(path string, rec *store.Record) string {
	path = strings.ReplaceAll(path, "{id}", strconv.FormatInt(rec.ID, 10))
	return strings.ReplaceAll(path, "{parent}", strconv.FormatInt(rec.Parent, 10))
}
