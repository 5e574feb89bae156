package schedule

import (
	"fmt"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

var entryRules = &rest.Rules{
	Object: "schedule",
	ReadOnly: []string{
		"name", "mobileGuid", "acknowledgedDate", "closeDate", "notificationSent", "notificationResponse", "startTimeSet", "endTimeSet",
	},
	Transient: []string{"allowScheduleConflictsFlag", "addMemberToProjectFlag", "projectRoleId", "notifyResource"},
	Defaults:  entryDefaults,
	Complete:  completeEntry,
	Check:     checkEntry,
	Settle:    settleEntry,
	Saved:     entrySaved,
	Deleted:   func(c *rest.Call, r *store.Record) { assign(c, r.Parent) },
	Audit: &rest.Audit{Type: "Schedule", Subject: "Schedule Entry", Members: []rest.Audited{
		{Member: "member", Caption: "Member", SubType: "Resources"},
		{Member: "dateStart", Caption: "Start", SubType: "DateTime"},
		{Member: "dateEnd", Caption: "End", SubType: "DateTime"},
		{Member: "status", Caption: "Status", SubType: "Status"},
		{Member: "doneFlag", Caption: "Done", SubType: "Schedule"},
	}},
}

func entryDefaults(c *rest.Call, w *rest.Change) {
	if w.IsNew() {
		w.New.Values["mobileGuid"] = seed.StableGUID("schedule entry", c.World().Table(store.ScheduleEntries).NextID())
	}
	w.Default("status", store.Ref(seed.FirmStatus))
	for _, flag := range []string{"doneFlag", "acknowledgedFlag", "ownerFlag", "meetingFlag"} {
		w.Default(flag, false)
	}
}

// completeEntry fills in what follows from the type and from what the entry
// is for: its name above all.
func completeEntry(c *rest.Call, w *rest.Change) {
	typ, ok := c.World().Table(store.ScheduleTypes).Get(w.New.Ref("type"))
	if !ok {
		return
	}
	w.Default("where", typ.Values["where"])
	if code := typ.Ref("chargeCode"); code != 0 {
		w.Default("objectId", code)
	}
	w.New.Parent = 0
	t, found, ok := object(c, w.New)
	switch {
	case !ok:
	case t.Table == store.Tickets:
		w.New.Parent = found.ID
		w.New.Values["name"] = seed.ScheduleName(c.World(), found)
	default:
		w.New.Values["name"] = found.Values["name"]
	}
}

func checkEntry(c *rest.Call, w *rest.Change) *rest.Error {
	level := rest.Add
	if !w.IsNew() {
		level = rest.Edit
	}
	for _, member := range []string{"objectId", "member"} {
		if w.New.Values[member] == nil {
			return rest.InvalidObject("schedule", rest.RequiredField(member))
		}
	}
	if c.OnlyMine(seed.ResourceScheduling, level) && !rest.OfMember(c, w.New) {
		return rest.Forbidden()
	}
	if t, _, ok := object(c, w.New); !ok {
		return rest.InvalidObject("schedule", rest.NotFoundDetail(fmt.Sprintf("%s %v not found", t.Label, w.New.Values["objectId"]), "objectId"))
	}
	member, _ := c.World().Table(store.Members).Get(w.New.Ref("member"))
	if member.Flag("inactiveFlag") && w.Moved("member") {
		return rest.InvalidObject("schedule", rest.InvalidField("member/id", "Member %s is inactive.", member.Text("identifier")))
	}
	from, to := slot(w.New)
	if from.IsZero() && !to.IsZero() {
		return rest.InvalidObject("schedule", rest.RequiredField("dateStart"))
	}
	if !to.IsZero() && to.Before(from) {
		return rest.InvalidObject("schedule", rest.InvalidField("dateEnd", "The dateEnd must be after the dateStart."))
	}
	return checkConflict(c, w)
}

// checkConflict refuses an entry at a time that the member is taken, unless
// the caller allows it. That it is refused and how is inferred
// (connectwise.md §11); the answer's words stand here alone.
func checkConflict(c *rest.Call, w *rest.Change) *rest.Error {
	moved := w.Moved("member") || w.Moved("dateStart") || w.Moved("dateEnd")
	if !moved || w.Flag("allowScheduleConflictsFlag", false) || w.New.Flag("doneFlag") {
		return nil
	}
	from, to := slot(w.New)
	if !from.Before(to) {
		return nil // an assignment without a slot, or a to-do
	}
	other, taken := c.World().Table(store.ScheduleEntries).Find(func(r *store.Record) bool {
		if r.ID == w.New.ID || r.Ref("member") != w.New.Ref("member") || r.Flag("doneFlag") {
			return false
		}
		start, end := slot(r)
		return start.Before(to) && from.Before(end)
	})
	if !taken {
		return nil
	}
	member, _ := c.World().Table(store.Members).Get(w.New.Ref("member"))
	return rest.InvalidObject("schedule", rest.Detail{
		Code:    "InvalidObject",
		Message: fmt.Sprintf("%s has a schedule conflict with schedule entry %d (%s).", member.Text("identifier"), other.ID, other.Text("name")),
		Field:   "allowScheduleConflictsFlag",
	})
}

// slot is when an entry begins and ends; zero times stand for none.
func slot(r *store.Record) (from, to time.Time) {
	return at(r, "dateStart"), at(r, "dateEnd")
}

func at(r *store.Record, member string) time.Time {
	t, err := time.Parse(time.RFC3339, r.Text(member))
	if err != nil {
		return time.Time{}
	}
	return t
}

// settleEntry derives the end from the hours or the hours from the end, and
// what the flags stamp.
func settleEntry(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	from, to := slot(w.New)
	hours, _ := v["hours"].(float64)
	switch {
	case from.IsZero():
		delete(v, "hours")
	case to.IsZero():
		to = from.Add(time.Duration(hours * float64(time.Hour)).Round(time.Second))
		v["dateEnd"] = render.Time(to)
		fallthrough
	default:
		v["hours"] = seed.Hours(to.Sub(from))
	}
	v["startTimeSet"], v["endTimeSet"] = !from.IsZero(), !to.IsZero()
	stamp := func(flag, date string) {
		switch {
		case !w.New.Flag(flag):
			delete(v, date)
		case v[date] == nil:
			v[date] = render.Time(c.Now())
		}
	}
	stamp("doneFlag", "closeDate")
	stamp("acknowledgedFlag", "acknowledgedDate")
	if w.Flag("notifyResource", false) {
		v["notificationSent"] = true
	}
}
