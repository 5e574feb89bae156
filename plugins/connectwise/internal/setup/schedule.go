package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ScheduleStatus is a status of schedule entries.
type ScheduleStatus struct{ api.ScheduleStatus }

// Entry makes a schedule status findable.
func (s ScheduleStatus) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(s.ID), Name: s.Name}
}

// State is how firm the entries of the status are.
func (s ScheduleStatus) State() psav1.ScheduleState_V {
	if s.Tentative {
		return psav1.ScheduleState_TENTATIVE
	}
	return psav1.ScheduleState_CONFIRMED
}

// ScheduleStatuses returns the statuses of schedule entries.
func (t *Tables) ScheduleStatuses(ctx context.Context) (Set[ScheduleStatus], error) {
	return recall(ctx, t.schedule.statuses, all{})
}

// PickScheduleStatus finds the status of schedule entries that a write names.
func (t *Tables) PickScheduleStatus(ctx context.Context, field string, ref catalogue.Reference) (ScheduleStatus, error) {
	var found ScheduleStatus
	err := t.schedule.statuses.Find(ctx, all{}, func(k kept[Set[ScheduleStatus]]) error {
		if k.denied != nil {
			return k.denied
		}
		v, err := catalogue.List[ScheduleStatus]{What: "schedule status", Values: k.value.Values}.Pick(field, ref)
		found = v
		return err
	})
	return found, err
}

// PickScheduleState finds the status that stands for a state: the default one if
// it is of the state, else the first.
func (t *Tables) PickScheduleState(ctx context.Context, field string, state psav1.ScheduleState_V) (ScheduleStatus, error) {
	set, err := t.ScheduleStatuses(ctx)
	if err != nil {
		return ScheduleStatus{}, err
	}
	var names []string
	best := -1
	for n, s := range set.Values {
		names = append(names, s.Name+" ("+s.State().String()+")")
		if s.State() == state && (best < 0 || s.Default && !set.Values[best].Default) {
			best = n
		}
	}
	if best < 0 {
		return ScheduleStatus{}, fault.InvalidArgument(field, fmt.Sprintf("no schedule status stands for %s; give a status", state), names...)
	}
	return set.Values[best], nil
}

// ScheduleType is what a schedule entry can be about.
type ScheduleType struct{ api.ScheduleType }

// Entry makes a schedule type findable.
func (t ScheduleType) Entry() catalogue.Entry { return catalogue.Entry{ID: id(t.ID), Name: t.Name} }

// OffWork reports whether entries of the type are booked on a charge code, as
// vacation and sick leave are, and on no customer's work.
func (t ScheduleType) OffWork() bool { return t.ChargeCode != nil && t.ChargeCode.ID != 0 }

// ServiceTicketType is the type of entries on service tickets on every server
// (connectwise.md §11).
const ServiceTicketType = 4

// ScheduleTypes is what schedule entries can be about.
type ScheduleTypes struct {
	Set[ScheduleType]
	// Project is the type of entries on project tickets, 0 where there is none.
	Project int
}

// Tickets returns the types of entries on tickets.
func (t ScheduleTypes) Tickets() []int {
	if t.Project == 0 {
		return []int{ServiceTicketType}
	}
	return []int{ServiceTicketType, t.Project}
}

// ScheduleTypes returns what schedule entries can be about.
func (t *Tables) ScheduleTypes(ctx context.Context) (ScheduleTypes, error) {
	return recall(ctx, t.schedule.types, all{})
}

// Calendar is the working hours of a week.
type Calendar struct{ api.Calendar }

// Entry makes a calendar findable.
func (c Calendar) Entry() catalogue.Entry { return catalogue.Entry{ID: id(c.ID), Name: c.Name} }

// Calendar returns the calendar of an id; false where there is none.
func (t *Tables) Calendar(ctx context.Context, calendarID int) (Calendar, bool, error) {
	return lookUp(ctx, t.schedule.calendars, calendarID)
}

// Holidays returns the holidays of a list.
func (t *Tables) Holidays(ctx context.Context, listID int) ([]api.Holiday, error) {
	return recall(ctx, t.schedule.holidays, listID)
}

// TimeZone is a time zone under the tenant's own name for it.
type TimeZone struct{ api.TimeZoneSetup }

// Entry makes a time zone findable.
func (z TimeZone) Entry() catalogue.Entry { return catalogue.Entry{ID: id(z.ID), Name: z.Name} }

// TimeZone returns the time zone of an id; false where there is none.
func (t *Tables) TimeZone(ctx context.Context, zoneID int) (TimeZone, bool, error) {
	return lookUp(ctx, t.schedule.zones, zoneID)
}

// scheduleTables are the tables that schedules need.
type scheduleTables struct {
	api       *api.Client
	statuses  *catalogue.Cache[all, kept[Set[ScheduleStatus]]]
	types     *catalogue.Cache[all, kept[ScheduleTypes]]
	calendars *catalogue.Cache[all, kept[Set[Calendar]]]
	holidays  *catalogue.Cache[int, kept[[]api.Holiday]]
	zones     *catalogue.Cache[all, kept[Set[TimeZone]]]
}

func newScheduleTables(c *api.Client) *scheduleTables {
	t := &scheduleTables{api: c}
	t.statuses = catalogue.New(keep(t.loadStatuses))
	t.types = catalogue.New(keep(t.loadTypes))
	t.calendars = catalogue.New(keep(t.loadCalendars))
	t.holidays = catalogue.New(keep(t.loadHolidays))
	t.zones = catalogue.New(keep(t.loadZones))
	return t
}

func (t *scheduleTables) close() {
	t.statuses.Close()
	t.types.Close()
	t.calendars.Close()
	t.holidays.Close()
	t.zones.Close()
}

func (t *scheduleTables) loadStatuses(ctx context.Context, _ all) (Set[ScheduleStatus], error) {
	rows, _, err := listOr[api.ScheduleStatus](ctx, t.api, "schedule/statuses", "schedule/statuses/info")
	return wrap(rows, err, func(r api.ScheduleStatus) ScheduleStatus { return ScheduleStatus{r} })
}

func (t *scheduleTables) loadTypes(ctx context.Context, _ all) (ScheduleTypes, error) {
	rows, _, err := listOr[api.ScheduleType](ctx, t.api, "schedule/types", "schedule/types/info")
	set, err := wrap(rows, err, func(r api.ScheduleType) ScheduleType { return ScheduleType{r} })
	return ScheduleTypes{Set: set, Project: projectType(set.Values)}, err
}

// projectType finds the type of entries on project tickets, whose number is the
// tenant's: the one named for projects that is no time off, by preference with
// the letter P.
func projectType(types []ScheduleType) int {
	found := 0
	for _, t := range types {
		if t.ID == ServiceTicketType || t.OffWork() || !strings.Contains(strings.ToLower(t.Name), "project") {
			continue
		}
		if strings.EqualFold(t.Identifier, "P") {
			return t.ID
		}
		if found == 0 {
			found = t.ID
		}
	}
	return found
}

func (t *scheduleTables) loadCalendars(ctx context.Context, _ all) (Set[Calendar], error) {
	rows, err := api.All[api.Calendar](ctx, t.api, "schedule/calendars", api.Query{})
	return wrap(rows, err, func(r api.Calendar) Calendar { return Calendar{r} })
}

func (t *scheduleTables) loadHolidays(ctx context.Context, listID int) ([]api.Holiday, error) {
	rows, err := api.All[api.Holiday](ctx, t.api, fmt.Sprintf("schedule/holidayLists/%d/holidays", listID), api.Query{})
	slices.SortFunc(rows, func(a, b api.Holiday) int { return strings.Compare(a.Date, b.Date) })
	return rows, err
}

func (t *scheduleTables) loadZones(ctx context.Context, _ all) (Set[TimeZone], error) {
	rows, _, err := listOr[api.TimeZoneSetup](ctx, t.api, "system/timeZoneSetups", "system/timeZoneSetups/info")
	return wrap(rows, err, func(r api.TimeZoneSetup) TimeZone { return TimeZone{r} })
}

// wrap makes a table of rows.
func wrap[R any, T value](rows []R, err error, of func(R) T) (Set[T], error) {
	values := make([]T, len(rows))
	for n, r := range rows {
		values[n] = of(r)
	}
	return newSet(values), err
}

// kept is a table, or that the API member may not read it: a right that is missing
// is asked for once, and not for each technician of a list.
type kept[V any] struct {
	value  V
	denied error
}

func keep[K comparable, V any](load func(context.Context, K) (V, error)) func(context.Context, K) (kept[V], error) {
	return func(ctx context.Context, key K) (kept[V], error) {
		value, err := load(ctx, key)
		if fault.CodeOf(err) == fault.CodePermissionDenied {
			return kept[V]{denied: err}, nil
		}
		return kept[V]{value: value}, err
	}
}

// recall returns a table, or why it cannot be read.
func recall[K comparable, V any](ctx context.Context, c *catalogue.Cache[K, kept[V]], key K) (V, error) {
	k, err := c.Get(ctx, key)
	if err == nil {
		err = k.denied
	}
	return k.value, err
}

// lookUp returns the row of an id; false where there is none. A row may be younger
// than the table.
func lookUp[T value](ctx context.Context, c *catalogue.Cache[all, kept[Set[T]]], id int) (T, bool, error) {
	var found T
	ok := false
	err := c.Find(ctx, all{}, func(k kept[Set[T]]) error {
		if k.denied != nil {
			return k.denied
		}
		if found, ok = k.value.ByID(id); !ok {
			return catalogue.ErrUnknown
		}
		return nil
	})
	if errors.Is(err, catalogue.ErrUnknown) {
		err = nil
	}
	return found, ok, err
}
