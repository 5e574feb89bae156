package schedule

import (
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// maxDays bounds the pieces that one entry is cut into; an entry of years is
// nobody's plan.
const maxDays = 366

// details are an entry's pieces per day, in UTC. How the vendor numbers them
// is not known.
func details(r *store.Record) []*store.Record {
	from, to := slot(r)
	if from.IsZero() {
		return nil
	}
	var out []*store.Record
	for day := from; len(out) < maxDays && (day.Before(to) || len(out) == 0); {
		end := day.Truncate(24*time.Hour).AddDate(0, 0, 1)
		if end.After(to) {
			end = to
		}
		id := r.ID*1000 + int64(len(out)) + 1
		out = append(out, &store.Record{
			ID: id, Parent: r.ID, Entered: r.Entered, EnteredBy: r.EnteredBy, Updated: r.Updated, UpdatedBy: r.UpdatedBy,
			Values: store.Object{
				"id": id, "scheduleEntry": store.Ref(r.ID), "dateStart": render.Time(day), "dateEnd": render.Time(end),
				"hoursScheduled": seed.Hours(end.Sub(day)), "member": r.Values["member"],
			},
		})
		day = end
	}
	return out
}

// mountDetails adds the pieces of one entry and those of all.
func mountDetails(on rest.On, entries *rest.Resource) {
	all := func(c *rest.Call) ([]*store.Record, *rest.Error) {
		visible, err := entries.Visible(c)
		if err != nil {
			return nil, err
		}
		var out []*store.Record
		for _, r := range visible {
			out = append(out, details(r)...)
		}
		return out, nil
	}
	ofOne := func(c *rest.Call) ([]*store.Record, *rest.Error) {
		r, err := entries.One(c, rest.Inquire)
		if err != nil {
			return nil, err
		}
		return details(r), nil
	}
	rest.Derived{Path: "/schedule/details", Type: "ScheduleEntryDetail", Label: "Schedule Detail", List: all}.Mount(on)
	rest.Derived{Path: entriesPath + "/{id}/details", Type: "ScheduleDetail", Label: "Schedule Detail", List: ofOne}.Mount(on)
}
