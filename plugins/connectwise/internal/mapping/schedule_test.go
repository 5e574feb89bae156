package mapping_test

import (
	"encoding/json"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// recordedEntry is an entry of a ticket as a client recorded it (nulls of those
// days left in, its nested records cut short).
const recordedEntry = `{"id": 11, "objectId": 69, "name": "Set up new Workstation for Gregg", "member": {"id": 176, "identifier": "User1"},
	"dateStart": "2005-05-02T12:00:00Z", "dateEnd": "2005-05-02T16:00:00Z", "status": {"id": 2, "name": "Firm"}, "type": {"id": 4, "identifier": "S"},
	"span": null, "doneFlag": false, "acknowledgedFlag": false, "ownerFlag": false, "allowScheduleConflictsFlag": null, "hours": 4,
	"_info": {"lastUpdated": "2015-11-19T18:57:55Z", "updatedBy": "kanban"}}`

func TestScheduleEntry(t *testing.T) {
	t.Parallel()
	var e api.ScheduleEntry
	if err := json.Unmarshal([]byte(recordedEntry), &e); err != nil {
		t.Fatal(err)
	}
	statuses := setup.SetOf(
		setup.ScheduleStatus{ScheduleStatus: api.ScheduleStatus{ID: 1, Name: "Perhaps", Tentative: true}},
		setup.ScheduleStatus{ScheduleStatus: api.ScheduleStatus{ID: 2, Name: "Firm", Default: true}},
	)
	got := mapping.ScheduleEntry(&e, statuses, mapping.Names{})
	if got.GetId() != "11" || got.GetTicket().GetId() != "69" || got.GetTicket().GetName() != "69" || got.GetTechnician().GetId() != "176" ||
		got.GetStart().AsTime().Hour() != 12 || got.GetEnd().AsTime().Hour() != 16 || got.GetState() != psav1.ScheduleState_CONFIRMED ||
		got.GetStatus().GetName() != "Firm" || got.GetTitle() == "" || got.HasNotes() || got.GetShared() || got.HasVisitId() ||
		got.HasCreatedAt() || got.GetUpdatedAt().AsTime().Year() != 2015 || got.GetEtag() == "" {
		t.Errorf("mapped %v", got)
	}
	etags := map[string]bool{got.GetEtag(): true}
	for name, test := range map[string]struct {
		change func(*api.ScheduleEntry)
		want   psav1.ScheduleState_V
	}{
		"done":               {func(e *api.ScheduleEntry) { e.Done = true }, psav1.ScheduleState_DONE},
		"tentative":          {func(e *api.ScheduleEntry) { e.Status = &api.Ref{ID: 1, Name: "Perhaps"} }, psav1.ScheduleState_TENTATIVE},
		"unknown, tentative": {func(e *api.ScheduleEntry) { e.Status = &api.Ref{ID: 9, Name: "Tentative"} }, psav1.ScheduleState_TENTATIVE},
		"unknown":            {func(e *api.ScheduleEntry) { e.Status = &api.Ref{ID: 9, Name: "Blorb"} }, psav1.ScheduleState_CONFIRMED},
		"none":               {func(e *api.ScheduleEntry) { e.Status = nil }, psav1.ScheduleState_CONFIRMED},
	} {
		changed := e
		test.change(&changed)
		got := mapping.ScheduleEntry(&changed, statuses, mapping.Names{})
		if got.GetState() != test.want {
			t.Errorf("%s: %s", name, got.GetState())
		}
		if etags[got.GetEtag()] {
			t.Errorf("%s: the etag is that of another state", name)
		}
		etags[got.GetEtag()] = true
	}
}
