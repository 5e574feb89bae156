package system

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/audit"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// trails says for each kind of record with a trail where the record is and
// which right its trail asks for. Kinds that are not here have none.
var trails = map[string]struct{ table, right string }{
	"Ticket":        {store.Tickets, seed.ServiceTickets},
	"ProjectTicket": {store.Tickets, seed.ProjectTickets},
	"Time":          {store.TimeEntries, seed.TimeEntry},
	"Schedule":      {store.ScheduleEntries, seed.ResourceScheduling},
	"Company":       {store.Companies, seed.CompanyMaintenance},
	"Contact":       {store.Contacts, seed.Contacts},
	"Configuration": {store.Configurations, seed.Configurations},
	"Project":       {store.Projects, seed.ProjectHeaders},
	"Member":        {store.Members, seed.MemberMaintenance},
}

// mountAuditTrail adds the trail of one record, told by kind and id. It is
// paged by number alone (connectwise.md §4, §12).
func mountAuditTrail(on rest.On) {
	on(http.MethodGet, "/system/audittrail", rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
		records, err := trail(c)
		if err != nil {
			return rest.Answer{}, err
		}
		c.NumberedPages = true
		return c.List("AuditTrailEntry", records)
	})
	on(http.MethodGet, "/system/audittrail/count", rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
		records, err := trail(c)
		if err != nil {
			return rest.Answer{}, err
		}
		return rest.Count(len(records))
	})
}

func trail(c *rest.Call) ([]*store.Record, *rest.Error) {
	given := c.Query("type")
	i := slices.IndexFunc(audit.Types, func(t string) bool { return strings.EqualFold(t, given) })
	if i < 0 {
		return nil, rest.BadParameter("type", given)
	}
	typ := audit.Types[i]
	of, has := trails[typ]
	if !has {
		return nil, nil
	}
	if err := c.Allow(of.right, rest.Inquire); err != nil {
		return nil, err
	}
	id, err := strconv.ParseInt(c.Query("id"), 10, 32)
	if device := c.Query("deviceIdentifier"); err != nil && device != "" && typ == "Configuration" {
		if r, ok := c.World().Table(of.table).Find(func(r *store.Record) bool { return r.Text("deviceIdentifier") == device }); ok {
			id, err = r.ID, nil
		}
	}
	if err != nil {
		return nil, rest.BadParameter("id", c.Query("id"))
	}
	// The trail outlives its record.
	if r, ok := c.World().Table(of.table).Get(id); ok {
		if err := c.AllowRecord(of.right, rest.Inquire, r); err != nil {
			return nil, err
		}
	}
	var out []*store.Record
	for _, r := range c.World().Table(store.AuditTrail).Children(id) {
		if r.Text("auditType") == typ {
			out = append(out, r)
		}
	}
	return out, nil
}
