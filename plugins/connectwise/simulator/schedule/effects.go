package schedule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/audit"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/ticket"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// targets are what entries are for, by the identifier of their type. Types that
// are not here are for a charge code.
var targets = map[string]rest.Target{
	"C": {Table: store.Activities, Label: "Activity"},
	"P": {Table: store.Tickets, Label: "Project Ticket", Is: ticket.IsProject},
	"S": {Table: store.Tickets, Label: "Service Ticket", Is: ticket.IsService},
}

// object is the record that an entry is for.
func object(c *rest.Call, r *store.Record) (rest.Target, *store.Record, bool) {
	typ, _ := c.World().Table(store.ScheduleTypes).Get(r.Ref("type"))
	t, ok := targets[typ.Text("identifier")]
	if !ok {
		t = rest.Target{Table: store.ChargeCodes, Label: "Charge Code"}
	}
	id, _ := r.Values["objectId"].(int64)
	found, ok := t.Find(c.World(), id)
	return t, found, ok
}

func entrySaved(c *rest.Call, w *rest.Change) {
	if w.Old != nil && w.Old.Parent != w.New.Parent {
		assign(c, w.Old.Parent)
	}
	assign(c, w.New.Parent)
	if w.New.Flag("ownerFlag") && w.New.Parent != 0 && (w.IsNew() || !w.Old.Flag("ownerFlag")) {
		ticket.Touch(c, w.New.Parent, func(t *store.Record) { t.Values["owner"] = w.New.Values["member"] })
	}
	if w.Flag("notifyResource", false) {
		mail(c, w.New, "is yours")
	}
}

// assign gives a ticket the resources that its entries make, in the order of
// the entries; 0 is no ticket.
func assign(c *rest.Call, id int64) {
	old, ok := c.World().Table(store.Tickets).Get(id)
	if !ok {
		return
	}
	before := strings.FieldsFunc(old.Text("resources"), func(r rune) bool { return r == ',' || r == ' ' })
	var now []string
	first, last := "", ""
	for _, entry := range c.World().Table(store.ScheduleEntries).Children(id) {
		member, _ := c.World().Table(store.Members).Get(entry.Ref("member"))
		if identifier := member.Text("identifier"); !slices.Contains(now, identifier) {
			now = append(now, identifier)
		}
		if from := entry.Text("dateStart"); from != "" && (first == "" || from < first) {
			first = from
		}
		last = max(last, entry.Text("dateEnd"))
	}
	ticket.Touch(c, id, func(t *store.Record) {
		set(t, "resources", strings.Join(now, ", "))
		if ticket.IsProject(t) {
			set(t, "scheduleStartDate", first)
			set(t, "scheduleEndDate", last)
		}
	})
	for _, identifier := range now {
		if !slices.Contains(before, identifier) {
			ticket.Tell(c, old, "Resources", audit.Added("Resource", identifier))
		}
	}
	for _, identifier := range before {
		if !slices.Contains(now, identifier) {
			ticket.Tell(c, old, "Resources", audit.Removed("Resource", identifier))
		}
	}
}

func set(r *store.Record, member, value string) {
	if value == "" {
		delete(r.Values, member)
		return
	}
	r.Values[member] = value
}

// mail tells an entry's member of it.
func mail(c *rest.Call, r *store.Record, what string) {
	member, _ := c.World().Table(store.Members).Get(r.Ref("member"))
	m := simulator.Mail{
		Time: c.Now(), To: []string{member.Text("primaryEmail")}, Subject: "Schedule: " + r.Text("name") + " " + what,
		Text: strings.TrimSpace(r.Text("dateStart") + " " + r.Text("dateEnd")), Reason: "schedule",
	}
	if r.Parent != 0 {
		m.Ticket = strconv.FormatInt(r.Parent, 10)
	}
	c.Tenant.Outbox.Send(m)
}
