package mapping

import (
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/etag"
)

// ScheduleEntry maps an entry on a ticket. ConnectWise plans every technician by
// an entry of their own, so that none is shared.
func ScheduleEntry(e *api.ScheduleEntry, statuses setup.Set[setup.ScheduleStatus], n Names) *psav1.ScheduleEntry {
	entry := psav1.ScheduleEntry_builder{
		Id:         new(strconv.Itoa(e.ID)),
		Shared:     new(false),
		Ticket:     TicketReference(e.ObjectID),
		Technician: MemberReference(e.Member, n),
		Start:      Timestamp(e.DateStart),
		End:        Timestamp(e.DateEnd),
		State:      new(scheduleState(e, statuses)),
		Status:     Reference(e.Status),
		Title:      text(e.Name),
		CreatedAt:  Timestamp(e.Info.DateEntered),
		UpdatedAt:  Timestamp(e.Info.LastUpdated),
	}.Build()
	entry.SetEtag(etag.Of(api.FormatTime(e.Info.LastUpdated.Time), entry, "vendor"))
	return entry
}

// scheduleState is how firm an entry is. Nothing is called off at ConnectWise: an
// entry is deleted then.
func scheduleState(e *api.ScheduleEntry, statuses setup.Set[setup.ScheduleStatus]) psav1.ScheduleState_V {
	if e.Done {
		return psav1.ScheduleState_DONE
	}
	if s, ok := statuses.ByID(api.IDOf(e.Status)); ok {
		return s.State()
	}
	if e.Status != nil && strings.Contains(strings.ToLower(e.Status.Name), "tentative") {
		return psav1.ScheduleState_TENTATIVE // the vendor's own name, where the statuses cannot be read
	}
	return psav1.ScheduleState_CONFIRMED
}

// TicketReference is a ticket by id; its name is its number, which is the id.
func TicketReference(id int) *psav1.Reference { return NewReference(id, strconv.Itoa(id)) }
