package availability

import (
	"context"
	"fmt"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// hours is when a member works by the calendar, within a span.
type hours struct {
	zone       *time.Location // nil where it is not known
	working    []span         // holidays taken out
	holidays   []labelled
	confidence psav1.Confidence_V // of working
	off        psav1.Confidence_V // of holidays
	sources    []string
}

func (h *hours) tell(format string, args ...any) {
	h.sources = append(h.sources, fmt.Sprintf(format, args...))
}

// hours puts the working hours of a member together, from tables that are kept:
// the calendar, the zone that its wall clocks are in, and its holidays. What
// cannot be known is told, and is no failure.
func (s *Service) hours(ctx context.Context, m setup.Member, in span) (*hours, error) {
	h := &hours{confidence: psav1.Confidence_UNKNOWN, off: psav1.Confidence_UNKNOWN}
	if err := s.place(ctx, m, h); err != nil {
		return nil, err
	}
	if api.IDOf(m.Calendar) == 0 {
		h.tell("no calendar: ConnectWise does not tell when %s works, nor the holidays", m.FullName())
		return h, nil
	}
	calendar, ok, err := s.account.Tables.Calendar(ctx, m.Calendar.ID)
	switch {
	case fault.CodeOf(err) == fault.CodePermissionDenied:
		h.tell("the calendar %q cannot be read: %s", m.Calendar.Name, fault.From(err).Message)
		return h, nil
	case err != nil:
		return nil, err
	case !ok:
		h.tell("the calendar %q is not there any more", m.Calendar.Name)
		return h, nil
	case h.zone == nil:
		return h, nil
	}
	if err := s.holidays(ctx, calendar, in, h); err != nil {
		return nil, err
	}
	w, err := weekOf(calendar.Calendar)
	if err != nil {
		h.tell("the calendar %q cannot be made out: %s", calendar.Name, err)
		return h, nil
	}
	h.tell("working hours of the calendar %q", calendar.Name)
	h.working, h.confidence = without(w.working(in, h.zone), spansOf(h.holidays)), psav1.Confidence_EXACT
	return h, nil
}

// place finds the zone of a member.
func (s *Service) place(ctx context.Context, m setup.Member, h *hours) error {
	zone, err := s.account.Zone(ctx, m.TimeZone)
	switch {
	case err != nil && fault.CodeOf(err) != fault.CodePermissionDenied:
		return err
	case m.TimeZone == nil:
		h.tell("ConnectWise does not tell the time zone of %s", m.FullName())
	case zone == nil:
		h.tell("which zone ConnectWise's time zone %q is cannot be told: name it in time_zones of the connection", m.TimeZone.Name)
	default:
		h.tell("ConnectWise's time zone %q as %s", m.TimeZone.Name, zone)
	}
	h.zone = zone
	return nil
}

// holidays reads the holidays of a calendar. A calendar without a list has none.
func (s *Service) holidays(ctx context.Context, c setup.Calendar, in span, h *hours) error {
	if api.IDOf(c.HolidayList) == 0 {
		h.off = psav1.Confidence_EXACT
		h.tell("the calendar %q has no holidays", c.Name)
		return nil
	}
	list, err := s.account.Tables.Holidays(ctx, c.HolidayList.ID)
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		h.tell("the holidays %q cannot be read: %s", c.HolidayList.Name, fault.From(err).Message)
		return nil
	}
	if err != nil {
		return err
	}
	h.off = psav1.Confidence_EXACT
	h.tell("holidays %q", c.HolidayList.Name)
	for _, holiday := range list {
		when, ok := holidayOf(holiday, h.zone)
		if !ok {
			h.off = psav1.Confidence_UNKNOWN
			h.tell("the holiday %q cannot be made out: %q, %q to %q", holiday.Name, holiday.Date, holiday.TimeStart, holiday.TimeEnd)
			continue
		}
		if when, ok := when.within(in); ok {
			h.holidays = append(h.holidays, labelled{span: when, label: holiday.Name})
		}
	}
	return nil
}

// capacity is how long a member works within a span, time off taken out: no day
// counts more than the member's daily capacity, since calendars hold breaks too.
func (h *hours) capacity(m setup.Member, in span, off []span) int64 {
	var total int64
	working := without(h.working, off)
	for _, d := range days(in, h.zone) {
		day, ok := d.whole(h.zone).within(in)
		if !ok {
			continue
		}
		var works int64
		for _, s := range working {
			if s, ok := s.within(day); ok {
				works += s.seconds()
			}
		}
		if m.DailyCapacity != nil && *m.DailyCapacity > 0 {
			works = min(works, int64(*m.DailyCapacity*time.Hour.Seconds()))
		}
		total += works
	}
	return total
}
