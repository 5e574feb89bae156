package availability

import (
	"context"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// planned is the schedule entries of members, within a span.
type planned struct {
	entries []api.ScheduleEntry
	types   setup.ScheduleTypes
	typed   bool // the types are known; else nobody can tell time off from work
}

// planned reads the entries of members: a request per 1,000.
func (s *Service) planned(ctx context.Context, members []int, in span) (planned, error) {
	var p planned
	var err error
	p.types, err = s.account.Tables.ScheduleTypes(ctx)
	p.typed = err == nil
	if err != nil && fault.CodeOf(err) != fault.CodePermissionDenied {
		return p, err
	}
	p.entries, err = api.All[api.ScheduleEntry](ctx, s.account.API, "schedule/entries", api.Query{
		Conditions: api.And(
			api.In("member/id", members),
			api.Time("dateStart", api.Before, in.to), api.Time("dateEnd", api.After, in.from),
		),
		Fields: []string{"id", "objectId", "name", "member", "dateStart", "dateEnd", "hours", "type", "doneFlag"},
	})
	return p, err
}

// of are the entries of a member that take time within a span: those of work that
// is not done yet, and those of time off.
func (p planned) of(memberID int, in span) (busy, off []labelled, seconds int64) {
	for _, e := range p.entries {
		if api.IDOf(e.Member) != memberID || !e.Dated() {
			continue
		}
		whole := span{e.DateStart.Time, e.DateEnd.Time}
		when, ok := whole.within(in)
		if !ok {
			continue // an entry of the to-do list takes no time
		}
		l := labelled{span: when, label: e.Name}
		kind, _ := p.types.ByID(api.IDOf(e.Type))
		if l.label == "" {
			l.label = kind.Name
		}
		switch {
		case kind.OffWork():
			off = append(off, l)
		case !e.Done:
			if slices.Contains(p.types.Tickets(), api.IDOf(e.Type)) {
				l.ticket = e.ObjectID
			}
			busy = append(busy, l)
			seconds += work(e, whole, when)
		}
	}
	byStart := func(a, b labelled) int { return a.from.Compare(b.from) }
	slices.SortStableFunc(busy, byStart)
	slices.SortStableFunc(off, byStart)
	return busy, off, seconds
}

// work is how many seconds of work an entry is within a part of its time. One
// over several days has fewer hours than lie between its ends.
func work(e api.ScheduleEntry, whole, part span) int64 {
	seconds := float64(part.seconds())
	if e.Hours != nil && *e.Hours > 0 {
		if share := *e.Hours * 3600 / float64(whole.seconds()); share < 1 {
			seconds *= share
		}
	}
	return int64(seconds)
}
