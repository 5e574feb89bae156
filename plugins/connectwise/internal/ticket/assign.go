package ticket

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// empty reports whether nothing is to be done.
func (a assignment) empty() bool { return len(a.add) == 0 && len(a.remove) == 0 }

// assign brings the co-owners about; ticket is its id, or what stands for it in a
// dry run. First come those to be added: where one is refused, the others of this
// call are taken back, and nobody was removed. It reports whether anything of it
// is left at the PSA.
func (s *Service) assign(ctx context.Context, ticket any, a assignment, d *done) error {
	made := []step{}
	for _, m := range a.add {
		name := "add co-owner " + m.Identifier
		body := map[string]any{
			"type": api.ID{ID: a.typeID}, "objectId": ticket, "member": api.ID{ID: m.ID}, "allowScheduleConflictsFlag": false,
		}
		if a.notify != nil {
			body["notifyResource"] = *a.notify
		}
		var entry api.ScheduleEntry
		if err := account.Planned(s.account.API.Post(ctx, name, entriesPath, body, &entry)); err != nil {
			return s.giveUp(ctx, made, name, err, d)
		}
		made = append(made, step{name, entry.ID})
	}
	for n, r := range a.remove {
		name := "remove co-owner " + r.login
		_, err := s.account.API.Do(ctx, vendorhttp.Request{Name: name, Method: http.MethodDelete, Path: entryPath(r.entryID)})
		if account.Planned(err) == nil {
			made = append(made, step{name, r.entryID})
			continue
		}
		if n == 0 {
			return s.giveUp(ctx, made, name, err, d)
		}
		// Who was removed stays removed: another entry would not be the one that
		// was deleted.
		for _, m := range made {
			d.steps.Left(m.name, strconv.Itoa(m.entryID))
		}
		d.unassigned(name, err)
		return nil
	}
	for _, m := range made {
		d.steps.Done(m.name, strconv.Itoa(m.entryID))
	}
	d.stale = d.stale || len(made) > 0
	return nil
}

// step is a schedule entry that a step made or deleted.
type step struct {
	name    string
	entryID int
}

func entryPath(id int) string { return entriesPath + "/" + strconv.Itoa(id) }

// giveUp takes back who was added before a step was refused. Where it is not known
// whether that was refused, they stay: to repeat the call completes it.
func (s *Service) giveUp(ctx context.Context, made []step, name string, cause error, d *done) error {
	unknown := lost.MayBeDone(cause)
	left := unknown
	for _, m := range slices.Backward(made) {
		ref := strconv.Itoa(m.entryID)
		if !unknown {
			_, err := s.account.API.Do(ctx, vendorhttp.Request{Name: "take back: " + m.name, Method: http.MethodDelete, Path: entryPath(m.entryID)})
			if err == nil {
				call.From(ctx).TookBack()
				d.steps.Undone(m.name, ref)
				continue
			}
		}
		left = true
		d.steps.Left(m.name, ref)
	}
	if !left && !d.steps.AnyDone() {
		if len(made) == 0 {
			return cause
		}
		e := *fault.From(cause)
		e.Message += "; the co-owners who were added before were taken back"
		e.Outcome = "" // nothing of this call is left at the PSA
		return &e
	}
	d.unassigned(name, cause)
	return nil
}

// unassigned enters that a step failed while something else is done.
func (d *done) unassigned(name string, err error) {
	d.stale = true
	d.steps.Failed(name, err)
	d.refused["co_owners"] = err
}
